/** What `lsm.bpf.c` and its layer have in common: the hooks, the rights, what a report looks like. Keep them in step. */

/** Programs by the hook they judge at; `lsm.bpf.c` numbers them in this order. */
export const PROGRAMS = {
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
export const LATE: readonly HookName[] = ["userns_create"];

/** Rights to a place, as bits. */
export const RIGHTS = { read: 1, list: 2, write: 4, run: 8, load: 16, listen: 32 } as const;
/** One of them. */
export type Right = keyof typeof RIGHTS;

/** Something the kernel did not let a process do. */
export interface HookRefusal {
  readonly hook: HookName;
  /** What was wanted of a path. */
  readonly wanted?: Right;
  /** Where that is known: the path, in the daemon's view; its beginning is missing when it is very long. */
  readonly path?: string;
  /** Where there is no path: number of a process, a command or a family of addresses. */
  readonly about?: number;
}

/** Sizes of `lsm.bpf.c`, and where the parts of its `struct refusal` begin. */
const NAMES = 16;
const NAME_BYTES = 64;
const AT = { hook: 8, wanted: 12, count: 16, names: 24 } as const;

const RIGHT_NAMES = Object.keys(RIGHTS) as readonly Right[];

/** Reads `struct refusal` of `lsm.bpf.c`. */
export function readRefusal(record: DataView): HookRefusal {
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
  const right = RIGHT_NAMES.find((name) => RIGHTS[name] === wanted);
  return { hook, path, ...(right !== undefined && { wanted: right }) };
}
