/**
 * What the kernel refused, in words for people: what was tried, and the permission that would allow it, or that there
 * is none. It decides nothing.
 */
import { dirname, isAbsolute, join, normalize, relative } from "node:path";
import { isBelow, realPath } from "../../../runtime/below.ts";
import type { FilePolicy, KernelRefusal } from "../../../runtime/ports.ts";
import type { RefusedCall } from "../bpf/audit.ts";
import { hostText, type NetworkRefusal } from "../bpf/network.ts";
import { BARRED, CALLS, type Deed, type KnownCall } from "./calls.ts";

/** Where a process lives, and what it may. */
export interface Surroundings {
  /** Its working directory. */
  readonly work: string;
  readonly files: FilePolicy;
  /** Folders that no permission opens: moult's own. */
  readonly closed: readonly string[];
  /** The network layer reports internet sockets by itself. */
  readonly hasNetwork: boolean;
  /** Path of what a process of it has open, or works in; `undefined` when that is gone. */
  readonly openPath: (process: number, file: number | "cwd") => string | undefined;
}

const TRIED: Readonly<Record<NetworkRefusal["what"], string>> = {
  create: "open a socket",
  connect: "connect",
  send: "send",
  bind: "listen",
};

/** A refusal of the network layer. */
export function networkWords({ what, socket, address }: NetworkRefusal): KernelRefusal {
  const wanted = what === "connect" || what === "send" ? address : undefined;
  const tried = `${TRIED[what]} (${[socket, address].filter(Boolean).join(" to ")})`;
  return what === "bind" ? noListening(tried) : noNetwork(tried, wanted);
}

function noNetwork(tried: string, wanted: string | undefined): KernelRefusal {
  const line = `permissions: { net: [${JSON.stringify(wanted ?? "HOST:443")}] }`;
  return {
    kind: "net",
    text: `Cannot ${tried}: a function has no network of its own; add ${line} and use ctx.fetch`,
    ...(wanted === undefined ? { isUnnamed: true } : { wanted }),
  };
}

/** Something that makes a server. */
export function noListening(tried: string): KernelRefusal {
  return {
    kind: "net",
    text: `Cannot ${tried}: a function has no network of its own; a function does not listen; write a channel, and moult listens for it`,
  };
}

const NEVER = "no permission gives that to a function";

/** Files that the C library reads on its way when a program asks for the address of a name, or for a user. */
const LOOKUP = new Set(["/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf"]);
/** What it reads besides; others may mean to. */
const LOOKUP_MAYBE = new Set([...LOOKUP, "/etc/hosts", "/etc/resolv.conf"]);
const UNIX = 1;
const NETLINK = 16;

/** System calls that were refused one after the other, without those that only led to another. */
export function callsInWords(
  calls: readonly RefusedCall[],
  here: Surroundings,
): readonly KernelRefusal[] {
  const isLookup = calls.some(({ paths: [path = ""] }) => LOOKUP.has(path));
  return calls.flatMap((call) => {
    const known = CALLS.get(call.call);
    const [path = ""] = call.paths;
    const isAside = known?.deed === "socket" ? isLocal(call) : LOOKUP_MAYBE.has(path);
    return isLookup && isAside ? [] : inWords(known, call, here);
  });
}

function isLocal({ arguments: [family] }: RefusedCall): boolean {
  return Number(family) === UNIX || Number(family) === NETLINK;
}

function inWords(
  known: KnownCall | undefined,
  call: RefusedCall,
  here: Surroundings,
): readonly KernelRefusal[] {
  if (known === undefined) return [barred(`make system call ${String(call.call)}`)];
  const { deed } = known;
  if (isBarred(deed)) return [barred(BARRED[deed])];
  if (deed === "nothing") return [];
  if (deed === "other") return [barred(`make the system call ${known.name}`)];
  if (deed === "fork") return [programWords(undefined)];
  if (deed === "bind") return [noListening("listen")];
  if (deed === "connect") return [connectWords(call)];
  if (deed !== "socket") return [fileWords(known, call, here)];
  // The network layer reports those of the internet by itself.
  return here.hasNetwork && isInternet(Number(call.arguments[0])) ? [] : [socketWords(call)];
}

function isBarred(deed: Deed): deed is keyof typeof BARRED {
  return deed in BARRED;
}

/** Something that no permission gives. */
export function barred(tried: string): KernelRefusal {
  return { kind: "system", text: `Cannot ${tried}: ${NEVER}` };
}

/** In place of a folder: the working directory. */
const HERE = -100;
const ACCESS = 0o3;
const CREATE_OR_TRUNCATE = 0o1100;

function fileWords(known: KnownCall, call: RefusedCall, here: Surroundings): KernelRefusal {
  const paths = (known.pointers.paths ?? []).map((_, i) => pathOf(known, call, i, here));
  const [path] = paths;
  if (known.deed === "run") return programWords(path);
  const kind = isWrite(known, call) ? "write" : "read";
  // Of two names it is the one outside.
  const refused = paths.find((one) => one !== undefined && isAbsolute(one)) ?? path;
  if (refused === undefined) return withoutFolder(kind, call.paths[0]);
  // Writing is granted by folder; moult makes one that is missing.
  const isFolder = kind === "read" || known.name.startsWith("mkdir");
  return pathWords(kind, refused, here, isFolder ? refused : dirname(refused));
}

function isWrite({ deed, isAt }: KnownCall, call: RefusedCall): boolean {
  if (deed !== "open") return deed === "change";
  const flags = Number(call.arguments[isAt ? 2 : 1] ?? 0n);
  return (flags & (ACCESS | CREATE_OR_TRUNCATE)) !== 0;
}

/** A relative path of a process that has gone, with the folder it was in. */
function withoutFolder(kind: "read" | "write", path: string | undefined): KernelRefusal {
  if (path === undefined || path === "")
    return { kind, text: `Cannot ${kind} a file: add it to permissions: { ${kind}: [...] }` };
  const text = `Cannot ${kind} ${JSON.stringify(path)}: add its folder to permissions: { ${kind}: [...] }`;
  return { kind, text };
}

/** The path of an argument as a manifest would name it: relative below the working directory, else absolute. */
function pathOf(
  { pointers, isAt }: KnownCall,
  call: RefusedCall,
  index: number,
  { work, openPath }: Surroundings,
): string | undefined {
  const text = call.paths[index];
  if (text === undefined || text === "") return undefined;
  const number = pointers.paths?.[index] ?? 1;
  const file = isAt ? Number(BigInt.asIntN(32, call.arguments[number - 2] ?? 0n)) : HERE;
  if (isAbsolute(text)) return below(work, normalize(text));
  const from = openPath(call.process, file === HERE ? "cwd" : file);
  return from === undefined ? undefined : below(work, join(from, text));
}

function below(work: string, path: string): string {
  return path !== work && isBelow(path, work) ? relative(work, path) : path;
}

/**
 * Access to a path that was refused.
 *
 * @param wanted what a manifest would have to name
 */
export function pathWords(
  kind: "read" | "write",
  path: string | undefined,
  { files, closed, work }: Surroundings,
  wanted = path,
): KernelRefusal {
  if (path === undefined || wanted === undefined)
    return { kind, text: `Cannot ${kind} a file: add it to permissions: { ${kind}: [...] }` };
  const tried = `Cannot ${kind} ${JSON.stringify(path)}`;
  const real = isAbsolute(wanted) ? wanted : realPath(join(work, wanted));
  const granted = kind === "write" ? files.write : [...files.read, ...files.write];
  if (granted.some((folder) => isBelow(real, folder)))
    return { kind, text: `${tried}: the function may, but moult's own user may not (see ls -l)` };
  if (closed.some((folder) => isBelow(real, folder)))
    return { kind, text: `${tried}: moult's own folders are closed to functions` };
  if (closed.some((folder) => isBelow(folder, real)))
    return { kind, text: `${tried}: moult's own folders are in there; name a smaller folder` };
  const text = `${tried}: add permissions: { ${kind}: [${JSON.stringify(wanted)}] }`;
  return { kind, text, wanted };
}

/** A program that was not started; `undefined`: which one is not known. */
export function programWords(path: string | undefined): KernelRefusal {
  if (path === undefined)
    return {
      kind: "exec",
      text: 'Cannot start a program: add permissions: { exec: ["PROGRAM"] }',
    };
  const name = JSON.stringify(path);
  const text = `Cannot start ${name}: add permissions: { exec: [${name}] }`;
  return { kind: "exec", text, wanted: path };
}

const IPV4 = 2;
const IPV6 = 10;
const FAMILIES: Readonly<Record<number, string>> = {
  [UNIX]: "unix",
  [NETLINK]: "netlink",
  17: "raw",
  38: "cipher",
  40: "virtual machine",
};

function isInternet(family: number): boolean {
  return family === IPV4 || family === IPV6;
}

function socketWords({ arguments: [family] }: RefusedCall): KernelRefusal {
  const number = Number(family);
  if (isInternet(number)) return noNetwork("open a socket", undefined);
  return noSocket(`open a socket (${FAMILIES[number] ?? `family ${String(number)}`})`);
}

function connectWords({ address }: RefusedCall): KernelRefusal {
  const [family = 0] = address;
  if (!isInternet(family)) return noSocket("connect a socket");
  const to = addressText(address);
  return noNetwork(`connect (to ${to})`, to);
}

function noSocket(tried: string): KernelRefusal {
  const text = `Cannot ${tried}: ${NEVER}; others are reached through ctx.fetch and ctx.call`;
  return { kind: "net", text };
}

/** `192.0.2.1:443`, or `[2001:db8::1]:443`. */
function addressText(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isIpv6 = view.getUint16(0, true) === IPV6;
  return `${hostText(view, isIpv6 ? 8 : 4, isIpv6)}:${String(view.getUint16(2))}`;
}
