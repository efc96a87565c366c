/** An answer of text on a context that only counts: what is decoded, looked at, and left behind. */
import { expect, test } from "bun:test";
import type { Token } from "node-llama-cpp";
import type {
  AddonSampler,
  ContextInside,
  SequenceInside,
} from "../../../../adapters/llama/loop/addon.ts";
import { DecodeLoop } from "../../../../adapters/llama/loop/decode_loop.ts";
import { Writing, type WritingPlan } from "../../../../adapters/llama/loop/writing.ts";

const SAMPLER = { applyConfig() {}, dispose() {} } satisfies AddonSampler;

/** A context whose every token is followed by the next number. */
function counting() {
  const decodes: number[] = [];
  let batch = 0;
  const cells: number[] = [];
  const addon = {
    initBatch: () => (batch = 0),
    addToBatch: (sequence: number, position: number, tokens: Uint32Array, wanted: Uint32Array) => {
      batch += tokens.length;
      if (sequence === 0) cells.splice(position, tokens.length, ...tokens);
      return Array.from(wanted, (at) => tokens[at] ?? 0);
    },
    setThreads() {},
    decodeBatch: async () => {
      await Bun.sleep(1);
      decodes.push(batch);
    },
    sampleToken: async (index: number) => index + 1,
    disposeSequence() {},
    removeTokenCellsFromSequence: () => true,
  };
  const context = { _ctx: addon } as unknown as ContextInside;
  const threads = { max: 1, fixed: true };
  const loop = new DecodeLoop(context, { batchTokens: 512, threads, whole: true });
  return { loop, decodes, cells };
}

function place(loop: DecodeLoop, sequence: number, signal?: AbortSignal) {
  const inside: SequenceInside = {
    _sequenceId: sequence,
    _nextTokenIndex: 0,
    _contextTokens: [],
    _resolveSamplerConfig: () => ({}),
  };
  const counts = { evaluated: 0, generated: 0 };
  return {
    inside,
    counts,
    loop,
    contextTokens: 64,
    sampler: SAMPLER,
    lane: "api" as const,
    signal,
    evaluated: (count: number) => (counts.evaluated += count),
    generated: () => counts.generated++,
  };
}

const prompt = (...tokens: number[]) => tokens as Token[];

function plan(changes: Partial<WritingPlan> = {}) {
  const taken: number[] = [];
  const take = (token: Token) => taken.push(token) > 0;
  return { taken, tokensMax: 10, ends: () => false, take, ...changes };
}

test("it ends with the token that ends it, which is not part of it", async () => {
  const { loop } = counting();
  const where = place(loop, 0);
  const how = plan({ ends: (token) => token === 6 });
  expect(await new Writing(where, how, prompt(1, 2, 3)).run()).toBe("stop");
  expect(how.taken).toEqual([4, 5]);
  expect(where.counts).toEqual({ evaluated: 5, generated: 3 });
});

test("it has as many tokens as it may have, and no more are decoded", async () => {
  const { loop, decodes } = counting();
  const where = place(loop, 0);
  const how = plan({ tokensMax: 4 });
  expect(await new Writing(where, how, prompt(1)).run()).toBe("length");
  expect(how.taken).toEqual([2, 3, 4, 5]);
  expect(decodes).toEqual([1, 1, 1, 1]);
});

test("it ends where the context does", async () => {
  const { loop } = counting();
  const where = { ...place(loop, 0), contextTokens: 6 };
  expect(await new Writing(where, plan(), prompt(1, 2, 3)).run()).toBe("length");
  expect(where.inside._nextTokenIndex).toBeLessThan(6);
});

test("whoever has enough of it finds in the sequence what was decoded, and nothing is still being decoded", async () => {
  const { loop, decodes, cells } = counting();
  const where = place(loop, 0);
  const taken: number[] = [];
  const how = plan({ take: (token) => taken.push(token) < 3 });
  expect(await new Writing(where, how, prompt(1)).run()).toBe("stop");
  expect(taken).toEqual([2, 3, 4]);
  const held = where.inside._contextTokens as number[];
  expect(held).toEqual(cells);
  expect(where.inside._nextTokenIndex).toBe(held.length);
  const before = decodes.length;
  await Bun.sleep(20);
  expect(decodes).toHaveLength(before);
});

test("an answer that is cancelled is given up between two tokens", async () => {
  const { loop } = counting();
  const abort = new AbortController();
  const where = place(loop, 0, abort.signal);
  const how = plan({ tokensMax: 60, take: () => (abort.abort(new Error("enough")), true) });
  await expect(new Writing(where, how, prompt(1)).run()).rejects.toThrow("enough");
});

test("a long text beside one that is written is read in pieces, with tokens of the other in between", async () => {
  const { loop, decodes } = counting();
  const abort = new AbortController();
  const taken: number[] = [];
  const writing = new Writing(
    place(loop, 0, abort.signal),
    plan({ tokensMax: 60, take: (token) => taken.push(token) > 0 }),
    prompt(1),
  ).run();
  while (taken.length < 3) await Bun.sleep(1);
  decodes.length = 0;
  const reading = new Writing({ ...place(loop, 1), contextTokens: 2_000 }, plan({ tokensMax: 1 }), [
    ...(new Uint32Array(1_000) as Iterable<number>),
  ] as Token[]);
  await reading.run();
  abort.abort();
  await writing.catch(() => {});
  const pieces = decodes.filter((tokens) => tokens > 1);
  expect(pieces.reduce((sum, tokens) => sum + tokens, 0)).toBeGreaterThanOrEqual(1_000);
  // Nobody knows yet how long reading takes: the first piece is a short one.
  expect(pieces[0]).toBe(16);
  for (const [at, tokens] of decodes.entries()) {
    const follows = decodes[at + 1];
    if (tokens > 1 && follows !== undefined) expect(follows).toBe(1);
  }
});
