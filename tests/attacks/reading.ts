/** Attacks on files: what is not the function's is read, listed or watched. */
import type { Attack, Deed } from "./attack.ts";
import { ownFile, ownFileOnAnotherThread } from "./good_deeds.ts";

const ownFileThroughBun: Deed = async () => {
  await Bun.write("own.txt", "own");
  await Bun.file("own.txt").text();
};

/** Reading. */
export const READING: readonly Attack[] = [
  {
    name: "read a secret file",
    harmless: ownFile,
    malicious: async (at) => (await import("node:fs")).readFileSync(`${at.folder}/key`),
  },
  {
    name: "read a secret file on another thread",
    harmless: ownFileOnAnotherThread,
    malicious: async (at) => await (await import("node:fs")).promises.readFile(`${at.folder}/key`),
  },
  {
    name: "read a secret file through Bun",
    harmless: ownFileThroughBun,
    malicious: async (at) => await Bun.file(`${at.folder}/key`).text(),
  },
  {
    name: "read a secret file by a bare system call",
    harmless: async (_, { sys, text }) => {
      await Bun.write("own.txt", "own");
      sys("openat", -100, text("own.txt"), 0);
    },
    malicious: (at, { sys, text }) => sys("openat", -100, text(`${at.folder}/key`), 0),
  },
  {
    name: "read a secret file from a thread of its own",
    harmless: async () =>
      await new Promise((done, failed) => {
        const worker = new Worker("data:text/javascript,postMessage(6 * 7)");
        worker.addEventListener("message", done);
        worker.addEventListener("error", failed);
      }),
    malicious: async (at) =>
      await new Promise((done, failed) => {
        const path = JSON.stringify(`${at.folder}/key`);
        const source = `try { postMessage({ text: require("node:fs").readFileSync(${path}, "utf8") }) } catch (error) { postMessage({ code: error.code }) }`;
        const worker = new Worker(`data:text/javascript,${encodeURIComponent(source)}`);
        worker.addEventListener("message", ({ data }) =>
          data.text === undefined ? failed(Object.assign(new Error("refused"), data)) : done(data),
        );
        worker.addEventListener("error", failed);
      }),
  },
  {
    name: "read a secret file by importing it",
    harmless: async () => {
      await Bun.write("own.mjs", "export default 1");
      await import(`${process.cwd()}/own.mjs`);
    },
    malicious: async (at) => await import(`${at.folder}/key.mjs?${String(Math.random())}`),
  },
  {
    name: "read a secret file by mapping it",
    harmless: async () => {
      await Bun.write("own.txt", "own");
      Bun.mmap("own.txt", { shared: false });
    },
    malicious: (at) => Bun.mmap(`${at.folder}/key`, { shared: false }),
  },
  {
    name: "read a secret file through SQLite",
    harmless: async () => {
      const { Database } = await import("bun:sqlite");
      new Database("own.db", { create: true }).close();
    },
    malicious: async (at) => {
      const { Database } = await import("bun:sqlite");
      const db = new Database(`${at.folder}/key`, { readonly: true });
      // It is not a database, which only who can read it can tell.
      try {
        db.query("select * from sqlite_schema").all();
      } catch (error) {
        if (!String(error).includes("not a database")) throw error;
      }
    },
  },
  {
    name: "read what everybody may read",
    harmless: ownFile,
    malicious: async () => (await import("node:fs")).readFileSync("/etc/passwd"),
    right: "read_file",
  },
  {
    name: "list a folder that everybody may list",
    harmless: async () => (await import("node:fs")).readdirSync("."),
    malicious: async () => (await import("node:fs")).readdirSync("/etc"),
    right: "read_dir",
  },
  {
    name: "list the folders of other functions",
    harmless: async () => (await import("node:fs")).readdirSync("../fn"),
    malicious: async () => (await import("node:fs")).readdirSync("../.."),
  },
  {
    name: "read in the folder of another function",
    harmless: async () => (await import("node:fs")).readdirSync("."),
    malicious: async (at) => (await import("node:fs")).readdirSync(at.siblingWork),
  },
  {
    name: "open a file by its number (shocker)",
    harmless: ownFile,
    malicious: (at, { sys, text }) => {
      const handle = Buffer.alloc(136);
      handle.writeUInt32LE(128, 0);
      const mount = Buffer.alloc(4);
      sys("name_to_handle_at", -100, text(`${at.folder}/key`), handle, mount, 0);
      const folder = sys("openat", -100, text(at.folder), 0o200000);
      sys("open_by_handle_at", folder, handle, 0);
    },
    root: true,
    calls: ["name_to_handle_at", "open_by_handle_at"],
  },
  {
    name: "watch what others do with files",
    harmless: ownFile,
    malicious: (_, { sys, text }) => {
      const file = sys("inotify_init1", 0);
      sys("inotify_add_watch", file, text("/etc/passwd"), 0xfff);
    },
    calls: ["inotify_init1", "inotify_add_watch"],
  },
  {
    name: "watch what the whole machine does with files",
    harmless: ownFile,
    malicious: (_, { sys }) => sys("fanotify_init", 0, 0),
    root: true,
    calls: ["fanotify_init"],
  },
  {
    name: "learn whether a file is there, and how long",
    harmless: ownFile,
    malicious: async () => (await import("node:fs")).statSync("/etc/passwd").size,
  },
];
