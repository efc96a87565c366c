/** How long to wait after failures in a row: twice as long after each, up to a bound. */

/**
 * Milliseconds to wait after so many failures in a row; 0 after none.
 *
 * @param pause `firstMs`: after the first failure. `maxMs`: the bound
 */
export function backOffMs(
  failures: number,
  pause: { readonly firstMs: number; readonly maxMs: number },
): number {
  return failures === 0 ? 0 : Math.min(pause.firstMs * 2 ** (failures - 1), pause.maxMs);
}

/** Pauses between starts: at once the first time, then ever later. */
const RESTART = { firstMs: 200, maxMs: 30_000 };
/** Part of the delay that is random, so that several do not start at the same moment. */
const JITTER = 0.2;
/** A host that lived this long was healthy. */
const HEALTHY_MS = 60_000;

/** When what crashed may start again. Times are milliseconds of any one clock. */
export class Backoff {
  #failures = 0;
  #nextAt = 0;

  /** Something failed at `now`, after it had run for `livedMs`. */
  fail(now: number, livedMs = 0): void {
    if (livedMs >= HEALTHY_MS) this.#failures = 0;
    const delay = backOffMs(this.#failures++, RESTART);
    this.#nextAt = now + delay * (1 + JITTER * Math.random());
  }

  /** It went well: begin anew. */
  reset(): void {
    this.#failures = 0;
    this.#nextAt = 0;
  }

  /** Milliseconds until the next try; 0 = now. */
  waitMs(now: number): number {
    return Math.max(0, this.#nextAt - now);
  }
}
