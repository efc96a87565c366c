/** Tokens of a model whose context can not forget single ones, on a context that only counts. */
import { expect, test } from "bun:test";
import type { LlamaContextSequence, Token } from "node-llama-cpp";
import type { ContextInside } from "../../../../adapters/llama/loop/addon.ts";
import { DecodeLoop } from "../../../../adapters/llama/loop/decode_loop.ts";
import { Stream } from "../../../../adapters/llama/loop/stream.ts";

const END = 9;

/** Every token is followed by the next number. */
function recurrent() {
  const cells: number[] = [];
  const addon = {
    initBatch() {},
    addToBatch: (_: number, position: number, tokens: Uint32Array, wanted: Uint32Array) => {
      if (position !== cells.length) throw new Error("That is not what follows");
      cells.push(...tokens);
      return Array.from(wanted, (at) => tokens[at] ?? 0);
    },
    setThreads() {},
    decodeBatch: () => Bun.sleep(0),
    sampleToken: async (index: number) => index + 1,
    removeTokenCellsFromSequence: (_: number, start: number) => start >= cells.length,
  };
  const context = { _ctx: addon } as unknown as ContextInside;
  const threads = { max: 1, fixed: true };
  const loop = new DecodeLoop(context, { batchTokens: 64, threads, whole: true });
  class AddonSampler {
    applyConfig(): void {}
    dispose(): void {}
  }
  const sequence = {
    _sequenceId: 0,
    _nextTokenIndex: 0,
    _contextTokens: [] as Token[],
    _resolveSamplerConfig: () => ({}),
    needsCheckpoints: true,
    contextSize: 64,
    context: { flashAttention: true },
    model: {
      _llama: { _bindings: { AddonSampler } },
      fileInfo: { metadata: { general: { architecture: "none" } } },
      fileInsights: { isRecurrent: true, isHybrid: false },
      isEogToken: (token: Token) => Number(token) === END,
    },
    adaptStateToTokens: async () => {},
    eraseContextTokenRanges: async () => {},
    evaluate: undefined as unknown,
  };
  const stream = new Stream(sequence as unknown as LlamaContextSequence, loop);
  const evaluate = (...tokens: number[]) =>
    (sequence as unknown as LlamaContextSequence).evaluate(tokens as Token[]);
  return { stream, evaluate, cells, sequence };
}

test("it is written to its end, however late somebody asks", async () => {
  const { evaluate } = recurrent();
  const written: number[] = [];
  for await (const token of evaluate(1, 2, 3)) {
    written.push(token);
    if (written.length === 2) await Bun.sleep(20);
  }
  expect(written).toEqual([4, 5, 6, 7, 8]);
});

test("who has enough leaves nothing in the context that is not the sequence's, and may go on", async () => {
  const { stream, evaluate, cells, sequence } = recurrent();
  for await (const token of evaluate(1, 2)) if (Number(token) === 5) break;
  await stream.settle();
  expect(sequence._contextTokens as number[]).toEqual(cells);
  expect(sequence._nextTokenIndex).toBe(cells.length);
  const further = evaluate(5);
  expect((await further.next()).value as unknown).toBe(6);
  await further.return();
  await stream.settle();
  expect(sequence._contextTokens as number[]).toEqual(cells);
});
