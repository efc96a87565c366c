/**
 * A request or a tool by itself, as numbers of its words where they stand: what `matcher.ts` compares. A tool's are made once.
 * Knows words and weights.
 */
import { isWord, KEYS, namesOf, type PlacedWord } from "./match_words.ts";
import { INNER, type Layer, type MatchWeights, PLACE, REACH, WIDTH } from "./match_weights.ts";
import { DIMENSIONS, rarityOf, vectorOf } from "./word_vectors.ts";

/** Words at the beginning and the end that are marked. */
const ENDS = 2;
/** In so many steps it is told how seldom a word is; see.ts has the same. */
const RARITY_STEPS = 100;

/** What is known of words before a network looks at them. */
export interface Words {
  readonly words: readonly PlacedWord[];
  readonly count: number;
  readonly sections: readonly number[];
  readonly keys: Int32Array;
  /** What words mean, each 1 long; zeros where it is not known. */
  readonly meanings: Float32Array;
}

/** Words as a network sees them: rows of numbers, one for each. */
export interface Side {
  readonly count: number;
  readonly sections: readonly number[];
  /** What a word seeks, or is sought by. */
  readonly lead: Float32Array;
  /** What it says to those who look at it. */
  readonly says: Float32Array;
  /** What it says itself, in the layer that adds what it found. */
  readonly base: Float32Array;
}

/** What is known of words. */
export function knownOf(words: readonly PlacedWord[]): Words {
  return {
    words,
    count: words.length,
    sections: words.map(({ section }) => section),
    keys: Int32Array.from(words.flatMap(({ keys }) => keys.slice(0, KEYS))),
    meanings: meaningsOf(words),
  };
}

/** A request. */
export function requestSide(words: Words, weights: MatchWeights): Side {
  return sideOf(words, weights, true);
}

/** A tool. */
export function toolSide(words: Words, weights: MatchWeights): Side {
  return sideOf(words, weights, false);
}

function sideOf(words: Words, weights: MatchWeights, isRequest: boolean): Side {
  const { seek, sought, said, told, ofRequest, ofTool, near } = weights;
  const { count, sections } = words;
  const own = wordsOf(words, weights);
  for (const layer of isRequest ? near.slice(0, 2) : near.slice(2, 3)) addNear(own, count, layer);
  const rows = { count, values: own, width: WIDTH };
  return {
    count,
    sections,
    lead: product(rows, { weights: isRequest ? seek : sought, bias: new Float32Array(INNER) }),
    says: product(rows, isRequest ? said : told),
    base: product(rows, isRequest ? ofRequest : ofTool),
  };
}

/** Rows of so many numbers. */
export interface Rows {
  readonly count: number;
  readonly values: Float32Array;
  readonly width: number;
}

/** Of each row what a layer makes of it. @param layer Of its weights the first of each row count */
export function product({ count, values, width }: Rows, { weights, bias }: Layer): Float32Array {
  const makes = bias.length;
  const matrix = { weights, at: 0, stride: weights.length / makes, makes, sees: width };
  const made = new Float32Array(count * makes);
  for (let row = 0; row < count; row++) {
    const own = made.subarray(row * makes, (row + 1) * makes);
    own.set(bias);
    addProduct(own, matrix, values.subarray(row * width, (row + 1) * width));
  }
  return made;
}

/** Some of the columns of a matrix. */
export interface Matrix {
  readonly weights: Float32Array;
  /** Where its first number is, and how far from row to row. */
  readonly at: number;
  readonly stride: number;
  readonly makes: number;
  readonly sees: number;
}

/** Adds what a matrix makes of some numbers. */
export function addProduct(made: Float32Array, matrix: Matrix, values: Float32Array): void {
  const { makes, at, stride } = matrix;
  let out = 0;
  for (; out + 3 < makes; out += 4) addFour(made, out, matrix, values);
  for (; out < makes; out++)
    made[out] = (made[out] ?? 0) + oneOf(matrix, at + out * stride, values);
}

/** Four rows at once: one would wait for its own sum. */
function addFour(made: Float32Array, out: number, matrix: Matrix, values: Float32Array): void {
  const { weights, stride, sees } = matrix;
  const first = matrix.at + out * stride;
  const second = first + stride;
  const third = second + stride;
  const fourth = third + stride;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let n = 0; n < sees; n++) {
    const value = values[n] ?? 0;
    a += value * (weights[first + n] ?? 0);
    b += value * (weights[second + n] ?? 0);
    c += value * (weights[third + n] ?? 0);
    d += value * (weights[fourth + n] ?? 0);
  }
  made[out] = (made[out] ?? 0) + a;
  made[out + 1] = (made[out + 1] ?? 0) + b;
  made[out + 2] = (made[out + 2] ?? 0) + c;
  made[out + 3] = (made[out + 3] ?? 0) + d;
}

function oneOf({ weights, sees }: Matrix, from: number, values: Float32Array): number {
  let sum = 0;
  for (let n = 0; n < sees; n++) sum += (values[n] ?? 0) * (weights[from + n] ?? 0);
  return sum;
}

function meaningsOf(words: readonly PlacedWord[]): Float32Array {
  const meanings = new Float32Array(words.length * DIMENSIONS);
  for (const [nth, word] of words.entries()) {
    const vector = isWord(word) ? vectorOf(word.text) : undefined;
    if (vector !== undefined) meanings.set(vector, nth * DIMENSIONS);
  }
  return meanings;
}

/** A vector for each word where it stands. */
function wordsOf({ words, count, meanings }: Words, weights: MatchWeights): Float32Array {
  const { meaning, sections, shapes, place, addName } = weights;
  const own = product(
    { count, values: meanings, width: DIMENSIONS },
    { weights: meaning, bias: place.bias },
  );
  const marks = new Float32Array(PLACE);
  for (const [nth, word] of words.entries()) {
    const at = nth * WIDTH;
    marks[0] = isWord(word) ? seldomnessOf(word.text) : 0;
    marks[1] = Number(nth < ENDS);
    marks[2] = Number(nth >= count - ENDS);
    for (let n = 0; n < WIDTH; n++) {
      let sum = (sections[word.section * WIDTH + n] ?? 0) + (shapes[word.shape * WIDTH + n] ?? 0);
      for (let mark = 0; mark < PLACE; mark++)
        sum += (marks[mark] ?? 0) * (place.weights[n * PLACE + mark] ?? 0);
      own[at + n] = (own[at + n] ?? 0) + sum;
    }
    for (const name of namesOf(word)) addName(name, own, at);
  }
  return own;
}

/** As exactly as it was learned. */
function seldomnessOf(text: string): number {
  return Math.round(RARITY_STEPS * (rarityOf(text) ?? 1)) / RARITY_STEPS;
}

/** Adds to each word what those beside it and itself say. */
export function addNear(own: Float32Array, count: number, { weights, bias }: Layer): void {
  const said = new Float32Array(count * WIDTH);
  for (let word = 0; word < count; word++) {
    const part = said.subarray(word * WIDTH, (word + 1) * WIDTH);
    part.set(bias);
    for (let step = 0; step < REACH; step++) {
      const other = word + step - 1;
      if (other < 0 || other >= count) continue;
      const at = step * WIDTH * WIDTH;
      const matrix = { weights, at, stride: WIDTH, makes: WIDTH, sees: WIDTH };
      addProduct(part, matrix, own.subarray(other * WIDTH, (other + 1) * WIDTH));
    }
  }
  for (let at = 0; at < said.length; at++) {
    const value = said[at] ?? 0;
    if (value > 0) own[at] = (own[at] ?? 0) + value;
  }
}
