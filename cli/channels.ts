/** What `moult start` and `moult dev` say about channels that hold a connection. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Daemon } from "../runtime/daemon.ts";

/** A connection that takes longer is said as it is. */
const CONNECT_MS_MAX = 5_000;
const LOOK_MS = 50;

/** Says how each channel is, once it is connected or clearly is not; nothing when there is none. */
export async function sayChannels(daemon: Daemon, say: (text: string) => void): Promise<void> {
  const isOver = daemon.stopped.then(() => true);
  const until = Date.now() + CONNECT_MS_MAX;
  while (daemon.channels().some(({ state }) => state === "connecting") && Date.now() < until) {
    if (await Promise.race([isOver, sleep(LOOK_MS, false, { ref: false })])) return;
  }
  for (const { channel, state, reason, as } of daemon.channels()) {
    say(state === "up" ? `${channel}: ${as ?? "connected"}` : `${channel} is ${state}: ${reason}`);
  }
}
