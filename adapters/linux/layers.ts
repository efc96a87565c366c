/** Which layers of confinement this machine gives, found by trying, and what they are called in the documentation. */
import { existsSync, mkdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { createHeldGroup, removeStaleGroups, whyNoGroups } from "./cgroup.ts";
import { dividedGroup, findBounds, type GroupBounds, NO_BOUNDS } from "./group_bounds.ts";
import { landlockVersion } from "./landlock.ts";
import { bunPath, othersMayRunBun } from "./program.ts";
import type { RunDir } from "./run_dir.ts";
import { hasSeccomp } from "./seccomp.ts";
import { mountTmpfs, unmount } from "./syscalls.ts";
import { Uids } from "./uids.ts";

/** What can be promised to each process. */
export interface Layers {
  /** Version of Landlock; 0 = none. */
  readonly landlock: number;
  readonly seccomp: boolean;
  /** Separate user ids; `undefined` = everything runs under ours. */
  readonly uids: Uids | undefined;
  /** Root's other rights can be taken from what runs under our user. */
  readonly rights: boolean;
  /** Work folders in memory with a size. */
  readonly tmpfs: boolean;
  /** Control group that holds a leaf per process. */
  readonly groups: string | undefined;
  /** What the kernel bounds for each of those leaves. */
  readonly bounds: GroupBounds;
  /** Open files that say that our control groups are in use. */
  readonly held: readonly number[];
  /** Process numbers of their own for a process that starts others: when it ends, they all do. */
  readonly apart: boolean;
}

const CAP_CHOWN = 0;
const CAP_SETGID = 6;
const CAP_SETUID = 7;
const CAP_SETPCAP = 8;
const CAP_SYS_ADMIN = 21;

function hasCapabilities(wanted: readonly number[]): boolean {
  const hex = /^CapEff:\s+([0-9a-f]+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  const effective = BigInt(`0x${hex}`);
  return wanted.every((capability) => ((effective >> BigInt(capability)) & 1n) === 1n);
}

function canMount(run: RunDir): boolean {
  const folder = join(run.path, "try");
  mkdirSync(folder);
  try {
    mountTmpfs(folder, "size=64k,mode=700");
    unmount(folder);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
}

/** Tries each layer once. */
export function detectLayers(run: RunDir): Layers {
  const mayChange = hasCapabilities([CAP_CHOWN, CAP_SETGID, CAP_SETUID]) && othersMayRunBun();
  const uids = mayChange ? Uids.of(run.seat) : undefined;
  const parent = dividedGroup();
  removeStaleGroups(parent);
  const name = `moult-${String(run.seat)}-${String(process.pid)}`;
  const made = whyNoGroups(parent) === undefined ? createHeldGroup(parent, name) : undefined;
  const bounds = made === undefined ? NO_BOUNDS : findBounds(made.folder);
  return {
    landlock: landlockVersion(),
    seccomp: hasSeccomp(),
    uids,
    rights: process.getuid?.() === 0 && hasCapabilities([CAP_SETPCAP]),
    tmpfs: uids !== undefined && canMount(run),
    groups: made?.folder,
    bounds,
    held: [made?.file, bounds.held].filter((file) => file !== undefined),
    apart: canKeepApart(),
  };
}

/**
 * Whether processes can be started among their own. Read, not tried: between the two calls of a trial this thread could
 * make no other thread, and Bun ends the whole daemon when its compiler wants one just then.
 */
function canKeepApart(): boolean {
  try {
    const most = Number(readFileSync("/proc/sys/user/max_pid_namespaces", "utf8"));
    return most > 0 && existsSync("/proc/self/ns/pid") && hasCapabilities([CAP_SYS_ADMIN]);
  } catch {
    return false;
  }
}

/** Whether a layer in the kernel is there, or why not. */
export type LayerState = { readonly is: "on" } | { readonly is: "off"; readonly why: string };

/** Whether `/proc` shows a process to nobody but its own user and root. */
function hidesProcesses(): boolean {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => line.split(" ")[4] === "/proc");
  return /hidepid=(?!0|off)/.test(mounts.at(-1) ?? "");
}

/** A line of the report, by whether the layer is there. */
type Line = readonly [there: boolean, has: string, lacks: string];

/** Layers that are tried when they are first needed. */
export interface LateLayers {
  readonly network: LayerState;
  readonly hooks: LayerState;
  readonly reports: LayerState;
}

function lines(layers: Layers, { network, hooks, reports }: LateLayers): readonly Line[] {
  const landlock = layers.landlock > 0;
  return [
    [
      landlock,
      `files: Landlock ${String(layers.landlock)}`,
      "files: this kernel has no Landlock; a function can read what moult's user can (use Linux 5.13 or newer with lsm=landlock)",
    ],
    [
      network.is === "on",
      "network: eBPF refuses every internet socket, and reports it at once",
      network.is === "on"
        ? ""
        : `network: no eBPF layer beside the system-call filter, and refusals are not reported: ${network.why}`,
    ],
    [
      hooks.is === "on",
      "hooks: the kernel's security hooks (BPF LSM) judge files, programs, code, signals and mounts once more",
      hooks.is === "on"
        ? ""
        : `hooks: the kernel's security hooks (BPF LSM) do not judge files, programs and signals once more, and a function can load native code of its own: ${hooks.why}`,
    ],
    [
      layers.seccomp,
      "system calls: seccomp allow-list; no sockets, no programs but those of permissions.exec",
      "system calls: this kernel takes no seccomp filter; a function can open connections and start programs (use a kernel with CONFIG_SECCOMP_FILTER)",
    ],
    [
      layers.uids !== undefined,
      "users: a user id per function",
      othersMayRunBun()
        ? "users: functions run under moult's user (start moult as root to separate them)"
        : `users: functions run under moult's user, because others may not run its Bun (chmod o+rx ${bunPath()})`,
    ],
    ...boundLines(layers),
    [
      layers.seccomp || layers.landlock >= 6,
      "signals: none to other processes",
      "signals: a function can end every process of its user (use a kernel with CONFIG_SECCOMP_FILTER)",
    ],
    [
      reports.is === "on",
      "reports: moult dev tells at once what any layer refuses",
      reports.is === "on" ? "" : `reports: ${reports.why}`,
    ],
    [
      layers.uids !== undefined && hidesProcesses(),
      "names: no function sees which other processes there are",
      "names: a function can read the command lines of other processes in /proc (mount it with hidepid=2, and start moult as root)",
    ],
  ];
}

/** What bounds how much a function uses. */
function boundLines(layers: Layers): readonly Line[] {
  const asRoot =
    process.getuid?.() === 0
      ? "needs a user id per function and root's rights"
      : "start moult as root";
  return [
    [
      layers.tmpfs,
      "disk: work folders in memory with a size",
      `disk: the size of a file is bounded; that of a work folder is looked at once a second (${asRoot})`,
    ],
    [
      layers.groups !== undefined,
      "processes: a control group per function",
      `processes: no control group per function, so they are ended by process id: ${whyNoGroups(dividedGroup()) ?? "this kernel can not end a group as a whole (use Linux 5.14 or newer)"}`,
    ],
    [
      layers.bounds.memory,
      "memory: the kernel ends a function that passes its limit by much",
      "memory: looked at ten times a second, so that a quick function passes its limit for a moment (needs cgroup v2 with the memory controller)",
    ],
    [
      layers.bounds.processes !== undefined || layers.uids !== undefined,
      "programs: a bounded number of processes per function",
      "programs: processes that a function starts are counted ten times a second only (needs the pids controller, or root)",
    ],
  ];
}

/** What the layers are worth together. A: B, and all but the network once more by the kernel's security hooks. B: files, system calls, and the network once more. C: files and system calls. D: system calls only. E: nothing. */
export function describeLayers(
  layers: Layers,
  late: LateLayers,
): {
  readonly tier: string;
  readonly has: readonly string[];
  readonly lacks: readonly string[];
} {
  const report = lines(layers, late);
  return {
    tier: tierOf(layers, late),
    has: ["environment: empty", ...report.filter(([there]) => there).map(([, has]) => has)],
    lacks: report.filter(([there]) => !there).map(([, , lacks]) => lacks),
  };
}

function tierOf({ seccomp, landlock }: Layers, { network, hooks }: LateLayers): string {
  if (!seccomp) return "E";
  if (landlock === 0) return "D";
  if (network.is === "off") return "C";
  return hooks.is === "on" ? "A" : "B";
}
