/**
 * Cuts Chinese into words, the likeliest row of them by how often each is seen, and knows what part of speech they are. The
 * words are `han_words.txt` (by models/recipe/filling/han_words.py from jieba's dictionary); it is read when they are first
 * needed, and searched as it stands.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Words of one length in the order of their code units; two characters for each say its part of speech and its seldomness. */
interface Row {
  readonly words: string;
  readonly codes: string;
}

/** What a row of letters counts: `a` to `z`, then `A` to `Z`. */
const FIRST = "a".charCodeAt(0);
const SECOND = "A".charCodeAt(0);
const LETTERS = 26;
const STEP = 0.5;
/** Of what is not in the list, each character is a word of this cost: seldomer than any. */
const UNKNOWN = 14;
/** Part of speech of what is not in the list. */
const NONE = "X";

let rows: readonly Row[] | undefined;

function read(): readonly Row[] {
  const text = readFileSync(join(import.meta.dir, "han_words.txt"), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [words = "", codes = ""] = line.split(" ");
      return { words, codes };
    });
}

/** The words of a run of Chinese characters, in their order. */
export function hanWords(run: string): readonly string[] {
  rows ??= read();
  const costs = [0];
  const starts = [0];
  for (let end = 1; end <= run.length; end++) {
    let [cost, start] = [(costs[end - 1] ?? 0) + UNKNOWN, end - 1];
    for (let length = 1; length <= rows.length && length <= end; length++) {
      const code = codeOf(run.slice(end - length, end));
      if (code === undefined) continue;
      const sum = (costs[end - length] ?? 0) + costOf(code);
      if (sum < cost) [cost, start] = [sum, end - length];
    }
    costs[end] = cost;
    starts[end] = start;
  }
  const words: string[] = [];
  for (let end = run.length; end > 0; end = starts[end] ?? 0)
    words.unshift(run.slice(starts[end], end));
  return words;
}

/** A letter for a word's part of speech (`CLASSES` in han_words.py); `X` = it is not known. */
export function partOfSpeech(word: string): string {
  return codeOf(word)?.[0] ?? NONE;
}

/** Part of speech and seldomness of a word, if it is in the list. */
function codeOf(word: string): string | undefined {
  rows ??= read();
  const row = rows[word.length - 1];
  if (row === undefined) return undefined;
  const { length } = word;
  let [low, high] = [0, row.codes.length / 2 - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = row.words.slice(middle * length, (middle + 1) * length);
    if (found === word) return row.codes.slice(2 * middle, 2 * middle + 2);
    if (found < word) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

function costOf(code: string): number {
  const letter = code.charCodeAt(1);
  return STEP * (letter >= FIRST ? letter - FIRST : letter - SECOND + LETTERS) + Math.log(100);
}
