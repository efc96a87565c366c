/** How much lies in a folder, where no file system bounds it. */
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Entries that are looked at; a folder with more counts as full. */
const ENTRIES_MAX = 4_096;

/** MiB of all files in a folder, links not followed; `Infinity` with more than `entriesMax` entries. */
export function folderMiB(folder: string, entriesMax = ENTRIES_MAX): number {
  const open = [folder];
  let bytes = 0;
  let entries = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop())
    for (const entry of namesIn(next)) {
      if (++entries > entriesMax) return Infinity;
      const path = join(next, entry.name);
      if (entry.isDirectory()) open.push(path);
      else bytes += bytesOf(path);
    }
  return bytes / 1_048_576;
}

function namesIn(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // It was removed since.
  }
}

/** What it takes on the disk: a file with holes takes less than it is long. */
function bytesOf(path: string): number {
  try {
    return lstatSync(path).blocks * 512;
  } catch {
    return 0;
  }
}
