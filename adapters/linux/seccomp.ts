/** The system-call filter of a function host: what is not listed is refused. It knows the kernel's rules and no function. */
import { type Arch, addressOf, arch, noNewPrivileges, syscall, SyscallError } from "./syscalls.ts";
import {
  ALLOWED,
  ALLOWED_WITH_PROGRAMS,
  FCNTL_REFUSED,
  IOCTL_REFUSED,
  SPECIAL,
} from "./seccomp_table.ts";

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

const LOAD = 0x20;
const EQUAL = 0x15;
const AT_LEAST = 0x35;
const ANY_BIT = 0x45;
const AND = 0x54;
const RETURN = 0x06;

const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const refuse = (errno: number) => 0x00050000 | errno;
const EPERM = 1;
const ENOSYS = 38;

const AUDIT_ARCH: Record<Arch, number> = { x64: 0xc000003e, arm64: 0xc00000b7 };
const X32_BIT = 0x40000000;
const CLONE_THREAD = 0x10000;
/** New namespaces of every kind, and children of one's parent. */
const CLONE_OUT = 0x7e028000;
const MSG_FASTOPEN = 0x20000000;
const AF_INET = 2;
const AF_INET6 = 10;

const NUMBER_OFFSET = 0;
const ARCH_OFFSET = 4;
/** Where the low half of an argument lies; both processors are little-endian. */
const argumentOffset = (index: number) => 16 + 8 * index;

/** Allows a call only if the low half of one argument is one of some values. */
function whenArgument(nr: number, index: number, values: readonly number[]): Instruction[] {
  const checks = values.map((value, i): Instruction => [EQUAL, values.length - i, 0, value]);
  return [
    [EQUAL, 0, values.length + 3, nr],
    [LOAD, 0, 0, argumentOffset(index)],
    ...checks,
    [RETURN, 0, 0, refuse(EPERM)],
    [RETURN, 0, 0, ALLOW],
  ];
}

/** Allows a call unless the low half of one argument is one of some values. */
function unlessArgument(nr: number, index: number, values: readonly number[]): Instruction[] {
  const checks = values.map((value, i): Instruction => [EQUAL, values.length - i, 0, value]);
  return [
    [EQUAL, 0, values.length + 3, nr],
    [LOAD, 0, 0, argumentOffset(index)],
    ...checks,
    [RETURN, 0, 0, ALLOW],
    [RETURN, 0, 0, refuse(EPERM)],
  ];
}

/** Allows a call according to bits of one argument. */
function whenBits(nr: number, index: number, bits: { mask: number; set: boolean }): Instruction[] {
  const [yes, no] = bits.set ? [ALLOW, refuse(EPERM)] : [refuse(EPERM), ALLOW];
  return [
    [EQUAL, 0, 4, nr],
    [LOAD, 0, 0, argumentOffset(index)],
    [ANY_BIT, 0, 1, bits.mask],
    [RETURN, 0, 0, yes],
    [RETURN, 0, 0, no],
  ];
}

/** Checks that belong to no single call, or of which a call has two. */
export type FilterCheck = "processor" | "x32" | "sendto flags" | "sendto address";

/** What a filter does not look after; only tests name anything. */
export interface FilterOmitted {
  /** Numbers of system calls that pass whatever their arguments. */
  readonly calls?: readonly number[];
  readonly checks?: readonly FilterCheck[];
}

/** What a filter is made for. */
export interface FilterOptions {
  /** The process: it may signal and limit itself only. */
  readonly pid: number;
  /**
   * Lets attempts to open an internet socket through to the network layer, which refuses and reports them.
   *
   * @default false: the filter refuses them, and nobody hears of it
   */
  readonly passSockets?: boolean;
  /** Lets it start programs, and those do what programs do. Which ones is for Landlock to say. @default false */
  readonly programs?: boolean;
  /** Lets it signal others: something else bounds whom it reaches. @default false */
  readonly signals?: boolean;
  readonly omitted?: FilterOmitted | undefined;
}

/** `sendto` without an address, and without MSG_FASTOPEN, which connects without connect(). */
function sendtoConnected(nr: number, omitted: readonly FilterCheck[]): Instruction[] {
  const flags = omitted.includes("sendto flags") ? 0 : MSG_FASTOPEN;
  const addressBytes: Instruction = omitted.includes("sendto address")
    ? [AT_LEAST, 1, 0, 0]
    : [EQUAL, 1, 0, 0];
  return [
    [EQUAL, 0, 6, nr],
    [LOAD, 0, 0, argumentOffset(3)],
    [ANY_BIT, 2, 0, flags],
    [LOAD, 0, 0, argumentOffset(5)],
    addressBytes,
    [RETURN, 0, 0, refuse(EPERM)],
    [RETURN, 0, 0, ALLOW],
  ];
}

/** Ends a process that calls with the numbers of another processor, which this filter does not know. */
function sameNumbers(machine: Arch, omitted: readonly FilterCheck[]): Instruction[] {
  const processor: Instruction[] = [
    [LOAD, 0, 0, ARCH_OFFSET],
    [EQUAL, 1, 0, AUDIT_ARCH[machine]],
    [RETURN, 0, 0, omitted.includes("processor") ? ALLOW : KILL_PROCESS],
    [LOAD, 0, 0, NUMBER_OFFSET],
  ];
  if (machine !== "x64") return processor;
  const x32: Instruction[] = [
    [AT_LEAST, 0, 1, X32_BIT],
    [RETURN, 0, 0, omitted.includes("x32") ? ALLOW : KILL_PROCESS],
  ];
  return [...processor, ...x32];
}

/** Calls that pass whatever their arguments. */
function open(numbers: readonly number[]): Instruction[] {
  return numbers
    .filter((nr) => nr >= 0)
    .flatMap((nr): Instruction[] => [
      [EQUAL, 0, 1, nr],
      [RETURN, 0, 0, ALLOW],
    ]);
}

/** The signal at the death of the parent: `SIGKILL`, as Bun sets it for what it starts, and no weaker one. */
function deathSignal(nr: number): Instruction[] {
  const PR_SET_PDEATHSIG = 1;
  const SIGKILL = 9;
  return [
    [EQUAL, 0, 7, nr],
    [LOAD, 0, 0, argumentOffset(0)],
    [EQUAL, 0, 4, PR_SET_PDEATHSIG],
    [LOAD, 0, 0, argumentOffset(1)],
    [EQUAL, 1, 0, SIGKILL],
    [RETURN, 0, 0, refuse(EPERM)],
    [RETURN, 0, 0, ALLOW],
    [LOAD, 0, 0, NUMBER_OFFSET],
  ];
}

/** Pairs of connected unix sockets, as pipes. Others would reach any unix socket by its path, through `sendmsg`. */
function streamPair(nr: number): Instruction[] {
  const AF_UNIX = 1;
  const STREAM = 1;
  const HOW = 0x80800; // Closed by exec, not blocking.
  return [
    [EQUAL, 0, 7, nr],
    [LOAD, 0, 0, argumentOffset(0)],
    [EQUAL, 0, 4, AF_UNIX],
    [LOAD, 0, 0, argumentOffset(1)],
    [AND, 0, 0, ~HOW],
    [EQUAL, 0, 1, STREAM],
    [RETURN, 0, 0, ALLOW],
    [RETURN, 0, 0, refuse(EPERM)],
  ];
}

/** What starting programs takes beyond a host's own needs. */
function startPrograms(column: 0 | 1): Instruction[] {
  return [
    ...open(ALLOWED_WITH_PROGRAMS.map((numbers) => numbers[column])),
    ...whenBits(SPECIAL.clone[column], 0, { mask: CLONE_OUT, set: false }),
    ...streamPair(SPECIAL.socketpair[column]),
    ...deathSignal(SPECIAL.prctl[column]),
  ];
}

/** The program, as the kernel reads it. */
export function filterProgram(machine: Arch, options: FilterOptions): Uint8Array {
  const { pid, passSockets = false, omitted: { calls = [], checks = [] } = {} } = options;
  const column = machine === "x64" ? 0 : 1;
  const special = (name: keyof typeof SPECIAL) => SPECIAL[name][column];
  const signals = [special("kill"), special("tgkill"), special("tkill")];
  const PR_SET_NAME = 15;
  const PR_GET_NAME = 16;
  const PR_SET_VMA = 0x53564d41;
  const program: Instruction[] = [
    ...sameNumbers(machine, checks),
    ...open(calls),
    ...open(ALLOWED.map((numbers) => numbers[column])),
    // EPERM would make the C library give up; ENOSYS makes it use clone(), whose flags can be read here.
    [EQUAL, 0, 1, special("clone3")],
    [RETURN, 0, 0, refuse(ENOSYS)],
    ...unlessArgument(special("fcntl"), 1, FCNTL_REFUSED),
    ...unlessArgument(special("ioctl"), 1, IOCTL_REFUSED),
    ...(options.programs === true ? startPrograms(column) : []),
    ...(options.signals === true ? open(signals) : []),
    ...whenBits(special("clone"), 0, { mask: CLONE_THREAD, set: true }),
    ...(passSockets ? whenArgument(special("socket"), 0, [AF_INET, AF_INET6]) : []),
    ...sendtoConnected(special("sendto"), checks),
    ...whenBits(special("sendmsg"), 2, { mask: MSG_FASTOPEN, set: false }),
    ...whenArgument(special("kill"), 0, [pid]),
    ...whenArgument(special("tgkill"), 0, [pid]),
    ...whenArgument(special("prlimit64"), 0, [0, pid]),
    // Not the parent-death signal: a host must not outlive its daemon.
    ...whenArgument(special("prctl"), 0, [PR_SET_NAME, PR_GET_NAME, PR_SET_VMA]),
    [RETURN, 0, 0, refuse(EPERM)],
  ];
  const bytes = Buffer.alloc(program.length * 8);
  for (const [i, [code, ifTrue, ifFalse, value]] of program.entries()) {
    bytes.writeUInt16LE(code, i * 8);
    bytes.writeUInt8(ifTrue, i * 8 + 2);
    bytes.writeUInt8(ifFalse, i * 8 + 3);
    bytes.writeUInt32LE(value >>> 0, i * 8 + 4);
  }
  return bytes;
}

/** Whether this kernel takes such filters. */
export function hasSeccomp(): boolean {
  const GET_ACTION_AVAILABLE = 2;
  const action = Buffer.alloc(4);
  action.writeUInt32LE(refuse(0));
  try {
    return arch() !== undefined && syscall("seccomp", GET_ACTION_AVAILABLE, 0, action) === 0;
  } catch (error) {
    if (error instanceof SyscallError) return false;
    throw error;
  }
}

/** Installs the filter on every thread of the calling process, for good. Throws when the kernel refuses. */
export function installFilter(options: Omit<FilterOptions, "pid"> = {}): void {
  const machine = arch();
  if (machine === undefined) throw new Error(`No system-call filter for ${process.arch}`);
  const SET_MODE_FILTER = 1;
  const ALL_THREADS = 1;
  const filter = filterProgram(machine, { ...options, pid: process.pid });
  const program = Buffer.alloc(16);
  program.writeUInt16LE(filter.length / 8, 0);
  program.writeBigUInt64LE(addressOf(filter), 8);
  noNewPrivileges();
  const straggler = syscall("seccomp", SET_MODE_FILTER, ALL_THREADS, program);
  if (straggler !== 0)
    throw new Error(`seccomp: thread ${String(straggler)} could not be confined`);
}
