/** Sums of vectors that lie one after the other: of names, of products with a matrix. Knows numbers only. */
import { type Vectors, WIDTH } from "./weights.ts";

/** All rows together, number by number. */
export function sumOf(rows: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(rows[0]?.length ?? 0);
  for (const row of rows)
    for (let n = 0; n < sum.length; n++) sum[n] = (sum[n] ?? 0) + (row[n] ?? 0);
  return sum;
}

/** The most that any piece has of each number. */
export function mostOf(row: Float32Array): Float32Array {
  const most = new Float32Array(WIDTH).fill(row.length === 0 ? 0 : -Infinity);
  for (let at = 0; at < row.length; at++) {
    const n = at % WIDTH;
    if ((row[at] ?? 0) > (most[n] ?? 0)) most[n] = row[at] ?? 0;
  }
  return most;
}

/** Adds a share of the numbers that begin at `from`. */
export function addAt(sum: Float32Array, all: Float32Array, from: number, share: number): void {
  for (let n = 0; n < sum.length; n++) sum[n] = (sum[n] ?? 0) + share * (all[from + n] ?? 0);
}

/** Vectors by their numbers, each with how often. */
export interface Rows {
  readonly rows: readonly number[];
  readonly times: readonly number[];
}

/** Adds the vectors of what was seen. */
export function addRows(
  sum: Float32Array,
  { values, scales, width }: Vectors,
  { rows, times }: Rows,
): void {
  for (const [at, row] of rows.entries()) {
    const scale = (scales[row] ?? 0) * (times[at] ?? 0);
    const from = row * width;
    for (let n = 0; n < width; n++) sum[n] = (sum[n] ?? 0) + scale * (values[from + n] ?? 0);
  }
}

/** A matrix and vectors, one after the other, and place for eight numbers. */
interface Block {
  readonly matrix: Float32Array;
  readonly vectors: Float32Array;
  readonly width: number;
  readonly products: Float64Array;
}

/** Adds a matrix times each of some vectors: to each number of a sum its row. */
export function addProducts(
  sums: Float32Array,
  matrix: Float32Array,
  vectors: Float32Array,
  width: number,
): void {
  const rows = matrix.length / width;
  const end = (sums.length / rows) * width;
  const block = { matrix, vectors, width, products: new Float64Array(8) };
  for (let from = 0; from < end; from += 2 * width) {
    // The last of an odd number is multiplied twice.
    const next = from + width < end ? from + width : from;
    for (let row = 0; row < rows; row += 4) {
      multiply(block, row * width, from, next);
      addFour(sums, (from / width) * rows + row, block.products, 0);
      if (next > from) addFour(sums, (next / width) * rows + row, block.products, 4);
    }
  }
}

/** Four rows times two vectors at once: each number is fetched once. */
function multiply(
  { matrix, vectors, width, products }: Block,
  row: number,
  from: number,
  next: number,
): void {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let e = 0;
  let f = 0;
  let g = 0;
  let h = 0;
  for (let at = 0, of = row; at < width; at++, of++) {
    const one = vectors[from + at] ?? 0;
    const other = vectors[next + at] ?? 0;
    const first = matrix[of] ?? 0;
    const second = matrix[of + width] ?? 0;
    const third = matrix[of + 2 * width] ?? 0;
    const fourth = matrix[of + 3 * width] ?? 0;
    a += first * one;
    b += second * one;
    c += third * one;
    d += fourth * one;
    e += first * other;
    f += second * other;
    g += third * other;
    h += fourth * other;
  }
  products[0] = a;
  products[1] = b;
  products[2] = c;
  products[3] = d;
  products[4] = e;
  products[5] = f;
  products[6] = g;
  products[7] = h;
}

function addFour(sums: Float32Array, to: number, products: Float64Array, from: number): void {
  for (let n = 0; n < 4; n++) sums[to + n] = (sums[to + n] ?? 0) + (products[from + n] ?? 0);
}
