/** What any function may do: the harmless halves of attacks on files. */
import type { Deed } from "./attack.ts";

/** Writes and reads a file of its own. */
export const ownFile: Deed = async () => {
  const fs = await import("node:fs");
  fs.writeFileSync("own.txt", "own");
  fs.readFileSync("own.txt");
};

/** The same, on a thread of the pool. */
export const ownFileOnAnotherThread: Deed = async () => {
  const fs = await import("node:fs");
  await fs.promises.writeFile("own.txt", "own");
  await fs.promises.readFile("own.txt");
};
