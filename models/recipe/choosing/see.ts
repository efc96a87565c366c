/**
 * What the matcher sees of requests and tools, in numbers for learn.py:
 *
 *   bun models/recipe/choosing/see.ts DIR HALF...
 *
 * DIR/HALF.json is what requests.py writes. DIR gets the words of its tools and then of its requests (`HALF.words`, a row of
 * numbers for each, and `HALF.lengths`), all names (`names.json`) and the vectors of words (`meanings`).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withoutCodes } from "../../../runtime/turn/fitting_tools.ts";
import {
  isWord,
  namesOf,
  type PlacedWord,
  requestWords,
  toolWordsInOrder,
} from "../../../runtime/turn/match_words.ts";
import { rarityOf, vectorOf } from "../../../runtime/turn/word_vectors.ts";
import type { ToolSpec } from "../../../schemas/model.ts";

interface Half {
  readonly tools: readonly ToolSpec[];
  readonly requests: readonly (readonly [tool: number, sort: string, text: string])[];
}

/** Names of a word, at most. */
const NAMES_MAX = 3;
const RARITY_STEPS = 100;

const [folder = ".", ...halves] = process.argv.slice(2);
const names = new Map<string, number>();
const meanings = new Map<string, number>();
const vectors: number[] = [];
for (const half of halves) see(half);
writeFileSync(join(folder, "names.json"), JSON.stringify([...names.keys()]));
writeFileSync(join(folder, "meanings"), new Uint8Array(Float32Array.from(vectors).buffer));

function see(half: string): void {
  const { tools, requests } = JSON.parse(
    readFileSync(join(folder, `${half}.json`), "utf8"),
  ) as Half;
  const rows: number[] = [];
  const lengths: number[] = [];
  const add = (words: readonly PlacedWord[]): void => {
    for (const word of words) rows.push(...rowOf(word));
    lengths.push(words.length);
  };
  for (const tool of tools) add(toolWordsInOrder(tool));
  for (const [, , text] of requests) add(requestWords(withoutCodes(text, tools)));
  writeInts(join(folder, `${half}.words`), rows);
  writeInts(join(folder, `${half}.lengths`), lengths);
  console.log(`${half}: ${tools.length} tools, ${requests.length} requests`);
}

/** Its names from 1 on, its vector from 1 on, how seldom it is, where it stands, its shape, its keys. */
function rowOf(word: PlacedWord): readonly number[] {
  const own = namesOf(word).map((name) => numberIn(names, name));
  const padded = Array.from({ length: NAMES_MAX }, (_, nth) => own[nth] ?? 0);
  const [meaning, rarity] = isWord(word)
    ? [meaningOf(word.text), Math.round(RARITY_STEPS * (rarityOf(word.text) ?? 1))]
    : [0, 0];
  return [...padded, meaning, rarity, word.section, word.shape, ...word.keys];
}

function numberIn(all: Map<string, number>, name: string): number {
  const known = all.get(name) ?? all.size + 1;
  all.set(name, known);
  return known;
}

function meaningOf(text: string): number {
  const known = meanings.get(text);
  if (known !== undefined) return known;
  const vector = vectorOf(text);
  if (vector !== undefined) vectors.push(...vector);
  const number = vector === undefined ? 0 : vectors.length / vector.length;
  meanings.set(text, number);
  return number;
}

function writeInts(path: string, numbers: readonly number[]): void {
  writeFileSync(path, new Uint8Array(Int32Array.from(numbers).buffer));
}
