/**
 * What the layer of the kernel's security hooks has to refuse by itself, for each hook, and what it must not. The code
 * runs in a process that nothing else confines, as root.
 */
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HookName } from "../../adapters/linux/bpf/lsm_table.ts";
import { mountTmpfs } from "../../adapters/linux/syscalls.ts";

/** What attacks reach for. */
export interface Ground {
  /** The only folder that the process may write in. */
  readonly work: string;
  /** A folder that is closed to it. */
  readonly outside: string;
  /** A unix socket that answers HTTP, and one that takes messages; both closed to it. */
  readonly stream: string;
  readonly datagram: string;
}

/** A file that the process may read only. */
const READABLE = "/moult/readable.txt";

/** Makes fresh ground below a folder. */
export function makeGround(base: string, sockets: Pick<Ground, "stream" | "datagram">): Ground {
  const folder = mkdtempSync(join(base, "ground-"));
  const [work, outside] = [join(folder, "work"), join(folder, "outside")];
  for (const path of [
    work,
    join(work, "at"),
    outside,
    join(outside, "empty"),
    `${outside}/mounted`,
  ])
    mkdirSync(path);
  for (const name of ["secret", "other", "third"]) writeFileSync(join(outside, name), "secret");
  mountTmpfs(join(outside, "mounted"), "size=64k");
  writeFileSync(READABLE, "text");
  for (const name of ["own.txt", "set.txt"]) writeFileSync(join(work, name), "own");
  copyFileSync(realpathSync("/lib/x86_64-linux-gnu/libelf.so.1"), join(work, "own.so"));
  return { work, outside, ...sockets };
}

const PRELUDE = `
  const fs = await import("node:fs");
  const { dlopen, ptr, read } = await import("bun:ffi");
  const c = dlopen("libc.so.6", {
    syscall: { args: ["i64", "i64", "i64", "i64", "i64", "i64", "i64"], returns: "i64" },
    _exit: { args: ["i32"], returns: "void" },
    __errno_location: { args: [], returns: "ptr" },
  }).symbols;
  const CODES = { 1: "EPERM", 13: "EACCES", 22: "EINVAL", 38: "ENOSYS" };
  const kept = [];
  const call = (number, ...given) => {
    const [a = 0, b = 0, d = 0, e = 0, f = 0, g = 0] = given.map((one) => {
      if (typeof one === "number") return one;
      const bytes = typeof one === "string" ? Buffer.from(one + "\\0") : one;
      kept.push(bytes);
      return ptr(bytes);
    });
    const result = Number(c.syscall(number, a, b, d, e, f, g));
    if (result >= 0) return result;
    const errno = read.i32(c.__errno_location(), 0);
    throw Object.assign(new Error("refused"), { code: CODES[errno] ?? "errno " + errno });
  };
  const unix = (path) => {
    const address = Buffer.alloc(110);
    address.writeUInt16LE(1);
    address.write(path, 2);
    return address;
  };
  const mapAsData = (path) => {
    const [READ, PRIVATE] = [1, 2];
    return call(9, 0, 4096, READ, PRIVATE, fs.openSync(path, "r"), 0);
  };
`;

/** Attacks by the hook that refuses them. Code returns when it succeeds, and throws with `code` when it is refused. */
export function hookAttacks(
  at: Ground,
): Readonly<Record<HookName, Readonly<Record<string, string>>>> {
  const text = JSON.stringify;
  const inside = (name: string) => text(join(at.work, name));
  const outside = (name: string) => text(join(at.outside, name));
  const attacks: Record<HookName, Record<string, string>> = {
    file_open: {
      "read a file": `return fs.readFileSync("/etc/shadow").length`,
      "read a file on another thread": `return (await fs.promises.readFile("/etc/shadow")).length`,
      "read a file through Bun": `return (await Bun.file("/root/.ssh/id_ed25519").text()).length`,
      "list a folder": `return fs.readdirSync(${outside("")}).length`,
      "empty a file that it may read": `call(2, ${text(READABLE)}, 0o1000)`,
      "write into a file": `fs.writeFileSync(${outside("other")}, "x")`,
      "read through a link of the kernel's": `return fs.readFileSync("/proc/self/root/etc/shadow").length`,
    },
    path_mknod: {
      "make a file": `call(133, ${outside("made")}, 0o100644, 0)`,
      "make a device of its own": `call(133, ${inside("null")}, 0o020666, 259)`,
      "make a set-user file": `call(133, ${inside("set")}, 0o104755, 0)`,
      "listen on a unix socket": `call(49, call(41, 1, 1, 0), unix(${outside("k")}), 110)`,
    },
    path_mkdir: { "make a folder": `fs.mkdirSync(${outside("folder")})` },
    path_unlink: { "remove a file": `fs.unlinkSync(${outside("third")})` },
    path_rmdir: { "remove a folder": `fs.rmdirSync(${outside("empty")})` },
    path_symlink: { "make a link": `fs.symlinkSync("/etc/shadow", ${inside("link")})` },
    path_link: {
      "give a file a second name": `fs.linkSync(${outside("secret")}, ${inside("second")}); return fs.readFileSync(${inside("second")}).length`,
    },
    path_rename: {
      "move a file here": `fs.renameSync(${outside("secret")}, ${inside("moved")}); return fs.readFileSync(${inside("moved")}).length`,
      "move a file away": `fs.renameSync(${inside("own.txt")}, ${outside("own.txt")})`,
    },
    path_truncate: { "empty a file": `call(76, ${outside("other")}, 0)` },
    path_chmod: {
      "change a mode": `fs.chmodSync(${outside("other")}, 0o777)`,
      "make its own file set-user": `fs.chmodSync(${inside("set.txt")}, 0o4755)`,
    },
    path_chown: { "give a file away": `fs.chownSync(${outside("other")}, 1000, 1000)` },
    bprm_check_security: {
      "start a program": `return Bun.spawnSync(["/bin/true"]).exitCode`,
      "start a program of its own": `fs.copyFileSync("/proc/self/exe", ${inside("own")}); fs.chmodSync(${inside("own")}, 0o755); return Bun.spawnSync([${inside("own")}, "--version"]).exitCode`,
      "start a program from memory": `const file = call(319, "x", 0); fs.writeSync(file, fs.readFileSync(process.env.PROGRAM)); return Bun.spawnSync(["/proc/" + process.pid + "/fd/" + file]).exitCode`,
    },
    mmap_file: {
      "load a library of its own": `return Object.keys(dlopen(${inside("own.so")}, { elf_version: { args: ["i32"], returns: "i32" } }).symbols)[0]`,
    },
    file_mprotect: {
      "turn data into code": `call(10, mapAsData(${inside("own.so")}), 4096, 5)`,
    },
    ptrace_access_check: {
      "read the daemon's environment": `return fs.readFileSync("/proc/" + process.ppid + "/environ").length`,
      "read the daemon's memory": `const [into, from, byte] = [Buffer.alloc(16), Buffer.alloc(16), Buffer.alloc(1)]; const [first] = fs.readFileSync("/proc/" + process.ppid + "/maps", "utf8").split("-"); into.writeBigUInt64LE(BigInt(ptr(byte))); into.writeUInt32LE(1, 8); from.writeBigUInt64LE(BigInt("0x" + first)); from.writeUInt32LE(1, 8); return call(310, process.ppid, into, 1, from, 1, 0)`,
    },
    task_kill: { "signal the daemon": `process.kill(process.ppid, 0)` },
    bpf: {
      "make a table of the kernel's": `const about = Buffer.alloc(72); [1, 4, 4, 1].forEach((one, i) => about.writeUInt32LE(one, 4 * i)); return call(321, 0, about, 72)`,
    },
    sb_mount: { "mount a file system": `call(165, "x", ${inside("at")}, "tmpfs", 0, "")` },
    sb_umount: { "take a mount away": `call(166, ${outside("mounted")}, 2)` },
    move_mount: {
      "mount a folder elsewhere": `call(429, call(428, -100, "/root", 1), "", -100, ${inside("at")}, 4)`,
    },
    userns_create: {
      "make a world of users": `const made = call(56, 0x10000000 | 17, 0, 0, 0, 0); if (made === 0) c._exit(0); return made`,
    },
    unix_stream_connect: {
      "connect to a unix socket": `return (await fetch("http://x/", { unix: ${text(at.stream)} })).status`,
      "connect to a unix socket directly": `call(42, call(41, 1, 1, 0), unix(${text(at.stream)}), 110)`,
    },
    unix_may_send: {
      "send a message to a unix socket": `call(44, call(41, 1, 2, 0), "x", 1, 0, unix(${text(at.datagram)}), 110)`,
    },
    socket_create: {
      "open a raw socket": `return call(41, 17, 3, 0)`,
      "open a netlink socket": `return call(41, 16, 3, 0)`,
    },
  };
  return Object.fromEntries(
    Object.entries(attacks).map(([hook, some]) => [
      hook,
      Object.fromEntries(Object.entries(some).map(([name, code]) => [name, PRELUDE + code])),
    ]),
  ) as Record<HookName, Record<string, string>>;
}

/** What a process does that keeps to its policy; none of it may be refused. */
export function harmless(at: Ground): Readonly<Record<string, string>> {
  const inside = (name: string) => JSON.stringify(join(at.work, name));
  const deeds: Record<string, string> = {
    "read what it may": `return fs.readFileSync(${JSON.stringify(READABLE)}, "utf8") === "text" || oh.no`,
    "read and write": `fs.writeFileSync(${inside("a")}, "x"); return fs.readFileSync(${inside("a")}).length`,
    "on another thread": `await fs.promises.writeFile(${inside("b")}, "x"); return (await Bun.file(${inside("b")}).text()).length`,
    "make and remove folders": `fs.mkdirSync(${inside("c/d")}, { recursive: true }); fs.rmSync(${inside("c")}, { recursive: true })`,
    "rename and link": `fs.writeFileSync(${inside("e")}, "x"); fs.renameSync(${inside("e")}, ${inside("f")}); fs.linkSync(${inside("f")}, ${inside("g")}); fs.unlinkSync(${inside("g")})`,
    "empty and change": `fs.truncateSync(${inside("own.txt")}, 0); fs.chmodSync(${inside("own.txt")}, 0o600)`,
    "list its folder": `return fs.readdirSync(${inside("")}).length`,
    "read about itself": `return fs.readFileSync("/proc/self/status").length`,
    "a file in memory": `const file = call(319, "x", 0); fs.writeSync(file, "x"); return fs.readFileSync("/proc/self/fd/" + file).length`,
    "a pair of sockets": `return call(53, 1, 1, 0, Buffer.alloc(8))`,
    "a pipe": `return call(22, Buffer.alloc(8))`,
    "load a library of the system": `return dlopen("libm.so.6", { cos: { args: ["f64"], returns: "f64" } }).symbols.cos(0)`,
    "start what it may run": `return Bun.spawnSync([process.execPath, "--version"]).exitCode === 0 || oh.no`,
    "signal itself": `process.kill(process.pid, 0)`,
    "a thread": `return await new Promise((done, failed) => { const w = new Worker("data:text/javascript,postMessage('x')"); w.onmessage = (e) => done(e.data); w.onerror = failed; })`,
  };
  return Object.fromEntries(Object.entries(deeds).map(([name, code]) => [name, PRELUDE + code]));
}
