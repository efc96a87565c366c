/**
 * How those who write are decoded: with how many threads, and how many of them at once. Both go together: one thread may be
 * best for one chat and two for eight, and with two threads other sizes are quick. Knows milliseconds only.
 */
import { DecodeCosts } from "./costs.ts";

/** Another number of threads must be quicker by this much: of equals the one that was used last wins. */
const GAIN_MIN = 0.95;
/**
 * Steps as short as this hand on so many tokens that who takes them, in this process and in others, needs a processor as
 * well. More threads than one leave less of it, so they seem to take that much longer.
 */
const SHORT_MS = 1.5;
const SHORT_DEARER = 1.25;
/**
 * What decodes cost is what they take undisturbed. Threads that wait for each other are disturbed more than one alone, so
 * between numbers of threads the mean of whole steps decides, as soon as there were so many; the last ones count most.
 */
const STEPS_KNOWN = 16;
/** Steps after which a mean is none any more. */
const FRESH_STEPS = 100;
const MEAN_SHARE = 0.05;
/** A step counts as this many times what it takes undisturbed at most. */
const OUTLIER = 3;
/** Steps of a trial with another number of threads, and how long they may take: of a large model each takes long. */
const TRIAL_STEPS = 32;
const TRIAL_LONG_MS = 150;
/** Between trials, in milliseconds of steps; twice as long after each that changed nothing. */
const TRIAL_MS_MIN = 2_000;
const TRIAL_MS_MAX = 60_000;
/** A trial takes no more than this share of all steps: long ones of a large model are tried seldom. */
const TRIAL_SHARE_MAX = 0.025;
/** A step that takes so many times what it should is a sign of somebody else's work. */
const CROWDED = 3;
/** So many of them in a row: a single one may have had bad luck. */
const CROWDED_STEPS = 4;

/** One step of all who write. */
export interface StepPlan {
  readonly threads: number;
  /** Sizes of its decodes. */
  readonly sizes: readonly number[];
  /** What decodes cost with so many threads: to be taught. */
  readonly costs: DecodeCosts;
}

/** Steps of one number of streams with one number of threads. */
interface Mean {
  ms: number;
  /** What counts of it. */
  steps: number;
  /** The last of them. */
  at: number;
}

/** Learns as it is used. */
export class StepPlans {
  readonly #costs: DecodeCosts[] = [];
  /** By threads and streams. */
  readonly #means: Mean[][] = [];
  /** Threads, by streams. */
  readonly #chosen: number[] = [];
  #steps = 0;
  /** Of the last step. */
  #last = { threads: 0, sequences: 0 };
  /** What all steps took. */
  #busyMs = 0;
  #threads: number;
  /** Steps that are left of a trial, and its threads. */
  #trial = { threads: 0, steps: 0 };
  #waitMs = TRIAL_MS_MIN;
  /** Of `#busyMs`. */
  #triedAt = 0;
  #crowded = 0;

  /** @param threads what is begun with */
  constructor(threads: number) {
    this.#threads = threads;
  }

  /** Takes in what was tried before there was work. */
  know(threads: number, sequences: number, ms: number): void {
    this.#of(threads).know(sequences, ms);
  }

  /** The next step of `sequences` streams. @param isFixed with exactly so many threads, not with fewer */
  next(sequences: number, threadsMax: number, isFixed = false): StepPlan {
    const threads = isFixed
      ? threadsMax
      : (this.#tried(sequences, threadsMax) ?? this.#quickest(sequences, threadsMax));
    const costs = this.#of(threads);
    return { threads, sizes: costs.next(sequences), costs };
  }

  /** Takes in what a step took. `true`: somebody else computes, and threads that wait for each other take long. */
  learn({ threads, costs }: StepPlan, sequences: number, ms: number): boolean {
    this.#busyMs += ms;
    const usual = costs.least(sequences);
    if (!costs.isTrying) this.#count(threads, sequences, Math.min(ms, OUTLIER * (usual ?? ms)));
    const isSlow = threads > 1 && usual !== undefined && ms > CROWDED * usual;
    this.#crowded = isSlow ? this.#crowded + 1 : 0;
    if (this.#crowded < CROWDED_STEPS) return false;
    this.#crowded = 0;
    this.#trial.steps = 0;
    return true;
  }

  /** The number of threads that is being tried, if there is one. */
  #tried(sequences: number, threadsMax: number): number | undefined {
    if (this.#trial.steps > 0 && this.#trial.threads <= threadsMax) {
      this.#trial.steps--;
      return this.#trial.threads;
    }
    const usual = this.#costs[this.#threads]?.least(sequences) ?? 1;
    const steps = Math.max(1, Math.min(TRIAL_STEPS, Math.ceil(TRIAL_LONG_MS / usual)));
    const waitMs = Math.max(this.#waitMs, (steps * usual) / TRIAL_SHARE_MAX);
    if (threadsMax === 1 || this.#busyMs - this.#triedAt < waitMs) return undefined;
    this.#triedAt = this.#busyMs;
    this.#waitMs = Math.min(this.#waitMs * 2, TRIAL_MS_MAX);
    // One more and one less in turn: what helps changes with what else runs.
    const up = this.#threads + 1;
    const isUp = this.#threads === 1 || (this.#trial.threads < this.#threads && up <= threadsMax);
    this.#trial = {
      threads: isUp ? Math.min(up, threadsMax) : this.#threads - 1,
      steps: steps - 1,
    };
    return this.#trial.threads;
  }

  #quickest(sequences: number, threadsMax: number): number {
    const before = Math.min(this.#chosen[sequences] ?? this.#threads, threadsMax);
    let best = before;
    for (let threads = 1; threads <= threadsMax; threads++)
      if (this.#isQuicker(threads, best, sequences)) best = threads;
    if (best !== before) this.#waitMs = TRIAL_MS_MIN;
    this.#chosen[sequences] = best;
    this.#threads = best;
    return best;
  }

  #isQuicker(threads: number, than: number, sequences: number): boolean {
    const means = [threads, than].map((one) => this.#means[one]?.[sequences]);
    const isKnown = means.every((mean) => mean !== undefined && mean.steps >= STEPS_KNOWN);
    // A step takes longer the more there is to look back to: only what was measured at about the same time compares.
    const isFresh = means.every((mean) => this.#steps - (mean?.at ?? 0) <= FRESH_STEPS);
    if (isKnown && !isFresh) return false;
    const [ms, usual] = [threads, than].map((one, at) => {
      const found = isKnown ? means[at]?.ms : this.#costs[one]?.least(sequences);
      return dearer(one, found ?? Infinity);
    });
    return (ms ?? Infinity) < (usual ?? Infinity) * GAIN_MIN;
  }

  /** The first step after others makes its graph and wakes its threads: it is none of the usual ones. */
  #count(threads: number, sequences: number, ms: number): void {
    const { threads: before, sequences: streams } = this.#last;
    this.#last = { threads, sequences };
    this.#steps++;
    if (before !== threads || streams !== sequences) return;
    const mean = ((this.#means[threads] ??= [])[sequences] ??= { ms, steps: 0, at: this.#steps });
    if (this.#steps - mean.at > FRESH_STEPS) mean.steps = 0;
    mean.at = this.#steps;
    mean.steps++;
    mean.ms += Math.max(MEAN_SHARE, 1 / mean.steps) * (ms - mean.ms);
  }

  #of(threads: number): DecodeCosts {
    return (this.#costs[threads] ??= new DecodeCosts());
  }
}

function dearer(threads: number, ms: number): number {
  return threads > 1 && ms < SHORT_MS ? ms * SHORT_DEARER : ms;
}

/** Milliseconds of the processor, by this process so far. */
export function burntMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
