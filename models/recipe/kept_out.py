"""Sentences that no training dialogue may contain, because models are measured on them. What everybody says (hello, who are
you?) may come up all the same where only strangers, exams and the benchmark `say` have it: a model that never read it says nonsense."""
import json
import os
import re

from evaluation import exams
from evaluation.make import Maker
from evaluation.strangers import HALVES, Strangers
from talk import everyday

HERE = os.path.dirname(os.path.abspath(__file__))
SAY = os.path.join(HERE, "..", "..", "bench", "say.jsonl")


def plain(text):
    """The words of a sentence, without case and marks: two that differ in nothing else are the same."""
    return re.sub(r"[\W_]+", " ", text.lower()).strip()


def sentences():
    """The measured sentences: the held-out cases, the strangers', the exams' and those of the benchmark `say`."""
    held_out = {plain(case["message"] if "message" in case else case["messages"][0]["content"]) for case in Maker().all()}
    found = {plain(message) for half in HALVES for message in Strangers(half).messages()}
    found |= {plain(case["message"]) for name in exams.EXAMS for case in exams.cases(name)}
    if os.path.exists(SAY):
        found |= {plain(json.loads(line)["say"]) for line in open(SAY, encoding="utf-8") if line.strip()}
    return held_out | found - {plain(text) for text in everyday()}
