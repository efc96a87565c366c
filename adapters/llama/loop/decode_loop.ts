/**
 * Decodes for all sequences of one context, step by step: one token of every stream that writes, then a piece of what is
 * still to be read. Whoever reads much can so never hold up whoever writes. Knows tokens and positions, no text.
 */
import { withLock } from "lifecycle-utils";
import type { Token } from "node-llama-cpp";
import type { Addon, AddonSampler, ContextInside } from "./addon.ts";
import { DecodeCosts } from "./costs.ts";
import { ThreadTuner } from "./threads.ts";
import type { EngineLimits } from "../../../runtime/model/engine.ts";
import type { Lane } from "../../../schemas/model.ts";

/** While others write, what is read must not take longer than this many of their steps, or this long if that is more. */
const STEPS_PER_PIECE = 8;
const PIECE_MS_MIN = 25;
const QUICKER_STEP_SHARE = 0.5;
const SLOWER_STEP_SHARE = 0.1;
/** Nobody writes, but somebody may come: what can wait is read in pieces of this length. */
const PATIENT_PIECE_MS = 100;
/** Nobody writes and somebody waits: pieces are only so long that a cancelled request, or a newcomer, is noticed. */
const URGENT_PIECE_MS = 1_000;
const UNKNOWN_PIECE_TOKENS = 128;
/** Smaller pieces are read at the price of larger ones. */
const PIECE_TOKENS_MIN = 16;

/** How many threads help is tried with so many decodes each, for so long in all. */
const CALIBRATION_DECODES = 3;
const CALIBRATION_MS_MAX = 2_000;
const CALIBRATION_GAIN = 0.9;

/** Something to decode: the next token of a stream, or a text that is to be read. */
export interface Work {
  readonly sequence: number;
  readonly lane: Lane;
  /** Position of the first of `tokens`. */
  position: number;
  /** What is left. */
  tokens: Uint32Array;
  /** Which of the tokens' logits are wanted, by position. */
  readonly wanted: ReadonlySet<number> | "last";
  readonly signal?: AbortSignal | undefined;
  /** The first `count` of `tokens` are in the context. */
  decoded(count: number): void;
  /** Uses the logits of a position; the next decode waits for it. */
  use(index: number, position: number): Promise<void>;
  fail(error: unknown): void;
}

/** The next `count` tokens of some work. */
interface Part {
  readonly work: Work;
  readonly count: number;
}

/** Logits that somebody waits for. */
interface Use {
  readonly work: Work;
  readonly index: number;
  readonly position: number;
}

/** How a loop decodes. */
export interface LoopOptions {
  readonly batchTokens: number;
  /** Threads that may decode; how many do is tried, but where the number is fixed. */
  readonly threads: { readonly max: number; readonly fixed: boolean };
  /** One decode for all, always: what a GPU likes. */
  readonly whole: boolean;
}

/** The loop of one context. It runs while there is work. */
export class DecodeLoop {
  readonly #context: ContextInside;
  readonly #addon: Addon;
  readonly #options: LoopOptions;
  /** How often it has decoded. */
  decodes = 0;
  #work: Work[] = [];
  /** What is done while something is being decoded. */
  #meanwhile: (() => void)[] = [];
  #runs = false;
  readonly #threads: ThreadTuner;
  /** Tokens read in one step. */
  #batchTokens: number;
  /** By number of threads. */
  readonly #costsBy = new Map<number, DecodeCosts>();
  /** Tokens read in a millisecond, learnt. */
  #readRate = 0;
  /** Of the last steps of all who write, undisturbed; 0 before there was one. */
  #stepMs = 0;
  /** There is more than one way to decode for those who write. */
  #compares = false;
  /** Of the processor, when what was compared last had ended. */
  #burntMs = 0;

  constructor(context: ContextInside, options: LoopOptions) {
    this.#context = context;
    this.#addon = context._ctx;
    this.#options = options;
    this.#batchTokens = options.batchTokens;
    const { max, fixed } = options.threads;
    this.#threads = new ThreadTuner(fixed ? max : 1, max);
    context._decodeTokens = (request, mapper) => this.#foreign(request, mapper);
  }

  /** Uses no more than this from the next step on; what is absent stays as it is. Never more than its options say. */
  limit({ threads, batchTokens }: Partial<EngineLimits>): void {
    const { threads: own, batchTokens: most } = this.#options;
    if (batchTokens !== undefined)
      this.#batchTokens = Math.min(most, Math.max(batchTokens, PIECE_TOKENS_MIN));
    if (threads === undefined) return;
    const max = Math.min(threads, own.max);
    this.#threads.limit(max);
    // Nobody tries whether a fixed number could be another one.
    if (own.fixed) this.#threads.current = this.#threads.max;
  }

  /** Adds work. */
  add(work: Work): void {
    this.#work.push(work);
    if (this.#runs) return;
    this.#runs = true;
    void this.#run();
  }

  /** Takes work back that has not begun. `false`: too late. */
  remove(work: Work): boolean {
    const at = this.#work.indexOf(work);
    if (at === -1) return false;
    this.#work.splice(at, 1);
    return true;
  }

  /** Runs `task` soon, while something is being decoded if there is anything. It must not throw. */
  meanwhile(task: () => void): void {
    this.#meanwhile.push(task);
  }

  /** Samples from logits that live. @throws when there is no token */
  async sample(index: number, sampler: AddonSampler): Promise<Token> {
    const token = await this.#addon.sampleToken(index, sampler);
    if (token === -1) throw new Error("No token could be sampled");
    return token;
  }

  /** Takes positions out of the context that nobody wants. */
  async forget(sequence: number, start: number, end: number): Promise<void> {
    const forgot = await withLock([this.#context, "context"], () =>
      this.#addon.removeTokenCellsFromSequence(sequence, start, end),
    );
    if (!forgot) throw new Error("The context can not forget single tokens");
  }

  /** Tries how many threads help, on an empty sequence. Before there is work. */
  async calibrate(sequence: number): Promise<void> {
    if (this.#options.threads.fixed) return;
    const startedAt = performance.now();
    let best = Infinity;
    for (let threads = 1; threads <= this.#threads.max; threads++) {
      const times: number[] = [];
      for (let i = 0; i < CALIBRATION_DECODES; i++) {
        const from = performance.now();
        this.#addon.setThreads(threads);
        this.#addon.initBatch(1);
        this.#addon.addToBatch(sequence, i, Uint32Array.of(0), Uint32Array.of(0));
        await this.#addon.decodeBatch();
        times.push(performance.now() - from);
      }
      this.#addon.disposeSequence(sequence);
      const ms = Math.min(...times);
      if (ms < best * CALIBRATION_GAIN) this.#threads.current = threads;
      else if (ms > best) break;
      best = Math.min(best, ms);
      if (performance.now() - startedAt > CALIBRATION_MS_MAX) break;
    }
  }

  async #run(): Promise<void> {
    // What is added together is decoded together.
    await Promise.resolve();
    while (this.#work.length > 0) {
      this.#dropAborted();
      // Always in the same order: a decode for the same sequences as the last one is a little quicker.
      const writing = this.#work.filter(isWriting).toSorted((a, b) => a.sequence - b.sequence);
      const isWritten = writing.length > 0;
      const startedAt = performance.now();
      const sizes = this.#options.whole ? [writing.length] : this.#costs().next(writing.length);
      this.#compares = writing.length > 1;
      for (const size of sizes) {
        // Some may have been taken back while others were decoded.
        const group = writing.splice(0, size).filter((work) => this.#work.includes(work));
        if (group.length > 0) await this.#decode(group.map(asPart));
      }
      if (isWritten) this.#learnStep(performance.now() - startedAt);
      const reading = this.#work.filter((work) => !isWriting(work));
      if (reading.length > 0) await this.#read(reading, isWritten ? this.#stepMs : undefined);
      if (this.#work.length === 0) this.#rest();
    }
    this.#runs = false;
  }

  /** A step that took long because something else had the processor is no reason to make the next wait longer. */
  #learnStep(ms: number): void {
    const change = ms - this.#stepMs;
    const share = this.#stepMs === 0 ? 1 : change < 0 ? QUICKER_STEP_SHARE : SLOWER_STEP_SHARE;
    this.#stepMs += share * change;
  }

  /** Does what could wait. */
  #rest(): void {
    const tasks = this.#meanwhile;
    this.#meanwhile = [];
    for (const task of tasks) task();
  }

  /** Reads on, most urgent first. @param stepMs what those who write wait for a token anyway */
  async #read(reading: readonly Work[], stepMs: number | undefined): Promise<void> {
    const urgent = reading.toSorted((a, b) => URGENCY[a.lane] - URGENCY[b.lane]);
    let room = this.#pieceTokens(stepMs, urgent[0]?.lane ?? "interactive");
    const piece: { work: Work; count: number }[] = [];
    for (const work of urgent) {
      const count = Math.min(room, work.tokens.length);
      if (count === 0) break;
      piece.push({ work, count });
      room -= count;
    }
    const startedAt = performance.now();
    const tokens = piece.reduce((sum, { count }) => sum + count, 0);
    await this.#decode(piece);
    if (tokens < PIECE_TOKENS_MIN) return;
    const rate = tokens / (performance.now() - startedAt);
    this.#readRate = this.#readRate === 0 ? rate : this.#readRate + 0.3 * (rate - this.#readRate);
  }

  #pieceTokens(stepMs: number | undefined, lane: Lane): number {
    const batchTokens = this.#batchTokens;
    const canWait = URGENCY[lane] > URGENCY.api;
    const alone = canWait ? PATIENT_PIECE_MS : URGENT_PIECE_MS;
    const ms = stepMs === undefined ? alone : Math.max(PIECE_MS_MIN, STEPS_PER_PIECE * stepMs);
    // Of a model that has read nothing yet nobody knows how long a piece takes.
    const unknown = stepMs === undefined && !canWait ? UNKNOWN_PIECE_TOKENS : PIECE_TOKENS_MIN;
    const rate = this.#readRate === 0 ? unknown / ms : this.#readRate;
    const tokens = Math.floor((rate * ms) / PIECE_TOKENS_MIN) * PIECE_TOKENS_MIN;
    return Math.max(PIECE_TOKENS_MIN, Math.min(tokens, batchTokens));
  }

  async #decode(parts: readonly Part[]): Promise<void> {
    let [size, isStep] = [0, true];
    for (const { work, count } of parts) {
      size += count;
      isStep &&= isWriting(work);
    }
    this.#work = this.#work.filter((work) => !parts.some((part) => part.work === work));
    const startedAt = performance.now();
    let uses: readonly Use[];
    let decodedAt: number;
    try {
      uses = this.#fillBatch(parts, size);
      this.#addon.setThreads(this.#given());
      // The library changes what a context holds under the same lock.
      await withLock([this.#context, "context"], () => {
        const decoded = this.#addon.decodeBatch();
        this.#rest();
        return decoded;
      });
      this.decodes++;
      decodedAt = performance.now();
    } catch (error) {
      for (const { work } of parts) work.fail(error);
      return;
    }
    for (const { work, count } of parts) {
      work.decoded(count);
      work.position += count;
      work.tokens = count === work.tokens.length ? NONE : work.tokens.subarray(count);
      if (work.tokens.length > 0) this.#work.push(work);
    }
    await Promise.all(uses.map(({ work, index, position }) => work.use(index, position)));
    // What follows a decode is part of what it costs to decode apart; that it waited for a processor is not.
    if (isStep && this.#compares) this.#compare(parts.length, performance.now() - startedAt);
    this.#learn(isStep ? parts.length : 0, size, decodedAt - startedAt);
  }

  /** That it waited for a processor is no part of what a decode costs. */
  #compare(sequences: number, ms: number): void {
    const burnt = burntMs();
    // What a trial of threads takes says nothing about the chosen number.
    if (!this.#threads.isTrying)
      this.#costs().learn(sequences, Math.min(ms, burnt - this.#burntMs));
    this.#burntMs = burnt;
  }

  /** What the logits of the batch are for. */
  #fillBatch(parts: readonly Part[], size: number): readonly Use[] {
    const uses: Use[] = [];
    this.#addon.initBatch(size);
    for (const { work, count } of parts) {
      const { sequence, position } = work;
      const tokens = count === work.tokens.length ? work.tokens : work.tokens.subarray(0, count);
      const offsets = wantedOf(work, count);
      const indexes = this.#addon.addToBatch(sequence, position, tokens, offsets);
      for (const [i, offset] of offsets.entries())
        uses.push({ work, index: indexes[i] ?? -1, position: position + offset });
    }
    return uses;
  }

  /** @param sequences that got their next token; 0: it was read */
  #learn(sequences: number, tokens: number, ms: number): void {
    if (this.#options.threads.fixed) return;
    if (sequences > 0) this.#threads.learn(`write ${sequences}`, ms, !this.#costs().isTrying);
    // A token of a long piece is read sooner than one of a short piece.
    else if (tokens >= PIECE_TOKENS_MIN)
      this.#threads.learn(`read ${Math.round(Math.log2(tokens))}`, ms / tokens);
  }

  /** Threads of the next decode. */
  #given(): number {
    return this.#options.threads.fixed ? this.#threads.current : this.#threads.next();
  }

  #costs(): DecodeCosts {
    const threads = this.#threads.chosen;
    const known = this.#costsBy.get(threads) ?? new DecodeCosts();
    this.#costsBy.set(threads, known);
    return known;
  }

  #dropAborted(): void {
    for (const work of this.#work.filter(({ signal }) => signal?.aborted === true)) {
      this.remove(work);
      work.fail(work.signal?.reason);
    }
  }

  /** What the library decodes beside our streams. */
  #foreign(...[request, mapper]: Parameters<ContextInside["_decodeTokens"]>) {
    const { sequenceId, firstTokenSequenceIndex, tokens, logits } = request;
    const values: (readonly [number, unknown])[] = [];
    const { promise, resolve, reject } = Promise.withResolvers<typeof values>();
    let left = tokens.length;
    const wanted = new Set(
      logits.flatMap((isWanted, i) => (isWanted === true ? [firstTokenSequenceIndex + i] : [])),
    );
    let used = 0;
    const finish = () => {
      if (left === 0 && used === wanted.size) resolve(values);
    };
    this.add({
      sequence: sequenceId,
      lane: "api",
      position: firstTokenSequenceIndex,
      tokens: Uint32Array.from(tokens),
      wanted,
      decoded: (count) => {
        left -= count;
        finish();
      },
      use: async (index, position) => {
        values.push([position, await mapper(index, position)]);
        used++;
        finish();
      },
      fail: reject,
    });
    return promise;
  }
}

const NONE = new Uint32Array();
const FIRST = new Uint32Array(1);
const URGENCY: Readonly<Record<Lane, number>> = { interactive: 0, api: 1, cron: 2, background: 3 };

/** Of the processor, by this process so far. */
function burntMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

const asPart = (work: Work): Part => ({ work, count: 1 });

/** One token whose logits are wanted: it waits for nothing but its turn. */
function isWriting({ tokens, wanted }: Work): boolean {
  return tokens.length === 1 && (wanted === "last" || wanted.size > 0);
}

/** Which of the next `count` tokens' logits are wanted, from the first of them on. */
function wantedOf({ position, tokens, wanted }: Work, count: number): Uint32Array {
  if (wanted === "last") {
    if (count !== tokens.length) return NONE;
    return count === 1 ? FIRST : Uint32Array.of(count - 1);
  }
  const places = [...wanted].filter((at) => at >= position && at < position + count);
  return Uint32Array.from(places, (at) => at - position);
}
