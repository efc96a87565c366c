/** Attacks on processes: others are looked into, ended or imitated, and programs are started. */
import type { Attack, Deed } from "./attack.ts";

const ownProcess: Deed = async () => {
  const fs = await import("node:fs");
  fs.readFileSync("/proc/self/status");
  process.memoryUsage();
};
const signalToItself: Deed = () => process.kill(process.pid, 0);
const thread: Deed = async () =>
  await new Promise((done, failed) => {
    const worker = new Worker("data:text/javascript,postMessage(1)");
    worker.addEventListener("message", done);
    worker.addEventListener("error", failed);
  });

/** Looking into others. */
export const SPYING: readonly Attack[] = [
  {
    name: "read the daemon's environment in its own",
    harmless: () => {
      if (process.env["TZ"] === undefined) throw new Error("no time zone");
    },
    malicious: () => {
      if (process.env["MOULT_ATTACKS_CANARY"] === undefined)
        throw Object.assign(new Error("there is none"), { code: "ENOENT" });
    },
  },
  {
    name: "read the daemon's environment in /proc",
    harmless: ownProcess,
    malicious: async (at) =>
      (await import("node:fs")).readFileSync(`/proc/${String(at.daemon)}/environ`),
  },
  {
    name: "read another function's environment in /proc",
    harmless: ownProcess,
    malicious: async (at) =>
      (await import("node:fs")).readFileSync(`/proc/${String(at.sibling)}/environ`),
  },
  {
    name: "see where the daemon's memory lies",
    harmless: ownProcess,
    malicious: async (at) =>
      (await import("node:fs")).readFileSync(`/proc/${String(at.daemon)}/maps`),
  },
  {
    name: "read the daemon's memory in /proc",
    harmless: ownProcess,
    malicious: async (at) => {
      const fs = await import("node:fs");
      const file = fs.openSync(`/proc/${String(at.daemon)}/mem`, "r");
      const word = Buffer.alloc(6);
      fs.readSync(file, word, 0, 6, Number(at.daemonMemory));
      if (String(word) !== "secret") throw new Error("another word");
    },
  },
  {
    name: "read the daemon's memory",
    harmless: ownProcess,
    malicious: (at, { sys, at: addressOf, vector }) => {
      const word = Buffer.alloc(6);
      const [here, there] = [vector(addressOf(word), 6), vector(BigInt(at.daemonMemory), 6)];
      sys("process_vm_readv", at.daemon, here, 1, there, 1, 0);
      if (String(word) !== "secret") throw new Error("another word");
    },
    calls: ["process_vm_readv"],
  },
  {
    name: "write into the daemon's memory",
    harmless: ownProcess,
    malicious: (at, { sys, at: addressOf, vector }) => {
      const [here, there] = [
        vector(addressOf(Buffer.from("secret")), 6),
        vector(BigInt(at.daemonMemory), 6),
      ];
      sys("process_vm_writev", at.daemon, here, 1, there, 1, 0);
    },
    calls: ["process_vm_writev"],
  },
  {
    name: "trace another program (ptrace)",
    harmless: ownProcess,
    malicious: (at, { sys }) => {
      const SEIZE = 0x4206;
      sys("ptrace", SEIZE, at.stranger, 0, 0);
    },
    calls: ["ptrace"],
  },
  {
    name: "walk through the daemon's root folder in /proc",
    harmless: ownProcess,
    malicious: async (at) =>
      (await import("node:fs")).readFileSync(`/proc/${String(at.daemon)}/root${at.folder}/key`),
  },
  {
    name: "open a file that the daemon has open",
    harmless: ownProcess,
    malicious: async (at) =>
      (await import("node:fs")).readFileSync(
        `/proc/${String(at.daemon)}/fd/${String(at.daemonFile)}`,
      ),
  },
  {
    name: "take a file that the daemon has open",
    harmless: ownProcess,
    malicious: (at, { sys }) =>
      sys("pidfd_getfd", sys("pidfd_open", at.daemon, 0), at.daemonFile, 0),
    calls: ["pidfd_open", "pidfd_getfd"],
  },
  {
    name: "compare its files with the daemon's (kcmp)",
    harmless: ownProcess,
    malicious: (at, { sys }) => sys("kcmp", process.pid, at.daemon, 2, 0, 0),
    calls: ["kcmp"],
  },
  {
    name: "list the processes",
    harmless: ownProcess,
    malicious: async () => (await import("node:fs")).readdirSync("/proc"),
  },
  {
    name: "read a program's command line",
    harmless: ownProcess,
    malicious: async (at) =>
      (await import("node:fs")).readFileSync(`/proc/${String(at.stranger)}/cmdline`),
  },
];

/** Ending, slowing and leaving. */
export const SIGNALLING: readonly Attack[] = [
  {
    name: "signal the daemon",
    harmless: signalToItself,
    malicious: (at, { sys }) => sys("kill", at.daemon, 0),
    calls: ["kill"],
    right: "signal",
  },
  {
    name: "signal another function",
    harmless: signalToItself,
    malicious: (at, { sys }) => sys("kill", at.sibling, 0),
  },
  {
    name: "signal every process",
    harmless: signalToItself,
    malicious: (_, { sys }) => sys("kill", -1, 0),
    calls: ["kill"],
  },
  {
    name: "signal a thread of the daemon's",
    harmless: signalToItself,
    malicious: (at, { sys }) => sys("tgkill", at.daemon, at.daemon, 0),
    calls: ["tgkill"],
  },
  {
    name: "signal a thread by its number alone",
    harmless: signalToItself,
    malicious: (at, { sys }) => sys("tkill", at.daemon, 0),
    calls: ["tkill"],
  },
  {
    name: "signal the daemon through a pidfd",
    harmless: signalToItself,
    malicious: (at, { sys }) => sys("pidfd_send_signal", sys("pidfd_open", at.daemon, 0), 0, 0, 0),
    calls: ["pidfd_open", "pidfd_send_signal"],
  },
  {
    name: "forge a signal (rt_sigqueueinfo)",
    harmless: signalToItself,
    malicious: (at, { sys }) => {
      const info = Buffer.alloc(128);
      info.writeInt32LE(-1, 8);
      sys("rt_sigqueueinfo", at.daemon, 0, info);
    },
    calls: ["rt_sigqueueinfo"],
  },
  {
    name: "forge a signal to a thread (rt_tgsigqueueinfo)",
    harmless: signalToItself,
    malicious: (at, { sys }) => {
      const info = Buffer.alloc(128);
      info.writeInt32LE(-1, 8);
      sys("rt_tgsigqueueinfo", at.daemon, at.daemon, 0, info);
    },
    calls: ["rt_tgsigqueueinfo"],
  },
  {
    name: "read and set the daemon's limits",
    harmless: ownProcess,
    malicious: (at, { sys }) => {
      const limit = Buffer.alloc(16);
      sys("prlimit64", at.daemon, 7, 0, limit);
      sys("prlimit64", at.daemon, 7, limit, 0);
    },
    calls: ["prlimit64"],
  },
  {
    name: "move the daemon to another processor",
    harmless: ownProcess,
    malicious: (at, { sys }) => sys("sched_setaffinity", at.stranger, 8, Buffer.alloc(8, 255)),
    calls: ["sched_setaffinity"],
  },
  {
    name: "slow the daemon down (setpriority)",
    harmless: ownProcess,
    malicious: (at, { sys }) => sys("setpriority", 0, at.stranger, 19),
    calls: ["setpriority"],
  },
  {
    name: "come before everybody (real-time scheduling)",
    harmless: ownProcess,
    malicious: (_, { sys }) => {
      const one = Buffer.alloc(4);
      one.writeInt32LE(1);
      sys("sched_setscheduler", 0, 1, one);
      sys("sched_setscheduler", 0, 0, Buffer.alloc(4));
    },
    root: true,
    calls: ["sched_setscheduler"],
  },
  {
    name: "take the disk from everybody (ioprio_set)",
    harmless: ownProcess,
    malicious: (at, { sys }) => sys("ioprio_set", 1, at.stranger, 0x6000),
    calls: ["ioprio_set"],
  },
  {
    name: "outlive the daemon",
    harmless: (_, { sys }) => sys("prctl", 16, Buffer.alloc(16)),
    malicious: (_, { sys }) => {
      const PARENT_DEATH_SIGNAL = 1;
      sys("prctl", PARENT_DEATH_SIGNAL, 0);
    },
    calls: ["prctl"],
  },
  {
    name: "leave its control group",
    harmless: async () => (await import("node:fs")).readFileSync("/proc/self/status"),
    malicious: async (at) =>
      (await import("node:fs")).appendFileSync(`${String(at.group)}/cgroup.procs`, "0"),
    root: true,
    deadly: true, // It would take the others along: they count on its being in its group.
  },
];

/** Programs and code. */
export const STARTING: readonly Attack[] = [
  {
    name: "start a program",
    harmless: thread,
    malicious: () => Bun.spawnSync(["/bin/true"]),
  },
  {
    name: "start Bun",
    harmless: thread,
    malicious: () => Bun.spawnSync([process.execPath, "--version"]),
  },
  {
    name: "start a program through node:child_process",
    harmless: thread,
    malicious: async () => {
      const { error } = (await import("node:child_process")).spawnSync("/bin/true");
      if (error !== undefined) throw error;
    },
  },
  {
    name: "start a program that it brings along",
    harmless: thread,
    malicious: async () => {
      const fs = await import("node:fs");
      // As below.
      const program = Buffer.from(
        "7f454c4602010100000000000000000002003e0001000000780040000000000040000000000000000000000000000000000000004000380001000000000000000100000005000000000000000000000000004000000000000000400000000000840000000000000084000000000000000010000000000000b83c00000031ff0f05",
        "hex",
      );
      fs.writeFileSync("program", program, { mode: 0o755 });
      const done = Bun.spawnSync([`${process.cwd()}/program`]);
      if (done.exitCode !== 0) throw new Error(`exit code ${String(done.exitCode)}`);
    },
    right: "execute",
  },
  {
    name: "start a program that it carries in memory",
    harmless: thread,
    malicious: async (_, { sys, text }) => {
      const fs = await import("node:fs");
      const file = sys("memfd_create", text("x"), 0);
      // A program of 132 bytes that ends with 0: mov eax, 60; xor edi, edi; syscall
      const program = Buffer.from(
        "7f454c4602010100000000000000000002003e0001000000780040000000000040000000000000000000000000000000000000004000380001000000000000000100000005000000000000000000000000004000000000000000400000000000840000000000000084000000000000000010000000000000b83c00000031ff0f05",
        "hex",
      );
      fs.writeSync(file, program);
      const done = Bun.spawnSync([`/proc/${String(process.pid)}/fd/${String(file)}`]);
      if (done.exitCode !== 0) throw new Error(`exit code ${String(done.exitCode)}`);
    },
  },
  {
    name: "keep a file in memory that no limit counts",
    harmless: thread,
    malicious: (_, { sys, text }) => sys("memfd_create", text("x"), 0),
    calls: ["memfd_create"],
  },
  {
    name: "become another program (execve)",
    harmless: thread,
    malicious: (_, { sys, text, at: addressOf }) => {
      const line = Buffer.alloc(16);
      const path = text("/bin/true");
      line.writeBigUInt64LE(addressOf(path), 0);
      sys("execve", path, line, 0);
    },
    deadly: true,
    calls: ["execve"],
  },
  {
    name: "become another program (execveat)",
    harmless: thread,
    malicious: (_, { sys, text, at: addressOf }) => {
      const line = Buffer.alloc(16);
      const path = text("/bin/true");
      line.writeBigUInt64LE(addressOf(path), 0);
      sys("execveat", -100, path, line, 0, 0);
    },
    deadly: true,
    calls: ["execveat"],
  },
  {
    name: "split in two (fork)",
    harmless: thread,
    // mov eax, 57; syscall; test eax, eax; jnz parent; xor edi, edi; mov eax, 231; syscall; parent: cdqe; ret
    malicious: (_, { run }) =>
      run([
        0xb8, 57, 0, 0, 0, 15, 5, 0x85, 0xc0, 0x75, 9, 0x31, 0xff, 0xb8, 231, 0, 0, 0, 15, 5, 0x48,
        0x98, 0xc3,
      ]),
    calls: ["fork"],
  },
  {
    name: "split in two (vfork)",
    harmless: thread,
    // As above, but the return address is kept in a register: the child shares the stack.
    malicious: (_, { run }) =>
      run([
        0x5a, 0xb8, 58, 0, 0, 0, 15, 5, 0x52, 0x85, 0xc0, 0x75, 9, 0x31, 0xff, 0xb8, 231, 0, 0, 0,
        15, 5, 0x48, 0x98, 0xc3,
      ]),
    calls: ["vfork"],
  },
  {
    name: "split in two (clone)",
    harmless: thread,
    // As above with: mov edi, SIGCHLD; xor esi, edx, r10, r8
    malicious: (_, { run }) =>
      run([
        0xb8, 56, 0, 0, 0, 0xbf, 17, 0, 0, 0, 0x31, 0xf6, 0x31, 0xd2, 0x4d, 0x31, 0xd2, 0x4d, 0x31,
        0xc0, 15, 5, 0x85, 0xc0, 0x75, 9, 0x31, 0xff, 0xb8, 231, 0, 0, 0, 15, 5, 0x48, 0x98, 0xc3,
      ]),
    calls: ["clone"],
  },
  {
    name: "split in two (clone3)",
    harmless: thread,
    // As above with its arguments in memory behind the code: lea rdi, [rip + 23]; mov esi, 88
    malicious: (_, { run }) => {
      const code = [
        0xb8, 0xb3, 1, 0, 0, 0x48, 0x8d, 0x3d, 23, 0, 0, 0, 0xbe, 88, 0, 0, 0, 15, 5, 0x85, 0xc0,
        0x75, 9, 0x31, 0xff, 0xb8, 231, 0, 0, 0, 15, 5, 0x48, 0x98, 0xc3,
      ];
      const SIGCHLD = 17;
      run([...code, ...Array<number>(32).fill(0), SIGCHLD, ...Array<number>(55).fill(0)]);
    },
    calls: ["clone3"],
  },
  {
    name: "gain rights in a user namespace (clone)",
    harmless: thread,
    // The same with CLONE_NEWUSER | SIGCHLD.
    malicious: (_, { run }) =>
      run([
        0xb8, 56, 0, 0, 0, 0xbf, 17, 0, 0, 0x10, 0x31, 0xf6, 0x31, 0xd2, 0x4d, 0x31, 0xd2, 0x4d,
        0x31, 0xc0, 15, 5, 0x85, 0xc0, 0x75, 9, 0x31, 0xff, 0xb8, 231, 0, 0, 0, 15, 5, 0x48, 0x98,
        0xc3,
      ]),
    calls: ["clone"],
  },
  {
    name: "use the system calls of a 32-bit processor",
    harmless: thread,
    // push rbx; mov eax, 20 (getpid, which is writev for 64 bits); int 0x80; pop rbx; cdqe; ret
    malicious: (_, { run }) => run([0x53, 0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0x5b, 0x48, 0x98, 0xc3]),
    deadly: true,
    check: "processor",
  },
  {
    name: "load a library of its own",
    harmless: async () =>
      (await import("bun:ffi")).dlopen("libc.so.6", { getpid: { args: [], returns: "i32" } }),
    malicious: async () => {
      const { dlopen } = await import("bun:ffi");
      // What it brings along; here, a copy of what it may read.
      const maps = await Bun.file("/proc/self/maps").text();
      const libc = /\/\S*libm\.so\S*/.exec(maps)?.[0] ?? "";
      await Bun.write("own.so", Bun.file(libc));
      dlopen(`${process.cwd()}/own.so`, { cos: { args: ["f64"], returns: "f64" } });
    },
  },
  {
    name: "run machine code of its own",
    harmless: async () =>
      (await import("bun:ffi")).dlopen("libc.so.6", { getpid: { args: [], returns: "i32" } }),
    // mov eax, 42; ret
    malicious: (_, { run }) => run([0xb8, 42, 0, 0, 0, 0xc3]),
  },
];
