"""reader.bin and reader.txt, as adapters/llama/filling/weights.ts reads them."""
import os

import numpy as np
import torch


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
    """As weights.ts reads it: vectors of names in bytes, each with its scale, then the layers in 16 bits. What is kept is what was rounded"""
    data, lines = bytearray(), []

    def put(values, scale, kind, most_):
        whole = np.round(values / scale * most_)
        data.extend(whole.astype(kind).tobytes())
        data.extend(bytes(-len(data) % 4))
        return torch.from_numpy((whole * scale / most_).astype(np.float32))

    def matrix(values, turned):
        flat = turned(values.detach()).numpy()
        scale = float(np.abs(flat).max()) or 1.0
        data.extend(np.float32(scale).tobytes())
        turned(values.data).copy_(put(flat, scale, np.int16, 32767))

    for sort, vectors in zip("wpbc", (reader.names, reader.names, reader.names, reader.seen)):
        rows = sorted(((name[2:], at + 1) for at, name in enumerate(names) if name.startswith(f"{sort} ")), key=lambda row: row[0].encode())
        own = [at for _, at in rows]
        values = vectors.weight.detach().numpy()[own]
        scales = np.maximum(np.abs(values).max(1), 1e-6).astype(np.float32)
        lines.append("\t".join(name for name, _ in rows) + "\n")
        data.extend(scales.tobytes())
        vectors.weight.data[own] = put(values, scales[:, None], np.int8, 127)
    for values, turned, _ in layers_of(reader):
        matrix(values, turned)
    # Whoever reads them has them mapped: they are replaced, not changed.
    for name, content in (("reader.bin", data), ("reader.txt", "".join(lines).encode())):
        path = os.path.join(out, name)
        open(path + ".new", "wb").write(content)
        os.replace(path + ".new", path)
