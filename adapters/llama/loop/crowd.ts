/** How many others want a processor now. Knows the kernel's own count, nothing of what they do. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** The count is read at most this often. */
const LOOK_MS = 20;
/** How much a new count says: one that was there for a moment is no crowd. */
const NEW_SHARE = 0.4;
/** Threads of one's own beside those that decode: what looks at the tokens, and what tidies up. */
const COMPANY = 1;

/** Processors that nobody else wants, as a number of threads: at least one. */
export class Crowd {
  readonly #cores: number;
  readonly #count: () => number;
  #others = 0;
  #lookedAt = 0;

  /** @param count runnable threads of the whole machine, whoever asks included */
  constructor(count: () => number = runnable, cores = availableParallelism()) {
    this.#count = count;
    this.#cores = cores;
  }

  /**
   * Threads that run at once now.
   * @param own threads that decoded last: those that wait busily for the next decode are counted by the kernel as well
   */
  free(own = 1, now: number = performance.now()): number {
    if (now - this.#lookedAt >= LOOK_MS || this.#lookedAt === 0) {
      this.#lookedAt = now;
      const others = Math.max(0, this.#count() - own - COMPANY);
      this.#others += NEW_SHARE * (others - this.#others);
    }
    return Math.max(1, this.#cores - Math.round(this.#others));
  }
}

/** The fourth number of `/proc/loadavg`: `0.20 0.18 0.12 1/80 11206`. Elsewhere nobody is seen. */
function runnable(): number {
  try {
    const [, , , tasks = ""] = readFileSync("/proc/loadavg", "utf8").split(" ");
    return Number(tasks.split("/")[0]) || 1;
  } catch {
    return 1;
  }
}
