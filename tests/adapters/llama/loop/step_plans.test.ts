/** With how many threads, and in which sizes, those who write are decoded. */
import { expect, test } from "bun:test";
import { StepPlans } from "../../../../adapters/llama/loop/step_plans.ts";

/** Milliseconds of a decode. */
type Machine = (threads: number, sequences: number) => number;

/** Two threads help several chats, and one alone not at all. */
const PAIR: Machine = (threads, sequences) =>
  threads === 1 ? sequences : sequences === 1 ? 1.2 : 0.2 + sequences / 2;

function player(machine: Machine, threadsMax = 2) {
  const plans = new StepPlans(1);
  return {
    plans,
    play(this: void, sequences: number, steps: number, most = threadsMax, real = machine) {
      const seen: { threads: number; sizes: readonly number[]; crowded: boolean }[] = [];
      for (let at = 0; at < steps; at++) {
        const plan = plans.next(sequences, most);
        let ms = 0;
        for (const size of plan.sizes) {
          const took = real(plan.threads, size);
          plan.costs.learn(size, took);
          ms += took;
        }
        const crowded = plans.learn(plan, sequences, ms);
        seen.push({ threads: plan.threads, sizes: plan.sizes, crowded });
      }
      return seen;
    },
  };
}

const most = (seen: readonly { threads: number }[], threads: number) =>
  seen.filter((step) => step.threads === threads).length > seen.length * 0.8;

test("what was tried at the start is used at once, for each number of chats its own way", () => {
  const { plans, play } = player(PAIR);
  for (const threads of [1, 2])
    for (const sequences of [1, 2, 4, 8]) plans.know(threads, sequences, PAIR(threads, sequences));
  expect(play(1, 20).every(({ threads }) => threads === 1)).toBe(true);
  const many = play(8, 20);
  expect(many.every(({ threads }) => threads === 2)).toBe(true);
  expect(many.at(-1)?.sizes).toEqual([8]);
});

test("another number of threads is tried by and by, and used where it is quicker", () => {
  const { play } = player(PAIR);
  play(8, 3_000);
  expect(most(play(8, 500), 2)).toBe(true);
  const { play: other } = player((threads, sequences) => sequences * threads);
  other(8, 3_000);
  expect(most(other(8, 500), 1)).toBe(true);
});

test("never more threads than there may be", () => {
  const { play } = player(PAIR, 4);
  play(8, 2_000);
  expect(play(8, 2_000, 1).every(({ threads }) => threads === 1)).toBe(true);
  expect(play(8, 2_000, 2).every(({ threads }) => threads <= 2)).toBe(true);
});

test("a number that is fixed is never another one", () => {
  const { plans } = player(PAIR);
  plans.know(1, 1, 1);
  plans.know(3, 1, 100);
  for (let at = 0; at < 100; at++) expect(plans.next(1, 3, true).threads).toBe(3);
});

test("several steps that take far too long are somebody else's work, one is not", () => {
  const { plans, play } = player(PAIR);
  for (const threads of [1, 2]) plans.know(threads, 8, PAIR(threads, 8));
  play(8, 50);
  const slow: Machine = (threads, sequences) => PAIR(threads, sequences) * 30;
  expect(play(8, 1, 2, slow).some(({ crowded }) => crowded)).toBe(false);
  play(8, 50);
  expect(play(8, 4, 2, slow).filter(({ crowded }) => crowded)).toHaveLength(1);
});

test("threads that are quick but often disturbed give way to one that is not", () => {
  let step = 0;
  const { play } = player((threads) => (threads === 1 ? 4 : ++step % 3 === 0 ? 10 : 2.5));
  play(4, 3_000);
  expect(most(play(4, 500), 1)).toBe(true);
});

test("of a large model, whose steps are long, few are spent on another number of threads", () => {
  const { plans, play } = player((threads) => (threads === 1 ? 180 : 130));
  for (const threads of [1, 2]) plans.know(threads, 1, threads === 1 ? 180 : 130);
  const steps = play(1, 1_000);
  expect(steps.slice(0, 60).every(({ threads }) => threads === 2)).toBe(true);
  const tried = steps.filter(({ threads }) => threads === 1).length;
  expect(tried).toBeGreaterThan(0);
  expect(tried).toBeLessThan(25);
});

test("a step that takes longer the more there is to look back to says nothing of threads", () => {
  let step = 0;
  const { play } = player((threads) => (2 + (++step % 1_000) / 500) * (threads === 1 ? 1 : 0.6));
  play(4, 6_000);
  expect(most(play(4, 3_000), 2)).toBe(true);
});
