/**
 * The numbers by which a request and a tool are matched, as they were learned: `matcher.txt` names words and endings,
 * `matcher.bin` has a vector for each, and the layers (models/recipe/choosing makes both). Read when first needed.
 */
import { join } from "node:path";
import { SECTIONS, SHAPES } from "./match_words.ts";
import { DIMENSIONS } from "./word_vectors.ts";
import { LearnedNumbers } from "../learned_numbers.ts";
import { mappedFile } from "../mapped_file.ts";
import { findInList, startsIn } from "../word_rows.ts";

/** Numbers of a word's vector. */
export const WIDTH = 64;
/** Each word looks at those of the other side so many times. */
export const GAZES = 4;
/** Numbers that lead a gaze, and that it brings back. */
export const DEPTH = 16;
/** All gazes together. */
export const INNER = GAZES * DEPTH;
/** What is seen of two words: likeness, clear likeness, the same stem, thing, topic, action, and contrary actions. */
export const SEEN = 7;
/** Parts of a tool in which the best is looked for. */
export const PLACES = 4;
/** Of a place: how seldom the word is, whether it is of the first two, whether of the last two. */
export const PLACE = 3;
/** How many ways there are to pool. */
export const POOLS = 2;
/** Words that a layer sees at once. */
export const REACH = 3;

/** How much the meaning of a word counts beside its names. */
const MEANING_WORTH = 2;
const TAB = 0x09;
const SECTION_COUNT = Object.keys(SECTIONS).length;
const SHAPE_COUNT = Math.max(...Object.values(SHAPES)) + 1;

/** A row of numbers for each number that it makes, and what is added to it. */
export interface Layer {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** All numbers. */
export interface MatchWeights {
  /** Adds the vector of a name to those of a word, if it has one. */
  readonly addName: (name: string, to: Float32Array, at: number) => void;
  readonly meaning: Float32Array;
  readonly sections: Float32Array;
  readonly shapes: Float32Array;
  readonly place: Layer;
  /** Two of requests, one of tools, one of what was found; a matrix for each word that it sees. */
  readonly near: readonly Layer[];
  readonly seek: Float32Array;
  readonly sought: Float32Array;
  /** By gaze: how much it follows what is seen, and a section. */
  readonly led: Float32Array;
  readonly drawn: Float32Array;
  readonly told: Layer;
  readonly said: Layer;
  readonly ofRequest: Layer;
  readonly ofTool: Layer;
  readonly weigh: Layer;
  readonly weighTool: Layer;
  readonly units: Layer;
  readonly out: Layer;
}

/** The networks in a folder: they learned the same from different beginnings. */
export function readMatchWeights(folder: string): readonly MatchWeights[] {
  const numbers = new LearnedNumbers(mappedFile(join(folder, "matcher.bin")));
  const text = mappedFile(join(folder, "matcher.txt"));
  const starts = startsIn(text, TAB, 0, text.length - 1);
  return numbers.each(() => networkIn(numbers, text, starts));
}

function networkIn(numbers: LearnedNumbers, text: Uint8Array, starts: Uint32Array): MatchWeights {
  const matrix = (count: number): Float32Array => numbers.matrix(count);
  const layer = (makes: number, sees: number): Layer => ({
    weights: matrix(makes * sees),
    bias: matrix(makes),
  });
  const { scales, values } = numbers.vectors(starts.length - 1, WIDTH);
  return {
    addName: (name, to, at) => {
      const row = findInList(text, starts, name);
      if (row === undefined) return;
      const scale = scales[row] ?? 0;
      for (let n = 0; n < WIDTH; n++)
        to[at + n] = (to[at + n] ?? 0) + scale * (values[row * WIDTH + n] ?? 0);
    },
    meaning: matrix(WIDTH * DIMENSIONS).map((value) => MEANING_WORTH * value),
    sections: matrix(SECTION_COUNT * WIDTH),
    shapes: matrix(SHAPE_COUNT * WIDTH),
    place: layer(WIDTH, PLACE),
    near: Array.from({ length: 4 }, () => layer(WIDTH, REACH * WIDTH)),
    seek: matrix(INNER * WIDTH),
    sought: matrix(INNER * WIDTH),
    led: matrix(GAZES * SEEN),
    drawn: matrix(GAZES * SECTION_COUNT),
    told: layer(INNER, WIDTH),
    said: layer(INNER, WIDTH),
    ofRequest: layer(WIDTH, WIDTH + INNER + (GAZES + PLACES) * SEEN),
    ofTool: layer(WIDTH, WIDTH + INNER + 2 * SEEN),
    weigh: layer(POOLS, WIDTH),
    weighTool: layer(POOLS, WIDTH),
    units: layer(WIDTH, 2 * (POOLS + 1) * WIDTH),
    out: layer(1, WIDTH),
  };
}
