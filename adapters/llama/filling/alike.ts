/** How nearly the words of a request mean what parameters and their choices are called. Knows words, no rules. */
import { dot, unit, vectorOf, DIMENSIONS } from "../../../runtime/turn/word_vectors.ts";
import type { Candidate } from "./candidate.ts";
import { plainOf, wordsMeaning } from "./mentions.ts";
import type { Piece } from "./pieces.ts";
import { isPlain, LEADS } from "./plain_words.ts";
import type { Parameter, Said } from "./stretch.ts";

const WORDS = /\p{Script=Han}+|[^\s\p{Script=Han}\p{P}]+/gu;
const HAN = /\p{Script=Han}/u;
/** They say nothing of what a parameter takes. */
const EMPTY =
  /^(?:id|name|no|number|value|code|new|old|the|of|a|an|in|to|for|or|and|on|at|by|with|is|as|from|per|e\.g|eg|optional|required|type|text|string)$/u;
const ABOUT_MAX = 8;

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
  const whole = sumOf([...name, ...name, ...about]);
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

/** Of a Chinese word that is not known, its end. */
function vectorOfWord(word: string): Float32Array | undefined {
  const own = vectorOf(word);
  if (own !== undefined || !HAN.test(word)) return own;
  for (let at = 1; at < word.length; at++) {
    const end = vectorOf(word.slice(at));
    if (end !== undefined) return end;
  }
  return undefined;
}

function sumOf(vectors: readonly Float32Array[]): Float32Array | undefined {
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
  const isWord =
    !piece.quoted &&
    piece.number === undefined &&
    (piece.kind === undefined || piece.kind === "color");
  const vector = isWord ? vectorOfWord(piece.bare) : undefined;
  pieceVectors.set(piece, { vector });
  return vector;
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

/** How nearly a piece means what a parameter is called, and what it is described by. */
export function alikeBetween(
  one: Parameter,
  piece: Piece | undefined,
): readonly (readonly [string, number])[] {
  if (piece === undefined || isPlain(piece.bare) || LEADS.has(piece.bare)) return [];
  const vector = vectorOfPiece(piece);
  if (vector === undefined) return [];
  const { name, about } = meantBy(one);
  return [
    ["alike its name", nearest(vector, name)],
    ["alike its description", nearest(vector, about)],
  ];
}

const choiceVectors = new Map<string, readonly Float32Array[]>();
const CHOICES_MAX = 1024;

function vectorsOfChoice(value: unknown): readonly Float32Array[] {
  const plain = plainOf(value);
  const before = choiceVectors.get(plain);
  if (before !== undefined) return before;
  const vectors = [plain, ...wordsMeaning(plain)].slice(0, 4).flatMap((words) => {
    const sum = sumOf(vectorsOf(words));
    return sum === undefined ? [] : [sum];
  });
  if (choiceVectors.size >= CHOICES_MAX) choiceVectors.clear();
  choiceVectors.set(plain, vectors);
  return vectors;
}

const likenessKnown = new WeakMap<Said, Map<Parameter, ReadonlyMap<unknown, number>>>();

/** For each choice, how nearly any word of the request means it. */
function likenesses(one: Parameter, said: Said): ReadonlyMap<unknown, number> {
  const all = likenessKnown.get(said) ?? new Map<Parameter, ReadonlyMap<unknown, number>>();
  const before = all.get(one);
  if (before !== undefined) return before;
  const words = said.pieces.flatMap((piece) => {
    if (piece.source > 0 || isPlain(piece.bare)) return [];
    const vector = vectorOfPiece(piece);
    return vector === undefined ? [] : [vector];
  });
  const values = one.schema["enum"] as readonly unknown[];
  const found = new Map(
    values.map((value) => {
      const vectors = vectorsOfChoice(value);
      return [value, Math.max(0, ...words.map((word) => nearest(word, vectors)))] as const;
    }),
  );
  likenessKnown.set(said, all.set(one, found));
  return found;
}

/** How nearly the words of a request mean a choice, and how much more nearly than the others. */
export function alikeOfChoice(
  one: Parameter,
  said: Said,
  { value }: Candidate,
): readonly (readonly [string, number])[] {
  if (one.type !== "enum") return [];
  const all = likenesses(one, said);
  const own = all.get(value) ?? 0;
  const other = Math.max(
    0,
    ...[...all].filter(([choice]) => choice !== value).map(([, alike]) => alike),
  );
  return [
    ["choice alike", own],
    [own >= other ? "most alike by" : "less alike by", Math.abs(own - other)],
    ...(own > other ? [[`alike best ${Math.min(9, Math.floor(own * 10))}`, 1] as const] : []),
  ];
}
