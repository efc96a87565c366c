/** Models with random weights, as the benches make them: real to the engine in every respect but sense. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Llama, LlamaModel, Token } from "node-llama-cpp";
import { openLlama } from "../../adapters/llama/library.ts";
import { wrapperFor } from "../../adapters/llama/prompt_wrapper.ts";
import { makeModel } from "../../bench/gguf/make.ts";
import { PRESETS, type Shape } from "../../bench/gguf/presets.ts";
import { trainTokenizer } from "../../bench/gguf/tokenizer.ts";
import { temporary } from "../temporary.ts";

const SMALL: Shape = PRESETS.mini;
const EXPERTS: Shape = {
  ...SMALL,
  architecture: "qwen3moe",
  headWidth: 64,
  feedForward: 256,
  experts: 8,
  expertsUsed: 2,
};

const TOKENIZER = trainTokenizer(
  readFileSync(join(import.meta.dir, "../../README.md"), "utf8"),
  700,
);

let llama: Llama;
let small: LlamaModel;
const folder = temporary();

beforeAll(async () => {
  llama = await openLlama(false, 1);
  small = await load("small", SMALL, "F16");
});

afterAll(async () => {
  await small.dispose();
  await llama.dispose();
  folder[Symbol.dispose]();
});

async function load(name: string, shape: Shape, format: "F16" | "Q8_0" | "Q4_0" | "Q4_K") {
  const path = join(folder.path, `${name}.gguf`);
  makeModel(shape, format, path, TOKENIZER);
  return await llama.loadModel({ modelPath: path, gpuLayers: 0, useMmap: false });
}

/** The most probable tokens after a text. */
async function generate(model: LlamaModel, text: string, count: number): Promise<Token[]> {
  const context = await model.createContext({ contextSize: 256, threads: 1, batchSize: 64 });
  const tokens: Token[] = [];
  for await (const token of context.getSequence().evaluate(model.tokenize(text))) {
    tokens.push(token);
    if (tokens.length === count) break;
  }
  await context.dispose();
  return tokens;
}

describe("a model of the benches", () => {
  test("gives text back as it was, byte for byte", async () => {
    const texts = [
      "Turn on the lamp in the kitchen.",
      "  two  spaces\n\ttab",
      "你好，世界 🦀 é",
      "\0",
    ];
    for (const text of texts) expect(small.detokenize(small.tokenize(text))).toBe(text);
    expect(small.tokenize("what is the weather").length).toBeLessThan(12);
  });

  test("generates, and never ends by itself", async () => {
    const tokens = await generate(small, "Hello there", 100);
    expect(tokens).toHaveLength(100);
    const specials = new Set(small.tokenize("<|im_start|><|im_end|><|endoftext|>", true));
    expect(tokens.filter((token) => specials.has(token))).toEqual([]);
  });

  test("carries a template by which tools are called", async () => {
    const { wrapper } = wrapperFor(small);
    const state = wrapper.generateContextState({
      chatHistory: [
        { type: "user", text: "Is it warm?" },
        { type: "model", response: [""] },
      ],
      availableFunctions: { thermometer: { description: "Reads it", params: { type: "object" } } },
    });
    const text = state.contextText.toString();
    expect(text).toContain("thermometer");
    expect(text).toContain("Is it warm?");
    expect(wrapper.settings.functions.call.prefix.toString()).toContain("<tool_call>");
  });

  test.each(["Q8_0", "Q4_0", "Q4_K"] as const)("generates with weights of %s", async (format) => {
    const model = await load(format, SMALL, format);
    expect(await generate(model, "Hello", 3)).toHaveLength(3);
    await model.dispose();
  });

  test("may consist of experts", async () => {
    const model = await load("experts", EXPERTS, "Q4_K");
    expect(await generate(model, "Hello", 3)).toHaveLength(3);
    await model.dispose();
  });

  test("is the same file each time", () => {
    const [one, two] = ["one", "two"].map((name) => join(folder.path, name)) as [string, string];
    makeModel(SMALL, "Q4_K", one, TOKENIZER);
    makeModel(SMALL, "Q4_K", two, TOKENIZER);
    expect(readFileSync(one).equals(readFileSync(two))).toBe(true);
  });

  test("is refused when its rows do not fit the format", () => {
    const path = join(folder.path, "odd");
    const narrow = { ...SMALL, embedding: 128, headWidth: 64 };
    expect(() => makeModel(narrow, "Q4_K", path, TOKENIZER)).toThrow(/rows of 128/);
    const few = { ...SMALL, vocabulary: 200 };
    expect(() => makeModel(few, "F16", path, TOKENIZER)).toThrow(/too small/);
    expect(readdirSync(folder.path).filter((name) => name.includes("odd"))).toEqual([]);
  });
});

describe("its tokenizer", () => {
  test("learns the most frequent pair first", () => {
    const { merges, tokens } = trainTokenizer("low low low lower lowest", 3);
    expect(merges).toEqual(["l o", "lo w", "Ġ low"]);
    expect(tokens.slice(256)).toEqual(["lo", "low", "Ġlow"]);
  });

  test("stops where nothing occurs twice", () => {
    expect(trainTokenizer("abc", 10).merges).toEqual([]);
  });
});
