/**
 * How well each candidate reads as the value of its parameter: a small network that looks at the words around it, at what
 * the parameters are called and described by, and at what is seen of the candidate; and once more when it is known what the
 * others would take. Knows numbers; the rules that see are elsewhere.
 */
import {
  alikeBetween,
  alikeOfChoice,
  vectorOfParameter,
  vectorOfPiece,
  whereSaid,
} from "./alike.ts";
import type { Candidate } from "./candidate.ts";
import type { Piece } from "./pieces.ts";
import type { Parameter, Said } from "./stretch.ts";
import { addAt, addNamed, addProducts, mostOf, sumOf } from "./sums.ts";
import { marked, type Places, type Points } from "./taken.ts";
import { traitsBetween, traitsOfParameter, traitsOfPieces } from "./traits.ts";
import { DEPTH, type Layer, LAYERS, PLACES, WIDTH, weightsOf } from "./weights.ts";

/** What sounds like an optional argument is rather one than nothing. */
export const OPTIONAL = 0.8;

/** What is known of a parameter before anything is said. */
interface Sought {
  readonly own: Float32Array;
  readonly gate: Float32Array;
  readonly out: Float32Array;
}

/** A parameter with all that was found for it. */
interface Sighted {
  readonly one: Parameter;
  readonly found: readonly Candidate[];
}

/** The same in numbers. */
interface Seeking extends Sighted, Places {
  readonly seek: Sought;
  /** By candidate, what is seen of it. */
  readonly seen: Float32Array;
}

/** By parameter, each candidate with its points: above 0 it is likelier than that nothing was said. */
export function scored(options: readonly Sighted[], said: Said): readonly (readonly Candidate[])[] {
  const all = seekingIn(options, said);
  const { layers } = weightsOf();
  let rows = deepened(encode(all, said), layers.slice(0, LAYERS));
  const first = all.map((one, nth) => weigh(one, rows[nth] ?? new Float32Array()));
  rows = deepened(marked(rows, all, first), layers.slice(LAYERS));
  return all.map((one, nth) => {
    const { points, none } = weigh(one, rows[nth] ?? new Float32Array());
    const leaning = one.one.required ? 0 : OPTIONAL;
    return one.found.map((candidate, at) =>
      Object.assign({}, candidate, { score: candidate.score + (points[at] ?? 0) - none + leaning }),
    );
  });
}

function seekingIn(options: readonly Sighted[], said: Said): readonly Seeking[] {
  const parameters = options.map(({ one }) => one);
  const { candidates } = weightsOf();
  return options.map(({ one, found }) => {
    const seen = new Float32Array(found.length * DEPTH);
    const [first, last] = [new Int32Array(found.length), new Int32Array(found.length)];
    for (const [nth, candidate] of found.entries()) {
      const own = seen.subarray(nth * DEPTH, (nth + 1) * DEPTH);
      const { names, times } = candidate.traits;
      for (const [at, name] of names.entries()) addNamed(own, candidates, name, times[at] ?? 1);
      for (const [name, much] of alikeOfChoice(one, said, candidate))
        addNamed(own, candidates, name, much);
      first[nth] = whereSaid(one, said, candidate);
      last[nth] = Math.max(first[nth] ?? 0, candidate.last);
    }
    return { one, found, seen, first, last, seek: soughtBy(one, parameters) };
  });
}

/** Tools come with every request. */
const soughtKnown = new WeakMap<Parameter, Sought>();

function soughtBy(one: Parameter, parameters: readonly Parameter[]): Sought {
  const before = soughtKnown.get(one);
  if (before !== undefined) return before;
  const weights = weightsOf();
  const own = new Float32Array(WIDTH);
  for (const trait of traitsOfParameter(one, parameters))
    addNamed(own, weights.parameters, trait, 1);
  const meaning = vectorOfParameter(one);
  if (meaning !== undefined) addProducts(own, weights.parameterMeaning, meaning, meaning.length);
  const gate = new Float32Array(WIDTH).fill(1);
  addProducts(gate, weights.gate, own, WIDTH);
  const out = Float32Array.from(weights.out);
  addProducts(out, weights.outGate, own, WIDTH);
  const found = { own, gate, out };
  soughtKnown.set(one, found);
  return found;
}

/** By parameter, a vector for each piece, one after the other. */
function encode(all: readonly Seeking[], said: Said): readonly Float32Array[] {
  const { between } = weightsOf();
  const words = wordsIn(said);
  return all.map(({ one, seek: { own, gate } }) => {
    const row = new Float32Array(words.length * WIDTH);
    for (const [at, word] of words.entries()) {
      const vector = row.subarray(at * WIDTH, (at + 1) * WIDTH);
      for (let n = 0; n < WIDTH; n++) vector[n] = (word[n] ?? 0) * (gate[n] ?? 0) + (own[n] ?? 0);
      for (const trait of traitsBetween(one, said, at)) addNamed(vector, between, trait, 1);
      for (const [trait, times] of alikeBetween(one, said.pieces[at]))
        addNamed(vector, between, trait, times);
      for (let n = 0; n < WIDTH; n++) vector[n] = Math.tanh(vector[n] ?? 0);
    }
    return row;
  });
}

/** A piece that is read for several tools means the same. */
const meanings = new WeakMap<Piece, Float32Array>();

function wordsIn(said: Said): readonly Float32Array[] {
  const { words, meaning } = weightsOf();
  return traitsOfPieces(said).map((traits, at) => {
    const piece = said.pieces[at];
    const own = new Float32Array(WIDTH);
    for (const trait of traits) addNamed(own, words, trait, 1);
    if (piece === undefined) return own;
    let meant = meanings.get(piece);
    if (meant === undefined) {
      meant = new Float32Array(WIDTH);
      const vector = vectorOfPiece(piece);
      if (vector !== undefined) addProducts(meant, meaning, vector, vector.length);
      meanings.set(piece, meant);
    }
    for (let n = 0; n < WIDTH; n++) own[n] = (own[n] ?? 0) + (meant[n] ?? 0);
    return own;
  });
}

function deepened(
  rows: readonly Float32Array[],
  layers: readonly Layer[],
): readonly Float32Array[] {
  return layers.reduce((deep, layer) => deepen(deep, layer), rows);
}

/** What neighbours, the other parameters at the same piece, and the whole request add. */
function deepen(
  rows: readonly Float32Array[],
  { near, bias, others, whole }: Layer,
): readonly Float32Array[] {
  const size = WIDTH * WIDTH;
  const share = 1 / Math.max(1, rows.length - 1);
  const mean = sumOf(rows).map((value) => value * share);
  const shared = new Float32Array(mean.length);
  addProducts(shared, others, mean, WIDTH);
  // What the others say is what all say without what it says itself.
  const middle = near
    .subarray(size, 2 * size)
    .map((value, at) => value - (others[at] ?? 0) * share);
  return rows.map((row) => {
    const all = Float32Array.from(bias);
    addProducts(all, whole, mostOf(row), WIDTH);
    const sums = shared.map((value, at) => value + (all[at % WIDTH] ?? 0));
    const inner = row.length - WIDTH;
    addProducts(sums, middle, row, WIDTH);
    addProducts(sums.subarray(WIDTH), near.subarray(0, size), row.subarray(0, inner), WIDTH);
    addProducts(sums.subarray(0, inner), near.subarray(2 * size), row.subarray(WIDTH), WIDTH);
    for (let at = 0; at < sums.length; at++) sums[at] = (row[at] ?? 0) + Math.max(0, sums[at] ?? 0);
    return sums;
  });
}

function weigh(option: Seeking, row: Float32Array): Points {
  const { one, seek } = option;
  const weights = weightsOf();
  const pool = Float32Array.from(weights.poolBias);
  const both = new Float32Array(2 * WIDTH);
  both.set(mostOf(row));
  both.set(seek.own, WIDTH);
  addProducts(pool, weights.pool, both, 2 * WIDTH);
  const nothing = weights.none
    .subarray(one.required ? DEPTH : 0)
    .map((value, n) => value + (pool[n] ?? 0));
  const none = (weights.noneBias[0] ?? 0) + positiveSum(nothing, weights.noneOut);
  return { points: pointsOf(option, pool, edgesOf(row, weights.edges)), none };
}

/** By candidate. `pool`: of the whole request. */
function pointsOf(
  { seek, seen, first, last }: Seeking,
  pool: Float32Array,
  edges: Float32Array,
): Float32Array {
  const hidden = new Float32Array(DEPTH);
  return Float32Array.from(first, (begin, at) => {
    hidden.set(pool);
    addAt(hidden, seen, at * DEPTH, 1);
    if (begin >= 0) addPlaces(hidden, edges, begin, last[at] ?? begin);
    return positiveSum(hidden, seek.out);
  });
}

/** What is above zero, each times its weight. */
function positiveSum(values: Float32Array, weights: Float32Array): number {
  let sum = 0;
  for (let n = 0; n < DEPTH; n++) sum += Math.max(0, values[n] ?? 0) * (weights[n] ?? 0);
  return sum;
}

/** What each piece adds to a value in each of its places; inside of it, all pieces up to there. */
function edgesOf(row: Float32Array, edges: Float32Array): Float32Array {
  const size = PLACES * DEPTH;
  const all = new Float32Array((row.length / WIDTH) * size);
  addProducts(all, edges, row, WIDTH);
  for (let from = size + 2 * DEPTH; from < all.length; from += size)
    addAt(all.subarray(from, from + DEPTH), all, from - size, 1);
  return all;
}

function addPlaces(hidden: Float32Array, edges: Float32Array, first: number, last: number): void {
  const add = (at: number, place: number, share: number): void => {
    const from = (at * PLACES + place) * DEPTH;
    if (from >= 0 && from < edges.length) addAt(hidden, edges, from, share);
  };
  add(first, 0, 1);
  add(last, 1, 1);
  const share = 1 / (last - first + 1);
  add(last, 2, share);
  if (first > 0) {
    add(first - 1, 2, -share);
    add(first - 1, 3, 1);
  }
  add(last + 1, 4, 1);
}
