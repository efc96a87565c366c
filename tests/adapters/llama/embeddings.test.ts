import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { makeReadingModel, READS_TOKENS } from "./reading_model.ts";
import { startLlama } from "../../../adapters/llama/engine.ts";
import { Embeddings } from "../../../adapters/llama/embeddings.ts";
import { openLlama } from "../../../adapters/llama/library.ts";
import type { Engine } from "../../../runtime/model/engine.ts";
import type { Embedded, Model } from "../../../runtime/ports.ts";
import { collect, EMBEDDED, openModel, requestOf, textOf } from "../../runtime/model/answers.ts";
import { newFolder, removeFolders } from "../../runtime/model/kv_folder.ts";

// Loading a model takes its time where others work too.
setDefaultTimeout(120_000);

const folder = newFolder();
const READER = makeReadingModel(join(folder, "reader.gguf"));
const model = openModel({ path: EMBEDDED, slots: 1 });
const engines: Engine[] = [];
let reader: Engine;
beforeAll(async () => void (reader = await start(READER)));
afterAll(async () => {
  for (const part of [model, ...engines]) await part.close();
  removeFolders();
});

async function start(path: string): Promise<Engine> {
  const engine = await startLlama({ path, embedded: false, slots: 1, gpu: false, threads: 1 });
  engines.push(engine);
  return engine;
}

/** Of the embedded model, through the queue. */
async function embed(...asked: Parameters<NonNullable<Model["embed"]>>): Promise<Embedded> {
  if (model.embed === undefined) throw new TypeError("It makes no embeddings");
  return await model.embed(...asked);
}

/** Of an engine alone. */
async function read(engine: Engine, texts: readonly string[]): Promise<Embedded> {
  if (engine.embed === undefined) throw new TypeError("It makes no embeddings");
  return await engine.embed(texts, signal);
}

const signal = new AbortController().signal;
const failureOf = async (failing: Promise<unknown>): Promise<unknown> =>
  await failing.then(
    () => undefined,
    (error: unknown) => error,
  );
const dot = (a: readonly number[] = [], b: readonly number[] = []): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

test("any model makes vectors of length 1, in the order of the texts, the same each time", async () => {
  const texts = ["The weather in Paris", "a kettle", "The weather in Paris"];
  const { vectors, tokens } = await embed(texts);
  expect(vectors).toHaveLength(3);
  for (const vector of vectors) expect(dot(vector, vector)).toBeCloseTo(1, 5);
  expect(vectors[2]).toEqual(vectors[0]);
  expect(vectors[1]).not.toEqual(vectors[0]);
  expect(tokens).toBeGreaterThan(10);
  const again = await embed(["a kettle"]);
  expect(again.vectors[0]).toEqual(vectors[1]);
  expect(await embed([])).toEqual({ vectors: [], tokens: 0 });
  expect(textOf(await collect(model.generate(requestOf("hi"))))).not.toBe("");
});

test("a model that was made for embeddings pools as its file says", async () => {
  const first = await start(makeReadingModel(join(folder, "first.gguf"), "first"));
  const texts = ["tea, please", "please, tea", "seven kettles"];
  const { vectors } = await read(reader, texts);
  for (const vector of vectors) expect(dot(vector, vector)).toBeCloseTo(1, 5);
  // Where words stand counts, so all were read in their places.
  expect(vectors[0]).not.toEqual(vectors[1]);
  expect((await read(first, texts)).vectors).not.toEqual(vectors);
  expect((await read(reader, texts.slice(2))).vectors[0]).toEqual(vectors[2] ?? []);
});

test("a text that does not fit is refused with the numbers, and an empty one too", async () => {
  const long = await failureOf(read(reader, ["a", "tea ".repeat(200)]));
  expect(long).toMatchObject({
    code: "input/invalid",
    details: { contextTokens: READS_TOKENS },
  });
  expect(String(long)).toContain('begins with "tea tea');
  // Of megabytes so many are counted as are needed to know.
  for (const chars of [100_000, 8_000_000])
    expect(String(await failureOf(read(reader, ["x".repeat(chars)])))).toContain(
      `and the model reads ${READS_TOKENS} at most`,
    );
  expect(await failureOf(read(reader, [""]))).toMatchObject({ code: "input/invalid" });
  expect((await read(reader, ["tea"])).vectors).toHaveLength(1);
});

test("what only reads writes no text, and what ranks makes no vectors", async () => {
  const sink = { token() {}, call() {} };
  const asked = reader.generate(requestOf("hi"), sink, signal);
  expect(await failureOf(asked)).toMatchObject({ code: "input/invalid" });
  const ranking = await start(makeReadingModel(join(folder, "rank.gguf"), "rank"));
  expect(await failureOf(read(ranking, ["a"]))).toMatchObject({ code: "input/invalid" });
});

test("a conversation does not wait for the end of many texts, even with one slot", async () => {
  let isDone = false;
  const many = embed(
    Array.from({ length: 400 }, (_, i) => `text number ${i} of many`),
    undefined,
    "background",
  );
  void many.then(() => (isDone = true));
  await collect(model.generate(requestOf("hi", { tokensMax: 1 })));
  expect(isDone).toBe(false);
  const { vectors } = await many;
  expect(vectors).toHaveLength(400);
  expect((await embed(["text number 399 of many"])).vectors[0]).toEqual(vectors[399] ?? []);
});

test("aborting rejects with its reason, and others are served", async () => {
  const abort = new AbortController();
  const asked = embed(
    Array.from({ length: 500 }, (_, i) => `text ${i}`),
    abort.signal,
  );
  abort.abort(new Error("nobody wants it"));
  expect(String(await failureOf(asked))).toContain("nobody wants it");
  expect((await embed(["a"])).vectors).toHaveLength(1);
  expect(await failureOf(embed(["a"], AbortSignal.abort(new Error("gone"))))).toBeInstanceOf(Error);
});

test("texts are asked for again where the host died, and none is answered twice", async () => {
  await embed(["warm"]);
  const texts = Array.from({ length: 200 }, (_, i) => `text number ${i}`);
  const asked = embed(texts);
  process.kill(model.status().pid, "SIGKILL");
  const { vectors } = await asked;
  expect(vectors).toHaveLength(200);
  expect((await embed(texts.slice(0, 1))).vectors[0]).toEqual(vectors[0] ?? []);
});

test("the context is freed when nobody asks, made again, and larger where a text needs it", async () => {
  const llama = await openLlama(false, 1);
  const loaded = await llama.loadModel({ modelPath: EMBEDDED, useMmap: false, gpuLayers: 0 });
  const embeddings = new Embeddings(loaded, { contextTokens: 2_048, threads: () => 1, idleMs: 1 });
  const before = await embeddings.embed(["a kettle"], signal);
  await Bun.sleep(30);
  expect(await embeddings.embed(["a kettle"], signal)).toEqual(before);
  const { tokens } = await embeddings.embed(["a kettle ".repeat(400)], signal);
  expect(tokens).toBeGreaterThan(512);
  expect(await embeddings.embed(["a kettle"], signal)).toEqual(before);
  await embeddings.close();
  await loaded.dispose();
  await llama.dispose();
});
