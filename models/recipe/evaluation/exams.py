"""Makes cases of an exam: one JSON object a line, as `moult eval` reads them.

    python3 exams.py NAME > cases.jsonl      NAME: dev1 … dev12, test1 … test7

Each exam was written by someone who knew what categories it shall have and saw nothing else: neither the domains, nor the strangers' requests,
nor what reads them. A line of exam_NAME.jsonl is a tool, or a case that names its tools by their numbers from 0 on, in their order. What weights
are learned from is `dev`; nobody looks at the cases of `test`, only at how many come out right.
"""
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMS = sorted(re.findall(r"exam_(\w+)\.jsonl", "\n".join(os.listdir(HERE))))


def cases(name):
    """The cases of an exam, each with its tools in the format of OpenAI."""
    tools = []
    for line in open(os.path.join(HERE, f"exam_{name}.jsonl"), encoding="utf-8"):
        one = json.loads(line)
        if "name" in one:
            tools.append({"type": "function", "function": one})
        else:
            yield {**one, "tools": [tools[number] for number in one["tools"]]}


if __name__ == "__main__":
    for case in cases(sys.argv[1]):
        print(json.dumps(case, ensure_ascii=False))
