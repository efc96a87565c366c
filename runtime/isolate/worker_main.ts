/** A function host inside a thread of the daemon: the same host, without a lock. */
import { parentPort } from "node:worker_threads";
import { runHost } from "./host.ts";
import type { DaemonFrame } from "./protocol.ts";
import type { WorkerStart } from "./worker_sandbox.ts";

const port = parentPort;
let listener: (frame: DaemonFrame) => void = () => undefined;

port?.on("message", (message: WorkerStart | string) => {
  if (typeof message === "string") {
    listener(JSON.parse(message) as DaemonFrame);
    return;
  }
  void runHost({
    socket: message.socket,
    lock: () => undefined,
    channel: {
      send: (frame) => port.postMessage(JSON.stringify(frame)),
      receive: (next) => {
        listener = next;
      },
    },
  });
});
