/**
 * Fills slots with what is known already: from a slot that begins like the prompt, or from what was kept when its
 * conversation made room. Knows sequences of one shared context; which slot is used is decided elsewhere.
 */
import { withLock } from "lifecycle-utils";
import type { LlamaContextSequence, Token } from "node-llama-cpp";
import { type Addon, type ContextInside, insideSequence } from "./loop/addon.ts";
import type { DecodeLoop } from "./loop/decode_loop.ts";
import type { KvTier } from "../../runtime/model/engine.ts";
import { sharedTokens } from "../../runtime/model/kv_prefix.ts";
import type { Found, KvStore, Owner, Written } from "../../runtime/model/kv_store.ts";

/** A copy costs about as much as reading so many tokens: it is of the whole sequence, however little is shared. */
const COPY_TOKENS_MIN = 32;
/** Reading a file back costs about as much as reading so many tokens. */
const RESTORE_TOKENS_MIN = 64;
/** Templates may end an answer otherwise than the model does. */
const END_TOKENS_MAX = 8;
/** Less than this is quickly read again. */
const KEEP_TOKENS_MIN = 64;

/** What is known of a slot. */
export interface Cached {
  readonly sequence: LlamaContextSequence;
  /** Whose it is; absent: what is in it is kept nowhere. */
  session: string | undefined;
  /** The session is a number of ours: nobody has named the conversation. */
  nameless: boolean;
  /** A nameless state that this goes on from, which is of no use once this is kept. */
  origin: Found | undefined;
  busy: boolean;
  /** Grows with each request: whoever meant it before means something else. */
  uses: number;
  /** It holds something that is kept nowhere else. */
  dirty: boolean;
}

/** The sequences of one context. */
export class KvCache {
  readonly #context: ContextInside;
  readonly #addon: Addon;
  readonly #loop: DecodeLoop;
  readonly #store: KvStore | undefined;
  /** Sessions whose state is being written, until the engine has written it. */
  readonly #writing = new Map<string, Promise<unknown>>();
  /**
   * A copy is done by the first decode after it. Until then neither its source nor its target may be written or saved:
   * the decodes there were when it was asked for, by sequence.
   */
  readonly #copied = new Map<number, number>();

  constructor(context: ContextInside, loop: DecodeLoop, store: KvStore | undefined) {
    this.#context = context;
    this.#addon = context._ctx;
    this.#loop = loop;
    this.#store = store;
  }

  /**
   * Puts into a slot what is known of a prompt, for a session. What the slot held of another one is kept first.
   * Resolves with where it was found.
   */
  async fill(
    slot: Cached,
    owner: Owner | undefined,
    tokens: Uint32Array,
    slots: readonly Cached[],
  ): Promise<KvTier> {
    if (owner?.session !== slot.session) await this.#handOver(slot, owner);
    let known = sharedTokens(slot.sequence.contextTokens, tokens);
    const source = this.#bestSource(slot, tokens, slots);
    const found = await this.#store?.find(owner, tokens);
    const inContext = Math.max(known, source.tokens);
    if (found !== undefined && found.tokens >= inContext + RESTORE_TOKENS_MIN) {
      const { tier } = found.file;
      const isThere = await this.#restore(slot, found);
      known = sharedTokens(slot.sequence.contextTokens, tokens);
      // All of it is asked again: this is how it goes on, and nobody will go on from there any more.
      const goesOn = known >= slot.sequence.nextTokenIndex - END_TOKENS_MAX;
      if (isThere && slot.nameless && goesOn) slot.origin = found;
      if (isThere) return tier;
    }
    if (source.slot !== undefined && source.tokens >= known + COPY_TOKENS_MIN)
      await this.#copy(slot, source.slot, tokens);
    return "hot";
  }

  /** Keeps what a slot holds of its session, if it is kept nowhere else. Never rejects. */
  async keep(slot: Cached): Promise<void> {
    const { session, nameless, origin } = slot;
    await (session === undefined ? undefined : this.#writing.get(session));
    const count = slot.sequence.contextTokens.length;
    if (this.#store === undefined || session === undefined) return;
    if (!slot.dirty) return;
    // One try: a full disk stays full, and the next answer makes another state.
    slot.dirty = false;
    if (count < KEEP_TOKENS_MIN) return;
    const { uses } = slot;
    const written = Promise.withResolvers<void>();
    this.#writing.set(session, written.promise);
    const kept = this.#store.keep({ session, nameless }, count, (file) =>
      this.#writeIdle(slot, uses, file).finally(() => written.resolve()),
    );
    // Whoever wants the slot waits until the engine has written it, and not until all of it is sealed.
    await Promise.race([written.promise, kept]);
    written.resolve();
    const settled: Promise<void> = kept.then((isKept) => {
      if (isKept && origin !== undefined) this.#store?.replace(origin);
      if (isKept && slot.origin === origin) slot.origin = undefined;
      if (this.#writing.get(session) === settled) this.#writing.delete(session);
    });
    this.#writing.set(session, settled);
  }

  /** Learns from a slot that holds something how much room a token takes. */
  async measure(slot: Cached): Promise<void> {
    await this.#store?.measure(async (file) => {
      const written = await this.#write(slot, file);
      return written ?? { bytes: 0, tokens: new Uint32Array() };
    });
  }

  /** Until everything is kept that is being kept. */
  async settle(): Promise<void> {
    await Promise.all(this.#writing.values());
  }

  /** The slot is somebody else's from now on. */
  async #handOver(slot: Cached, owner: Owner | undefined): Promise<void> {
    await this.keep(slot);
    slot.session = owner?.session;
    slot.nameless = owner?.nameless === true;
    slot.origin = undefined;
    // What was just put aside for it is found only when it is written.
    if (owner !== undefined) await this.#writing.get(owner.session);
  }

  #bestSource(slot: Cached, tokens: Uint32Array, slots: readonly Cached[]) {
    let best: { slot: Cached | undefined; tokens: number } = { slot: undefined, tokens: 0 };
    for (const other of slots) {
      const shared = other === slot ? 0 : knownOf(other, tokens);
      if (shared > best.tokens) best = { slot: other, tokens: shared };
    }
    return best;
  }

  /** `undefined`: its next answer has begun, and what is in the context is not all of it any more. */
  async #writeIdle(slot: Cached, uses: number, file: string): Promise<Written | undefined> {
    const { session } = slot;
    await this.#flush(slot.sequence);
    const written = await this.#write(slot, file, () => slot.uses === uses);
    // Whoever takes the slot for somebody else waits for this, and keeps it then.
    if (written === undefined && slot.session === session) slot.dirty = true;
    return written;
  }

  async #write(
    slot: Cached,
    file: string,
    isStill: () => boolean = () => true,
  ): Promise<Written | undefined> {
    const { _sequenceId: id } = insideSequence(slot.sequence);
    return await withLock([this.#context, "context"], async () => {
      if (!isStill()) return undefined;
      const tokens = Uint32Array.from(slot.sequence.contextTokens);
      const bytes = await this.#addon.saveSequenceStateToFile(file, id, tokens);
      return { bytes, tokens };
    });
  }

  async #restore(slot: Cached, found: Found): Promise<boolean> {
    const inside = insideSequence(slot.sequence);
    await this.#flush(slot.sequence);
    const restored = await this.#store?.restore(found, (file, { tokens }) =>
      withLock([this.#context, "context"], async () => {
        inside._contextTokens = [];
        inside._nextTokenIndex = 0;
        try {
          const size = slot.sequence.contextSize;
          const read = await this.#addon.loadSequenceStateFromFile(file, inside._sequenceId, size);
          if (read.length !== tokens.length) throw new Error("The state is not what it says");
          inside._contextTokens = Array.from(read) as Token[];
          inside._nextTokenIndex = read.length;
          return true;
        } catch (error) {
          this.#addon.disposeSequence(inside._sequenceId);
          throw error;
        }
      }),
    );
    slot.dirty = false;
    const goesOn = found.tokens >= slot.sequence.nextTokenIndex / 2;
    if (restored === true && slot.nameless && goesOn) slot.origin = found;
    return restored === true;
  }

  /** Copies what a slot shares with a prompt; the source may be at work. */
  async #copy(target: Cached, source: Cached, tokens: Uint32Array): Promise<void> {
    await this.#flush(target.sequence);
    const from = insideSequence(source.sequence);
    const to = insideSequence(target.sequence);
    await withLock([this.#context, "context"], async () => {
      // It may have changed while others had the context.
      const shared = knownOf(source, tokens);
      if (shared <= sharedTokens(to._contextTokens, tokens)) return;
      to._contextTokens = [];
      to._nextTokenIndex = 0;
      const end = await this.#addon.copySequenceStateFromOtherSequence(
        to._sequenceId,
        from._sequenceId,
      );
      for (const id of [to._sequenceId, from._sequenceId]) this.#copied.set(id, this.#loop.decodes);
      const isWhole = end + 1 >= shared;
      if (isWhole && this.#addon.removeTokenCellsFromSequence(to._sequenceId, shared, -1)) {
        to._contextTokens = from._contextTokens.slice(0, shared);
        to._nextTokenIndex = shared;
      } else this.#addon.disposeSequence(to._sequenceId);
      target.dirty = false;
    });
  }

  /** Has copies done from or to a sequence that no decode has done yet: its last token is read once more. */
  async #flush(sequence: LlamaContextSequence): Promise<void> {
    const inside = insideSequence(sequence);
    if (this.#copied.get(inside._sequenceId) !== this.#loop.decodes) return;
    const isEmpty = inside._contextTokens.length === 0;
    const at = isEmpty ? 0 : inside._contextTokens.length - 1;
    const token = inside._contextTokens[at] ?? 0;
    await this.#loop.forget(inside._sequenceId, at, at + 1);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#loop.add({
      sequence: inside._sequenceId,
      lane: "interactive",
      position: at,
      tokens: Uint32Array.of(token),
      wanted: new Set(),
      decoded: () => resolve(),
      use: () => Promise.resolve(),
      fail: reject,
    });
    await promise;
    if (isEmpty) await this.#loop.forget(inside._sequenceId, 0, 1);
  }
}

/** Tokens that a slot shares with a prompt, and that are there for sure: the last one of an answer comes and goes. */
function knownOf({ sequence, busy }: Cached, tokens: Uint32Array): number {
  const known = sequence.contextTokens;
  const shared = sharedTokens(known, tokens);
  return busy ? Math.min(shared, Math.max(0, known.length - 1)) : shared;
}
