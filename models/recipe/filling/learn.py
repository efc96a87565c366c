"""Learns to read arguments out of requests, from what see.ts saw of them:

    python3 learn.py DIR OUT NAME... [--epochs N] [--seed N] [--check NAME...] [--points NAME FILE] [--minutes N]

NAME is a file of requests in DIR; of the generator's (a number) only the first epoch learns. OUT gets reader.bin and
reader.txt (adapters/llama/filling/weights.ts reads them; ../joined.py joins readers of several seeds). `--check` counts what is read rightly of
files that were not learned, `--points` adds to the requests of FILE how each candidate is weighed, for a test that the runtime weighs them so, too.

The network sees each piece of a request once for each parameter. A piece is a sum of vectors: of the names of what is seen of it
(`word~from`, `opens`), of what it is to the parameter (`calls it`), of the parameter (`is~=city`, `required`), and of its meaning. Three
layers add what the pieces beside it, the other parameters and the whole request say. A candidate is what its first and last piece,
the pieces inside, before and after it say, and what rules saw of it. It is weighed against the others and against nothing. Then it
is known how likely each piece goes to which parameter, and what nobody takes: two more layers add that, and all is weighed again. After
the first epoch the right values of all parameters count against the best others, too (together.py).
"""
import argparse
import json
import os
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from reader_file import write
from together import LEAST, MAYBE_UNSAID, SAID, UNSAID, options_of, searched, starts, together

WIDTH, DEPTH, LAYERS, AGAIN, REACH, MEANING, PLACES, MARKS = 48, 64, 3, 2, 3, 64, 5, 7  # as in weights.ts
MEANING_STEPS = 32767  # as in see.ts
KINDS = 100_000
KINDS_MIN = 6  # what only so few kinds of tools have would be learnt by heart
RATE, WARM_STEPS, FALL, DECAY = 2e-3, 100, 0.6, 0.1
BATCH, PIECES_MAX = 64, 40
FORGET = 0.15  # share of numbers that are left out while learning
FORGOTTEN = {"w word~": 0.2, "p is~=": 0.2, "p about": 0.2, "w head~": 0.1, "w tail~": 0.1, "w ends~": 0.1, "w begins": 0.1}  # and of names
FORGOTTEN_ELSE = 0.02
LACKING_WORTH = 0.7
FIRST_WORTH = 0.5  # of what is thought before it is known what others take
LONG, OF_LONG = 3, 3  # of stretches of more pieces every third is enough to learn from
TRIED = 6
TOGETHER_WORTH, TOGETHER_FROM = 0.5, 1  # of all arguments at once, and from which epoch on: before, nothing is worth searching
LACKS_SOMETHING = 2
BAGS = ("words", "sought", "between", "seen")


class Requests:
    """One file of see.ts."""

    def __init__(self, folder, name):
        read = lambda part, kind=np.int32: np.fromfile(os.path.join(folder, f"{name}.{part}"), dtype=kind)
        self.name = name
        self.requests, self.parameters, self.candidates = read("requests").reshape(-1, 6), read("parameters").reshape(-1, 4), read("candidates").reshape(-1, 5)
        self.bags = {bag: (read(f"{bag}.ids"), read(f"{bag}.times", np.float32), read(f"{bag}.lengths")) for bag in BAGS}
        self.starts = {bag: starts(lengths) for bag, (_, _, lengths) in self.bags.items()}
        self.meanings = read("wordMeanings"), read("soughtMeanings")
        pieces, parameters = self.requests[:, 0], self.requests[:, 1]
        self.first_piece, self.first_parameter = starts(pieces), starts(parameters)
        self.first_pair, self.first_candidate = starts(pieces * parameters), starts(self.parameters[:, 3])

    def kinds(self):
        """Which name was seen with which kind of tool, as one number each"""
        kind, pieces, parameters = self.requests[:, 4].astype(np.int64), self.requests[:, 0], self.requests[:, 1]
        of = {"words": np.repeat(kind, pieces), "sought": np.repeat(kind, parameters), "between": np.repeat(kind, pieces * parameters)}
        of["seen"] = np.repeat(of["sought"], self.parameters[:, 3])
        return [np.unique(ids.astype(np.int64) * KINDS + np.repeat(of[bag], lengths)) for bag, (ids, _, lengths) in self.bags.items()]

    def bag(self, bag, rows, vocabulary):
        ids, times, lengths = self.bags[bag]
        begins = self.starts[bag]
        at = ranges(begins[rows], begins[rows + 1])
        names, owner = vocabulary[ids[at]], np.repeat(np.arange(len(rows)), lengths[rows])
        known = names > 0
        return torch.from_numpy(names[known]), torch.from_numpy(times[at][known]), torch.from_numpy(np.searchsorted(owner[known], np.arange(len(rows))))


def ranges(begins, ends):
    """All numbers from each begin to its end"""
    lengths = ends - begins
    return np.repeat(begins - starts(lengths)[:-1], lengths) + np.arange(lengths.sum())


class Batch:
    """Some requests with about as many parameters and pieces, as tensors."""

    def __init__(self, file, chosen, vocabulary, fewer=False):
        self.file, self.chosen, of = file, chosen, file.requests[chosen]
        self.pieces, self.parameters = of[:, 0], of[:, 1]
        self.B, self.T, self.P = len(chosen), int(self.pieces.max()), int(self.parameters.max())
        piece_rows, own = ranges(file.first_piece[chosen], file.first_piece[chosen + 1]), ranges(file.first_parameter[chosen], file.first_parameter[chosen + 1])
        candidate_rows = ranges(file.first_candidate[own], file.first_candidate[own + 1])
        owner, more = np.repeat(np.arange(len(own)), file.parameters[own, 3]), np.zeros(len(candidate_rows), np.float32)
        if fewer:
            first, last, right = file.candidates[candidate_rows, :3].T
            long = (last - first >= LONG) & (right == 0)
            kept = ~long | (np.random.rand(len(long)) < 1 / OF_LONG)
            more[long] = np.log(OF_LONG)
            candidate_rows, owner, more = candidate_rows[kept], owner[kept], more[kept]
        self.more = torch.from_numpy(more)  # one stands for several
        pairs = ranges(file.first_pair[chosen], file.first_pair[chosen + 1])
        self.bags = {bag: file.bag(bag, rows, vocabulary) for bag, rows in zip(BAGS, (piece_rows, own, pairs, candidate_rows))}
        self.word_meanings, self.sought_meanings = (torch.from_numpy(all_[rows].astype(np.int64)) for all_, rows in zip(file.meanings, (piece_rows, own)))
        zeros = np.zeros(self.B, np.int64)
        row = np.repeat(np.arange(self.B) * self.P, self.parameters) + ranges(zeros, self.parameters.astype(np.int64))
        long = np.repeat(self.pieces, self.parameters).astype(np.int64)
        self.piece_at = torch.from_numpy(np.repeat(np.arange(self.B) * self.T, self.pieces) + ranges(zeros, self.pieces.astype(np.int64)))
        self.parameter_at = torch.from_numpy(row)
        self.pair_at = torch.from_numpy(np.repeat(row * self.T, long) + ranges(np.zeros(len(row), np.int64), long))
        self.sought, self.found = file.parameters[own], file.candidates[candidate_rows]
        self.owner = torch.from_numpy(owner)
        self.owner_at = self.parameter_at[self.owner]
        last, right, self.first = (torch.from_numpy(self.found[:, column].astype(np.int64)) for column in (1, 2, 4))
        self.last, self.placed = torch.maximum(self.first, last), (self.first >= 0).nonzero()[:, 0]
        self.right, self.required, self.unsaid = right > 0, torch.from_numpy(self.sought[:, 0].astype(np.int64)), torch.from_numpy(self.sought[:, 1].astype(np.int64))
        self.request, self.lacks = torch.from_numpy(np.repeat(np.arange(self.B), self.parameters)), torch.from_numpy(of[:, 2].astype(np.int64))
        can_be = torch.zeros(len(own), dtype=torch.bool).index_fill(0, self.owner[self.right], True)
        self.teaches = (self.unsaid == UNSAID) | (can_be & (self.unsaid == SAID))


def batches(file, vocabulary, fewer=False):
    order, at = np.lexsort((file.requests[:, 0], file.requests[:, 1])), 0
    while at < len(order):
        pieces, parameters = file.requests[order[min(at + BATCH, len(order)) - 1], :2]
        size = max(4, min(BATCH, int(BATCH * PIECES_MAX / max(1, pieces * parameters))))
        yield Batch(file, np.sort(order[at : at + size]), vocabulary, fewer)
        at += size


class Forget(nn.Module):
    """Leaves out a share of numbers while learning. Chance is slow: it is made once, and each time taken from another place on."""

    def __init__(self):
        super().__init__()
        self.chance = torch.rand(1 << 22)
        self.kept = (self.chance >= FORGET).float() / (1 - FORGET)

    def forward(self, values):
        return values * some_of(self.kept, values.numel()).view(values.shape) if self.training else values

    def chances(self, count):
        return some_of(self.chance, count)


def some_of(row, count):
    if count > len(row):
        row = row.repeat(1 + count // len(row))
    at = np.random.randint(len(row) - count + 1)
    return row[at : at + count]


class Reader(nn.Module):
    def __init__(self, names, meanings):
        super().__init__()
        linear = lambda given, made: nn.Linear(given, made, bias=False)
        self.meanings, self.names = meanings, nn.Embedding(len(names) + 1, WIDTH)
        self.seen = nn.Embedding(len(names) + 1, DEPTH)
        nn.init.normal_(self.names.weight, std=0.15)
        nn.init.normal_(self.seen.weight, std=0.05)
        self.meaning, self.sought_meaning = linear(MEANING, WIDTH), linear(MEANING, WIDTH)
        self.gate, self.out_gate = linear(WIDTH, WIDTH), linear(WIDTH, DEPTH)
        nn.init.zeros_(self.gate.weight)
        nn.init.zeros_(self.out_gate.weight)
        self.near = nn.ModuleList(nn.Conv1d(WIDTH, WIDTH, REACH, padding=REACH // 2) for _ in range(LAYERS + AGAIN))
        self.others, self.whole = (nn.ModuleList(linear(WIDTH, WIDTH) for _ in range(LAYERS + AGAIN)) for _ in range(2))
        self.marks = linear(MARKS, WIDTH)
        self.edges, self.pool, self.out = linear(WIDTH, PLACES * DEPTH), nn.Linear(2 * WIDTH, DEPTH), linear(DEPTH, 1)
        self.none, self.none_out = nn.Parameter(torch.zeros(2, DEPTH)), nn.Linear(DEPTH, 1)
        self.forget = Forget()
        rate = [next((share for begin, share in FORGOTTEN.items() if name.startswith(begin) and "<" not in name), FORGOTTEN_ELSE) for name in names]
        self.register_buffer("rate", torch.tensor([0, *rate]), persistent=False)

    def sum(self, bag, vectors):
        names, times, begins = bag
        if self.training:
            times = times * (self.forget.chances(len(times)) >= self.rate[names])
        return F.embedding_bag(names, vectors.weight, begins, mode="sum", per_sample_weights=times)

    def meaning_at(self, at):
        vectors = self.meanings[at]
        return vectors * (torch.rand(len(at), 1) >= 0.1) if self.training else vectors

    def encode(self, b):
        """-> a vector for each piece and parameter, where there are pieces, and a vector for each parameter"""
        words = self.sum(b.bags["words"], self.names) + self.meaning(self.meaning_at(b.word_meanings))
        sought = self.sum(b.bags["sought"], self.names) + self.sought_meaning(self.meaning_at(b.sought_meanings))
        words = torch.zeros(b.B * b.T, WIDTH).index_copy(0, b.piece_at, words).view(b.B, 1, b.T, WIDTH)
        sought = torch.zeros(b.B * b.P, WIDTH).index_copy(0, b.parameter_at, sought).view(b.B, b.P, 1, WIDTH)
        between = torch.zeros(b.B * b.P * b.T, WIDTH).index_copy(0, b.pair_at, self.sum(b.bags["between"], self.names)).view(b.B, b.P, b.T, WIDTH)
        is_there = torch.zeros(b.B * b.P * b.T, 1).index_fill(0, b.pair_at, 1).view(b.B, b.P, b.T, 1)
        h = self.forget(torch.tanh(between + words * (1 + self.gate(sought)) + sought) * is_there)
        return h, is_there, sought[:, :, 0]

    def deepen(self, h, is_there, layers):
        others = (is_there.sum(1, keepdim=True) - 1).clamp(min=1)
        B, P, T, _ = h.shape
        for at in layers:
            beside = self.near[at](h.view(B * P, T, WIDTH).transpose(1, 2)).transpose(1, 2).reshape(h.shape)
            mean = (h.sum(1, keepdim=True) - h) / others
            h = (h + self.forget(torch.relu(beside + self.others[at](mean) + self.whole[at](most(h, is_there).unsqueeze(2))))) * is_there
        return h

    def forward(self, b):
        """-> points of each candidate, and of nothing for each parameter; before, and when it is known what others take"""
        h, is_there, sought = self.encode(b)
        seen = self.sum(b.bags["seen"], self.seen)
        h = self.deepen(h, is_there, range(LAYERS))
        first = self.weigh(b, h, is_there, sought, seen)
        h = self.deepen((h + self.marks(taken(b, h, *first))) * is_there, is_there, range(LAYERS, LAYERS + AGAIN))
        return first, self.weigh(b, h, is_there, sought, seen)

    def weigh(self, b, h, is_there, sought, seen):
        pool = self.pool(torch.cat([most(h, is_there), sought], -1)).view(-1, DEPTH)
        z = seen + pool[b.owner_at]
        z = z.index_add(0, b.placed, self.places(h, b.owner_at[b.placed], b.first[b.placed], b.last[b.placed]))
        hidden = self.forget(torch.relu(z))
        points = self.out(hidden)[:, 0] + (hidden * self.out_gate(sought.reshape(-1, WIDTH))[b.owner_at]).sum(1)
        none = self.none_out(self.forget(torch.relu(pool[b.parameter_at] + self.none[b.required])))[:, 0]
        return points + b.more, none

    def places(self, h, row, first, last):
        T = h.shape[2]
        edges = self.edges(h).view(-1, T, PLACES, DEPTH)
        sums = torch.cat([torch.zeros(len(edges), 1, DEPTH), edges[:, :, 2].cumsum(1)], 1)
        inside = (sums[row, last + 1] - sums[row, first]) / (last - first + 1).float().unsqueeze(1)
        before, after = (first > 0).float().unsqueeze(1), (last + 1 < T).float().unsqueeze(1)
        around = edges[row, (first - 1).clamp(min=0), 3] * before + edges[row, (last + 1).clamp(max=T - 1), 4] * after
        return edges[row, first, 0] + edges[row, last, 1] + inside + around


def most(h, is_there):
    top = (h + (is_there - 1) * 1e4).max(2).values
    return torch.where(top < -1e3, torch.zeros_like(top), top)


def taken(b, h, points, none):
    """-> for each parameter and piece how likely it is inside, first and last, the same of all others, and how likely nothing is right"""
    B, P, T, _ = h.shape
    everything = total(points, none, b.owner)
    likely = torch.exp(points - everything[b.owner])[b.placed]
    first, last = (torch.zeros(B * P * T).index_add(0, b.owner_at[b.placed] * T + at[b.placed], likely).view(B, P, T) for at in (b.first, b.last))
    inside = first.cumsum(2) - F.pad(last.cumsum(2)[:, :, :-1], (1, 0))
    own = torch.stack([inside, first, last], -1)
    nothing = torch.zeros(B * P).index_copy(0, b.parameter_at, torch.exp(none - everything)).view(B, P, 1, 1)
    return torch.cat([own, own.sum(1, keepdim=True) - own, nothing.expand(B, P, T, 1)], -1)


def total(points, none, owner):
    """Logarithm of the sum of the powers of all that a parameter may be"""
    top = none.detach().clone().scatter_reduce(0, owner, points.detach(), "amax", include_self=True)
    return torch.log(torch.exp(none - top).index_add(0, owner, torch.exp(points - top[owner]))) + top


def loss_of(b, points, none):
    everything, least = total(points, none, b.owner), torch.tensor(LEAST)
    right = total(torch.where(b.right, points, least), torch.where(b.unsaid == UNSAID, none, least), b.owner)
    loss, maybe = (everything - right)[b.teaches].sum(), b.unsaid == MAYBE_UNSAID
    if maybe.any():  # not all of the required can be said
        said = torch.log1p(-torch.exp((none - everything).clamp(max=-1e-4)))[maybe]
        all_said = torch.zeros(b.B).index_add(0, b.request[maybe], said)[b.lacks == LACKS_SOMETHING]
        loss = loss - LACKING_WORTH * torch.log1p(-torch.exp(all_said.clamp(max=-1e-4))).sum()
    return loss / b.B


def learn(reader, lessons, given):
    epochs, minutes = given.epochs, given.minutes
    own = [b for b in lessons if not b.file.name.isdigit()]
    plan = [lessons if epoch == 0 else own for epoch in range(epochs)]
    optimizer = torch.optim.AdamW(reader.parameters(), lr=RATE, weight_decay=DECAY, betas=(0.9, 0.98))
    steps, step, begin = sum(map(len, plan)), 0, time.time()
    print(f"{steps} steps", flush=True)
    for epoch, some in enumerate(plan):
        lost, count = 0, 0
        reader.train()
        for at in np.random.permutation(len(some)):
            b, step = some[at], step + 1
            done = max(step / steps, (time.time() - begin) / (60 * minutes) if minutes else 0)
            if done >= 1:
                print(f"{step} steps, {time.process_time():.0f} s of one core", flush=True)
                return
            optimizer.param_groups[0]["lr"] = RATE * min(1, step / WARM_STEPS) * max(1e-3, min(1, (1 - done) / FALL))
            first, again = reader(b)
            loss = FIRST_WORTH * loss_of(b, *first) + loss_of(b, *again)
            if epoch >= TOGETHER_FROM:
                loss = loss + TOGETHER_WORTH * together(b, again[0] - b.more, again[1])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(reader.parameters(), 2.0)
            optimizer.step()
            lost, count = lost + loss.item() * b.B, count + b.B
        print(f"epoch {epoch + 1}: loss {lost / count:.3f}, {time.time() - begin:.0f} s", flush=True)


def check(reader, file, vocabulary):
    counts = {}
    reader.eval()
    for b in batches(file, vocabulary):
        with torch.no_grad():
            points, none = (values.numpy() for values in reader(b)[1])
        first_parameter = starts(b.parameters)
        for nth, options in enumerate(options_of(b, points, none, TRIED)):
            chosen, (_, _, lacks, unread, _, chinese) = searched(options)[0], file.requests[b.chosen[nth]]
            asks = any(one is some[0] and b.sought[first_parameter[nth] + at][0] for at, (one, some) in enumerate(zip(chosen, options)))
            right = asks if lacks else unread == 0 and all(one[4] for one in chosen)
            count = counts.setdefault(("zh" if chinese else "en") + (" ask" if lacks else ""), [0, 0])
            count[0], count[1] = count[0] + bool(right), count[1] + 1
    print(file.name, ", ".join(f"{sort} {100 * right / count:.1f} % of {count}" for sort, (right, count) in sorted(counts.items())), flush=True)


def write_points(reader, file, vocabulary, path):
    """With each request: by parameter, how much likelier each candidate is than nothing"""
    requests, found = [json.loads(line) for line in open(path, encoding="utf-8")], {}
    assert len(requests) == len(file.requests)
    reader.eval()
    for b in batches(file, vocabulary):
        with torch.no_grad():
            points, none = (values.numpy() for values in reader(b)[1])
        of = np.split(points, starts(b.sought[:, 3])[1:-1])
        first = starts(b.parameters)
        for nth, row in enumerate(b.chosen):
            found[row] = [[round(float(one - none[p]), 4) for one in of[p]] for p in range(first[nth], first[nth + 1])]
    with open(path, "w", encoding="utf-8") as out:
        out.writelines(json.dumps({**request, "points": found[row]}, ensure_ascii=False) + "\n" for row, request in enumerate(requests))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("out")
    parser.add_argument("names", nargs="+")
    parser.add_argument("--check", nargs="*", default=[])
    parser.add_argument("--points", nargs=2)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--minutes", type=float, default=0, help="the learning rate falls so that it ends by then")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    torch.manual_seed(given.seed)
    np.random.seed(given.seed)
    torch.set_num_threads(1)
    files, checked = ([Requests(given.folder, name) for name in some] for some in (given.names, given.check))
    names = json.load(open(os.path.join(given.folder, "names.json"), encoding="utf-8"))
    kinds = np.bincount(np.unique(np.concatenate([row for file in files for row in file.kinds()])) // KINDS, minlength=len(names))
    kept = kinds >= KINDS_MIN
    vocabulary = np.where(kept, np.cumsum(kept), 0)
    names = [name for name, keep in zip(names, kept) if keep]
    meanings = np.fromfile(os.path.join(given.folder, "meanings"), np.int16).reshape(-1, MEANING).astype(np.float32) / MEANING_STEPS
    reader = Reader(names, torch.from_numpy(np.concatenate([np.zeros((1, MEANING), np.float32), meanings])))
    print(f"{len(names)} names, {sum(values.numel() for values in reader.parameters())} numbers", flush=True)
    lessons = [b for file in files for b in batches(file, vocabulary, True)]
    learn(reader, lessons, given)
    write(reader, names, given.out)
    if given.points:
        write_points(reader, Requests(given.folder, given.points[0]), vocabulary, given.points[1])
    for file in checked:
        check(reader, file, vocabulary)


if __name__ == "__main__":
    main()
