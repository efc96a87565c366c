/** The system calls that Bun has no name for, through `bun:ffi`. It knows numbers and errors, and no policy. */
import { dlopen, FFIType, ptr, read, type Pointer } from "bun:ffi";
import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";

/** Numbers by name: x86-64 first, then arm64. */
const NUMBERS = {
  close: [3, 57],
  flock: [73, 32],
  mount: [165, 40],
  openat: [257, 56],
  prctl: [157, 167],
  prlimit64: [302, 261],
  seccomp: [317, 277],
  setns: [308, 268],
  socketpair: [53, 199],
  umount2: [166, 39],
  unshare: [272, 97],
  landlock_create_ruleset: [444, 444],
  landlock_add_rule: [445, 445],
  landlock_restrict_self: [446, 446],
} as const;

/** A call in the table above. */
export type SyscallName = keyof typeof NUMBERS;

/** `EPERM`, `ENOSYS`, …; `undefined`: an error that has no name. */
export function errorName(errno: number): string | undefined {
  return Object.entries(constants.errno).find(([, value]) => value === errno)?.[0];
}

/** A system call that the kernel refused. */
export class SyscallError extends Error {
  override readonly name = "SyscallError";
  /** `EPERM`, `ENOSYS`, … */
  readonly code: string;

  constructor(call: SyscallName, errno: number) {
    const code = errorName(errno);
    super(`${call}: ${code ?? `error ${String(errno)}`}`);
    this.code = code ?? "";
  }
}

/** Processors whose numbers are known. */
export const ARCHES = ["x64", "arm64"] as const;
/** One of them. */
export type Arch = (typeof ARCHES)[number];

/** This machine's processor, or `undefined` where no numbers are known. */
export function arch(): Arch | undefined {
  return ARCHES.find((name) => name === process.arch);
}

const LIBRARIES = [
  "libc.so.6",
  `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`,
];

function open() {
  const { i64, ptr: pointer } = FFIType;
  for (const library of LIBRARIES) {
    try {
      return dlopen(library, {
        syscall: { args: [i64, i64, i64, i64, i64, i64], returns: i64 },
        __errno_location: { args: [], returns: pointer },
      }).symbols;
    } catch {
      continue; // The next C library's name.
    }
  }
  throw new Error(`Cannot open the C library: tried ${LIBRARIES.join(", ")}`);
}

let symbols: ReturnType<typeof open> | undefined;

function argument(value: number | Uint8Array): number {
  return typeof value === "number" ? value : Number(ptr(value));
}

/** Calls the kernel. Throws a `SyscallError`. Buffers are passed by address and live until it returns. */
export function syscall(name: SyscallName, ...args: readonly (number | Uint8Array)[]): number {
  const here = arch();
  if (here === undefined) throw new Error(`No system call numbers for ${process.arch}`);
  symbols ??= open();
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = args.map(argument);
  const result = Number(symbols.syscall(NUMBERS[name][here === "x64" ? 0 : 1], a, b, c, d, e));
  if (result !== -1) return result;
  const where = symbols.__errno_location() as Pointer | null;
  throw new SyscallError(name, where === null ? 0 : read.i32(where, 0));
}

/** Text as the kernel wants it. */
export function text(value: string): Uint8Array {
  return Buffer.from(`${value}\0`);
}

/** For `open`: only the place, whatever its rights, and no `exec` inherits it. */
export const PATH_CLOEXEC = 0o12000000;

/** Two connected stream sockets that no `exec` inherits by itself. */
export function socketPair(): readonly [number, number] {
  const pair = Buffer.alloc(8);
  const STREAM_CLOEXEC = 0o2000001;
  syscall("socketpair", 1, STREAM_CLOEXEC, 0, pair);
  return [pair.readInt32LE(0), pair.readInt32LE(4)];
}

/**
 * Locks an open file for as long as it is open. `false`: another process holds it, in whatever container. Throws where
 * the file system has no locks.
 */
export function lockFile(file: number): boolean {
  const EXCLUSIVE_AT_ONCE = 6;
  try {
    syscall("flock", file, EXCLUSIVE_AT_ONCE);
    return true;
  } catch (error) {
    if (error instanceof SyscallError && error.code === "EAGAIN") return false;
    throw error;
  }
}

/** Whether a process holds the lock of a file: one of another container has no number here, and lives all the same. */
export function isLocked(path: string): boolean {
  const file = openSync(path, "r");
  try {
    return !lockFile(file);
  } catch {
    return false; // A file system without locks.
  } finally {
    closeSync(file);
  }
}

/** Mounts an empty file system in memory: no programs, no devices, no set-uid files. */
export function mountTmpfs(folder: string, options: string): void {
  const NOSUID_NODEV_NOEXEC = 14;
  syscall("mount", text("moult"), text(folder), text("tmpfs"), NOSUID_NODEV_NOEXEC, text(options));
}

/**
 * What `start` starts lives among its own processes: it sees and signals no other, and whatever it has started ends
 * with it. `own` is an open file of this thread's own `/proc/thread-self/ns/pid`. Throws, having started nothing, when
 * the kernel refuses.
 */
export function amongItsOwn<T>(own: number, start: () => T): T {
  const NEW_PROCESSES = 0x20000000;
  syscall("unshare", NEW_PROCESSES);
  try {
    return start();
  } finally {
    // Otherwise this thread could make no other thread.
    syscall("setns", own, NEW_PROCESSES);
  }
}

/** Takes a mount away at once, even while files in it are open. */
export function unmount(folder: string): void {
  const DETACH = 2;
  syscall("umount2", text(folder), DETACH);
}

/** Promises the kernel that neither this thread nor what it starts ever gains rights. */
export function noNewPrivileges(): void {
  const PR_SET_NO_NEW_PRIVS = 38;
  syscall("prctl", PR_SET_NO_NEW_PRIVS, 1);
}

/**
 * Has the kernel end this process when the thread that started it ends, and so its process. Not left to Bun's
 * `--no-orphans`: where a process is the first of its own process numbers, it sees no parent, and Bun does not ask.
 */
export function endWithParent(): void {
  const PR_SET_PDEATHSIG = 1;
  const SIGKILL = 9;
  syscall("prctl", PR_SET_PDEATHSIG, SIGKILL);
}

/** What `ps` and `top` call this process; up to 15 bytes. */
export function nameProcess(name: string): void {
  const PR_SET_NAME = 15;
  syscall("prctl", PR_SET_NAME, text(name));
}

const RESOURCES = { fileBytes: 1, core: 4, processes: 6, openFiles: 7 } as const;

/** The hard limit of the calling process; nobody without rights may go above it. */
function hardLimit(id: number): bigint {
  const pair = Buffer.alloc(16);
  syscall("prlimit64", 0, id, 0, pair);
  return pair.readBigUInt64LE(8);
}

/** Sets hard limits on the calling process; a stricter one that it has stays. Throws when the kernel does not take one. */
export function setLimits(limits: Partial<Record<keyof typeof RESOURCES, number>>): void {
  for (const [name, id] of Object.entries(RESOURCES)) {
    const wanted = limits[name as keyof typeof RESOURCES];
    if (wanted === undefined) continue;
    const hard = hardLimit(id);
    const value = BigInt(wanted) < hard ? BigInt(wanted) : hard;
    const pair = Buffer.alloc(16);
    pair.writeBigUInt64LE(value, 0);
    pair.writeBigUInt64LE(value, 8);
    syscall("prlimit64", 0, id, pair, 0);
  }
}

/**
 * What this process starts from now on gets none of the capabilities that a service manager lent to it
 * (`AmbientCapabilities=`). It keeps them itself.
 */
export function keepRightsToOurselves(): void {
  const PR_CAP_AMBIENT = 47;
  const CLEAR_ALL = 4;
  syscall("prctl", PR_CAP_AMBIENT, CLEAR_ALL, 0, 0);
}

/**
 * Takes every capability but file access from what this thread starts later.
 * Only for a thread of root that starts programs as root.
 */
export function keepFileAccessOnly(): void {
  const PR_CAPBSET_DROP = 24;
  const KEPT = new Set([1, 2]); // CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
  for (let capability = 0; capability < 64; capability++) {
    if (KEPT.has(capability)) continue;
    try {
      syscall("prctl", PR_CAPBSET_DROP, capability);
    } catch (error) {
      if (error instanceof SyscallError && error.code === "EINVAL") return; // Beyond the last one.
      throw error;
    }
  }
}

/** Where a buffer lies. Keep the buffer alive for as long as the kernel may look. */
export function addressOf(buffer: Uint8Array): bigint {
  return BigInt(ptr(buffer));
}
