"""Byte-level BPE that llama.cpp reads as `gpt2` with the `smollm` pre-tokenizer.

    python3 tokenizer.py OUT.json [vocabulary size] [dialogues] [OLD.json]    OLD.json: keep it, add characters

Two rules make copying easy, which is most of what this model does: a word never merges with the space before it
(but for the most frequent function words), and Chinese merges up to single characters only. So a span of the user's
message has the same tokens inside the JSON of a call.
"""
import collections
import json
import sys

import regex

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>"]
END, IM_END = 0, 2
SPECIALS = regex.compile("(" + "|".join(regex.escape(s) for s in SPECIAL) + ")")
# llama.cpp's `smollm`: digits first, one by one, then the GPT-2 pattern on what is left.
DIGIT = regex.compile(r"\p{N}")
WORD = regex.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)")
HAN = regex.compile(r"\p{Han}")


def cut(pattern, parts):
    """Splits each part into the pattern's matches and what lies between them."""
    for part in parts:
        start = 0
        for match in pattern.finditer(part):
            if match.start() > start:
                yield part[start : match.start()]
            if match.end() > match.start():
                yield match.group()
            start = match.end()
        if start < len(part):
            yield part[start:]


def words_of(text):
    return cut(WORD, cut(DIGIT, [text]))


def printable():
    """GPT-2's map from bytes to visible characters."""
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [b for b in range(256) if b not in visible]
    return {**{b: chr(b) for b in visible}, **{b: chr(256 + i) for i, b in enumerate(hidden)}}


LETTER = printable()
BYTE = {letter: byte for byte, letter in LETTER.items()}


def spell(word):
    return "".join(LETTER[b] for b in word.encode())


def train(texts, size, spaced=256, hanzi=()):
    """-> (vocabulary, merges). `hanzi` become one token each; `spaced` words may carry their space."""
    count, after_space = collections.Counter(), collections.Counter()
    for text in texts:
        for part in SPECIALS.split(text):
            for word in words_of(part) if part not in SPECIAL else ():
                if word[0] == " " and len(word) > 1:
                    word = word[1:]
                    after_space[word] += 1
                if not HAN.search(word):
                    count[word] += 1
    vocabulary, merges = list(LETTER.values()), []
    known = set(vocabulary)

    def learn(a, b):
        merges.append((a, b))
        if a + b not in known:
            known.add(a + b)
            vocabulary.append(a + b)

    words = {w: list(spell(w)) for w, n in count.items() if n > 1 or len(w) < 12}
    pairs, where = collections.Counter(), collections.defaultdict(set)
    for word, pieces in words.items():
        for pair in zip(pieces, pieces[1:]):
            pairs[pair] += count[word]
            where[pair].add(word)
    # Four newlines end a call's grammar in node-llama-cpp: one token instead of four steps.
    reserved = [("Ċ", "Ċ"), ("ĊĊ", "ĊĊ")]
    characters = [spell(c) for c in dict.fromkeys(hanzi)]
    extra = len(reserved) + len(characters) + len({c[:2] for c in characters})
    while len(vocabulary) + extra + spaced + len(SPECIAL) < size:
        best, times = max(pairs.items(), key=lambda x: (x[1], x[0]))
        if times < 3:
            break
        learn(*best)
        merged = "".join(best)
        for word in list(where[best]):
            old, new, i = words[word], [], 0
            for pair in zip(old, old[1:]):
                pairs[pair] -= count[word]
            while i < len(old):
                pair_here = i + 1 < len(old) and (old[i], old[i + 1]) == best
                new.append(merged if pair_here else old[i])
                i += 2 if pair_here else 1
            words[word] = new
            for pair in zip(new, new[1:]):
                pairs[pair] += count[word]
                where[pair].add(word)
        pairs.pop(best, None)
    for c in characters:
        for pair in ((c[0], c[1]), (c[:2], c[2])):
            if pair not in merges:
                learn(*pair)
    for pair in reserved:
        learn(*pair)
    for word, _ in after_space.most_common():
        if spaced and spell(word) in known and not word[0].isdigit():
            learn("Ġ", spell(word))
            spaced -= 1
    return SPECIAL + vocabulary, merges


def extended(old, characters):
    """An older vocabulary and more Chinese characters behind it; what is there keeps its number."""
    vocabulary, merges = old["vocabulary"], [tuple(m) for m in old["merges"]]
    known, learnt = set(vocabulary), set(merges)
    for c in map(spell, characters):
        for pair in ((c[0], c[1]), (c[:2], c[2])):
            if pair not in learnt:
                learnt.add(pair)
                merges.append(pair)
            if "".join(pair) not in known:
                known.add("".join(pair))
                vocabulary.append("".join(pair))
    return vocabulary, merges


class Tokenizer:
    def __init__(self, data):
        self.vocabulary, self.merges = data["vocabulary"], [tuple(m) for m in data["merges"]]
        self.id = {token: i for i, token in enumerate(self.vocabulary)}
        self.rank = {merge: i for i, merge in enumerate(self.merges)}
        self.cache = {}

    @classmethod
    def load(cls, path):
        return cls(json.load(open(path, encoding="utf-8")))

    def pieces(self, spelled):
        """The ids of one word that is already spelt in GPT-2's letters: merges by rank until none fits."""
        pieces, never = list(spelled), len(self.rank)
        while len(pieces) > 1:
            rank, i = min((self.rank.get((a, b), never), i) for i, (a, b) in enumerate(zip(pieces, pieces[1:])))
            if rank == never:
                break
            pieces[i : i + 2] = [pieces[i] + pieces[i + 1]]
        return [self.id[p] for p in pieces]

    def _word(self, word):
        if word not in self.cache:
            if len(self.cache) > 300_000:
                self.cache.clear()
            self.cache[word] = self.pieces(spell(word))
        return self.cache[word]

    def encode(self, text):
        ids = []
        for part in SPECIALS.split(text):
            if part in SPECIAL:
                ids.append(self.id[part])
            else:
                for word in words_of(part):
                    ids += self._word(word)
        return ids

    def decode(self, ids):
        tokens = [self.vocabulary[i] for i in ids]
        data = b"".join(t.encode() if t in SPECIAL else bytes(BYTE[c] for c in t) for t in tokens)
        return data.decode("utf-8", "replace")


def corpus(count, seed=7):
    from dialogues import Dialogues, render
    from entities import POOLS
    from lexicon import ADJECTIVES, COMMON_WORDS, NOUNS, VERBS

    made = Dialogues(seed)
    for _ in range(count):
        beginning, dialogues = render(made.next())
        yield "".join(text for pieces in (beginning, *dialogues) for text, _ in pieces)
    # The lists once more, so that rare words get sensible pieces.
    lists = [w for en, zh in POOLS.values() for w in en] + [w for own, said, _ in VERBS for w in own + said] + [w for own, narrower, _ in NOUNS for w in own + narrower] + ADJECTIVES + COMMON_WORDS.split()
    yield from ["\n".join(lists), "\n".join(w.capitalize() for w in COMMON_WORDS.split())] * 12


def main(path, size=5440, count=4000, old=None):
    from entities import POOLS
    from lexicon import CHARACTERS

    texts = list(corpus(int(count)))
    seen = collections.Counter(c for text in texts for c in HAN.findall(text))
    # Every character that a person wrote into the data, then the list of common ones.
    characters = list(dict.fromkeys([c for c, n in seen.most_common() if n > 2] + list(CHARACTERS)))
    if old:
        vocabulary, merges = extended(json.load(open(old, encoding="utf-8")), characters)
    else:
        vocabulary, merges = train(texts, int(size), hanzi=characters)
    json.dump({"vocabulary": vocabulary, "merges": merges}, open(path, "w", encoding="utf-8"), ensure_ascii=False)
    tokenizer = Tokenizer.load(path)
    assert all(tokenizer.decode(tokenizer.encode(t)) == t for t in texts[:200])
    tokens = sum(len(tokenizer.encode(t)) for t in texts[:500])
    print(f"{len(vocabulary)} tokens, {sum(map(len, texts[:500])) / tokens:.2f} characters a token, {tokens / 500:.0f} tokens a dialogue")


if __name__ == "__main__":
    main(*sys.argv[1:])
