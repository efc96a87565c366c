/** How many tokens are read again so that all of them are read sooner. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { Llama, LlamaModel } from "node-llama-cpp";
import { openLlama } from "../../../../adapters/llama/library.ts";
import { readingCost, tokensToRead } from "../../../../adapters/llama/loop/tile.ts";

/** A model of half a billion weights, on a core that reads a hundred tokens in a second. */
const COST = { weights: 830e6, attention: 98_304 };
const RATE = 0.1;

let llama: Llama;
let model: LlamaModel;
beforeAll(async () => {
  llama = await openLlama(false, 1);
  const modelPath = join(import.meta.dir, "../../../../models/moult-mini.gguf");
  model = await llama.loadModel({ modelPath, gpuLayers: 0, useMmap: false });
});
afterAll(() => llama.dispose());

test("behind a long conversation the last tokens are read with some that are known", () => {
  expect(tokensToRead(COST, 44, 2_048, RATE)).toBe(64);
  expect(tokensToRead(COST, 63, 512, RATE)).toBe(64);
});

test("few new tokens are read alone, and the fewer the shorter the conversation is", () => {
  expect(tokensToRead(COST, 8, 8_192, RATE)).toBe(8);
  const least = [512, 2_048, 8_192].map((known) => {
    let unknown = 1;
    while (unknown < 64 && tokensToRead(COST, unknown, known, RATE) === unknown) unknown++;
    return unknown;
  });
  expect(least).toEqual(least.toSorted((a, b) => b - a));
  expect(new Set(least).size).toBe(3);
});

test("never more is read than there is, and nothing twice without need", () => {
  expect(tokensToRead(COST, 40, 20, RATE)).toBe(40);
  for (const unknown of [64, 65, 500])
    expect(tokensToRead(COST, unknown, 4_096, RATE)).toBe(unknown);
});

test("what is read in a moment anyway, or nobody knows how fast, is read as it is", () => {
  expect(tokensToRead(COST, 44, 2_048, 10)).toBe(44);
  expect(tokensToRead(COST, 44, 2_048, 0)).toBe(44);
});

test("what a token costs is the model's own: two calculations a weight, two more for each value that is looked back at", () => {
  const { metadata } = model.fileInfo;
  const own = (metadata as unknown as Record<string, Record<string, number>>)[
    metadata.general.architecture
  ];
  const cost = readingCost(model);
  expect(cost?.attention).toBe(
    4 * Number(own?.["block_count"]) * Number(own?.["embedding_length"]),
  );
  // All weights but those of the vocabulary.
  expect(cost?.weights).toBeGreaterThan(2 * 1_500_000);
  expect(cost?.weights).toBeLessThan(2 * 2_860_000);
});
