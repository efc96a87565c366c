/**
 * Which files the bundler may open. It opens whatever has the right name and waits, inside the daemon: for a pipe
 * without end, and with a device or a file of many GiB until the memory is full.
 */
import { type Stats, statSync } from "node:fs";
import { dirname, join, sep } from "node:path";

/** Bytes of one file. */
const FILE_BYTES_MAX = 32 * 1_048_576;
/** Bytes of one file that says how others are found. */
const CONFIG_BYTES_MAX = 1_048_576;

/** What the bundler reads, without being told to, in every folder that it comes through. */
const CONFIGS = ["package.json", "tsconfig.json", "jsconfig.json"];

/** Why a file cannot be read to its end soon, said behind its name; `undefined`: it can, or it is not there. */
export function whyNotPlain(path: string, bytesMax = FILE_BYTES_MAX): string | undefined {
  const stats = statsOf(path);
  if (stats === undefined || stats.isDirectory()) return undefined;
  if (!stats.isFile()) return "is not a regular file";
  if (stats.size <= bytesMax) return undefined;
  return `has ${String(stats.size)} bytes, and ${String(bytesMax)} is the most`;
}

/** Where one leads that leads nowhere, or in a circle, nothing is read. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** A file of that kind in a folder, or above it up to `root`, that is none to be read: its path, and why. */
export function oddConfig(
  folder: string,
  root: string,
): { readonly path: string; readonly why: string } | undefined {
  for (let dir = folder; dir === root || dir.startsWith(root + sep); dir = dirname(dir)) {
    for (const name of CONFIGS) {
      const path = join(dir, name);
      const why = whyNotPlain(path, CONFIG_BYTES_MAX);
      if (why !== undefined) return { path, why };
    }
  }
  return undefined;
}
