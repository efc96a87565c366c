/** CPU time and memory of a process and all its descendants, read from /proc. Linux only. */
import { readFileSync, readdirSync } from "node:fs";

/** `USER_HZ`, which Linux fixes at 100 for user space on every architecture we run on. */
const MS_PER_TICK = 10;

interface Stat {
  readonly parent: number;
  /** Own time, and that of children which have ended and were waited for. */
  readonly cpuMs: number;
}

/** The process and all its descendants that are alive now; empty when it is gone. */
export function tree(root: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    const stat = Number.isInteger(pid) ? readStat(pid) : undefined;
    if (stat === undefined) continue;
    const siblings = children.get(stat.parent) ?? [];
    siblings.push(pid);
    children.set(stat.parent, siblings);
  }
  if (readStat(root) === undefined) return [];
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

/**
 * CPU milliseconds of the whole tree since it began, user and system. Children that ended count with the parent
 * that waited for them, so the difference of two readings is what the tree burnt in between.
 */
export function cpuMs(root: number): number {
  return tree(root).reduce((sum, pid) => sum + (readStat(pid)?.cpuMs ?? 0), 0);
}

/** Memory of a tree. */
export interface Memory {
  /** Proportional set size: shared pages count once, split among their users. */
  readonly pssMiB: number;
  /** The part of it that is mapped weights (`.gguf`). */
  readonly weightsMiB: number;
  readonly processes: number;
  /** Processes whose memory this user may not read; they are missing from the sums. */
  readonly hidden: number;
}

/** Proportional memory of the whole tree. */
export function memory(root: number): Memory {
  let pssKiB = 0;
  let weightsKiB = 0;
  let hidden = 0;
  const pids = tree(root);
  for (const pid of pids) {
    try {
      const sums = readSmaps(pid);
      pssKiB += sums.all;
      weightsKiB += sums.weights;
    } catch {
      hidden++;
    }
  }
  return { pssMiB: pssKiB / 1024, weightsMiB: weightsKiB / 1024, processes: pids.length, hidden };
}

function readSmaps(pid: number): { all: number; weights: number } {
  const sums = { all: 0, weights: 0 };
  let isWeights = false;
  for (const line of readFileSync(`/proc/${pid}/smaps`, "utf8").split("\n")) {
    if (/^[0-9a-f]+-/.test(line)) isWeights = line.endsWith(".gguf");
    if (!line.startsWith("Pss:")) continue;
    const kib = Number.parseInt(line.slice(4), 10);
    sums.all += kib;
    if (isWeights) sums.weights += kib;
  }
  return sums;
}

function readStat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name may hold spaces and parentheses; the fields after the last ")" do not.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { parent: Number(fields[1]), cpuMs: ticks * MS_PER_TICK };
  } catch {
    return undefined;
  }
}
