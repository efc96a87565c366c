/**
 * The program of a function process: opens its control channel and its listener, limits and filters itself, and only
 * then lets the host load a function. Bundled by the daemon; it must not import anything at run time.
 */
import { type HostChannel, type DaemonFrame } from "../../runtime/isolate/protocol.ts";
import { runHost } from "../../runtime/isolate/host.ts";
import { openControl } from "./control.ts";
import type { Plan } from "./plan.ts";
import { installFilter } from "./seccomp.ts";
import { endWithParent, nameProcess, setLimits } from "./syscalls.ts";

/** The control channel is number 3 in every host. */
const CONTROL_FILE = 3;

/** A channel to the daemon: the inherited socket, or Bun's own where there is no sandbox. */
async function openChannel(): Promise<HostChannel> {
  let listener: (frame: DaemonFrame) => void = () => undefined;
  const receive = (next: typeof listener) => {
    listener = next;
  };
  if (process.send !== undefined) {
    process.on("message", (frame) => listener(frame as DaemonFrame));
    process.on("disconnect", () => process.exit(0));
    return { send: (frame) => void process.send?.(frame), receive };
  }
  const control = await openControl({
    file: CONTROL_FILE,
    trusted: true,
    onFrame: (frame) => listener(frame as DaemonFrame),
    onBroken: () => process.exit(70),
    onClose: () => process.exit(0),
  });
  return { send: control.send, receive };
}

const [socket = "", planText = "{}"] = process.argv.slice(2);
const plan = JSON.parse(planText) as Partial<Plan>;

await runHost({
  channel: await openChannel(),
  socket,
  lock() {
    // A parent that has ended before is noticed too: the channel to it is closed, and no function is here yet.
    if (plan.filter !== undefined) endWithParent();
    if (plan.limits !== undefined) {
      nameProcess("moult-function");
      setLimits(plan.limits);
    }
    if (plan.filter === true)
      installFilter({
        passSockets: plan.passSockets === true,
        programs: plan.programs === true,
        signals: plan.signals === true,
        omitted: plan.omitted,
      });
  },
});
