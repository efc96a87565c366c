/**
 * What one sequence generates, token by token, in place of the library's own evaluation: the next token is already being
 * decoded while whoever asked looks at the last one. Knows the loop and one sequence, and no text.
 */
import type { LlamaContextSequence, SequenceEvaluateOptions, Token } from "node-llama-cpp";
import { type AddonSampler, insideSequence, newSampler, type SequenceInside } from "./addon.ts";
import type { DecodeLoop } from "./decode_loop.ts";
import type { Work } from "./work.ts";
import type { Sampling } from "../sampling.ts";
import { type ReadingCost, readingCost, tokensToRead } from "./tile.ts";
import { Writing, type WritingEnd, type WritingPlan } from "./writing.ts";
import type { EngineLimits } from "../../../runtime/model/engine.ts";
import type { Lane } from "../../../schemas/model.ts";

/** Whoever asks for the next token later than this after it could be had makes the others wait no longer. */
const LATE_MS = 5;

/** Who generates on a sequence. */
export interface StreamUse {
  readonly lane: Lane;
  readonly signal: AbortSignal | undefined;
}

/** One sequence. Answers on it never overlap. */
export class Stream {
  /** Tokens generated since `begin()`. */
  generated = 0;
  /** Tokens evaluated before the first one came. */
  evaluated = 0;
  /** When the first token came; 0 before. */
  firstAt = 0;
  readonly #sequence: LlamaContextSequence;
  readonly #inside: SequenceInside;
  readonly #loop: DecodeLoop;
  readonly #cost: ReadingCost | undefined;
  /** Single tokens can be taken out of its context again. */
  readonly #forgets: boolean;
  #use: StreamUse = { lane: "interactive", signal: undefined };
  #open: AsyncGenerator<Token, void, Token | Token[] | undefined> | undefined;

  constructor(sequence: LlamaContextSequence, loop: DecodeLoop) {
    this.#sequence = sequence;
    this.#inside = insideSequence(sequence);
    this.#loop = loop;
    this.#cost = readingCost(sequence.model);
    const { isRecurrent, isHybrid } = sequence.model.fileInsights;
    this.#forgets = !isRecurrent && !isHybrid;
    sequence.evaluate = (tokens, options) => {
      this.#open = this.#evaluate(tokens, options ?? {});
      return this.#open;
    };
    // What runs ahead must not be decoded where the tokens before it are gone: after a call's name, for example.
    const adapt = sequence.adaptStateToTokens.bind(sequence);
    sequence.adaptStateToTokens = async (tokens, allowShift) => {
      await this.settle();
      await adapt(tokens, allowShift);
      const known = sequence.nextTokenIndex;
      // Whoever asks keeps one token back, so that something is left to read.
      const fresh = this.#freshOf(tokens.length + 1 - known, known);
      if (fresh > 0) await sequence.eraseContextTokenRanges([{ start: known - fresh, end: known }]);
    };
    const erase = sequence.eraseContextTokenRanges.bind(sequence);
    sequence.eraseContextTokenRanges = async (ranges) => {
      await this.settle();
      await erase(ranges);
    };
  }

  /** The next answer is for somebody else. */
  begin(use: StreamUse): void {
    this.#use = use;
    this.generated = this.evaluated = this.firstAt = 0;
  }

  /** Bounds its loop, for all streams of the same context. */
  limit(limits: Partial<EngineLimits>): void {
    this.#loop.limit(limits);
  }

  /** Reads `tokens` and writes an answer. Rejects with the signal's reason when it is aborted. */
  async write(
    tokens: readonly Token[],
    sampling: Sampling,
    plan: WritingPlan,
  ): Promise<WritingEnd> {
    const native = this.#loop.newSampler(sampling);
    const sampler = native ?? this.#addonSampler(sampling);
    try {
      return await new Writing(
        {
          ...this.#use,
          loop: this.#loop,
          inside: this.#inside,
          contextTokens: this.#sequence.contextSize,
          sampler,
          evaluated: (count) => this.#evaluated(count),
          generated: () => this.#count(),
        },
        plan,
        tokens,
      ).run();
    } finally {
      if ("free" in sampler) sampler.free();
      else sampler.dispose();
    }
  }

  #addonSampler(sampling: Sampling): AddonSampler {
    const sampler = newSampler(this.#sequence.model);
    sampler.applyConfig(this.#inside._resolveSamplerConfig(sampling));
    return sampler;
  }

  /** How many of the known tokens are better read again. */
  #freshOf(unknown: number, known: number): number {
    const { context, needsCheckpoints } = this.#sequence;
    const cost = context.flashAttention && !needsCheckpoints ? this.#cost : undefined;
    if (cost === undefined) return 0;
    return tokensToRead(cost, unknown, known, this.#loop.freeRate) - unknown;
  }

  /** Ends an evaluation that was left in the middle. */
  async settle(): Promise<void> {
    await this.#open?.return();
    this.#open = undefined;
  }

  async *#evaluate(
    tokens: readonly Token[],
    options: SequenceEvaluateOptions,
  ): AsyncGenerator<Token, void, Token | Token[] | undefined> {
    if (tokens.length === 0) return;
    const sampler = newSampler(this.#sequence.model);
    const config = () => this.#inside._resolveSamplerConfig({ temperature: 0, ...options });
    let step = this.#step(tokens, sampler, true);
    try {
      for (;;) {
        const token = await step.token(config);
        this.#count();
        const ahead = step.ahead;
        if (ahead === undefined && options.yieldEogToken !== true && this.#isEnd(token)) return;
        if (ahead !== undefined) step = ahead;
        const replaced = yield token;
        const wanted = replaced === undefined ? [token] : [replaced].flat();
        if (ahead !== undefined && wanted.length === 1 && wanted[0] === token) ahead.accept();
        else {
          await ahead?.takeBack();
          step = this.#step(wanted, sampler, true);
        }
      }
    } finally {
      await step.takeBack();
      sampler.dispose();
    }
  }

  #isEnd(token: Token): boolean {
    return this.#sequence.model.isEogToken(token);
  }

  #evaluated(count: number): void {
    if (this.firstAt === 0) this.evaluated += count;
  }

  #count(): void {
    this.generated++;
    if (this.firstAt === 0) this.firstAt = performance.now();
  }

  /** @param accepted the tokens belong to the sequence, whatever comes */
  #step(tokens: readonly Token[], sampler: AddonSampler, accepted: boolean): Step {
    if (this.#inside._nextTokenIndex + tokens.length >= this.#sequence.contextSize)
      throw new Error("The context is full");
    return new Step(
      {
        loop: this.#loop,
        inside: this.#inside,
        use: this.#use,
        sampler,
        evaluated: (count) => this.#evaluated(count),
        forgets: this.#forgets,
        // The end of an answer is nearly never followed by anything.
        follow: (token) => (this.#isEnd(token) ? undefined : this.#step([token], sampler, false)),
      },
      tokens,
      accepted,
    );
  }
}

interface StepParts {
  readonly loop: DecodeLoop;
  readonly inside: SequenceInside;
  readonly use: StreamUse;
  readonly sampler: AddonSampler;
  readonly evaluated: (count: number) => void;
  /** If single tokens can not be taken out of the context again, nothing runs ahead, and nobody comes too late. */
  readonly forgets: boolean;
  /** Decodes a token that was just sampled before anybody has looked at it; `undefined`: not worth it. */
  readonly follow: (token: Token) => Step | undefined;
}

/** Tokens that are decoded, and the one that follows them. */
class Step {
  /** The step of the token that follows, begun already. */
  ahead: Step | undefined;
  readonly #parts: StepParts;
  readonly #tokens: readonly Token[];
  readonly #start: number;
  readonly #result = Promise.withResolvers<Token>();
  readonly #asked = Promise.withResolvers<void>();
  readonly #settled = Promise.withResolvers<void>();
  #config: (() => object) | undefined;
  #work: Work;
  #accepted: boolean;
  #done = 0;
  /** Its logits were there and nobody wanted them. */
  #missed = false;
  #ended = false;

  constructor(parts: StepParts, tokens: readonly Token[], accepted: boolean) {
    this.#parts = parts;
    this.#tokens = tokens;
    this.#accepted = accepted;
    this.#start = parts.inside._nextTokenIndex;
    this.#result.promise.catch(() => {});
    this.#work = this.#submit(tokens, this.#start);
  }

  /** The token that follows. `config` is asked when it is sampled. */
  token(config: () => object): Promise<Token> {
    this.#config = config;
    this.#asked.resolve();
    if (this.#missed) void this.#again();
    return this.#result.promise;
  }

  /** The token that was decoded ahead is the one that was wanted. */
  accept(): void {
    if (this.#accepted) return;
    this.#accepted = true;
    this.#note(this.#tokens.slice(0, this.#done));
  }

  /** Nobody wants what follows: what is not the sequence's leaves the context. */
  async takeBack(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#asked.resolve();
    if (!this.#parts.loop.remove(this.#work) && this.#done < this.#tokens.length)
      await this.#settled.promise;
    if (this.#accepted || this.#done === 0) return;
    const { loop, inside } = this.#parts;
    await loop.forget(inside._sequenceId, this.#start, this.#start + this.#done);
  }

  #submit(tokens: readonly Token[], position: number): Work {
    const { loop, inside, use } = this.#parts;
    const work: Work = {
      sequence: inside._sequenceId,
      lane: use.lane,
      position,
      tokens: Uint32Array.from(tokens),
      wanted: new Set([this.#start + this.#tokens.length - 1]),
      signal: use.signal,
      decoded: (count) => this.#decoded(count),
      use: (index) => this.#use(index),
      fail: (error) => {
        this.#result.reject(error);
        this.#settled.resolve();
      },
    };
    loop.add(work);
    return work;
  }

  #decoded(count: number): void {
    const decoded = this.#tokens.slice(this.#done, this.#done + count);
    this.#done += decoded.length;
    this.#parts.evaluated(decoded.length);
    if (this.#accepted) this.#note(decoded);
    if (this.#done === this.#tokens.length) this.#settled.resolve();
    else if (this.#ended) this.#settled.resolve();
  }

  #note(tokens: readonly Token[]): void {
    const { inside } = this.#parts;
    for (const token of tokens) inside._contextTokens.push(token);
    inside._nextTokenIndex += tokens.length;
  }

  async #use(index: number): Promise<void> {
    const { sampler, loop, forgets, follow } = this.#parts;
    const asked = this.#asked.promise;
    if (this.#config === undefined)
      await (forgets ? Promise.race([asked, Bun.sleep(LATE_MS)]) : asked);
    if (this.#ended) return;
    if (this.#config === undefined) {
      this.#missed = true;
      return;
    }
    try {
      sampler.applyConfig(this.#config());
      const token = await loop.sample(index, sampler);
      if (!this.#ended && forgets) this.ahead = follow(token);
      this.#result.resolve(token);
    } catch (error) {
      this.#result.reject(error);
    }
  }

  /** The logits are gone: the last token is decoded once more. */
  async #again(): Promise<void> {
    const { loop, inside } = this.#parts;
    const at = this.#start + this.#tokens.length - 1;
    this.#missed = false;
    try {
      await loop.forget(inside._sequenceId, at, at + 1);
      this.#done--;
      inside._contextTokens.pop();
      inside._nextTokenIndex--;
      this.#work = this.#submit(this.#tokens.slice(-1), at);
    } catch (error) {
      this.#result.reject(error);
    }
  }
}
