/** Which files of a functions folder are functions. Looks at names and kinds of files only; reads none. */
import { readdirSync, realpathSync, statSync } from "node:fs";
import type { Dirent } from "node:fs";
import { basename, extname, join, relative } from "node:path";
import { FUNCTION_NAME } from "../../schemas/function.ts";

/** Files of one root that are looked at, and folders: a link may lead to a whole disk. */
const FILES_MAX = 20_000;
const FOLDERS_MAX = 2_000;

/** Sub-folders only group; deeper ones are a mistake. */
const DEPTH_MAX = 16;

/** A function is written in one of these. */
const SOURCES = new Set([".ts", ".mts", ".js", ".mjs"]);

/** A file that is a function. */
export interface Found {
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
  /** Path below its functions folder, for people. */
  readonly file: string;
  /** Absolute path of that folder. */
  readonly root: string;
}

/** A file that was meant to be a function and cannot be one. */
export interface Refused {
  readonly name: string;
  /** Path below its functions folder, for people. */
  readonly file: string;
  readonly error: string;
}

/** What lies in one root. */
export interface Scan {
  readonly found: readonly Found[];
  readonly refused: readonly Refused[];
}

/** Whether a path below a root can matter at all: no dot files, no editor backups, nothing in `node_modules`. */
export function relevant(file: string): boolean {
  if (file.endsWith("~")) return false;
  return !file.split("/").some((part) => part.startsWith(".") || part === "node_modules");
}

/** Looks through one root. A root that does not exist is empty. Files come in the order of their paths. */
export function scanRoot(dir: string): Scan {
  const found = new Map<string, Found>();
  const refused: Refused[] = [];
  for (const path of candidates(dir)) {
    const file = relative(dir, path);
    const name = basename(file).slice(0, -extname(file).length);
    const problem = nameProblem(name, file) ?? kindProblem(path, file);
    const first = found.get(name);
    if (problem !== undefined) {
      refused.push({ name, file, error: problem });
    } else if (first === undefined) {
      found.set(name, { name, path, file, root: dir });
    } else {
      const error = `Two files are named "${name}": ${first.file} is used and ${file} is not; rename one of them`;
      refused.push({ name, file, error });
    }
  }
  return { found: [...found.values()], refused };
}

/** Paths whose names say that they are function files. The nearest folders come first, so that bounds cut far ones. */
function candidates(dir: string): string[] {
  const paths: string[] = [];
  const seen = new Set<string>();
  const folders = [{ folder: dir, depth: 0 }];
  for (const { folder, depth } of folders) {
    for (const entry of entries(folder, seen)) {
      const path = join(folder, entry.name);
      if (!relevant(entry.name) || paths.length >= FILES_MAX) continue;
      const deeper = isFolder(entry, path);
      if (!deeper && isFunctionFile(entry.name)) paths.push(path);
      if (deeper && depth < DEPTH_MAX && folders.length < FOLDERS_MAX)
        folders.push({ folder: path, depth: depth + 1 });
    }
  }
  return paths.toSorted();
}

/** Entries of a folder that was not visited yet: symbolic links may make a circle. */
function entries(folder: string, seen: Set<string>): Dirent[] {
  try {
    const real = realpathSync(folder);
    if (seen.has(real)) return [];
    seen.add(real);
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Gone, or not ours to read: the same as empty, until the next look.
    return [];
  }
}

function isFolder(entry: Dirent, path: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  try {
    return statSync(path).isDirectory();
  } catch {
    // It leads nowhere, in a circle, or to where we may not look.
    return false;
  }
}

/** `_x`, `x.test.ts`, `x.eval.ts` and `x.d.ts` are helpers beside the functions. */
function isFunctionFile(name: string): boolean {
  if (!SOURCES.has(extname(name)) || name.startsWith("_")) return false;
  return !/\.(?:test|eval|d)\.m?[tj]s$/.test(name);
}

function nameProblem(name: string, file: string): string | undefined {
  if (FUNCTION_NAME.test(name)) return undefined;
  const better = name
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, "_")
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, "_")
    .replace(/^[^a-z]+/, "")
    .slice(0, 48);
  const hint = FUNCTION_NAME.test(better) ? `; rename it to ${better}${extname(file)}` : "";
  return `A function's name has 1 to 48 of a-z, 0-9 and _ and begins with a letter, and "${name}" does not${hint} (or put _ before a helper's name)`;
}

/** Reading a pipe or a device would never end. */
function kindProblem(path: string, file: string): string | undefined {
  try {
    return statSync(path).isFile() ? undefined : `${file} is not a regular file`;
  } catch (error) {
    return `Cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
