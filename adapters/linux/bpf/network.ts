/**
 * The network layer: programs in the kernel that refuse internet sockets to everything in a control group, and report
 * what they refused. It knows groups and addresses, and no function.
 */
import { closeSync, openSync } from "node:fs";
import { type BpfMap, BpfObject, lacksRights, layerOrWhy } from "./libbpf.ts";
import { GroupReports, groupKey } from "./reports.ts";

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

const OBJECT = Bun.fileURLToPath(new URL("moult.bpf.o", import.meta.url));

/** The layer around one control group. */
export class NetworkLayer {
  readonly #object: BpfObject;
  readonly #policies: BpfMap;
  /** What its groups are refused. */
  readonly reports: GroupReports<NetworkRefusal>;
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
      this.reports = new GroupReports(this.#object.map("refusals"), readRefusal);
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
    this.#policies.set(groupKey(group), policy);
  }

  /** Bytes of packets that a group with an allowance has sent. */
  sentBytes(group: string): number {
    const policy = Buffer.alloc(16);
    return this.#policies.get(groupKey(group), policy) ? Number(policy.readBigUInt64LE(8)) : 0;
  }

  /** Takes every allowance from a group. */
  forget(group: string): void {
    this.#policies.delete(groupKey(group));
  }

  /** Ends the reports. The group stays confined until it is removed. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.reports.close();
    this.#object.close();
  }
}

/** The layer around a group, or why this machine has none and what to do about it. */
export function openNetworkLayer(
  group: string,
  without: readonly ProgramName[] = [],
): NetworkLayer | { readonly why: string } {
  return layerOrWhy(() => new NetworkLayer(group, without), remedyFor);
}

function remedyFor(message: string): string {
  if (lacksRights(message))
    return "start moult as root, or with CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON";
  return /EMFILE|ENFILE|ENOMEM/.test(message)
    ? "raise the limits of moult's user: ulimit -n, ulimit -l"
    : "use Linux 5.8 or newer with CONFIG_CGROUP_BPF";
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
  return { what, socket, address: `${hostText(record, ADDRESS, family === IPV6)}:${port}` };
}

function protocolOf(type: number, protocol: number): string {
  const [STREAM, DATAGRAM, MPTCP] = [1, 2, 262];
  if (protocol === MPTCP) return "multipath TCP";
  if (type === STREAM) return "TCP";
  return type === DATAGRAM ? "UDP" : "raw packets";
}

const ADDRESS = 16;

/** The address that lies somewhere, as URLs spell it: `192.0.2.1`, or `[2001:db8::1]`. */
export function hostText(view: DataView, at: number, isIpv6: boolean): string {
  if (!isIpv6) return [0, 1, 2, 3].map((i) => String(view.getUint8(at + i))).join(".");
  const groups = [0, 2, 4, 6, 8, 10, 12, 14].map((i) => view.getUint16(at + i).toString(16));
  return new URL(`http://[${groups.join(":")}]/`).hostname;
}
