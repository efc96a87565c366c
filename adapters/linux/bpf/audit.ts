/**
 * The reports of `moult dev`: programs in the kernel that tell which system calls of a control group were refused,
 * whichever layer refused them. It knows calls by their numbers, and no function.
 */
import { accessSync, constants } from "node:fs";
import { type BpfMap, BpfObject, lacksRights, layerOrWhy, number32 } from "./libbpf.ts";
import { GroupReports, groupKey } from "./reports.ts";
import { ownGroup } from "../cgroup.ts";
import { type Arch, arch } from "../syscalls.ts";

/** Which arguments of a call point at something; arguments are counted from 1. */
export interface Pointers {
  /** At paths. */
  readonly paths?: readonly [number, number?];
  /** At the address of a socket. */
  readonly address?: number;
}

/** A system call that ended with EPERM or EACCES. */
export interface RefusedCall {
  /** Its number on this processor. */
  readonly call: number;
  /** Number of the process as the machine counts. */
  readonly process: number;
  /** Six of them, as the registers had them. */
  readonly arguments: readonly bigint[];
  /** What the arguments that `Pointers` names pointed at; `undefined`: it is too long to be told. */
  readonly paths: readonly (string | undefined)[];
  /** A family of sockets, then its kind of address. */
  readonly address: Uint8Array;
}

const OBJECT = Bun.fileURLToPath(new URL("audit.bpf.o", import.meta.url));
/** Where the kernel passes at the end of each system call. */
const PLACE = "sys_exit";
const PROGRAMS: Readonly<Record<Arch, string>> = { x64: "refused_x64", arm64: "refused_arm64" };

/** Sizes of `audit.bpf.c`. */
const TEXT_BYTES = 512;
const ADDRESS_BYTES = 32;
const CALLS = 512;
/** Where the parts of its `struct refusal` begin. */
const AT = { process: 8, call: 12, arguments: 24, texts: [88, 600], address: 1_112 } as const;

/** The reports of all groups that are watched. */
export class AuditLayer {
  readonly #object: BpfObject;
  readonly #watched: BpfMap;
  readonly #detach: () => void;
  /** What the watched groups are refused; `watch` here, not there. */
  readonly reports: GroupReports<RefusedCall>;
  #closed = false;

  /**
   * Loads the programs and attaches them. From now on every system call of the machine takes some 0.1 µs more, until
   * `close()` or the end of this process. Throws where the kernel refuses, or reports something else than happened.
   *
   * @param pointers by the number of the call
   */
  constructor(pointers: ReadonlyMap<number, Pointers>) {
    const here = arch();
    if (here === undefined) throw new Error(`There is no program for ${process.arch}`);
    this.#object = new BpfObject(OBJECT);
    try {
      this.#watched = this.#object.map("watched");
      const table = this.#object.map("arguments");
      for (const [call, which] of pointers)
        if (call < CALLS) table.set(number32(call), number32(bits(which)));
      this.reports = new GroupReports(this.#object.map("refusals"), readRefusal);
      this.#detach = this.#object.trace(PLACE, PROGRAMS[here]);
    } catch (error) {
      this.#object.close();
      throw error;
    }
    this.#check();
  }

  /** Tries whether this kernel keeps its registers where the program looks for them. */
  #check(): void {
    const group = ownGroup();
    if (group === undefined) return;
    let seen = false;
    const stop = this.watch(group, ({ paths }) => (seen ||= paths[0] === NO_PROGRAM));
    try {
      accessSync(NO_PROGRAM, constants.X_OK);
    } catch {
      // Not even root may run it.
    }
    stop();
    if (seen) return;
    this.close();
    throw new Error("What the kernel reports cannot be read");
  }

  /** Calls back at each refusal in a group, at the next `drain()`. Returns the way to stop. */
  watch(group: string, listener: (refused: RefusedCall) => void): () => void {
    const key = groupKey(group);
    this.#watched.set(key, Buffer.alloc(16));
    const stop = this.reports.watch(group, listener);
    return () => {
      if (!this.#closed) this.#watched.delete(key);
      stop();
    };
  }

  /** Ends the reports; the machine is as quick as before. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#detach();
    this.reports.close();
    this.#object.close();
  }
}

/** A file that nobody may run. */
const NO_PROGRAM = "/proc/version";

/** The reports, or why this machine has none and what to do about it. */
export function openAuditLayer(
  pointers: ReadonlyMap<number, Pointers>,
): AuditLayer | { readonly why: string } {
  return layerOrWhy(
    () => new AuditLayer(pointers),
    (message) =>
      lacksRights(message)
        ? "start moult as root, or with CAP_BPF and CAP_PERFMON"
        : "use Linux 5.8 or newer with CONFIG_BPF_EVENTS",
  );
}

function bits({ paths = [0], address = 0 }: Pointers): number {
  return paths[0] | ((paths[1] ?? 0) << 4) | (address << 8);
}

/** Reads `struct refusal` of `audit.bpf.c`. */
function readRefusal(record: DataView): RefusedCall {
  const bytes = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
  return {
    call: record.getUint32(AT.call, true),
    process: record.getUint32(AT.process, true),
    arguments: [0, 1, 2, 3, 4, 5].map((i) => record.getBigUint64(AT.arguments + 8 * i, true)),
    paths: AT.texts.map((at) => {
      const end = bytes.indexOf(0, at) - at;
      // The last byte is always 0: a text that reaches it was cut.
      return end < TEXT_BYTES - 1 ? bytes.toString("utf8", at, at + end) : undefined;
    }),
    address: new Uint8Array(bytes.subarray(AT.address, AT.address + ADDRESS_BYTES)),
  };
}
