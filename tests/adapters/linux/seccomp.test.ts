import { describe, expect, test } from "bun:test";
import { filterProgram, type FilterOptions } from "../../../adapters/linux/seccomp.ts";
import { ARCHES, type Arch } from "../../../adapters/linux/syscalls.ts";

const PID = 4_321;
const AUDIT_ARCH = { x64: 0xc000003e, arm64: 0xc00000b7 };

/** Numbers of the calls used below, by processor. */
const NUMBERS = {
  read: [0, 63],
  futex: [202, 98],
  accept4: [288, 242],
  execve: [59, 221],
  execveat: [322, 281],
  socket: [41, 198],
  socketpair: [53, 199],
  connect: [42, 203],
  bind: [49, 200],
  listen: [50, 201],
  clone: [56, 220],
  clone3: [435, 435],
  kill: [62, 129],
  tgkill: [234, 131],
  pidfd_open: [434, 434],
  pidfd_send_signal: [424, 424],
  setsid: [112, 157],
  wait4: [61, 260],
  ptrace: [101, 117],
  io_uring_setup: [425, 425],
  memfd_create: [319, 279],
  mount: [165, 40],
  bpf: [321, 280],
  setuid: [105, 146],
  fchmodat: [268, 53],
  symlinkat: [266, 36],
  linkat: [265, 37],
  sendto: [44, 206],
  sendmsg: [46, 211],
  prctl: [157, 167],
  prlimit64: [302, 261],
  fcntl: [72, 25],
  ioctl: [16, 29],
} as const;

interface Call {
  readonly name: keyof typeof NUMBERS;
  readonly args?: readonly number[];
}

/** Runs a filter as the kernel does. */
function run(program: Uint8Array, data: Uint8Array): number {
  const code = new DataView(program.buffer, program.byteOffset, program.byteLength);
  const input = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let accumulator = 0;
  for (let at = 0; at < program.length; at += 8) {
    const value = code.getUint32(at + 4, true);
    const jump = (taken: boolean) => {
      at += 8 * code.getUint8(at + (taken ? 2 : 3));
    };
    switch (code.getUint16(at, true)) {
      case 0x20:
        accumulator = input.getUint32(value, true);
        break;
      case 0x15:
        jump(accumulator === value);
        break;
      case 0x35:
        jump(accumulator >= value);
        break;
      case 0x45:
        jump((accumulator & value) !== 0);
        break;
      case 0x54:
        accumulator = (accumulator & value) >>> 0;
        break;
      case 0x06:
        return value;
      default:
        throw new Error("unknown instruction");
    }
  }
  throw new Error("the filter has no end");
}

type Options = Omit<FilterOptions, "pid">;

function verdict(
  arch: Arch,
  nr: number,
  args: readonly number[] = [],
  options: Options = {},
): string {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(nr, 0);
  data.writeUInt32LE(AUDIT_ARCH[arch], 4);
  for (const [i, arg] of args.entries()) data.writeBigInt64LE(BigInt(arg), 16 + 8 * i);
  return name(run(filterProgram(arch, { pid: PID, ...options }), data));
}

function name(action: number): string {
  if (action === 0x7fff0000) return "allow";
  if (action === 0x80000000) return "kill";
  return `errno ${String(action & 0xffff)}`;
}

const of = (arch: Arch, { name: call, args }: Call, options: Options = {}) =>
  verdict(arch, NUMBERS[call][arch === "x64" ? 0 : 1], args ?? [], options);

describe.each([...ARCHES])("filterProgram() for %s", (arch) => {
  test.each<Call>([
    { name: "read" },
    { name: "futex" },
    { name: "accept4" },
    { name: "clone", args: [0x10000] },
    { name: "kill", args: [PID] },
    { name: "tgkill", args: [PID] },
    { name: "sendto", args: [3, 0, 0, 0x4000] },
    { name: "prlimit64", args: [0] },
    { name: "prctl", args: [15] },
    { name: "fcntl", args: [0, 4] },
    { name: "ioctl", args: [0, 0x541b] },
  ])("allows %j", (call) => {
    expect(of(arch, call)).toBe("allow");
  });

  test.each<Call>([
    { name: "execve" },
    { name: "execveat" },
    { name: "socket", args: [2, 1, 0] },
    { name: "socketpair" },
    { name: "connect" },
    { name: "bind" },
    { name: "listen" },
    { name: "clone", args: [17] },
    { name: "clone", args: [0x10000000] },
    { name: "kill", args: [1] },
    { name: "kill", args: [-1] },
    { name: "kill", args: [-PID] },
    { name: "tgkill", args: [1] },
    { name: "pidfd_send_signal" },
    { name: "ptrace" },
    { name: "io_uring_setup" },
    { name: "memfd_create" },
    { name: "mount" },
    { name: "bpf" },
    { name: "setuid" },
    { name: "fchmodat" },
    { name: "symlinkat" },
    { name: "linkat" },
    { name: "sendto", args: [3, 0, 0, 0x20000000] },
    { name: "sendto", args: [3, 0, 0, 0, 4_096, 16] },
    { name: "sendmsg", args: [3, 0, 0x20000000] },
    { name: "prlimit64", args: [1] },
    { name: "fcntl", args: [0, 8] },
    { name: "fcntl", args: [0, 10] },
    { name: "fcntl", args: [0, 15] },
    { name: "ioctl", args: [0, 0x8901] },
    { name: "ioctl", args: [0, 0x8902] },
    { name: "ioctl", args: [0, 0x5412] },
    { name: "ioctl", args: [0, 0x541c] },
    { name: "prctl", args: [1] },
  ])("refuses %j", (call) => {
    expect(of(arch, call)).toBe("errno 1");
  });

  test("leaves internet sockets, and no others, to the network layer where there is one", () => {
    const socket = (family: number) =>
      of(arch, { name: "socket", args: [family, 1, 0] }, { passSockets: true });
    expect([2, 10].map(socket)).toEqual(["allow", "allow"]);
    // Unix, netlink, packet, crypto, virtual machine.
    expect([1, 16, 17, 38, 40].map(socket)).toEqual(Array(5).fill("errno 1"));
    for (const other of ["connect", "bind", "listen"] as const)
      expect(of(arch, { name: other }, { passSockets: true })).toBe("errno 1");
  });

  describe("of a host that may start programs", () => {
    const options = { programs: true };

    test.each<Call>([
      { name: "execve" },
      { name: "clone", args: [17] },
      { name: "clone", args: [0x4111] }, // As vfork does.
      { name: "clone", args: [0x10000] },
      { name: "wait4" },
      { name: "pidfd_open" },
      { name: "socketpair", args: [1, 1] },
      { name: "socketpair", args: [1, 0x80801] },
      { name: "prctl", args: [1, 9] },
      { name: "prctl", args: [15] },
      { name: "kill", args: [PID] },
    ])("allows %j as well", (call) => {
      expect(of(arch, call, options)).toBe("allow");
    });

    test.each<Call>([
      { name: "execveat" },
      { name: "memfd_create" },
      ...[0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000].map(
        (namespace): Call => ({ name: "clone", args: [namespace + 17] }),
      ),
      { name: "clone", args: [0x8000 + 17] }, // Its parent's child.
      { name: "setsid" },
      { name: "socketpair", args: [1, 2] },
      { name: "socketpair", args: [1, 5] },
      { name: "socketpair", args: [30, 1] },
      { name: "socket", args: [1, 1, 0] },
      { name: "connect" },
      { name: "prctl", args: [1, 0] },
      { name: "prctl", args: [1, 15] },
      { name: "prctl", args: [4, 1] },
      { name: "kill", args: [1] },
      { name: "pidfd_send_signal" },
      { name: "ptrace" },
      { name: "linkat" },
      { name: "symlinkat" },
      { name: "fchmodat" },
      { name: "mount" },
    ])("refuses %j all the same", (call) => {
      expect(of(arch, call, options)).toBe("errno 1");
      expect(of(arch, call, { ...options, passSockets: true })).toBe("errno 1");
    });

    test("lets signals pass only where something else bounds them", () => {
      const signals = { ...options, signals: true };
      expect(of(arch, { name: "kill", args: [1] }, signals)).toBe("allow");
      expect(of(arch, { name: "tgkill", args: [1] }, signals)).toBe("allow");
      expect(of(arch, { name: "pidfd_send_signal" }, signals)).toBe("errno 1");
    });
  });

  test("answers clone3 as if the kernel did not know it", () => {
    expect(of(arch, { name: "clone3" })).toBe("errno 38");
  });

  test("ends a process that calls with another processor's numbers", () => {
    const data = Buffer.alloc(64);
    data.writeUInt32LE(0x40000003, 4);
    expect(name(run(filterProgram(arch, { pid: PID }), data))).toBe("kill");
  });
});

test("filterProgram() ends a process that uses the x32 numbers of x86-64", () => {
  expect(verdict("x64", 0x40000000)).toBe("kill");
});
