/** What one call may send and receive, and how many requests of one function are open at once. */
import { MoultError } from "../../../schemas/error.ts";

/** Counts the traffic of one call. */
export class Budget {
  readonly #limits: { readonly egressMiB: number; readonly requests: number };
  #bytes = 0;
  #requests = 0;

  constructor(limits: { readonly egressMiB: number; readonly requests: number }) {
    this.#limits = limits;
  }

  /** One more request, redirects included. Throws `function/limit`. */
  request(): void {
    const { requests } = this.#limits;
    if (++this.#requests > requests)
      throw reached("requests", `a call may make ${String(requests)} requests`);
  }

  /** More bytes, in either direction. Throws `function/limit`. */
  bytes(count: number): void {
    const { egressMiB } = this.#limits;
    this.#bytes += count;
    if (this.#bytes > egressMiB * 1_048_576)
      throw reached("egressMiB", `a call may send and receive ${String(egressMiB)} MiB`);
  }
}

function reached(limit: "egressMiB" | "requests", rule: string): MoultError {
  const reason = `${rule}; raise limits.${limit} in the file if that is too little`;
  return new MoultError("function/limit", `Cannot go on fetching: ${reason}`, { limit, reason });
}

interface Waiting {
  readonly enter: () => void;
  readonly signal: AbortSignal;
}

/** Places for open connections; who finds none waits, first come first served. */
export class Connections {
  readonly #waiting: Waiting[] = [];
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** Takes a place. Returns the way to give it back, which does so once. Rejects when `signal` aborts first. */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else await this.#turn(signal);
    let left = false;
    return () => {
      if (!left) this.#leave();
      left = true;
    };
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const waiting = { enter: () => resolve(undefined), signal };
    this.#waiting.push(waiting);
    const abort = () => {
      const at = this.#waiting.indexOf(waiting);
      if (at < 0) return; // Its turn has come already.
      this.#waiting.splice(at, 1);
      reject(signal.reason instanceof Error ? signal.reason : new Error("cancelled"));
    };
    signal.addEventListener("abort", abort, { once: true });
    await promise;
    signal.removeEventListener("abort", abort);
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next.enter();
  }
}
