/** What attacks reach for: files, servers, processes and memory that are not the function's, all made for one run. */
import { ptr } from "bun:ffi";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { ownGroup } from "../../adapters/linux/cgroup.ts";

/** Servers that the attacks reach for, all on loopback. */
export interface NetworkTargets {
  /** TCP on 127.0.0.1 and on ::1. */
  readonly tcp4: number;
  readonly tcp6: number;
  /** UDP on 127.0.0.1 and on ::1. */
  readonly udp4: number;
  readonly udp6: number;
}

/** Servers, shared by every run. */
export interface Servers extends NetworkTargets {
  /** UDP on 127.0.0.1; answers questions for names. */
  readonly dns: number;
}

/** All that deeds are told. */
export interface Places extends Servers {
  /** A folder that everybody may write in, with `open.txt` (everybody's), `key` (0600), `key.mjs` and the program `tool` in it. */
  readonly folder: string;
  /** Path of a unix socket that answers HTTP, as a daemon's. */
  readonly socket: string;
  /** Name of another that lies in no folder. */
  readonly abstractSocket: string;
  /** The daemon, and a file that only it has open. */
  readonly daemon: number;
  readonly daemonFile: number;
  /** Where in the daemon's memory the word `secret` lies. */
  readonly daemonMemory: string;
  /** The daemon's control group, if there is one. */
  readonly group: string | undefined;
  /** Another function. */
  readonly sibling: number;
  readonly siblingWork: string;
  /** Any other program. */
  readonly stranger: number;
}

/** Places outside, and the way to remove them. */
export interface OpenPlaces {
  readonly places: Omit<Places, "sibling" | "siblingWork" | keyof Servers>;
  readonly close: () => Promise<void>;
}

/** Makes files, a socket and a process to attack. */
export function openPlaces(): OpenPlaces {
  const folder = mkdtempSync("/tmp/moult-attacks-");
  chmodSync(folder, 0o777);
  writeFileSync(join(folder, "open.txt"), "everybody's");
  chmodSync(join(folder, "open.txt"), 0o666);
  writeFileSync(join(folder, "key"), "secret", { mode: 0o600 });
  writeFileSync(join(folder, "key.mjs"), 'export default "secret"', { mode: 0o600 });
  writeFileSync(join(folder, "gone.txt"), "soon");
  if (existsSync("/bin/cat")) {
    copyFileSync("/bin/cat", join(folder, "tool"));
    chmodSync(join(folder, "tool"), 0o755);
  }
  mkdirSync(join(folder, "empty"));
  chmodSync(join(folder, "empty"), 0o777);
  const socket = join(folder, "k");
  const server = Bun.serve({ unix: socket, fetch: () => new Response("reached") });
  chmodSync(socket, 0o777);
  const abstractSocket = `moult-attacks-${crypto.randomUUID()}`;
  const abstract = Bun.listen({ unix: `\0${abstractSocket}`, socket: { data() {} } });
  const memory = Buffer.from("secret");
  const daemonFile = openSync(join(folder, "key"), "r");
  const stranger = Bun.spawn(["/bin/sleep", "60"], {
    stdio: ["ignore", "ignore", "ignore"], // Whatever becomes of us, it holds nothing of ours open.
  });
  return {
    places: {
      folder,
      socket,
      abstractSocket,
      daemon: process.pid,
      daemonFile,
      daemonMemory: String(ptr(memory)),
      group: ownGroup(),
      stranger: stranger.pid,
    },
    async close() {
      memory.fill(0); // Kept until here: attacks know where it lies.
      closeSync(daemonFile);
      abstract.stop(true);
      stranger.kill("SIGKILL");
      await Promise.all([server.stop(true), stranger.exited]);
      rmSync(folder, { recursive: true });
    },
  };
}

/** Opens servers on loopback. */
export async function openServers(): Promise<{
  readonly servers: Servers;
  readonly close: () => Promise<void>;
}> {
  const fetch = (request: Request, server: Bun.Server<undefined>) =>
    server.upgrade(request) ? undefined : new Response("reached");
  const tcp = ["127.0.0.1", "::1"].map((hostname) =>
    Bun.serve({ port: 0, hostname, fetch, websocket: { message: () => undefined } }),
  );
  const [udp4, udp6, dns] = await Promise.all([
    Bun.udpSocket({ hostname: "127.0.0.1" }),
    Bun.udpSocket({ hostname: "::1" }),
    openNameServer(),
  ]);
  return {
    servers: {
      tcp4: Number(tcp[0]?.port),
      tcp6: Number(tcp[1]?.port),
      udp4: udp4.port,
      udp6: udp6.port,
      dns: dns.port,
    },
    async close() {
      await Promise.all(tcp.map(async (server) => await server.stop(true)));
      for (const socket of [udp4, udp6, dns]) socket.close();
    },
  };
}

/** Answers every question for a name with 192.0.2.1. */
async function openNameServer() {
  const ANSWER = Buffer.from("c00c00010001000000010004c0000201", "hex");
  return await Bun.udpSocket({
    hostname: "127.0.0.1",
    socket: {
      data(socket, question, port, address) {
        const end = question.indexOf(0, 12) + 5;
        const answer = Buffer.concat([question.subarray(0, end), ANSWER]);
        answer.writeUInt16BE(0x8180, 2);
        answer.writeUInt16BE(1, 6);
        answer.writeUInt32BE(0, 8);
        socket.send(answer, port, address);
      },
    },
  });
}
