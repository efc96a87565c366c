/**
 * An answer of plain text on one sequence: each token is sampled and handed back to the loop at once, and looked at while
 * the next one is being decoded. Knows tokens and positions, no text.
 */
import type { Token } from "node-llama-cpp";
import type { AddonSampler, SequenceInside } from "./addon.ts";
import type { DecodeLoop } from "./decode_loop.ts";
import type { NativeSampler } from "./native_context.ts";
import type { Chooser, Work } from "./work.ts";
import type { Lane } from "../../../schemas/model.ts";

/** How an answer is written. */
export interface WritingPlan {
  /** Tokens the answer may have. */
  readonly tokensMax: number;
  /** Whether a token ends the answer. */
  readonly ends: (token: Token) => boolean;
  /** Takes a token that does not; `false`: that is enough. */
  readonly take: (token: Token) => boolean;
}

/** Where it is written, and who is told. */
export interface WritingPlace {
  readonly loop: DecodeLoop;
  readonly inside: SequenceInside;
  readonly contextTokens: number;
  readonly sampler: AddonSampler | NativeSampler;
  readonly lane: Lane;
  readonly signal: AbortSignal | undefined;
  /** So many more tokens are in the context. */
  readonly evaluated: (count: number) => void;
  /** A token was generated. */
  readonly generated: () => void;
}

/** `stop`: by itself, or because it was enough; `length`: there is no more room. */
export type WritingEnd = "stop" | "length";

/** One answer being written: work of the loop that renews itself. */
export class Writing implements Work {
  readonly sequence: number;
  readonly lane: Lane;
  readonly signal: AbortSignal | undefined;
  readonly wanted = "last";
  readonly chooser: Chooser | undefined;
  position: number;
  tokens: Uint32Array;
  readonly #place: WritingPlace;
  readonly #plan: WritingPlan;
  readonly #next = new Uint32Array(1);
  readonly #ended = Promise.withResolvers<WritingEnd>();
  #count = 0;
  /** What it will end with, as soon as nothing of it is being decoded. */
  #end: WritingEnd | undefined;
  /** Why nobody can take its tokens. */
  #error: unknown;
  #failed = false;

  /** @param tokens what is to be read first; at least one */
  constructor(place: WritingPlace, plan: WritingPlan, tokens: readonly Token[]) {
    this.#place = place;
    this.#plan = plan;
    this.sequence = place.inside._sequenceId;
    this.lane = place.lane;
    this.signal = place.signal;
    this.position = place.inside._nextTokenIndex;
    this.tokens = Uint32Array.from(tokens);
    const { sampler } = place;
    if ("address" in sampler) this.chooser = { sampler, took: (token) => this.#took(token) };
  }

  /** Writes. Rejects with the signal's reason when it is aborted. Nothing is being decoded when this settles. */
  run(): Promise<WritingEnd> {
    this.#place.loop.add(this);
    return this.#ended.promise;
  }

  decoded(count: number): void {
    const { inside, evaluated } = this.#place;
    const held = inside._contextTokens;
    for (let at = 0; at < count; at++) held.push(this.tokens[at] as Token);
    inside._nextTokenIndex += count;
    evaluated(count);
  }

  async use(index: number): Promise<void> {
    const { loop, sampler } = this.#place;
    if ("address" in sampler) return;
    try {
      // What ended while it was being decoded needs no token.
      const isOver = this.#end !== undefined || this.signal?.aborted === true;
      this.#took(isOver ? NO_TOKEN : await loop.sample(index, sampler));
    } catch (error) {
      this.fail(error);
    }
  }

  #took(token: Token): void {
    if (this.#end !== undefined) return this.#settle(this.#end);
    if (this.signal?.aborted === true) return this.fail(this.signal.reason);
    const { loop, generated, contextTokens } = this.#place;
    this.#count++;
    generated();
    if (this.#plan.ends(token)) return this.#ended.resolve("stop");
    const isFull = this.#count >= this.#plan.tokensMax || this.position + 1 >= contextTokens;
    if (isFull) this.#end = "length";
    else {
      this.#next[0] = token;
      this.tokens = this.#next;
      loop.add(this);
    }
    loop.meanwhile(() => this.#look(token));
  }

  fail(error: unknown): void {
    this.#failed = true;
    this.#ended.reject(error);
  }

  /** A token that may be part of the answer, while what follows it is being decoded. */
  #look(token: Token): void {
    if (this.#failed) return;
    const last = this.#end;
    try {
      if (!this.#plan.take(token)) this.#end = "stop";
    } catch (error) {
      this.#error = error;
      this.#end = "stop";
    }
    if (this.#end === undefined) return;
    // What is being decoded already ends it when it is done: its sequence is nobody else's before.
    if (last !== undefined || this.#place.loop.remove(this)) this.#settle(this.#end);
  }

  #settle(end: WritingEnd): void {
    if (this.#error === undefined) this.#ended.resolve(end);
    else this.fail(this.#error);
  }
}

const NO_TOKEN = -1 as Token;
