/** Decides when a version crashes so often that the one before it should serve again. */
import type { Crash } from "../isolate/deployment.ts";

/** This many crashes … */
export const CRASHES_MAX = 5;

/** … within this time are too many, in milliseconds. */
export const CRASHES_WINDOW_MS = 60_000;

/** Remembers the last crashes of each function's present version. */
export class Crashes {
  readonly #recent = new Map<string, { version: string; at: number[] }>();

  /** Counts a crash. Whether it was one too many; then counting begins anew. */
  note({ name, version, at }: Crash): boolean {
    const known = this.#recent.get(name);
    const earlier = known?.version === version ? known.at : [];
    const times = [...earlier.filter((time) => time > at - CRASHES_WINDOW_MS), at];
    if (times.length >= CRASHES_MAX) {
      this.#recent.delete(name);
      return true;
    }
    this.#recent.set(name, { version, at: times });
    return false;
  }

  /** Forgets a function. */
  forget(name: string): void {
    this.#recent.delete(name);
  }
}
