/** Tells moult's own functions from everybody else's: by the hash of their content, never by where they lie. */
import { readFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import * as v from "valibot";
import { Manifest } from "../../schemas/function.ts";
import { contentHash } from "../content_hash.ts";
import { isSkillFile, scanRoot } from "./scan.ts";

/** The lock that comes with the package. */
export const BUILTIN_LOCK = join(import.meta.dir, "../../functions/builtin.lock");

/** Manifests of the built-in functions, by content hash, so that a first start need not run them to read them. */
export const BUILTIN_MANIFESTS = join(import.meta.dir, "../../functions/builtin.manifests");

/** The shipped manifests. Those that are missing or unreadable are asked from the functions themselves. */
export function readBuiltinManifests(
  path: string = BUILTIN_MANIFESTS,
): ReadonlyMap<string, Manifest> {
  try {
    const stored = v.parse(v.record(v.string(), Manifest), JSON.parse(readFileSync(path, "utf8")));
    return new Map(Object.entries(stored));
  } catch {
    return new Map();
  }
}

/** Hashes of the built-in functions. A lock that is missing or unreadable makes every function the user's. */
export function readBuiltinLock(path: string = BUILTIN_LOCK): ReadonlySet<string> {
  try {
    const lines = readFileSync(path, "utf8").split("\n");
    return new Set(
      lines.map((line) => line.slice(0, 64)).filter((hash) => /^[0-9a-f]{64}$/.test(hash)),
    );
  } catch {
    return new Set();
  }
}

/** Names of the built-in functions, by the paths in the lock. */
export function readBuiltinNames(path: string = BUILTIN_LOCK): ReadonlySet<string> {
  try {
    const files = readFileSync(path, "utf8")
      .split("\n")
      .map((line) => line.slice(66));
    const nameOf = (file: string): string =>
      isSkillFile(file) ? basename(dirname(file)) : basename(file, extname(file));
    return new Set(files.filter((file) => file !== "").map(nameOf));
  } catch {
    return new Set();
  }
}

/** The text of a lock for the functions in `dir`: one line `<sha256>  <path>` a function, by path. */
export function builtinLock(dir: string): string {
  return scanRoot(dir)
    .found.map(({ path, file }) => `${contentHash(readFileSync(path))}  ${file}\n`)
    .join("");
}
