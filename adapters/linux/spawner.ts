/** Our side of a spawner thread. Each thread has one confinement for good, so each file policy has its own. */
import type { Confinement, FromSpawner, Start, ToSpawner } from "./spawner_worker.ts";

/** A process that was started. */
export interface Started {
  readonly pid: number;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

interface Pending {
  readonly onLine: (line: string) => void;
  readonly started: PromiseWithResolvers<Started>;
  readonly exited: PromiseWithResolvers<{ code: number | null; signal: string | null }>;
}

/** A thread that starts processes inside one confinement. */
export class Spawner {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #confined = Promise.withResolvers<undefined>();
  #lastId = 0;
  #over: string | undefined;

  /** Starts the thread and confines it. Rejects when the kernel refuses any part. */
  static async open(options: Confinement): Promise<Spawner> {
    const spawner = new Spawner();
    spawner.#post({ type: "confine", ...options });
    try {
      await spawner.#confined.promise;
    } catch (error) {
      spawner.close();
      throw error;
    }
    return spawner;
  }

  private constructor() {
    this.#worker = new Worker(new URL("spawner_worker.ts", import.meta.url).href, {
      env: {},
    });
    this.#worker.addEventListener("message", (event: MessageEvent<FromSpawner>) =>
      this.#hear(event.data),
    );
    this.#worker.addEventListener("error", (event) => this.#break(event.message));
    this.#worker.addEventListener("close", () => this.#break("the spawner thread ended"));
  }

  /** Whether the thread has ended, and with it all it started. */
  get isOver(): boolean {
    return this.#over !== undefined;
  }

  /** Starts one process. Rejects when the thread has ended. */
  async spawn(start: Start, onLine: (line: string) => void): Promise<Started> {
    if (this.#over !== undefined) throw new Error(this.#over);
    const id = ++this.#lastId;
    const pending: Pending = {
      onLine,
      started: Promise.withResolvers<Started>(),
      exited: Promise.withResolvers<{ code: number | null; signal: string | null }>(),
    };
    this.#pending.set(id, pending);
    this.#post({ type: "spawn", id, start });
    return await pending.started.promise;
  }

  /** Ends the thread. The kernel ends what it started with it, so close it last. */
  close(): void {
    this.#over ??= "the spawner thread was ended";
    this.#worker.terminate();
  }

  #post(message: ToSpawner): void {
    this.#worker.postMessage(message, []);
  }

  #hear(message: FromSpawner): void {
    if (message.type === "confined") return this.#confined.resolve(undefined);
    if (message.type === "refused") return this.#confined.reject(new Error(message.why));
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    if (message.type === "line") return pending.onLine(message.line);
    if (message.type === "started")
      return pending.started.resolve({ pid: message.pid, exited: pending.exited.promise });
    this.#pending.delete(message.id);
    if (message.type === "failed") pending.started.reject(new Error(message.why));
    else pending.exited.resolve({ code: message.code, signal: message.signal });
  }

  #break(why: string): void {
    this.#over ??= why;
    this.#confined.reject(new Error(why));
    this.#confined.promise.catch(() => undefined);
    for (const { started, exited } of this.#pending.values()) {
      started.reject(new Error(why));
      started.promise.catch(() => undefined);
      exited.resolve({ code: null, signal: "SIGKILL" });
    }
    this.#pending.clear();
  }
}
