/**
 * Hosts as threads of the daemon, for built-ins that ask for it: quicker to start, and confined by nothing. A native
 * crash in one ends the daemon, so nothing of a user's runs here.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Confined, Exit, Sandbox } from "../ports.ts";
import { Brood, upWithin } from "./brood.ts";

const START_MS_MAX = 10_000;

/** What a thread is told first. */
export interface WorkerStart {
  readonly socket: string;
}

/** Not the system's own folder, whose name may be too long for a socket. The number is the daemon's. */
const BASE = "/tmp/moult-threads-";

/** Removes what daemons left that ended without cleaning up. */
function removeStale(): void {
  for (const name of readdirSync("/tmp")) {
    const pid = /^moult-threads-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      rmSync(join("/tmp", name), { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Starts threads. */
export class WorkerSandbox implements Sandbox {
  readonly #brood: Brood;

  constructor() {
    removeStale();
    this.#brood = new Brood(mkdtempSync(`${BASE}${process.pid}-`));
  }

  tier() {
    return {
      tier: "E",
      has: [],
      lacks: ["everything: a thread of the daemon can do what the daemon can"],
    };
  }

  async start(options: Parameters<Sandbox["start"]>[0]): Promise<Confined> {
    const folder = this.#brood.folder(["fn", "work"]);
    return await this.#brood.raise(new WorkerHost(folder, options.onOutput));
  }

  async close(): Promise<void> {
    await this.#brood.close();
  }
}

class WorkerHost implements Confined {
  readonly pid = process.pid;
  readonly socket: string;
  readonly bundles: string;
  readonly work: string;
  readonly exited: Promise<Exit>;
  readonly #worker: Worker;
  readonly #up = Promise.withResolvers<undefined>();
  readonly #exited = Promise.withResolvers<Exit>();
  #isUp = false;
  #listener: ((frame: unknown) => void) | undefined;
  #killedFor: string | undefined;

  constructor(folder: string, onOutput: (line: string) => void) {
    this.socket = join(folder, "k");
    this.bundles = join(folder, "fn");
    this.work = join(folder, "work");
    this.exited = this.#exited.promise;
    this.#worker = new Worker(new URL("worker_main.ts", import.meta.url).href, {
      env: {},
    });
    this.#worker.addEventListener("message", (event: MessageEvent<unknown>) =>
      this.#hear(event.data),
    );
    this.#worker.addEventListener("error", (event) => onOutput(event.message));
    this.#worker.addEventListener("close", (event) => {
      const code = "code" in event && typeof event.code === "number" ? event.code : null;
      rmSync(folder, { recursive: true, force: true });
      const exit = { code, signal: null };
      this.#exited.resolve(
        this.#killedFor === undefined ? exit : { ...exit, killedFor: this.#killedFor },
      );
    });
    this.#worker.postMessage({ socket: this.socket } satisfies WorkerStart, []);
  }

  send(frame: object): void {
    // Text goes between threads faster than objects.
    this.#worker.postMessage(JSON.stringify(frame), []);
  }

  receive(listener: (frame: unknown) => void): void {
    this.#listener = listener;
  }

  cpuMs(): number {
    return 0; // Not known per thread: the time and stall limits hold.
  }

  residentMiB(): number {
    return 0;
  }

  kill(why: string): void {
    this.#killedFor ??= why;
    this.#worker.terminate();
  }

  async whenUp(): Promise<void> {
    await upWithin(START_MS_MAX, this, this.#up.promise);
  }

  #hear(data: unknown): void {
    const frame: unknown = typeof data === "string" ? JSON.parse(data) : undefined;
    if (this.#isUp) {
      this.#listener?.(frame);
      return;
    }
    this.#isUp = true;
    this.#up.resolve(undefined);
  }
}
