/** What the governor says reaches each decode: on a context that only counts, and through the real engine. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { startLlama } from "../../../../adapters/llama/engine.ts";
import type { ContextInside } from "../../../../adapters/llama/loop/addon.ts";
import { DecodeLoop } from "../../../../adapters/llama/loop/decode_loop.ts";

const MODEL = join(import.meta.dir, "../../../../models/moult-mini.gguf");

/** A context that decodes nothing, and notes with how many threads and tokens. */
function counting() {
  const seen: { threads: number; tokens: number }[] = [];
  let [threads, tokens] = [0, 0];
  const addon = {
    initBatch: (size: number) => (tokens = size),
    addToBatch: () => [],
    setThreads: (count: number) => (threads = count),
    decodeBatch: async () => void seen.push({ threads, tokens }),
    disposeSequence() {},
    removeTokenCellsFromSequence: () => true,
  };
  return { seen, context: { _ctx: addon } as unknown as ContextInside };
}

async function read(loop: DecodeLoop, tokens: number): Promise<void> {
  const done = Promise.withResolvers<void>();
  let left = tokens;
  loop.add({
    sequence: 0,
    lane: "interactive",
    position: 0,
    tokens: new Uint32Array(tokens),
    wanted: new Set(),
    decoded: (count) => {
      left -= count;
      if (left === 0) done.resolve();
    },
    use: async () => {},
    fail: done.reject,
  });
  await done.promise;
}

test("a loop uses no more threads and tokens than it was told, and all of its own threads when it may again", async () => {
  const { seen, context } = counting();
  const threads = { max: 4, fixed: true };
  const loop = new DecodeLoop(context, { batchTokens: 512, threads, whole: false });
  // How large its pieces are depends on how fast the machine is; how large they may be does not.
  const reads = async (tokens: number) => {
    await read(loop, tokens);
    const pieces = seen.splice(0);
    expect(pieces.reduce((sum, piece) => sum + piece.tokens, 0)).toBe(tokens);
    return {
      threads: [...new Set(pieces.map((piece) => piece.threads))],
      most: Math.max(...pieces.map((piece) => piece.tokens)),
    };
  };
  const free = await reads(1_000);
  expect(free.threads).toEqual([4]);
  expect(free.most).toBeLessThanOrEqual(512);
  loop.limit({ threads: 2, batchTokens: 100 });
  const bound = await reads(1_000);
  expect(bound.threads).toEqual([2]);
  expect(bound.most).toBeLessThanOrEqual(100);
  loop.limit({ threads: 64, batchTokens: 100_000 });
  const again = await reads(600);
  expect(again.threads).toEqual([4]);
  expect(again.most).toBeLessThanOrEqual(512);
});

test("an answer is the same however little it may use", async () => {
  const engine = await startLlama({
    path: MODEL,
    embedded: false,
    slots: 1,
    gpu: false,
    contextTokens: 1_024,
    threads: 1,
  });
  try {
    const answer = async () => {
      let said = "";
      const messages = [{ role: "user", content: "Who are you?" }] as const;
      const sink = { token: (text: string) => void (said += text), call() {} };
      const signal = new AbortController().signal;
      await engine.generate({ lane: "interactive", messages, tokensMax: 40 }, sink, signal);
      return said;
    };
    const whole = await answer();
    expect(whole).not.toBe("");
    engine.limit?.({ threads: 1, batchTokens: 64, slots: 1 });
    expect(await answer()).toBe(whole);
  } finally {
    await engine.close();
  }
}, 120_000);
