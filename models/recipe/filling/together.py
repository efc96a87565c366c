"""All arguments of a request at once: the best combination in which no piece goes to two parameters, and what it costs where that is not the right one."""
import numpy as np
import torch

SAID, UNSAID, MAYBE_UNSAID = 0, 1, 2  # as in see.ts
TRIED, BEAM = 4, 6
LEAST = -30.0


def starts(lengths):
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


def overlap(a, b):
    return a[1] >= 0 and b[1] >= 0 and not (a[3] and b[3]) and a[1] <= b[2] and b[1] <= a[2]


def options_of(b, points, none, count):
    """By request, for each parameter nothing, the best candidates and the best right one: points, first, last, part, right, number"""
    first_parameter, first_candidate = starts(b.parameters), starts(np.bincount(b.owner.numpy(), minlength=len(b.sought)))
    for nth in range(b.B):
        options = []
        for p in range(first_parameter[nth], first_parameter[nth + 1]):
            of, unsaid = np.arange(first_candidate[p], first_candidate[p + 1]), b.sought[p][1]
            best = of[np.argsort(-points[of])]
            kept = [*best[:count], *[c for c in best[count:] if b.right[c]][:1]]
            some = [(points[c], *b.found[c][[0, 1, 3]], unsaid == SAID and bool(b.right[c]), c) for c in kept]
            options.append([(none[p], -1, -1, 0, unsaid in (UNSAID, MAYBE_UNSAID), len(points) + p), *some])
        yield options


def searched(options):
    """The best combinations in which no piece goes to two, the best first"""
    beam = [(0.0, [])]
    for some in options:
        tried = [(points + one[0], [*chosen, one]) for points, chosen in beam for one in some if not any(overlap(one, other) for other in chosen)]
        beam = sorted(tried, key=lambda both: -both[0])[:BEAM]
    return [chosen for _, chosen in beam]


def together(b, points, none):
    """-> what it costs where the right values of all parameters are not much likelier than the best others that a search finds"""
    chosen, owner, right = [], [], []
    for nth, options in enumerate(options_of(b, points.detach().numpy(), none.detach().numpy(), TRIED)):
        found, can = searched(options), [[one for one in some if one[4]] for some in options]
        if b.lacks[nth] > 0:  # right is whatever leaves out something that is missing
            leaves = lambda some: any(one[4] and one[5] >= len(points) for one in some)
            good = [[options[p][0] if p == q else one for q, one in enumerate(found[0])] for p, some in enumerate(options) if some[0][4]]
        else:
            leaves = lambda some: all(one[4] for one in some)
            good = [[some[0] for some in can]] if all(can) else []
        for entry in good and [*good, *(some for some in found if not leaves(some))]:
            right.append(any(entry is one for one in good))
            chosen.append([one[5] for one in entry])
            owner.append(nth)
    if not owner:
        return points.sum() * 0
    owner, right, everything = torch.tensor(owner), torch.tensor(right).float(), torch.cat([points, none])
    of = torch.repeat_interleave(torch.arange(len(chosen)), torch.tensor([len(one) for one in chosen]))
    sums = torch.zeros(len(chosen)).index_add(0, of, everything[torch.tensor([at for one in chosen for at in one])])
    top = torch.full((b.B,), -1e9).scatter_reduce(0, owner, sums.detach(), "amax")
    powers = torch.exp((sums - top[owner]).clamp(min=2 * LEAST))
    all_, good = (torch.zeros(b.B).index_add(0, owner, some) for some in (powers, powers * right))
    return (torch.log(all_[all_ > 0]) - torch.log(good[all_ > 0])).sum() / b.B
