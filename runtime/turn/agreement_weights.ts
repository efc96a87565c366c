/** What each number of an agreement (`agreement.ts`) counts. Learnt by `bun bench/agreement.ts`, not written by hand. */
import type { Agreement } from "./agreement.ts";

const WEIGHTS: Readonly<Record<string, number>> = {
  base: -0.96,
  name: 0.75,
  nameThing: 1.95,
  about: 3.35,
  aboutThing: 2.85,
  input: 3.07,
  inputThing: -0.11,
  near: -1.89,
  nearHere: -1.3,
  strange: -1.61,
  strangeHere: -1.17,
  unknown: -0.16,
  unknownHere: 0.48,
  leftShare: -0.74,
  count: -1.94,
  countHere: -0.47,
  valued: -0.47,
  doesName: 0.9,
  doesFirst: 1.37,
  doesOnly: 0.89,
  doesCover: 0,
  otherDeed: -1.03,
  contrary: 1.77,
  nameCover: 0.83,
  nameCoverHere: 0.83,
  nameLeft: -1,
  aboutCover: 1.45,
  firstCover: 1.31,
  shape: 1.18,
  asks: 0.68,
  asksOfDoing: -1.44,
  doingOfTelling: -0.11,
  asksWorld: -1.04,
  negated: 0.12,
  reads: 1.92,
  readsAndFits: 1.56,
  unread: 0,
  lacks: -1.5,
  lacksUnexplained: -0.88,
  lacksFits: 1.5,
  given: -0.23,
  texts: -2.12,
  numbers: 0.06,
  choices: 2.31,
  words: 1.91,
};

/** Log-odds of a call of a tool against none. */
export function scoreOf(agreement: Agreement): number {
  let sum = 0;
  for (const [name, value] of Object.entries(agreement)) sum += value * (WEIGHTS[name] ?? 0);
  return sum;
}
