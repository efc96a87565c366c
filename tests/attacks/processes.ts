/** Attacks on processes: others are looked into, ended, slowed or left behind. */
import type { Attack, Deed } from "./attack.ts";

const ownProcess: Deed = async () => {
  const fs = await import("node:fs");
  fs.readFileSync("/proc/self/status");
  process.memoryUsage();
};
const signalToItself: Deed = () => process.kill(process.pid, 0);

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
    name: "stop another program by a pipe (F_SETOWN)",
    harmless: (_, { sys }) => sys("fcntl", 0, 3),
    malicious: async (at, { sys }) => {
      const { readFileSync } = await import("node:fs");
      const [SET_FLAGS, SET_OWNER, SET_SIGNAL, ASYNC] = [4, 8, 10, 0x2000];
      const [STOP, GO_ON] = [19, 18];
      const ends = Buffer.alloc(8);
      sys("pipe2", ends, 0);
      const [reads, writes] = [ends.readInt32LE(0), ends.readInt32LE(4)];
      const isStopped = async (): Promise<boolean> => {
        for (let tries = 0; tries < 20; tries++) {
          if (/ T /i.test(readFileSync(`/proc/${String(at.stranger)}/stat`, "utf8"))) return true;
          await new Promise((resume) => setTimeout(resume, 25));
        }
        return false;
      };
      sys("fcntl", reads, SET_OWNER, at.stranger);
      sys("fcntl", reads, SET_FLAGS, ASYNC);
      sys("fcntl", reads, SET_SIGNAL, STOP);
      sys("write", writes, ends, 1);
      const stopped = await isStopped();
      sys("fcntl", reads, SET_SIGNAL, GO_ON);
      sys("write", writes, ends, 1);
      if (!stopped) throw Object.assign(new Error("it goes on"), { code: "EPERM" });
    },
    calls: ["fcntl"],
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
