/** Where llama.cpp was installed. Loads nothing of it: the whole library takes longer than most that ask for its place. */
import { createRequire } from "node:module";
import path from "node:path";

/** Where the libraries of this machine's processor lie, without a GPU. Throws when they are not installed. */
export function installedFolder(): string {
  const require = createRequire(import.meta.resolve("node-llama-cpp"));
  const platform = `linux-${process.arch}`;
  const index = require.resolve(`@node-llama-cpp/${platform}`);
  return path.join(path.dirname(index), "..", "bins", platform);
}
