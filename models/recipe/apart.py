"""Proves that training and evaluation are kept apart: prints what stands in both, and fails if anything does.

    python3 apart.py [TEXT ...]      also looks for these requests, as held_out.txt writes them

Compared are tool names, values against every list that dialogues are made from, and, for tools that are to be new, the
sentences without their values. Numbers, times and days are common property. For kinds of tools that are known, how people
ask is known too: `play {song}` is said by everyone. Such sentences never come up with the same values (kept_out.py), and
a line says how many there are. The strangers (evaluation/strangers_*.txt) call a tool `get_weather` and a city 北京 as everyone does: what
they share is counted, not forbidden; their sentences never come up as they stand.
"""
import itertools
import re
import sys

from archetypes import ARCHETYPES, instance
from domains import Domain, load
from entities import CLOSED, POOLS
from evaluation import strangers
from evaluation.make import read
from lexicon import NOUNS, VERBS
from tools import EITHER
from values import MORE, PIECES

COMMON = re.compile(r"^[\d\W]*$|\d+ ?(am|pm|degrees|hours|点.*|月.*)|^\d[\d:.]*$", re.I)
COMMON_KINDS = {"hours", "dayword", "dayword2", "sums"}
VARIANTS = 200  # of a phrase with alternatives


def skeleton(text):
    """A sentence without its values: slots and what they imply cut out, case and marks dropped."""
    text = re.sub(r"<\w+=[^>]*>| @\w+=.*", "", text)
    return re.sub(r"[\W_]+", " ", re.sub(r"\{[^}]*\}", "§", text).replace("§", " § ").lower()).strip()


def variants(phrase):
    """A phrase with each of its alternatives, with and without its optional parts."""
    parts = re.split(r"(\[[^\]]*\]|\([^()]*\|[^()]*\))", phrase)
    ways = [["", p[1:-1]] if p[:1] == "[" else p[1:-1].split("|") if EITHER.fullmatch(p) else [p] for p in parts]
    for chosen in itertools.islice(itertools.product(*ways), VARIANTS):
        text = "".join(chosen)
        yield from variants(text) if EITHER.search(text) else (text,)


def training():
    """-> (sentence skeletons, tool names, values) of everything dialogues are made from"""
    nouns = [(words, zh[0]) for words, _, zh in NOUNS]
    domains = load() + [Domain("archetype", **instance(spec, words[0], zh)) for spec in ARCHETYPES for words, zh in nouns]
    sentences = {skeleton(v) for d in domains for group in (d.phrases, d.ask) for phrases in group.values() for p in phrases for v in variants(p)}
    names = {name for d in domains for name in d.names + sum(d.split.values(), [])}
    wire = [word.replace(" ", "_").replace("-", "_") for words, _ in nouns for word in words]
    names |= {f"{verb.replace(' ', '_')}_{noun}" for verbs, _, _ in VERBS for verb in verbs for noun in wire} | set(wire)
    values = {value.lower() for kind, lists in POOLS.items() if kind not in CLOSED for pool in lists for value in pool}
    values |= {value.lower() for lists in (MORE, PIECES) for kind, pools in lists.items() if kind not in CLOSED for pool in pools for value in pool}
    return sentences, names, values


def with_strangers(names, values):
    """-> how many of the strangers' tool names and values are in the training data, of how many"""
    tools = [tool for half in strangers.HALVES for tool in strangers.read(half)[0]]
    slots = {slot for tool in tools for request in tool.requests for slot in strangers.SLOT.findall(request) if not tool.kinds[slot[0]]}
    said = {re.split("[>~]", value)[0] for _, choices in slots for value in choices.split("|")}
    own = {value for value in said if not COMMON.search(value)}
    return sum(tool.name in names for tool in tools), len(tools), sum(value.lower() in values for value in own), len(own)


def main(more):
    sentences, names, values = training()
    tools, questions, held_out = read()
    requests = [q for t in tools if t.group == "new" for q in t.requests + t.chinese + t.lacking] + questions + more
    found = {f"sentence: {q}" for q in requests if skeleton(q) in sentences}
    familiar = [q for t in tools if t.group == "known" for q in t.requests + t.chinese + t.lacking]
    found |= {f"tool: {t.name}" for t in tools if t.name in names}
    for kind, lists in held_out.items():
        if kind not in COMMON_KINDS:
            found |= {f"value: {v} ({kind})" for both in lists for v in both if v.lower() in values and not COMMON.search(v)}
    for line in sorted(found):
        print(line)
    print(f"{sum(skeleton(q) in sentences for q in familiar)} of {len(familiar)} ways to ask for what is known are in the training data, with other values")
    print("The strangers share {} of {} tool names and {} of {} values".format(*with_strangers(names, values)))
    print(f"{len(sentences)} training sentences, {len(names)} tool names, {len(values)} values: {len(found)} shared with the evaluation")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
