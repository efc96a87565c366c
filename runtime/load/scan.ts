/** Which files of a functions folder are functions, and which folders are skills. Looks at names and kinds of files only; reads none. */
import { lstatSync, readdirSync, realpathSync, statSync } from "node:fs";
import type { Dirent } from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import { FUNCTION_NAME } from "../../schemas/function.ts";
import { messageOf } from "../../schemas/error.ts";

/** Files of one root that are looked at, and folders: a link may lead to a whole disk. */
const FILES_MAX = 20_000;
const FOLDERS_MAX = 2_000;

/** Sub-folders only group; deeper ones are a mistake. */
const DEPTH_MAX = 16;

/** A function is written in one of these. */
const SOURCES = new Set([".ts", ".mts", ".js", ".mjs"]);

/** The file that makes its folder a skill; some write it in lower case. */
const SKILL_FILES = ["SKILL.md", "skill.md"];

/** Folders that group functions. A `SKILL.md` directly in one would make a skill of all of them. */
const GROUPS = new Set(["tools", "skills", "channels"]);

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

/** Whether a function's file is the `SKILL.md` of a folder. */
export function isSkillFile(path: string): boolean {
  return SKILL_FILES.includes(basename(path));
}

/** Looks through one root. A root that does not exist is empty. Files come in the order of their paths. */
export function scanRoot(dir: string): Scan {
  const found = new Map<string, Found>();
  const refused: Refused[] = [];
  for (const path of candidates(dir)) {
    const file = relative(dir, path);
    const { name, problem: misnamed } = nameOf(file);
    const problem = misnamed ?? kindProblem(path, file);
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
    const { files, below } = listOf(dir, folder, seen);
    paths.push(...files);
    if (paths.length >= FILES_MAX) break;
    if (depth >= DEPTH_MAX) continue;
    folders.push(...below.map((path) => ({ folder: path, depth: depth + 1 })));
    folders.splice(FOLDERS_MAX);
  }
  return paths.slice(0, FILES_MAX).toSorted();
}

/** Function files of one folder, and the folders in it. */
function listOf(
  dir: string,
  folder: string,
  seen: Set<string>,
): { readonly files: readonly string[]; readonly below: readonly string[] } {
  const inside = entries(folder, seen).filter(({ name }) => relevant(name));
  const skill = SKILL_FILES.find((name) => inside.some((entry) => entry.name === name));
  const files = skill === undefined ? [] : [join(folder, skill)];
  if (skill !== undefined && !isGroup(relative(dir, folder)))
    // Everything in a skill's folder is the skill's, its scripts too.
    return { files: basename(folder).startsWith("_") ? [] : files, below: [] };
  const below: string[] = [];
  for (const entry of inside) {
    const path = join(folder, entry.name);
    if (isFolder(entry, path)) below.push(path);
    else if (isFunctionFile(entry.name)) files.push(path);
  }
  return { files, below };
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

/** Whether a folder, by its path below the root, holds functions and is none. */
function isGroup(folder: string): boolean {
  return folder === "" || GROUPS.has(folder);
}

/** What a file's function is called, or why it cannot be one. */
function nameOf(file: string): { readonly name: string; readonly problem?: string } {
  if (isSkillFile(file)) return skillNameOf(file);
  const name = basename(file).slice(0, -extname(file).length);
  const problem = nameProblem(name, file);
  return problem === undefined ? { name } : { name, problem };
}

/** A skill is called as its folder; `pdf-forms` is `pdf_forms`. */
function skillNameOf(file: string): { readonly name: string; readonly problem?: string } {
  const folder = dirname(file);
  if (isGroup(folder === "." ? "" : folder)) {
    const problem = `${file} lies among functions; put it into a folder of its own, which gives the skill its name`;
    return { name: basename(file), problem };
  }
  const name = possibleName(basename(folder));
  if (FUNCTION_NAME.test(name)) return { name };
  const problem = `A skill is named by its folder, and "${basename(folder)}" has no letter of a-z in it; rename the folder`;
  return { name: basename(folder), problem };
}

/** The nearest name that a function can have; may still be none. */
function possibleName(name: string): string {
  return name
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, "_")
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, "_")
    .replace(/^[^a-z]+/, "")
    .slice(0, 48)
    .replace(/_+$/, "");
}

function nameProblem(name: string, file: string): string | undefined {
  if (FUNCTION_NAME.test(name)) return undefined;
  const better = possibleName(name);
  const hint = FUNCTION_NAME.test(better) ? `; rename it to ${better}${extname(file)}` : "";
  return `A function's name has 1 to 48 of a-z, 0-9 and _ and begins with a letter, and "${name}" does not${hint} (or put _ before a helper's name)`;
}

/** Reading a pipe or a device would never end; a skill comes from strangers and holds what lies in its folder, nothing else. */
function kindProblem(path: string, file: string): string | undefined {
  try {
    if (isSkillFile(path) && lstatSync(path).isSymbolicLink())
      return `${file} is a link, which may lead to any file of yours; put the file itself there, or link its whole folder`;
    return statSync(path).isFile() ? undefined : `${file} is not a regular file`;
  } catch (error) {
    return `Cannot read ${file}: ${messageOf(error)}`;
  }
}
