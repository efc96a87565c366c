/**
 * What nothing in the daemon has caught. A promise that broke belongs to one request or one job, and the others go on;
 * after an exception nobody knows what is half done, so that the daemon ends in order, and whoever started it starts it again.
 */
import { messageOf } from "../schemas/error.ts";
import type { Daemon } from "../runtime/daemon.ts";
import { aside } from "./print.ts";

/** What cannot be ended in order by then is ended all the same. */
const STOP_MS_MAX = 15_000;

/** From now on this process writes faults down. Returns the exit code that a daemon ends with: 1 after an exception. */
export function catchFaults(daemon: Pick<Daemon, "fault" | "stop">): () => number {
  let code = 0;
  process.on("unhandledRejection", (reason) => daemon.fault("promise", reason));
  process.on("uncaughtException", (error) => {
    daemon.fault("exception", error);
    if (code === 1) return;
    code = 1;
    aside(`error: ${messageOf(error)}; moult ends, and its log says more`);
    setTimeout(() => process.exit(1), STOP_MS_MAX).unref();
    void daemon.stop();
  });
  return () => code;
}
