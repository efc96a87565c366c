/** How many threads help, and what decodes for several cost: tried on an empty context, before anybody waits. */

/** Decodes of one kind; the quickest counts. The first makes a graph, so it never does. */
const DECODES = 3;
/** Beside a decode of so many milliseconds a graph is little: one of its kind says enough. */
const LONG_MS = 100;
/** What all of it may take. */
const CALIBRATION_MS_MAX = 600;
/** Of a model that takes longer for one token, larger decodes are not tried: all together is best there. */
const SLOW_MS = 12;
/** A decode that takes so many times as long as one token for each of its sequences: no more of its kind are tried. */
const HOPELESS = 20;
/** More threads must be quicker by this much: fewer are better for everybody else. */
const GAIN_MIN = 0.93;

/** What is tried. */
export interface Trials {
  readonly threadsMax: number;
  readonly sequencesMax: number;
  /** Decodes one token for each of the first `sequences`. Resolves with the milliseconds. */
  readonly decode: (threads: number, sequences: number, position: number) => Promise<number>;
  /** What was found. */
  readonly learn: (threads: number, sequences: number, ms: number) => void;
}

/** Resolves with the number of threads that is best for one chat. */
export async function calibrate(trials: Trials): Promise<number> {
  const startedAt = performance.now();
  let [best, least, position] = [1, Infinity, 0];
  const quickest = async (threads: number, sequences: number): Promise<number> => {
    let ms = Infinity;
    for (let i = 0; i <= DECODES; i++) {
      const took = await trials.decode(threads, sequences, position++);
      if (i > 0) ms = Math.min(ms, took);
      // Where others want the processors too, threads that wait for each other take hundreds of times as long.
      if (took > HOPELESS * sequences * least) return Math.min(ms, took);
      if (took <= LONG_MS) continue;
      ms = Math.min(ms, took);
      break;
    }
    trials.learn(threads, sequences, ms);
    return ms;
  };
  for (let threads = 1; threads <= trials.threadsMax; threads++) {
    const ms = await quickest(threads, 1);
    if (ms < least * GAIN_MIN) best = threads;
    else if (ms > least) break;
    least = Math.min(least, ms);
    if (performance.now() - startedAt > CALIBRATION_MS_MAX) return best;
  }
  if (least > SLOW_MS) return best;
  for (let sequences = 2; sequences <= trials.sequencesMax; sequences *= 2)
    for (const threads of new Set([best, 1])) {
      if (performance.now() - startedAt > CALIBRATION_MS_MAX) return best;
      await quickest(threads, sequences);
    }
  return best;
}
