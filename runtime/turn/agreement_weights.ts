/** What each number of an agreement (`agreement.ts`) counts. Learnt by `bun bench/agreement.ts`, not written by hand. */
import type { Agreement } from "./agreement.ts";

const WEIGHTS: Readonly<Record<string, number>> = {
  base: -0.9,
  name: 0.69,
  nameThing: 1.96,
  about: 3.37,
  aboutThing: 2.9,
  input: 3.17,
  inputThing: -0.35,
  near: -1.9,
  nearHere: -1.34,
  strange: -1.56,
  strangeHere: -1.06,
  unknown: -0.12,
  unknownHere: 0.53,
  leftShare: -0.71,
  count: -1.97,
  countHere: -0.48,
  valued: -0.4,
  doesName: 0.9,
  doesFirst: 1.41,
  doesOnly: 0.91,
  doesCover: -0.03,
  otherDeed: -1.02,
  contrary: 1.71,
  nameCover: 0.87,
  nameCoverHere: 0.82,
  nameLeft: -0.93,
  aboutCover: 1.47,
  firstCover: 1.33,
  shape: 1.34,
  asks: 0.6,
  asksOfDoing: -1.34,
  doingOfTelling: -0.2,
  asksWorld: -1.27,
  negated: 0.03,
  reads: 1.77,
  readsAndFits: 1.55,
  unread: 0,
  lacks: -1.65,
  lacksUnexplained: -0.87,
  lacksFits: 1.67,
  given: -0.18,
  texts: -2.1,
  numbers: -0.13,
  choices: 2.23,
  words: 1.91,
};

/** Log-odds of a call of a tool against none. */
export function scoreOf(agreement: Agreement): number {
  let sum = 0;
  for (const [name, value] of Object.entries(agreement)) sum += value * (WEIGHTS[name] ?? 0);
  return sum;
}
