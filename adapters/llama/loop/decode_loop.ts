/**
 * Decodes for all sequences of one context, step by step: one token of every stream that writes, then a piece of what is
 * still to be read. Whoever reads much can so never hold up whoever writes. Knows tokens and positions, no text.
 */
import { isLockActive, withLock } from "lifecycle-utils";
import type { Token } from "node-llama-cpp";
import type { Addon, AddonSampler, ContextInside } from "./addon.ts";
import { calibrate } from "./calibration.ts";
import { libraryWork } from "./library_work.ts";
import type { NativeContext, NativePart, NativeSampler } from "./native_context.ts";
import { PIECE_TOKENS_MIN, pieceOf, Pieces } from "./pieces.ts";
import { burntMs, StepPlans } from "./step_plans.ts";
import { ThreadTuner } from "./threads.ts";
import {
  advance,
  isWriting,
  type Part,
  shortParts,
  URGENCY,
  type Use,
  wantedOf,
  type Work,
} from "./work.ts";
import type { Sampling } from "../sampling.ts";
import type { EngineLimits } from "../../../runtime/model/engine.ts";

const QUICKER_STEP_SHARE = 0.5;
const SLOWER_STEP_SHARE = 0.1;
/**
 * A step for those who write that takes longer leaves time for other things: it is done by another thread, while this one
 * makes text of the tokens before. A shorter one is done here: to change threads would cost more than it saves.
 */
const SHORT_STEP_MS = 60;
/** How long nobody else is heard at most, in between. */
const HEAR_MS = 2;
/** However hot it is, something is decoded. */
const REST_MAX = 0.9;
const REST_MS_MAX = 1_000;
/** Who takes work back meanwhile is heard after so long. */
const REST_HEAR_MS = 50;

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
  /** How often it has decoded. */
  decodes = 0;
  readonly #context: ContextInside;
  readonly #addon: Addon;
  readonly #native: NativeContext | undefined;
  readonly #options: LoopOptions;
  #work: Work[] = [];
  /** What is done while something is being decoded. */
  #meanwhile: (() => void)[] = [];
  #runs = false;
  readonly #threads: ThreadTuner;
  /** Of the last decode. */
  #threadsSet = 0;
  /** Who came meanwhile was heard then. */
  #heardAt = 0;
  /** Of the time, in which nothing is decoded. */
  #restShare = 0;
  /** Tokens read in one step. */
  #batchTokens: number;
  readonly #plans: StepPlans;
  readonly #pieces = new Pieces();
  /** Of the last steps of all who write, undisturbed; 0 before there was one. */
  #stepMs = 0;

  /** @param native the same context, where it can be reached without the addon */
  constructor(context: ContextInside, options: LoopOptions, native?: NativeContext) {
    this.#context = context;
    this.#addon = context._ctx;
    this.#native = native;
    this.#options = options;
    this.#batchTokens = options.batchTokens;
    const { max, fixed } = options.threads;
    this.#threads = new ThreadTuner(fixed ? max : 1, max);
    this.#plans = new StepPlans(this.#threads.current);
    context._decodeTokens = (request, mapper) => {
      const { work, values } = libraryWork(request, mapper);
      this.add(work);
      return values;
    };
  }

  /** Uses no more than this from the next step on; what is absent stays as it is. Never more than its options say. */
  limit({ threads, batchTokens, rest }: Partial<EngineLimits>): void {
    if (rest !== undefined) this.#restShare = Math.min(Math.max(rest, 0), REST_MAX);
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

  /** Tokens that the CPU reads in a millisecond while nobody else is there; 0: somebody is, or nobody knows. */
  get freeRate(): number {
    return this.#work.length === 0 && !this.#options.whole ? this.#pieces.rate : 0;
  }

  /** Runs `task` soon, while something is being decoded if there is anything. It must not throw. */
  meanwhile(task: () => void): void {
    this.#meanwhile.push(task);
  }

  /** What chooses in the call that decodes; whoever asks frees it. `undefined`: only the addon can choose. */
  newSampler(sampling: Sampling): NativeSampler | undefined {
    return this.#native?.newSampler(sampling);
  }

  /** Samples from logits that live. @throws when there is no token */
  async sample(index: number, sampler: AddonSampler): Promise<Token> {
    const token = await this.#addon.sampleToken(index, sampler);
    if (token === -1) throw new Error("No token could be sampled");
    return token;
  }

  /** Takes positions out of the context that nobody wants. @param end -1: all from `start` on */
  async forget(sequence: number, start: number, end: number): Promise<void> {
    const forgot = await withLock([this.#context, "context"], () =>
      this.#addon.removeTokenCellsFromSequence(sequence, start, end),
    );
    if (!forgot) throw new Error("The context can not forget single tokens");
  }

  /** Tries how many threads help, on empty sequences. Before there is work. @param sequencesMax how many may write at once */
  async calibrate(sequencesMax: number): Promise<void> {
    if (this.#options.threads.fixed) return;
    const sampler = this.#native?.newSampler({ temperature: 0 });
    this.#threads.current = await calibrate({
      threadsMax: this.#threads.max,
      sequencesMax: this.#options.whole ? 1 : sequencesMax,
      learn: (threads, sequences, ms) => this.#plans.know(threads, sequences, ms),
      decode: async (threads, sequences, position) => {
        const startedAt = performance.now();
        this.#setThreads(threads);
        const all = Array.from({ length: sequences }, (_, sequence) => sequence);
        if (this.#native !== undefined && sampler !== undefined)
          this.#native.step(all.map((sequence) => ({ sequence, position, token: 0, sampler })));
        else {
          this.#addon.initBatch(sequences);
          for (const sequence of all) this.#addon.addToBatch(sequence, position, ZERO, ZERO);
          await this.#addon.decodeBatch();
        }
        return performance.now() - startedAt;
      },
    });
    sampler?.free();
    for (let sequence = 0; sequence < sequencesMax; sequence++)
      this.#addon.disposeSequence(sequence);
  }

  /** Frees what it holds beside the context, which must be gone. */
  close(): void {
    this.#native?.close();
  }

  async #run(): Promise<void> {
    // What is added together is decoded together.
    await Promise.resolve();
    while (this.#work.length > 0) {
      this.#dropAborted();
      const startedAt = performance.now();
      // Always in the same order: a decode for the same sequences as the last one is a little quicker.
      const writing = this.#work.filter(isWriting).toSorted((a, b) => a.sequence - b.sequence);
      const isWritten = writing.length > 0;
      if (isWritten) await this.#write(writing);
      const reading = this.#work.filter((work) => !isWriting(work));
      if (reading.length > 0) await this.#read(reading, isWritten ? this.#stepMs : undefined);
      if (this.#work.length === 0) this.#rest();
      else if (this.#restShare > 0) await this.#cool(performance.now() - startedAt);
    }
    this.#runs = false;
  }

  /** After so many milliseconds of work. */
  async #cool(ms: number): Promise<void> {
    let left = Math.min(REST_MS_MAX, (ms * this.#restShare) / (1 - this.#restShare));
    for (; left > 0; left -= REST_HEAR_MS) {
      await Bun.sleep(Math.min(REST_HEAR_MS, left));
      this.#dropAborted();
    }
  }

  /** One token for everybody who writes. */
  async #write(writing: Work[]): Promise<void> {
    const count = writing.length;
    const startedAt = performance.now();
    const { whole, threads: own } = this.#options;
    const most = own.fixed ? this.#threads.current : this.#threads.most();
    const plan = this.#plans.next(count, most, own.fixed);
    const { costs, threads } = plan;
    for (const size of whole ? [count] : plan.sizes) {
      // Some may have been taken back while others were decoded.
      const group = writing.splice(0, size).filter((work) => this.#work.includes(work));
      if (group.length === 0) continue;
      const from = performance.now();
      // To ask the kernel for it costs more than many a decode's last few percent.
      const burnt = costs.isTrying ? burntMs() : 0;
      await this.#decode(group.map(asPart), threads);
      // What follows a decode is part of what it costs to decode apart; that it waited for a processor is not.
      const ms = performance.now() - from;
      costs.learn(group.length, costs.isTrying ? Math.min(ms, burntMs() - burnt) : ms);
    }
    const ms = performance.now() - startedAt;
    // A step that took long because something else had the processor is no reason to make the next wait longer.
    const change = ms - this.#stepMs;
    const share = this.#stepMs === 0 ? 1 : change < 0 ? QUICKER_STEP_SHARE : SLOWER_STEP_SHARE;
    this.#stepMs += share * change;
    if (this.#plans.learn(plan, count, ms) && !own.fixed) this.#threads.flee();
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
    const lane = urgent[0]?.lane ?? "interactive";
    const most = this.#pieces.next(stepMs, lane, this.#batchTokens);
    // A short rest alone would be read slowly.
    const piece = pieceOf(urgent, most, stepMs === undefined ? this.#batchTokens : most);
    const taken = piece.reduce((sum, { count }) => sum + count, 0);
    const startedAt = performance.now();
    const burnt = burntMs();
    await this.#decode(piece, this.#nextThreads());
    const ms = performance.now() - startedAt;
    // Pieces that wait for a processor would become shorter and shorter, and wait all the more often.
    this.#pieces.learn(taken, Math.min(ms, burntMs() - burnt));
    // A token of a long piece is read sooner than one of a short piece.
    if (taken >= PIECE_TOKENS_MIN)
      this.#learnThreads(`read ${Math.round(Math.log2(taken))}`, ms / taken, true);
  }

  async #decode(parts: readonly Part[], threads: number): Promise<void> {
    this.#work = this.#work.filter((work) => !parts.some((part) => part.work === work));
    try {
      this.#setThreads(threads);
      const short = this.#stepMs < SHORT_STEP_MS ? shortParts(parts) : undefined;
      if (this.#native !== undefined && short !== undefined)
        return await this.#decodeHere(this.#native, parts, short);
      const uses = await this.#decodeBeside(parts);
      await Promise.all(uses.map((use) => this.#use(use)));
    } catch (error) {
      await this.#apart(parts, threads, error);
    }
  }

  /** Of several that could not be decoded together only those fail that can not be decoded alone either. */
  async #apart(parts: readonly Part[], threads: number, error: unknown): Promise<void> {
    // A part of it may have come into the context.
    for (const { work } of parts)
      await this.forget(work.sequence, work.position, -1).catch(() => {});
    for (const part of parts) {
      const { signal } = part.work;
      if (parts.length === 1 || signal?.aborted === true)
        part.work.fail(signal?.aborted === true ? signal.reason : error);
      else await this.#decode([part], threads);
    }
  }

  /** Decodes and chooses at once, in this thread. */
  async #decodeHere(
    native: NativeContext,
    parts: readonly Part[],
    short: readonly NativePart[],
  ): Promise<void> {
    this.#rest();
    const lock = [this.#context, "context"] as const;
    const step = () => native.step(short);
    // The library changes what a context holds under this lock.
    const next = isLockActive(lock) ? await withLock(lock, step) : step();
    this.decodes++;
    // The next step of somebody who is told would overwrite what the others are to be told.
    for (const { work } of parts) advance(work, 1);
    for (const [at, { work }] of parts.entries()) this.#tell(work, next[at] as Token);
    if (performance.now() - this.#heardAt < HEAR_MS) return;
    await others();
    this.#heardAt = performance.now();
  }

  /** Decodes in another thread. Resolves with what the logits are for. */
  async #decodeBeside(parts: readonly Part[]): Promise<readonly Use[]> {
    const uses = this.#fillBatch(parts);
    // The library changes what a context holds under the same lock.
    await withLock([this.#context, "context"], () => {
      const decoded = this.#addon.decodeBatch();
      this.#rest();
      return decoded;
    });
    this.decodes++;
    for (const { work, count } of parts) {
      advance(work, count);
      if (work.tokens.length > 0) this.#work.push(work);
    }
    return uses;
  }

  /** What the logits of the batch are for. */
  #fillBatch(parts: readonly Part[]): readonly Use[] {
    const uses: Use[] = [];
    this.#addon.initBatch(parts.reduce((sum, { count }) => sum + count, 0));
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

  async #use({ work, index, position }: Use): Promise<void> {
    const { chooser } = work;
    try {
      if (this.#native === undefined || chooser === undefined) await work.use(index, position);
      else this.#tell(work, this.#native.sample(index, chooser.sampler));
    } catch (error) {
      this.#fail(work, error);
    }
  }

  #tell(work: Work, token: Token): void {
    try {
      work.chooser?.took(token);
    } catch (error) {
      this.#fail(work, error);
    }
  }

  /** Nobody else's fault: and nothing may choose for it any more. */
  #fail(work: Work, error: unknown): void {
    this.remove(work);
    work.fail(error);
  }

  #learnThreads(kind: string, ms: number, isSteady: boolean): void {
    if (!this.#options.threads.fixed) this.#threads.learn(kind, ms, isSteady);
  }

  /** Threads of the next step. */
  #nextThreads(): number {
    return this.#options.threads.fixed ? this.#threads.current : this.#threads.next();
  }

  #setThreads(threads: number): void {
    if (threads === this.#threadsSet) return;
    this.#threadsSet = threads;
    this.#addon.setThreads(threads);
    this.#native?.keepThreads(threads);
  }

  #dropAborted(): void {
    for (const work of this.#work.filter(({ signal }) => signal?.aborted === true))
      this.#fail(work, work.signal?.reason);
  }
}

const ZERO = Uint32Array.of(0);

const asPart = (work: Work): Part => ({ work, count: 1 });

/** What has come meanwhile is heard. */
const others = () => new Promise<void>((resolve) => setImmediate(resolve));
