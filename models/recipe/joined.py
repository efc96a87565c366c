"""Several networks that learned the same from different beginnings, in one file:

    python3 joined.py NAME OUT POINTS FOLDER...

Each FOLDER has NAME.bin, NAME.txt and points.jsonl, as learn.py wrote them with another `--seed`. OUT gets NAME.bin, one network after the other,
and NAME.txt; POINTS gets what they think on average, as the runtime asks all of them.
"""
import json
import os
import sys

from learned_numbers import replace


def mean(all_points):
    if isinstance(all_points[0], list):
        return [mean(some) for some in zip(*all_points, strict=True)]
    return round(sum(all_points) / len(all_points), 4)


def content(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


def main():
    name, out, points, *folders = sys.argv[1:]
    names = {content(folder, f"{name}.txt") for folder in folders}
    assert len(names) == 1, "they did not learn the same"
    replace(out, {f"{name}.bin": b"".join(content(folder, f"{name}.bin") for folder in folders), f"{name}.txt": names.pop()})
    with open(points, "w", encoding="utf-8") as file:
        for lines in zip(*(content(folder, "points.jsonl").decode().splitlines() for folder in folders), strict=True):
            shown = [json.loads(line) for line in lines]
            file.write(json.dumps({**shown[0], "points": mean([one["points"] for one in shown])}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
