"""What PyTorch and the recipe's tokenizer say, for checks/llama.ts to compare llama.cpp with.

    python3 checks/expected.py MODEL.pt TOKENIZER > expected.json

Probabilities: the next token after each of 100 beginnings of dialogues, in float32 with the weights that an F16 file has.
Token ids: 1,000 strings in ten scripts, with digits, marks, spaces and special tokens between.
"""
import json
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import torch

from dialogues import Dialogues, render
from model import load
from tokenizer import Tokenizer

SCRIPTS = {
    "Latin": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZàéîöüñßçšžøł", "Greek": "αβγδεζηθικλμνξοπρστυφχψωΑΒΓΔΩάέ", "Cyrillic": "абвгдежзийклмнопрстуфхцчшщъыьэюяАБВЁё", "Han": "的一是不了人我在有他这中大来上国攀蘸曝龘贔",
    "Kana": "あいうえおかきくけこアイウエオカキクケコガッャ", "Hangul": "가나다라마바사아자차카타파하한국어", "Arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي", "Hebrew": "אבגדהוזחטיכלמנסעפצקרשת", "Devanagari": "अआइईउऊएकखगघचछजझटठडतथदनपफबमयरलवशहािीुू", "Thai": "กขคงจฉชซญดตถทนบปผพมยรลวสหอฮะาิีึุู",
}
BETWEEN = [" ", " ", " ", "  ", "\n", "\n\n\n\n", "\t", ", ", ". ", "? ", "'s ", " 12 ", "3.5", "007", "²", "—", "“", "😀", '{"', '": "', "<tool_call>", "<|im_end|>", "</tool_response>", "\u200d", "\u00a0", "_", "://"]


def strings(r):
    """1,000 texts, 100 led by each script."""
    for script in SCRIPTS:
        for _ in range(100):
            own = lambda: "".join(r.choice(SCRIPTS[script if r.random() < 0.8 else r.choice(list(SCRIPTS))]) for _ in range(r.randint(1, 9)))
            yield "".join(own() + r.choice(BETWEEN) for _ in range(r.randint(1, 12)))


def beginnings(r, count):
    """Texts that end where something is decided: right before a reply, a name, or an argument."""
    made = Dialogues(4_000_001)
    while count:
        beginning, dialogues = render(made.next())
        pieces = beginning + r.choice(dialogues)
        last = r.choice([i for i, (_, weight) in enumerate(pieces) if weight])
        yield "".join(text for text, _ in pieces[:last])
        count -= 1


def main(checkpoint, vocabulary):
    r, tokenizer = random.Random(7), Tokenizer.load(vocabulary)
    model, _ = load(checkpoint)
    weights = {name: w.half().float() if w.dim() == 2 else w for name, w in model.weights.items()}
    cases = []
    for text in beginnings(r, 100):
        ids = tokenizer.encode(text)
        with torch.no_grad():
            chances = model.reference(torch.tensor([ids]), weights)[0, -1].softmax(-1)
        best = chances.topk(20)
        cases.append({"ids": ids, "next": best.indices.tolist(), "probabilities": [round(p, 7) for p in best.values.tolist()]})
    texts = [{"text": text, "ids": tokenizer.encode(text)} for text in strings(r)]
    json.dump({"cases": cases, "texts": texts}, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
