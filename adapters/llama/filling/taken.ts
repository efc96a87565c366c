/** How likely each piece goes to which parameter, as far as is known. Knows numbers only. */
import { addProducts, sumOf } from "./sums.ts";
import { MARKS, TAKEN, WIDTH, type Weights } from "./weights.ts";

/** What is less likely changes nothing. */
const LIKELY_MIN = 1e-6;

/** Where the candidates of a parameter are looked for: by candidate, the first and the last piece; -1 = nowhere. */
export interface Places {
  readonly first: Int32Array;
  readonly last: Int32Array;
}

/** By parameter, the points of each candidate, and of nothing. */
export interface Points {
  readonly points: Float32Array;
  readonly none: number;
}

/** Adds to each piece how likely this parameter takes it, begins and ends there, how likely the others do, and that it takes nothing. */
export function marked(
  rows: readonly Float32Array[],
  all: readonly Places[],
  first: readonly Points[],
  { marks }: Weights,
): readonly Float32Array[] {
  const shares = all.map((one, nth) => takenBy(one, first[nth], (rows[nth]?.length ?? 0) / WIDTH));
  const sums = sumOf(shares.map(({ taken }) => taken));
  return rows.map((row, nth) => {
    const { taken = new Float32Array(), nothing = 0 } = shares[nth] ?? {};
    const own = new Float32Array((row.length / WIDTH) * MARKS);
    for (let at = 0; at * MARKS < own.length; at++) {
      for (let n = 0; n < TAKEN; n++) {
        const share = taken[at * TAKEN + n] ?? 0;
        own[at * MARKS + n] = share;
        own[at * MARKS + TAKEN + n] = (sums[at * TAKEN + n] ?? 0) - share;
      }
      own[at * MARKS + 2 * TAKEN] = nothing;
    }
    const next = Float32Array.from(row);
    addProducts(next, marks, own, MARKS);
    return next;
  });
}

function takenBy(
  { first, last }: Places,
  { points, none }: Points = { points: new Float32Array(), none: 0 },
  pieces: number,
): { readonly taken: Float32Array; readonly nothing: number } {
  const top = points.reduce((most, one) => Math.max(most, one), none);
  const all = points.reduce((sum, one) => sum + Math.exp(one - top), Math.exp(none - top));
  const taken = new Float32Array(pieces * TAKEN);
  for (const [at, one] of points.entries()) {
    const [begin, end] = [first[at] ?? -1, last[at] ?? -1];
    const likely = Math.exp(one - top) / all;
    if (begin < 0 || likely < LIKELY_MIN) continue;
    for (let piece = begin; piece <= end; piece++)
      taken[piece * TAKEN] = (taken[piece * TAKEN] ?? 0) + likely;
    taken[begin * TAKEN + 1] = (taken[begin * TAKEN + 1] ?? 0) + likely;
    taken[end * TAKEN + 2] = (taken[end * TAKEN + 2] ?? 0) + likely;
  }
  return { taken, nothing: Math.exp(none - top) / all };
}
