/** Attacks by appetite: of disk, files and threads. Each stops by itself long before it harms the machine. */
import type { Attack } from "./attack.ts";

/** Takes blocks of the disk without writing them. */
const TAKE = `
  const fs = await import("node:fs");
  const take = (name, mib) => {
    const file = fs.openSync(name, "w");
    try { native.sys("fallocate", file, 0, 0, mib * 1_048_576) } finally { fs.closeSync(file) }
  };
  const forget = () => { for (const name of fs.readdirSync(".")) if (name.startsWith("big")) fs.rmSync(name) };`;

/** More than a function may have. Memory and time are bounded by the pool of hosts, which has tests of its own. */
export const APPETITE: readonly Attack[] = [
  {
    name: "fill the disk with one file (64 MiB)",
    harmless: `${TAKE} take("big", 8); forget()`,
    malicious: `${TAKE} try { take("big", 64) } finally { forget() }`,
  },
  {
    name: "fill the disk with many files (64 MiB)",
    harmless: `${TAKE} take("big1", 4); take("big2", 4); forget()`,
    malicious: `${TAKE} try { for (let i = 0; i < 16; i++) take("big" + i, 4) } finally { forget() }`,
  },
  {
    name: "open files without end (3000)",
    harmless: `const fs = await import("node:fs"); const files = Array.from({ length: 500 }, () => fs.openSync("/dev/null", "r")); files.forEach((file) => fs.closeSync(file))`,
    malicious: `const fs = await import("node:fs"); const files = []; try { while (files.length < 3_000) files.push(fs.openSync("/dev/null", "r")) } finally { files.forEach((file) => fs.closeSync(file)) }`,
  },
  {
    name: "start threads without end (300)",
    harmless: `await Promise.all([1, 2].map(() => new Promise((done, failed) => { const w = new Worker("data:text/javascript,postMessage(1)"); w.onmessage = () => { w.terminate(); done() }; w.onerror = failed; })))`,
    malicious: async () => {
      const { dlopen, ptr } = await import("bun:ffi");
      const c = dlopen("libc.so.6", {
        dlsym: { args: ["ptr", "ptr"], returns: "ptr" },
        pthread_create: { args: ["ptr", "ptr", "ptr", "u64"], returns: "i32" },
      }).symbols;
      const sleep = c.dlsym(null, ptr(Buffer.from("sleep\0")));
      for (let i = 0; i < 300; i++)
        if (c.pthread_create(ptr(Buffer.alloc(8)), null, sleep, 5) !== 0)
          throw Object.assign(new Error("pthread_create"), { code: "EAGAIN" });
    },
    deadly: true,
  },
];
