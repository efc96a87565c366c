/**
 * How many threads decode. Threads of one decode wait for each other busily: where they all run at once more are quicker,
 * and where something else needs the processor, they take ten times as long as one. So it is tried, again and again.
 */
import { Crowd } from "./crowd.ts";

/** Another number must be quicker by this much: fewer are better for everybody else. */
const GAIN_MIN = 0.93;
/** Decodes of a trial. */
const TRIAL_DECODES = 3;
/** A trial ends without a result when so many decodes were mostly of other kinds. */
const TRIAL_DECODES_MAX = 12;
/** Between trials, in milliseconds; twice as long after each that was in vain. */
const TRIAL_MS_MIN = 2_000;
const TRIAL_MS_MAX = 60_000;
/** A decode that takes so many times the usual is a sign of somebody else's work. */
const CROWDED = 3;
/** So many of them in a row: a single one may have had bad luck. */
const CROWDED_DECODES = 4;
/**
 * How much a new measurement counts: what decodes take undisturbed is compared, as trials are judged by their quickest, too.
 */
const QUICKER_SHARE = 0.5;
const SLOWER_SHARE = 0.05;

/** Another number of threads, tried. */
interface Trial {
  readonly kind: string;
  readonly before: number;
  readonly times: number[];
  /** Of any kind. */
  decodes: number;
}

/** Chooses the number of threads by what decodes take. */
export class ThreadTuner {
  /** Threads that were found to be best. */
  current: number;
  /** The most that may be tried; the governor lowers it when the machine is hot. */
  max: number;
  readonly #clock: () => number;
  readonly #crowd: Pick<Crowd, "free">;
  /** Of the last decode. */
  #given: number;
  /** Milliseconds of a decode with the chosen number, by its kind. */
  readonly #usual = new Map<string, number>();
  #trial: Trial | undefined;
  #crowded = 0;
  #upward = false;
  #waitMs = TRIAL_MS_MIN;
  #triedAt: number;
  #fledUntil = -Infinity;

  constructor(
    start: number,
    max: number,
    crowd: Pick<Crowd, "free"> = new Crowd(),
    clock: () => number = () => performance.now(),
  ) {
    this.max = max;
    this.current = this.#given = start;
    this.#crowd = crowd;
    this.#clock = clock;
    this.#triedAt = clock();
  }

  /** Another number than the chosen one is being tried. */
  get isTrying(): boolean {
    return this.#trial !== undefined;
  }

  /** The chosen number, also while another one is being tried. */
  get chosen(): number {
    return this.#trial?.before ?? this.current;
  }

  /** Threads of the next decode: one that waits for a processor makes all others wait. */
  next(): number {
    if (this.max === 1) return 1;
    const free = this.#crowd.free(this.#given);
    if (this.#trial !== undefined && free < this.current) this.#end(this.#trial);
    this.#given = Math.min(this.current, free);
    return this.#given;
  }

  /** The most that may decode now, whatever was found to be best. */
  most(): number {
    if (this.max === 1 || this.#clock() < this.#fledUntil) return 1;
    return Math.min(this.max, this.#crowd.free(this.#given));
  }

  /** Never more than this from now on. */
  limit(max: number): void {
    this.max = Math.max(1, max);
    if (this.current <= this.max) return;
    this.#use(this.max);
    this.#trial = undefined;
  }

  /**
   * Takes in what a decode took.
   * @param kind decodes of one kind take the same, but for the threads
   * @param isSteady the next ones will be of the same kind: another number may be tried
   */
  learn(kind: string, ms: number, isSteady = true): void {
    if (this.max === 1) return;
    // A number that was not chosen says nothing about the one that was.
    if (this.#given !== this.current) return;
    if (this.#trial !== undefined) return this.#learnTrial(this.#trial, kind, ms);
    const usual = this.#usual.get(kind) ?? ms;
    if (ms > CROWDED * usual && this.current > 1) {
      if (++this.#crowded >= CROWDED_DECODES) this.flee();
      return;
    }
    this.#crowded = 0;
    const share = ms < usual ? QUICKER_SHARE : SLOWER_SHARE;
    this.#usual.set(kind, usual + share * (ms - usual));
    if (isSteady && this.#mayTry()) this.#begin(kind);
  }

  #mayTry(): boolean {
    const hasRoom = this.#crowd.free(this.#given) > 1;
    return hasRoom && this.#clock() - this.#triedAt >= this.#waitMs;
  }

  /** Somebody else computes: one thread, and no trial for a while. */
  flee(): void {
    this.#use(1);
    this.#later();
    this.#fledUntil = this.#clock() + this.#waitMs;
  }

  #begin(kind: string): void {
    const before = this.current;
    // Up and down in turn: what helps changes with what else runs.
    this.#upward = before === 1 || (before < this.max && !this.#upward);
    const other = before + (this.#upward ? 1 : -1);
    this.#trial = { kind, before, times: [], decodes: 0 };
    this.current = other;
  }

  #learnTrial(trial: Trial, kind: string, ms: number): void {
    const usual = this.#usual.get(trial.kind) ?? Infinity;
    if (kind === trial.kind) trial.times.push(ms);
    const hopeless = ms > CROWDED * usual && kind === trial.kind;
    const isOver = ++trial.decodes >= TRIAL_DECODES_MAX;
    if (trial.times.length < TRIAL_DECODES && !hopeless)
      return isOver ? this.#end(trial) : undefined;
    const best = hopeless ? Infinity : Math.min(...trial.times);
    const more = this.current > trial.before;
    this.#trial = undefined;
    // More must be clearly quicker; fewer must only not be slower.
    if (best < usual * (more ? GAIN_MIN : 1 / GAIN_MIN)) {
      this.#use(this.current);
      this.#usual.set(trial.kind, best);
      this.#waitMs = TRIAL_MS_MIN;
      this.#triedAt = this.#clock();
    } else this.#end(trial);
  }

  #end(trial: Trial): void {
    this.#trial = undefined;
    this.current = trial.before;
    this.#later();
  }

  #use(threads: number): void {
    this.current = threads;
    this.#usual.clear();
    this.#crowded = 0;
  }

  #later(): void {
    this.#waitMs = Math.min(this.#waitMs * 2, TRIAL_MS_MAX);
    this.#triedAt = this.#clock();
  }
}
