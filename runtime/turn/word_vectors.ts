/**
 * How nearly words of English and Chinese mean the same. Opens `word_vectors.txt` and `word_vectors.bin` when they are first
 * needed (models/recipe/vectors makes them) and searches them as they stand. Knows words, no sentences.
 */
import { join } from "node:path";
import { findInRow, LINE_END, startsIn, type WordRow } from "../word_rows.ts";
import { mappedFile } from "../mapped_file.ts";

/** Numbers of a vector. */
export const DIMENSIONS = 64;
/** English words that explain a Chinese one, at most. */
const GLOSSES = 5;
const NO_GLOSS = 65_535;
/** Lines of each language: one for words of each length. */
const LENGTH_MAX = 16;
const GLOSS_BYTES = 2;
/** Bytes of a character. */
const ENGLISH_BYTES = 1;
const CHINESE_BYTES = 3;
/** A word's seldomness is kept as `20 ln(1 + rank)`. */
const RARITY_STEPS = 20;
/** Rank from which on a word is as rare as any: e^10. */
const RARITY_MAX = 10;
/** Of a Chinese word's explanation, rare words say more: weight of the commonest. */
const COMMON_WORTH = 0.1;

/** Words of one length in their order. */
interface Row extends WordRow {
  /** Number of its first word. */
  readonly first: number;
}

interface Table {
  /** The words. */
  readonly bytes: Uint8Array;
  readonly english: readonly Row[];
  readonly chinese: readonly Row[];
  readonly glosses: Uint16Array;
  readonly rarities: Uint8Array;
  readonly values: Int8Array;
}

let table: Table | undefined;

function read(): Table {
  const bytes = mappedFile(join(import.meta.dir, "word_vectors.txt"));
  const starts = startsIn(bytes, LINE_END);
  const english = rowsOf(starts.subarray(0, LENGTH_MAX + 1), ENGLISH_BYTES);
  const chinese = rowsOf(starts.subarray(LENGTH_MAX, 2 * LENGTH_MAX + 1), CHINESE_BYTES);
  const [englishCount, chineseCount] = [sizeOf(english), sizeOf(chinese)];
  const { buffer, byteOffset } = mappedFile(join(import.meta.dir, "word_vectors.bin"));
  const rarities = byteOffset + chineseCount * GLOSSES * GLOSS_BYTES;
  return {
    bytes,
    english,
    chinese,
    glosses: new Uint16Array(buffer, byteOffset, chineseCount * GLOSSES),
    rarities: new Uint8Array(buffer, rarities, englishCount),
    values: new Int8Array(buffer, rarities + englishCount, englishCount * DIMENSIONS),
  };
}

/** @param starts Of the lines, and of the one after them */
function rowsOf(starts: Uint32Array, characterBytes: number): readonly Row[] {
  let first = 0;
  return Array.from({ length: LENGTH_MAX }, (_, at) => {
    const [from = 0, next = 0] = starts.subarray(at, at + 2);
    const width = (at + 1) * characterBytes;
    const row = { from, width, count: (next - 1 - from) / width, first };
    first += row.count;
    return row;
  });
}

function sizeOf(rows: readonly Row[]): number {
  return rows.reduce((sum, { count }) => sum + count, 0);
}

/** Number of a word as it stands. */
function find({ bytes }: Table, rows: readonly Row[], word: string): number | undefined {
  const row = rows[word.length - 1];
  if (row === undefined) return undefined;
  const found = findInRow(bytes, row, word);
  return found === undefined ? undefined : row.first + found;
}

/** Endings and what may stand instead; make.py has the same rule. */
const ENDINGS: readonly (readonly [ending: string, ...others: string[]])[] = [
  ["'s", ""],
  ["ies", "y"],
  ["ied", "y"],
  ["es", "", "e"],
  ["s", ""],
  ["ing", "", "e"],
  ["ed", "", "e"],
  ["er", "", "e"],
  ["ly", ""],
];
const DOUBLED = /(?<=..)(.)\1$/u;

/** Number of an English word or of what it is a form of. */
function findEnglish(all: Table, word: string): number | undefined {
  const { english } = all;
  const own = find(all, english, word);
  if (own !== undefined) return own;
  for (const [ending, ...others] of ENDINGS) {
    if (!word.endsWith(ending)) continue;
    const stem = word.slice(0, -ending.length);
    if (stem.length < 2) continue;
    const single = DOUBLED.test(stem) ? [stem.slice(0, -1)] : [];
    for (const base of [...others.map((other) => stem + other), ...single]) {
      const found = find(all, english, base);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Numbers of the English words that stand for a word. */
function englishOf(word: string, all: Table): readonly number[] {
  const own = findEnglish(all, word);
  if (own !== undefined) return [own];
  const { chinese, glosses } = all;
  const han = find(all, chinese, word);
  if (han === undefined) return [];
  return [...glosses.subarray(han * GLOSSES, (han + 1) * GLOSSES)].filter((n) => n !== NO_GLOSS);
}

/** From 0 to 1. */
function rarityAt(n: number, { rarities }: Table): number {
  return Math.min(1, (rarities[n] ?? 0) / RARITY_STEPS / RARITY_MAX);
}

/** How seldom a word is, from 0 for "the" to 1; of a Chinese one, its rarest explanation. `undefined`: unknown. */
export function rarityOf(word: string): number | undefined {
  table ??= read();
  const known = table;
  const all = englishOf(word, known).map((n) => rarityAt(n, known));
  return all.length === 0 ? undefined : Math.max(...all);
}

/** What a word in small letters means, as a vector of length 1; `undefined`: unknown. */
export function vectorOf(word: string): Float32Array | undefined {
  table ??= read();
  const numbers = englishOf(word, table);
  if (numbers.length === 0) return undefined;
  const sum = new Float32Array(DIMENSIONS);
  for (const n of numbers) {
    const from = n * DIMENSIONS;
    const own = table.values.subarray(from, from + DIMENSIONS);
    const worth = (COMMON_WORTH + rarityAt(n, table) ** 2) / Math.sqrt(dot(own, own));
    for (let at = 0; at < DIMENSIONS; at++) sum[at] = (sum[at] ?? 0) + worth * (own[at] ?? 0);
  }
  return unit(sum);
}

/** A vector made 1 long. */
export function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  return length === 0 ? vector : vector.map((value) => value / length);
}

/** Of two vectors of length 1: from -1 to 1, how alike they are. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < DIMENSIONS; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}

/**
 * How alike two words are, in small letters, English or Chinese: 0 = nothing to do with each other, 0.3 = of one topic, above
 * 0.6 = nearly the same. Opposites are alike, too. `undefined`: one of them is unknown.
 */
export function likeness(a: string, b: string): number | undefined {
  const [one, other] = [vectorOf(a), vectorOf(b)];
  return one === undefined || other === undefined ? undefined : Math.max(0, dot(one, other));
}
