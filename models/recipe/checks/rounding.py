"""What four bits a weight cost: the loss on dialogues that no training saw, and the size of the file.

    python3 checks/rounding.py TOKENIZER PLAIN.pt ROUNDED.pt [DIALOGUES]

PLAIN.pt was trained without rounding, ROUNDED.pt saw Q4_0's rounding in the last part of its training
(`train.py --round q4_0`). Both are judged on the same dialogues, computed in bfloat16 as training does.
"""
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import torch

from gguf import ROUND, round_q4_0, write
from model import load
from tokenizer import Tokenizer
from train import Batches, loss_of

SEED = 4_000_000  # no worker of a training counts that far


def half(name, w):
    return w.half().float()


def fresh(tokenizer, count):
    """Batches that hold `count` dialogues and more."""
    torch.manual_seed(SEED)
    batches, dialogues = Batches(tokenizer, SEED, 1200), 0
    while dialogues < count:
        batch = batches.next()
        dialogues += sum(len(set(row.tolist()) - {0}) for row in batch[3].first)
        yield batch
    print(f"{dialogues} dialogues")


def loss(model, batches, way):
    """Mean loss over the tokens of replies, its matrices rounded in one way."""
    weights, total, count = model.leaves(way), 0.0, 0
    with torch.no_grad():
        for batch in batches:
            _, part, learnt = loss_of(model, weights, *batch)
            total, count = total + part, count + learnt
    return total / count


def main(vocabulary, plain, rounded, dialogues=2000):
    tokenizer = Tokenizer.load(vocabulary)
    batches = list(fresh(tokenizer, int(dialogues)))
    exact, trained = load(plain)[0], load(rounded)[0]
    base = loss(exact, batches, half)
    for label, model, way in (("F16", exact, half), ("Q8_0", exact, ROUND["q8_0"]), ("Q4_0, plain rounding", exact, round_q4_0), ("Q4_0, best scales", exact, ROUND["q4_0"]), ("Q4_0, trained with it", trained, ROUND["q4_0"]), ("F16 of the latter", trained, half)):
        value = loss(model, batches, way)
        print(f"{label:24} loss {value:.5f}  {100 * (value / base - 1):+.2f} %", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        sizes = {kind: write(exact, tokenizer, os.path.join(folder, kind), kind) for kind in ("f16", "q8_0", "q4_0")}
        vocabulary = write_without(exact, tokenizer, folder)
    for kind, size in sizes.items():
        print(f"{kind}: {size:,} bytes, {100 * size / sizes['f16']:.1f} % of F16; tensors alone {100 * (size - vocabulary) / (sizes['f16'] - vocabulary):.1f} %")


def write_without(model, tokenizer, folder):
    """Bytes of a file that are not tensors: the vocabulary and the other facts."""
    from gguf import tensors

    size = write(model, tokenizer, os.path.join(folder, "f32"), "f32")
    return size - sum(4 * w.numel() for _, w, _ in tensors(model, "f32"))


if __name__ == "__main__":
    main(*sys.argv[1:])
