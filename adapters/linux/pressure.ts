/** How crowded a machine is: what the kernel says of waiting, and of the memory that is left. */
import { dirname } from "node:path";
import { numberIn, textIn } from "./sensor_files.ts";
import type { Readings } from "../../runtime/model/device.ts";

/** Groups of groups of processes. */
const DEPTH_MAX = 32;

/** Share of the last ten seconds in which somebody waited. */
export function stalledOf(root: string, resource: "cpu" | "memory"): number | undefined {
  const text = textIn(root, "proc/pressure", resource) ?? "";
  const percent = /^some avg10=(\d{1,3}\.\d+)/.exec(text)?.[1];
  return percent === undefined ? undefined : Math.min(1, Number(percent) / 100);
}

/** Memory of the machine, or of the group of processes that this one may not leave, whichever is scarcer. */
export function memoryOf(root: string): Readings["memory"] {
  const scarcest = [machineMemory(root), ...groupMemories(root)]
    .filter((memory) => memory !== undefined)
    .toSorted((a, b) => a.availableBytes - b.availableBytes)[0];
  const stalled = stalledOf(root, "memory");
  return { ...scarcest, ...(stalled !== undefined && { stalled }) };
}

interface Memory {
  readonly totalBytes: number;
  readonly availableBytes: number;
}

function machineMemory(root: string): Memory | undefined {
  const text = textIn(root, "proc/meminfo") ?? "";
  const bytes = (name: string): number | undefined => {
    const kib = new RegExp(`^${name}:\\s+(\\d{1,15}) kB`, "m").exec(text)?.[1];
    return kib === undefined ? undefined : Number(kib) * 1_024;
  };
  const [totalBytes, availableBytes] = [bytes("MemTotal"), bytes("MemAvailable")];
  if (totalBytes === undefined || availableBytes === undefined) return undefined;
  return { totalBytes, availableBytes: Math.min(availableBytes, totalBytes) };
}

/** Of the own group and all around it: each may have a limit. */
function groupMemories(root: string): readonly Memory[] {
  const own = /^0::(\/\S*)$/m.exec(textIn(root, "proc/self/cgroup") ?? "")?.[1];
  if (own === undefined || own.includes("..")) return [];
  const memories: Memory[] = [];
  let group = own;
  for (let depth = 0; depth < DEPTH_MAX; depth++) {
    const memory = groupMemory(`${root}/sys/fs/cgroup${group}`);
    if (memory !== undefined) memories.push(memory);
    if (group === "/") break;
    group = dirname(group);
  }
  return memories;
}

function groupMemory(folder: string): Memory | undefined {
  const totalBytes = numberIn(folder, "memory.max");
  const usedBytes = numberIn(folder, "memory.current");
  if (totalBytes === undefined || usedBytes === undefined || !Number.isFinite(totalBytes))
    return undefined;
  // Files that nobody has read for a while are given back before anything fails.
  const inactive = /^inactive_file (\d{1,15})$/m.exec(textIn(folder, "memory.stat") ?? "")?.[1];
  const availableBytes = totalBytes - usedBytes + Number(inactive ?? 0);
  return { totalBytes, availableBytes: Math.max(0, Math.min(availableBytes, totalBytes)) };
}
