/** The program of a model host: joins the host with the process's channel to the daemon, and ends with it. */
import type { StartEngine } from "./engine.ts";
import { isToHost, together } from "./frames.ts";
import { type Ending, ModelHost, STUCK } from "./host.ts";

/** Last frames need a moment to leave the process. */
const FLUSH_MS = 50;

/** Makes this process a model host: takes frames from its parent, and ends with it. */
export function runModelHost(startEngine: StartEngine): void {
  const exit = (ending: Ending): void => {
    // SIGKILL to oneself where native threads may be busy: their teardown at a normal exit can hang or abort.
    const end =
      ending === STUCK ? () => process.kill(process.pid, "SIGKILL") : () => process.exit(ending);
    setTimeout(end, FLUSH_MS);
  };
  const host = new ModelHost(
    startEngine,
    together((frames) => process.send?.(frames)),
    exit,
  );
  process.on("message", (frame: unknown) => {
    if (isToHost(frame)) host.receive(frame);
  });
  process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
  // The daemon decides when the host ends; a Ctrl-C in the terminal reaches both.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => host.receive({ type: "close" }));
}
