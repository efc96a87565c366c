/** What each number of an agreement (`agreement.ts`) counts, learnt by `bench/agreement.ts`. Made, not written. */

const BASE = -1.0024;
/** In the order of `FEATURES`. */
const WEIGHTS: readonly number[] = [
  0.8954, // nameWord
  1.615, // nameThing
  3.6254, // aboutWord
  2.3996, // aboutThing
  3.5021, // inputWord
  0.61, // inputThing
  -2.7415, // topic
  0.7639, // doesName
  1.379, // doesAbout
  0.5638, // contrary
  0.5483, // nameCover
  1.5501, // aboutCover
  -0.7783, // unexplained
  -0.8105, // unexplainedShare
  1.6585, // reading
  -1.477, // lacks
  -1.5851, // texts
  -2.5988, // words
  -0.0049, // hasReading
  0.3925, // asks
  0.5883, // nameCoverExplained
  0.0158, // doesCover
  -0.3733, // allValues
  -0.8712, // nameLeft
  0.8034, // deedOnly
  1.245, // shape
  -1.0071, // otherDeed
  -1.3053, // asksOfDoing
  -0.4199, // tellsAsking
  -1.0255, // open
  0.3803, // negated
  0.4396, // numbers
  2.5089, // choices
  0.0664, // required
  1.4922, // bothFit
  1.4755, // firstCover
  2.0278, // wordScore
];

/** Log-odds of a call of a tool against none. */
export function scoreOf(agreement: readonly number[]): number {
  let sum = BASE;
  for (const [at, value] of agreement.entries()) sum += value * (WEIGHTS[at] ?? 0);
  return sum;
}
