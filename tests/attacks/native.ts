/**
 * System calls and machine code from inside a function, through `bun:ffi`, as any function could make them. What is
 * here is written out as text and runs in the function's process: it may refer to nothing outside of itself.
 */

import type { Pointer } from "bun:ffi";

/** Numbers of system calls by name: x86-64, then arm64; -1 where a processor has no such call. */
export const CALLS = {
  add_key: [248, 217],
  bind: [49, 200],
  bpf: [321, 280],
  capset: [126, 91],
  chmod: [90, -1],
  chown: [92, -1],
  chroot: [161, 51],
  clone: [56, 220],
  clone3: [435, 435],
  connect: [42, 203],
  execve: [59, 221],
  execveat: [322, 281],
  exit_group: [231, 94],
  fanotify_init: [300, 262],
  fallocate: [285, 47],
  fchmod: [91, 52],
  fchmodat: [268, 53],
  fchmodat2: [452, 452],
  fchown: [93, 55],
  fchownat: [260, 54],
  fcntl: [72, 25],
  fork: [57, -1],
  fsetxattr: [190, 7],
  fsopen: [430, 430],
  futimesat: [261, -1],
  inotify_add_watch: [254, 27],
  inotify_init1: [294, 26],
  io_uring_setup: [425, 425],
  ioctl: [16, 29],
  ioprio_set: [251, 30],
  kcmp: [312, 272],
  keyctl: [250, 219],
  kill: [62, 129],
  lchown: [94, -1],
  link: [86, -1],
  linkat: [265, 37],
  listen: [50, 201],
  memfd_create: [319, 279],
  mkdirat: [258, 34],
  mknod: [133, -1],
  mknodat: [259, 33],
  mmap: [9, 222],
  mount: [165, 40],
  move_pages: [279, 239],
  mq_open: [240, 180],
  mq_unlink: [241, 181],
  msgctl: [71, 187],
  msgget: [68, 186],
  name_to_handle_at: [303, 264],
  open: [2, -1],
  open_by_handle_at: [304, 265],
  openat: [257, 56],
  perf_event_open: [298, 241],
  personality: [135, 92],
  pidfd_getfd: [438, 438],
  pidfd_open: [434, 434],
  pidfd_send_signal: [424, 424],
  pipe2: [293, 59],
  prctl: [157, 167],
  pread64: [17, 67],
  prlimit64: [302, 261],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  ptrace: [101, 117],
  reboot: [169, 142],
  renameat2: [316, 276],
  request_key: [249, 218],
  rt_sigqueueinfo: [129, 138],
  rt_tgsigqueueinfo: [297, 240],
  sched_setaffinity: [203, 122],
  sched_setscheduler: [144, 119],
  semctl: [66, 191],
  semget: [64, 190],
  sendmmsg: [307, 269],
  sendmsg: [46, 211],
  sendto: [44, 206],
  sethostname: [170, 161],
  setns: [308, 268],
  setpriority: [141, 140],
  setresuid: [117, 147],
  setrlimit: [160, 164],
  setxattr: [188, 5],
  shmctl: [31, 195],
  shmget: [29, 194],
  socket: [41, 198],
  socketpair: [53, 199],
  symlink: [88, -1],
  symlinkat: [266, 36],
  syslog: [103, 116],
  tgkill: [234, 131],
  tkill: [200, 130],
  truncate: [76, 45],
  umount2: [166, 39],
  unlinkat: [263, 35],
  unshare: [272, 97],
  userfaultfd: [323, 282],
  utime: [132, -1],
  utimensat: [280, 88],
  utimes: [235, -1],
  vfork: [58, -1],
  write: [1, 64],
} as const satisfies Record<string, readonly [x64: number, arm64: number]>;

/** A system call in the table above. */
export type CallName = keyof typeof CALLS;
/** A number, an address, or bytes whose address is meant. */
export type Argument = number | bigint | Uint8Array;

/** What attacks are made with. */
export interface Native {
  /** Calls the kernel; throws an error whose `code` is the kernel's. */
  readonly sys: (name: CallName, ...args: readonly Argument[]) => number;
  /** Text as the kernel wants it. */
  readonly text: (value: string) => Uint8Array;
  /** The address of bytes. */
  readonly at: (bytes: Uint8Array) => bigint;
  /** One `struct iovec`. */
  readonly vector: (address: bigint, length: number) => Uint8Array;
  /** Runs machine code of x86-64 that returns a number or a negative error. */
  readonly run: (code: readonly number[]) => number;
}

/** Opens the C library. Its text runs inside the function. */
export async function openNative(numbers: Readonly<Record<string, number>>): Promise<Native> {
  const { dlopen, ptr, read, toArrayBuffer, CFunction } = await import("bun:ffi");
  const { errno } = (await import("node:os")).constants;
  const long = "i64" as const;
  const c = dlopen(process.arch === "x64" || process.arch === "arm64" ? "libc.so.6" : "", {
    syscall: { args: [long, long, long, long, long, long, long], returns: long },
    __errno_location: { args: [], returns: "ptr" },
  }).symbols;
  const refuse = (what: string, code: number): never => {
    const name = Object.entries(errno).find(([, value]) => value === code)?.[0];
    throw Object.assign(new Error(`${what}: ${name ?? String(code)}`), { code: name ?? code });
  };
  const value = (argument: Argument | undefined) =>
    argument instanceof Uint8Array ? Number(ptr(argument)) : (argument ?? 0);
  const sys = (name: string, ...args: readonly Argument[]): number => {
    const nr = numbers[name] ?? -1;
    if (nr < 0) refuse(name, errno.ENOSYS);
    const [a, b, d, e, f, g] = [0, 1, 2, 3, 4, 5].map((i) => value(args[i])) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const result = Number(c.syscall(nr, a, b, d, e, f, g));
    if (result !== -1) return result;
    return refuse(name, read.i32(c.__errno_location() as Pointer, 0));
  };
  return {
    sys,
    text: (text) => Buffer.from(`${text}\0`),
    at: (bytes) => BigInt(ptr(bytes)),
    vector(address, length) {
      const bytes = Buffer.alloc(16);
      bytes.writeBigUInt64LE(address, 0);
      bytes.writeBigUInt64LE(BigInt(length), 8);
      return bytes;
    },
    run(code) {
      const [PAGE, READ_WRITE_EXECUTE, PRIVATE_ANONYMOUS_32BIT] = [4_096, 7, 0x62];
      const where = sys("mmap", 0, PAGE, READ_WRITE_EXECUTE, PRIVATE_ANONYMOUS_32BIT, -1, 0);
      const page = where as Pointer;
      new Uint8Array(toArrayBuffer(page, 0, PAGE)).set(code);
      const result = Number(CFunction({ ptr: page, args: [], returns: long })());
      return result < 0 ? refuse("machine code", -result) : result;
    },
  };
}
