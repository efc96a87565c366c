/** Attacks on files: what is not the function's is changed, taken, or put in the way of others. */
import type { Attack, Deed } from "./attack.ts";
import { ownFile, ownFileOnAnotherThread } from "./good_deeds.ts";

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
