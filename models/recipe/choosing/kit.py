"""Cases with tools like those that come with moult, of the generator: one JSON object a line, as bench/agreement.ts reads them.

    python3 ../filling/requests.py kit 8 | python3 kit.py [N] > kit.jsonl

Few strangers wrote tools that do several things, as `notes` does.
"""
import json
import random
import sys

UNOFFERED = 0.25  # of requests whose tool is not there
OTHERS_MAX = 5


def cases(requests, count):
    r, kinds, messages, made = random.Random(4), {}, set(), []
    for one in requests:
        kinds.setdefault(one["d"].split("#")[0], []).append(one["tool"])
    for one in requests:
        if "before" in one or one["message"] in messages:
            continue
        messages.add(one["message"])
        own = one["d"].split("#")[0]
        others = [r.choice(kinds[kind]) for kind in r.sample([kind for kind in kinds if kind != own], r.randint(1, OTHERS_MAX))]
        tools = list({tool["name"]: tool for tool in others if tool["name"] != one["tool"]["name"]}.values())
        case = {"category": "none", "message": one["message"], "expect": None}
        if r.random() >= UNOFFERED:
            tools.append(one["tool"])
            name = one["tool"]["name"]
            case |= {"category": "known", "expect": {"name": name, "arguments": {}}} if "args" in one else {"category": "asks", "says": [["?"]], "lacks": name}
        r.shuffle(tools)
        made.append({**case, "tools": [{"type": "function", "function": tool} for tool in tools]})
    return r.sample(made, min(count, len(made)))


if __name__ == "__main__":
    for case in cases([json.loads(line) for line in sys.stdin], int(sys.argv[1]) if len(sys.argv) > 1 else 700):
        print(json.dumps(case, ensure_ascii=False))
