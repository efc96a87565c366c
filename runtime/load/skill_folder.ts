/**
 * The files beside a `SKILL.md`, read within bounds. Links are not followed, so nothing outside the folder gets in.
 * It runs none of them.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, readdirSync } from "node:fs";
import type { Dirent } from "node:fs";
import { join } from "node:path";
import { relevant } from "./scan.ts";

/** Files of one skill. */
const FILES_MAX = 200;
/** Files and folders of one skill that are looked at for changes. */
const LOOKED_AT_MAX = 400;
/** Folders within folders. */
const DEPTH_MAX = 6;
/** A text above this is listed and cannot be read. */
const TEXT_BYTES_MAX = 256 * 1024;
/** All texts of a skill together. */
const ALL_BYTES_MAX = 4 * 1024 * 1024;
/** Links and the like that are told of. */
const WARNINGS_MAX = 5;
/** Characters of a path. */
const PATH_CHARS_MAX = 200;

/** A file of a skill. */
export interface SkillFile {
  /** Below the skill's folder, with `/`. */
  readonly path: string;
  readonly bytes: number;
  /** Its content; absent when it is no text, or too large. */
  readonly text?: string;
}

/** What lies in a skill's folder. */
export interface SkillFolder {
  /** By path. */
  readonly files: readonly SkillFile[];
  /** Absolute paths to look at for changes: folders and files, the skill's own file left out. */
  readonly inputs: readonly string[];
  readonly warnings: readonly string[];
}

/** Reads a skill's folder. What cannot be read is left out. `own`: name of the skill's own file. */
export function readSkillFolder(folder: string, own: string): SkillFolder {
  const files: SkillFile[] = [];
  const inputs: string[] = [];
  const warnings: string[] = [];
  let room = ALL_BYTES_MAX;
  for (const { path, entry } of walk(folder, "", 0)) {
    if (files.length >= FILES_MAX || inputs.length >= LOOKED_AT_MAX) {
      warnings.push(`Only ${files.length} files are listed`);
      break;
    }
    if (entry === undefined) inputs.push(join(folder, path));
    else if (entry.isSymbolicLink()) warnings.push(`${path} is a link and is left out`);
    if (entry?.isFile() !== true || path === own) continue;
    const file = readSkillFile(folder, path, room);
    if (file === undefined) continue;
    room -= file.text === undefined ? 0 : file.bytes;
    files.push(file);
    inputs.push(join(folder, path));
  }
  return { files, inputs, warnings: warnings.slice(0, WARNINGS_MAX) };
}

/**
 * Walks through a folder.
 *
 * @yields {object} every folder, without an entry, and then what lies in it
 */
function* walk(
  folder: string,
  below: string,
  depth: number,
): Generator<{ readonly path: string; readonly entry?: Dirent }> {
  yield { path: below };
  for (const entry of entriesOf(join(folder, below))) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (!isListed(entry.name) || path.length > PATH_CHARS_MAX) continue;
    if (!entry.isDirectory()) yield { path, entry };
    else if (depth < DEPTH_MAX) yield* walk(folder, path, depth + 1);
  }
}

function isListed(name: string): boolean {
  return relevant(name) && name !== "__pycache__" && !/\p{Cc}/u.test(name);
}

/** By name, so that the same folder gives the same build everywhere. */
function entriesOf(folder: string): Dirent[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

function readSkillFile(folder: string, path: string, room: number): SkillFile | undefined {
  let file: number | undefined;
  try {
    // Whatever took the name's place meanwhile: no link is followed, and nothing waits for a pipe.
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    file = openSync(join(folder, path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const stat = fstatSync(file);
    if (!stat.isFile()) return undefined;
    const bytes = stat.size;
    if (bytes > Math.min(TEXT_BYTES_MAX, room)) return { path, bytes };
    const text = textOf(readFileSync(file));
    return text === undefined ? { path, bytes } : { path, bytes, text };
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function textOf(content: Uint8Array): string | undefined {
  if (content.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}
