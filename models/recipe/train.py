"""Trains the network on dialogues that are made while it trains; no dialogue comes twice.

    python3 train.py --out FOLDER [--tokens 60e6] [--workers 1] [--resume]

Muon for the matrices, AdamW for embedding and norms; the learning rate warms up, stays, and falls to zero over the
last part of the tokens (where half of the quality comes from). The schedule counts tokens, not time: a pause changes
nothing. `echo 3000000 > FOLDER/decay` starts the fall now and ends it that many tokens later.
Writes FOLDER/model.pt every two minutes (SIGTERM writes it at once), FOLDER/log.jsonl and FOLDER/pid.

    python3 train.py --out FOLDER/rounded --round q4_0 --teacher FOLDER/model.pt --decay 1 --tokens 1.5e6 ...

starts from a trained model and teaches it, its weights rounded in every step, to say what it said unrounded.
"""
import argparse
import json
import os
import random
import re
import signal
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import torch
import torch.multiprocessing as processes

from dialogues import ARGUMENTS, CHOICE, FIRST, Dialogues, render
from gguf import ROUND
from model import BF16, Layout, Linear, Model, load, save
from tokenizer import END, Tokenizer

ROW = 1100  # tokens of a sheet: dialogues beyond are left out
PROMPT_SHARE, PROMPT_WEIGHT = 0.08, 0.3  # the prompt is learnt a little, too: it teaches what words go together
ENUM = re.compile(r": ([^,():]*\|[^,():]*)")  # the values of an enum in a tool's line
SYNTAX_SHARE = 0.35  # of the tokens that any call or sentence has, once the beginning is over
BEGINNING = 3  # tokens that say what a reply will be: "I am Moult", "I am fine", "I am sorry"
STOP_SHARE = 0.3  # how often a call's pieces end in what ends them under node-llama-cpp's grammar


class Sheet:
    """A sheet as numbers: the tokens of the shared beginning and of its dialogues behind one another."""

    def __init__(self, ids, targets, weights):
        self.ids, self.targets, self.weights = ids, targets, weights
        self.shared = len(ids)
        self.place, self.first = list(range(len(ids))), [0] * len(ids)

    def add(self, ids, targets, weights):
        start = len(self.ids)
        self.ids, self.targets, self.weights = self.ids + ids, self.targets + targets, self.weights + weights
        self.place += range(self.shared, self.shared + len(ids))
        self.first += [start] * len(ids)


class Batches:
    """An endless stream of (ids, targets, weights, layout) of about `size` tokens, sheets of like length together."""

    def __init__(self, tokenizer, seed, size):
        self.tokenizer, self.dialogues, self.size, self.ready = tokenizer, Dialogues(seed), size, []
        self.random = random.Random(seed + 1)
        self.newline, self.newlines = tokenizer.id["Ċ"], tokenizer.id["ĊĊĊĊ"]

    def encode(self, sheet):
        beginning, dialogues = render(sheet)
        choices = {value for line in sheet["tools"] for kind in ENUM.findall(line) for value in kind.split("|")}
        ids = [i for text, _ in beginning for i in self.tokenizer.encode(text)]
        coded = Sheet(ids, ids[1:] + [END], [0.0] * len(ids))
        for pieces in dialogues:
            part = self.pieces(pieces, choices)
            if len(coded.ids) + len(part[0]) <= ROW:
                coded.add(*part)
        return coded

    def pieces(self, pieces, choices):
        """-> ids, targets, weights. The target of position i is what should follow it."""
        ids, following, weights = [], [], []
        for text, weight in pieces:
            tokens = self.tokenizer.encode(text)
            wanted = list(tokens)
            # Under a grammar a name ends with a newline and arguments with four; in the prompt neither is seen.
            # Making them likely there keeps the model on its feet.
            if weight and self.random.random() < STOP_SHARE:
                if text == '", "arguments": ':
                    wanted[0] = self.newline
                elif text == "}\n</tool_call>":
                    wanted[0] = self.newlines
            ids += tokens
            following += wanted
            begins = weight and not weights[-1]  # right after "assistant"
            own = [weight] * len(tokens)
            if begins:
                own[:BEGINNING] = [FIRST] * len(own[:BEGINNING])
            if weight == ARGUMENTS:
                for value in re.finditer(r'(?<=": ")[^"]+(?=")|true|false', text):
                    if value[0] in choices or value[0] in ("true", "false"):
                        start = len(self.tokenizer.encode(text[: value.start()]))
                        own[start] = CHOICE
            weights += own
        return ids[:-1], following[1:], weights[1:]

    def refill(self):
        coded = [c for c in (self.encode(self.dialogues.next()) for _ in range(128)) if len(c.ids) > c.shared]
        coded.sort(key=lambda c: len(c.ids))
        group = []
        for c in coded:
            if group and len(c.ids) * (len(group) + 1) > self.size:
                self.ready.append(group)
                group = []
            group.append(c)
        self.ready.append(group)
        self.random.shuffle(self.ready)

    def next(self):
        if not self.ready:
            self.refill()
        group = self.ready.pop()
        length = (max(len(sheet.ids) for sheet in group) + 15) // 16 * 16
        ids, targets = (torch.full((len(group), length), END) for _ in range(2))
        place, first = (torch.zeros(len(group), length, dtype=torch.int32) for _ in range(2))
        weights = torch.zeros(len(group), length)
        kept = 1 - (1 - SYNTAX_SHARE) * self.dialogues.hardness
        for i, sheet in enumerate(group):
            n = len(sheet.ids)
            for row, values in ((ids, sheet.ids), (targets, sheet.targets), (place, sheet.place), (first, sheet.first), (weights, sheet.weights)):
                row[i, :n] = torch.tensor(values)
            extra = torch.rand(n) < PROMPT_SHARE
            weights[i, :n][(torch.rand(n) > kept) & (weights[i, :n] == 1.0)] = 0
            weights[i, :n][extra & (weights[i, :n] == 0)] = PROMPT_WEIGHT
        return ids, targets, weights, Layout(place, first, torch.tensor([sheet.shared for sheet in group]))


def loss_of(model, leaves, ids, targets, weights, layout=None, teacher=None, taught=1.0):
    """-> (weighted sum to differentiate, sum over learnt tokens, number of learnt tokens). With a teacher (the leaves of
    another such model) a share of what is learnt, `taught`, is what it expects: nothing of that is chance."""
    chosen = weights.reshape(-1).nonzero()[:, 0]

    def logits_of(w):
        hidden = model.hidden(w, ids, layout).reshape(-1, model.width)[chosen]
        return Linear.apply(hidden, w["embedding"]).float()

    logits, cross_entropy = logits_of(leaves), torch.nn.functional.cross_entropy
    losses = wanted = cross_entropy(logits, targets.reshape(-1)[chosen], reduction="none")
    if teacher:
        with torch.no_grad():
            expected = logits_of(teacher).softmax(-1)
        wanted = taught * cross_entropy(logits, expected, reduction="none") + (1 - taught) * losses
    weights = weights.reshape(-1)[chosen]
    learnt = losses.detach()[weights > PROMPT_WEIGHT]
    return (wanted * weights).sum(), learnt.sum().item(), learnt.numel()


def orthogonal(x):
    """The nearest matrix with all singular values near 1, by four Newton-Schulz steps (Muon)."""
    tall = x.shape[0] > x.shape[1]
    y = (x.t() if tall else x).contiguous()
    y = (y / (y.norm() + 1e-7)).to(BF16)
    for _ in range(4):
        s = y @ y.t()
        y = 3.4445 * y + (-4.7750 * s + 2.0315 * (s @ s)) @ y
    y = y.float()
    return (y.t() if tall else y) * max(1, x.shape[0] / x.shape[1]) ** 0.5


class Optimizer:
    def __init__(self, weights, muon, adam):
        self.muon, self.adam, self.steps = muon, adam, 0
        self.first = {name: torch.zeros_like(w) for name, w in weights.items()}
        self.second = {name: torch.zeros_like(w) for name, w in weights.items() if not self.is_muon(name, w)}

    @staticmethod
    def is_muon(name, w):
        return w.dim() == 2 and name != "embedding"

    def step(self, weights, gradients, scale):
        self.steps += 1
        size = torch.sqrt(sum((g * g).sum() for g in gradients.values())).item()
        for name, w in weights.items():
            g, m = gradients[name], self.first[name]
            if self.is_muon(name, w):
                m.mul_(0.95).add_(g)
                parts = (g + 0.95 * m).chunk(3 if name.endswith("qkv") else 2 if name.endswith("gate_up") else 1)
                w.mul_(1 - self.muon * scale * 0.05)
                w.add_(torch.cat([orthogonal(p) for p in parts]), alpha=-self.muon * scale)
            else:
                g, v = g * min(1, 1 / (size + 1e-6)), self.second[name]
                m.mul_(0.9).add_(g, alpha=0.1)
                v.mul_(0.98).addcmul_(g, g, value=0.02)
                step = (m / (1 - 0.9**self.steps)) / ((v / (1 - 0.98**self.steps)).sqrt() + 1e-8)
                w.add_(step, alpha=-self.adam * scale)
        return size

    def state(self):
        return {"first": self.first, "second": self.second, "steps": self.steps}

    def restore(self, state):
        self.first, self.second, self.steps = state["first"], state["second"], state["steps"]


def kept_time(path):
    return os.path.getmtime(path) if os.path.exists(path) else 0.0


class Schedule:
    """Learning rate by tokens seen; the fall may be called early through a file."""

    def __init__(self, tokens, decay, flag):
        self.start, self.end, self.flag, self.read = tokens * (1 - decay), tokens, flag, 0.0

    def look(self, seen):
        """The file says how many tokens are left; said again, the fall goes on from where it is."""
        if os.path.exists(self.flag) and os.path.getmtime(self.flag) != self.read:
            self.read = os.path.getmtime(self.flag)
            left = float(open(self.flag).read().strip() or 3e6)
            self.start, self.end = seen + left - left / max(self.fallen(seen), 1e-3), seen + left

    def fallen(self, seen):
        return min(1, max(0, (self.end - seen) / (self.end - self.start)))

    def scale(self, seen, steps):
        return min(1, (steps + 1) / 60) * self.fallen(seen)


def share_memory(model):
    """Moves all weights into one shared block, so that the workers see each step at once."""
    block = torch.zeros(model.size()).share_memory_()
    start = 0
    for name, w in model.weights.items():
        view = block[start : start + w.numel()].view(w.shape)
        view.copy_(w)
        model.weights[name], start = view, start + w.numel()


def gradients_into(block, model, leaves):
    start = 0
    for name, w in model.weights.items():
        if leaves[name].grad is not None:
            block[start : start + w.numel()] = leaves[name].grad.reshape(-1).float()
        start += w.numel()


def work(rank, model, tokenizer, options, grads, facts, barrier):
    """One process: its share of the tokens of every step. Process 0 also updates the weights and keeps the books."""
    torch.set_num_threads(1)
    torch.manual_seed(options.seed * 1000 + rank + facts["begun"])
    batches = Batches(tokenizer, options.seed * 1000 + rank + facts["begun"], options.micro_batch)
    books = Books(model, options, facts) if rank == 0 else None
    seen, control, quantise = facts["seen"], facts["control"], ROUND.get(options.round)
    teacher = load(options.teacher)[0].leaves() if options.teacher else None
    while True:
        batches.dialogues.hardness = min(1.0, seen / options.easy_tokens) if options.easy_tokens else 1.0
        leaves = model.leaves(quantise)
        grads[rank].zero_()
        loss = learnt = tokens = 0
        # The workers draw from one pot, so that none waits for one whose core is taken by other work.
        while facts["drawn"].item() < options.step_tokens:
            ids, *rest = batches.next()
            facts["drawn"] += ids.numel()
            total, part, count = loss_of(model, leaves, ids, *rest, teacher=teacher, taught=options.taught)
            total.backward()
            loss, learnt, tokens = loss + part, learnt + count, tokens + ids.numel()
        gradients_into(grads[rank], model, leaves)
        facts["sums"][rank] = torch.tensor([loss, learnt, tokens, time.process_time()])
        barrier.wait()
        facts["drawn"].zero_()
        if books:
            control[0] = books.step(grads, facts["sums"])
        seen += int(facts["sums"][:, 2].sum())
        barrier.wait()
        if control[0]:
            break


class Books:
    """What process 0 does between steps: update, log, checkpoint, decide when to end."""

    def __init__(self, model, options, facts):
        self.model, self.options, self.seen = model, options, facts["seen"]
        self.optimizer = Optimizer(model.weights, options.muon, options.adam)
        if facts["optimizer"]:
            self.optimizer.restore(facts["optimizer"])
        self.schedule = Schedule(options.tokens, options.decay, os.path.join(options.out, "decay"))
        planned = facts.get("schedule")
        if planned and planned[0] < self.seen < planned[1]:
            self.schedule.start, self.schedule.end = planned  # the fall had begun
            self.schedule.read = kept_time(self.schedule.flag)
        self.cpu, self.average, self.saved = facts["cpu"], None, time.time()
        self.ended = False
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, "ended", True))
        self.log = open(os.path.join(options.out, "log.jsonl"), "a")

    def step(self, grads, sums):
        loss, learnt, tokens, cpu = sums.sum(0).tolist()
        self.seen += int(tokens)
        gradient, start, parts = grads.sum(0) / max(learnt, 1), 0, {}
        for name, w in self.model.weights.items():
            parts[name] = gradient[start : start + w.numel()].view(w.shape)
            start += w.numel()
        self.schedule.look(self.seen)
        scale = self.schedule.scale(self.seen, self.optimizer.steps)
        size = self.optimizer.step(self.model.weights, parts, scale)
        mean = loss / max(learnt, 1)
        self.average = mean if self.average is None else 0.97 * self.average + 0.03 * mean
        if self.optimizer.steps % 25 == 0:
            facts = {"step": self.optimizer.steps, "tokens": self.seen, "loss": round(self.average, 5), "scale": round(scale, 3), "gradient": round(size, 2), "cpu_s": round(self.cpu + cpu), "at": time.strftime("%H:%M:%S")}
            print(json.dumps(facts), file=self.log, flush=True)
        ended = self.ended or self.seen >= self.schedule.end
        if ended or time.time() - self.saved > 120:
            self.saved = time.time()
            self.save("model.pt", cpu)
        return float(ended)

    def save(self, name, cpu):
        schedule = (self.schedule.start, self.schedule.end)
        save(self.model, os.path.join(self.options.out, name), seen=self.seen, cpu=self.cpu + cpu, optimizer=self.optimizer.state(), schedule=schedule)


def carry_over(model, old, tokenizer, old_tokenizer):
    """Takes the weights of a model with another vocabulary or fewer layers. Tokens that both know keep their embedding; a
    new one starts near the mean of the pieces it used to be, with noise so that no two are alike. A new layer starts as
    a copy of one beside it that adds nothing yet."""
    copied = set()
    for i in range(model.layers):
        source = round(i * (old.layers - 1) / (model.layers - 1))
        for part in ("qkv", "out", "gate_up", "down", "norm1", "norm2"):
            w = old.weights[f"{source}.{part}"].clone()
            model.weights[f"{i}.{part}"] = w * 0 if source in copied and part in ("out", "down") else w
        copied.add(source)
    model.weights["norm"] = old.weights["norm"]
    rows, known = model.weights["embedding"], old.weights["embedding"]
    rows.mul_(known.norm(dim=1).mean() / rows.norm(dim=1).mean() * 0.8)
    for i, token in enumerate(tokenizer.vocabulary):
        if token in old_tokenizer.id:
            rows[i] = known[old_tokenizer.id[token]]
        else:
            rows[i] += known[old_tokenizer.pieces(token)].mean(0) * 0.6
    return model


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, kind, default in (
        ("out", str, "/tmp/moult-train"), ("tokens", float, 60e6), ("decay", float, 0.4), ("easy-tokens", float, 8e6),
        ("width", int, 192), ("layers", int, 5), ("heads", int, 6), ("ff", int, 576), ("workers", int, 1), ("seed", int, 1),
        ("step-tokens", int, 4800), ("micro-batch", int, 2400), ("muon", float, 0.02), ("adam", float, 0.003), ("taught", float, 1.0),
        ("round", str, ""), ("teacher", str, ""), ("tokenizer", str, ""), ("init", str, ""), ("init-tokenizer", str, ""),
    ):
        p.add_argument("--" + name, type=kind, default=default)
    p.add_argument("--resume", action="store_true", help="continue from FOLDER/model.pt")
    o = p.parse_args()
    tokenizer = Tokenizer.load(o.tokenizer or os.path.join(o.out, "tokenizer.json"))
    model = Model(len(tokenizer.vocabulary), o.width, o.layers, o.heads, o.ff, seed=o.seed)
    facts = {"seen": 0, "begun": 0, "cpu": 0.0, "optimizer": None}
    if o.resume:
        model, kept = load(os.path.join(o.out, "model.pt"))
        facts.update(seen=kept["seen"], begun=kept["seen"], cpu=kept["cpu"], optimizer=kept["optimizer"], schedule=kept.get("schedule"))
    elif o.teacher:
        model = load(o.teacher)[0]
    elif o.init:
        old, kept = load(o.init)
        model = carry_over(model, old, tokenizer, Tokenizer.load(o.init_tokenizer))
        facts.update(seen=kept["seen"], begun=kept["seen"], cpu=kept["cpu"])
    share_memory(model)
    with open(os.path.join(o.out, "pid"), "w") as f:
        f.write(str(os.getpid()))
    grads = torch.zeros(o.workers, model.size()).share_memory_()
    facts["sums"], facts["control"] = torch.zeros(o.workers, 4, dtype=torch.float64).share_memory_(), torch.zeros(1).share_memory_()
    facts["drawn"] = torch.zeros(1, dtype=torch.long).share_memory_()
    barrier = processes.Barrier(o.workers)
    arguments = (model, tokenizer, o, grads, facts, barrier)
    others = [processes.Process(target=work, args=(rank, *arguments), daemon=True) for rank in range(1, o.workers)]
    for other in others:
        other.start()
    print(f"{model.size():,} parameters, {len(tokenizer.vocabulary)} tokens", flush=True)
    work(0, *arguments)


if __name__ == "__main__":
    main()
