/**
 * Cuts Chinese into words, the likeliest row of them by how often each is seen, and knows what part of speech they are. The
 * words are `han_words.txt` (by models/recipe/filling/han_words.py from jieba's dictionary); it is read when they are first
 * needed, and searched as it stands.
 */
import { join } from "node:path";
import { findInRow, LINE_END, startsIn, type WordRow } from "../word_rows.ts";
import { mappedFile } from "../mapped_file.ts";

/** Words of one length in the order of their code units; two letters for each say its part of speech and its seldomness. */
interface Row extends WordRow {
  /** Where the letters begin. */
  readonly codes: number;
}

/** All words. */
interface Table {
  readonly bytes: Uint8Array;
  readonly rows: readonly Row[];
}

/** Bytes of a character. */
const HAN_BYTES = 3;
const CODE_BYTES = 2;
/** What a row of letters counts: `a` to `z`, then `A` to `Z`. */
const FIRST = "a".charCodeAt(0);
const SECOND = "A".charCodeAt(0);
const LETTERS = 26;
const STEP = 0.5;
/** Of what is not in the list, each character is a word of this cost: seldomer than any. */
const UNKNOWN = 14;
/** Part of speech of what is not in the list. */
const NONE = "X";

let table: Table | undefined;

function read(): Table {
  const bytes = mappedFile(join(import.meta.dir, "han_words.txt"));
  const starts = startsIn(bytes, LINE_END);
  const rows: Row[] = [];
  for (const [at, from] of starts.entries()) {
    // A line is words, a space, letters.
    const length = (starts[at + 1] ?? 0) - 1 - from;
    if (length <= 0) break;
    const width = HAN_BYTES * (at + 1);
    const count = (length - 1) / (width + CODE_BYTES);
    rows.push({ from, width, count, codes: from + count * width + 1 });
  }
  return { bytes, rows };
}

/** The words of a run of Chinese characters, in their order. */
export function hanWords(run: string): readonly string[] {
  table ??= read();
  const { bytes, rows } = table;
  const costs = [0];
  const starts = [0];
  for (let end = 1; end <= run.length; end++) {
    let [cost, start] = [(costs[end - 1] ?? 0) + UNKNOWN, end - 1];
    for (let length = 1; length <= rows.length && length <= end; length++) {
      const code = codeOf(run.slice(end - length, end));
      if (code === undefined) continue;
      const sum = (costs[end - length] ?? 0) + costOf(bytes[code + 1] ?? 0);
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
  const code = codeOf(word);
  return code === undefined ? NONE : String.fromCharCode(table?.bytes[code] ?? 0);
}

/** Where the letters of a word are, if it is in the list. */
function codeOf(word: string): number | undefined {
  table ??= read();
  const row = table.rows[word.length - 1];
  if (row === undefined) return undefined;
  const found = findInRow(table.bytes, row, word);
  return found === undefined ? undefined : row.codes + CODE_BYTES * found;
}

function costOf(letter: number): number {
  return STEP * (letter >= FIRST ? letter - FIRST : letter - SECOND + LETTERS) + Math.log(100);
}
