/** What models need, against what was measured of real ones, and what is proposed where it is too much. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkFit } from "../../../adapters/llama/fit.ts";
import { headersOf, shapeOf } from "../../../adapters/llama/inspect.ts";
import {
  type ModelShape,
  fitIn,
  memoryNeed,
  unfitText,
} from "../../../runtime/model/memory_fit.ts";
import { makeModel } from "../../../bench/gguf/make.ts";
import { PRESETS } from "../../../bench/gguf/presets.ts";
import { trainTokenizer } from "../../../bench/gguf/tokenizer.ts";
import { EMBEDDED, collect, openModel, requestOf, until } from "./answers.ts";

const MIB = 1_048_576;
const PLAN = { contextTokens: 8_192, slots: 4, batchTokens: 512 };

/** A model of 7 billion parameters, Q4_K. */
const LARGE = {
  weightBytes: 4.08e9,
  repeatedBytes: 0,
  tokenBytes: 131_072,
  vocabulary: 32_768,
  embedding: 4_096,
  feedForward: 14_336,
  parameters: 7.25e9,
};

function room(gib: number): { readonly machineBytes: number; readonly freeBytes: number } {
  return { machineBytes: 16 * 1_024 * MIB, freeBytes: gib * 1_024 * MIB };
}

/** MiB at most resident, as measured with one conversation in so many tokens of context. */
const MEASURED: readonly (readonly [string, ModelShape, number, number])[] = [
  ["7B", LARGE, 4_096, 4_659],
  ["7B", LARGE, 8_192, 5_171],
  ["7B", LARGE, 32_768, 8_325],
];

test.each(MEASURED)(
  "%s is estimated within 15 %% of what it takes",
  (_name, shape, tokens, mib) => {
    const plan = { contextTokens: tokens, slots: 1, batchTokens: 512 };
    const share = memoryNeed(shape, plan) / MIB / mib;
    expect(share).toBeGreaterThan(0.85);
    expect(share).toBeLessThan(1.25);
  },
);

test("nothing is said of a model that fits, and a tight one is told from one that never will", () => {
  expect(unfitText(LARGE, PLAN, room(15))).toBeUndefined();
  expect(fitIn(5, { machineBytes: 10, freeBytes: 7 })).toBe("yes");
  expect(fitIn(8, { machineBytes: 10, freeBytes: 7 })).toBe("tight");
  expect(fitIn(11, { machineBytes: 10, freeBytes: 7 })).toBe("no");
});

test("too long conversations are to be shorter or fewer, and what is proposed fits", () => {
  const text = unfitText(LARGE, { ...PLAN, contextTokens: 32_768 }, room(9)) ?? "";
  expect(text).toStartWith("with 4 conversations of 32768 tokens it needs about 20.");
  expect(text).toContain("set model.contextTokens to 8192");
  expect(text).toContain("model.slots to 1");
  expect(text).not.toContain("quantisation");
  expect(unfitText(LARGE, { ...PLAN, contextTokens: 8_192 }, room(9))).toBeUndefined();
  expect(unfitText(LARGE, { ...PLAN, contextTokens: 32_768, slots: 1 }, room(9))).toBeUndefined();
});

test("where only a single short conversation fits, both are proposed", () => {
  expect(unfitText(LARGE, { ...PLAN, slots: 64 }, room(3.9))).toContain(
    "set model.contextTokens to 512 and model.slots to 1",
  );
});

test("weights that do not fit are to be of a smaller quantisation, where there is one", () => {
  const exact = { ...LARGE, weightBytes: 14.5e9 };
  expect(unfitText(exact, PLAN, room(8))).toContain("smaller quantisation (Q4_K_M has about 4.");
  expect(unfitText(LARGE, PLAN, room(2))).toEndWith("take a smaller model, or free memory");
});

/** Loads a model in a process of its own; its peak in MiB. */
async function peakMiB(path: string, slots: number, contextTokens: number): Promise<number> {
  const model = openModel({ path, embedded: false, slots, contextTokens, threads: 1 });
  try {
    await until(model, "ready");
    await Promise.all(
      Array.from({ length: slots }, (_, i) =>
        collect(model.generate(requestOf(`chat ${i} begins`, { tokensMax: 2 }))),
      ),
    );
    const status = await Bun.file(`/proc/${model.status().pid}/status`).text();
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1_024;
  } finally {
    await model.close();
  }
}

describe("real files", () => {
  let folder: string;
  let dense: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "moult-fit-"));
    dense = join(folder, "dense.gguf");
    const readme = readFileSync(join(import.meta.dir, "../../../README.md"), "utf8");
    makeModel({ ...PRESETS.tiny, vocabulary: 1_024 }, "F16", dense, trainTokenizer(readme, 700));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ["the embedded file", 2_048, 4],
    ["a model with random weights", 8_192, 6],
  ])(
    "%s takes about what was estimated",
    async (name, contextTokens, slots) => {
      const path = name === "the embedded file" ? EMBEDDED : dense;
      const need = memoryNeed(shapeOf(headersOf(path)), { contextTokens, slots, batchTokens: 512 });
      const share = need / MIB / (await peakMiB(path, slots, contextTokens));
      expect(share).toBeGreaterThan(0.85);
      expect(share).toBeLessThan(1.25);
    },
    120_000,
  );

  test("a model without room is refused before it is loaded, and the refusal says what to change", () => {
    const little = { machineBytes: 200 * MIB, freeBytes: 160 * MIB };
    const long = { contextTokens: 1_000_000, slots: 4, batchTokens: 512 };
    const options = { path: dense, gpu: false, embedded: false } as const;
    expect(() => checkFit(options, long, little)).toThrow(
      /dense.gguf": with 4 conversations of 32768 tokens .* are free; set model.contextTokens to/,
    );
    expect(() => checkFit({ ...options, gpu: "auto" }, long, little)).not.toThrow();
    expect(() => checkFit(options, { ...long, contextTokens: 512 }, little)).not.toThrow();
  });
});
