/**
 * Bounds that the kernel keeps for everything in a control group: memory and processes. What of it there is is found
 * by trying. It knows groups, and no function.
 */
import { closeSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import {
  createGroup,
  type HeldGroup,
  makeHeld,
  ownGroup,
  ownGroupIn,
  removeGroup,
  removeStaleGroups,
} from "./cgroup.ts";

/** What can be bounded for the groups below one. */
export interface GroupBounds {
  readonly memory: boolean;
  /** `"here"`: in the group itself. A folder: in a group below that, of the older hierarchy. `undefined`: nowhere. */
  readonly processes: string | undefined;
  /** Open file that says that the group of the older hierarchy is in use; to be closed before that is removed. */
  readonly held?: number;
}

/** None. */
export const NO_BOUNDS: GroupBounds = { memory: false, processes: undefined };

/** The group that a daemon moves to, so that its own may be divided: a divided group holds no processes itself. */
const SELF = "moult";
/** MiB above a limit of memory, for what counts here and not there: files in memory, shared libraries, the kernel's own. */
const SLACK_MIB = 96;
const WANTED = ["memory", "pids"];

/** The group in which a daemon makes others: its own, or the one it was in before it made way. */
export function dividedGroup(): string | undefined {
  const own = ownGroup();
  return own !== undefined && basename(own) === SELF ? dirname(own) : own;
}

function words(path: string): readonly string[] {
  return readFileSync(path, "utf8").trim().split(/\s+/);
}

/** Moves this process to a group of its own below `folder`, if it is alone there. */
function makeWay(folder: string): boolean {
  if (words(join(folder, "cgroup.procs")).join() !== String(process.pid)) return false;
  const self = join(folder, SELF);
  if (!existsSync(self)) mkdirSync(self);
  writeFileSync(join(self, "cgroup.procs"), String(process.pid));
  return true;
}

function lend(folder: string, name: string): void {
  const control = join(folder, "cgroup.subtree_control");
  try {
    writeFileSync(control, `+${name}`);
  } catch {
    if (makeWay(folder)) writeFileSync(control, `+${name}`);
  }
}

/** Lets groups below `folder` be bounded, as far as the kernel lets us. Returns what can be bounded then. */
export function divide(folder: string, wanted: readonly string[] = WANTED): readonly string[] {
  const control = join(folder, "cgroup.subtree_control");
  try {
    const there = words(join(folder, "cgroup.controllers"));
    const lent = words(control);
    for (const name of wanted) if (there.includes(name) && !lent.includes(name)) lend(folder, name);
  } catch {
    // What has been refused is missing below.
  }
  try {
    return words(control).filter((name) => wanted.includes(name));
  } catch {
    return [];
  }
}

/** Makes and holds a group beside `groups` in the older hierarchy, if processes can be bounded there. */
function oldGroupFor(groups: string): HeldGroup | undefined {
  const parent = ownGroupIn(/ - cgroup \S+ \S*\bpids\b/, /^\d+:[^:]*\bpids\b[^:]*:(.*)$/m);
  if (parent === undefined) return undefined;
  removeStaleGroups(parent);
  const folder = join(parent, basename(groups));
  let file: number | undefined;
  try {
    file = makeHeld(folder);
    writeFileSync(join(folder, "pids.max"), "max");
    return { folder, file };
  } catch {
    if (file !== undefined) closeSync(file);
    removeGroup(folder);
    return undefined;
  }
}

/** What can be bounded below a group of ours. */
export function findBounds(groups: string): GroupBounds {
  divide(dirname(groups));
  const bounded = divide(groups);
  const memory = bounded.includes("memory");
  if (bounded.includes("pids")) return { memory, processes: "here" };
  const beside = oldGroupFor(groups);
  return { memory, processes: beside?.folder, ...(beside && { held: beside.file }) };
}

/** Makes a group with bounds in another. `undefined` as `createGroup`. */
export function createBounded(
  parent: string,
  name: string,
  bounds: GroupBounds,
  processesMax: number,
): string | undefined {
  const folder = createGroup(parent, name);
  if (folder === undefined || bounds.processes === undefined) return folder;
  const place = bounds.processes === "here" ? folder : join(bounds.processes, name);
  if (!existsSync(place)) mkdirSync(place);
  writeFileSync(join(place, "pids.max"), String(processesMax));
  return folder;
}

/** The folder of the older hierarchy in which the processes of groups are counted; `undefined`: not there. */
function countedIn({ processes }: GroupBounds): string | undefined {
  return processes === "here" ? undefined : processes;
}

/** Counts a process that was started in a group where its processes are bounded, if that is another place. */
export function countProcess(group: string, bounds: GroupBounds, pid: number): void {
  const folder = countedIn(bounds);
  if (folder === undefined) return;
  writeFileSync(join(folder, basename(group), "cgroup.procs"), String(pid));
}

/** Removes a group that `createBounded` made, and what it made beside it. False while a process in it is on its way out. */
export function removeBounded(group: string, bounds: GroupBounds): boolean {
  const folder = countedIn(bounds);
  const isBesideGone = folder === undefined || removeGroup(join(folder, basename(group)));
  return removeGroup(group) && isBesideGone;
}

/** Removes a group with all below it, and what `findBounds` made beside it. False as `removeBounded`. */
export function removeDivided(groups: string, bounds: GroupBounds): boolean {
  const folder = countedIn(bounds);
  const isBesideGone = folder === undefined || removeGroup(folder);
  return removeGroup(groups) && isBesideGone;
}

/** Bounds the memory of a group: whoever passes `mib` by much is ended by the kernel, with all that is in the group. */
export function boundMemory(group: string, { memory }: GroupBounds, mib: number): void {
  if (!memory) return;
  writeFileSync(join(group, "memory.max"), String((mib + SLACK_MIB) * 1_048_576));
  for (const [name, value] of [
    ["memory.swap.max", "0"],
    ["memory.oom.group", "1"],
  ] as const)
    if (existsSync(join(group, name))) writeFileSync(join(group, name), value);
}

/** Whether the kernel has ended something in a group for its memory. */
export function ranOutOfMemory(group: string): boolean {
  try {
    const events = readFileSync(join(group, "memory.events"), "utf8");
    return Number(/^oom_kill (\d+)/m.exec(events)?.[1] ?? 0) > 0;
  } catch {
    return false;
  }
}
