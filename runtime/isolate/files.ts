/** The files a manifest names → absolute paths that a sandbox can enforce, refused where they are too wide. */
import { existsSync, mkdirSync, statSync, symlinkSync } from "node:fs";
import { dirname, isAbsolute, join, normalize, resolve } from "node:path";
import { isBelow, realPath } from "../below.ts";
import type { FilePolicy } from "../ports.ts";
import { messageOf, MoultError } from "../../schemas/error.ts";
import type { Permissions } from "../../schemas/function.ts";

/** Folders that paths are judged by. */
export interface FileRoots {
  /** Relative paths lie below it: the folder moult was started in. */
  readonly root: string;
  /** moult's home: keys, secrets and the database. No function gets near it. */
  readonly home: string;
  /** Files and folders that nobody may write: functions folders, and the configuration. @default none */
  readonly guarded?: readonly string[];
  /** What functions were approved to write, as it was named: no program lies there. @default none */
  readonly written?: readonly string[];
}

/** What this moult itself is made of. It may lie in the very folder that it was started in. */
const MOULT = [
  "adapters",
  "cli",
  "functions",
  "main.ts",
  "migrations",
  "models",
  "runtime",
  "schemas",
].map((name) => join(import.meta.dir, "../..", name));

/** A policy and what else its host needs. */
export interface ResolvedFiles {
  readonly policy: FilePolicy;
  /** Relative names as the file writes them, and where they lead. */
  readonly links: readonly { readonly name: string; readonly target: string }[];
  /** Paths to read that do not exist; the function does without. */
  readonly missing: readonly string[];
}

/** Whether a manifest needs files, and so a host of its own. */
export function needsFiles({ read, write, exec }: Permissions): boolean {
  return read.length + write.length + exec.length > 0;
}

function refuse(entry: string, why: string): MoultError {
  return new MoultError("function/invalid", `Cannot give access to "${entry}": ${why}`);
}

/** Names that do not mean what they seem to. */
function checkName(entry: string): void {
  if (entry.includes("\0")) throw refuse(entry, "no path has a NUL character");
  // After a link it leads to another place than it seems to.
  if (entry.split("/").includes(".."))
    throw refuse(entry, 'a path with ".." leaves the folder it names; name the place itself');
  if (/^~(?:\/|$)/.test(entry)) throw refuse(entry, '"~" is no folder here; name an absolute path');
}

function resolveOne(entry: string, roots: FileRoots): string {
  checkName(entry);
  const root = realPath(roots.root);
  const home = realPath(roots.home);
  const path = realPath(resolve(root, entry));
  if (!isAbsolute(entry)) {
    if (!isBelow(path, root))
      throw refuse(entry, "it leaves the folder moult was started in; name an absolute path");
    if (path === root) throw refuse(entry, "that is the whole folder; name a folder in it");
  }
  if (isBelow(path, home) || isBelow(home, path))
    throw refuse(entry, "it would reach moult's home with its keys; name another folder");
  return path;
}

/**
 * What may be written may be changed by whoever writes there, and others are made of it: their code, their packages,
 * moult itself.
 */
function checkWritable(entry: string, path: string, { guarded = [] }: FileRoots): void {
  if (path.split("/").includes("node_modules"))
    throw refuse(entry, "functions are made of the packages there; name another folder to write");
  const touched = (own: string): boolean => isBelow(path, own) || isBelow(own, path);
  const why = "what moult and its functions are made of lies there; name another folder to write";
  if ([...MOULT, ...guarded].map(realPath).some(touched)) throw refuse(entry, why);
}

/** The absolute path of a program that a manifest names by path, or as one types it. */
function findProgram(entry: string, write: readonly string[], roots: FileRoots): string {
  const { root, home, written = [] } = roots;
  const refuseIt = (why: string) =>
    new MoultError("function/invalid", `Cannot let a function start "${entry}": ${why}`);
  if (entry.includes("/") && !isAbsolute(entry))
    throw refuseIt("name an absolute path, or a program on moult's PATH");
  const path = Bun.which(entry, { cwd: root });
  if (path === null || !isAbsolute(path))
    throw refuseIt(
      isAbsolute(entry)
        ? "there is no such program; install it, or correct the path"
        : "it is not on moult's PATH; install it, or name its absolute path",
    );
  const real = realPath(path);
  if (!statSync(real).isFile()) throw refuseIt("that is no file; name the program itself");
  if (isBelow(real, realPath(home))) throw refuseIt("it lies in moult's home");
  if (write.some((folder) => isBelow(real, folder)))
    throw refuseIt("the function may write there, and could put another in its place");
  if (written.some((folder) => isBelow(real, realPath(resolve(root, folder)))))
    throw refuseIt("another function may write there, and could put another in its place");
  return normalize(path);
}

/** Makes a folder to write in, unless it is there. */
function makeFolder(entry: string, path: string, isTrial: boolean): void {
  try {
    if (isTrial && !existsSync(path)) return;
    mkdirSync(path, { recursive: true });
  } catch (error) {
    const why = existsSync(path) ? "it is a file; name the folder it lies in" : messageOf(error);
    throw refuse(entry, why);
  }
}

function linkName(entry: string): string | undefined {
  return isAbsolute(entry) ? undefined : normalize(entry).replace(/\/+$/, "");
}

/**
 * Resolves what a manifest names; makes folders to write that are missing, but for `isTrial`. Throws
 * `function/invalid`.
 */
export function resolveFiles(
  permissions: Permissions,
  roots: FileRoots,
  isTrial = false,
): ResolvedFiles {
  const read: string[] = [];
  const write: string[] = [];
  const links = new Map<string, string>();
  const missing: string[] = [];
  const link = (entry: string, target: string) => {
    const name = linkName(entry);
    if (name !== undefined) links.set(name, target);
  };
  for (const entry of permissions.write) {
    const path = resolveOne(entry, roots);
    checkWritable(entry, path, roots);
    makeFolder(entry, path, isTrial);
    write.push(path);
    link(entry, path);
  }
  for (const entry of permissions.read) {
    const path = resolveOne(entry, roots);
    if (existsSync(path)) {
      read.push(path);
      link(entry, path);
    } else missing.push(entry);
  }
  return {
    policy: {
      read,
      write,
      exec: permissions.exec.map((entry) => findProgram(entry, write, roots)),
    },
    links: [...links].map(([name, target]) => ({ name, target })),
    missing,
  };
}

/** Lays the relative names into a work folder, so that `Bun.file("files/a.txt")` finds them. */
export function layLinks(work: string, links: ResolvedFiles["links"]): void {
  // Short names first: "data" before "data/in", which then is inside it already.
  for (const { name, target } of links.toSorted((a, b) => a.name.length - b.name.length)) {
    const place = join(work, name);
    if (existsSync(place)) continue;
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(target, place);
  }
}
