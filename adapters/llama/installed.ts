/** Where llama.cpp was installed. Loads nothing of it: the whole library takes longer than most that ask for its place. */
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** Where the libraries of this machine's processor lie, without a GPU. Throws when they are not installed. */
export function installedFolder(): string {
  const require = createRequire(import.meta.resolve("node-llama-cpp"));
  const platform = `linux-${process.arch}`;
  const index = require.resolve(`@node-llama-cpp/${platform}`);
  return path.join(path.dirname(index), "..", "bins", platform);
}

/** A library of theirs by its plain name: `libggml.so` here, `libggml.v0.5.0.so` there. Throws when it is missing. */
export function libraryIn(folder: string, name: string): string {
  const pattern = new RegExp(String.raw`^lib${name}\.(?:v[\d.]+\.)?so$`);
  const file = readdirSync(folder).find((entry) => pattern.test(entry));
  if (file === undefined) throw new Error(`There is no lib${name} in ${folder}`);
  return path.join(folder, file);
}
