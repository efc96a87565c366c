"""Learns how a request and a tool match, word by word, from what see.ts saw of strangers' requests:

    python3 learn.py DIR OUT HALF... [--steps N] [--check HALF...] [--points FILE]

OUT gets matcher.bin and matcher.txt (runtime/turn/match_weights.ts reads them). `--check` says how requests of halves that were not learned
come out, `--points` writes a few of their requests with the scores of some tools, for a test that the runtime gives them, too.

Each word of a request is a sum of vectors: of its names (the word, its ending), of its meaning, of where it stands; two layers add what its
neighbours say. So is each word of a tool. Then each word of the one looks at those of the other: four gazes, led by likeness and by seven
things that are seen of two words (the same stem, one thing in other words, the contrary action, ...). What each word found is pooled, and two
layers say how likely the tool is called: against the others that are offered, and against none, which has the score 0.
"""
import argparse
import json
import math
import os
import random
import sys
import time

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(threads, "1")  # a second one would mostly wait for the first

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from learned_numbers import LearnedNumbers, replace  # noqa: E402

WIDTH, GAZES, DEPTH, MEANING, SEEN, SECTIONS, SHAPES = 64, 4, 16, 64, 7, 7, 9  # as in match_weights.ts
NAMES, COLUMNS = 3, 15  # as in see.ts
VECTOR, RARITY, SECTION, SHAPE, STEM = 3, 4, 5, 6, 7
THINGS, TOPIC, ACTIONS, CONTRARY = slice(1, 3), 3, slice(4, 6), slice(6, 8)  # of what comes from STEM on
PLACES = ((1, 1), (2, 2), (3, 5), (6, 6))  # sections in which the best is looked for
CHANCE = 0.35
NAME_MIN, PART_MIN = 4, 12  # a name that fewer tools' requests have would be learnt by heart
LENGTHS = 2  # groups of pairs in a batch
BATCH, RATE, WARM_STEPS, FALL, DECAY = 32, 3e-3, 100, 0.6, 0.02
FORGET, FORGET_WORD = 0.1, 0.05
OFFERED_MAX = 6  # other tools
ALIKE = 0.35  # how many of them are of the nearest ones
NEAREST = 15
UNOFFERED = 0.28  # of requests whose tool is not there
EXAM_TIMES = 3  # each case of an exam, as it has only one request for each tool
SEARCHING = ("search", "news", "note", "remind", "ranking")  # has an answer to everything


class Half:
    """Tools and requests of some strangers."""

    def __init__(self, folder, name, vectors):
        with open(os.path.join(folder, f"{name}.json"), encoding="utf-8") as file:
            self.made = json.load(file)
        self.words = np.fromfile(os.path.join(folder, f"{name}.words"), np.int32).reshape(-1, COLUMNS)
        self.lengths = np.fromfile(os.path.join(folder, f"{name}.lengths"), np.int32)
        self.starts = np.concatenate([[0], np.cumsum(self.lengths)])
        self.times = EXAM_TIMES if name.startswith("exam_") else 1
        self.name, self.count, self.chinese = name, len(self.made["tools"]), np.array(self.made["chinese"])
        self.rivals = [{nth} for nth in range(self.count)]
        for group in self.made["alike"]:
            for nth in group:
                self.rivals[nth] |= set(group)
        self.searches = [any(word in tool["name"] for word in SEARCHING) for tool in self.made["tools"]]
        self.of = {chinese: np.flatnonzero(self.chinese == chinese) for chinese in (False, True)}
        sums = np.stack([self.whole(nth, vectors) for nth in range(self.count)])
        alike = sums @ sums.T - 9 * np.eye(self.count) - 5 * (self.chinese[:, None] != self.chinese)
        self.nearest = np.argsort(-alike, 1)[:, :min(NEAREST, self.count - 1)]

    def tool(self, nth):
        return self.words[self.starts[nth]:self.starts[nth + 1]]

    def request(self, nth):
        return self.tool(self.count + nth)

    def whole(self, nth, vectors):
        """What the name and description of a tool mean"""
        words = self.tool(nth)
        words = words[words[:, SECTION] <= 2]
        whole = (vectors[words[:, VECTOR]] * (words[:, RARITY, None] / 100) ** 2).sum(0)
        return whole / (np.linalg.norm(whole) + 1e-6)

    def offer(self, nth, r, alike=ALIKE):
        """Some tools for a request -> their numbers, which of them is right (-1: none)"""
        tool, sort, text, *offered = self.made["requests"][nth]
        if offered:
            return self.offered(tool, offered[0], r)
        chinese = bool(self.chinese[tool]) if tool >= 0 else "\u4e00" <= text[0] <= "\u9fff"
        of = self.of[chinese] if len(self.of[chinese]) else self.of[not chinese]
        none = sort in ("near", "open") or sort == "call" and r.random() < UNOFFERED
        # What is near a tool and not for it may well be for one that is like it.
        akin = set(self.nearest[tool].tolist()) if sort == "near" else ()
        tools, most = [], r.randint(1, OFFERED_MAX)
        for _ in range(10 * most):
            other = int(self.nearest[tool][int(r.random() ** 2 * self.nearest.shape[1])]) if tool >= 0 and not akin and r.random() < alike else int(of[r.randrange(len(of))])
            unfit = other in tools or other in akin or tool >= 0 and (other in self.rivals[tool] or self.chinese[other] != chinese) or none and self.searches[other]
            if not unfit and len(tools) < most:
                tools.append(other)
        if tool < 0 or none and sort != "near":
            return tools, -1
        at = r.randrange(len(tools) + 1)
        tools.insert(at, tool)
        return tools, -1 if none else at


    def offered(self, tool, offered, r):
        """The tools that an exam offers, now and then without the right one"""
        if tool >= 0 and len(offered) > 1 and r.random() < UNOFFERED:
            return [other for other in offered if other != tool], -1
        return offered, offered.index(tool) if tool >= 0 else -1


def packed(rows):
    """Rows of words side by side -> numbers, which of them are words"""
    words = torch.zeros(len(rows), max(1, max(len(row) for row in rows)), COLUMNS, dtype=torch.int64)
    mask = torch.zeros(words.shape[:2], dtype=torch.bool)
    for nth, row in enumerate(rows):
        words[nth, :len(row)], mask[nth, :len(row)] = torch.from_numpy(row.astype(np.int64)), True
    return words, mask


def same(one, other):
    """Whether any key of a word is one of the other's, by pair of words; 0 is no key"""
    one, found = torch.where(one == 0, -1, one), None
    for a in range(one.shape[-1]):
        for b in range(other.shape[-1]):
            equal = one[:, :, None, a] == other[:, None, :, b]
            found = equal if found is None else found | equal
    return found


class Matcher(nn.Module):
    def __init__(self, vocabulary, meanings):
        """vocabulary: by number of a name the number of its vector, 0: it has none"""
        super().__init__()
        self.vocabulary, self.meanings = torch.from_numpy(vocabulary), meanings
        self.names = nn.EmbeddingBag(int(vocabulary.max()) + 1, WIDTH, mode="sum", padding_idx=0)
        self.meaning = nn.Linear(MEANING, WIDTH, bias=False)
        self.sections, self.shapes, self.place = nn.Embedding(SECTIONS, WIDTH), nn.Embedding(SHAPES, WIDTH), nn.Linear(3, WIDTH)
        for table in (self.names, self.sections, self.shapes):
            nn.init.normal_(table.weight, std=0.1)
        self.names.weight.data[0] = 0
        self.near = nn.ModuleList(nn.Conv1d(WIDTH, WIDTH, 3, padding=1) for _ in range(4))  # two of requests, of tools, of what was found
        inner = GAZES * DEPTH
        self.seek, self.sought = nn.Linear(WIDTH, inner, bias=False), nn.Linear(WIDTH, inner, bias=False)
        self.told, self.said = nn.Linear(WIDTH, inner), nn.Linear(WIDTH, inner)
        self.led, self.drawn = nn.Parameter(torch.zeros(GAZES, SEEN)), nn.Parameter(torch.zeros(GAZES, SECTIONS))
        self.blocks = torch.eye(GAZES).repeat_interleave(DEPTH, 1)
        self.led.data[:, 0], self.led.data[:, 2] = 3, 2
        self.of_request = nn.Linear(WIDTH + inner + GAZES * SEEN + len(PLACES) * SEEN, WIDTH)
        self.of_tool = nn.Linear(WIDTH + inner + 2 * SEEN, WIDTH)
        self.weigh, self.weigh_tool = nn.Linear(WIDTH, 2), nn.Linear(WIDTH, 2)
        self.units, self.out = nn.Linear(6 * WIDTH, WIDTH), nn.Linear(WIDTH, 1)

    def forget(self, values):
        """Some of the numbers are left out while learning; a byte of chance for each is enough"""
        if not self.training:
            return values
        chance = torch.empty(values.numel() // 8 + 1, dtype=torch.int64).random_(-2**63, None).view(torch.uint8)[:values.numel()]
        return values * (chance >= 256 * FORGET).view(values.shape) / (1 - FORGET)

    def words(self, x, mask, layers):
        """-> vectors of words where they stand, vectors of what they mean"""
        names = self.vocabulary[x[..., :NAMES]]
        if self.training:
            names = names * (torch.rand(names.shape[:2]) > FORGET_WORD).unsqueeze(-1)
        count, at = mask.sum(1, keepdim=True), torch.arange(x.shape[1])[None]
        place = torch.stack([x[..., RARITY] / 100, (at < 2).expand(mask.shape).float(), (at >= count - 2).float()], -1)
        meanings = self.meanings[x[..., VECTOR]]
        own = self.names(names.flatten(0, 1)).view(*mask.shape, WIDTH) + 2 * self.meaning(meanings)
        own = own + self.sections(x[..., SECTION]) + self.shapes(x[..., SHAPE]) + self.place(place)
        return self.among(self.forget(own * mask.unsqueeze(-1)), mask, layers), meanings

    def among(self, own, mask, layers):
        for layer in layers:
            own = own + F.relu(layer(own.transpose(1, 2)).transpose(1, 2)) * mask.unsqueeze(-1)
        return own

    def seen(self, x, y, one, other):
        """What is seen of two words -> (seen, pairs, words of the request, words of the tool)"""
        x, y = x[..., STEM:].int(), y[..., STEM:].int()
        stem, action = x[:, :, None, 0] == y[:, None, :, 0], same(x[..., ACTIONS], y[..., ACTIONS])
        alike = (one @ other.transpose(1, 2)).masked_fill(stem, 1)
        contrary = same(x[..., CONTRARY], y[..., ACTIONS][..., :1]) & ~action
        some = (stem, same(x[..., THINGS], y[..., THINGS]), same(x[..., TOPIC, None], y[..., TOPIC, None]), action, contrary)
        return torch.stack([alike.clamp(min=0), ((alike - CHANCE) / (1 - CHANCE)).clamp(min=0), *(one.float() for one in some)])

    def forward(self, requests, tools, r, t):
        """-> the score of each pair: of the request of number r[pair] and the tool of number t[pair]"""
        (x, in_request), (y, in_tool) = requests, tools
        (h, means), (k, others) = self.words(x, in_request, self.near[:2]), self.words(y, in_tool, self.near[2:3])
        own = (x, in_request, means, h, self.seek(h), self.said(h))
        other = (y, in_tool, others, k, self.sought(k), self.told(k))
        # Pairs with tools of about the same length by themselves: little is empty.
        lengths = in_tool.sum(1)[t]
        order, points = torch.argsort(lengths), []
        for some in torch.chunk(order, LENGTHS):
            most = int(lengths[some].max())
            points.append(self.pairs([values[r[some]] for values in own], [values[t[some], :most] for values in other]))
        return torch.zeros(len(r)).index_copy(0, order, torch.cat(points))

    def pairs(self, requests, tools):
        """Requests and tools side by side -> a score each"""
        (x, in_request, means, h, seek, said), (y, in_tool, others, k, sought, told) = requests, tools
        seen = self.seen(x, y, means, others) * (in_request[:, :, None] & in_tool[:, None, :])
        # All gazes in one product: those of the others are blotted out.
        apart = lambda values: (values[:, None] * self.blocks[:, None]).flatten(1, 2)
        gaze = (apart(seek) @ sought.transpose(1, 2)).unflatten(1, (GAZES, -1)) / math.sqrt(DEPTH)
        led = (self.led @ seen.flatten(1)).view(GAZES, *seen.shape[1:]) + self.drawn[:, y[..., SECTION]][:, :, None, :]
        gaze = (gaze + led.transpose(0, 1)).masked_fill(~in_tool[:, None, None, :], -1e9)
        from_request = F.softmax(F.pad(gaze, (0, 1)), -1)[..., :-1]  # or at nothing
        brought = ((from_request.flatten(1, 2) @ told).unflatten(1, (GAZES, -1)) * self.blocks[:, None]).sum(1)
        led = torch.stack([(from_request * one[:, None]).sum(-1) for one in seen], -1).transpose(1, 2).flatten(2)
        places = [(y[..., SECTION] >= low) & (y[..., SECTION] <= high) for low, high in PLACES]
        best = [(seen * place[None, :, None, :]).amax(3).permute(1, 2, 0) for place in places]
        found = F.relu(self.of_request(self.forget(torch.cat([h, brought, led, *best], -1)))) * in_request.unsqueeze(-1)
        found = self.among(found, in_request, self.near[3:])
        from_tool = F.softmax(gaze.masked_fill(~in_request[:, None, :, None], -1e9), 2)
        heard = from_tool.flatten(1, 2).transpose(1, 2) @ apart(said)
        mean = (from_tool.mean(1) * seen).sum(2).permute(1, 2, 0)
        met = F.relu(self.of_tool(self.forget(torch.cat([k, heard, seen.amax(2).permute(1, 2, 0), mean], -1)))) * in_tool.unsqueeze(-1)
        pooled = torch.cat([self.pool(found, in_request, self.weigh), self.pool(met, in_tool, self.weigh_tool)], -1)
        return self.out(F.relu(self.units(self.forget(pooled)))).squeeze(-1)

    def pool(self, own, mask, weigh):
        shares = F.softmax(weigh(own).masked_fill(~mask.unsqueeze(-1), -1e9), 1)
        return torch.cat([(shares.transpose(1, 2) @ own).flatten(1), own.amax(1)], -1)


def scores(matcher, offers):
    """offers: (half, number of the request, tools, right) -> a row each: 0 for none, then the tools"""
    tools, r, t = {}, [], []
    for nth, (half, _, offered, _) in enumerate(offers):
        for tool in offered:
            r.append(nth)
            t.append(tools.setdefault((half.name, tool), (len(tools), half.tool(tool)))[0])
    points = matcher(packed([half.request(nth) for half, nth, _, _ in offers]), packed([words for _, words in tools.values()]), torch.tensor(r), torch.tensor(t))
    counts = torch.tensor([len(offered) for _, _, offered, _ in offers])
    rows = torch.full((len(offers), int(counts.max()) + 1), -1e9)
    rows[:, 0] = 0
    at = torch.arange(rows.shape[1])[None]
    return rows.masked_scatter((at > 0) & (at <= counts[:, None]), points)


def batches(everything, r):
    """All requests in a random order, those of one batch about as long"""
    everything, made = r.sample(everything, len(everything)), []
    for at in range(0, len(everything), 24 * BATCH):
        some = sorted(everything[at:at + 24 * BATCH], key=lambda one: one[0].lengths[one[0].count + one[1]])
        made += [some[of:of + BATCH] for of in range(0, len(some), BATCH)]
    return r.sample(made, len(made))


def learn(matcher, halves, steps, seed):
    r = random.Random(seed)
    everything = [(half, nth) for half in halves for nth in range(len(half.made["requests"])) for _ in range(half.times)]
    plain = [values for name, values in matcher.named_parameters() if values.dim() < 2]
    rest = [values for name, values in matcher.named_parameters() if values.dim() > 1]
    optimizer = torch.optim.AdamW([{"params": rest, "weight_decay": DECAY}, {"params": plain, "weight_decay": 0.0}], betas=(0.9, 0.99))
    matcher.train()
    began, waiting, total = time.time(), [], 0.0
    for step in range(1, steps + 1):
        waiting = waiting or batches(everything, r)
        rate = RATE * min(1, step / WARM_STEPS) * min(1, max(0.02, (1 - step / steps) / FALL))
        for group in optimizer.param_groups:
            group["lr"] = rate
        offers = [(half, nth, *half.offer(nth, r)) for half, nth in waiting.pop()]
        loss = F.cross_entropy(scores(matcher, offers), torch.tensor([right + 1 for *_, right in offers]))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(matcher.parameters(), 2.0)
        optimizer.step()
        total += float(loss.detach())
        if step % 250 == 0:
            print(f"step {step} of {steps}: loss {total / 250:.4f}, {time.time() - began:.0f} s", flush=True)
            total = 0.0


def check(matcher, half, count=800):
    """How often the right tool is the first, how often a call has a higher score than none"""
    r = random.Random(5)
    chosen = r.sample(range(len(half.made["requests"])), min(count, len(half.made["requests"])))
    offers, best, first = [(half, nth, *half.offer(nth, r, alike=0.0)) for nth in chosen], [], []
    matcher.eval()
    with torch.no_grad():
        for at in range(0, len(offers), 50):
            rows = scores(matcher, offers[at:at + 50])[:, 1:]
            best += rows.amax(1).tolist()
            first += rows.argmax(1).tolist()
    right = np.array([one[3] for one in offers])
    calls, none = np.array(best)[right >= 0], np.array(best)[right < 0]
    print(f"{half.name}: first {100 * (np.array(first) == right)[right >= 0].mean():.1f} %, ahead of none {100 * (calls[:, None] > none[None]).mean():.1f} %", flush=True)


def stored(matcher):
    """All numbers but the vectors of names, in their order in the file, as match_weights.ts wants them"""
    near = [values for layer in matcher.near for values in (layer.weight.data.permute(2, 0, 1), layer.bias.data)]
    layers = (matcher.told, matcher.said, matcher.of_request, matcher.of_tool, matcher.weigh, matcher.weigh_tool, matcher.units, matcher.out)
    tables = (matcher.meaning.weight, matcher.sections.weight, matcher.shapes.weight, matcher.place.weight, matcher.place.bias)
    gazes = (matcher.seek.weight, matcher.sought.weight, matcher.led, matcher.drawn)
    return [*(some.data for some in tables), *near, *(some.data for some in gazes), *(some.data for layer in layers for some in (layer.weight, layer.bias))]


def write(matcher, names, out):
    """As match_weights.ts reads it. What is kept is what was rounded"""
    numbers = LearnedNumbers()
    rows = sorted((name.encode(), nth) for name, nth in names.items())
    own = [nth for _, nth in rows]
    matcher.names.weight.data[own] = numbers.vectors(matcher.names.weight.data.numpy()[own])
    for values in stored(matcher):
        values.copy_(numbers.matrix(values))
    replace(out, {"matcher.bin": numbers.data, "matcher.txt": b"\t".join(name for name, _ in rows) + b"\n"})


def write_points(matcher, halves, path, count=24):
    """Some requests, each with some tools and their scores"""
    r = random.Random(3)
    with open(path, "w", encoding="utf-8") as out, torch.no_grad():
        matcher.eval()
        for _ in range(count):
            half = r.choice(halves)
            nth = r.randrange(len(half.made["requests"]))
            offered, right = half.offer(nth, r)
            points = scores(matcher, [(half, nth, offered, right)])[0, 1:].tolist()
            line = {"message": half.made["requests"][nth][2], "tools": [half.made["tools"][tool] for tool in offered], "points": [round(one, 4) for one in points]}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def vocabulary(halves, names):
    """Names that enough tools' requests have -> by number of a name that of its vector, names with theirs"""
    seen = []
    for number, half in enumerate(halves):
        tools = np.array([one[0] if one[0] >= 0 else half.count + nth for nth, one in enumerate(half.made["requests"])])
        owner = np.repeat(np.concatenate([np.arange(half.count), tools]), half.lengths) + number * 100_000
        seen += [np.unique(half.words[:, nth].astype(np.int64) * 10_000_000 + owner) for nth in range(NAMES)]
    counts = np.bincount(np.unique(np.concatenate(seen)) // 10_000_000, minlength=len(names) + 1)
    least = np.array([1, *(NAME_MIN if name.startswith("w ") else PART_MIN for name in names)])
    kept = counts >= least
    kept[0] = False
    numbers = np.where(kept, np.cumsum(kept), 0)
    return numbers, {name: int(number) for name, number in zip(names, numbers[1:]) if number}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("out")
    parser.add_argument("halves", nargs="+")
    parser.add_argument("--check", nargs="*", default=[])
    parser.add_argument("--points")
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    torch.manual_seed(given.seed)
    torch.set_num_threads(1)
    with open(os.path.join(given.folder, "names.json"), encoding="utf-8") as file:
        names = json.load(file)
    meanings = np.fromfile(os.path.join(given.folder, "meanings"), np.float32).reshape(-1, MEANING)
    meanings = np.concatenate([np.zeros((1, MEANING), np.float32), meanings])
    halves, checked = ([Half(given.folder, name, meanings) for name in some] for some in (given.halves, given.check))
    numbers, kept = vocabulary(halves, names)
    matcher = Matcher(numbers, torch.from_numpy(meanings))
    print(f"{len(kept)} names, {sum(values.numel() for values in matcher.parameters())} numbers", flush=True)
    learn(matcher, halves, given.steps, given.seed)
    write(matcher, kept, given.out)
    if given.points:
        write_points(matcher, halves, given.points)
    for half in checked:
        check(matcher, half)


if __name__ == "__main__":
    main()
