/** What `/proc` says of one process. */
import { readdirSync, readFileSync } from "node:fs";

const PAGE_MIB = (process.arch === "arm64" ? pageBytesFromSmaps() : 4_096) / 1_048_576;

/** arm64 kernels are built with pages of 4, 16 or 64 KiB. */
function pageBytesFromSmaps(): number {
  try {
    const kib = /KernelPageSize:\s+(\d+)/.exec(readFileSync("/proc/self/smaps", "utf8"))?.[1];
    return Number(kib ?? 4) * 1_024;
  } catch {
    return 4_096;
  }
}

/** Fields of a process's `stat`, from its state on. */
function statOf(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Threads of a process; 0 when it is gone. */
export function threadsOf(pid: number): number {
  try {
    return Number(statOf(pid)[17]);
  } catch {
    return 0;
  }
}

/** The living processes of a session: its leader, and those that it has started, however they were started. */
export function sessionMembers(leader: number): readonly number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && isIn(pid, leader));
}

function isIn(pid: number, leader: number): boolean {
  try {
    const [state = "Z", , , session] = statOf(pid);
    return !/[ZX]/.test(state) && session === String(leader);
  } catch {
    return false; // It has ended since.
  }
}

/** CPU milliseconds used so far, to 10 ms, by its ended children too. Throws when the process is gone. */
export function processCpuMs(pid: number): number {
  const [, , , , , , , , , , , ...times] = statOf(pid);
  return times.slice(0, 4).reduce((total, ticks) => total + Number(ticks), 0) * 10;
}

/** Resident memory in MiB that is its own: without the pages of programs and libraries. Throws when it is gone. */
export function processOwnMiB(pid: number): number {
  const [, resident = 0, shared = 0] = readFileSync(`/proc/${String(pid)}/statm`, "utf8")
    .split(" ")
    .map(Number);
  return (resident - shared) * PAGE_MIB;
}

/** How a process is confined, as the kernel reports it. Throws when it is gone. */
export function processConfinement(pid: number): {
  readonly uid: number;
  readonly filtered: boolean;
  readonly noNewPrivileges: boolean;
  /** Bits of the capabilities that it has or may take. */
  readonly capabilities: bigint;
} {
  const status = readFileSync(`/proc/${String(pid)}/status`, "utf8");
  const field = (name: string) => new RegExp(`^${name}:\\s+(\\w+)`, "m").exec(status)?.[1];
  return {
    uid: Number(field("Uid")),
    filtered: field("Seccomp") === "2",
    noNewPrivileges: field("NoNewPrivs") === "1",
    capabilities: BigInt(`0x${String(field("CapPrm"))}`),
  };
}

/** When a process was started, in clock ticks since boot; tells a process from a later one of the same number. */
export function processStart(pid: number): string | undefined {
  try {
    return statOf(pid)[19];
  } catch {
    return undefined;
  }
}
