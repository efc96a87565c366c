/** Attacks on files: what is not the function's is read, changed, or put in the way of others. */
import type { Attack, Deed } from "./attack.ts";

const ownFile: Deed = async () => {
  const fs = await import("node:fs");
  fs.writeFileSync("own.txt", "own");
  fs.readFileSync("own.txt");
};
const ownFileOnAnotherThread: Deed = async () => {
  const fs = await import("node:fs");
  await fs.promises.writeFile("own.txt", "own");
  await fs.promises.readFile("own.txt");
};
const ownFileThroughBun: Deed = async () => {
  await Bun.write("own.txt", "own");
  await Bun.file("own.txt").text();
};
const ownFolder: Deed = async () => {
  const fs = await import("node:fs");
  fs.mkdirSync("own/deep", { recursive: true });
  fs.writeFileSync("own/a", "own");
  fs.renameSync("own/a", "own/deep/b");
  fs.rmSync("own", { recursive: true });
};
const ownFileWithMode: Deed = async () => {
  const fs = await import("node:fs");
  fs.writeFileSync("modest.txt", "own", { mode: 0o600 });
  fs.rmSync("modest.txt");
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

/** Changing. */
export const WRITING: readonly Attack[] = [
  {
    name: "change a file that everybody may change",
    harmless: ownFile,
    malicious: async (at) => (await import("node:fs")).appendFileSync(`${at.folder}/open.txt`, "x"),
    right: "write_file",
  },
  {
    name: "make a file outside",
    harmless: ownFile,
    malicious: (at, { sys, text }) => {
      const REGULAR = 0o100644;
      sys("mknodat", -100, text(`${at.folder}/${crypto.randomUUID()}`), REGULAR, 0);
    },
    calls: ["mknodat"],
    right: "make_reg",
  },
  {
    name: "write a file outside on another thread",
    harmless: ownFileOnAnotherThread,
    malicious: async (at) => await Bun.write(`${at.folder}/${crypto.randomUUID()}`, "x"),
  },
  {
    name: "make a folder outside",
    harmless: ownFolder,
    malicious: async (at) =>
      (await import("node:fs")).mkdirSync(`${at.folder}/${crypto.randomUUID()}`),
    right: "make_dir",
  },
  {
    name: "remove a folder outside",
    harmless: ownFolder,
    malicious: async (at) => (await import("node:fs")).rmdirSync(`${at.folder}/empty`),
    right: "remove_dir",
  },
  {
    name: "remove a file outside",
    harmless: ownFolder,
    malicious: async (at) => (await import("node:fs")).unlinkSync(`${at.folder}/gone.txt`),
    right: "remove_file",
  },
  {
    name: "take a secret file by renaming it",
    harmless: ownFolder,
    malicious: async (at) => {
      const fs = await import("node:fs");
      fs.renameSync(`${at.folder}/key`, `${at.folder}/mine`);
      fs.renameSync(`${at.folder}/mine`, `${at.folder}/key`);
    },
  },
  {
    name: "take a secret file by a hard link",
    harmless: ownFolder,
    malicious: (at, { sys, text }) =>
      sys(
        "linkat",
        -100,
        text(`${at.folder}/key`),
        -100,
        text(`${at.folder}/${crypto.randomUUID()}`),
        0,
      ),
    calls: ["linkat"],
  },
  {
    name: "lay a link for others to follow",
    harmless: ownFolder,
    malicious: (at, { sys, text }) =>
      sys("symlinkat", text(`${at.folder}/key`), -100, text(crypto.randomUUID())),
    calls: ["symlinkat"],
    right: "make_sym",
  },
  {
    name: "empty a file by opening it to read",
    harmless: async (_, { sys, text }) => {
      await Bun.write("own.txt", "own");
      const CUT = 0o1000;
      sys("openat", -100, text("own.txt"), CUT);
    },
    malicious: async (_, { sys, text }) => {
      const fs = await import("node:fs");
      const CUT = 0o1000;
      for (const name of fs.readdirSync("../fn")) sys("openat", -100, text(`../fn/${name}`), CUT);
    },
    right: "truncate",
  },
  {
    name: "cut a file off by its name",
    harmless: ownFile,
    malicious: (at, { sys, text }) => sys("truncate", text(`${at.folder}/open.txt`), 0),
    calls: ["truncate"],
  },
  {
    name: "change its own bundle",
    harmless: async () => (await import("node:fs")).readdirSync("../fn"),
    malicious: async () => (await import("node:fs")).appendFileSync("../fn/doer.js", "//"),
  },
  {
    name: "put another socket in the place of its own",
    harmless: ownFolder,
    malicious: async () => {
      const fs = await import("node:fs");
      // Where both are one user, all that keeps the folder closed is its mode.
      try {
        fs.chmodSync("../s", 0o700);
      } catch {
        // Perhaps it is open.
      }
      fs.renameSync("../s/k", "../s/old");
      fs.renameSync("../s/old", "../s/k");
    },
  },
  {
    name: "change the mode of what is not its own",
    harmless: ownFileWithMode,
    malicious: (at, { sys, text }) => sys("fchmodat", -100, text(`${at.folder}/key`), 0o600),
    calls: ["fchmodat"],
  },
  {
    name: "make a program that runs as its owner (set-uid)",
    harmless: ownFileWithMode,
    malicious: async (_, { sys, text }) => {
      await Bun.write("suid", "x");
      sys("fchmodat", -100, text("suid"), 0o4755);
    },
    calls: ["fchmodat"],
  },
  {
    name: "change a mode through an open file",
    harmless: ownFileWithMode,
    malicious: async (_, { sys }) => {
      const fs = await import("node:fs");
      await Bun.write("suid", "x");
      sys("fchmod", fs.openSync("suid", "r"), 0o4755);
    },
    calls: ["fchmod"],
  },
  {
    name: "give a file away",
    harmless: ownFile,
    malicious: async (_, { sys, text }) => {
      await Bun.write("given", "x");
      sys("fchownat", -100, text("given"), 1, 1, 0);
    },
    root: true,
    calls: ["fchownat"],
  },
  {
    name: "give an open file away",
    harmless: ownFile,
    malicious: async (_, { sys }) => {
      const fs = await import("node:fs");
      sys("fchown", fs.openSync("given", "w"), 1, 1);
    },
    root: true,
    calls: ["fchown"],
  },
  {
    name: "change the times of what is not its own",
    harmless: ownFile,
    malicious: (at, { sys, text }) => sys("utimensat", -100, text(`${at.folder}/open.txt`), 0, 0),
    calls: ["utimensat"],
  },
  {
    name: "make a device of characters",
    harmless: ownFile,
    malicious: (_, { sys, text }) => {
      const [CHARACTERS, ZERO] = [0o020666, 0x105];
      sys("mknodat", -100, text(crypto.randomUUID()), CHARACTERS, ZERO);
    },
    root: true,
    calls: ["mknodat"],
    right: "make_char",
  },
  {
    name: "make a device of blocks",
    harmless: ownFile,
    malicious: (_, { sys, text }) => {
      const [BLOCKS, LOOP] = [0o060600, 0x700];
      sys("mknodat", -100, text(crypto.randomUUID()), BLOCKS, LOOP);
    },
    root: true,
    calls: ["mknodat"],
    right: "make_block",
  },
  {
    name: "make a pipe outside",
    harmless: ownFile,
    malicious: (at, { sys, text }) => {
      const PIPE = 0o010666;
      sys("mknodat", -100, text(`${at.folder}/${crypto.randomUUID()}`), PIPE, 0);
    },
    calls: ["mknodat"],
    right: "make_fifo",
  },
  {
    name: "make a socket outside",
    harmless: ownFile,
    malicious: (at, { sys, text }) => {
      const SOCKET = 0o140666;
      sys("mknodat", -100, text(`${at.folder}/${crypto.randomUUID()}`), SOCKET, 0);
    },
    calls: ["mknodat"],
    right: "make_sock",
  },
  {
    name: "command a device",
    harmless: async () => crypto.getRandomValues(new Uint8Array(8)),
    malicious: (_, { sys, text }) => {
      const ENTROPY_COUNT = 0x80045200;
      sys("ioctl", sys("openat", -100, text("/dev/urandom"), 0), ENTROPY_COUNT, Buffer.alloc(4));
    },
    right: "ioctl_dev",
  },
  {
    name: "hide a note in a file's attributes",
    harmless: ownFile,
    malicious: (at, { sys, text }) => {
      sys("setxattr", text(`${at.folder}/open.txt`), text("user.note"), text("x"), 2, 0);
    },
    calls: ["setxattr"],
  },
  {
    name: "mount something over a folder",
    harmless: ownFolder,
    malicious: async (_, { sys, text }) => {
      const fs = await import("node:fs");
      fs.mkdirSync("over", { recursive: true });
      sys("mount", text("x"), text("over"), text("tmpfs"), 0, 0);
      sys("umount2", text("over"), 2);
    },
    root: true,
    calls: ["mount", "umount2"],
  },
  {
    name: "change the root folder",
    harmless: ownFolder,
    malicious: (_, { sys, text }) => sys("chroot", text("/")),
    root: true,
    calls: ["chroot"],
  },
];
