/** What programs in the kernel report about control groups, handed to those who watch a group. It knows no report. */
import { statSync } from "node:fs";
import { type BpfMap, RingReader } from "./libbpf.ts";

/** How often reports are fetched that no frame of a host has brought along, in milliseconds. */
const FETCH_MS = 40;

/** Groups are known to the kernel by the number of their folder. */
export function groupId(group: string): bigint {
  return statSync(group, { bigint: true }).ino;
}

/** The key of a group in tables of the kernel's. */
export function groupKey(group: string): Uint8Array {
  const key = Buffer.alloc(8);
  key.writeBigUInt64LE(groupId(group));
  return key;
}

/** Reports from one ring buffer. Each record begins with the number of its group. */
export class GroupReports<Report> {
  readonly #ring: RingReader;
  readonly #listeners = new Map<bigint, (report: Report) => void>();
  #fetched: { readonly group: bigint; readonly report: Report }[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  /** How many want to hear soon. The timer runs iff there is one. */
  #inHaste = 0;
  #closed = false;

  /** @param read makes a report of a record; it must not keep the view */
  constructor(map: BpfMap, read: (record: DataView) => Report) {
    this.#ring = new RingReader(map, (record) => {
      const group = record.getBigUint64(0, true);
      if (this.#listeners.has(group)) this.#fetched.push({ group, report: read(record) });
    });
  }

  /** Calls back at each report about a group, at the next `drain()`. Returns the way to stop. */
  watch(group: string, listener: (report: Report) => void): () => void {
    const id = groupId(group);
    this.#listeners.set(id, listener);
    return () => {
      this.drain();
      this.#listeners.delete(id);
    };
  }

  /** Drains by itself from now on, every `FETCH_MS`. Returns the way to stop; an idle daemon must not be woken up. */
  drainOften(): () => void {
    this.#inHaste++;
    this.#timer ??= setInterval(() => this.drain(), FETCH_MS);
    this.#timer.unref();
    return () => {
      if (--this.#inHaste > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  /** Hands over now what has been reported so far. */
  drain(): void {
    if (this.#closed) return;
    this.#ring.consume();
    if (this.#fetched.length === 0) return;
    // Only now: what listeners do, or throw, must not happen in the middle of the library.
    const fetched = this.#fetched;
    this.#fetched = [];
    for (const { group, report } of fetched) this.#listeners.get(group)?.(report);
  }

  /** Reads no more. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.#ring.close();
  }
}
