/**
 * How well each candidate reads as the value of its parameter: a small network that looks at the words around it, at what
 * the parameters are called and described by, and at what is seen of the candidate. Knows numbers; the rules that see are
 * elsewhere.
 */
import { alikeBetween, alikeOfChoice, vectorOfParameter, vectorOfPiece } from "./alike.ts";
import type { Candidate } from "./candidate.ts";
import type { Piece } from "./pieces.ts";
import type { Parameter, Said } from "./stretch.ts";
import { traitsBetween, traitsOfParameter, traitsOfPieces } from "./traits.ts";
import {
  DEPTH,
  type Layer,
  LAYERS,
  type Named,
  PLACES,
  REACH,
  WIDTH,
  weightsOf,
} from "./weights.ts";

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

/** By parameter, each candidate with its points: above 0 it is likelier than that nothing was said. */
export function scored(options: readonly Sighted[], said: Said): readonly (readonly Candidate[])[] {
  const parameters = options.map(({ one }) => one);
  const sought = soughtBy(parameters);
  const rows = encode(sought, parameters, said);
  return options.map(({ one, found }, nth) => {
    const [row, seek] = [rows[nth], sought[nth]];
    if (row === undefined || seek === undefined || found.length === 0) return [];
    return weigh({ one, found, said, row, seek });
  });
}

/** Tools come with every request. */
const soughtKnown = new WeakMap<Parameter, Sought>();

function soughtBy(parameters: readonly Parameter[]): readonly Sought[] {
  const { parameters: named, parameterMeaning, gate, outGate } = weightsOf();
  return parameters.map((one) => {
    const before = soughtKnown.get(one);
    if (before !== undefined) return before;
    const own = new Float32Array(WIDTH);
    for (const trait of traitsOfParameter(one, parameters)) addNamed(own, named, trait, 1);
    const meaning = vectorOfParameter(one);
    if (meaning !== undefined) addProduct(own, parameterMeaning, { vector: meaning });
    const opened = new Float32Array(WIDTH).fill(1);
    addProduct(opened, gate, { vector: own });
    const out = Float32Array.from(weightsOf().out);
    addProduct(out, outGate, { vector: own });
    const found = { own, gate: opened, out };
    soughtKnown.set(one, found);
    return found;
  });
}

/** By parameter, a vector for each piece, one after the other. */
function encode(
  sought: readonly Sought[],
  parameters: readonly Parameter[],
  said: Said,
): readonly Float32Array[] {
  const { between } = weightsOf();
  const words = wordsIn(said);
  let rows: readonly Float32Array[] = sought.map(({ own, gate }, nth) => {
    const row = new Float32Array(said.pieces.length * WIDTH);
    const one = parameters[nth];
    for (const [at, word] of words.entries()) {
      const vector = row.subarray(at * WIDTH, (at + 1) * WIDTH);
      for (let n = 0; n < WIDTH; n++) vector[n] = (word[n] ?? 0) * (gate[n] ?? 0) + (own[n] ?? 0);
      if (one === undefined) continue;
      for (const trait of traitsBetween(one, said, at)) addNamed(vector, between, trait, 1);
      for (const [trait, times] of alikeBetween(one, said.pieces[at]))
        addNamed(vector, between, trait, times);
      for (let n = 0; n < WIDTH; n++) vector[n] = Math.tanh(vector[n] ?? 0);
    }
    return row;
  });
  for (const layer of weightsOf().layers.slice(0, LAYERS)) rows = deepen(rows, layer);
  return rows;
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
      if (vector !== undefined) addProduct(meant, meaning, { vector });
      meanings.set(piece, meant);
    }
    for (let n = 0; n < WIDTH; n++) own[n] = (own[n] ?? 0) + (meant[n] ?? 0);
    return own;
  });
}

/** What neighbours, the other parameters at the same piece, and the whole request add. */
function deepen(rows: readonly Float32Array[], layer: Layer): Float32Array[] {
  const sum = new Float32Array(rows[0]?.length ?? 0);
  for (const row of rows)
    for (let n = 0; n < sum.length; n++) sum[n] = (sum[n] ?? 0) + (row[n] ?? 0);
  const others = Math.max(1, rows.length - 1);
  return rows.map((row) => {
    const whole = Float32Array.from(layer.bias);
    addProduct(whole, layer.whole, { vector: mostOf(row) });
    const next = new Float32Array(row.length);
    const other = new Float32Array(WIDTH);
    const own = new Float32Array(WIDTH);
    for (let from = 0; from < row.length; from += WIDTH) {
      own.set(whole);
      for (let seen = 0; seen < REACH; seen++) {
        const near = from + (seen - 1) * WIDTH;
        if (near >= 0 && near < row.length)
          addProduct(own, layer.near, {
            vector: row.subarray(near, near + WIDTH),
            row: seen * WIDTH,
          });
      }
      if (rows.length > 1) {
        for (let n = 0; n < WIDTH; n++)
          other[n] = ((sum[from + n] ?? 0) - (row[from + n] ?? 0)) / others;
        addProduct(own, layer.others, { vector: other });
      }
      for (let n = 0; n < WIDTH; n++)
        next[from + n] = (row[from + n] ?? 0) + Math.max(0, own[n] ?? 0);
    }
    return next;
  });
}

/** The most that any piece has of each number. */
function mostOf(row: Float32Array): Float32Array {
  const most = new Float32Array(WIDTH).fill(row.length === 0 ? 0 : -Infinity);
  for (let at = 0; at < row.length; at++) {
    const n = at % WIDTH;
    if ((row[at] ?? 0) > (most[n] ?? 0)) most[n] = row[at] ?? 0;
  }
  return most;
}

interface Weighed extends Sighted {
  readonly said: Said;
  readonly row: Float32Array;
  readonly seek: Sought;
}

function weigh({ one, found, said, row, seek }: Weighed): readonly Candidate[] {
  const weights = weightsOf();
  const pool = Float32Array.from(weights.poolBias);
  const both = new Float32Array(2 * WIDTH);
  both.set(mostOf(row));
  both.set(seek.own, WIDTH);
  addProduct(pool, weights.pool, { vector: both });
  const needed = one.required ? DEPTH : 0;
  let none = weights.noneBias[0] ?? 0;
  for (let n = 0; n < DEPTH; n++)
    none +=
      Math.max(0, (pool[n] ?? 0) + (weights.none[needed + n] ?? 0)) * (weights.noneOut[n] ?? 0);
  const edges = edgesOf(row, weights.edges);
  const hidden = new Float32Array(DEPTH);
  return found.map((candidate) => {
    hidden.set(pool);
    const { names, times } = candidate.traits;
    for (const [nth, name] of names.entries())
      addNamed(hidden, weights.candidates, name, times[nth] ?? 1);
    for (const [name, much] of alikeOfChoice(one, said, candidate))
      addNamed(hidden, weights.candidates, name, much);
    if (candidate.first >= 0) addPlaces(hidden, edges, candidate);
    let points = candidate.score - none;
    for (let n = 0; n < DEPTH; n++) points += Math.max(0, hidden[n] ?? 0) * (seek.out[n] ?? 0);
    return Object.assign({}, candidate, { score: points });
  });
}

/** What each piece adds to a value in each of its places. */
function edgesOf(row: Float32Array, edges: Float32Array): Float32Array {
  const pieces = row.length / WIDTH;
  const all = new Float32Array(pieces * PLACES * DEPTH);
  for (let at = 0; at < pieces; at++) {
    const own = all.subarray(at * PLACES * DEPTH, (at + 1) * PLACES * DEPTH);
    addProduct(own, edges, { vector: row.subarray(at * WIDTH, (at + 1) * WIDTH) });
  }
  return all;
}

function addPlaces(hidden: Float32Array, edges: Float32Array, { first, last }: Candidate): void {
  const add = (at: number, place: number, share: number): void => {
    const from = (at * PLACES + place) * DEPTH;
    if (from < 0 || from >= edges.length) return;
    for (let n = 0; n < DEPTH; n++) hidden[n] = (hidden[n] ?? 0) + share * (edges[from + n] ?? 0);
  };
  add(first, 0, 1);
  add(last, 1, 1);
  const share = 1 / (last - first + 1);
  for (let at = first; at <= last; at++) add(at, 2, share);
  if (first > 0) add(first - 1, 3, 1);
  add(last + 1, 4, 1);
}

function addNamed(
  sum: Float32Array,
  { rows, values, scales, width }: Named,
  name: string,
  times: number,
): void {
  const row = rows.find(name);
  if (row === undefined) return;
  const scale = (scales[row] ?? 0) * times;
  const from = row * width;
  for (let n = 0; n < width; n++) sum[n] = (sum[n] ?? 0) + scale * (values[from + n] ?? 0);
}

/** A vector, and from which row of a matrix on it is multiplied. */
interface Factor {
  readonly vector: Float32Array;
  readonly row?: number;
}

/** Adds a matrix times a vector: to each number of the sum its row. */
function addProduct(sum: Float32Array, matrix: Float32Array, { vector, row = 0 }: Factor): void {
  const { length } = vector;
  for (let n = 0; n < sum.length; n++) {
    let product = 0;
    const from = (row + n) * length;
    for (let at = 0; at < length; at++) product += (matrix[from + at] ?? 0) * (vector[at] ?? 0);
    sum[n] = (sum[n] ?? 0) + product;
  }
}
