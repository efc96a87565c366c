/** Attacks by programs and code: others are started, loaded, or made on the spot. */
import type { Attack, Deed } from "./attack.ts";

const thread: Deed = async () =>
  await new Promise((done, failed) => {
    const worker = new Worker("data:text/javascript,postMessage(1)");
    worker.addEventListener("message", done);
    worker.addEventListener("error", failed);
  });

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
