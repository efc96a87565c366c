"""All requests of some strangers, with their tools, for see.ts and learn.py:

    python3 requests.py DIR HALF...      writes DIR/HALF.json

A request: the number of its tool (-1: none of them), what it is, the text. `call` says all that is needed, `lack` leaves something out, `near` seems
to be for the tool and is not, `open` is for none.
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "evaluation"))
import strangers  # noqa: E402

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


if __name__ == "__main__":
    folder, *halves = sys.argv[1:]
    for half in halves:
        with open(os.path.join(folder, f"{half}.json"), "w", encoding="utf-8") as out:
            json.dump(requests(half), out, ensure_ascii=False)
