"""Requests with what they say, one JSON object a line, for see.ts to look at:

    python3 requests.py [seed] [N]       of the generator's domains, N of each in either language (default 8)
    python3 requests.py kit              of those of them that come with moult
    python3 requests.py HALF             of a half of the strangers' requests (dev … own), each once: its values are taken in turn
    python3 requests.py exam_NAME        of an exam, those for a tool

    {"d": kind of tool, "tool": {...}, "message": text, "before"?: the message before, "args": {...} or "lack": [names]}

`lack` instead of `args`: something required is not said; `["?"]` where it is not known what.
"""
import json
import os
import random
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "..", "evaluation")]

EACH = 8
KIT_SEED = 3
ASKS_EACH = 4
CHARS_MAX = 300
ENUM_MAX = 8
KIT_TIMES = 8  # the kinds that come with moult come that much more often
VARIED = 0.4  # share of requests with words around them
AFTER_ANOTHER = 0.08  # share with a message before that has nothing to do with them
FOLLOWS = 0.05  # share that only says what is different from the message before
INVENTED = {"en": 0.1, "zh": 0.03}  # values that are no words
ARTICLE = re.compile(r"(?:the|my|a|an|our|some|on|at) (.+)", re.I)
DIFFERENT = {"en": ["and {}?", "what about {}?", "{}", "no, {}", "and now {}", "same for {}", "how about {}"], "zh": ["{}呢", "那{}呢？", "{}", "换成{}", "还有{}"]}


def either(value, message):
    """A text as it stands in the message, with or without its article."""
    at = message.lower().find(value.lower())
    value = message[at : at + len(value)] if at >= 0 else value
    right, bare = [value], ARTICLE.fullmatch(value)
    if bare:
        right.append(bare[1])
    for article in ("the ", "my ", "our ", "a ", "an "):
        if message[max(0, at - len(article)) : at].lower() == article:
            right.append(message[at - len(article) : at] + value)
    return right if len(right) > 1 else value


class Requests:
    """Requests of the generator: plain names of tools, and values that mostly exist."""

    def __init__(self, seed, each, only=None):
        from dialogues import Dialogues
        from entities import Entities

        Entities.get = get
        self.only = only
        self.r, self.each, self.made = random.Random(seed), each, Dialogues(seed)
        self.maker = self.made.maker
        self.maker.decorated, self.maker.rename = 0, lambda name: name

    def all(self):
        from domains import load

        last = {"en": "hello", "zh": "你好"}
        for nth, domain in enumerate(load()):
            if self.only and domain.key not in self.only:
                continue
            for language in ("en", "zh"):
                self.maker.language = language
                for one in self.of_domain(domain, language):
                    one = {"d": f"{domain.key}#{nth}", **one}
                    chance = self.r.random()
                    if chance < AFTER_ANOTHER:
                        one["before"] = last[language]
                    elif chance < AFTER_ANOTHER + FOLLOWS:
                        one = self.follow_up(one, language) or one
                    last[language] = one["message"]
                    yield one

    def of_domain(self, domain, language):
        from itertools import islice

        from tools import KIT

        times = KIT_TIMES if domain.key in KIT else 1
        phrases = self.r.sample(domain.phrases[language], len(domain.phrases[language])) * 2 * times
        yield from islice(filter(None, (self.request(domain, language, phrase) for phrase in phrases)), self.each * times)
        yield from filter(None, (self.lacking(domain, language, phrase) for phrase in domain.ask[language][:ASKS_EACH]))

    def tool(self, domain):
        tool = self.maker.of_domain(domain)
        return None if tool.fixed or any(f.source.values and len(f.source.values) > ENUM_MAX for f in tool.fields) else tool

    def request(self, domain, language, phrase):
        from dialogues import vary

        tool = self.tool(domain)
        made = tool and self.made.request(tool, language, phrase)
        if not made:
            return None
        segments, said = made
        keys = {f.source.key for f in tool.fields}
        if any(not f.optional and f.source.key not in said for f in tool.fields) or any(key and key not in keys for _, key in segments):
            return None
        spans = {key: text for text, key in segments if key}
        arguments = {f.name: f.value(said[f.source.key] if f.source.values else spans.get(f.source.key, said[f.source.key])) for f in tool.fields if f.source.key in said}
        if self.r.random() < VARIED:
            segments = vary(self.r, segments, language)
        message = "".join(text for text, _ in segments)
        if not arguments or "  " in message or len(message) > CHARS_MAX:
            return None
        free = {f.name for f in tool.fields if not f.source.values}
        arguments = {name: either(value, message) if name in free and isinstance(value, str) else value for name, value in arguments.items()}
        return {"tool": wire(tool), "message": message, "args": arguments}

    def lacking(self, domain, language, phrase):
        tool = self.tool(domain)
        made = tool and self.made.request(tool, language, phrase)
        lack = [f.name for f in tool.fields if not f.optional and f.source.key not in made[1]] if made else []
        return {"tool": wire(tool), "message": "".join(text for text, _ in made[0]), "lack": lack} if lack else None

    def follow_up(self, one, language):
        """ "and in Rome?" """
        texts = [name for name, value in one.get("args", {}).items() if not isinstance(value, (bool, int, float)) and "enum" not in one["tool"]["parameters"]["properties"][name]]
        if not texts:
            return None
        name = self.r.choice(texts)
        value = [one["args"][name]] if isinstance(one["args"][name], str) else one["args"][name]
        other = self.made.entities.get("city" if language == "en" else "person", language)
        before = one["message"].replace(value[0], other, 1)
        message = self.r.choice(DIFFERENT[language]).format(value[0])
        rest = [item for key, item in one["args"].items() if key != name and isinstance(item, str)]
        if before == one["message"] or any(item not in before and "enum" not in one["tool"]["parameters"]["properties"] for item in rest):
            return None
        return {**one, "message": message, "before": before}


def get(entities, kind, language="en"):
    """Values as the generator has them, with fewer invented ones: how people speak is to be learnt, not how to copy."""
    from entities import CLOSED, MORE, PIECES, POOLS

    r = entities.random
    if kind in PIECES or kind in MORE and r.random() < 0.5:
        return entities.composed(kind, language)
    made = getattr(entities, "make_" + kind, None)
    if made:
        return made(language)
    if kind not in CLOSED and r.random() < INVENTED[language]:
        return entities.hanzi(2, 4) if language == "zh" else entities.invented()
    english, chinese = POOLS[kind]
    return r.choice(chinese if language == "zh" and chinese and r.random() < 0.93 else english)


def wire(tool):
    shape = lambda f: {"type": "string", "enum": f.type} if isinstance(f.type, list) else {"type": f.type}
    properties = {f.name: shape(f) for f in tool.fields}
    return {"name": tool.name, "description": tool.about, "parameters": {"type": "object", "properties": properties, "required": [f.name for f in tool.fields if not f.optional]}}


def strangers(half):
    from strangers import Strangers, filled

    turn = 0
    for tool in Strangers(half).tools:
        one = {"d": half + tool.name, "tool": tool.wire()["function"]}
        for request in tool.requests:
            message, arguments = filled(tool, request, turn := 1 - turn)
            yield {**one, "message": message, "args": arguments}
        for request in tool.lacking:
            yield {**one, "message": request, "lack": ["?"]}


def exam(name):
    import exams

    for case in exams.cases(name):
        if case["expect"]:
            tool = next(tool["function"] for tool in case["tools"] if tool["function"]["name"] == case["expect"]["name"])
            yield {"d": f"{name} {tool['name']}", "tool": tool, "message": case["message"], "args": case["expect"]["arguments"]}


if __name__ == "__main__":
    first = sys.argv[1] if len(sys.argv) > 1 else "1"
    if first == "kit":
        from tools import KIT

        found = Requests(KIT_SEED, EACH, KIT).all()
    elif first.isdigit():
        found = Requests(int(first), int(sys.argv[2]) if len(sys.argv) > 2 else EACH).all()
    elif first.startswith("exam_"):
        found = exam(first.removeprefix("exam_"))
    else:
        found = strangers(first)
    for one in found:
        print(json.dumps(one, ensure_ascii=False))
