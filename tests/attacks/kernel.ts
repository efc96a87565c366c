/** Attacks on the kernel and on the machine: doors that a function has no business at. */
import type { Attack, Deed } from "./attack.ts";

const work: Deed = async () => {
  await Bun.write("own.txt", "own");
  crypto.randomUUID();
  await WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
};

/** Doors of the kernel's. */
export const KERNEL: readonly Attack[] = [
  {
    name: "make calls through another door (io_uring)",
    harmless: work,
    malicious: (_, { sys }) => sys("io_uring_setup", 1, Buffer.alloc(120)),
    calls: ["io_uring_setup"],
  },
  {
    name: "keep a key in the kernel (add_key)",
    harmless: work,
    malicious: (_, { sys, text }) => sys("add_key", text("user"), text("x"), text("x"), 1, -2),
    calls: ["add_key"],
  },
  {
    name: "read a keyring (keyctl)",
    harmless: work,
    malicious: (_, { sys }) => sys("keyctl", 0, -3, 1, 0, 0),
    calls: ["keyctl"],
  },
  {
    name: "ask for a key (request_key)",
    harmless: work,
    malicious: (_, { sys, text }) => {
      try {
        sys("request_key", text("user"), text("moult-none"), 0, 0);
      } catch (error) {
        const NO_KEY = 126;
        if (![NO_KEY, "ENOKEY"].includes((error as { code: string }).code)) throw error;
      }
    },
    calls: ["request_key"],
  },
  {
    name: "load a program into the kernel (bpf)",
    harmless: work,
    malicious: (_, { sys }) => {
      const array = Buffer.alloc(72);
      [2, 4, 4, 1].forEach((value, i) => array.writeUInt32LE(value, 4 * i));
      sys("bpf", 0, array, 72);
    },
    root: true,
    calls: ["bpf"],
  },
  {
    name: "measure what the machine does (perf_event_open)",
    harmless: work,
    malicious: (_, { sys }) => {
      const event = Buffer.alloc(128);
      event.writeUInt32LE(1, 0);
      event.writeUInt32LE(128, 4);
      sys("perf_event_open", event, 0, -1, -1, 0);
    },
    root: true,
    calls: ["perf_event_open"],
  },
  {
    name: "stop the kernel in a page fault (userfaultfd)",
    harmless: work,
    malicious: (_, { sys }) => sys("userfaultfd", 0),
    root: true,
    calls: ["userfaultfd"],
  },
  {
    name: "prepare a file system (fsopen)",
    harmless: work,
    malicious: (_, { sys, text }) => sys("fsopen", text("tmpfs"), 0),
    root: true,
    calls: ["fsopen"],
  },
  {
    name: "leave its namespace (unshare)",
    harmless: work,
    malicious: (_, { sys }) => {
      const NAMES = 0x04000000;
      sys("unshare", NAMES);
    },
    root: true,
    calls: ["unshare"],
  },
  {
    name: "enter a namespace (setns)",
    harmless: work,
    malicious: async (_, { sys }) => {
      const fs = await import("node:fs");
      sys("setns", fs.openSync("/proc/self/ns/uts", "r"), 0x04000000);
    },
    root: true,
    calls: ["setns"],
  },
  {
    name: "become root (setresuid)",
    harmless: work,
    malicious: (_, { sys }) => sys("setresuid", 0, 0, 0),
    root: true,
    calls: ["setresuid"],
  },
  {
    name: "set its capabilities",
    harmless: work,
    malicious: (_, { sys }) => {
      const header = Buffer.alloc(8);
      header.writeUInt32LE(0x20080522, 0);
      const all = Buffer.alloc(24);
      const ADMIN = 1 << 21;
      for (const offset of [0, 4]) all.writeUInt32LE(ADMIN, offset);
      // On this thread only, which gives up the others by it: deadly.
      sys("capset", header, all);
    },
    root: true,
    deadly: true,
    calls: ["capset"],
  },
  {
    name: "change how its memory is laid out (personality)",
    harmless: work,
    malicious: (_, { sys }) => sys("personality", 0x0040000),
    deadly: true,
    calls: ["personality"],
  },
  {
    name: "read the kernel's log",
    harmless: work,
    malicious: (_, { sys }) => {
      const READ_ALL = 3;
      sys("syslog", READ_ALL, Buffer.alloc(64), 64);
    },
    root: true,
    calls: ["syslog"],
  },
  {
    name: "restart the machine (with a wrong word)",
    harmless: work,
    malicious: (_, { sys }) => {
      try {
        sys("reboot", 0, 0, 0, 0);
      } catch (error) {
        if ((error as { code: string }).code !== "EINVAL") throw error; // The word, not the right, is wrong.
      }
    },
    root: true,
    calls: ["reboot"],
  },
  {
    name: "rename the machine (to what it is called)",
    harmless: work,
    malicious: async (_, { sys }) => {
      const name = (await import("node:os")).hostname();
      sys("sethostname", Buffer.from(name), name.length);
    },
    root: true,
    calls: ["sethostname"],
  },
  {
    name: "move memory of another program (move_pages)",
    harmless: work,
    malicious: (at, { sys }) => {
      const [page, status] = [Buffer.alloc(8), Buffer.alloc(4)];
      page.writeBigUInt64LE(BigInt(at.daemonMemory));
      sys("move_pages", at.daemon, 1, page, 0, status, 0);
    },
    calls: ["move_pages"],
  },
  {
    name: "leave memory for others (shmget)",
    harmless: work,
    malicious: (_, { sys }) => {
      const id = sys("shmget", 0, 4_096, 0o1666);
      sys("shmctl", id, 0, 0);
    },
    calls: ["shmget", "shmctl"],
  },
  {
    name: "leave a message for others (msgget)",
    harmless: work,
    malicious: (_, { sys }) => {
      const id = sys("msgget", 0, 0o1666);
      sys("msgctl", id, 0, 0);
    },
    calls: ["msgget", "msgctl"],
  },
  {
    name: "open a queue for others (mq_open)",
    harmless: work,
    malicious: async (_, { sys, text }) => {
      const fs = await import("node:fs");
      const name = crypto.randomUUID();
      // As small as can be: all queues of a user share one bound.
      const attributes = Buffer.alloc(64);
      for (const offset of [8, 16]) attributes.writeBigInt64LE(1n, offset);
      const CREATE_READ_WRITE = 0o102;
      const file = sys("mq_open", text(name), CREATE_READ_WRITE, 0o666, attributes);
      sys("mq_unlink", text(name));
      fs.closeSync(file);
    },
    calls: ["mq_open", "mq_unlink"],
  },
  {
    name: "leave a semaphore for others (semget)",
    harmless: work,
    malicious: (_, { sys }) => {
      const id = sys("semget", 0, 1, 0o1666);
      sys("semctl", id, 0, 0);
    },
    calls: ["semget", "semctl"],
  },
  {
    name: "raise its own limits",
    harmless: work,
    malicious: (_, { sys }) => {
      const limit = Buffer.alloc(16);
      const FILE_BYTES = 1;
      sys("prlimit64", 0, FILE_BYTES, 0, limit);
      limit.fill(255);
      sys("prlimit64", 0, FILE_BYTES, limit, 0);
    },
  },
];
