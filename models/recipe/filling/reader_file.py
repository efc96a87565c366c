"""reader.bin and reader.txt, as adapters/llama/filling/weights.ts reads them."""
import os
import sys

import numpy as np
import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from learned_numbers import LearnedNumbers, replace  # noqa: E402


def layers_of(reader):
    """The layers in the order in which they are written, each with how it is turned for that"""
    same, turned = lambda values: values, lambda values: values.permute(2, 0, 1)
    for layer in (reader.meaning, reader.sought_meaning, reader.gate):
        yield layer.weight, same, same
    for near, other, whole in zip(reader.near, reader.others, reader.whole):
        yield near.weight, turned, lambda values: values.permute(1, 2, 0)
        for values in (near.bias, other.weight, whole.weight):
            yield values, same, same
    for values in (reader.marks.weight, reader.edges.weight, reader.pool.weight, reader.pool.bias, reader.none, reader.none_out.weight, reader.none_out.bias, reader.out.weight, reader.out_gate.weight):
        yield values, same, same


def names_in(folder):
    """What a reader knows, as names.json calls it"""
    lines = open(os.path.join(folder, "reader.txt"), encoding="utf-8").read().split("\n")
    return [f"{sort} {name}" for sort, line in zip("wpbc", lines) for name in line.split("\t")]


def load(reader, names, folder):
    """What write() wrote"""
    data, at = open(os.path.join(folder, "reader.bin"), "rb").read(), 0

    def take(count, kind):
        nonlocal at
        values = np.frombuffer(data, kind, count, at)
        at += -(-values.nbytes // 4) * 4
        return values.astype(np.float32)

    for sort, vectors in zip("wpbc", (reader.names, reader.names, reader.names, reader.seen)):
        own = [nth + 1 for nth, name in enumerate(names) if name.startswith(f"{sort} ")]
        scales, width = take(len(own), np.float32), vectors.weight.shape[1]
        vectors.weight.data[own] = torch.from_numpy(take(len(own) * width, np.int8).reshape(-1, width) * scales[:, None] / 127)
    for values, turned, back in layers_of(reader):
        scale, shape = float(take(1, np.float32)[0]), turned(values.data).shape
        values.data.copy_(back(torch.from_numpy(take(values.numel(), np.int16) * scale / 32767).view(shape)))
    assert at == len(data)


def write(reader, names, out):
    """As weights.ts reads it. What is kept is what was rounded"""
    numbers, lines = LearnedNumbers(), []
    for sort, vectors in zip("wpbc", (reader.names, reader.names, reader.names, reader.seen)):
        rows = sorted(((name[2:], at + 1) for at, name in enumerate(names) if name.startswith(f"{sort} ")), key=lambda row: row[0].encode())
        own = [at for _, at in rows]
        lines.append("\t".join(name for name, _ in rows) + "\n")
        vectors.weight.data[own] = numbers.vectors(vectors.weight.detach().numpy()[own])
    for values, turned, _ in layers_of(reader):
        turned(values.data).copy_(numbers.matrix(turned(values.detach())))
    replace(out, {"reader.bin": numbers.data, "reader.txt": "".join(lines).encode()})
