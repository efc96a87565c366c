/** What each number of an agreement (`agreement.ts`) counts. Learnt by `bun bench/agreement.ts`, not written by hand. */
import type { Agreement } from "./agreement.ts";

const WEIGHTS: Readonly<Record<string, number>> = {
  base: -0.77,
  name: 0.52,
  nameThing: 1.94,
  about: 3.65,
  aboutThing: 2.28,
  input: 3.06,
  inputThing: 0.23,
  near: -1.54,
  nearHere: -1.09,
  strange: -1.62,
  strangeHere: -0.81,
  unknown: -0.14,
  unknownHere: 0.68,
  leftShare: -0.52,
  count: -2.52,
  countHere: -0.47,
  valued: -0.38,
  doesName: 1.03,
  doesFirst: 1.56,
  doesOnly: 0.9,
  doesCover: 0.14,
  otherDeed: -0.77,
  contrary: -0.24,
  nameCover: 0.69,
  nameCoverHere: 0.63,
  nameLeft: -0.72,
  aboutCover: 1.26,
  firstCover: 1.14,
  shape: 0.91,
  asks: -0.09,
  asksOfDoing: -1.9,
  doingOfTelling: -0.26,
  asksWorld: -1,
  negated: -0.29,
  reads: 1.76,
  readsAndFits: 1.49,
  unread: 0,
  lacks: -1.12,
  lacksUnexplained: -0.38,
  lacksFits: 1.28,
  given: -0.4,
  texts: -1.71,
  numbers: 0.62,
  choices: 2.15,
  words: 1.7,
};

/** Log-odds of a call of a tool against none. */
export function scoreOf(agreement: Agreement): number {
  let sum = 0;
  for (const [name, value] of Object.entries(agreement)) sum += value * (WEIGHTS[name] ?? 0);
  return sum;
}
