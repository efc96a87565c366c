/**
 * Watches hosts from outside and ends those that pass a limit. One timer for all; it ticks slowly while no call runs,
 * because idle must cost nothing.
 */
import { MoultError } from "../../schemas/error.ts";
import type { Limits } from "../../schemas/function.ts";
import type { LiveHost } from "./live_host.ts";

/** A limit is noticed within this time while calls run. */
const BUSY_TICK_MS = 100;
/** And within this time otherwise. */
const IDLE_TICK_MS = 2_000;
/** How long a host may not answer a ping while it also uses no CPU: it sleeps in one call and starves the others. */
const STALL_MS = 5_000;
/** A busy loop uses the CPU nearly always; on a loaded machine it still gets this part of it. */
const STALL_CPU_SHARE = 0.1;

interface Watched {
  readonly host: LiveHost;
  readonly limits: Limits;
  readonly onIdle: (idleMs: number) => void;
  completed: number;
  cpuMs: number;
  /** When the ping was sent that has no answer yet, and the CPU used by then. */
  ping: { readonly at: number; readonly cpuMs: number } | undefined;
}

/** Watches all hosts of a daemon. */
export class LimitWatch {
  readonly #watched = new Map<LiveHost, Watched>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isFast = false;
  readonly #onRest: () => void;

  /** @param onRest Told, now and then, that the last host has ended: nothing is at work. @default nobody */
  constructor(onRest: () => void = () => undefined) {
    this.#onRest = onRest;
  }

  /** Watches a host until it ends. `onIdle` is told, now and then, for how long it had no call. */
  add(host: LiveHost, limits: Limits, onIdle: (idleMs: number) => void): void {
    const watched: Watched = { host, limits, onIdle, completed: -1, cpuMs: 0, ping: undefined };
    host.onPong = () => {
      watched.ping = undefined;
    };
    host.confined.limitMemory?.(limits.memoryMiB);
    this.#watched.set(host, watched);
    void host.exited.then(() => this.#watched.delete(host));
    if (this.#timer === undefined) this.#schedule();
  }

  /** A call begins somewhere: look often. */
  wake(): void {
    if (this.#isFast) return;
    clearTimeout(this.#timer);
    this.#schedule();
  }

  /** Stops watching. */
  close(): void {
    clearTimeout(this.#timer);
    this.#watched.clear();
  }

  #schedule(): void {
    this.#isFast = [...this.#watched.keys()].some((host) => host.calls.size > 0);
    this.#timer = setTimeout(() => this.#tick(), this.#isFast ? BUSY_TICK_MS : IDLE_TICK_MS);
    this.#timer.unref();
  }

  #tick(): void {
    for (const watched of this.#watched.values()) check(watched);
    if (this.#watched.size > 0) this.#schedule();
    else {
      this.#timer = undefined;
      this.#isFast = false;
      this.#onRest();
    }
  }
}

function check(watched: Watched): void {
  const { host, limits } = watched;
  if (host.isGone || host.ending !== undefined) return;
  const now = performance.now();
  const memoryMiB = host.confined.residentMiB();
  if (memoryMiB > limits.memoryMiB) {
    const reason = `memory ${memoryMiB.toFixed(0)} MiB > ${String(limits.memoryMiB)}`;
    host.stop({ limit: "memoryMiB", reason });
    return;
  }
  const excess = host.confined.excess?.();
  if (excess !== undefined) {
    host.stop(excess);
    return;
  }
  checkTime(watched, now);
  checkCpu(watched, now);
  if (host.calls.size === 0) watched.onIdle(now - host.lastUsedAt);
}

function checkTime({ host, limits }: Watched, now: number): void {
  // Oldest first: the first that is in time ends the search.
  for (const call of host.calls.values()) {
    const elapsedMs = now - call.startedAt;
    if (elapsedMs <= limits.timeMs) return;
    const reason = `time ${elapsedMs.toFixed(0)} ms > ${String(limits.timeMs)}`;
    if (call.stopStream === undefined) {
      host.stop({ limit: "timeMs", reason });
      return;
    }
    // The caller may be the slow one: the stream ends, the host stays.
    const text = `The stream of "${host.name}" was ended: ${reason}`;
    call.stopStream(new MoultError("function/limit", text, { limit: "timeMs", reason }));
  }
}

function checkCpu(watched: Watched, now: number): void {
  const { host, limits } = watched;
  const cpuMs = host.confined.cpuMs();
  if (watched.completed !== host.completed) {
    watched.completed = host.completed;
    watched.cpuMs = cpuMs;
  }
  const burntMs = cpuMs - watched.cpuMs;
  if (burntMs > limits.cpuMs) {
    const reason = `CPU ${burntMs.toFixed(0)} ms > ${String(limits.cpuMs)} without completing a call`;
    host.stop({ limit: "cpuMs", reason });
    return;
  }
  if (host.calls.size === 0) watched.ping = undefined;
  else if (watched.ping === undefined) {
    watched.ping = { at: now, cpuMs };
    host.confined.send({ type: "ping" });
  } else if (now - watched.ping.at > STALL_MS) {
    const stalledMs = now - watched.ping.at;
    // Computing is legitimate until `cpuMs`; doing nothing while nobody else can run is not.
    if (cpuMs - watched.ping.cpuMs > stalledMs * STALL_CPU_SHARE) return;
    host.stop({ limit: "stall", reason: `it was blocked for ${stalledMs.toFixed(0)} ms` });
  }
}
