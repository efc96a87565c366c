/** How far a tool is ahead of the others that are offered with it, in numbers. Knows numbers by name, no words. */
import type { Agreement } from "./agreement.ts";

/** Numbers of which it counts, too, how far a tool is ahead. */
const AHEAD: readonly string[] = [
  "match",
  "alikeAny",
  "alikeWhole",
  "alikeNameCover",
  "alikeMost",
  "reads",
  "words",
  "about",
  "aboutCover",
  "nameCover",
  "strange",
];

/** The same numbers of each tool, and how far it is ahead of the best other one, or behind the best. */
export function withAhead(all: readonly Agreement[]): readonly Agreement[] {
  const ahead: Record<string, number>[] = all.map(() => ({}));
  for (const name of AHEAD) {
    const own = all.map((one) => one[name] ?? 0);
    const [best = 0, next = 0] = own.toSorted((a, b) => b - a);
    for (const [nth, value] of own.entries()) {
      const other = value >= best ? next : best;
      const sums = ahead[nth];
      if (sums !== undefined)
        sums[`${name}Ahead`] = value - (all.length > 1 ? other : Math.min(0, value));
    }
  }
  return all.map((one, nth) => Object.assign({}, one, ahead[nth]));
}
