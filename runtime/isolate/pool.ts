/** Blank hosts that wait for a function. They are confined already: taking one costs no start. */
import { Backoff } from "../back_off.ts";
import type { Confined, FilePolicy, Sandbox } from "../ports.ts";
import { LIMITS_DEFAULT } from "../../schemas/function.ts";
import { messageOf } from "../../schemas/error.ts";

/** Refilling waits this long, so that it does not compete with the function that has just taken a host. */
const REFILL_MS = 30;

/** A blank host; what it prints goes to whoever takes it. */
export interface Blank {
  readonly confined: Confined;
  onOutput: (line: string) => void;
}

/** Keeps some blank hosts warm. */
export class Pool {
  readonly #sandbox: Sandbox;
  readonly #size: number;
  readonly #files: FilePolicy;
  readonly #onFault: (why: string) => void;
  readonly #warm: Blank[] = [];
  readonly #backoff = new Backoff();
  #starting = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(options: {
    readonly sandbox: Sandbox;
    /** Hosts kept warm. */
    readonly size: number;
    /** What its hosts may touch. @default nothing but their own folders */
    readonly files?: FilePolicy;
    /** Told when a host can not be started; the pool tries again by itself, ever later. */
    readonly onFault: (why: string) => void;
  }) {
    this.#sandbox = options.sandbox;
    this.#size = options.size;
    this.#files = options.files ?? NO_FILES;
    this.#onFault = options.onFault;
    this.#refill(0);
  }

  /** A warm host, or one that is started now. Rejects when none can be. */
  async take(): Promise<Blank> {
    const warm = this.#warm.shift();
    this.#refill(REFILL_MS);
    return warm ?? (await startBlank(this.#sandbox, this.#files));
  }

  /** Ends the hosts that wait. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const { confined } of this.#warm.splice(0)) confined.kill("moult stops");
  }

  #refill(ms: number): void {
    if (this.#isClosed || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      while (this.#warm.length + this.#starting < this.#size) void this.#addOne();
    }, ms);
  }

  async #addOne(): Promise<void> {
    this.#starting++;
    try {
      const blank = await startBlank(this.#sandbox, this.#files);
      this.#backoff.reset();
      this.#keep(blank);
    } catch (error) {
      if (this.#isClosed) return;
      this.#backoff.fail(performance.now());
      this.#onFault(messageOf(error));
      this.#refill(Math.max(REFILL_MS, this.#backoff.waitMs(performance.now())));
    } finally {
      this.#starting--;
    }
  }

  #keep(blank: Blank): void {
    if (this.#isClosed) {
      blank.confined.kill("moult stops");
      return;
    }
    this.#warm.push(blank);
    void blank.confined.exited.then(() => {
      const at = this.#warm.indexOf(blank);
      if (at < 0) return; // It was taken.
      this.#warm.splice(at, 1);
      this.#backoff.fail(performance.now());
      this.#refill(Math.max(REFILL_MS, this.#backoff.waitMs(performance.now())));
    });
  }
}

const NO_FILES: FilePolicy = { read: [], write: [], exec: [] };

/** Starts a host; it may touch nothing but its own folders unless `files` says so. */
export async function startBlank(sandbox: Sandbox, files: FilePolicy = NO_FILES): Promise<Blank> {
  let blank: Blank | undefined;
  const confined = await sandbox.start({
    files,
    memoryMiB: LIMITS_DEFAULT.memoryMiB,
    onOutput: (line) => blank?.onOutput(line),
  });
  blank = { confined, onOutput: () => undefined };
  return blank;
}
