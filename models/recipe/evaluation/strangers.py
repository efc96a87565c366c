"""Makes cases of the strangers' requests: one JSON object a line, as `moult eval` reads them.

    python3 strangers.py HALF [N] > cases.jsonl      N cases of each category at most (default 300); always the same

HALF is the part of strangers_HALF.txt: dev, test, dev2, test2, ... What is written in a dev and its test shares no tool: rules are made by
looking at `dev`, and `test` says whether they hold.
"""
import json
import os
import random
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
EACH = 300
HALVES = sorted(re.findall(r"strangers_(\w+)\.txt", "\n".join(os.listdir(HERE))))
SLOT = re.compile(r"\{(\w+)=([^}]*)\}")
TYPES = {"#": {"type": "integer"}, "%": {"type": "number"}, "!": {"type": "boolean"}}
CASTS = {"#": int, "%": float, "!": lambda text: text == "true"}
ASKS = ["?", "？", "please tell", "which", "what", "need", "请告诉", "请问"]


class Tool:
    """One tool of a file with its requests."""

    def __init__(self, head, group):
        self.name, self.about, inputs = (part.strip() for part in (head.rstrip() + " ").split(" | "))
        self.group, self.requests, self.lacking, self.near, self.results = group, [], [], [], []
        self.kinds, self.properties, self.required = {}, {}, []
        for part in filter(None, inputs.split(" ; ")):
            key, optional, kind, note = re.fullmatch(r'(\w+)(\??)(?::(\S+))?(?: "(.+)")?', part.strip()).groups()
            shape = dict(TYPES[kind]) if kind in TYPES else {"type": "string", "enum": kind.split("/")} if kind else {"type": "string"}
            self.kinds[key] = kind or ""
            self.properties[key] = {**shape, **({"description": note} if note else {})}
            self.required += [] if optional else [key]

    def wire(self):
        """The tool in the format of OpenAI."""
        parameters = {"type": "object", "properties": self.properties, "required": self.required}
        return {"type": "function", "function": {"name": self.name, "description": self.about, "parameters": parameters}}

    def cast(self, key, text):
        return None if text == "null" else CASTS.get(self.kinds[key], str)(text)


def read(half):
    """-> tools, questions that no tool answers, sets of tools that could serve each other's requests"""
    tools, questions, alike, part = [], [], [], ""
    for line in open(os.path.join(HERE, f"strangers_{half}.txt"), encoding="utf-8").read().splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            part = line.strip("[]")
        elif part == "open":
            questions.append(line[2:])
        elif part == "alike":
            alike.append(set(line.split()))
        elif line[:2] == "> ":
            tools[-1].requests.append(line[2:])
        elif line[:2] == "- ":
            tools[-1].lacking.append(line[2:])
        elif line[:2] == "! ":
            tools[-1].near.append(line[2:])
        elif line.startswith("=> "):
            result, says = line[3:].split(" | ")
            tools[-1].results.append((json.loads(result), [say.split("/") if "/" in say and len(say) < 9 else say for say in says.split(", ")]))
        else:
            tools.append(Tool(line, part))
    return tools, questions, alike


def filled(tool, request, nth):
    """A request with the nth of each slot's values -> (message, arguments)"""
    request, *implied = re.split(r" @", request)
    arguments = {}

    def put(match):
        choices = match[2].split("|")
        said, *others = choices[nth % len(choices)].split("~")
        said, _, meant = said.partition(">")
        right = [tool.cast(match[1], value) for value in [meant or said, *others]]
        arguments[match[1]] = right if len(right) > 1 else right[0]
        return said

    message = SLOT.sub(put, request)
    for pair in implied:
        key, _, choices = pair.partition("=")
        SLOT.sub(put, "{" + key + "=" + choices.strip() + "}")
    return message, {key: arguments[key] for key in tool.kinds if key in arguments}


class Strangers:
    def __init__(self, half):
        self.r = random.Random(half)
        self.tools, self.questions, self.alike = read(half)
        # The first two files are measured with results as Python writes them: "\u4f53".
        self.ascii = half in ("dev", "test")

    def others(self, tool, count):
        rivals = {tool.name, *(name for group in self.alike if tool.name in group for name in group)}
        chosen = []
        for other in self.r.sample(self.tools, len(self.tools)):
            # Chinese tools double the English ones; among themselves they are kept apart by kind.
            if other.name in rivals or (other.group == "chinese") != (tool.group == "chinese") or len(chosen) == count:
                continue
            clash = any(other.name in group and one.name in group for group in self.alike for one in chosen)
            if not clash or count > 10:
                chosen.append(other)
        return chosen

    def case(self, category, tool, expect, count, with_it=True, **more):
        tools = self.others(tool, count - with_it) + [tool] * with_it
        if category == "none":
            # Who may search has an answer to everything.
            tools = [one for one in tools if not re.search("search|news|note|remind|ranking", one.name)] or self.others(tool, 1)
        self.r.shuffle(tools)
        return {"category": category, "tools": [one.wire() for one in tools], "expect": expect, **more}

    def few(self):
        return self.r.randint(2, 8)

    def calls(self, category, group, count):
        cases = [(t, q, n) for n in range(2) for t in self.tools if t.group in group for q in t.requests]
        for tool, request, nth in cases:
            message, arguments = filled(tool, request, nth)
            yield self.case(category, tool, {"name": tool.name, "arguments": arguments}, count(), message=message)

    def none(self):
        """Requests whose tool is not there, some that a tool only seems to be for, and questions that no tool answers."""
        for tool in self.tools:
            for nth, request in enumerate(tool.requests[1:3]):
                yield self.case("none", tool, None, self.few(), with_it=False, message=filled(tool, request, nth)[0])
            for sentence in tool.near:
                yield self.case("none", tool, None, self.few(), message=sentence)
        for nth in range(2):
            for question in self.questions:
                tool = self.r.choice(self.tools)
                yield self.case("none", tool, None, self.few(), message=question)

    def lacking(self):
        for _ in range(3):
            for tool in self.tools:
                for request in tool.lacking:
                    yield self.case("asks", tool, None, self.few(), message=request, says=[ASKS], lacks=tool.name)

    def answers(self):
        for nth in range(3):
            for tool in self.tools:
                for result, says in tool.results:
                    message, arguments = filled(tool, tool.requests[nth % len(tool.requests)], nth)
                    plain = {key: value[0] if isinstance(value, list) else value for key, value in arguments.items()}
                    call = {"id": "call_1", "type": "function", "function": {"name": tool.name, "arguments": json.dumps(plain)}}
                    messages = [{"role": "user", "content": message}, {"role": "assistant", "content": None, "tool_calls": [call]}, {"role": "tool", "tool_call_id": "call_1", "content": json.dumps(result, ensure_ascii=self.ascii)}]
                    yield self.case("answer", tool, None, self.few(), messages=messages, says=says)

    def messages(self):
        """All that is asked in any case, without the cases."""
        for tool in self.tools:
            yield from (filled(tool, request, nth)[0] for request in tool.requests for nth in range(3))
            yield from (*tool.lacking, *tool.near)
        yield from self.questions

    def all(self, each=EACH):
        kinds = [self.calls("known", ["known"], self.few), self.calls("unseen", ["new"], self.few), self.calls("18 tools", ["known", "new"], lambda: 18),
                 self.calls("chinese", ["chinese"], self.few), self.none(), self.lacking(), self.answers()]
        for kind in kinds:
            cases = list(kind)
            chosen = sorted(random.Random(each).sample(range(len(cases)), min(each, len(cases))))
            yield from (cases[at] for at in chosen)


if __name__ == "__main__":
    for one in Strangers(sys.argv[1]).all(int(sys.argv[2]) if len(sys.argv) > 2 else EACH):
        sys.stdout.write(json.dumps(one, ensure_ascii=False) + "\n")
