"""All requests of some strangers and exams, with their tools, for see.ts and learn.py:

    python3 requests.py DIR NAME...      writes DIR/NAME.json; NAME: a half of the strangers' requests (dev … own), or exam_dev1 …

A request: the number of its tool (-1: none of them), what it is, the text, and of an exam the tools that are offered for it. `call` says all that is
needed, `lack` leaves something out, `near` seems to be for the tool and is not, `open` is for none. Of an exam's requests that lack something nobody
says which tool they are for: they are left out.
"""
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "evaluation"))
import exams  # noqa: E402
import strangers  # noqa: E402

HAN = re.compile("[\u4e00-\u9fff]")
FILLED = 2  # times that each request is filled with values


def requests(half):
    made = strangers.Strangers(half)
    number = {tool.name: nth for nth, tool in enumerate(made.tools)}
    found = []
    for nth, tool in enumerate(made.tools):
        calls = dict.fromkeys(strangers.filled(tool, request, time)[0] for request in tool.requests for time in range(FILLED))
        found += [[nth, "call", text] for text in calls] + [[nth, "lack", text] for text in tool.lacking] + [[nth, "near", text] for text in tool.near]
    found += [[-1, "open", text] for text in made.questions]
    return {
        "tools": [tool.wire()["function"] for tool in made.tools],
        "chinese": [tool.group == "chinese" for tool in made.tools],
        "alike": [[number[name] for name in group if name in number] for group in made.alike],
        "requests": found,
    }


def of_exam(name):
    """The cases of an exam in the same form, each with the tools that it offers."""
    number, tools, found = {}, [], []
    for case in exams.cases(name):
        offered = []
        for tool in case["tools"]:
            key = json.dumps(tool, ensure_ascii=False)
            if key not in number:
                number[key] = len(tools)
                tools.append(tool["function"])
            offered.append(number[key])
        if case["expect"]:
            right = next(nth for nth in offered if tools[nth]["name"] == case["expect"]["name"])
            found.append([right, "call", case["message"], offered])
        elif case["category"] != "missing":
            found.append([-1, "open", case["message"], offered])
    return {"tools": tools, "chinese": [bool(HAN.search(tool["description"])) for tool in tools], "alike": [], "requests": found}


if __name__ == "__main__":
    folder, *names = sys.argv[1:]
    for name in names:
        made = of_exam(name.removeprefix("exam_")) if name.startswith("exam_") else requests(name)
        with open(os.path.join(folder, f"{name}.json"), "w", encoding="utf-8") as out:
            json.dump(made, out, ensure_ascii=False)
