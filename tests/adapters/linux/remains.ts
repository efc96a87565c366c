/** What a daemon's sandbox holds on this machine: processes, folders, mounts, control groups and programs in the kernel. */
import { dlopen, FFIType, ptr } from "bun:ffi";
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dividedGroup } from "../../../adapters/linux/group_bounds.ts";

const BASE = "/run/moult";

/** Our group in the older hierarchy that counts processes, where there is one. */
function oldGroup(): string {
  const own = /^\d+:pids:(.*)$/m.exec(read("/proc/self/cgroup"))?.[1];
  return own === undefined ? "" : join("/sys/fs/cgroup/pids", own);
}

/** Places of one daemon, which may have ended. */
export interface Remains {
  /** Its run folders; none when it was killed before it had one. */
  readonly folders: readonly string[];
  readonly groups: readonly string[];
  /** Numbers of programs that were attached to its groups. */
  readonly programs: readonly number[];
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // Gone in the meantime.
  }
}

function entries(folder: string, recursive = false): readonly string[] {
  try {
    return readdirSync(folder, { recursive, encoding: "utf8" });
  } catch {
    return []; // Gone in the meantime.
  }
}

/** What a daemon, alive or dead, holds. */
export function remainsOf(pid: number): Remains {
  const folders = entries(BASE)
    .map((name) => join(BASE, name))
    .filter((folder) => read(join(folder, "owner")).startsWith(`${String(pid)} `));
  const groups = [dividedGroup() ?? "", oldGroup()].flatMap((parent) =>
    entries(parent)
      .filter((name) => name.startsWith("moult-") && name.endsWith(`-${String(pid)}`))
      .map((name) => join(parent, name)),
  );
  return { folders, groups, programs: groups.flatMap(attachedTo) };
}

/** Which of it is still there, in words. */
export function left({ folders, groups, programs }: Remains): readonly string[] {
  const mounts = read("/proc/self/mountinfo");
  return [
    ...processesOf({ folders, groups }).map((pid) => `process ${String(pid)}`),
    ...folders.filter((folder) => existsSync(folder)),
    ...folders.filter((folder) => mounts.includes(`${folder}/`)).map((at) => `a mount in ${at}`),
    ...groups.filter((group) => existsSync(group)),
    ...programs.filter((id) => isLoaded(id)).map((id) => `program ${String(id)}`),
  ];
}

/** Processes that run for a daemon's functions: in its groups, or with a path in its folders on their command line. */
export function processesOf({ folders, groups }: Omit<Remains, "programs">): readonly number[] {
  const named = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => folders.some((at) => read(`/proc/${pid}/cmdline`).includes(`${at}/`)));
  const members = groups.flatMap((group) =>
    entries(group, true)
      .filter((path) => path.endsWith("cgroup.procs"))
      .flatMap((path) => read(join(group, path)).trim().split("\n")),
  );
  return [...new Set([...named, ...members])].map(Number).filter((pid) => pid > 0);
}

/** Whether a process is confined; `undefined` when it is gone or has not begun to run its own program. */
export function isConfined(pid: number): boolean | undefined {
  const status = read(`/proc/${String(pid)}/status`);
  if (status === "" || /^State:\s+[ZX]/m.test(status)) return undefined;
  return /^NoNewPrivs:\s+1/m.test(status);
}

function library() {
  const { i32, u32, ptr: pointer } = FFIType;
  return dlopen("libbpf.so.1", {
    bpf_prog_query: { args: [i32, i32, u32, pointer, pointer, pointer], returns: i32 },
    bpf_prog_get_fd_by_id: { args: [u32], returns: i32 },
  }).symbols;
}

let symbols: ReturnType<typeof library> | undefined;

/** Kinds of attachment to a control group: packets out, socket made, bind, connect, send. */
const KINDS = [1, 2, 8, 9, 10, 11, 14, 15];

function attachedTo(group: string): number[] {
  let file: number;
  try {
    symbols ??= library();
    file = openSync(group, "r");
  } catch {
    return [];
  }
  const found = KINDS.flatMap((kind) => {
    const ids = new Uint32Array(16);
    const count = new Uint32Array([ids.length]);
    const flags = new Uint32Array(1);
    const failed = symbols?.bpf_prog_query(file, kind, 0, ptr(flags), ptr(ids), ptr(count));
    return failed === 0 ? Array.from(ids.subarray(0, count[0])) : [];
  });
  closeSync(file);
  return found;
}

function isLoaded(program: number): boolean {
  const file = symbols?.bpf_prog_get_fd_by_id(program) ?? -1;
  if (file < 0) return false;
  closeSync(file);
  return true;
}
