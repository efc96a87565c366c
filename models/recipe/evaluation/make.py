"""Makes the held-out cases from held_out.txt: one JSON object a line, as `moult eval` reads them.

    python3 make.py > cases.jsonl      always the same; nothing of the training data's generator is used
"""
import json
import os
import random
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
EACH = 210  # cases of a category
# Tools that could serve each other's requests never stand beside each other.
ALIKE = ["countdown_begin alarm_setter add_reminder_entry create_calendar_entry day_agenda jot_down append_shopping_item", "email_writer sms_to_contact add_reminder_entry", "web_query_runner headline_news dictionary_entry", "hail_taxi navigate_to", "play_track karaoke_queue choreo_bpm", "control_light robot_cleaner", "jot_down dictionary_entry document_reader"]
ASKS = ["?", "？", "please tell", "which", "what", "need", "请告诉", "请问"]


class Tool:
    """One tool of the file with its requests."""

    def __init__(self, head, group):
        name, about, inputs = (part.strip() for part in head.split(" | "))
        self.name, self.group = name, group
        self.about, _, self.about_zh = (part.strip() for part in about.partition(" / "))
        self.inputs = [re.match(r"(\w+)(\??):(.+)", part.strip()).groups() for part in inputs.split(", ")]
        self.requests, self.chinese, self.lacking, self.results = [], [], [], []

    def wire(self, chinese=False):
        """The tool in the format of OpenAI."""
        properties = {}
        for key, _, kind in self.inputs:
            properties[key] = {"type": "string", "enum": kind.split("|")} if "|" in kind else {"type": "integer" if kind[0] == "#" else "string"}
        required = [key for key, optional, _ in self.inputs if not optional]
        parameters = {"type": "object", "properties": properties, "required": required}
        return {"type": "function", "function": {"name": self.name, "description": self.about_zh if chinese and self.about_zh else self.about, "parameters": parameters}}


def read():
    """-> tools, unanswerable questions, values (English, Chinese) by kind"""
    tools, open_questions, values, part = [], [], {}, ""
    for line in open(os.path.join(HERE, "held_out.txt"), encoding="utf-8").read().splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            part = line.strip("[]")
        elif part == "unanswerable":
            open_questions.append(line)
        elif part == "values":
            kind, _, lists = line.partition(": ")
            english, _, chinese = lists.partition(" || ")
            values[kind] = (english.split(", "), chinese.split(", ") if chinese else english.split(", "))
        elif line[:2] in ("> ", "》 ", "- "):
            tool = tools[-1]
            {">": tool.requests, "》": tool.chinese, "-": tool.lacking}[line[0]].append(line[2:])
        elif line.startswith("=> "):
            result, says = line[3:].split(" | ")
            tools[-1].results.append((json.loads(result), says.split(", ")))
        else:
            tools.append(Tool(line, part))
    return tools, open_questions, values


class Maker:
    def __init__(self):
        self.r = random.Random(20)
        self.tools, self.open_questions, self.values = read()

    def fill(self, tool, request, chinese=False):
        """A request with values in its slots -> (message, arguments)"""
        r, arguments = self.r, {}
        request, *implied = re.split(r" @", request)
        arguments.update(pair.split("=") for pair in implied)
        kinds = {key: kind for key, _, kind in tool.inputs}

        def put(match):
            key = match[1]
            kind = kinds[key]
            if kind[0] == "#":
                low, high = kind[1:].split("-")
                arguments[key] = r.randint(int(low), int(high))
            else:
                arguments[key] = r.choice(kind.split("|") if "|" in kind else self.values[kind][chinese])
            said = str(arguments[key])
            # "the botanical tower" is right with and without its first word.
            led = re.match(r"(?:the|on) (.+)", said)
            if led:
                arguments[key] = [said, led[1]]
            return said

        message = re.sub(r"\{(\w+)\}", put, request)
        return message, {key: arguments[key] for key in kinds if key in arguments}

    def others(self, tool, count):
        """Tools that can not be meant, in any order."""
        rivals = {tool.name, *(name for group in ALIKE if tool.name in group.split() for name in group.split())}
        chosen = []
        for other in self.r.sample(self.tools, len(self.tools)):
            clash = any(other.name in group.split() and t.name in group.split() for group in ALIKE for t in chosen)
            if other.name not in rivals and not clash and len(chosen) < count:
                chosen.append(other)
        return chosen

    def case(self, category, tool, message, expect, count, with_it=True, chinese=False, **more):
        tools = self.others(tool, count - with_it) + [tool] * with_it
        self.r.shuffle(tools)
        foreign = chinese and self.r.random() < 0.5
        return {"category": category, "tools": [t.wire(foreign) for t in tools], **({"message": message} if message else {}), "expect": expect, **more}

    def calls(self, category, tools, count, chinese=False):
        """Each tool in turn, its requests in turn."""
        for n in range(EACH):
            tool = tools[n % len(tools)]
            requests = tool.chinese if chinese else tool.requests
            message, arguments = self.fill(tool, requests[n // len(tools) % len(requests)], chinese)
            yield self.case(category, tool, message, {"name": tool.name, "arguments": arguments}, count(), chinese=chinese)

    def all(self):
        few = lambda: self.r.randint(3, 7)
        known = [t for t in self.tools if t.group == "known"]
        new = [t for t in self.tools if t.group == "new"]
        yield from self.calls("known", known, few)
        yield from self.calls("new", new, few)
        yield from self.calls("18 tools", self.r.sample(self.tools, len(self.tools)), lambda: 18)
        yield from self.calls("chinese", [t for t in known if t.chinese], few, chinese=True)
        yield from self.without(few)
        yield from self.lacking(few)
        yield from self.answers(few)

    def without(self, few):
        """What no tool offered can do."""
        search = next(t for t in self.tools if t.name == "web_query_runner")
        for n in range(EACH):
            if n % 4 == 3:
                question = self.open_questions[n // 4 % len(self.open_questions)]
                yield self.case("no tool fits", search, question, None, few(), with_it=False)
            else:
                tool = self.tools[n * 7 % len(self.tools)]
                message, _ = self.fill(tool, self.r.choice(tool.requests))
                yield self.case("no tool fits", tool, message, None, few(), with_it=False)

    def lacking(self, few):
        pairs = [(tool, request) for tool in self.tools for request in tool.lacking]
        for n in range(EACH):
            tool, request = pairs[n % len(pairs)]
            message, _ = self.fill(tool, request)
            yield self.case("argument missing", tool, message, None, few(), says=[ASKS])

    def answers(self, few):
        """A result is there: the answer must state its values."""
        able = [(tool, result) for tool in self.tools for result in tool.results]
        for n in range(EACH):
            tool, (result, says) = able[n % len(able)]
            result, says = self.varied(result, says)
            message, arguments = self.fill(tool, self.r.choice(tool.requests))
            call = {"id": "call_1", "type": "function", "function": {"name": tool.name, "arguments": json.dumps({k: v[0] if isinstance(v, list) else v for k, v in arguments.items()})}}
            messages = [{"role": "user", "content": message}, {"role": "assistant", "content": None, "tool_calls": [call]}, {"role": "tool", "tool_call_id": "call_1", "content": json.dumps(result)}]
            yield self.case("answer", tool, None, None, few(), messages=messages, says=says)

    def varied(self, result, says):
        """Another number in place of each number of a result."""
        varied = dict(result)
        says = list(says)
        for key, value in result.items():
            if isinstance(value, (int, float)):
                varied[key] = round(value * self.r.uniform(0.5, 1.9), 1) if isinstance(value, float) else value + self.r.randint(1, 40)
                says[says.index(str(value))] = str(varied[key])
        return varied, says


if __name__ == "__main__":
    for case in Maker().all():
        sys.stdout.write(json.dumps(case, ensure_ascii=False) + "\n")
