/** Whether the files that a build was made of are still the same: by their stamps first, by their contents if need be. */
import { readFileSync, readdirSync, statSync } from "node:fs";
import type { Stats } from "node:fs";
import * as v from "valibot";
import { contentHash } from "../content_hash.ts";

/** Kernels stamp files with a clock that ticks this coarsely. */
const CLOCK_TICK_MS = 10;

/** A larger file is compared by its stamp. A bundle has less than this. */
const HASHED_BYTES_MAX = 32 * 1024 * 1024;

/** The stamp of a file that may have changed while it was read. No file ever has it. */
const UNSURE = "unsure";

/** A file that a build was made of. */
export const Input = v.object({
  /** Absolute. */
  path: v.string(),
  /** Size, times and inode; empty when there is no such file. */
  stamp: v.string(),
  /** SHA-256 of the content. */
  hash: v.string(),
});
/** See the schema of the same name. */
export type Input = v.InferOutput<typeof Input>;

/**
 * Describes files after they were read.
 * @param known Content hashes by path, of what was read already.
 * @param began When reading began, in milliseconds since the epoch: what changed since then is described as unsure.
 */
export function inputsOf(
  paths: readonly string[],
  began: number,
  known: ReadonlyMap<string, string> = new Map(),
): Input[] {
  return paths.map((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    const sure = stat === undefined || stat.ctimeMs < began - CLOCK_TICK_MS;
    return { path, stamp: sure ? stamped(stat) : UNSURE, hash: known.get(path) ?? hashOf(path) };
  });
}

/** Whether a file looks different from then. Reads no file. */
export function touched({ path, stamp }: Input): boolean {
  return stampOf(path) !== stamp;
}

/** The same inputs with the stamps of now, or `undefined` when a content differs or there is nothing to compare. */
export function refreshed(inputs: readonly Input[]): readonly Input[] | undefined {
  if (inputs.length === 0) return undefined;
  const fresh: Input[] = [];
  for (const input of inputs) {
    const stamp = stampOf(input.path);
    if (input.stamp === UNSURE) return undefined;
    if (stamp !== input.stamp && hashOf(input.path) !== input.hash) return undefined;
    fresh.push({ ...input, stamp });
  }
  return fresh;
}

/** Size, times and inode of the file that is there now; empty when there is none. */
export function stampOf(path: string): string {
  return stamped(statSync(path, { throwIfNoEntry: false }));
}

function stamped(stat: Stats | undefined): string {
  return stat === undefined ? "" : `${stat.size}.${stat.mtimeMs}.${stat.ctimeMs}.${stat.ino}`;
}

/** Of a folder: the names in it. */
function hashOf(path: string): string {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) return contentHash(readdirSync(path).toSorted().join("\n"));
    // Too much to read for a look: whoever changes it also changes its time.
    if (!stat.isFile() || stat.size > HASHED_BYTES_MAX) return stamped(stat);
    return contentHash(readFileSync(path));
  } catch {
    return "";
  }
}
