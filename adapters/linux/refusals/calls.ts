/** System calls that a function may be refused: what each is about, and where its arguments say more. */
import type { Pointers } from "../bpf/audit.ts";
import { type Arch, arch } from "../syscalls.ts";

/** What no permission gives, by what it is about. */
export const BARRED = {
  place: "change its working directory",
  device: "control a device",
  link: "make a link to a file",
  mode: "change the mode, the owner or the times of a file",
  signal: "signal other processes",
  inspect: "look into other processes",
  ring: "use io_uring",
  rights: "change its user or its rights",
  machine: "change the machine it runs on",
  keys: "use the kernel's keys",
  limits: "change limits or priorities of processes",
  memory: "make memory of a special kind",
  watch: "watch files for changes",
  native: "run native code of its own",
} as const;

/** What a call is about. */
export type Deed =
  /** Opening a file; its flags say for what. */
  | "open"
  | "look"
  | "change"
  | "run"
  | "fork"
  | "socket"
  | "connect"
  | "bind"
  | /** Done by a library on its way, which does without. */ "nothing"
    /** Nothing that people have a name for. */
  | "other"
  | keyof typeof BARRED;

/** Where paths and addresses are among the arguments. */
const SHAPES = {
  none: {},
  path: { paths: [1] },
  paths: { paths: [1, 2] },
  /** Each after the folder that it may begin in. */
  at: { paths: [2] },
  ats: { paths: [2, 4] },
  address2: { address: 2 },
  address5: { address: 5 },
} as const satisfies Record<string, Pointers>;
type Shape = keyof typeof SHAPES;

/** One call; -1 where a processor does not have it. */
type Row = readonly [name: string, x64: number, arm64: number, deed: Deed, shape?: Shape];

const ROWS: readonly Row[] = [
  ["open", 2, -1, "open", "path"],
  ["openat", 257, 56, "open", "at"],
  ["stat", 4, -1, "look", "path"],
  ["lstat", 6, -1, "look", "path"],
  ["newfstatat", 262, 79, "look", "at"],
  ["statx", 332, 291, "look", "at"],
  ["access", 21, -1, "look", "path"],
  ["faccessat", 269, 48, "look", "at"],
  ["faccessat2", 439, 439, "look", "at"],
  ["readlink", 89, -1, "look", "path"],
  ["readlinkat", 267, 78, "look", "at"],
  ["mkdir", 83, -1, "change", "path"],
  ["mkdirat", 258, 34, "change", "at"],
  ["rmdir", 84, -1, "change", "path"],
  ["unlink", 87, -1, "change", "path"],
  ["unlinkat", 263, 35, "change", "at"],
  ["rename", 82, -1, "change", "paths"],
  ["renameat", 264, 38, "change", "ats"],
  ["renameat2", 316, 276, "change", "ats"],
  ["execve", 59, 221, "run", "path"],
  ["execveat", 322, 281, "run", "at"],
  ["fork", 57, -1, "fork"],
  ["vfork", 58, -1, "fork"],
  ["clone", 56, 220, "fork"],
  // Bun makes the pipes of what it starts, and gives up before it names the program.
  ["socketpair", 53, 199, "fork"],
  ["socket", 41, 198, "socket"],
  ["connect", 42, 203, "connect", "address2"],
  ["sendto", 44, 206, "connect", "address5"],
  ["bind", 49, 200, "bind", "address2"],
  ["listen", 50, 201, "bind"],
  ["chdir", 80, 49, "place"],
  ["fchdir", 81, 50, "place"],
  ["link", 86, -1, "link"],
  ["linkat", 265, 37, "link"],
  ["symlink", 88, -1, "link"],
  ["symlinkat", 266, 36, "link"],
  ["chmod", 90, -1, "mode"],
  // Bun gives the copy of a file the mode of the original.
  ["fchmod", 91, 52, "nothing"],
  ["fchmodat", 268, 53, "mode"],
  ["fchmodat2", 452, 452, "mode"],
  ["chown", 92, -1, "mode"],
  // SQLite gives a new file the owner that it has already.
  ["fchown", 93, 55, "nothing"],
  ["lchown", 94, -1, "mode"],
  ["fchownat", 260, 54, "mode"],
  ["setxattr", 188, 5, "mode"],
  ["lsetxattr", 189, 6, "mode"],
  ["fsetxattr", 190, 7, "mode"],
  ["utimensat", 280, 88, "mode"],
  ["kill", 62, 129, "signal"],
  ["tkill", 200, 130, "signal"],
  ["tgkill", 234, 131, "signal"],
  ["rt_sigqueueinfo", 129, 138, "signal"],
  ["rt_tgsigqueueinfo", 297, 240, "signal"],
  ["pidfd_send_signal", 424, 424, "signal"],
  ["pidfd_open", 434, 434, "inspect"],
  ["pidfd_getfd", 438, 438, "inspect"],
  ["ptrace", 101, 117, "inspect"],
  ["process_vm_readv", 310, 270, "inspect"],
  ["process_vm_writev", 311, 271, "inspect"],
  ["process_madvise", 440, 440, "inspect"],
  ["kcmp", 312, 272, "inspect"],
  ["perf_event_open", 298, 241, "inspect"],
  ["io_uring_setup", 425, 425, "ring"],
  ["io_uring_enter", 426, 426, "ring"],
  ["io_uring_register", 427, 427, "ring"],
  ["setuid", 105, 146, "rights"],
  ["setgid", 106, 144, "rights"],
  ["setreuid", 113, 145, "rights"],
  ["setregid", 114, 143, "rights"],
  ["setresuid", 117, 147, "rights"],
  ["setresgid", 119, 149, "rights"],
  ["setgroups", 116, 159, "rights"],
  ["capset", 126, 91, "rights"],
  ["setsid", 112, 157, "rights"],
  ["setpgid", 109, 154, "rights"],
  ["mount", 165, 40, "machine"],
  ["umount2", 166, 39, "machine"],
  ["pivot_root", 155, 41, "machine"],
  ["chroot", 161, 51, "machine"],
  ["unshare", 272, 97, "machine"],
  ["setns", 308, 268, "machine"],
  ["reboot", 169, 142, "machine"],
  ["sethostname", 170, 161, "machine"],
  ["settimeofday", 164, 170, "machine"],
  ["clock_settime", 227, 112, "machine"],
  ["init_module", 175, 105, "machine"],
  ["finit_module", 313, 273, "machine"],
  ["bpf", 321, 280, "machine"],
  ["add_key", 248, 217, "keys"],
  ["request_key", 249, 218, "keys"],
  ["keyctl", 250, 219, "keys"],
  ["prlimit64", 302, 261, "limits"],
  ["setrlimit", 160, 164, "limits"],
  ["setpriority", 141, 140, "limits"],
  ["sched_setaffinity", 203, 122, "limits"],
  ["sched_setscheduler", 144, 119, "limits"],
  ["memfd_create", 319, 279, "memory"],
  ["userfaultfd", 323, 282, "memory"],
  ["inotify_init", 253, -1, "watch"],
  ["inotify_init1", 294, 26, "watch"],
  ["inotify_add_watch", 254, 27, "watch"],
  ["fanotify_init", 300, 262, "watch"],
  ["ioctl", 16, 29, "device"],
  ["truncate", 76, 45, "other"],
  ["creat", 85, -1, "other"],
  ["openat2", 437, 437, "other"],
  ["flock", 73, 32, "other"],
  ["wait4", 61, 260, "other"],
  ["waitid", 247, 95, "other"],
  ["capget", 125, 90, "other"],
  ["getgroups", 115, 158, "other"],
  ["getpriority", 140, 141, "other"],
  ["sched_getscheduler", 145, 120, "other"],
  ["setitimer", 38, 103, "other"],
  ["timer_create", 222, 107, "other"],
  ["times", 100, 153, "other"],
  ["shmget", 29, 194, "other"],
  ["shmat", 30, 196, "other"],
  ["semget", 64, 190, "other"],
  ["msgget", 68, 186, "other"],
  ["mq_open", 240, 180, "other"],
  ["mlock", 149, 228, "other"],
  ["prctl", 157, 167, "other"],
  ["seccomp", 317, 277, "other"],
  ["mmap", 9, 222, "native"],
  ["mprotect", 10, 226, "native"],
];

/** A call as it is known here. */
export interface KnownCall {
  readonly name: string;
  readonly deed: Deed;
  readonly pointers: Pointers;
  /** Before each path stands the open folder that it may begin in. */
  readonly isAt: boolean;
}

/** The calls of a processor by their numbers. */
export function knownCalls(machine: Arch): ReadonlyMap<number, KnownCall> {
  const column = machine === "x64" ? 1 : 2;
  return new Map(
    ROWS.filter((row) => row[column] >= 0).map((row) => {
      const [name, , , deed, shape = "none"] = row;
      const isAt = shape === "at" || shape === "ats";
      return [row[column], { name, deed, pointers: SHAPES[shape], isAt }];
    }),
  );
}

/** The calls of this machine. */
export const CALLS: ReadonlyMap<number, KnownCall> = knownCalls(arch() ?? "x64");

/** What to read of each call of this machine. */
export function pointersOfCalls(): ReadonlyMap<number, Pointers> {
  return new Map([...CALLS].map(([number, { pointers }]) => [number, pointers]));
}
