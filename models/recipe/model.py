"""The network: a small llama (RMSNorm, rotary attention, SwiGLU, tied embedding), trained in bfloat16.

Knows nothing of text, tools or files other than its checkpoint. The slow parts are in kernels.cpp.
"""
import ctypes
import math
import os
import subprocess

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
EPS = 1e-5
BF16 = torch.bfloat16
linear = torch.nn.functional.linear


def kernels(folder=os.environ.get("MOULT_TRAIN", "/tmp/moult-train")):
    """Compiles kernels.cpp when it is newer than its library, and loads it."""
    os.makedirs(folder, exist_ok=True)
    source, library = os.path.join(HERE, "kernels.cpp"), os.path.join(folder, "kernels.so")
    if not os.path.exists(library) or os.path.getmtime(library) < os.path.getmtime(source):
        flags = ["-O3", "-march=native", "-ffast-math", "-shared", "-fPIC"]
        subprocess.run(["g++", *flags, source, "-o", library + ".new"], check=True)
        os.replace(library + ".new", library)
    return ctypes.CDLL(library)


K = kernels()


def at(tensor):
    return ctypes.c_void_p(tensor.data_ptr())


I, N, F = ctypes.c_int, ctypes.c_long, ctypes.c_float


class Linear(torch.autograd.Function):
    """x @ w.T, with both gradients as products of contiguous matrices (4 times faster in bfloat16 here)."""

    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return linear(x, w)

    @staticmethod
    def backward(ctx, grad):
        x, w = ctx.saved_tensors
        grad = grad.contiguous()
        rows, inputs = grad.view(-1, grad.shape[-1]), x.reshape(-1, x.shape[-1])
        grad_x = linear(rows, w.t().contiguous()).view(x.shape)
        return grad_x, linear(rows.t().contiguous(), inputs.t().contiguous())


class Norm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        rows, width = x.numel() // x.shape[-1], x.shape[-1]
        y, inverse = torch.empty_like(x), torch.empty(rows)
        K.rms_forward(at(x), at(w), at(y), at(inverse), N(rows), I(width), F(EPS))
        ctx.save_for_backward(x, w, inverse)
        return y

    @staticmethod
    def backward(ctx, grad):
        x, w, inverse = ctx.saved_tensors
        grad = grad.contiguous()
        grad_x, grad_w = torch.empty_like(x), torch.zeros_like(w)
        K.rms_backward(at(x), at(w), at(inverse), at(grad), at(grad_x), at(grad_w), N(inverse.numel()), I(x.shape[-1]))
        return grad_x, grad_w


class SwiGLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        h = x.shape[-1] // 2
        y = x.new_empty(*x.shape[:-1], h)
        K.swiglu_forward(at(x), at(y), N(x.numel() // (2 * h)), I(h))
        ctx.save_for_backward(x)
        return y

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        grad, h = grad.contiguous(), grad.shape[-1]
        grad_x = torch.empty_like(x)
        K.swiglu_backward(at(x), at(grad), at(grad_x), N(grad.numel() // h), I(h))
        return grad_x


class Layout:
    """Where the tokens of a batch stand. Several dialogues with the same tools are one row: its first `shared[b]`
    tokens are common; behind them each token sees those and its own dialogue, which begins at `first[b, t]`."""

    def __init__(self, place, first, shared):
        self.place, self.first, self.shared = (x.to(torch.int32).contiguous() for x in (place, first, shared))

    @classmethod
    def plain(cls, B, T):
        """One text a row."""
        return cls(torch.arange(T).expand(B, T), torch.zeros(B, T), torch.zeros(B))

    def sight(self):
        return at(self.first), at(self.shared)


class Attention(torch.autograd.Function):
    """[B, T, 3*H*D] -> [B, T, H*D]: rotate, score, softmax over the past, mix.

    Queries go block by block, each against the keys up to its own end: half of the work is never done.
    `layout` says where each token stands and what it sees (`Layout`).
    """

    BLOCK = 192

    @classmethod
    def blocks(cls, T):
        return [(start, min(start + cls.BLOCK, T)) for start in range(0, T, cls.BLOCK)]

    @staticmethod
    def forward(ctx, x, cosine, sine, layout, H):
        B, T, width = x.shape
        D = width // (3 * H)
        q, k, v, mixed = (x.new_empty(B * H, T, D) for _ in range(4))
        K.split_rotate(at(x), at(q), at(k), at(v), at(cosine), at(sine), at(layout.place), N(B), I(T), I(H), I(D))
        looks = []
        for start, end in Attention.blocks(T):
            p = torch.bmm(q[:, start:end], k[:, :end].transpose(1, 2))
            K.softmax_causal(at(p), *layout.sight(), N(B), I(H), I(T), I(end - start), I(end), I(start), F(D**-0.5))
            mixed[:, start:end] = torch.bmm(p, v[:, :end])
            looks.append(p)
        y = x.new_empty(B, T, H * D)
        K.join_heads(at(mixed), at(y), N(B), I(T), I(H), I(D))
        ctx.save_for_backward(q, k, v, cosine, sine, *looks)
        ctx.heads, ctx.layout = H, layout
        return y

    @staticmethod
    def backward(ctx, grad):
        q, k, v, cosine, sine, *looks = ctx.saved_tensors
        H, layout, (BH, T, D) = ctx.heads, ctx.layout, q.shape
        B, grad, grad_y = BH // H, grad.contiguous(), torch.empty_like(q)
        K.part_heads(at(grad), at(grad_y), N(B), I(T), I(H), I(D))
        grad_q, grad_k, grad_v = torch.empty_like(q), torch.zeros_like(q), torch.zeros_like(q)
        for (start, end), p in zip(Attention.blocks(T), looks):
            above = grad_y[:, start:end]
            grad_v[:, :end] += torch.bmm(p.transpose(1, 2), above)
            scores = torch.bmm(above, v[:, :end].transpose(1, 2))
            K.softmax_backward(at(p), at(scores), *layout.sight(), N(B), I(H), I(T), I(end - start), I(end), I(start), F(D**-0.5))
            grad_q[:, start:end] = torch.bmm(scores, k[:, :end])
            grad_k[:, :end] += torch.bmm(scores.transpose(1, 2), q[:, start:end])
        grad_x = grad.new_empty(B, T, 3 * H * D)
        K.merge_rotate(at(grad_x), at(grad_q), at(grad_k), at(grad_v), at(cosine), at(sine), at(layout.place), N(B), I(T), I(H), I(D))
        return grad_x, None, None, None, None


class Embedding(torch.autograd.Function):
    @staticmethod
    def forward(ctx, ids, w):
        ctx.save_for_backward(ids)
        ctx.shape = w.shape
        return w[ids]

    @staticmethod
    def backward(ctx, grad):
        (ids,) = ctx.saved_tensors
        grad_w = torch.zeros(ctx.shape)
        grad_w.index_add_(0, ids.reshape(-1), grad.reshape(-1, ctx.shape[1]).float())
        return None, grad_w.to(BF16)


class Model:
    """Weights in float32 by name; `leaves` gives the bfloat16 copies that a step differentiates."""

    def __init__(self, vocab, width, layers, heads, ff, context=2048, seed=0):
        self.shape = (vocab, width, layers, heads, ff, context)
        self.width, self.layers, self.heads = width, layers, heads
        rng = torch.Generator().manual_seed(seed)

        def matrix(rows, columns, scale=1.0):
            return torch.randn(rows, columns, generator=rng) * columns**-0.5 * scale

        deep = 1 / math.sqrt(2 * layers)  # keeps the sum over the residual branches at unit size
        self.weights = {"embedding": matrix(vocab, width, 0.7), "norm": torch.ones(width)}
        for i in range(layers):
            self.weights[f"{i}.qkv"] = matrix(3 * width, width)
            self.weights[f"{i}.out"] = matrix(width, width, deep)
            self.weights[f"{i}.gate_up"] = matrix(2 * ff, width)
            self.weights[f"{i}.down"] = matrix(width, ff, deep)
            self.weights[f"{i}.norm1"] = torch.ones(width)
            self.weights[f"{i}.norm2"] = torch.ones(width)
        D = width // heads
        speed = 10000.0 ** (-torch.arange(0, D, 2).float() / D)
        angle = torch.arange(context).float()[:, None] * speed[None]
        self.cosine, self.sine = angle.cos().contiguous(), angle.sin().contiguous()

    def size(self):
        return sum(w.numel() for w in self.weights.values())

    def leaves(self, quantise=None):
        """Copies to differentiate. `quantise(name, w)` may round matrices; gradients pass straight through."""
        copies = {}
        for name, w in self.weights.items():
            value = quantise(name, w) if quantise and w.dim() == 2 else w
            copies[name] = (value.to(BF16) if w.dim() == 2 else value.clone()).requires_grad_(True)
        return copies

    def hidden(self, w, ids, layout=None):
        """The last hidden states [B, T, width] for token ids [B, T]."""
        layout = layout or Layout.plain(*ids.shape)
        x = Embedding.apply(ids, w["embedding"])
        for i in range(self.layers):
            qkv = Linear.apply(Norm.apply(x, w[f"{i}.norm1"]), w[f"{i}.qkv"])
            x = x + Linear.apply(Attention.apply(qkv, self.cosine, self.sine, layout, self.heads), w[f"{i}.out"])
            mlp = Linear.apply(Norm.apply(x, w[f"{i}.norm2"]), w[f"{i}.gate_up"])
            x = x + Linear.apply(SwiGLU.apply(mlp), w[f"{i}.down"])
        return Norm.apply(x, w["norm"])

    def reference(self, ids, w=None, layout=None):
        """The same network in plain float32 PyTorch: what kernels and exports are checked against."""
        w, layout = w or self.weights, layout or Layout.plain(*ids.shape)
        (B, T), H, D = ids.shape, self.heads, self.width // self.heads
        other = torch.arange(T)[None, None, :]
        elsewhere = (other >= layout.shared[:, None, None]) & (other < layout.first[:, :, None])
        hide = (torch.ones(T, T).triu(1).bool() | elsewhere)[:, None]
        turn = self.cosine[layout.place.long()][:, None], self.sine[layout.place.long()][:, None]

        def norm(x, scale):
            return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + EPS) * scale

        def rotate(t):
            (a, b), (c, s) = (t[..., 0::2], t[..., 1::2]), turn
            return torch.stack([a * c - b * s, a * s + b * c], -1).flatten(-2)

        x = w["embedding"][ids]
        for i in range(self.layers):
            qkv = norm(x, w[f"{i}.norm1"]) @ w[f"{i}.qkv"].t()
            q, k, v = qkv.view(B, T, 3, H, D).permute(2, 0, 3, 1, 4)
            scores = rotate(q) @ rotate(k).transpose(-1, -2) * D**-0.5
            mixed = scores.masked_fill(hide, -1e30).softmax(-1) @ v
            x = x + mixed.transpose(1, 2).reshape(B, T, self.width) @ w[f"{i}.out"].t()
            gate, up = (norm(x, w[f"{i}.norm2"]) @ w[f"{i}.gate_up"].t()).chunk(2, -1)
            x = x + (torch.nn.functional.silu(gate) * up) @ w[f"{i}.down"].t()
        return norm(x, w["norm"]) @ w["embedding"].t()


def save(model, path, **extra):
    """Writes a checkpoint; a reader never sees half of one."""
    torch.save({"shape": model.shape, "weights": model.weights, **extra}, path + ".new")
    os.replace(path + ".new", path)


def load(path):
    """Reads a checkpoint: the model, and what was saved beside it."""
    data = torch.load(path)
    model = Model(*data.pop("shape"))
    model.weights = data.pop("weights")
    return model, data
