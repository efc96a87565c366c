/** What stands beside a number says which one it is: "seven out of ten", 5排12座. Knows words only. */
import type { Piece } from "./pieces.ts";

/** What follows a number in Chinese, and parameters that are counted so. */
const COUNTERS: readonly (readonly [counter: RegExp, key: RegExp])[] = [
  [/^排/u, /row/iu],
  [/^(?:座|号座)/u, /seat/iu],
  [/^场/u, /scene/iu],
  [/^镜/u, /shot/iu],
  [/^集/u, /episode/iu],
  [/^季/u, /season/iu],
  [/^页/u, /page/iu],
  [/^章/u, /chapter/iu],
  [/^[层楼]/u, /floor|level|storey/iu],
];
const COUNTED = 3;
const SCALE = /max|total|scale|out_?of|possible/iu;
const NO_NUMBER = -5;

/** How much rather, or less, it is the number of a parameter. */
export function countedAs(
  key: string,
  pieces: readonly Piece[],
  first: number,
  last: number,
): number {
  const counter = pieces[last + 1]?.bare ?? "";
  const [, own] = COUNTERS.find(([said]) => said.test(counter)) ?? [];
  const [out, of] = [pieces[first - 2]?.bare, pieces[first - 1]?.bare];
  const isScale = out === "out" && of === "of" && !SCALE.test(key);
  return (own?.test(key) === true ? COUNTED : 0) + (isScale ? NO_NUMBER : 0);
}
