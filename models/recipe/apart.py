"""Proves that training and evaluation are kept apart: prints what stands in both, and fails if anything does.

    python3 apart.py [FILE.jsonl ...]

Compared are sentences (with their values taken out), tool names, and the values themselves against every list that
dialogues are made from. Numbers, times and days are common property.
"""
import json
import os
import re
import sys

from archetypes import ARCHETYPES, instance
from domains import Domain, load
from entities import CLOSED, POOLS
from lexicon import NOUNS, VERBS

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "evaluation")
COMMON = re.compile(r"^[\d\W]*$|\d+ ?(am|pm|degrees|hours)|^\d[\d:.]*$", re.I)


def skeleton(text):
    """A sentence without its values: slots and optional parts cut out, case and marks dropped."""
    text = re.sub(r"\[[^\]]*\]|<\w+=[^>]*>", "", text)
    return re.sub(r"[\W_]+", " ", re.sub(r"\{[^}]*\}", "§", text).replace("§", " § ").lower()).strip()


def training():
    """-> (sentence skeletons, tool names, values) of everything dialogues are made from"""
    domains = load() + [Domain("archetype", **instance(spec, noun, zh)) for spec in ARCHETYPES for noun, zh in NOUNS]
    sentences = {skeleton(p) for d in domains for group in (d.phrases, d.ask) for phrases in group.values() for p in phrases}
    names = {name for d in domains for name in d.names + sum(d.split.values(), [])}
    nouns = [noun.replace(" ", "_").replace("-", "_") for noun, _ in NOUNS]
    names |= {f"{verb}_{noun}" for verb, _, _ in VERBS for noun in nouns} | set(nouns)
    values = {value.lower() for kind, lists in POOLS.items() if kind not in CLOSED for pool in lists for value in pool}
    return sentences, names, values


def held_out(path):
    """-> the same of an evaluation file"""
    for line in open(path, encoding="utf-8"):
        case = json.loads(line)
        expect = case.get("expect") or {}
        given = expect.get("arguments", {}).values()
        values = [v for value in given for v in (value if isinstance(value, list) else [value]) if isinstance(v, str)]
        sentence = case["message"]
        for value in sorted(values, key=len, reverse=True):
            sentence = sentence.replace(value, "{x}", 1)
        tools = [t if isinstance(t, str) else t["function"]["name"] for t in case["tools"]]
        yield case["message"], skeleton(sentence), tools, values


def main(paths):
    sentences, names, values = training()
    found = set()
    for path in paths or sorted(os.path.join(HERE, f) for f in os.listdir(HERE) if f.endswith(".jsonl")):
        choices = " ".join(open(os.path.join(HERE, "tools.txt"), encoding="utf-8").read().split())
        for message, bare, tools, arguments in held_out(path):
            if bare in sentences or skeleton(message) in sentences:
                found.add(f"sentence: {message}")
            found |= {f"tool: {name}" for name in tools if name in names}
            for value in arguments:
                enum = re.search(rf"[ |]{re.escape(value)}[|),]", choices)
                if value.lower() in values and not enum and not COMMON.search(value):
                    found.add(f"value: {value} ({message})")
    for line in sorted(found):
        print(line)
    print(f"{len(sentences)} training sentences, {len(names)} tool names, {len(values)} values: {len(found)} shared with the evaluation")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
