/**
 * The layer of the kernel's security hooks: programs that judge what a control group does with files, programs, other
 * processes and the kernel itself, and report what they refused. It knows groups and paths, and no function.
 */
import { closeSync, openSync } from "node:fs";
import { type BpfMap, BpfObject, hasHook, LIBRARY_REMEDY, tryHooks } from "./libbpf.ts";
import { GroupReports, groupId } from "./reports.ts";
import type { Domain } from "../landlock.ts";
import { messageOf } from "../../../schemas/error.ts";

/** Programs by the hook they judge at, in the order of `lsm.bpf.c`. */
const PROGRAMS = {
  file_open: "file_open",
  path_mknod: "path_mknod",
  path_mkdir: "path_mkdir",
  path_unlink: "path_unlink",
  path_rmdir: "path_rmdir",
  path_symlink: "path_symlink",
  path_link: "path_link",
  path_rename: "path_rename",
  path_truncate: "path_truncate",
  path_chmod: "path_chmod",
  path_chown: "path_chown",
  bprm_check_security: "bprm_check",
  mmap_file: "mmap_file",
  file_mprotect: "file_mprotect",
  ptrace_access_check: "ptrace_access",
  task_kill: "task_kill",
  bpf: "bpf",
  sb_mount: "sb_mount",
  sb_umount: "sb_umount",
  move_mount: "move_mount",
  userns_create: "userns_create",
  unix_stream_connect: "unix_stream",
  unix_may_send: "unix_datagram",
  socket_create: "socket_create",
} as const;
/** A hook of the kernel's. */
export type HookName = keyof typeof PROGRAMS;
/** All of them. */
export const HOOKS = Object.keys(PROGRAMS) as readonly HookName[];
/** Hooks that came to kernels last; without one of the others the layer is worth little. */
const LATE: readonly HookName[] = ["userns_create"];

const LIST = 2;
const READ = 1 | LIST;
const WRITE = 4;
const RUN = 8;
const MAP = 16;
const LISTEN = 32;

/** What a group may touch: the rules of Landlock, and what it may load as code. */
export interface HookPolicy extends Domain {
  /** Files that may be mapped as code, as libraries are. What may be run may be mapped, too. */
  readonly load: readonly string[];
}

/** Something the kernel did not let a process do. */
export interface HookRefusal {
  readonly hook: HookName;
  /** What was wanted of a path. */
  readonly wanted?: "read" | "list" | "write" | "run" | "load" | "listen";
  /** Where that is known: the path, in the daemon's view; its beginning is missing when it is very long. */
  readonly path?: string;
  /** Where there is no path: number of a process, a command or a family of addresses. */
  readonly about?: number;
}

/** Sizes of `lsm.bpf.c`, and where the parts of its `struct refusal` begin. */
const NAMES = 16;
const NAME_BYTES = 64;
const AT = { hook: 8, wanted: 12, count: 16, names: 24 } as const;

const OBJECT = Bun.fileURLToPath(new URL("lsm.bpf.o", import.meta.url));

/** A file or folder as the hooks know it. */
interface Place {
  readonly device: number;
  readonly inode: bigint;
}

/** The layer, for all groups that it is given. Others are not asked anything. */
export class HookLayer {
  readonly #object: BpfObject;
  readonly #policies: BpfMap;
  readonly #rules: BpfMap;
  readonly #reports: GroupReports<HookRefusal>;
  /** Open files of places that rules are about, and by how many groups: a number must not pass to another file. */
  readonly #held = new Map<string, { readonly file: number; groups: number }>();
  #detach: (() => void)[] = [];
  #closed = false;
  /** Hooks that this kernel has not. */
  readonly missing: readonly HookName[];

  /**
   * Loads the programs, attaches them and checks that the kernel asks them. They go with this process. Throws when any
   * part is refused.
   *
   * @param without hooks to leave out, to see what each is good for
   */
  constructor(without: readonly HookName[] = []) {
    tryHooks();
    const { object, missing } = load(without);
    this.#object = object;
    this.missing = missing;
    try {
      this.#policies = object.map("policies");
      this.#rules = object.map("rules");
      this.#reports = new GroupReports(object.map("refusals"), readRefusal);
      for (const hook of HOOKS)
        if (!without.includes(hook) && !missing.includes(hook))
          this.#detach.push(object.hook(PROGRAMS[hook]));
      if (!without.includes("bpf")) this.#check();
    } catch (error) {
      this.#letGo();
      throw error;
    }
  }

  /** A kernel that was not told to have such programs judge takes them all the same, and never asks them. */
  #check(): void {
    const asked = this.#object.map("asked");
    const [process_, count] = [Buffer.alloc(4), Buffer.from([1, 0, 0, 0])];
    const value = Buffer.alloc(8);
    value.writeUInt32LE(process.pid);
    asked.set(process_, value);
    asked.get(count, value); // Each look is a call that one of the hooks is about.
    asked.get(count, value);
    if (value.readBigUInt64LE() === 0n) throw new Error(NEVER_ASKED);
    asked.set(process_, Buffer.alloc(8));
  }

  /**
   * Confines a group to a policy, from now until what is returned is called. Throws when a path does not exist or the
   * tables are full; the group may then do nothing.
   */
  confine(group: string, policy: HookPolicy): () => void {
    const id = groupId(group);
    const key = groupKeyOf(id);
    this.#policies.set(key, Buffer.alloc(4));
    const places = new Map<string, Place>();
    const release = () => {
      for (const [name, place] of places) {
        if (!this.#closed) this.#rules.delete(ruleKey(id, place));
        this.#drop(name);
      }
      if (!this.#closed) this.#policies.delete(key);
    };
    try {
      for (const [path, rights] of rightsByPath(policy)) {
        const place = this.#hold(path, places);
        const value = Buffer.alloc(4);
        const rule = ruleKey(id, place);
        this.#rules.get(rule, value); // Two paths may lead to one place.
        value.writeUInt32LE(value.readUInt32LE() | rights);
        this.#rules.set(rule, value);
      }
      return release;
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Finds a place and holds it open, once for all groups. */
  #hold(path: string, places: Map<string, Place>): Place {
    const PATH_CLOEXEC = 0o12000000;
    const file = openSync(path, PATH_CLOEXEC);
    let held = false;
    try {
      const place = this.#locate(file);
      const name = `${String(place.device)}:${String(place.inode)}`;
      if (places.has(name)) return place;
      places.set(name, place);
      const known = this.#held.get(name);
      if (known !== undefined) known.groups++;
      else {
        this.#held.set(name, { file, groups: 1 });
        held = true;
      }
      return place;
    } finally {
      if (!held) closeSync(file);
    }
  }

  #drop(name: string): void {
    const held = this.#held.get(name);
    if (held === undefined || --held.groups > 0) return;
    closeSync(held.file);
    this.#held.delete(name);
  }

  #locate(file: number): Place {
    const question = Buffer.alloc(16);
    question.writeUInt32LE(file);
    this.#object.run("locate", question);
    return { device: question.readUInt32LE(4), inode: question.readBigUInt64LE(8) };
  }

  /** Calls back at each refusal in a group, at the next `drain()`. Returns the way to stop. */
  watch(group: string, listener: (refusal: HookRefusal) => void): () => void {
    return this.#reports.watch(group, listener);
  }

  /** Drains by itself from now on, many times a second. Returns the way to stop. */
  drainOften(): () => void {
    return this.#reports.drainOften();
  }

  /** Reports now what has been refused so far. */
  drain(): void {
    this.#reports.drain();
  }

  /** Ends the layer: nothing is confined by it any more. */
  close(): void {
    if (this.#closed) return;
    this.#reports.close();
    this.#letGo();
  }

  #letGo(): void {
    this.#closed = true;
    for (const detach of this.#detach) detach();
    this.#detach = [];
    for (const { file } of this.#held.values()) closeSync(file);
    this.#held.clear();
    this.#object.close();
  }
}

const NEVER_ASKED = "The kernel takes programs for its security hooks and does not ask them";

/** Loads the programs for the hooks that the kernel has. */
function load(without: readonly HookName[]) {
  const open = (left: readonly HookName[]) => {
    const names = new Set<string>(left.map((hook) => PROGRAMS[hook]));
    return new BpfObject(OBJECT, (name) => !names.has(name));
  };
  try {
    return { object: open(without), missing: [] };
  } catch (error) {
    const missing = LATE.filter((hook) => !without.includes(hook) && !hasHook(hook));
    if (missing.length === 0) throw error;
    return { object: open([...without, ...missing]), missing };
  }
}

/** The layer, or why this machine has none and what to do about it. */
export function openHookLayer(
  without: readonly HookName[] = [],
): HookLayer | { readonly why: string } {
  try {
    return new HookLayer(without);
  } catch (error) {
    const message = messageOf(error);
    if (message.includes("libbpf")) return { why: `libbpf is not installed (${LIBRARY_REMEDY})` };
    if (message === NEVER_ASKED)
      return { why: `${message} (add bpf to the list of lsm= on the kernel's command line)` };
    if (/EPERM|EACCES/.test(message))
      return {
        why: `${message} (start moult as root, or with CAP_BPF and CAP_PERFMON, on a kernel booted with lsm=...,bpf that is not locked down against it)`,
      };
    return {
      why: `${message} (use Linux 5.14 or newer with CONFIG_BPF_LSM and CONFIG_DEBUG_INFO_BTF, booted with lsm=...,bpf)`,
    };
  }
}

function rightsByPath(policy: HookPolicy): ReadonlyMap<string, number> {
  const rights = new Map<string, number>();
  const give = (paths: readonly string[], given: number) => {
    for (const path of paths) rights.set(path, (rights.get(path) ?? 0) | given);
  };
  give(policy.read, READ);
  give(policy.readFiles, READ & ~LIST);
  give(policy.run, (READ & ~LIST) | RUN | MAP);
  give(policy.load, (READ & ~LIST) | MAP);
  give(policy.write, READ | WRITE | LISTEN);
  give(policy.listen, LISTEN);
  return rights;
}

function groupKeyOf(id: bigint): Buffer {
  const key = Buffer.alloc(8);
  key.writeBigUInt64LE(id);
  return key;
}

function ruleKey(group: bigint, { device, inode }: Place): Uint8Array {
  const key = Buffer.alloc(24);
  key.writeBigUInt64LE(group, 0);
  key.writeBigUInt64LE(inode, 8);
  key.writeUInt32LE(device, 16);
  return key;
}

const WANTED = {
  1: "read",
  [LIST]: "list",
  [WRITE]: "write",
  [RUN]: "run",
  [MAP]: "load",
  [LISTEN]: "listen",
} as const;

/** Reads `struct refusal` of `lsm.bpf.c`. */
function readRefusal(record: DataView): HookRefusal {
  const hook = HOOKS[record.getUint32(AT.hook, true)] ?? "file_open";
  const wanted = record.getUint32(AT.wanted, true);
  const count = Math.min(record.getUint32(AT.count, true), NAMES);
  if (count === 0) return { hook, about: wanted };
  const bytes = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
  const names = Array.from({ length: count }, (_, i) => {
    const at = AT.names + i * NAME_BYTES;
    return bytes.toString("utf8", at, bytes.indexOf(0, at));
  }).filter((name) => name !== "");
  const path = `${count < NAMES ? "/" : "…/"}${names.toReversed().join("/")}`;
  const right = WANTED[wanted as keyof typeof WANTED];
  return { hook, path, ...(right !== undefined && { wanted: right }) };
}
