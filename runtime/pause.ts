/** Waiting that may be cut short. */
import { setTimeout as sleep } from "node:timers/promises";

/** Resolves after `ms` milliseconds, or as soon as `signal` aborts. Never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
}
