import { expect, test } from "bun:test";
import { Crowd } from "../../../../adapters/llama/loop/crowd.ts";
import { ThreadTuner } from "../../../../adapters/llama/loop/threads.ts";

/** Lets a tuner decode for a time on a machine on which a decode with n threads takes `ms(n)`. */
function play(
  tuner: ThreadTuner,
  clock: { now: number },
  ms: (threads: number) => number,
  forMs: number,
): void {
  const until = clock.now + forMs;
  while (clock.now < until) {
    const took = ms(tuner.next());
    clock.now += took;
    tuner.learn("write 1", took);
  }
}

function machine(start: number, max: number) {
  const clock = { now: 0 };
  const crowd = { free: () => 64 };
  return { clock, crowd, tuner: new ThreadTuner(start, max, crowd, () => clock.now) };
}

test("more threads are used where they help", () => {
  const { clock, tuner: own } = machine(1, 4);
  play(own, clock, (threads) => 20 / threads, 60_000);
  expect(own.current).toBe(4);
});

test("no more threads are used than help", () => {
  const { clock, tuner: own } = machine(1, 4);
  play(own, clock, (threads) => 20 / Math.min(threads, 2), 60_000);
  expect(own.current).toBeLessThanOrEqual(2);
});

test("when somebody else computes, it falls back to one thread within a few decodes, and returns later", () => {
  const { clock, tuner: own } = machine(2, 2);
  play(own, clock, (threads) => 20 / threads, 1_000);
  play(own, clock, (threads) => (threads === 1 ? 25 : 400), 1_300);
  expect(own.current).toBe(1);
  play(own, clock, (threads) => 20 / threads, 120_000);
  expect(own.current).toBe(2);
});

test("a limit holds at once and is never exceeded", () => {
  const { clock, tuner: own } = machine(4, 4);
  own.limit(2);
  expect(own.current).toBe(2);
  let most = 0;
  play(
    own,
    clock,
    (threads) => {
      most = Math.max(most, threads);
      return 20 / threads;
    },
    120_000,
  );
  expect(most).toBe(2);
});

test("a thread that would have to wait for a processor is not started, and is again when nobody else wants one", () => {
  const { crowd, tuner: own } = machine(4, 4);
  crowd.free = () => 3;
  expect(own.next()).toBe(3);
  crowd.free = () => 1;
  expect(own.next()).toBe(1);
  crowd.free = () => 64;
  expect(own.next()).toBe(4);
});

test("a crowd is whoever stays, not whoever passes", () => {
  const counts = [1, 9, 1, 1, 1, 9, 9, 9, 9, 9, 9];
  const crowd = new Crowd(() => counts.shift() ?? 9, 8);
  let now = 1_000;
  const look = () => crowd.free(1, (now += 100));
  expect([look(), look(), look(), look(), look()].every((free) => free >= 5)).toBe(true);
  for (let i = 0; i < 10; i++) look();
  expect(look()).toBe(1);
});

test("threads that wait busily for the next decode, and what tidies up, are no crowd", () => {
  const crowd = new Crowd(() => 5, 8);
  let now = 1_000;
  for (let i = 0; i < 20; i++) crowd.free(4, (now += 100));
  expect(crowd.free(4, (now += 100))).toBe(8);
  for (let i = 0; i < 20; i++) crowd.free(1, (now += 100));
  expect(crowd.free(1, (now += 100))).toBe(5);
});
