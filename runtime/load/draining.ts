/** Versions that were replaced and still finish their calls. */
import type { Deployment } from "../isolate/deployment.ts";
import type { Log } from "../ports.ts";

/** Versions of one function that may drain at once. */
const DRAINING_MAX = 3;

/** Ends replaced versions, a bounded number of each function at a time. */
export class Draining {
  readonly #log: Log;
  readonly #ending = new Map<string, Set<Promise<void>>>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Resolves when the function has room for one more version: saves may come faster than calls end. */
  async room(name: string): Promise<void> {
    for (;;) {
      const ending = this.#ending.get(name);
      if (ending === undefined || ending.size < DRAINING_MAX) return;
      await Promise.race(ending);
    }
  }

  /** Lets a version finish its calls and end. */
  retire(name: string, old: Deployment | undefined): void {
    if (old === undefined) return;
    const ending = this.#ending.get(name) ?? new Set();
    this.#ending.set(name, ending);
    const ended = old
      .retire()
      .catch((error: unknown) =>
        this.#log.error({ function: name, error }, "A version did not end"),
      )
      .finally(() => {
        ending.delete(ended);
        if (ending.size === 0 && this.#ending.get(name) === ending) this.#ending.delete(name);
      });
    ending.add(ended);
  }

  /** Resolves when all have ended. */
  async done(): Promise<void> {
    await Promise.all(this.#ending.values().flatMap((ending) => ending));
  }
}
