/** Sets of characters, as sorted ranges of code points that do not touch. Knows what a JSON text may hold, and no grammar. */

/** From one code point to another, both included. */
export type Range = readonly [low: number, high: number];

/** A set of characters. */
export type CharSet = readonly Range[];

/** What a text may be made of: tabs, newlines and all that can be seen. Halves of surrogate pairs are no characters. */
export const ANY_CHAR: CharSet = [
  [0x09, 0x0a],
  [0x20, 0x7e],
  [0xa0, 0xd7ff],
  [0xe000, 0xfffd],
  [0x10000, 0x10ffff],
];

/** No character. */
export const NO_CHAR: CharSet = [];

/** One character. */
export function only(char: string): CharSet {
  const code = char.codePointAt(0) ?? 0;
  return [[code, code]];
}

/** All characters of some sets. */
export function union(...sets: readonly CharSet[]): CharSet {
  const merged: [number, number][] = [];
  for (const [low, high] of sets.flat().toSorted(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else merged.push([low, high]);
  }
  return merged;
}

/** The characters that are in both sets. */
export function intersect(one: CharSet, other: CharSet): CharSet {
  const common: Range[] = [];
  for (let [i, j] = [0, 0]; ;) {
    const [mine, theirs] = [one[i], other[j]];
    if (mine === undefined || theirs === undefined) return common;
    const [low, high] = [Math.max(mine[0], theirs[0]), Math.min(mine[1], theirs[1])];
    if (low <= high) common.push([low, high]);
    if (mine[1] < theirs[1]) i++;
    else j++;
  }
}

/** All other characters. */
function others(set: CharSet): CharSet {
  const rest: Range[] = [];
  let from = 0;
  for (const [low, high] of set) {
    if (low > from) rest.push([from, low - 1]);
    from = high + 1;
  }
  return [...rest, [from, LAST]];
}
/** Beyond all characters and what stands for the ends of a text. */
const LAST = 0x20_00_00;

/** The characters of `from` that are not in `set`. */
export function without(from: CharSet, set: CharSet): CharSet {
  return intersect(from, others(set));
}

/** Sets that do not overlap and that each given set is made of. */
export function split(sets: readonly CharSet[]): readonly CharSet[] {
  let parts: readonly CharSet[] = [];
  for (const set of sets) {
    let rest = set;
    const next: CharSet[] = [];
    for (const part of parts) {
      next.push(intersect(part, rest), without(part, rest));
      rest = without(rest, part);
    }
    parts = [...next, rest].filter(({ length }) => length > 0);
  }
  return parts;
}
