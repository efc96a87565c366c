/** A fixed number of places, and a short queue before them. Knows nothing of what is done in a place. */

/** How long a caller waits for a place: bursts of quick calls pass, a function that is stuck says so soon. */
const WAIT_MS_MAX = 500;
/** Callers that wait at once. */
const WAITING_MAX = 1_024;

interface Waiting {
  readonly enter: (entered: boolean) => void;
  readonly timer: NodeJS.Timeout;
}

/** Places of one function. */
export class Places {
  readonly #count: number;
  readonly #waiting: Waiting[] = [];
  #taken = 0;

  constructor(count: number) {
    this.#count = count;
  }

  /** Nobody is inside or waits. */
  get isEmpty(): boolean {
    return this.#taken === 0;
  }

  /** Takes a place, first come first served. `false`: none became free in time. */
  enter(): boolean | Promise<boolean> {
    if (this.#taken < this.#count) {
      this.#taken++;
      return true;
    }
    if (this.#waiting.length >= WAITING_MAX) return false;
    return new Promise((resolve) => {
      const waiting: Waiting = {
        enter: resolve,
        timer: setTimeout(() => {
          this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
          resolve(false);
        }, WAIT_MS_MAX),
      };
      this.#waiting.push(waiting);
    });
  }

  /** Gives a place back, or on to whoever waits longest. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#taken--;
      return;
    }
    clearTimeout(next.timer);
    next.enter(true);
  }
}
