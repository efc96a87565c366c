import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkGguf } from "../../../adapters/llama/gguf.ts";
import { quantizeModel } from "../../../adapters/llama/quantize.ts";
import { makeModel } from "../../../bench/gguf/make.ts";
import { trainTokenizer } from "../../../bench/gguf/tokenizer.ts";

const SHAPE = {
  architecture: "llama",
  embedding: 256,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  feedForward: 512,
  vocabulary: 512,
  context: 2_048,
} as const;
const isHere = process.platform === "linux" && process.arch === "x64";

let folder: string;
let whole: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "moult-quantize-"));
  whole = join(folder, "small-F16.gguf");
  makeModel(SHAPE, "F16", whole, trainTokenizer("a tokenizer of a few words", 8));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.skipIf(!isHere)(
  "a model becomes smaller, under the name of its new type, and is whole",
  async () => {
    const steps: string[] = [];
    const made = await quantizeModel(whole, folder, {
      type: "q8_0",
      onProgress: (done, total) => void steps.push(`${done}/${total}`),
    });
    expect(made).toMatchObject({ name: "small-Q8_0.gguf", type: "Q8_0" });
    expect(made.bytes).toBeLessThan(made.bytesBefore * 0.6);
    checkGguf(made.path);
    expect(steps.at(-1)).toMatch(/^(\d+)\/\1$/);
    await expect(quantizeModel(whole, folder, { type: "q8_0" })).rejects.toThrow("--force");
  },
);

test.skipIf(!isHere)(
  "a model that is quantised already is refused with what to begin with",
  async () => {
    const { path } = await quantizeModel(whole, folder, { type: "Q4_K_M" });
    await expect(quantizeModel(path, folder, { type: "Q2_K" })).rejects.toThrow("F16");
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  },
);

test.skipIf(!isHere)("a type that there is not is refused with those that there are", async () => {
  await expect(quantizeModel(whole, folder, { type: "Q9" })).rejects.toThrow("Q4_K_M");
});

test.skipIf(!isHere)("whoever stops it finds nothing written", async () => {
  const stopped = AbortSignal.abort(new Error("stopped"));
  const how = { type: "Q6_K", signal: stopped };
  await expect(quantizeModel(whole, folder, how)).rejects.toThrow("stopped");
  expect(existsSync(join(folder, "small-Q6_K.gguf"))).toBe(false);
});
