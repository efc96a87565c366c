/**
 * A thread that confines itself and then starts processes, which are born inside its confinement. The daemon's
 * other threads stay free. It knows no function.
 */
import { openSync } from "node:fs";
import { confineThread, type Domain, type LandlockRight } from "./landlock.ts";
import { readOutput, signalName } from "./output.ts";
import { amongItsOwn, keepFileAccessOnly } from "./syscalls.ts";

/** What the thread is told. `confine` comes first, once. */
export type ToSpawner =
  | ({ readonly type: "confine" } & Confinement)
  | { readonly type: "spawn"; readonly id: number; readonly start: Start };

/** What a thread does to itself, for good. */
export interface Confinement {
  /** `undefined` = no Landlock. */
  readonly domain: Domain | undefined;
  /** What Landlock does not look after; only tests name any. */
  readonly omitted?: readonly LandlockRight[] | undefined;
  /** Take root's other rights from what it starts. */
  readonly dropRights: boolean;
  /** What it starts lives among its own processes: it sees no others, and all it starts ends with it. @default false */
  readonly apart?: boolean;
}

/** One process to start. */
export interface Start {
  readonly command: readonly string[];
  /** What the process list shows in place of the program. */
  readonly argv0: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** File descriptor that becomes number 3. */
  readonly control: number;
  /** User and group. Absent = ours. */
  readonly uid?: number | undefined;
  /** Open file descriptor of a cgroup folder: a path would be opened under our confinement. */
  readonly cgroup?: number | undefined;
}

/** What the thread reports. */
export type FromSpawner =
  | { readonly type: "confined" }
  | { readonly type: "refused"; readonly why: string }
  | { readonly type: "started"; readonly id: number; readonly pid: number }
  | { readonly type: "failed"; readonly id: number; readonly why: string }
  | { readonly type: "line"; readonly id: number; readonly line: string }
  | {
      readonly type: "exit";
      readonly id: number;
      readonly code: number | null;
      readonly signal: string | null;
    };

/** How long the end of a process waits for the rest of its output. */
const OUTPUT_WAIT_MS = 100;

// Not by node:worker_threads: loading that takes longer than all the rest of this thread's start.
declare const self: Worker;
const report = (message: FromSpawner) => self.postMessage(message, []);

/** Opened before this thread is confined. */
let ownProcesses: number | undefined;

function confine(message: ToSpawner & { type: "confine" }): void {
  try {
    if (message.apart === true) ownProcesses = openSync("/proc/thread-self/ns/pid", "r");
    if (message.dropRights) keepFileAccessOnly();
    if (message.domain !== undefined) confineThread(message.domain, message.omitted);
    report({ type: "confined" });
  } catch (error) {
    report({ type: "refused", why: error instanceof Error ? error.message : String(error) });
  }
}

/** Reports what a process prints, then how it ended. */
async function reportExit(id: number, child: Bun.Subprocess): Promise<void> {
  const outputs = [child.stdout, child.stderr].map(async (stream) => {
    if (stream instanceof ReadableStream)
      await readOutput(stream, (line) => report({ type: "line", id, line }));
  });
  await child.exited;
  // Its last lines say why it ended; a descendant that holds the pipe must not delay the news.
  await Promise.race([Promise.all(outputs), Bun.sleep(OUTPUT_WAIT_MS)]);
  report({ type: "exit", id, code: child.exitCode, signal: signalName(child.signalCode) });
}

function spawn(id: number, start: Start): void {
  try {
    const options = {
      argv0: start.argv0,
      cwd: start.cwd,
      env: { ...start.env },
      // Its own process group: a signal to "my group" reaches nobody else.
      detached: true,
      stdio: ["ignore", "pipe", "pipe", start.control],
      ...(start.uid === undefined ? {} : { uid: start.uid, gid: start.uid }),
      ...(start.cgroup === undefined ? {} : { cgroup: start.cgroup }),
    } as Parameters<typeof Bun.spawn>[1];
    const begin = () => Bun.spawn([...start.command], options);
    const child = ownProcesses === undefined ? begin() : amongItsOwn(ownProcesses, begin);
    report({ type: "started", id, pid: child.pid });
    void reportExit(id, child);
  } catch (error) {
    report({ type: "failed", id, why: error instanceof Error ? error.message : String(error) });
  }
}

self.addEventListener("message", ({ data }: MessageEvent<ToSpawner>) => {
  if (data.type === "confine") confine(data);
  else spawn(data.id, data.start);
});
