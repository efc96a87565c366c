/** Ways to the network below `fetch`: system calls through `bun:ffi`, as a function could make them too. */
import { readFileSync } from "node:fs";
import type { NetworkTargets } from "./places.ts";

const PRELUDE = `
  const { dlopen, ptr, read } = await import("bun:ffi");
  const c = dlopen("libc.so.6", {
    socket: { args: ["i32", "i32", "i32"], returns: "i32" },
    connect: { args: ["i32", "ptr", "u32"], returns: "i32" },
    bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
    listen: { args: ["i32", "i32"], returns: "i32" },
    sendto: { args: ["i32", "ptr", "u64", "i32", "ptr", "u32"], returns: "i64" },
    sendmsg: { args: ["i32", "ptr", "i32"], returns: "i64" },
    close: { args: ["i32"], returns: "i32" },
    __errno_location: { args: [], returns: "ptr" },
  }).symbols;
  const files = [];
  const must = (result) => {
    if (Number(result) >= 0) return Number(result);
    const number = read.i32(c.__errno_location(), 0);
    throw Object.assign(new Error("refused"), { code: number === 1 ? "EPERM" : "errno " + number });
  };
  const socket = (family, type, protocol = 0) => {
    const file = must(c.socket(family, type, protocol));
    files.push(file);
    return file;
  };
  const [INET, INET6, STREAM, DATAGRAM, RAW, MPTCP, FASTOPEN] = [2, 10, 1, 2, 3, 262, 0x20000000];
  const v4 = (host, port) => {
    const address = Buffer.alloc(16);
    address.writeUInt16LE(INET, 0);
    address.writeUInt16BE(port, 2);
    host.split(".").forEach((part, i) => address.writeUInt8(Number(part), 4 + i));
    return address;
  };
  const v6 = (bytes, port) => {
    const address = Buffer.alloc(28);
    address.writeUInt16LE(INET6, 0);
    address.writeUInt16BE(port, 2);
    Buffer.from(bytes).copy(address, 24 - bytes.length);
    return address;
  };
  const mapped = (...last) => [255, 255, ...last];
  const at = (call, file, address) => must(call(file, ptr(address), address.length));
  const text = Buffer.from("secret");
  const sendTo = (file, address, flags = 0) =>
    must(c.sendto(file, ptr(text), text.length, flags, ptr(address), address.length));
  const sendMessage = (file, address, flags = 0) => {
    const part = Buffer.alloc(16);
    part.writeBigUInt64LE(BigInt(ptr(text)), 0);
    part.writeBigUInt64LE(BigInt(text.length), 8);
    const message = Buffer.alloc(56);
    message.writeBigUInt64LE(BigInt(ptr(address)), 0);
    message.writeUInt32LE(address.length, 8);
    message.writeBigUInt64LE(BigInt(ptr(part)), 16);
    message.writeBigUInt64LE(1n, 24);
    return must(c.sendmsg(file, ptr(message), flags));
  };
`;

function has(path: string, pattern: RegExp): boolean {
  try {
    return pattern.test(readFileSync(path, "utf8"));
  } catch {
    return false;
  }
}

/** Code by name; it returns when the attack succeeds and throws, with `code`, when it is refused. */
export function networkAttacks(to: NetworkTargets): Readonly<Record<string, string>> {
  const { tcp4, tcp6, udp4, udp6 } = Object.fromEntries(
    Object.entries(to).map(([name, port]) => [name, String(port)]),
  ) as Record<keyof NetworkTargets, string>;
  const attacks: Record<string, string> = {
    "connect (IPv4)": `at(c.connect, socket(INET, STREAM), v4("127.0.0.1", ${tcp4}))`,
    "connect (IPv6)": `at(c.connect, socket(INET6, STREAM), v6([1], ${tcp6}))`,
    "connect (IPv4 in IPv6)": `at(c.connect, socket(INET6, STREAM), v6(mapped(127, 0, 0, 1), ${tcp4}))`,
    "connect (0.0.0.0)": `at(c.connect, socket(INET, STREAM), v4("0.0.0.0", ${tcp4}))`,
    "connect (127.8.8.8)": `at(c.connect, socket(INET, DATAGRAM), v4("127.8.8.8", ${udp4}))`,
    "connect (UDP)": `at(c.connect, socket(INET, DATAGRAM), v4("127.0.0.1", ${udp4}))`,
    "send (UDP over IPv4)": `sendTo(socket(INET, DATAGRAM), v4("127.0.0.1", ${udp4}))`,
    "send (UDP over IPv6)": `sendTo(socket(INET6, DATAGRAM), v6([1], ${udp6}))`,
    "send (UDP, IPv4 in IPv6)": `sendTo(socket(INET6, DATAGRAM), v6(mapped(127, 0, 0, 1), ${udp4}))`,
    "send a message (UDP)": `sendMessage(socket(INET, DATAGRAM), v4("127.0.0.1", ${udp4}))`,
    "bind (IPv4)": `at(c.bind, socket(INET, STREAM), v4("127.0.0.1", 0))`,
    "bind (IPv6)": `at(c.bind, socket(INET6, STREAM), v6([1], 0))`,
    "bind (UDP)": `at(c.bind, socket(INET, DATAGRAM), v4("0.0.0.0", 0))`,
    "listen without a bind": `must(c.listen(socket(INET, STREAM), 1))`,
  };
  if (process.getuid?.() === 0) attacks["raw packets"] = `socket(INET, RAW, 1)`;
  if (has("/proc/sys/net/ipv4/tcp_fastopen", /[13]/)) {
    attacks["send before a connect (MSG_FASTOPEN)"] =
      `sendTo(socket(INET, STREAM), v4("127.0.0.1", ${tcp4}), FASTOPEN)`;
    attacks["send a message before a connect (MSG_FASTOPEN)"] =
      `sendMessage(socket(INET, STREAM), v4("127.0.0.1", ${tcp4}), FASTOPEN)`;
  }
  if (has("/proc/sys/net/mptcp/enabled", /1/))
    attacks["connect (multipath TCP)"] =
      `at(c.connect, socket(INET, STREAM, MPTCP), v4("127.0.0.1", ${tcp4}))`;
  // Nothing is sent: it is enough that the kernel would know the way.
  if (has("/proc/net/route", /^\S+\s+00000000\s/m))
    attacks["connect (the cloud's metadata)"] =
      `at(c.connect, socket(INET, DATAGRAM), v4("169.254.169.254", 80))`;
  return Object.fromEntries(
    Object.entries(attacks).map(([name, code]) => [
      name,
      `${PRELUDE} try { return ${code} } finally { for (const file of files) c.close(file) }`,
    ]),
  );
}
