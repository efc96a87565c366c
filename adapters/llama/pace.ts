/** How fast bytes go by: rate, time left, and not more often than a person can read. */

/** Between two reports. */
const REPORT_MS = 100;
/** The rate is that of about the last so many milliseconds. */
const MEMORY_MS = 4_000;

/** What is told of bytes that go by. */
export interface Progress {
  readonly bytes: number;
  readonly bytesTotal?: number;
  readonly bytesPerSecond: number;
  readonly secondsLeft?: number;
}

/** Watches one way of bytes. */
export class Pace {
  readonly #total: number | undefined;
  #at: number;
  #time = performance.now();
  #rate: number | undefined;

  /** `from`: bytes that were there before. */
  constructor(from: number, total: number | undefined) {
    this.#at = from;
    this.#total = total;
  }

  /** A report, when one is due: the last byte is always reported. */
  at(bytes: number): Progress | undefined {
    const now = performance.now();
    const passedMs = now - this.#time;
    if (passedMs < REPORT_MS && bytes !== this.#total) return undefined;
    const rate = passedMs > 0 ? ((bytes - this.#at) / passedMs) * 1_000 : (this.#rate ?? 0);
    const weight = this.#rate === undefined ? 1 : 1 - Math.exp(-passedMs / MEMORY_MS);
    this.#rate = (this.#rate ?? 0) * (1 - weight) + rate * weight;
    this.#at = bytes;
    this.#time = now;
    const bytesPerSecond = Math.round(this.#rate);
    if (this.#total === undefined) return { bytes, bytesPerSecond };
    const left = this.#total - bytes;
    return {
      bytes,
      bytesTotal: this.#total,
      bytesPerSecond,
      ...(bytesPerSecond > 0 ? { secondsLeft: Math.ceil(left / bytesPerSecond) } : {}),
    };
  }
}
