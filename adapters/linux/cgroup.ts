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

/** The folder of our own group in the unified hierarchy, or `undefined` where there is none. */
export function ownGroup(): string | undefined {
  try {
    const mount = readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .find((line) => line.includes(" - cgroup2 "));
    const own = /^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1];
    const folder = mount?.split(" ")[4];
    return folder === undefined || own === undefined ? undefined : join(folder, own);
  } catch {
    return undefined;
  }
}

/** Whether the kernel lets us start processes in groups below this one: it asks for the right to put any into it. */
export function mayFillGroups(folder: string | undefined): boolean {
  if (folder === undefined) return false;
  try {
    accessSync(join(folder, "cgroup.procs"), constants.W_OK);
    return true;
  } catch {
    return false;
  }
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

/** Removes empty groups of daemons that have ended; groups are named `moult-<seat>-<process id>`. */
export function removeStaleGroups(parent: string | undefined): void {
  if (parent === undefined || !existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    const pid = /^moult-\d+-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) removeGroup(join(parent, name));
  }
}

/** CPU milliseconds of everything that ever ran in a group. */
export function groupCpuMs(folder: string): number {
  const usec = /usage_usec (\d+)/.exec(readFileSync(join(folder, "cpu.stat"), "utf8"))?.[1];
  return Number(usec ?? 0) / 1_000;
}
