/** How nearly the words of a request mean what parameters and their choices are called. Knows words, no rules. */
import { dot, unit, vectorOf, DIMENSIONS } from "../../../runtime/turn/word_vectors.ts";
import type { Candidate } from "./candidate.ts";
import { wordsMeaning } from "./glosses.ts";
import { plainOf } from "./mentions.ts";
import type { Piece } from "./pieces.ts";
import { isPlain, LEADS } from "./plain_words.ts";
import type { Parameter, Said } from "./stretch.ts";

const WORDS = /\p{Script=Han}+|[^\s\p{Script=Han}\p{P}]+/gu;
const HAN = /\p{Script=Han}/u;
/** They say nothing of what a parameter takes. */
const EMPTY =
  /^(?:id|name|no|number|value|code|new|old|the|of|a|an|in|to|for|or|and|on|at|by|with|is|as|from|per|e\.g|eg|optional|required|type|text|string)$/u;
const ABOUT_MAX = 8;
/** Letters that two words begin with, and which share of the longer one that is. */
const SHARED_MIN = 3;
const SHARED_LEAST = 0.45;
/** What is less alike says nothing. */
const ALIKE_MIN = 0.3;

/** What words mean that a parameter is called and described by. */
interface Meant {
  readonly name: readonly Float32Array[];
  readonly about: readonly Float32Array[];
  readonly whole: Float32Array | undefined;
}

const known = new WeakMap<Parameter, Meant>();

function meantBy(one: Parameter): Meant {
  const before = known.get(one);
  if (before !== undefined) return before;
  const name = vectorsOf(plainOf(one.key));
  const about = vectorsOf(one.role.about).slice(0, ABOUT_MAX);
  const whole = directionOf([...name, ...name, ...about]);
  const meant = { name, about, whole };
  known.set(one, meant);
  return meant;
}

function vectorsOf(text: string): readonly Float32Array[] {
  return [...text.matchAll(WORDS)].flatMap(([word]) => {
    if (EMPTY.test(word)) return [];
    const vector = vectorOfWord(word);
    return vector === undefined ? [] : [vector];
  });
}

/** Of a Chinese word that is not known, its beginning and its end. */
function vectorsOfWord(word: string): readonly Float32Array[] {
  const own = vectorOf(word);
  if (own !== undefined) return [own];
  if (!HAN.test(word)) return [];
  let [first, last] = [word.length - 1, 1];
  while (first > 0 && vectorOf(word.slice(0, first)) === undefined) first--;
  while (last < word.length && vectorOf(word.slice(last)) === undefined) last++;
  const parts = [vectorOf(word.slice(0, first)), vectorOf(word.slice(Math.max(first, last)))];
  return parts.filter((part) => part !== undefined);
}

function vectorOfWord(word: string): Float32Array | undefined {
  const [first, ...more] = vectorsOfWord(word);
  return first === undefined || more.length === 0 ? first : directionOf([first, ...more]);
}

/** Where several vectors point together. */
function directionOf(vectors: readonly Float32Array[]): Float32Array | undefined {
  if (vectors.length === 0) return undefined;
  const sum = new Float32Array(DIMENSIONS);
  for (const vector of vectors)
    for (let at = 0; at < DIMENSIONS; at++) sum[at] = (sum[at] ?? 0) + (vector[at] ?? 0);
  return unit(sum);
}

const pieceVectors = new WeakMap<Piece, { readonly vector: Float32Array | undefined }>();

/** What a piece means; `undefined` where it is a value by its form, or unknown. */
export function vectorOfPiece(piece: Piece): Float32Array | undefined {
  const before = pieceVectors.get(piece);
  if (before !== undefined) return before.vector;
  const vector = isWord(piece) ? vectorOfWord(piece.bare) : undefined;
  pieceVectors.set(piece, { vector });
  return vector;
}

function isWord({ quoted, number, kind }: Piece): boolean {
  return !quoted && number === undefined && (kind === undefined || kind === "color");
}

/** What a piece means, and of a Chinese one that is not known its parts. */
function vectorsOfPiece(piece: Piece): readonly Float32Array[] {
  const whole = vectorOfPiece(piece);
  if (whole === undefined) return [];
  return HAN.test(piece.bare) ? [whole, ...vectorsOfWord(piece.bare)] : [whole];
}

/** What the name and the description of a parameter mean. */
export function vectorOfParameter(one: Parameter): Float32Array | undefined {
  return meantBy(one).whole;
}

function nearest(vector: Float32Array, all: readonly Float32Array[]): number {
  let most = 0;
  for (const other of all) most = Math.max(most, dot(vector, other));
  return most;
}

/** How nearly a piece means what a parameter is called, what it is described by, and what may be chosen. */
export function alikeBetween(
  one: Parameter,
  piece: Piece | undefined,
): readonly (readonly [string, number])[] {
  if (piece === undefined || saysNothing(piece)) return [];
  const seen: (readonly [string, number])[] = [];
  const shared = isWord(piece) ? sharedWith(one, piece.bare) : 0;
  if (shared > 0) seen.push(["begins like its name", shared]);
  const vector = vectorOfPiece(piece);
  if (vector === undefined) return seen;
  const { name, about } = meantBy(one);
  seen.push(["alike its name", nearest(vector, name)]);
  seen.push(["alike its description", nearest(vector, about)]);
  if (one.type === "enum") seen.push(["alike a choice", nearest(vector, choicesOf(one))]);
  return seen;
}

function saysNothing({ bare }: Piece): boolean {
  return isPlain(bare) || LEADS.has(bare);
}

/** How nearly a piece is the name of a parameter, by its letters or by what it means. */
function nameIn(one: Parameter, piece: Piece): number {
  if (saysNothing(piece)) return 0;
  const vector = vectorOfPiece(piece);
  const shared = isWord(piece) ? sharedWith(one, piece.bare) : 0;
  return vector === undefined ? shared : Math.max(shared, nearest(vector, meantBy(one).name));
}

/** How much of a word a word of the name begins with: "sedated" and "sedation". */
function sharedWith(one: Parameter, bare: string): number {
  let most = 0;
  for (const word of plainOf(one.key).split(" ")) {
    let length = 0;
    while (length < word.length && word[length] === bare[length]) length++;
    if (length >= SHARED_MIN) most = Math.max(most, length / Math.max(word.length, bare.length));
  }
  return most < SHARED_LEAST ? 0 : most;
}

const choicesKnown = new WeakMap<Parameter, readonly Float32Array[]>();

function choicesOf(one: Parameter): readonly Float32Array[] {
  const before = choicesKnown.get(one);
  if (before !== undefined) return before;
  const vectors = (one.schema["enum"] as readonly unknown[]).flatMap(vectorsOfChoice);
  choicesKnown.set(one, vectors);
  return vectors;
}

const choiceVectors = new Map<string, readonly Float32Array[]>();
const CHOICES_MAX = 1024;

function vectorsOfChoice(value: unknown): readonly Float32Array[] {
  const plain = plainOf(value);
  const before = choiceVectors.get(plain);
  if (before !== undefined) return before;
  const vectors = [plain, ...wordsMeaning(plain)].slice(0, 4).flatMap((words) => {
    const sum = directionOf(vectorsOf(words));
    return sum === undefined ? [] : [sum];
  });
  if (choiceVectors.size >= CHOICES_MAX) choiceVectors.clear();
  choiceVectors.set(plain, vectors);
  return vectors;
}

/** How nearly any piece means a choice, and which does. */
interface Likeness {
  readonly alike: number;
  readonly at: number;
}

const likenessKnown = new WeakMap<Said, Map<Parameter, ReadonlyMap<unknown, Likeness>>>();

/** For each choice, how nearly any word of the request means it. */
function likenesses(one: Parameter, said: Said): ReadonlyMap<unknown, Likeness> {
  const all = likenessKnown.get(said) ?? new Map<Parameter, ReadonlyMap<unknown, Likeness>>();
  const before = all.get(one);
  if (before !== undefined) return before;
  const words = said.pieces.flatMap((piece, at) => {
    if (piece.source > 0 || isPlain(piece.bare)) return [];
    return vectorsOfPiece(piece).map((vector) => ({ vector, at }));
  });
  const values = one.schema["enum"] as readonly unknown[];
  const found = new Map(values.map((value) => [value, likest(vectorsOfChoice(value), words)]));
  likenessKnown.set(said, all.set(one, found));
  return found;
}

function likest(
  vectors: readonly Float32Array[],
  words: readonly { readonly vector: Float32Array; readonly at: number }[],
): Likeness {
  let best: Likeness = { alike: 0, at: -1 };
  for (const { vector, at } of words) {
    const alike = nearest(vector, vectors);
    if (alike > best.alike) best = { alike, at };
  }
  return best;
}

/** How nearly the words of a request mean a choice, and how much more nearly than the others. */
export function alikeOfChoice(
  one: Parameter,
  said: Said,
  { value }: Candidate,
): readonly (readonly [string, number])[] {
  if (one.type !== "enum") return [];
  const all = likenesses(one, said);
  const own = all.get(value)?.alike ?? 0;
  let other = 0;
  for (const [choice, { alike }] of all) if (choice !== value) other = Math.max(other, alike);
  return [
    ["choice alike", own],
    [own >= other ? "most alike by" : "less alike by", Math.abs(own - other)],
    ...(own > other ? [[`alike best ${Math.min(9, Math.floor(own * 10))}`, 1] as const] : []),
  ];
}

/** Where a candidate is looked for in a request: where it is said, or what says it most nearly; -1 = nowhere. */
export function whereSaid(one: Parameter, said: Said, { value, first }: Candidate): number {
  if (first >= 0) return first;
  if (one.type === "enum") {
    const { alike, at } = likenesses(one, said).get(value) ?? { alike: 0, at: -1 };
    return alike < ALIKE_MIN ? -1 : at;
  }
  return one.type === "boolean" ? nameAt(one, said) : -1;
}

const nameKnown = new WeakMap<Said, Map<Parameter, number>>();

/** The piece that means most nearly what a switch is called. */
function nameAt(one: Parameter, said: Said): number {
  const all = nameKnown.get(said) ?? new Map<Parameter, number>();
  const before = all.get(one);
  if (before !== undefined) return before;
  let [most, best] = [ALIKE_MIN, -1];
  for (const [at, piece] of said.pieces.entries()) {
    if (piece.source > 0) continue;
    const alike = nameIn(one, piece);
    if (alike > most) [most, best] = [alike, at];
  }
  nameKnown.set(said, all.set(one, best));
  return best;
}
