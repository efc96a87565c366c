/**
 * Memory that there is: of the machine, and of each group of processes around this one that has a limit, as containers and
 * services are. Reads the kernel's files below a root; where there are none it knows nothing.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Memory of a machine or a group, in bytes. */
export interface Memory {
  readonly totalBytes: number;
  /** May still be used before anything fails. */
  readonly availableBytes: number;
}

/** Groups of groups of processes. */
const DEPTH_MAX = 32;
/** Bytes of a file that are looked at. */
const TEXT_CHARS_MAX = 16_384;
/** The first kind of control groups writes a number like this where there is no limit. */
const NO_LIMIT_BYTES = 2 ** 60;

/** What the files of the two kinds of control groups are called. */
interface Kind {
  readonly mount: string;
  readonly limit: string;
  readonly used: string;
  /** In `memory.stat`: files that nobody has read for a while are given back before anything fails. */
  readonly inactive: string;
}
const SECOND: Kind = {
  mount: "sys/fs/cgroup",
  limit: "memory.max",
  used: "memory.current",
  inactive: "inactive_file",
};
const FIRST: Kind = {
  mount: "sys/fs/cgroup/memory",
  limit: "memory.limit_in_bytes",
  used: "memory.usage_in_bytes",
  inactive: "total_inactive_file",
};

/** Memory of the machine and of all groups around this process that have a limit. @param root `/`, or where tests play one */
export function memoriesAround(root = "/"): readonly Memory[] {
  const groups = textIn(root, "proc/self/cgroup");
  const [, second] = /^0::(\/\S*)$/m.exec(groups) ?? [];
  const [, first] = /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(\/\S*)$/m.exec(groups) ?? [];
  return [
    machineMemory(root),
    ...memoriesOf(root, SECOND, second),
    ...memoriesOf(root, FIRST, first),
  ].filter((memory) => memory !== undefined);
}

function machineMemory(root: string): Memory | undefined {
  const text = textIn(root, "proc/meminfo");
  const bytes = (name: string): number | undefined => {
    const kib = new RegExp(`^${name}:\\s+(\\d{1,15}) kB`, "m").exec(text)?.[1];
    return kib === undefined ? undefined : Number(kib) * 1_024;
  };
  const [totalBytes, availableBytes] = [bytes("MemTotal"), bytes("MemAvailable")];
  if (totalBytes === undefined || availableBytes === undefined) return undefined;
  return { totalBytes, availableBytes: Math.min(availableBytes, totalBytes) };
}

/** Of the own group and all around it. A container may see its own group as the root, and its name as that outside. */
function memoriesOf(root: string, kind: Kind, own: string | undefined): readonly Memory[] {
  if (own === undefined || own.includes("..")) return [];
  const memories: Memory[] = [];
  let group = own;
  for (let depth = 0; depth < DEPTH_MAX; depth++) {
    const memory = groupMemory(join(root, kind.mount, group), kind);
    if (memory !== undefined) memories.push(memory);
    if (group === "/") break;
    group = dirname(group);
  }
  return memories;
}

function groupMemory(folder: string, { limit, used, inactive }: Kind): Memory | undefined {
  const totalBytes = numberIn(folder, limit);
  const usedBytes = numberIn(folder, used);
  if (totalBytes === undefined || usedBytes === undefined || totalBytes >= NO_LIMIT_BYTES)
    return undefined;
  const stat = textIn(folder, "memory.stat");
  const unread = new RegExp(`^${inactive} (\\d{1,15})$`, "m").exec(stat)?.[1];
  const availableBytes = totalBytes - usedBytes + Number(unread ?? 0);
  return { totalBytes, availableBytes: Math.max(0, Math.min(availableBytes, totalBytes)) };
}

function numberIn(...path: readonly string[]): number | undefined {
  const text = textIn(...path);
  return /^\d{1,20}$/.test(text) ? Number(text) : undefined;
}

function textIn(...path: readonly string[]): string {
  try {
    return readFileSync(join(...path), "utf8")
      .slice(0, TEXT_CHARS_MAX)
      .trim();
  } catch {
    return "";
  }
}
