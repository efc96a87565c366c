/** How tokens are chosen: what the engine is told of a request. */
import { expect, test } from "bun:test";
import { samplingOf } from "../../../adapters/llama/sampling.ts";
import type { GenerateRequest } from "../../../schemas/model.ts";

const sampled = (changes: Partial<GenerateRequest>) =>
  samplingOf({ lane: "api", messages: [], ...changes });

test("the likeliest token needs no seed", () => {
  expect(sampled({})).toEqual({ temperature: 0 });
  expect(sampled({ temperature: 0, topP: 0.5, seed: 3 })).toEqual({ temperature: 0 });
});

test("a seed of any size is one that the engine takes, the same each time", () => {
  for (const seed of [0, 7, -1, 2 ** 31, 2 ** 32 + 5, -(2 ** 40) - 3, Number.MAX_SAFE_INTEGER]) {
    const first = sampled({ temperature: 1, seed }).seed ?? -1;
    expect(first).toBe(sampled({ temperature: 1, seed }).seed ?? -2);
    expect(Number.isInteger(first) && first >= 0 && first < 2 ** 32).toBe(true);
  }
  expect(sampled({ temperature: 1, seed: 7 }).seed).toBe(7);
});

test("without a seed each answer draws differently, from all tokens", () => {
  const seeds = new Set(Array.from({ length: 8 }, () => sampled({ temperature: 0.5 }).seed));
  expect(seeds.size).toBeGreaterThan(1);
  expect(sampled({ temperature: 0.5 }).topP).toBe(1);
});
