"""Writes a checkpoint as GGUF v3 for llama.cpp: llama architecture, tied embedding, own quantisers.

    python3 gguf.py model.pt tokenizer.json OUT.gguf [f32|f16|q8_0|q4_0]
"""
import os
import struct
import sys

import numpy as np
import torch

UINT32, INT32, FLOAT32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
HERE = os.path.dirname(os.path.abspath(__file__))


def round_q4_0(name, w):
    """What llama.cpp's own tool makes of a matrix: blocks of 32, scale = signed maximum / -8."""
    return steps_of(w, [1])[0].reshape(w.shape)


def fit_q4_0(name, w):
    """The same format; of several scales each block has the one with the least squared error."""
    return steps_of(w, FACTORS)[0].reshape(w.shape)


# Of signed maximum / -8: below 1 the largest number is cut a little so that the others are met more closely.
FACTORS = (1, 0.96, 0.92, 0.88, 0.84, 1.04, 1.08, 8 / 7)


def steps_of(w, factors):
    """-> the rounded numbers, their scales (a column, as 16 bits have them) and their steps from 0 to 15, by blocks of 32"""
    b = w.reshape(-1, 32)
    peak, best = b.gather(1, b.abs().argmax(1, keepdim=True)) / -8, None
    for factor in factors:
        scale = peak * factor
        inverse = torch.where(scale == 0, torch.zeros_like(scale), 1 / scale)
        steps, scale = (b * inverse + 8.5).floor().clamp(0, 15), scale.half().float()
        rounded = (steps - 8) * scale
        off = ((rounded - b) ** 2).sum(1, keepdim=True)
        if best is None:
            best = off, rounded, scale, steps
        else:
            best = tuple(torch.where(off < best[0], new, old) for new, old in zip((off, rounded, scale, steps), best))
    return best[1:]


def round_q8_0(name, w):
    b = w.reshape(-1, 32)
    scale = b.abs().amax(1, keepdim=True) / 127
    inverse = torch.where(scale == 0, torch.zeros_like(scale), 1 / scale)
    return ((b * inverse).round() * scale.half().float()).reshape(w.shape)


ROUND = {"q4_0": fit_q4_0, "q8_0": round_q8_0}


def pack_q4_0(w):
    _, scale, steps = (part.numpy() for part in steps_of(torch.from_numpy(w.astype(np.float32)), FACTORS))
    steps = steps.astype(np.uint8)
    out = np.empty((len(steps), 18), np.uint8)
    out[:, :2] = scale.astype(np.float16).view(np.uint8).reshape(-1, 2)
    out[:, 2:] = steps[:, :16] | (steps[:, 16:] << 4)
    return out.tobytes()


def pack_q8_0(w):
    b = w.reshape(-1, 32).astype(np.float32)
    scale = np.abs(b).max(1, keepdims=True) / 127
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale != 0)
    out = np.empty((len(b), 34), np.uint8)
    out[:, :2] = scale.astype(np.float16).view(np.uint8).reshape(-1, 2)
    out[:, 2:] = np.round(b * inverse).astype(np.int8).view(np.uint8)
    return out.tobytes()


# name: (tensor type, file type, packer)
KINDS = {
    "f32": (0, 0, lambda w: w.astype(np.float32).tobytes()),
    "f16": (1, 1, lambda w: w.astype(np.float16).tobytes()),
    "q4_0": (2, 2, pack_q4_0),
    "q8_0": (8, 7, pack_q8_0),
}


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def scalar(kind, value):
    if kind == STRING:
        return text(value)
    return struct.pack({UINT32: "<I", INT32: "<i", FLOAT32: "<f", BOOL: "<?"}[kind], value)


def entry(key, kind, value, of=None):
    head = text(key) + struct.pack("<I", kind)
    if kind == ARRAY:
        return head + struct.pack("<IQ", of, len(value)) + b"".join(scalar(of, v) for v in value)
    return head + scalar(kind, value)


def tensors(model, kind):
    """Every tensor by the name llama.cpp knows it by. No output.weight: llama.cpp then reuses the embedding."""
    w = model.weights
    yield "token_embd.weight", w["embedding"], kind
    yield "output_norm.weight", w["norm"], "f32"
    for i in range(model.layers):
        q, k, v = w[f"{i}.qkv"].chunk(3)
        gate, up = w[f"{i}.gate_up"].chunk(2)
        parts = {"attn_q": q, "attn_k": k, "attn_v": v, "attn_output": w[f"{i}.out"], "ffn_gate": gate, "ffn_up": up, "ffn_down": w[f"{i}.down"]}
        yield f"blk.{i}.attn_norm.weight", w[f"{i}.norm1"], "f32"
        yield f"blk.{i}.ffn_norm.weight", w[f"{i}.norm2"], "f32"
        for name, part in parts.items():
            yield f"blk.{i}.{name}.weight", part, kind


def metadata(model, tokenizer, kind):
    from tokenizer import END, IM_END, SPECIAL

    _, width, layers, heads, ff, _ = model.shape
    # 3 = control, 4 = user defined (kept whole wherever it stands), 1 = normal.
    types = [3, 3, 3] + [4] * (len(SPECIAL) - 3) + [1] * (len(tokenizer.vocabulary) - len(SPECIAL))
    template = open(os.path.join(HERE, "template.jinja"), encoding="utf-8").read().strip()
    yield entry("general.architecture", STRING, "llama")
    yield entry("general.name", STRING, "moult-mini")
    yield entry("general.quantization_version", UINT32, 2)
    yield entry("general.file_type", UINT32, KINDS[kind][1])
    for key, value in {
        "vocab_size": len(tokenizer.vocabulary), "context_length": 4096, "embedding_length": width, "block_count": layers, "feed_forward_length": ff,
        "attention.head_count": heads, "attention.head_count_kv": heads, "rope.dimension_count": width // heads,
    }.items():
        yield entry(f"llama.{key}", UINT32, value)
    yield entry("llama.attention.layer_norm_rms_epsilon", FLOAT32, 1e-5)
    yield entry("llama.rope.freq_base", FLOAT32, 10000.0)
    yield entry("tokenizer.ggml.model", STRING, "gpt2")
    yield entry("tokenizer.ggml.pre", STRING, "smollm")
    yield entry("tokenizer.ggml.tokens", ARRAY, tokenizer.vocabulary, STRING)
    yield entry("tokenizer.ggml.token_type", ARRAY, types, INT32)
    yield entry("tokenizer.ggml.merges", ARRAY, [f"{a} {b}" for a, b in tokenizer.merges], STRING)
    for key, value in {"bos": END, "eos": IM_END, "eot": IM_END, "padding": END}.items():
        yield entry(f"tokenizer.ggml.{key}_token_id", UINT32, value)
    for key in ("add_bos_token", "add_eos_token", "add_space_prefix"):
        yield entry(f"tokenizer.ggml.{key}", BOOL, False)
    yield entry("tokenizer.chat_template", STRING, template)


def write(model, tokenizer, path, kind="q8_0"):
    """Writes the file in one go; returns its size in bytes."""
    facts, data, index, count = list(metadata(model, tokenizer, kind)), b"", b"", 0
    for name, w, how in tensors(model, kind):
        array = np.ascontiguousarray(w.detach().float().numpy())
        number, _, pack = KINDS[how]
        # GGUF names the fastest-running dimension first.
        shape = b"".join(struct.pack("<Q", n) for n in reversed(array.shape))
        index += text(name) + struct.pack("<I", array.ndim) + shape + struct.pack("<IQ", number, len(data))
        data += pack(array)
        data += b"\0" * (-len(data) % 32)
        count += 1
    head = b"GGUF" + struct.pack("<IQQ", 3, count, len(facts)) + b"".join(facts) + index
    head += b"\0" * (-len(head) % 32)
    with open(path + ".new", "wb") as f:
        f.write(head + data)
    os.replace(path + ".new", path)
    return len(head) + len(data)


if __name__ == "__main__":
    from model import load
    from tokenizer import Tokenizer

    checkpoint, vocabulary, out, *kind = sys.argv[1:]
    model, facts = load(checkpoint)
    size = write(model, Tokenizer.load(vocabulary), out, *kind)
    print(f"{out}: {size:,} bytes, {facts.get('seen', 0):,} tokens seen")
