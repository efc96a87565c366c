/**
 * The network layer: programs in the kernel that refuse internet sockets to everything in a control group, and report
 * what they refused. It knows groups and addresses, and no function.
 */
import { closeSync, openSync, statSync } from "node:fs";
import { type BpfMap, BpfObject, LIBRARY_REMEDY, RingReader } from "./libbpf.ts";
import { messageOf } from "../../../schemas/error.ts";

/** What a group may be allowed; nothing is by default. Keep in step with `moult.bpf.c`. */
export const ALLOWANCES = {
  create: 1,
  connect: 2,
  send: 4,
  bind: 8,
  packets: 16,
} as const;
/** One of them. */
export type Allowance = keyof typeof ALLOWANCES;

/** The programs, by their names in `moult.bpf.c`. */
export const PROGRAMS = [
  "connect4",
  "connect6",
  "sendmsg4",
  "sendmsg6",
  "bind4",
  "bind6",
  "sock_create",
  "egress",
] as const;
/** One of them. */
export type ProgramName = (typeof PROGRAMS)[number];

/** Something the kernel did not let a process do. */
export interface NetworkRefusal {
  readonly what: Exclude<Allowance, "packets">;
  /** `TCP over IPv4`, as the socket was or would have been. */
  readonly socket: string;
  /** `192.0.2.1:443`, or `[2001:db8::1]:443`; absent where a socket was not even made. */
  readonly address?: string;
}

/** How often reports are fetched that no frame of a host has brought along, in milliseconds. */
const FETCH_MS = 40;

const OBJECT = Bun.fileURLToPath(new URL("moult.bpf.o", import.meta.url));

/** The layer around one control group. */
export class NetworkLayer {
  readonly #object: BpfObject;
  readonly #policies: BpfMap;
  readonly #ring: RingReader;
  readonly #listeners = new Map<bigint, (refusal: NetworkRefusal) => void>();
  #fetched: { readonly group: bigint; readonly refusal: NetworkRefusal }[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  /** How many want to hear of refusals soon. The timer runs iff there is one. */
  #inHaste = 0;
  #closed = false;

  /**
   * Loads the programs and attaches them to a group, which everything in it inherits. They stay as long as the group,
   * so what runs there is confined even when this process is killed. Throws when any part is refused.
   *
   * @param without programs to leave out, to see what each is good for
   */
  constructor(group: string, without: readonly ProgramName[] = []) {
    this.#object = new BpfObject(OBJECT);
    try {
      this.#policies = this.#object.map("policies");
      this.#ring = new RingReader(this.#object.map("refusals"), (record) => this.#hear(record));
      this.#attach(group, without);
    } catch (error) {
      this.#object.close();
      throw error;
    }
  }

  #attach(group: string, without: readonly ProgramName[]): void {
    const wanted = new Set<string>(PROGRAMS.filter((name) => !without.includes(name)));
    const file = openSync(group, "r");
    try {
      const attached = this.#object.attach(file, (name) => wanted.has(name));
      if (attached.length !== wanted.size)
        throw new Error(`The network layer has ${String(attached.length)} programs only`);
    } finally {
      closeSync(file);
    }
  }

  /** Allows a group more than nothing. It is forgotten with `forget`. */
  allow(group: string, allowances: readonly Allowance[]): void {
    const policy = Buffer.alloc(16);
    policy.writeUInt32LE(allowances.reduce((bits, name) => bits | ALLOWANCES[name], 0));
    this.#policies.set(keyOf(group), policy);
  }

  /** Bytes of packets that a group with an allowance has sent. */
  sentBytes(group: string): number {
    const policy = Buffer.alloc(16);
    return this.#policies.get(keyOf(group), policy) ? Number(policy.readBigUInt64LE(8)) : 0;
  }

  /** Takes every allowance from a group. */
  forget(group: string): void {
    this.#policies.delete(keyOf(group));
  }

  /** Calls back at each refusal in a group, at the next `drain()`. Returns the way to stop. */
  watch(group: string, listener: (refusal: NetworkRefusal) => void): () => void {
    const id = idOf(group);
    this.#listeners.set(id, listener);
    return () => {
      this.drain();
      this.#listeners.delete(id);
    };
  }

  /** Drains by itself from now on, every `FETCH_MS`. Returns the way to stop; an idle daemon must not be woken up. */
  drainOften(): () => void {
    this.#inHaste++;
    this.#timer ??= setInterval(() => this.drain(), FETCH_MS);
    this.#timer.unref();
    return () => {
      if (--this.#inHaste > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  /** Reports now what has been refused so far. */
  drain(): void {
    if (this.#closed) return;
    this.#ring.consume();
    if (this.#fetched.length === 0) return;
    // Only now: what listeners do, or throw, must not happen in the middle of the library.
    const fetched = this.#fetched;
    this.#fetched = [];
    for (const { group, refusal } of fetched) this.#listeners.get(group)?.(refusal);
  }

  /** Ends the reports. The group stays confined until it is removed. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.#ring.close();
    this.#object.close();
  }

  #hear(record: DataView): void {
    const group = record.getBigUint64(0, true);
    if (this.#listeners.has(group)) this.#fetched.push({ group, refusal: readRefusal(record) });
  }
}

/** The layer around a group, or why this machine has none and what to do about it. */
export function openNetworkLayer(
  group: string,
  without: readonly ProgramName[] = [],
): NetworkLayer | { readonly why: string } {
  try {
    return new NetworkLayer(group, without);
  } catch (error) {
    const message = messageOf(error);
    if (message.includes("libbpf")) return { why: `libbpf is not installed (${LIBRARY_REMEDY})` };
    if (/EPERM|EACCES/.test(message))
      return {
        why: `${message} (start moult as root, or with CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON)`,
      };
    return { why: `${message} (use Linux 5.8 or newer with CONFIG_CGROUP_BPF)` };
  }
}

/** Groups are known to the kernel by the number of their folder. */
function idOf(group: string): bigint {
  return statSync(group, { bigint: true }).ino;
}

function keyOf(group: string): Uint8Array {
  const key = Buffer.alloc(8);
  key.writeBigUInt64LE(idOf(group));
  return key;
}

const IPV6 = 10;

/** Reads `struct refusal` of `moult.bpf.c`. */
function readRefusal(record: DataView): NetworkRefusal {
  const bit = record.getUint32(8, true);
  const what =
    bit === ALLOWANCES.create
      ? "create"
      : bit === ALLOWANCES.connect
        ? "connect"
        : bit === ALLOWANCES.send
          ? "send"
          : "bind";
  const family = record.getUint16(12, true);
  const socket = `${protocolOf(record.getUint16(32, true), record.getUint16(34, true))} over IPv${family === IPV6 ? "6" : "4"}`;
  if (what === "create") return { what, socket };
  const port = String(record.getUint16(14));
  const host = family === IPV6 ? `[${ipv6(record)}]` : ipv4(record);
  return { what, socket, address: `${host}:${port}` };
}

function protocolOf(type: number, protocol: number): string {
  const [STREAM, DATAGRAM, MPTCP] = [1, 2, 262];
  if (protocol === MPTCP) return "multipath TCP";
  if (type === STREAM) return "TCP";
  return type === DATAGRAM ? "UDP" : "raw packets";
}

const ADDRESS = 16;

function ipv4(record: DataView): string {
  return [0, 1, 2, 3].map((i) => String(record.getUint8(ADDRESS + i))).join(".");
}

/** As URLs spell it. */
function ipv6(record: DataView): string {
  const groups = [0, 2, 4, 6, 8, 10, 12, 14].map((i) => record.getUint16(ADDRESS + i).toString(16));
  return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
}
