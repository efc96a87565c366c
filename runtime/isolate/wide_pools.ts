/**
 * Warm hosts under wider policies, for functions that are being edited: the next save of a function with file access
 * finds one ready. They go when nothing was saved for a while, because each costs memory.
 */
import type { FilePolicy, Sandbox } from "../ports.ts";
import { type Blank, Pool, startBlank } from "./pool.ts";

/** After the last save of a function with this policy. */
const KEPT_MS = 60_000;
/** Policies at once; the one that was used longest ago goes first. */
const POLICIES_MAX = 4;

interface Kept {
  readonly pool: Pool;
  timer: NodeJS.Timeout;
}

/** One small pool per policy in use. */
export class WidePools {
  readonly #sandbox: Sandbox;
  readonly #onFault: (why: string) => void;
  readonly #kept = new Map<string, Kept>();

  constructor(sandbox: Sandbox, onFault: (why: string) => void) {
    this.#sandbox = sandbox;
    this.#onFault = onFault;
  }

  /** A host under `files`, warm if one is kept. */
  async take(files: FilePolicy): Promise<Blank> {
    const kept = this.#kept.get(keyOf(files));
    return await (kept === undefined ? startBlank(this.#sandbox, files) : kept.pool.take());
  }

  /** Keeps one warm for the next save. */
  keep(files: FilePolicy): void {
    const key = keyOf(files);
    const before = this.#kept.get(key);
    clearTimeout(before?.timer);
    const timer = setTimeout(() => this.#drop(key), KEPT_MS);
    timer.unref();
    this.#kept.delete(key);
    const options = { sandbox: this.#sandbox, size: 1, files, onFault: this.#onFault };
    this.#kept.set(key, { pool: before?.pool ?? new Pool(options), timer });
    const [oldest = key] = this.#kept.keys();
    if (this.#kept.size > POLICIES_MAX) this.#drop(oldest);
  }

  /** Ends the hosts that wait. */
  close(): void {
    for (const key of this.#kept.keys()) this.#drop(key);
  }

  #drop(key: string): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    clearTimeout(kept.timer);
    kept.pool.close();
    this.#kept.delete(key);
  }
}

function keyOf({ read, write, exec }: FilePolicy): string {
  return JSON.stringify([read, write, exec]);
}
