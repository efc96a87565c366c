/** What a function under the base policy must not be able to do. Each succeeds in a process that nothing confines. */
import type { Confined } from "../../../runtime/ports.ts";
import { loadEvaluator } from "../../contract/sandbox.ts";
import { networkAttacks, type NetworkTargets } from "./network_attacks.ts";

/** Places outside that the attacks reach for. */
export interface Targets {
  /** A folder that everybody may write in. */
  readonly folder: string;
  /** Servers on loopback. */
  readonly network: NetworkTargets;
  /** Port of a UDP server on loopback that answers questions for names. */
  readonly dns: number;
  /** Path of a unix socket that answers HTTP. */
  readonly socket: string;
  /** A folder of another function. */
  readonly sibling: string;
}

const fs = `const fs = await import("node:fs");`;

/** Code by name; it returns when the attack succeeds and throws when it is refused. */
export function attacks({
  folder,
  network,
  dns,
  socket,
  sibling,
}: Targets): Readonly<Record<string, string>> {
  const text = JSON.stringify;
  return {
    "read a file": `${fs} return fs.readFileSync("/etc/passwd").length`,
    "read a file on another thread": `${fs} return (await fs.promises.readFile("/etc/passwd")).length`,
    "read a file through Bun": `return (await Bun.file("/etc/passwd").text()).length`,
    "read moult's own source": `return (await Bun.file(${text(import.meta.path)}).text()).length`,
    "read the daemon's environment": `${fs} return fs.readFileSync("/proc/" + process.ppid + "/environ").length`,
    "list the processes": `${fs} return fs.readdirSync("/proc").length`,
    "write outside": `${fs} fs.writeFileSync(${text(`${folder}/a`)}, "x")`,
    "write outside on another thread": `await Bun.write(${text(`${folder}/b`)}, "x")`,
    "make a link to a file outside": `${fs} fs.symlinkSync("/etc/passwd", "link")`,
    "change its own bundle": `${fs} fs.writeFileSync("../fn/evaluator.js", "x")`,
    "list the folders of other functions": `${fs} return fs.readdirSync("../..").length`,
    "read in the folder of another function": `${fs} return fs.readdirSync(${text(sibling)}).length`,
    "change a mode": `${fs} fs.chmodSync(".", 0o777)`,
    "start a program": `return Bun.spawnSync(["/bin/true"]).exitCode`,
    "start Bun": `return Bun.spawnSync([process.execPath, "--version"]).exitCode`,
    ...addresses(network),
    ...networkAttacks(network),
    "connect to a unix socket": `return (await fetch("http://x/", { unix: ${text(socket)} })).status`,
    "ask for a name": `return (await (await import("node:dns")).promises.lookup("localhost")).address`,
    "carry a secret out in a name": `const dns = new (await import("node:dns")).promises.Resolver({ tries: 1, timeout: 500 }); dns.setServers(["127.0.0.1:${String(dns)}"]); return await dns.resolve4("secret.example.org")`,
    "connect through node:net": `const net = await import("node:net"); return await new Promise((done, failed) => { const socket = net.connect(${String(network.tcp4)}, "127.0.0.1", done); socket.on("error", failed); })`,
    "connect through Bun": `return (await Bun.connect({ hostname: "127.0.0.1", port: ${String(network.tcp4)}, socket: { data() {} } })).end()`,
    "open a UDP socket": `return (await Bun.udpSocket({ port: 0 })).port`,
    "listen on TCP": `return Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() }).port`,
    "listen on a unix socket": `return String(Bun.serve({ unix: "mine", fetch: () => new Response() }).url)`,
    "signal the daemon": `return process.kill(process.ppid, 0)`,
    "put another socket in the place of its own": `${fs} fs.unlinkSync("../s/k")`,
  };
}

/** Spellings of this machine's own addresses, as URLs take them. */
function addresses({ tcp4, tcp6 }: NetworkTargets): Record<string, string> {
  const four = ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "0177.0.0.1", "①②⑦.0.0.1", "0"];
  const hosts = [
    ...[...four, "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"].map((host) => `${host}:${String(tcp4)}`),
    `[::1]:${String(tcp6)}`,
    `[0:0:0:0:0:0:0:1]:${String(tcp6)}`,
  ];
  return Object.fromEntries(
    hosts.map((host) => [
      `fetch from ${host.slice(0, host.lastIndexOf(":"))}`,
      `return (await fetch("http://${host}/")).status`,
    ]),
  );
}

/** Answers every question for a name with 192.0.2.1. */
export async function openNameServer(): Promise<{
  readonly port: number;
  readonly close: () => void;
}> {
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

/** Runs every attack in a host. Returns, by name, what it got or the word it was refused with. */
export async function runAttacks(
  confined: Confined,
  targets: Targets,
): Promise<Record<string, string>> {
  const call = await loadEvaluator(confined);
  const results: Record<string, string> = {};
  for (const [name, code] of Object.entries(attacks(targets))) {
    const guarded = `try { await (async () => { ${code} })(); return "succeeded" } catch (error) { return "refused: " + error.code }`;
    results[name] = String(await call(guarded));
  }
  return results;
}
