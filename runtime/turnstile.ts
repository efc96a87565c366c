/** Lets a bounded number of jobs run at once; the others wait in order. */
export class Turnstile {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** `places`: jobs that may run at once. */
  constructor(places: number) {
    this.#free = places;
  }

  /** Runs a job when there is a place for it. Rejects as the job does. */
  async pass<T>(job: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await job();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}
