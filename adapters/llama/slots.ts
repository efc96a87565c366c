/**
 * Room for sequences: which request decodes where. Prefers the slot that still holds the session's tokens; of another one
 * they are kept before it makes room. Memory of a context is touched when it is made, so a small model gets one only
 * when all others are busy.
 */
import {
  type ChatWrapper,
  LlamaChat,
  type LlamaContext,
  type LlamaContextSequence,
  type LlamaModel,
} from "node-llama-cpp";
import { KvCache } from "./kv_cache.ts";
import { insideContext } from "./loop/addon.ts";
import { DecodeLoop } from "./loop/decode_loop.ts";
import { NativeContext } from "./loop/native_context.ts";
import { Stream } from "./loop/stream.ts";
import { PromptWrapper } from "./prompt_wrapper.ts";
import type { EngineStats, KvTier } from "../../runtime/model/engine.ts";
import { sharedTokens } from "../../runtime/model/kv_prefix.ts";
import type { Found, KvStore, Owner } from "../../runtime/model/kv_store.ts";

/** Slots beyond the first are freed after this long without work. */
const SPARE_MS_MAX = 30_000;
/** What was said is kept after this long without work of the slot; or of the model, if that comes first. */
const KEEP_MS = 2_000;
const KEEP_QUIET_MS = 50;
/** A prompt goes on with a conversation when it begins with all that was asked before, but for so many tokens at its end. */
const END_TOKENS_MAX = 8;

/** One sequence and what decodes on it. */
export interface Slot {
  readonly sequence: LlamaContextSequence;
  readonly chat: LlamaChat;
  readonly prompt: PromptWrapper;
  readonly stream: Stream;
  /** Of one sequence only, so that it can be freed alone; absent: the context is shared. */
  readonly context: LlamaContext | undefined;
  session: string | undefined;
  nameless: boolean;
  origin: Found | undefined;
  /** Of the last prompt: what follows it is the answer. */
  promptTokens: number;
  busy: boolean;
  usedAt: number;
  /** Grows with each request. */
  uses: number;
  /** It holds something of its session that is kept nowhere else. */
  dirty: boolean;
  /** Where the beginning of its prompt was found. */
  from: KvTier;
  /** Its session was removed: nothing of it may stay. */
  forgotten: boolean;
}

/** A request that wants a slot. */
export interface Wanted {
  readonly session: string | undefined;
  /** Without a session it is a conversation all the same, and may come back. */
  readonly nameless: boolean;
  readonly tokens: Uint32Array;
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
  /** Where conversations of a shared context are kept. Absent: they are read again. */
  readonly store?: (context: LlamaContext) => KvStore | undefined;
}

const UNUSED = {
  nameless: false,
  origin: undefined,
  promptTokens: 0,
  busy: false,
  usedAt: 0,
  uses: 0,
  dirty: false,
  from: "hot",
  forgotten: false,
} as const;

/** The slots of one model. */
export class Slots {
  readonly #model: LlamaModel;
  readonly #wrapper: ChatWrapper;
  readonly #options: SlotOptions;
  readonly #slots: Slot[] = [];
  #making: Promise<unknown> = Promise.resolve();
  #spare: NodeJS.Timeout | undefined;
  #keeping: NodeJS.Timeout | undefined;
  #closed = false;
  #kv: KvCache | undefined;
  #store: KvStore | undefined;
  /** Of a shared context. */
  #loop: DecodeLoop | undefined;

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
    this.#loop = loop;
    await loop.calibrate(this.#options.slots);
    for (let i = 0; i < this.#options.slots; i++)
      this.#slots.push(this.#toSlot(context, loop, undefined));
    // Of other kinds of models a part of a sequence is not what a shorter sequence would be.
    if (this.#slots[0]?.sequence.needsCheckpoints === true) return;
    this.#store = this.#options.store?.(context);
    this.#kv = new KvCache(insideContext(context), loop, this.#store);
  }

  /** Takes a slot. The caller never asks for more than `slots` at once. */
  async take(wanted: Wanted): Promise<Slot> {
    // One at a time: two that find no free slot would both make one, and one of them may be too many.
    const taken = this.#making.then(() => this.#take(wanted));
    this.#making = taken.catch(() => {});
    const slot = await taken;
    try {
      const owner = ownerOf(slot, wanted);
      slot.promptTokens = wanted.tokens.length;
      if (this.#kv === undefined) slot.session = wanted.session;
      else slot.from = await this.#kv.fill(slot, owner, wanted.tokens, this.#slots);
      return slot;
    } catch (error) {
      this.give(slot);
      throw error;
    }
  }

  /** Learns what a token takes, from what the first request left. */
  async measure(): Promise<void> {
    const read = this.#slots.find(({ sequence }) => sequence.nextTokenIndex > 0);
    if (read !== undefined) await this.#kv?.measure(read);
  }

  /** Gives a slot back. Its tokens stay for the next request of the session. */
  give(slot: Slot): void {
    slot.busy = false;
    slot.usedAt = performance.now();
    slot.dirty = true;
    if (slot.forgotten) this.#clear(() => slot.forgotten);
    if (this.#store !== undefined) this.#keepSoon();
    if (this.#slots.length > 1 && this.#options.lazy)
      this.#spare ??= setInterval(() => void this.#freeSpare(), SPARE_MS_MAX / 2);
  }

  /** Frees all contexts. Nothing may be busy. */
  async close(): Promise<void> {
    clearInterval(this.#spare);
    this.#closed = true;
    clearTimeout(this.#keeping);
    await this.#making;
    for (const slot of this.#slots) await this.#kv?.keep(slot);
    await this.#kv?.settle();
    await this.#store?.close();
    for (const slot of this.#slots) await (slot.context ?? slot.sequence.context).dispose();
    this.#loop?.close();
  }

  /** Nothing stays of what a session said. */
  forget(session: string): void {
    this.#store?.forget(session);
    for (const slot of this.#slots) slot.forgotten ||= !slot.nameless && slot.session === session;
    // What was said without a session may have been about it.
    this.#clear((slot) => slot.forgotten || slot.session === undefined);
  }

  /** Bytes and slots as they are now. */
  stats(): Pick<EngineStats, "kvBytes" | "kvRefused" | "slots"> {
    const perToken = this.#store?.bytesPerToken ?? 0;
    const tokens = this.#slots.reduce((sum, { sequence }) => sum + sequence.nextTokenIndex, 0);
    const busy = this.#slots.filter((slot) => slot.busy).length;
    return {
      kvBytes: {
        hot: Math.round(tokens * perToken),
        warm: this.#store?.bytes("warm") ?? 0,
        cold: this.#store?.bytes("cold") ?? 0,
      },
      kvRefused: this.#store?.refused ?? 0,
      slots: { busy, idle: this.#options.slots - busy },
    };
  }

  /** Takes all out of slots that nobody uses; those in use are cleared when they are given back. */
  #clear(which: (slot: Slot) => boolean): void {
    const cleared = this.#making.then(async () => {
      for (const slot of this.#slots) {
        if (slot.busy || !which(slot)) continue;
        slot.session = undefined;
        slot.forgotten = slot.dirty = false;
        slot.uses++;
        slot.usedAt = 0;
        await slot.sequence.clearHistory();
      }
    });
    this.#making = cleared.catch(() => {});
  }

  /** Keeps what idle slots hold, while nobody waits for it. */
  #keepSoon(): void {
    const idle = this.#slots.every((slot) => !slot.busy);
    if (this.#closed) return;
    // One that comes later would otherwise put it off again and again.
    if (!idle && this.#keeping !== undefined) return;
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => void this.#keepIdle(), idle ? KEEP_QUIET_MS : KEEP_MS);
  }

  async #keepIdle(): Promise<void> {
    this.#keeping = undefined;
    for (const slot of this.#slots) {
      const quiet = this.#slots.every(({ busy }) => !busy);
      const idle =
        !slot.busy && performance.now() - slot.usedAt >= (quiet ? KEEP_QUIET_MS : KEEP_MS);
      if (idle) await this.#kv?.keep(slot);
    }
    const isLeft = this.#slots.some(({ busy, dirty, session }) => !busy && dirty && session);
    if (isLeft) this.#keepSoon();
  }

  async #take(wanted: Wanted): Promise<Slot> {
    const free = this.#slots.filter((slot) => !slot.busy);
    const own =
      wanted.session === undefined
        ? this.#kv && continued(free, wanted.tokens)
        : free.find((slot) => !slot.nameless && slot.session === wanted.session);
    const slot = own ?? this.#best(free) ?? (await this.#makeLazy());
    if (!this.#slots.includes(slot)) this.#slots.push(slot);
    slot.busy = true;
    slot.uses++;
    slot.from = "hot";
    return slot;
  }

  /**
   * The slot that was used longest ago; of a shared context rather one beside those at work, since only neighbours are decoded
   * together. What it holds is kept.
   */
  #best(free: readonly Slot[]): Slot | undefined {
    const isBusy = (at: number) => this.#slots[at]?.busy === true;
    const beside = free.filter((slot) => {
      const at = this.#slots.indexOf(slot);
      return isBusy(at - 1) || isBusy(at + 1);
    });
    const some = this.#store !== undefined && beside.length > 0 ? beside : free;
    return some.toSorted((a, b) => a.usedAt - b.usedAt)[0];
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
      // The library's flash attention takes ten times as long on a CPU, with the heads of 32 of the embedded model, for
      // fewer than 64 new tokens, which is what nearly every turn has; and it multiplies 32 halves one by one, while a
      // block of eight-bit numbers is 32 long. Our own kernels are as fast either way: with flash attention they read
      // a prompt of 600 tokens 6 to 16 % sooner, and 30 to 60 tokens behind 300 up to a quarter later.
      ...(lazy ? { flashAttention: false, experimentalKvCacheKeyType: "Q8_0" as const } : {}),
      batchSize: Math.min(batchTokens, contextTokens),
    });
  }

  #loopOf(context: LlamaContext): DecodeLoop {
    const { batchTokens, contextTokens, threads, whole, lazy } = this.#options;
    // One chat of a small model alone has little to gain, and what a GPU holds is the addon's.
    const native = lazy || whole ? undefined : NativeContext.of(context, threads.max);
    const tokens = Math.min(batchTokens, contextTokens);
    return new DecodeLoop(insideContext(context), { batchTokens: tokens, threads, whole }, native);
  }

  #toSlot(shared: LlamaContext, loop: DecodeLoop, context: LlamaContext | undefined): Slot {
    const sequence = shared.getSequence();
    const prompt = new PromptWrapper(this.#wrapper);
    const chat = new LlamaChat({ contextSequence: sequence, chatWrapper: prompt.wrapper });
    const stream = new Stream(sequence, loop);
    return { sequence, chat, prompt, stream, context, session: undefined, ...UNUSED };
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

/** Whose a slot becomes: what goes on in it stays one conversation. */
function ownerOf(slot: Slot, { session, nameless, tokens }: Wanted): Owner | undefined {
  if (session !== undefined) return { session };
  if (!nameless) return undefined;
  const goesOn = slot.nameless && continued([slot], tokens) !== undefined;
  return { session: goesOn && slot.session ? slot.session : crypto.randomUUID(), nameless };
}

/** The slot without a session that a prompt goes on from, if there is one. */
function continued(free: readonly Slot[], tokens: Uint32Array): Slot | undefined {
  let [best, most] = [undefined as Slot | undefined, 0];
  for (const slot of free) {
    if (slot.session !== undefined && !slot.nameless) continue;
    const shared = sharedTokens(slot.sequence.contextTokens, tokens);
    if (shared > most && shared >= slot.promptTokens - END_TOKENS_MAX)
      [best, most] = [slot, shared];
  }
  return best;
}
