/** Attacks through the network: everything that is not `ctx.fetch` to a place the manifest names. All on loopback. */
import { readFileSync } from "node:fs";
import type { Attack, Deed } from "./attack.ts";
import { networkAttacks } from "./network_attacks.ts";
import type { CallName } from "./native.ts";
import type { Servers } from "./places.ts";

/** Reaches the one place that it may reach. */
const declared: Deed = async (at, _, ctx) => {
  const answer = await ctx.fetch(`http://127.0.0.1:${String(at.tcp4)}/`);
  if ((await answer.text()) !== "reached") throw new Error("another answer");
};
const pipe: Deed = (_, { sys }) => sys("pipe2", Buffer.alloc(8), 0);

/**
 * Spellings of this machine's own addresses, as URLs take them. `Bun.fetch`: the global one is `ctx.fetch` where a function
 * may reach hosts.
 */
function addresses({ tcp4, tcp6 }: Servers): readonly Attack[] {
  const four = [
    "127.0.0.1",
    "localhost",
    "0x7f.1",
    "2130706433",
    "0177.0.0.1",
    "①②⑦.0.0.1",
    "0",
    "127.1",
  ];
  const hosts = [
    ...[...four, "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"].map((host) => `${host}:${String(tcp4)}`),
    `[::1]:${String(tcp6)}`,
    `[0:0:0:0:0:0:0:1]:${String(tcp6)}`,
  ];
  return hosts.map((host) => ({
    name: `fetch from ${host.slice(0, host.lastIndexOf(":"))}`,
    harmless: declared,
    malicious: `return (await Bun.fetch("http://${host}/")).status`,
  }));
}

/** The calls whose refusal stands against an attack below `fetch`, beside that of `socket`. */
function callsOf(name: string): readonly CallName[] {
  if (name.startsWith("send before") || name.startsWith("send (")) return ["socket", "sendto"];
  if (name.startsWith("send a message before")) return ["socket", "sendmsg"];
  if (name.startsWith("connect")) return ["socket", "connect"];
  if (name.startsWith("bind")) return ["socket", "bind"];
  return name.startsWith("listen") ? ["socket", "listen"] : ["socket"];
}

const RIGHTS: Readonly<Record<string, "connect_tcp" | "bind_tcp">> = {
  "connect (IPv4)": "connect_tcp",
  "bind (IPv4)": "bind_tcp",
};

function belowFetch(servers: Servers): readonly Attack[] {
  return Object.entries(networkAttacks(servers)).map(([name, malicious]) => ({
    name,
    harmless: declared,
    malicious,
    calls: callsOf(name),
    root: name === "raw packets",
    right: RIGHTS[name],
  }));
}

function throughBun({ tcp4, dns }: Servers): readonly Attack[] {
  const attacks: Readonly<Record<string, Deed | string>> = {
    "connect through node:net": `const net = await import("node:net"); return await new Promise((done, failed) => { const socket = net.connect(${String(tcp4)}, "127.0.0.1", done); socket.on("error", failed); })`,
    "connect through Bun": `return (await Bun.connect({ hostname: "127.0.0.1", port: ${String(tcp4)}, socket: { data() {} } })).end()`,
    "fetch with NO_PROXY=*": `process.env.NO_PROXY = "*"; try { return await Bun.fetch("http://127.0.0.1:${String(tcp4)}/") } finally { delete process.env.NO_PROXY }`,
    "fetch through a proxy of its own": `return await Bun.fetch("http://example.invalid/", { proxy: "http://127.0.0.1:${String(tcp4)}" })`,
    "fetch from a thread of its own": `return await new Promise((done, failed) => { const w = new Worker("data:text/javascript," + encodeURIComponent('fetch("http://127.0.0.1:${String(tcp4)}/").then((r) => postMessage({ status: r.status }), (error) => postMessage({ code: error.code }))')); w.onmessage = ({ data }) => data.status ? done(data) : failed(Object.assign(new Error("refused"), data)); w.onerror = failed; })`,
    "open a WebSocket": `return await new Promise((done, failed) => { const socket = new WebSocket("ws://127.0.0.1:${String(tcp4)}/"); socket.onopen = done; socket.onclose = () => failed(new Error("refused")); })`,
    "ask for a name": `return (await (await import("node:dns")).promises.lookup("localhost")).address`,
    "carry a secret out in a name": `const dns = new (await import("node:dns")).promises.Resolver({ tries: 1, timeout: 500 }); dns.setServers(["127.0.0.1:${String(dns)}"]); return await dns.resolve4("secret.example.org")`,
    "open a UDP socket": `return (await Bun.udpSocket({ port: 0 })).port`,
    "listen on TCP": `return Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() }).port`,
    "fetch from a unix socket": async (at) =>
      await Bun.fetch("http://x/", { unix: at.socket } as RequestInit),
    "listen on a unix socket": `return String(Bun.serve({ unix: "k" + Math.random(), fetch: () => new Response() }).url)`,
  };
  return Object.entries(attacks).map(([name, malicious]) => ({
    name,
    harmless: declared,
    malicious,
  }));
}

const unix = (path: string) => `
  const address = Buffer.concat([Buffer.from([1, 0]), Buffer.from(${path})]);
  const file = native.sys("socket", 1, 1, 0);
  native.sys("connect", file, address, address.length);`;

const OTHER_FAMILIES: readonly Attack[] = [
  {
    name: "packets of the wire (AF_PACKET)",
    harmless: declared,
    malicious: (_, { sys }) => sys("socket", 17, 3, 0x0300),
    root: true,
    calls: ["socket"],
  },
  {
    name: "ask the kernel for routes (AF_NETLINK)",
    harmless: declared,
    malicious: (_, { sys }) => sys("socket", 16, 3, 0),
    calls: ["socket"],
  },
  {
    name: "talk to the machine's host (AF_VSOCK)",
    harmless: declared,
    malicious: (_, { sys }) => sys("socket", 40, 1, 0),
    calls: ["socket"],
  },
  {
    name: "connect to a unix socket by its path",
    harmless: pipe,
    malicious: unix("at.socket"),
    calls: ["socket", "connect"],
  },
  {
    name: "connect to an abstract unix socket",
    harmless: pipe,
    malicious: unix(`"\\0" + at.abstractSocket`),
    calls: ["socket", "connect"],
    right: "abstract_unix_socket",
  },
  {
    name: "send many messages at once (sendmmsg)",
    harmless: declared,
    malicious: (at, { sys, at: addressOf, vector }) => {
      const address = Buffer.from([
        2,
        0,
        at.udp4 >> 8,
        at.udp4 & 255,
        127,
        0,
        0,
        1,
        ...Array(8).fill(0),
      ]);
      const text = Buffer.from("secret");
      const part = vector(addressOf(text), text.length);
      const message = Buffer.alloc(64);
      message.writeBigUInt64LE(addressOf(address), 0);
      message.writeUInt32LE(address.length, 8);
      message.writeBigUInt64LE(addressOf(part), 16);
      message.writeBigUInt64LE(1n, 24);
      sys("sendmmsg", sys("socket", 2, 2, 0), message, 1, 0);
    },
    calls: ["socket", "sendmmsg"],
  },
  {
    name: "a pair of sockets",
    harmless: pipe,
    malicious: (_, { sys }) => sys("socketpair", 1, 1, 0, Buffer.alloc(8)),
    calls: ["socketpair"],
  },
];

function hasVsock(): boolean {
  try {
    return readFileSync("/proc/net/protocols", "utf8").includes("VSOCK");
  } catch {
    return false;
  }
}

/** All of them that this machine can try. */
export function networkPairs(servers: Servers): readonly Attack[] {
  return [
    ...addresses(servers),
    ...throughBun(servers),
    ...belowFetch(servers),
    ...OTHER_FAMILIES.filter(({ name }) => hasVsock() || !name.includes("AF_VSOCK")),
  ];
}
