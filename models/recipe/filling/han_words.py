"""The Chinese words that requests are cut into, from jieba's dictionary (Debian's python3-jieba) and moult's own lexicon:

    python3 han_words.py [/usr/lib/python3/dist-packages/jieba/dict.txt] > new.txt && mv new.txt runtime/turn/han_words.txt

A line of the outcome holds all words of one length, in the order of their code units, a space, and two characters for each: its part of speech
(`CLASSES`) and how seldom it is (`a` = every hundredth word; each letter on is e^-0.5 of the one before).
"""
import math
import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
SEEN_MIN = 50  # of sixty million; single characters are all taken
LENGTH_MAX = 5
OWN = 500  # how often words of the lexicon are taken to be seen at least
# Names of places, people, organisations and works; then nouns, verbs, adjectives, adverbs, prepositions, pronouns, numbers, measures, times,
# positions, conjunctions, particles, idioms, affixes.
CLASSES = {"ns": "S", "nr": "H", "nt": "O", "nz": "Z", "vn": "W", "ng": "N", "vg": "V", "an": "N", "ad": "D", "n": "N", "v": "V", "a": "A", "d": "D", "p": "P", "r": "R", "m": "M", "q": "Q", "t": "T", "f": "F", "c": "C", "u": "U", "y": "Y", "e": "Y", "o": "Y", "l": "L", "i": "L", "b": "B", "s": "G", "j": "N", "z": "A", "k": "K", "h": "K", "g": "N"}
HAN = re.compile(r"[\u4e00-\u9fff]+")
# Phrases of the lexicon that are several words.
PHRASE = re.compile(r"的|[个我下了吧过]|^[好不别]|^.[好上]$")


def main(dictionary):
    words, total = {}, 0
    for line in open(dictionary, encoding="utf-8"):
        word, seen, part = line.split()
        total += int(seen)
        if HAN.fullmatch(word) and len(word) <= LENGTH_MAX and (int(seen) >= SEEN_MIN or len(word) == 1):
            words[word] = (int(seen), CLASSES.get(part) or CLASSES.get(part[:2]) or CLASSES.get(part[0], "X"))
    for line in open(os.path.join(ROOT, "runtime/turn/lexicon.txt"), encoding="utf-8"):
        for word in line.rstrip("\n").partition(" | ")[2].split():
            if HAN.fullmatch(word) and 2 <= len(word) <= LENGTH_MAX and not PHRASE.search(word):
                seen, part = words.get(word, (0, "V" if line.startswith("!") else "N"))
                words[word] = (max(seen, OWN), part)
    for length in range(1, LENGTH_MAX + 1):
        row = sorted(word for word in words if len(word) == length)
        codes = (words[word][1] + letter(words[word][0] / total) for word in row)
        print("".join(row), "".join(codes))


def letter(share):
    steps = round(-2 * math.log(max(share, 1e-9) * 100))
    return chr(ord("a") + min(max(steps, 0), 50)) if steps <= 25 else chr(ord("A") + min(steps - 26, 25))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "/usr/lib/python3/dist-packages/jieba/dict.txt")
