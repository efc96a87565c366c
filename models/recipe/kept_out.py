"""Sentences that no training dialogue may contain, because models are measured on them."""
import json
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = [os.path.join(HERE, "evaluation", "cases.jsonl"), os.path.join(HERE, "..", "..", "bench", "say.jsonl")]


def plain(text):
    """The words of a sentence, without case and marks: two that differ in nothing else are the same."""
    return re.sub(r"[\W_]+", " ", text.lower()).strip()


def sentences():
    """The measured sentences that are there; a missing file keeps nothing out."""
    found = set()
    for path in filter(os.path.exists, FILES):
        for line in open(path, encoding="utf-8"):
            if line.strip():
                case = json.loads(line)
                found.add(plain(case.get("message") or case.get("say")))
    return found
