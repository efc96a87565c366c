/** What one process is started with, and what it does to itself once it listens. It decides by the policy, and starts nothing. */
import { existsSync } from "node:fs";
import type { FilePolicy, Sandbox } from "../../runtime/ports.ts";
import type { Executables } from "./executables.ts";
import type { Domain } from "./landlock.ts";
import type { Layers } from "./layers.ts";
import { type Omitted, omits } from "./omitted.ts";
import { pathOf } from "./program.ts";
import type { FilterOmitted } from "./seccomp.ts";
import { PROCESSES_MAX, type Seat } from "./seat.ts";

/** Bytes of one file a host may write in its work folder; where folders are granted, in those. */
const FILE_BYTES_MAX = { base: 32 * 1_048_576, wide: 4 * 1_073_741_824 } as const;
/** A host with 1024 calls in flight needs as many, and some. */
const OPEN_FILES_MAX = 2_048;

/** What a host does to itself once it listens. The daemon writes it, `host_main.ts` reads it. */
export interface Plan {
  readonly filter: boolean;
  /** The network layer refuses and reports internet sockets; the filter leaves them to it. */
  readonly passSockets: boolean;
  /** It may start programs. */
  readonly programs: boolean;
  /** It may signal them. */
  readonly signals: boolean;
  readonly omitted?: FilterOmitted | undefined;
  readonly limits?: {
    readonly fileBytes: number;
    readonly core: number;
    readonly openFiles: number;
    readonly processes?: number;
  };
}

/** Whether it may touch nothing but its own folders. */
export function isBase(files: FilePolicy): boolean {
  return files.read.length === 0 && files.write.length === 0 && files.exec.length === 0;
}

/** A process that is to be started. */
export type StartOptions = Parameters<Sandbox["start"]>[0] & { readonly programs: Executables };

/** Whether it has to run under our user, because what it may touch is ours. */
export function needsOurFiles({ files, programs }: StartOptions): boolean {
  return files.read.length > 0 || files.write.length > 0 || !programs.forOthers;
}

/** What the dynamic linker reads beside libraries, where it is there. */
const LINKER_CACHE = ["/etc/ld.so.cache"].filter((path) => existsSync(path));

/** A domain in which programs can be started. */
export function withPrograms(domain: Domain, { run, read }: Executables): Domain {
  if (run.length === 0) return domain;
  const readFiles = [...domain.readFiles, ...read, ...LINKER_CACHE];
  return { ...domain, run: [...domain.run, ...run], readFiles };
}

/** What a plan is made of. */
interface Circumstances {
  readonly seat: Seat;
  readonly files: FilePolicy;
  readonly layers: Layers;
  /** The network layer is there. */
  readonly passSockets: boolean;
  /** It lives among its own processes. */
  readonly apart: boolean;
}

/** The plan of one process. */
export function planFor(circumstances: Circumstances, omitted: Omitted): Plan {
  const { seat, files, layers, passSockets, apart } = circumstances;
  const base = files.read.length === 0 && files.write.length === 0;
  const programs = files.exec.length > 0;
  // Signals reach its own processes at most, whichever of the three it is that sees to that.
  const bounded = apart || layers.landlock >= 6 || seat.uid !== undefined;
  return {
    filter: layers.seccomp,
    programs,
    signals: programs && bounded,
    passSockets,
    omitted: omitted.filter,
    ...(!omits(omitted, "limits") && {
      limits: {
        fileBytes: base ? FILE_BYTES_MAX.base : FILE_BYTES_MAX.wide,
        core: 0,
        openFiles: OPEN_FILES_MAX,
        // Counted per user: only where the user is the process.
        ...(seat.uid === undefined ? {} : { processes: PROCESSES_MAX }),
      },
    }),
  };
}

/** The environment of a process: a `PATH` if it may start programs, and nothing of ours. */
export function environmentOf(
  { exec }: FilePolicy,
  omitted: Omitted,
): Readonly<Record<string, string>> {
  const own = omits(omitted, "environment") ? ownEnvironment() : childEnvironment();
  return { ...own, ...pathOf(exec) };
}

/** Nothing of ours: the time zone, which the process could not read, and Bun's own switches. */
function childEnvironment(): Readonly<Record<string, string>> {
  return {
    TZ: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    BUN_OPTIONS: "--no-install",
  };
}

/** Ours, where a test wants to see what an empty one is good for. */
function ownEnvironment(): Readonly<Record<string, string>> {
  const set = Object.entries(process.env).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(set), ...childEnvironment() } as Record<string, string>;
}
