/**
 * Room for sequences: which request decodes where. Prefers the slot that still holds the session's tokens.
 * Memory of a context is touched when it is made, so a small model gets one only when all others are busy.
 */
import {
  type ChatWrapper,
  LlamaChat,
  type LlamaContext,
  type LlamaContextSequence,
  type LlamaModel,
} from "node-llama-cpp";
import { PromptWrapper } from "./prompt_wrapper.ts";

/** Slots beyond the first are freed after this long without work. */
const SPARE_MS_MAX = 30_000;

/** One sequence and what decodes on it. */
export interface Slot {
  readonly sequence: LlamaContextSequence;
  readonly chat: LlamaChat;
  readonly prompt: PromptWrapper;
  readonly tokens: TokenWatch;
  /** Of one sequence only, so that it can be freed alone; absent: the context is shared. */
  readonly context: LlamaContext | undefined;
  session: string | undefined;
  busy: boolean;
  usedAt: number;
}

/** How contexts are made. */
export interface SlotOptions {
  readonly contextTokens: number;
  readonly slots: number;
  readonly threads: number;
  readonly batchTokens: number;
  /** One context per slot, made when needed; else one for all, so that a GPU or several threads decode in batches. */
  readonly lazy: boolean;
}

/** The slots of one model. */
export class Slots {
  readonly #model: LlamaModel;
  readonly #wrapper: ChatWrapper;
  readonly #options: SlotOptions;
  readonly #slots: Slot[] = [];
  #making: Promise<unknown> = Promise.resolve();
  #spare: NodeJS.Timeout | undefined;

  constructor(model: LlamaModel, wrapper: ChatWrapper, options: SlotOptions) {
    this.#model = model;
    this.#wrapper = wrapper;
    this.#options = options;
  }

  /** Makes the first slot, or all of a shared context. */
  async open(): Promise<void> {
    if (this.#options.lazy) {
      this.#slots.push(await this.#makeLazy());
      return;
    }
    const context = await this.#createContext(this.#options.slots);
    for (let i = 0; i < this.#options.slots; i++)
      this.#slots.push(this.#toSlot(context, undefined));
  }

  /** Takes a slot. The caller never asks for more than `slots` at once. */
  async take(session: string | undefined): Promise<Slot> {
    // One at a time: two that find no free slot would both make one, and one of them may be too many.
    const taken = this.#making.then(() => this.#take(session));
    this.#making = taken.catch(() => {});
    return taken;
  }

  /** Gives a slot back. Its tokens stay for the next request of the session. */
  give(slot: Slot): void {
    slot.busy = false;
    slot.usedAt = performance.now();
    if (this.#slots.length > 1 && this.#options.lazy)
      this.#spare ??= setInterval(() => void this.#freeSpare(), SPARE_MS_MAX / 2);
  }

  /** Frees all contexts. Nothing may be busy. */
  async close(): Promise<void> {
    clearInterval(this.#spare);
    await this.#making;
    for (const slot of this.#slots) await (slot.context ?? slot.sequence.context).dispose();
  }

  async #take(session: string | undefined): Promise<Slot> {
    const free = this.#slots.filter((slot) => !slot.busy);
    const own = session === undefined ? undefined : free.find((slot) => slot.session === session);
    const oldest = free.toSorted((a, b) => a.usedAt - b.usedAt)[0];
    const slot = own ?? oldest ?? (await this.#makeLazy());
    if (!this.#slots.includes(slot)) this.#slots.push(slot);
    slot.busy = true;
    slot.session = session;
    return slot;
  }

  async #makeLazy(): Promise<Slot> {
    const context = await this.#createContext(1);
    return this.#toSlot(context, context);
  }

  #createContext(sequences: number): Promise<LlamaContext> {
    const { contextTokens, threads, batchTokens, lazy } = this.#options;
    return this.#model.createContext({
      contextSize: contextTokens,
      sequences,
      threads,
      // On the CPU, with the small heads of the embedded model, flash attention takes ten times as long for fewer
      // than 64 new tokens, which is what nearly every turn of a conversation has.
      ...(lazy ? { flashAttention: false } : {}),
      batchSize: Math.min(batchTokens, contextTokens),
    });
  }

  #toSlot(shared: LlamaContext, context: LlamaContext | undefined): Slot {
    const sequence = shared.getSequence();
    const prompt = new PromptWrapper(this.#wrapper);
    const chat = new LlamaChat({ contextSequence: sequence, chatWrapper: prompt.wrapper });
    const tokens = new TokenWatch(sequence);
    return { sequence, chat, prompt, tokens, context, session: undefined, busy: false, usedAt: 0 };
  }

  async #freeSpare(): Promise<void> {
    const now = performance.now();
    for (const slot of this.#slots.slice(1)) {
      if (slot.busy || now - slot.usedAt < SPARE_MS_MAX) continue;
      this.#slots.splice(this.#slots.indexOf(slot), 1);
      await slot.context?.dispose();
    }
    if (this.#slots.length > 1) return;
    clearInterval(this.#spare);
    this.#spare = undefined;
  }
}

/** Counts what a sequence evaluates and generates: also the tokens of a call, which no callback reports. */
export class TokenWatch {
  /** Tokens generated since `reset()`. */
  generated = 0;
  /** Prompt tokens evaluated when the first token came. */
  evaluated = 0;
  /** When the first token came; 0 before. */
  firstAt = 0;
  readonly #sequence: LlamaContextSequence;
  #inputBefore = 0;

  constructor(sequence: LlamaContextSequence) {
    this.#sequence = sequence;
    const evaluate = sequence.evaluate.bind(sequence);
    sequence.evaluate = (...args) => {
      const iterator = evaluate(...args);
      const next = iterator.next.bind(iterator);
      iterator.next = async (...value) => {
        const result = await next(...value);
        if (result.done !== true) this.#seen();
        return result;
      };
      return iterator;
    };
  }

  reset(): void {
    this.generated = this.evaluated = this.firstAt = 0;
    this.#inputBefore = this.#sequence.tokenMeter.usedInputTokens;
  }

  #seen(): void {
    this.generated++;
    if (this.firstAt !== 0) return;
    this.firstAt = performance.now();
    this.evaluated = this.#sequence.tokenMeter.usedInputTokens - this.#inputBefore;
  }
}
