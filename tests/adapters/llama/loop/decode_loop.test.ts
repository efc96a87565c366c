/** Several answers in one call on a context that only counts: what fails, is cancelled or has enough is nobody else's affair. */
import { expect, test } from "bun:test";
import type { Token } from "node-llama-cpp";
import type { ContextInside, SequenceInside } from "../../../../adapters/llama/loop/addon.ts";
import { DecodeLoop } from "../../../../adapters/llama/loop/decode_loop.ts";
import type {
  NativeContext,
  NativePart,
  NativeSampler,
} from "../../../../adapters/llama/loop/native_context.ts";
import { Writing, type WritingPlan } from "../../../../adapters/llama/loop/writing.ts";

type Fails = (sequence: number, position: number, token: number) => boolean;

/** A context whose every token is followed by the next number, and which some tokens do not come into. */
function counting(fails: Fails = () => false) {
  const cells: number[][] = [];
  const freed = new Set<NativeSampler>();
  let batch: (() => void)[] = [];
  const put = (sequence: number, position: number, token: number) => {
    const held = (cells[sequence] ??= []);
    if (held.length !== position) throw new Error(`${position} does not follow ${held.length}`);
    held.push(token);
    if (fails(sequence, position, token)) throw new Error(`${token} is too much`);
  };
  const choose = (token: number, sampler: NativeSampler) => {
    if (freed.has(sampler)) throw new Error("The sampler is gone");
    return token + 1;
  };
  const addon = {
    initBatch: () => (batch = []),
    addToBatch: (sequence: number, position: number, tokens: Uint32Array, wanted: Uint32Array) => {
      for (const [at, token] of tokens.entries())
        batch.push(() => put(sequence, position + at, token));
      return Array.from(wanted, (at) => tokens[at] ?? 0);
    },
    setThreads() {},
    decodeBatch: async () => {
      await Bun.sleep(0);
      for (const one of batch) one();
    },
    removeTokenCellsFromSequence: (sequence: number, start: number) => {
      cells[sequence]?.splice(start);
      return true;
    },
  };
  const native = {
    keepThreads() {},
    newSampler: (): NativeSampler => {
      const sampler = { address: 0n, free: () => void freed.add(sampler) };
      return sampler;
    },
    sample: (index: number, sampler: NativeSampler) => choose(index, sampler),
    step: (parts: readonly NativePart[]) => {
      for (const { sequence, position, token } of parts) put(sequence, position, token);
      return Int32Array.from(parts, ({ token, sampler }) => choose(token, sampler));
    },
  } as unknown as NativeContext;
  const context = { _ctx: addon } as unknown as ContextInside;
  const options = { batchTokens: 64, threads: { max: 1, fixed: true }, whole: false };
  return { loop: new DecodeLoop(context, options, native), cells };
}

/** An answer on a sequence; its sampler is freed as soon as it has ended. */
function write(
  loop: DecodeLoop,
  sequence: number,
  prompt: number[],
  { signal, contextTokens = 64, ...changes }: Changes = {},
) {
  const inside: SequenceInside = {
    _sequenceId: sequence,
    _nextTokenIndex: 0,
    _contextTokens: [],
    _resolveSamplerConfig: () => ({}),
  };
  const sampler = loop.newSampler({ temperature: 0 });
  if (sampler === undefined) throw new Error("There is no sampler");
  const taken: number[] = [];
  const place = {
    loop,
    inside,
    sampler,
    contextTokens,
    lane: "api" as const,
    signal,
    evaluated() {},
    generated() {},
  };
  const take = (token: Token) => taken.push(token) > 0;
  const plan = { tokensMax: 10, ends: () => false, take, ...changes };
  const ended = new Writing(place, plan, prompt as Token[]).run().finally(() => sampler.free());
  return { ended, taken, inside };
}

interface Changes extends Partial<WritingPlan> {
  readonly signal?: AbortSignal;
  readonly contextTokens?: number;
}

test("of several that are decoded together only the one that can not be decoded fails", async () => {
  const { loop, cells } = counting((sequence, position) => sequence === 1 && position === 4);
  const all = [0, 1, 2].map((sequence) => write(loop, sequence, [10 * sequence]));
  const ends = await Promise.allSettled(all.map(({ ended }) => ended));
  expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(all[2]?.taken).toEqual(Array.from({ length: 10 }, (_, at) => 21 + at));
  expect(String((ends[1] as PromiseRejectedResult).reason)).toContain("14 is too much");
  // What came into the context before is all that is there.
  for (const [sequence, { inside }] of all.entries())
    expect(inside._contextTokens as number[]).toEqual(cells[sequence] ?? []);
});

test("a text that can not be read leaves nothing of the piece, and is read later as if nothing had been", async () => {
  let isFull = true;
  const { loop, cells } = counting((_, position) => isFull && position === 20);
  const prompt = Array.from({ length: 30 }, (_, at) => at);
  const first = write(loop, 0, prompt);
  await expect(first.ended).rejects.toThrow("too much");
  expect(cells[0] ?? []).toEqual(first.inside._contextTokens as number[]);
  isFull = false;
  cells[0] = [];
  const second = write(loop, 0, prompt, { tokensMax: 2 });
  expect(await second.ended).toBe("length");
  expect(second.taken).toEqual([30, 31]);
});

test("whoever can not take a token hears why, and the others go on", async () => {
  const { loop } = counting();
  const broken = () => {
    throw new Error("no text");
  };
  const [taker, ender, other] = [
    write(loop, 0, [0], { take: broken }),
    write(loop, 1, [100], { ends: (token) => token === 104 && broken() }),
    write(loop, 2, [200], { tokensMax: 30 }),
  ];
  const ends = await Promise.allSettled([taker?.ended, ender?.ended, other?.ended]);
  const failed = {
    status: "rejected" as const,
    reason: expect.objectContaining({ message: "no text" }),
  };
  expect(ends).toEqual([failed, failed, { status: "fulfilled" as const, value: "length" }]);
  expect(other?.taken).toHaveLength(30);
});

test("nobody chooses with what is freed, however answers end", async () => {
  const { loop, cells } = counting();
  let seed = 7;
  const random = (count: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % count;
  };
  const one = async (sequence: number) => {
    cells[sequence] = [];
    const abort = new AbortController();
    const start = random(1_000);
    const prompt = Array.from({ length: 1 + random(40) }, () => start);
    const [enough, end] = [1 + random(12), start + 1 + random(12)];
    const answer: ReturnType<typeof write> = write(loop, sequence, prompt, {
      signal: abort.signal,
      tokensMax: 1 + random(12),
      ends: (token) => token === end,
      take: (token) => {
        answer.taken.push(token);
        if (random(20) === 0) abort.abort(new Error("gone"));
        return answer.taken.length < enough;
      },
    });
    if (random(4) === 0) setTimeout(() => abort.abort(new Error("gone")), random(3));
    const how = await answer.ended.catch((error: unknown) => String(error));
    expect(["stop", "length", "Error: gone"]).toContain(how);
    expect(answer.taken).toEqual(answer.taken.map((_, at) => start + 1 + at));
    expect(answer.inside._contextTokens as number[]).toEqual(cells[sequence] ?? []);
  };
  const chat = async (sequence: number) => {
    for (let i = 0; i < 30; i++) await one(sequence);
  };
  await Promise.all(Array.from({ length: 8 }, (_, sequence) => chat(sequence)));
});

test("timers are heard while answers are written, and end those that have no end", async () => {
  const { loop } = counting();
  const abort = new AbortController();
  const how = { signal: abort.signal, tokensMax: 1e9, contextTokens: 1e9 };
  const endless = Array.from({ length: 4 }, (_, sequence) => write(loop, sequence, [0], how).ended);
  setTimeout(() => abort.abort(new Error("enough")), 1);
  const ends = await Promise.allSettled(endless);
  expect(ends.map(({ status }) => status)).toEqual(Array(4).fill("rejected"));
});
