/** Landlock: which files a thread, and all it starts, may reach. It knows the kernel's rules and no function. */
import { statSync } from "node:fs";
import { noNewPrivileges, syscall, SyscallError, text } from "./syscalls.ts";

const EXECUTE = 1n;
const WRITE_FILE = 2n;
const READ_FILE = 4n;
const READ_DIR = 8n;
const MAKE_CHAR = 64n;
const MAKE_SOCKET = 512n;
const MAKE_BLOCK = 2_048n;
const MAKE_SYMLINK = 4_096n;
const TRUNCATE = 16_384n;
const IOCTL_DEVICE = 32_768n;
/** What may be said of a single file; anything more is an error of the kernel's. */
const FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE;

/** Paths by right. Folders include all below, mounts that come later too. Every path must exist. */
export interface Domain {
  /** Read files and list folders. */
  readonly read: readonly string[];
  /** Read files by name, without listing. */
  readonly readFiles: readonly string[];
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

function fileRights(version: number): bigint {
  const known = version >= 5 ? 16n : version >= 3 ? 15n : version >= 2 ? 14n : 13n;
  return (1n << known) - 1n;
}

/** Everything the kernel can handle is handled, so that what no rule allows is refused. */
function createRuleset(version: number): number {
  const TCP_BIND_AND_CONNECT = 3n;
  const ABSTRACT_SOCKETS_AND_SIGNALS = 3n;
  const attributes = Buffer.alloc(24);
  attributes.writeBigUInt64LE(fileRights(version), 0);
  if (version >= 4) attributes.writeBigUInt64LE(TCP_BIND_AND_CONNECT, 8);
  if (version >= 6) attributes.writeBigUInt64LE(ABSTRACT_SOCKETS_AND_SIGNALS, 16);
  const size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
  return syscall("landlock_create_ruleset", attributes, size, 0);
}

function addRule(ruleset: number, path: string, rights: bigint): void {
  const AT_FDCWD = -100;
  const PATH_CLOEXEC = 0o12000000;
  const PATH_BENEATH = 1;
  const file = syscall("openat", AT_FDCWD, text(path), PATH_CLOEXEC);
  try {
    const rule = Buffer.alloc(16);
    rule.writeBigUInt64LE(statSync(path).isDirectory() ? rights : rights & FILE_RIGHTS, 0);
    rule.writeInt32LE(file, 8);
    syscall("landlock_add_rule", ruleset, PATH_BENEATH, rule, 0);
  } finally {
    syscall("close", file);
  }
}

/**
 * Confines the calling thread and everything it starts from now on, for good. Other threads stay free:
 * call it on a thread made for it, never in a process that already has several. Throws when any part fails.
 */
export function confineThread(domain: Domain): void {
  const version = landlockVersion();
  if (version === 0) throw new Error("This kernel has no Landlock");
  const all = fileRights(version);
  const writable = all & ~(EXECUTE | MAKE_CHAR | MAKE_BLOCK | MAKE_SYMLINK | IOCTL_DEVICE);
  const ruleset = createRuleset(version);
  try {
    for (const path of domain.read) addRule(ruleset, path, READ_FILE | READ_DIR);
    for (const path of domain.readFiles) addRule(ruleset, path, READ_FILE);
    for (const path of domain.run) addRule(ruleset, path, READ_FILE | EXECUTE);
    for (const path of domain.write) addRule(ruleset, path, writable);
    for (const path of domain.listen) addRule(ruleset, path, MAKE_SOCKET);
    noNewPrivileges();
    syscall("landlock_restrict_self", ruleset, 0);
  } finally {
    syscall("close", ruleset);
  }
}
