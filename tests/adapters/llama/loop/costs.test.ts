import { expect, test } from "bun:test";
import { DecodeCosts } from "../../../../adapters/llama/loop/costs.ts";

/** Plays a machine on which a decode for n sequences takes `ms(n)`. */
function learnt(ms: (sequences: number) => number, sequences: number, steps = 600): DecodeCosts {
  const costs = new DecodeCosts();
  for (let step = 0; step < steps; step++)
    for (const size of costs.next(sequences)) costs.learn(size, ms(size));
  return costs;
}

test("where one decode for all is cheapest, all are decoded together", () => {
  expect(learnt((n) => 10 + n, 8).next(8)).toEqual([8]);
});

test("where decodes of one are cheapest, each stream is decoded alone", () => {
  const costs = learnt((n) => (n === 1 ? 1 : 3 * n), 4);
  expect(costs.next(4)).toEqual([1, 1, 1, 1]);
});

test("where a size in between is cheapest, streams are parted in it and every stream is served once", () => {
  const costs = learnt((n) => (n === 4 ? 4 : 2 * n), 8);
  expect(costs.next(8)).toEqual([4, 4]);
  expect(costs.next(6).reduce((sum, size) => sum + size, 0)).toBe(6);
});

test("one slow decode changes nothing", () => {
  const costs = learnt((n) => 10 + n, 8);
  costs.learn(8, 5_000);
  expect(costs.next(8)).toEqual([8]);
});

test("what is cheapest is found again when it changes", () => {
  const costs = learnt((n) => 10 + n, 8);
  for (let step = 0; step < 6_000; step++)
    for (const size of costs.next(8)) costs.learn(size, size === 1 ? 1 : 10 * size);
  expect(costs.next(8)).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
});
