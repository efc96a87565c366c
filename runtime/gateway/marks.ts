/** How far each trigger has come, durably. Changes are kept in memory until they are saved, all at once. */
import type { KvWrite, Store } from "../ports.ts";
import { nameOf } from "./armed.ts";

/** Owner of the values; no function can have this name. */
const OWNER = "trigger:cron";

/** More triggers than this are no longer read back; theirs begin anew at each start. */
const MARKS_MAX = 100_000;

/** For each trigger the last tick that was dealt with, or when the trigger was first seen. */
export class Marks {
  readonly #store: Store;
  readonly #marks = new Map<string, number>();
  readonly #keys = new Map<string, Set<string>>();
  readonly #unsaved = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Reads what an earlier process saved. */
  async load(): Promise<void> {
    for (const { key, value } of await this.#store.kvList(OWNER, "", MARKS_MAX)) {
      if (typeof value === "number") this.#put(key, value);
    }
  }

  /** Functions with a mark. */
  names(): readonly string[] {
    return [...this.#keys.keys()];
  }

  /** Triggers of a function that have a mark. */
  keysOf(name: string): readonly string[] {
    return [...(this.#keys.get(name) ?? [])];
  }

  /** Milliseconds since the epoch. */
  get(key: string): number | undefined {
    return this.#marks.get(key);
  }

  /** Moves a mark. */
  set(key: string, at: number): void {
    this.#put(key, at);
    this.#unsaved.add(key);
  }

  /** Forgets a trigger. */
  forget(key: string): void {
    const keys = this.#keys.get(nameOf(key));
    keys?.delete(key);
    if (keys?.size === 0) this.#keys.delete(nameOf(key));
    this.#marks.delete(key);
    this.#unsaved.add(key);
  }

  /** Whether something is to be saved. */
  get isUnsaved(): boolean {
    return this.#unsaved.size > 0;
  }

  /** Makes all changes durable. Rejects as the store does; they are kept for the next time then. */
  async save(): Promise<void> {
    if (!this.isUnsaved) return;
    const writes: KvWrite[] = [...this.#unsaved].map((key) => ({
      key,
      value: this.#marks.get(key),
    }));
    await this.#store.kvCommit(OWNER, writes);
    for (const { key, value } of writes) {
      if (this.#marks.get(key) === value) this.#unsaved.delete(key);
    }
  }

  #put(key: string, at: number): void {
    this.#marks.set(key, at);
    const name = nameOf(key);
    const keys = this.#keys.get(name);
    if (keys === undefined) this.#keys.set(name, new Set([key]));
    else keys.add(key);
  }
}
