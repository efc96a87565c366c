"""reader.bin and reader.txt, as adapters/llama/filling/weights.ts reads them."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from learned_numbers import LearnedNumbers, replace  # noqa: E402


def layers_of(reader):
    """The layers in the order in which they are written"""
    for layer in (reader.meaning, reader.sought_meaning, reader.gate):
        yield layer.weight.data
    for near, other, whole in zip(reader.near, reader.others, reader.whole):
        yield near.weight.data.permute(2, 0, 1)
        yield from (near.bias.data, other.weight.data, whole.weight.data)
    for layer in (reader.marks, reader.edges):
        yield layer.weight.data
    yield from (reader.pool.weight.data, reader.pool.bias.data, reader.none.data, reader.none_out.weight.data, reader.none_out.bias.data, reader.out.weight.data, reader.out_gate.weight.data)


def write(reader, names, out):
    """As weights.ts reads it. What is kept is what was rounded"""
    numbers, lines = LearnedNumbers(), []
    for sort, vectors in zip("wpbc", (reader.names, reader.names, reader.names, reader.seen)):
        rows = sorted(((name[2:], at + 1) for at, name in enumerate(names) if name.startswith(f"{sort} ")), key=lambda row: row[0].encode())
        own = [at for _, at in rows]
        lines.append("\t".join(name for name, _ in rows) + "\n")
        vectors.weight.data[own] = numbers.vectors(vectors.weight.detach().numpy()[own])
    for values in layers_of(reader):
        values.copy_(numbers.matrix(values))
    replace(out, {"reader.bin": numbers.data, "reader.txt": "".join(lines).encode()})
