/** Work that Ctrl-C, or the end of the terminal, ends in order. */
import { MoultError } from "../schemas/error.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs `work` with a signal that is aborted when this process is told to end; the next such signal ends it at once.
 *
 * @param stopped what whoever ended it is told
 */
export async function interruptible<T>(
  stopped: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const stop = (): void => abort.abort(new MoultError("model/unavailable", stopped));
  for (const signal of SIGNALS) process.once(signal, stop);
  try {
    return await work(abort.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}
