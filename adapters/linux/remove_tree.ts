/** Removes a folder that a process was allowed to write in, whatever it left there. */
import { chmodSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Makes folders passable again; links are not followed. */
function open(folder: string): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) open(join(folder, entry.name));
}

/** Removes a folder as far as it goes; never throws. The janitor of the next start tries again. */
export function removeTree(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
    return;
  } catch {
    // Folders without permissions, made by a process under our own user.
  }
  try {
    open(folder);
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Left for the janitor.
  }
}
