/** The way past the addon is open with the library that is installed, and says what the addon says. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { Llama, LlamaContext, LlamaModel } from "node-llama-cpp";
import { openLlama } from "../../../../adapters/llama/library.ts";
import {
  insideContext,
  insideSequence,
  newSampler,
} from "../../../../adapters/llama/loop/addon.ts";
import { NativeContext } from "../../../../adapters/llama/loop/native_context.ts";
import { NativeLibrary } from "../../../../adapters/llama/loop/native_library.ts";
import type { Sampling } from "../../../../adapters/llama/sampling.ts";

const MODEL = join(import.meta.dir, "../../../../models/moult-mini.gguf");
const COUNT = 24;

let llama: Llama;
let model: LlamaModel;
beforeAll(async () => {
  llama = await openLlama(false, 2);
  model = await llama.loadModel({ modelPath: MODEL, gpuLayers: 0, useMmap: false });
});
afterAll(() => llama.dispose());

const newContext = (sequences = 2) =>
  model.createContext({ contextSize: 256, sequences, threads: 1, flashAttention: false });

function open(context: LlamaContext): NativeContext {
  const native = NativeContext.of(context, 2);
  if (native === undefined) throw new Error("The inside of the context was not found");
  return native;
}

/** Reads a text by the addon; returns where its last logits are. */
async function read(context: LlamaContext, sequence: number, text: string) {
  const { _ctx: addon } = insideContext(context);
  const tokens = Uint32Array.from(model.tokenize(text));
  addon.initBatch(tokens.length);
  const last = Uint32Array.of(tokens.length - 1);
  const [index = -1] = Array.from(addon.addToBatch(sequence, 0, tokens, last));
  await addon.decodeBatch();
  return { index, position: tokens.length };
}

/** What the addon writes, token by token. */
async function byAddon(text: string, sampling: Sampling): Promise<readonly number[]> {
  const context = await newContext();
  const { _ctx: addon } = insideContext(context);
  const sampler = newSampler(model);
  // Held until the end: what nobody holds is cleared when garbage is collected.
  const sequence = context.getSequence();
  sampler.applyConfig(insideSequence(sequence)._resolveSamplerConfig(sampling));
  let { index, position } = await read(context, 0, text);
  const written: number[] = [];
  while (written.length < COUNT) {
    const token = await addon.sampleToken(index, sampler);
    written.push(token);
    addon.initBatch(1);
    const at = Uint32Array.of(0);
    index = addon.addToBatch(0, position++, Uint32Array.of(token), at)[0] ?? -1;
    await addon.decodeBatch();
  }
  sampler.dispose();
  await sequence.dispose();
  await context.dispose();
  return written;
}

async function byItself(
  text: string,
  sampling: Sampling,
  count: number,
  threads = 1,
): Promise<readonly number[]> {
  const context = await newContext();
  const native = open(context);
  const sampler = native.newSampler(sampling);
  let { index, position } = await read(context, 0, text);
  insideContext(context)._ctx.setThreads(threads);
  native.keepThreads(threads);
  let token: number = native.sample(index, sampler);
  const written = [token];
  while (written.length < count) {
    token = native.step([{ sequence: 0, position: position++, token, sampler }])[0] ?? -1;
    written.push(token);
  }
  sampler.free();
  await context.dispose();
  native.close();
  return written;
}

const TEXT = "Tell me something about the weather, please.";

test("an answer is the same as by the addon", async () => {
  const expected = await byAddon(TEXT, { temperature: 0 });
  expect(await byItself(TEXT, { temperature: 0 }, COUNT)).toEqual(expected);
});

test("with threads that stay it says the same as without", async () => {
  // Threads of one decode wait for each other: on a busy machine each takes long.
  const few = 3;
  const expected = await byItself(TEXT, { temperature: 0 }, few);
  expect(await byItself(TEXT, { temperature: 0 }, few, 2)).toEqual(expected);
}, 60_000);

test("the same seed draws the same, another one something else, and a cool draw is the likeliest", async () => {
  const draw = (temperature: number, seed: number, topP = 0.95) =>
    byItself(TEXT, { temperature, topP, seed }, COUNT);
  const drawn = await draw(1.2, 7);
  expect(await draw(1.2, 7)).toEqual(drawn);
  expect(await draw(1.2, 8)).not.toEqual(drawn);
  const likeliest = await byItself(TEXT, { temperature: 0 }, COUNT);
  expect(drawn).not.toEqual(likeliest);
  expect(await draw(0.000_1, 7)).toEqual(likeliest);
  expect(await draw(1.2, 7, 0.000_1)).toEqual(likeliest);
});

test("what is drawn with a seed is what the addon draws", async () => {
  const sampling = { temperature: 1.2, topP: 0.9, seed: 7 };
  expect(await byItself(TEXT, sampling, COUNT)).toEqual([...(await byAddon(TEXT, sampling))]);
});

test("several sequences are decoded together as each would be alone", async () => {
  const texts = ["What time is it?", "Switch the lamp in the kitchen on"];
  const alone = [];
  for (const text of texts) alone.push(await byItself(text, { temperature: 0 }, COUNT));
  const context = await newContext();
  const native = open(context);
  const parts = [];
  for (const [sequence, text] of texts.entries()) {
    const sampler = native.newSampler({ temperature: 0 });
    const { index, position } = await read(context, sequence, text);
    parts.push({ sequence, position, token: Number(native.sample(index, sampler)), sampler });
  }
  const together = parts.map(({ token }) => [token]);
  while ((together[0]?.length ?? COUNT) < COUNT) {
    const next = native.step(parts);
    for (const [at, part] of parts.entries()) {
      part.token = next[at] ?? -1;
      part.position++;
      together[at]?.push(part.token);
    }
  }
  expect(together).toEqual(alone as number[][]);
  for (const { sampler } of parts) sampler.free();
  await context.dispose();
});

test("a full context is said, and the next one that fits is decoded", async () => {
  const context = await newContext(1);
  const native = open(context);
  const sampler = native.newSampler({ temperature: 0 });
  const step = (position: number) => native.step([{ sequence: 0, position, token: 1, sampler }]);
  for (let position = 0; position < context.contextSize; position++) step(position);
  expect(() => step(context.contextSize)).toThrow("no room");
  insideContext(context)._ctx.disposeSequence(0);
  expect(step(0)[0]).toBeGreaterThanOrEqual(0);
  sampler.free();
  await context.dispose();
});

test("a context that is closed is not touched any more", async () => {
  const context = await newContext(1);
  const native = open(context);
  const sampler = native.newSampler({ temperature: 0 });
  const step = (position: number) => native.step([{ sequence: 0, position, token: 1, sampler }]);
  native.keepThreads(2);
  step(0);
  const closed = context.dispose();
  expect(() => step(1)).toThrow("closed");
  await closed;
  expect(() => step(1)).toThrow("closed");
  expect(() => native.sample(0, sampler)).toThrow("closed");
  expect(() => native.keepThreads(1)).toThrow("closed");
  sampler.free();
  native.close();
});

test("what is no context is not taken for one", () => {
  const fake = { _ctx: {}, model: { _model: {} } } as unknown as LlamaContext;
  expect(NativeLibrary.open()?.addressOf(fake)).toBe(0);
  expect(NativeContext.of(fake, 1)).toBeUndefined();
});
