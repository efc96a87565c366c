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
import { insideContext } from "./loop/addon.ts";
import { DecodeLoop } from "./loop/decode_loop.ts";
import { Stream } from "./loop/stream.ts";
import { PromptWrapper } from "./prompt_wrapper.ts";

/** Slots beyond the first are freed after this long without work. */
const SPARE_MS_MAX = 30_000;

/** One sequence and what decodes on it. */
export interface Slot {
  readonly sequence: LlamaContextSequence;
  readonly chat: LlamaChat;
  readonly prompt: PromptWrapper;
  readonly stream: Stream;
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
  readonly threads: { readonly max: number; readonly fixed: boolean };
  readonly batchTokens: number;
  /** One context per slot, made when needed; else one for all, so that a GPU or several threads decode in batches. */
  readonly lazy: boolean;
  /** Everybody's tokens are decoded together: what a GPU likes. */
  readonly whole: boolean;
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
    const loop = this.#loopOf(context);
    await loop.calibrate(0);
    for (let i = 0; i < this.#options.slots; i++)
      this.#slots.push(this.#toSlot(context, loop, undefined));
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
    return this.#toSlot(context, this.#loopOf(context), context);
  }

  #createContext(sequences: number): Promise<LlamaContext> {
    const { contextTokens, threads, batchTokens, lazy } = this.#options;
    return this.#model.createContext({
      contextSize: contextTokens,
      sequences,
      threads: threads.max,
      // On the CPU, with the small heads of the embedded model, flash attention takes ten times as long for fewer
      // than 64 new tokens, which is what nearly every turn of a conversation has.
      ...(lazy ? { flashAttention: false } : {}),
      batchSize: Math.min(batchTokens, contextTokens),
    });
  }

  #loopOf(context: LlamaContext): DecodeLoop {
    const { batchTokens, contextTokens, threads, whole } = this.#options;
    return new DecodeLoop(insideContext(context), {
      batchTokens: Math.min(batchTokens, contextTokens),
      threads,
      whole,
    });
  }

  #toSlot(shared: LlamaContext, loop: DecodeLoop, context: LlamaContext | undefined): Slot {
    const sequence = shared.getSequence();
    const prompt = new PromptWrapper(this.#wrapper);
    const chat = new LlamaChat({ contextSequence: sequence, chatWrapper: prompt.wrapper });
    const stream = new Stream(sequence, loop);
    return { sequence, chat, prompt, stream, context, session: undefined, busy: false, usedAt: 0 };
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
