/** When a host that crashed may start again: at once the first time, then ever later. */
import { backOffMs } from "../back_off.ts";

const PAUSE = { firstMs: 200, maxMs: 30_000 };
/** Part of the delay that is random, so that several do not start at the same moment. */
const JITTER = 0.2;
/** A host that lived this long was healthy. */
const HEALTHY_MS = 60_000;

/** Counts failures. Times are milliseconds of any one clock. */
export class Backoff {
  #failures = 0;
  #nextAt = 0;

  /** Something failed at `now`, after it had run for `livedMs`. */
  fail(now: number, livedMs = 0): void {
    if (livedMs >= HEALTHY_MS) this.#failures = 0;
    const delay = backOffMs(this.#failures++, PAUSE);
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
