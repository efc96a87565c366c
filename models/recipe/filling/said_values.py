"""What people say for the values of enums, from what strangers wrote:

    python3 said_values.py HALF... > adapters/llama/filling/said_values.txt

A line: a value as people would write it, a colon, other words for it. Words stand there that requests for several tools of several
strangers have for it, and that seldom stand where another value of the same enum is meant.
"""
import os
import re
import sys
from collections import defaultdict

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "evaluation"))
import strangers  # noqa: E402

TOOLS_MIN, RIGHT_MIN = 2, 0.7  # of tools, each of another stranger; of the times that it is said
WORDS_MAX, CHARACTERS_MAX = 4, 24  # as mentions.ts looks for them
HAN = re.compile(r"[\u4e00-\u9fff]")
NO_WORDS = re.compile(r"[,:/|\d]|^(?:on|off|up|down|in|out|it|that|this|there|a|the|to|for|and|with|no|not|yes|of)$")


def plain(value):
    """As `plainOf` of mentions.ts"""
    return re.sub(r"[_-]+", " ", re.sub(r"([a-z])([A-Z])", r"\1 \2", value).lower())


def enums(tool):
    """The parameters that take one of some texts"""
    return {key: schema["enum"] for key, schema in tool.properties.items() if all(isinstance(one, str) for one in schema.get("enum", [0]))}


def said(tools):
    """(value, words) -> tools whose requests have these words for it"""
    found = defaultdict(set)
    for half, tool in tools:
        choices = enums(tool)
        for request in tool.requests:
            for key, slot in strangers.SLOT.findall(request):
                for one in slot.split("|") if key in choices else ():
                    words, _, meant = one.partition(">")
                    value, words = plain((meant or words).split("~")[0]), words.lower().strip()
                    if words != value and is_sayable(words):
                        found[value, words].add((half, tool.name))
    return found


def is_sayable(words):
    long = len(words) > CHARACTERS_MAX or len(words.split()) > WORDS_MAX
    return not long and not NO_WORDS.search(words) and len(words) > (0 if HAN.search(words) else 2)


def rightly(found, tools):
    """How often each is said where its value is meant, of all requests for tools that have the value and say it"""
    counts, by_value = defaultdict(lambda: [0, 0]), defaultdict(list)
    for value, words in found:
        by_value[value].append((words, pattern(words)))
    for _, tool in tools:
        for key, values in enums(tool).items():
            for request in tool.requests:
                message, arguments = strangers.filled(tool, request, 0)
                meant = arguments.get(key)
                for value in values:
                    for words, form in by_value[plain(value)]:
                        if form.search(message.lower()):
                            count = counts[plain(value), words]
                            count[0], count[1] = count[0] + (value == meant or isinstance(meant, list) and value in meant), count[1] + 1
    return {one: right / count for one, (right, count) in counts.items()}


def pattern(words):
    return re.compile(re.escape(words) if HAN.search(words) else rf"(?<![\w-]){re.escape(words)}(?![\w-])")


def main():
    tools = [(half, tool) for half in sys.argv[1:] for tool in strangers.read(half)[0]]
    several = {one for one, owners in said(tools).items() if len({half for half, _ in owners}) >= TOOLS_MIN}
    right, lines = rightly(several, tools), defaultdict(list)
    for value, words in sorted(several):
        if right.get((value, words), 0) >= RIGHT_MIN and value:
            lines[value].append(words)
    for value, words in lines.items():
        if not re.search(r"[:/,|]", value):
            print(f"{value}: {', '.join(words)}")


if __name__ == "__main__":
    main()
