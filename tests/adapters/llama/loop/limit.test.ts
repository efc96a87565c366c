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
  await loop.idle();
}

test("a loop uses no more threads and tokens than it was told, and all of its own when it may again", async () => {
  const { seen, context } = counting();
  const threads = { max: 4, fixed: true };
  const loop = new DecodeLoop(context, { batchTokens: 512, threads, whole: false });
  await read(loop, 1_000);
  expect(seen.splice(0)).toEqual([
    // How long reading takes is not known yet.
    { threads: 4, tokens: 128 },
    { threads: 4, tokens: 512 },
    { threads: 4, tokens: 360 },
  ]);
  loop.limit({ threads: 2, batchTokens: 400 });
  await read(loop, 1_000);
  expect(seen.splice(0).map((one) => [one.threads, one.tokens])).toEqual([
    [2, 400],
    [2, 400],
    [2, 200],
  ]);
  loop.limit({ threads: 64, batchTokens: 100_000 });
  await read(loop, 600);
  expect(seen.map((one) => [one.threads, one.tokens])).toEqual([
    [4, 512],
    [4, 88],
  ]);
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
}, 30_000);
