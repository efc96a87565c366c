/** Landlock: which files a thread, and all it starts, may reach. It knows the kernel's rules and no function. */
import { statSync } from "node:fs";
import { noNewPrivileges, PATH_CLOEXEC, syscall, SyscallError, text } from "./syscalls.ts";

/** Rights to files, in the order of the kernel's bits. */
export const FILE_RIGHT_NAMES = [
  "execute",
  "write_file",
  "read_file",
  "read_dir",
  "remove_dir",
  "remove_file",
  "make_char",
  "make_dir",
  "make_reg",
  "make_sock",
  "make_fifo",
  "make_block",
  "make_sym",
  "refer",
  "truncate",
  "ioctl_dev",
] as const;
/** Rights to TCP ports; none is ever given. */
export const PORT_RIGHT_NAMES = ["bind_tcp", "connect_tcp"] as const;
/** What ends at the border of a confinement. */
export const SCOPE_NAMES = ["abstract_unix_socket", "signal"] as const;
/** Anything that Landlock looks after. */
export type LandlockRight = (
  typeof FILE_RIGHT_NAMES | typeof PORT_RIGHT_NAMES | typeof SCOPE_NAMES
)[number];

const right = (name: (typeof FILE_RIGHT_NAMES)[number]) =>
  1n << BigInt(FILE_RIGHT_NAMES.indexOf(name));
const EXECUTE = right("execute");
const WRITE_FILE = right("write_file");
const READ_FILE = right("read_file");
const READ_DIR = right("read_dir");
const MAKE_CHAR = right("make_char");
const MAKE_SOCKET = right("make_sock");
const MAKE_BLOCK = right("make_block");
const MAKE_SYMLINK = right("make_sym");
const TRUNCATE = right("truncate");
const IOCTL_DEVICE = right("ioctl_dev");
/** What may be said of a single file; anything more is an error of the kernel's. */
const FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE;

/** Paths by right. Folders include all below, mounts that come later too. Every path must exist. */
export interface Domain {
  /** Read files and list folders. */
  readonly read: readonly string[];
  /** Read files by name, without listing. */
  readonly readFiles: readonly string[];
  /** List folders, with all below. @default none */
  readonly list?: readonly string[] | undefined;
  /** Start programs. */
  readonly run: readonly string[];
  /** Read, write, create and remove. */
  readonly write: readonly string[];
  /** Create sockets, and nothing else. */
  readonly listen: readonly string[];
}

/** The kernel's version of Landlock; 0 where there is none. */
export function landlockVersion(): number {
  const VERSION = 1;
  try {
    return syscall("landlock_create_ruleset", 0, 0, VERSION);
  } catch (error) {
    if (error instanceof SyscallError) return 0;
    throw error;
  }
}

/** How many of the names above a version knows. */
function fileRightCount(version: number): number {
  return version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13;
}

/** What a version of Landlock looks after. */
export function landlockRights(version: number): readonly LandlockRight[] {
  return [
    ...FILE_RIGHT_NAMES.slice(0, fileRightCount(version)),
    ...(version >= 4 ? PORT_RIGHT_NAMES : []),
    ...(version >= 6 ? SCOPE_NAMES : []),
  ];
}

/** The kernel's bits for those of some names that are handled. */
function bitsOf(names: readonly LandlockRight[], handled: readonly LandlockRight[]): bigint {
  return names.reduce(
    (bits, name, i) => bits | (handled.includes(name) ? 1n << BigInt(i) : 0n),
    0n,
  );
}

function createRuleset(version: number, handled: readonly LandlockRight[]): number {
  const attributes = Buffer.alloc(24);
  attributes.writeBigUInt64LE(bitsOf(FILE_RIGHT_NAMES, handled), 0);
  attributes.writeBigUInt64LE(bitsOf(PORT_RIGHT_NAMES, handled), 8);
  attributes.writeBigUInt64LE(bitsOf(SCOPE_NAMES, handled), 16);
  const size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
  return syscall("landlock_create_ruleset", attributes, size, 0);
}

function addRule(ruleset: number, path: string, wanted: bigint): void {
  const AT_FDCWD = -100;
  const PATH_BENEATH = 1;
  const file = syscall("openat", AT_FDCWD, text(path), PATH_CLOEXEC);
  try {
    const rights = statSync(path).isDirectory() ? wanted : wanted & FILE_RIGHTS;
    if (rights === 0n) return; // The kernel takes no rule that says nothing.
    const rule = Buffer.alloc(16);
    rule.writeBigUInt64LE(rights, 0);
    rule.writeInt32LE(file, 8);
    syscall("landlock_add_rule", ruleset, PATH_BENEATH, rule, 0);
  } finally {
    syscall("close", file);
  }
}

/**
 * Confines the calling thread and everything it starts from now on, for good. Other threads stay free:
 * call it on a thread made for it, never in a process that already has several. Throws when any part fails.
 *
 * @param omitted what is not looked after; only tests name any
 */
export function confineThread(domain: Domain, omitted: readonly LandlockRight[] = []): void {
  const version = landlockVersion();
  if (version === 0) throw new Error("This kernel has no Landlock");
  // Everything the kernel can handle is handled, so that what no rule allows is refused.
  const handled = landlockRights(version).filter((name) => !omitted.includes(name));
  const all = bitsOf(FILE_RIGHT_NAMES, handled);
  const writable = all & ~(EXECUTE | MAKE_CHAR | MAKE_BLOCK | MAKE_SYMLINK | IOCTL_DEVICE);
  const ruleset = createRuleset(version, handled);
  const allow = (path: string, rights: bigint) => addRule(ruleset, path, rights & all);
  try {
    for (const path of domain.read) allow(path, READ_FILE | READ_DIR);
    for (const path of domain.readFiles) allow(path, READ_FILE);
    for (const path of domain.list ?? []) allow(path, READ_DIR);
    for (const path of domain.run) allow(path, READ_FILE | EXECUTE);
    for (const path of domain.write) allow(path, writable);
    for (const path of domain.listen) allow(path, MAKE_SOCKET);
    noNewPrivileges();
    syscall("landlock_restrict_self", ruleset, 0);
  } finally {
    syscall("close", ruleset);
  }
}
