/** Files that appear whole or not at all. Knows nothing of what is in them. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { MoultError, messageOf } from "../schemas/error.ts";

/**
 * Replaces a file: a reader sees the old one or the new one, whatever happens in between.
 *
 * @param options `mode`: permissions of the new file @default what the process gives. `folder`: makes the folder that
 * it lies in @default false
 * @throws {MoultError} `internal` when the disk takes no writes; nothing is left behind
 */
export function writeWhole(
  file: string,
  text: string,
  options: { readonly mode?: number; readonly folder?: boolean } = {},
): void {
  const next = `${file}.${process.pid}.tmp`;
  try {
    if (options.folder === true) mkdirSync(dirname(file), { recursive: true });
    writeFileSync(next, text, options.mode === undefined ? {} : { mode: options.mode });
    renameSync(next, file);
  } catch (error) {
    removeQuietly(next);
    const because = messageOf(error);
    throw new MoultError(
      "internal",
      `Cannot write ${file}: ${because}; make room on the disk, or make the home folder writable`,
      undefined,
      error,
    );
  }
}

/** Removes a file. What cannot be removed lies there a while longer; nothing depends on its absence. */
export function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // The folder is read-only by now, or is none: whoever writes next says so.
  }
}
