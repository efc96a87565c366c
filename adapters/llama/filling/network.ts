/**
 * A small network that weighs each candidate for each parameter: it looks at the words around it, at what the parameters are
 * called and described by, and at what is seen of the candidate; and once more when it is known what the others would take.
 * Knows numbers; what is seen comes from `reader.ts`.
 */
import type { Candidate } from "./candidate.ts";
import type { Piece } from "./pieces.ts";
import type { Parameter } from "./stretch.ts";
import { addAt, addProducts, addRows, mostOf, type Rows, sumOf } from "./sums.ts";
import { marked, type Places, type Points } from "./taken.ts";
import { DEPTH, type Layer, LAYERS, PLACES, REACH, WIDTH, type Weights } from "./weights.ts";

/** A parameter with all that was found for it, and what is seen of both. */
export interface Sighted extends Places {
  readonly one: Parameter;
  readonly found: readonly Candidate[];
  readonly own: Rows;
  readonly meaning: Float32Array | undefined;
  /** By piece of the request, what it is to the parameter. */
  readonly between: readonly Rows[];
  /** By candidate. */
  readonly seen: readonly Rows[];
  /** By piece, 1 where a candidate lies there or beside it. */
  readonly near: Uint8Array;
}

/** A word of the request. */
export interface Word {
  readonly piece: Piece;
  /** Wherever it stands. */
  readonly own: Rows;
  readonly meaning: Float32Array | undefined;
  /** By where it stands. */
  readonly placed: Rows;
}

/** A parameter in numbers. */
interface Sought {
  readonly own: Float32Array;
  readonly gate: Float32Array;
  readonly out: Float32Array;
}

/** All of it in numbers. */
interface Seeking extends Places {
  readonly one: Parameter;
  readonly between: readonly Rows[];
  readonly near: Uint8Array;
  readonly seek: Sought;
  /** By candidate, what is seen of it. */
  readonly seen: Float32Array;
}

/** One network. */
export class Network {
  readonly #weights: Weights;
  /** Tools come with every request. */
  readonly #sought = new WeakMap<Parameter, Sought>();
  /** What a piece is whoever reads it: several tools read the same. */
  readonly #words = new WeakMap<Piece, Float32Array>();

  constructor(weights: Weights) {
    this.#weights = weights;
  }

  /** By parameter, the points of each candidate, and of nothing. */
  weigh(all: readonly Sighted[], words: readonly Word[]): readonly Points[] {
    const weights = this.#weights;
    const { layers } = weights;
    const seeking = all.map((one) => this.#seeking(one));
    const pointsOfAll = (rows: readonly Float32Array[]): readonly Points[] =>
      seeking.map((one, nth) => weigh(one, rows[nth] ?? new Float32Array(), weights));
    let rows = deepened(this.#encode(seeking, words), layers.slice(0, LAYERS));
    rows = deepened(marked(rows, all, pointsOfAll(rows), weights), layers.slice(LAYERS));
    return pointsOfAll(rows);
  }

  #seeking({ one, own, meaning, between, seen, near, first, last }: Sighted): Seeking {
    const numbers = new Float32Array(seen.length * DEPTH);
    for (const [nth, rows] of seen.entries())
      addRows(numbers.subarray(nth * DEPTH, (nth + 1) * DEPTH), this.#weights.candidates, rows);
    const seek = this.#soughtBy(one, own, meaning);
    return { one, between, near, first, last, seek, seen: numbers };
  }

  #soughtBy(one: Parameter, rows: Rows, meaning: Float32Array | undefined): Sought {
    const before = this.#sought.get(one);
    if (before !== undefined) return before;
    const weights = this.#weights;
    const own = new Float32Array(WIDTH);
    addRows(own, weights.parameters, rows);
    if (meaning !== undefined) addProducts(own, weights.parameterMeaning, meaning, meaning.length);
    const gate = new Float32Array(WIDTH).fill(1);
    addProducts(gate, weights.gate, own, WIDTH);
    const out = Float32Array.from(weights.out);
    addProducts(out, weights.outGate, own, WIDTH);
    const found = { own, gate, out };
    this.#sought.set(one, found);
    return found;
  }

  /** By parameter, a vector for each piece, one after the other. */
  #encode(all: readonly Seeking[], said: readonly Word[]): readonly Float32Array[] {
    const words = said.map((word) => {
      const own = Float32Array.from(this.#wordOf(word));
      addRows(own, this.#weights.words, word.placed);
      return own;
    });
    return all.map(({ between, seek: { own, gate } }) => {
      const row = new Float32Array(words.length * WIDTH);
      for (const [at, word] of words.entries()) {
        const vector = row.subarray(at * WIDTH, (at + 1) * WIDTH);
        for (let n = 0; n < WIDTH; n++) vector[n] = (word[n] ?? 0) * (gate[n] ?? 0) + (own[n] ?? 0);
        addRows(vector, this.#weights.between, between[at] ?? { rows: [], times: [] });
        for (let n = 0; n < WIDTH; n++) vector[n] = Math.tanh(vector[n] ?? 0);
      }
      return row;
    });
  }

  #wordOf({ piece, own: rows, meaning }: Word): Float32Array {
    const before = this.#words.get(piece);
    if (before !== undefined) return before;
    const own = new Float32Array(WIDTH);
    addRows(own, this.#weights.words, rows);
    if (meaning !== undefined) addProducts(own, this.#weights.meaning, meaning, meaning.length);
    this.#words.set(piece, own);
    return own;
  }
}

function deepened(
  rows: readonly Float32Array[],
  layers: readonly Layer[],
): readonly Float32Array[] {
  return layers.reduce((deep, layer) => deepen(deep, layer), rows);
}

/** What neighbours, the other parameters at the same piece, and the whole request add. */
function deepen(rows: readonly Float32Array[], layer: Layer): readonly Float32Array[] {
  const { near, bias, others, whole } = layer;
  const share = 1 / Math.max(1, rows.length - 1);
  const mean = sumOf(rows).map((value) => value * share);
  const shared = new Float32Array(mean.length);
  addProducts(shared, others, mean, WIDTH);
  const middle = middleOf(layer, rows.length);
  return rows.map((row) => {
    const all = Float32Array.from(bias);
    addProducts(all, whole, mostOf(row), WIDTH);
    const sums = new Float32Array(row.length);
    for (let at = 0; at < sums.length; at++) sums[at] = (shared[at] ?? 0) + (all[at % WIDTH] ?? 0);
    for (let nth = 0; nth < REACH; nth++) {
      const far = nth - MIDDLE;
      const matrix = far === 0 ? middle : near.subarray(nth * SIZE, (nth + 1) * SIZE);
      const [to, from] = [Math.max(0, -far) * WIDTH, Math.max(0, far) * WIDTH];
      addProducts(
        sums.subarray(to, Math.max(to, sums.length - from)),
        matrix,
        row.subarray(from, Math.max(from, row.length - to)),
        WIDTH,
      );
    }
    for (let at = 0; at < sums.length; at++) sums[at] = (row[at] ?? 0) + Math.max(0, sums[at] ?? 0);
    return sums;
  });
}

/** Numbers of a matrix for one neighbour, and which of them is the piece itself. */
const SIZE = WIDTH * WIDTH;
const MIDDLE = (REACH - 1) / 2;

/** By number of parameters. */
const middles = new WeakMap<Layer, Map<number, Float32Array>>();

/** The matrix for the piece itself: what the others say is what all say without what it says. */
function middleOf(layer: Layer, parameters: number): Float32Array {
  const all = middles.get(layer) ?? new Map<number, Float32Array>();
  const before = all.get(parameters);
  if (before !== undefined) return before;
  const share = 1 / Math.max(1, parameters - 1);
  const middle = layer.near
    .subarray(MIDDLE * SIZE, (MIDDLE + 1) * SIZE)
    .map((value, at) => value - (layer.others[at] ?? 0) * share);
  middles.set(layer, all.set(parameters, middle));
  return middle;
}

function weigh(option: Seeking, row: Float32Array, weights: Weights): Points {
  const { one, seek } = option;
  const pool = Float32Array.from(weights.poolBias);
  const both = new Float32Array(2 * WIDTH);
  both.set(mostOf(row));
  both.set(seek.own, WIDTH);
  addProducts(pool, weights.pool, both, 2 * WIDTH);
  const nothing = weights.none
    .subarray(one.required ? DEPTH : 0)
    .map((value, n) => value + (pool[n] ?? 0));
  const none = (weights.noneBias[0] ?? 0) + positiveSum(nothing, weights.noneOut);
  return { points: pointsOf(option, pool, edgesOf(row, option.near, weights)), none };
}

/** By candidate. `pool`: of the whole request. */
function pointsOf(
  { seek, seen, near, first, last }: Seeking,
  pool: Float32Array,
  edges: Float32Array,
): Float32Array {
  const places = placesOf(edges, near.length);
  const hidden = new Float32Array(DEPTH);
  return Float32Array.from(first, (begin, at) => {
    hidden.set(pool);
    addAt(hidden, seen, at * DEPTH, 1);
    if (begin >= 0) addPlaces(hidden, places, begin, last[at] ?? begin);
    return positiveSum(hidden, seek.out);
  });
}

/** What is above zero, each times its weight. */
function positiveSum(values: Float32Array, weights: Float32Array): number {
  let sum = 0;
  for (let n = 0; n < DEPTH; n++) sum += Math.max(0, values[n] ?? 0) * (weights[n] ?? 0);
  return sum;
}

/** What pieces add to a value by their places: by piece, if it begins there, if it ends there, and inside all up to there. */
interface Ends {
  readonly begins: Float32Array;
  readonly ends: Float32Array;
  /** From the beginning of the request on; the first is none. */
  readonly upTo: Float32Array;
}

/** All that the pieces add, each place after the other; nothing where no candidate is near. */
function edgesOf(row: Float32Array, near: Uint8Array, { edges }: Weights): Float32Array {
  const size = PLACES * DEPTH;
  const all = new Float32Array(near.length * size);
  for (let from = near.indexOf(1); from >= 0;) {
    const end = near.indexOf(0, from);
    const to = end < 0 ? near.length : end;
    const some = row.subarray(from * WIDTH, to * WIDTH);
    addProducts(all.subarray(from * size, to * size), edges, some, WIDTH);
    from = near.indexOf(1, to);
  }
  return all;
}

function placesOf(all: Float32Array, pieces: number): Ends {
  const begins = new Float32Array(pieces * DEPTH);
  const ends = new Float32Array(pieces * DEPTH);
  const upTo = new Float32Array((pieces + 1) * DEPTH);
  for (let at = 0; at < pieces; at++)
    for (let n = 0; n < DEPTH; n++) {
      const to = at * DEPTH + n;
      const from = at * PLACES * DEPTH + n;
      const before = at === 0 ? 0 : (all[from - PLACES * DEPTH + 3 * DEPTH] ?? 0);
      begins[to] = (all[from] ?? 0) + before;
      // After the last piece comes nothing.
      ends[to] = (all[from + DEPTH] ?? 0) + (all[from + PLACES * DEPTH + 4 * DEPTH] ?? 0);
      upTo[to + DEPTH] = (upTo[to] ?? 0) + (all[from + 2 * DEPTH] ?? 0);
    }
  return { begins, ends, upTo };
}

function addPlaces(
  hidden: Float32Array,
  { begins, ends, upTo }: Ends,
  first: number,
  last: number,
): void {
  const share = 1 / (last - first + 1);
  const [begin, end] = [first * DEPTH, last * DEPTH];
  for (let n = 0; n < DEPTH; n++) {
    const inside = (upTo[end + DEPTH + n] ?? 0) - (upTo[begin + n] ?? 0);
    hidden[n] = (hidden[n] ?? 0) + (begins[begin + n] ?? 0) + (ends[end + n] ?? 0) + share * inside;
  }
}
