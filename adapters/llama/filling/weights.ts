/**
 * The numbers of the network that reads arguments, as they were learned: `reader.txt` names what can be seen, a row of four
 * kinds of names; `reader.bin` has a vector for each, and the layers (models/recipe/filling makes both). Read when first
 * needed.
 */
import { join } from "node:path";
import { findInList, LINE_END, startsIn } from "../../../runtime/word_rows.ts";
import { LearnedNumbers, type NameVectors } from "../../../runtime/learned_numbers.ts";
import { mappedFile } from "../../../runtime/mapped_file.ts";

/** Numbers of a vector of a word or a parameter. */
export const WIDTH = 48;
/** Numbers of a vector of a candidate. */
export const DEPTH = 64;
/** Layers that look at neighbours. */
export const LAYERS = 3;
/** Such layers once it is known what others take. */
export const AGAIN = 2;
/** What is then known of a piece: how likely it is in a value, begins it and ends it. */
export const TAKEN = 3;
/** The same of all other parameters', and how likely there is no value. */
export const MARKS = 2 * TAKEN + 1;
/** Pieces that such a layer sees at once. */
export const REACH = 3;
/** Of the words' own vectors (runtime/turn/word_vectors.ts). */
export const MEANING = 64;
/** What a piece is to a value: its first, its last, inside of it, before it, after it. */
export const PLACES = 5;
/** Names that are remembered. */
const KNOWN_MAX = 4096;

/** A vector for each name of a row. */
export interface Vectors extends NameVectors {
  readonly width: number;
}

/** Between names. */
const TAB = 0x09;

/** Names in their order, searched as they stand; those that were asked for are remembered. */
export class Names {
  readonly #bytes: Uint8Array;
  /** Where each begins, and where one more would. */
  readonly #starts: Uint32Array;
  readonly #known = new Map<string, number>();

  /** @param bytes From here to there names with a tab between them. */
  constructor(bytes: Uint8Array, from = 0, to = bytes.length) {
    this.#bytes = bytes;
    this.#starts = startsIn(bytes, TAB, from, to);
  }

  /** How many there are. */
  get size(): number {
    return this.#starts.length - 1;
  }

  /** The number of a name; `undefined`: there is no such name. */
  find(name: string): number | undefined {
    let row = this.#known.get(name);
    if (row === undefined) {
      row = findInList(this.#bytes, this.#starts, name) ?? -1;
      if (this.#known.size >= KNOWN_MAX) this.#known.clear();
      this.#known.set(name, row);
    }
    return row < 0 ? undefined : row;
  }
}

/** What can be seen, by name: every network has a vector for each. */
export interface Seeable {
  readonly words: Names;
  readonly parameters: Names;
  readonly between: Names;
  readonly candidates: Names;
}

/** All numbers of a network. A matrix has a row for each number that it makes. */
export interface Weights {
  readonly words: Vectors;
  readonly parameters: Vectors;
  readonly between: Vectors;
  readonly candidates: Vectors;
  readonly meaning: Float32Array;
  readonly parameterMeaning: Float32Array;
  readonly gate: Float32Array;
  readonly layers: readonly Layer[];
  readonly marks: Float32Array;
  readonly edges: Float32Array;
  readonly pool: Float32Array;
  readonly poolBias: Float32Array;
  readonly none: Float32Array;
  readonly noneOut: Float32Array;
  readonly noneBias: Float32Array;
  readonly out: Float32Array;
  readonly outGate: Float32Array;
}

/** Adds to each piece what its neighbours, other parameters and the whole request say. */
export interface Layer {
  /** For each piece that it sees a matrix. */
  readonly near: Float32Array;
  readonly bias: Float32Array;
  readonly others: Float32Array;
  readonly whole: Float32Array;
}

/** Several networks that learned the same from different beginnings: what one misreads the others seldom do. */
export interface Learned {
  readonly names: Seeable;
  readonly networks: readonly Weights[];
}

let learned: Learned | undefined;

/** What ships. */
export function learnedOf(): Learned {
  return (learned ??= read(import.meta.dir));
}

function read(folder: string): Learned {
  const text = mappedFile(join(folder, "reader.txt"));
  const lines = startsIn(text, LINE_END);
  const row = (nth: number): Names => new Names(text, lines[nth] ?? 0, (lines[nth + 1] ?? 0) - 1);
  const names = { words: row(0), parameters: row(1), between: row(2), candidates: row(3) };
  const numbers = new LearnedNumbers(mappedFile(join(folder, "reader.bin")));
  return { names, networks: numbers.each(() => networkIn(numbers, names)) };
}

function networkIn(numbers: LearnedNumbers, names: Seeable): Weights {
  const matrix = (count: number): Float32Array => numbers.matrix(count);
  const vectors = ({ size }: Names, width: number): Vectors => ({
    width,
    ...numbers.vectors(size, width),
  });
  return {
    words: vectors(names.words, WIDTH),
    parameters: vectors(names.parameters, WIDTH),
    between: vectors(names.between, WIDTH),
    candidates: vectors(names.candidates, DEPTH),
    meaning: matrix(WIDTH * MEANING),
    parameterMeaning: matrix(WIDTH * MEANING),
    gate: matrix(WIDTH * WIDTH),
    layers: Array.from({ length: LAYERS + AGAIN }, () => ({
      near: matrix(REACH * WIDTH * WIDTH),
      bias: matrix(WIDTH),
      others: matrix(WIDTH * WIDTH),
      whole: matrix(WIDTH * WIDTH),
    })),
    marks: matrix(WIDTH * MARKS),
    edges: matrix(PLACES * DEPTH * WIDTH),
    pool: matrix(DEPTH * 2 * WIDTH),
    poolBias: matrix(DEPTH),
    none: matrix(2 * DEPTH),
    noneOut: matrix(DEPTH),
    noneBias: matrix(1),
    out: matrix(DEPTH),
    outGate: matrix(DEPTH * WIDTH),
  };
}

/** What was seen of a candidate, each with how often. */
export class Tally {
  readonly names: string[] = [];
  readonly times: number[] = [];

  /** Something was seen, so many times; more often than once says little more. */
  add(seen: string, times = 1): void {
    if (times === 0) return;
    this.names.push(seen);
    this.times.push(times > 1 ? 1 + Math.log2(times) / 2 : times);
  }

  /** What another one saw, too. */
  addAll({ names, times }: Tally): void {
    this.names.push(...names);
    this.times.push(...times);
  }
}
