/** Control groups (version 2): a leaf per process, to end it with all it started and to count its CPU time. */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { lockFile } from "./syscalls.ts";

/** The folder of our own group in the unified hierarchy, or `undefined` where there is none. */
export function ownGroup(): string | undefined {
  return ownGroupIn(/ - cgroup2 /, /^0::(.*)$/m);
}

/**
 * The folder of our own group in some hierarchy, or `undefined` where there is none.
 *
 * @param mounted matches its line in the table of mounts
 * @param path finds our group in the list of those that we are in
 */
export function ownGroupIn(mounted: RegExp, path: RegExp): string | undefined {
  try {
    const mount = readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .find((line) => mounted.test(line));
    const own = path.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1];
    const folder = mount?.split(" ")[4];
    return folder === undefined || own === undefined ? undefined : join(folder, own);
  } catch {
    return undefined;
  }
}

/** Why we may not make groups below a folder, with the way to; `undefined` = we may. */
export function whyNoGroups(folder: string | undefined): string | undefined {
  if (folder === undefined)
    return "there is no cgroup v2 (boot with systemd.unified_cgroup_hierarchy=1, or mount it)";
  try {
    // To start a process in a group below, the kernel asks for the right to put any into this one.
    accessSync(folder, constants.W_OK);
    accessSync(join(folder, "cgroup.procs"), constants.W_OK);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EROFS"
      ? "cgroup v2 is mounted read-only (mount it read-write, in a container too)"
      : "moult may not divide the group it is in (start moult as root, or as a systemd service with Delegate=yes)";
  }
  return undefined;
}

/** Makes a group. `undefined` when we may not, or when groups can not be ended as a whole (before Linux 5.14). */
export function createGroup(parent: string | undefined, name: string): string | undefined {
  if (parent === undefined) return undefined;
  const folder = join(parent, name);
  try {
    if (!existsSync(folder)) mkdirSync(folder); // Not its parent: programs of the network layer would be missing there.
    closeSync(openSync(join(folder, "cgroup.kill"), "w"));
    return folder;
  } catch {
    removeGroup(folder);
    return undefined;
  }
}

/** A group, and the open file that says to those who cannot see our process that it is in use. */
export interface HeldGroup {
  readonly folder: string;
  /** The group is theirs to remove once it is closed. */
  readonly file: number;
}

/** Makes a group that is held from its first moment on: empty as it still is, others would clear it away. */
export function createHeldGroup(parent: string | undefined, name: string): HeldGroup | undefined {
  if (parent === undefined) return undefined;
  const folder = join(parent, name);
  try {
    const file = makeHeld(folder);
    if (createGroup(parent, name) !== undefined) return { folder, file };
    closeSync(file);
  } catch {
    removeGroup(folder); // We may not, as before.
  }
  return undefined;
}

/** Times that a group is made which somebody was just clearing away, and milliseconds between them. */
const TRIES_MAX = 200;
const PAUSE_MS = 1;

/** Makes a group of any hierarchy, if it is not there, and holds it. Returns the open file. Throws when we may not. */
export function makeHeld(folder: string): number {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    if (tries > 0) Bun.sleepSync(PAUSE_MS);
    if (!existsSync(folder)) mkdirSync(folder); // Not its parent: programs of the network layer would be missing there.
    const file = lockGroup(folder);
    if (file === undefined) continue;
    if (existsSync(folder)) return file;
    closeSync(file); // It was removed before it was locked.
  }
  throw new Error(`Cannot hold the control group ${folder}: another daemon removes it`);
}

/** The file of a group that its daemon locks; so does whoever removes it, so that it is never both. */
const LOCKED = "cgroup.procs";

/** Locks a group. `undefined`: it is gone, or somebody else has locked it. */
function lockGroup(folder: string): number | undefined {
  let file: number;
  try {
    file = openSync(join(folder, LOCKED), "r");
  } catch (error) {
    if (existsSync(folder)) throw error;
    return undefined;
  }
  try {
    if (lockFile(file)) return file;
    closeSync(file);
    return undefined;
  } catch {
    return file; // A kernel without locks there: the number of the process has to do.
  }
}

/** Ends every process of a group at once. False when the kernel did not take it. */
export function killGroup(folder: string): boolean {
  try {
    writeFileSync(join(folder, "cgroup.kill"), "1");
    return true;
  } catch {
    return false;
  }
}

/** Removes a group and the empty groups in it. False while one holds a process that is on its way out. */
export function removeGroup(folder: string): boolean {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) removeGroup(join(folder, entry.name));
    rmdirSync(folder);
    return true;
  } catch {
    return !existsSync(folder);
  }
}

/**
 * Ends and removes what daemons left that have ended; groups are named `moult-<seat>-<process id>`. What is on its way
 * out still holds its group: the next call removes that.
 */
export function removeStaleGroups(parent: string | undefined): void {
  if (parent === undefined || !existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    const pid = /^moult-\d+-(\d+)$/.exec(name)?.[1];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    const folder = join(parent, name);
    const file = lockIfThere(folder);
    if (file === undefined) continue;
    removeStale(folder);
    closeSync(file);
  }
}

/** Somebody else's group can go at any moment: what we cannot lock is not ours to remove. */
function lockIfThere(folder: string): number | undefined {
  try {
    return lockGroup(folder);
  } catch {
    return undefined;
  }
}

function removeStale(folder: string): void {
  if (removeGroup(folder) || holdsStrangers(folder)) return;
  killGroup(folder);
  removeGroup(folder);
}

/** Whether a process in it can not be seen from here: then its daemon may live, in another container. */
function holdsStrangers(folder: string): boolean {
  try {
    const inside = readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory());
    const own = readFileSync(join(folder, "cgroup.procs"), "utf8").split("\n");
    return own.includes("0") || inside.some(({ name }) => holdsStrangers(join(folder, name)));
  } catch {
    return false;
  }
}

/** CPU milliseconds of everything that ever ran in a group. */
export function groupCpuMs(folder: string): number {
  const usec = /usage_usec (\d+)/.exec(readFileSync(join(folder, "cpu.stat"), "utf8"))?.[1];
  return Number(usec ?? 0) / 1_000;
}

/** Processes of a group, not those of the groups in it. */
export function groupMembers(folder: string): readonly number[] {
  const text = readFileSync(join(folder, "cgroup.procs"), "utf8").trim();
  return text === "" ? [] : text.split("\n").map(Number);
}
