/** What moult uses of node-llama-cpp's inside is as it was when moult was made for it. Fails when another version changes it. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import {
  getModuleVersion,
  Llama,
  type LlamaContext,
  type LlamaModel,
  type Token,
} from "node-llama-cpp";
import manifest from "../../../../package.json";
import { openLlama } from "../../../../adapters/llama/library.ts";
import {
  insideContext,
  insideSequence,
  newSampler,
} from "../../../../adapters/llama/loop/addon.ts";

const MODEL = join(import.meta.dir, "../../../../models/moult-mini.gguf");
const LAST = Uint32Array.of(0);

let llama: Llama;
let model: LlamaModel;
let context: LlamaContext;
beforeAll(async () => {
  llama = await openLlama(false, 1);
  model = await llama.loadModel({ modelPath: MODEL, gpuLayers: 0, useMmap: false });
  context = await model.createContext({ contextSize: 256, sequences: 2, threads: 1 });
});
afterAll(() => llama.dispose());

test("the version that is installed is the one that moult names, to the last digit", async () => {
  const wanted = manifest.dependencies["node-llama-cpp"];
  expect(wanted).toMatch(/^\d+\.\d+\.\d+$/);
  expect(await getModuleVersion()).toBe(wanted);
});

test("the library is opened without its check in another process", () => {
  expect(typeof (Llama as unknown as { _create?: unknown })._create).toBe("function");
});

test("tokens are decoded, sampled, copied and forgotten by position", async () => {
  const { _ctx: addon } = insideContext(context);
  const tokens = Uint32Array.from(model.tokenize("Who are you? Who are you?"));
  const last = tokens.length - 1;
  addon.setThreads(1);
  addon.initBatch(tokens.length);
  const [index = -1] = Array.from(addon.addToBatch(0, 0, tokens, Uint32Array.of(last)));
  await addon.decodeBatch();
  const sampler = newSampler(model);
  sampler.applyConfig({ temperature: 0 });
  const next = await addon.sampleToken(index, sampler);
  expect(next).toBeGreaterThanOrEqual(0);
  // The logits live until the next decode.
  expect(await addon.sampleToken(index, sampler)).toBe(next);

  expect(await addon.copySequenceStateFromOtherSequence(1, 0)).toBe(last);
  expect(addon.removeTokenCellsFromSequence(0, last, last + 1)).toBe(true);
  addon.initBatch(1);
  const [again = -1] = Array.from(addon.addToBatch(0, last, tokens.subarray(last), LAST));
  await addon.decodeBatch();
  expect(await addon.sampleToken(again, sampler)).toBe(next);
  // The copy has the whole text too: it goes on where the source did.
  expect(addon.removeTokenCellsFromSequence(1, last, last + 1)).toBe(true);
  addon.initBatch(1);
  const [copied = -1] = Array.from(addon.addToBatch(1, last, tokens.subarray(last), LAST));
  await addon.decodeBatch();
  expect(await addon.sampleToken(copied, sampler)).toBe(next);
  sampler.dispose();
  addon.disposeSequence(0);
  addon.disposeSequence(1);
});

test("what the library decodes for a sequence goes through `_decodeTokens`, and the sequence counts it", async () => {
  const inside = insideContext(context);
  const sequence = context.getSequence();
  const counted = insideSequence(sequence);
  const decode = inside._decodeTokens.bind(context);
  let seen = 0;
  inside._decodeTokens = (request, mapper) => {
    seen += request.tokens.length;
    expect(request.sequenceId).toBe(counted._sequenceId);
    return decode(request, mapper);
  };
  const tokens = model.tokenize("Hello there");
  await sequence.evaluateWithoutGeneratingNewTokens(tokens);
  inside._decodeTokens = decode;
  expect(seen).toBe(tokens.length);
  expect(counted._nextTokenIndex).toBe(tokens.length);
  expect(counted._contextTokens).toEqual(tokens);
  await sequence.adaptStateToTokens([...tokens.slice(0, 1), 5 as Token], false);
  expect(sequence.nextTokenIndex).toBe(1);
  expect(counted._resolveSamplerConfig({ temperature: 0.5, seed: 7 })).toMatchObject({
    temperature: 0.5,
    seed: 7,
  });
  await sequence.dispose();
});

test("another library is noticed at once", () => {
  expect(() => insideContext({} as LlamaContext)).toThrow("is not the one that moult was made for");
  expect(() => insideSequence({} as never)).toThrow("is not the one that moult was made for");
});
