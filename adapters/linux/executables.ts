/**
 * What a program needs to be started: its file, its dynamic linker, the libraries it names. Nothing of it is run for
 * that. It knows ELF files and scripts, and no function.
 */
import {
  accessSync,
  closeSync,
  constants,
  openSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { basename } from "node:path";
import { MoultError, messageOf } from "../../schemas/error.ts";

/** Files of some programs, as rules about files name them. */
export interface Executables {
  /** What may be started: the programs and their dynamic linkers. */
  readonly run: readonly string[];
  /** What is read beside: libraries. */
  readonly read: readonly string[];
  /** Whether users other than their owner may start all of them. */
  readonly forOthers: boolean;
}

const HEADER_BYTES = 64;
/** More program headers than any linker writes. */
const SEGMENTS_MAX = 128;
const SEGMENT_BYTES = 56;
const PATH_BYTES_MAX = 4_096;
const PT_INTERP = 3;
const MACHINE = process.arch === "arm64" ? 183 : 62;
/** How long a dynamic linker may take to name libraries. */
const LIST_MS_MAX = 5_000;

function refuse(path: string, why: string): MoultError {
  return new MoultError("function/invalid", `Cannot let a function start "${path}": ${why}`);
}

/** The first bytes of a file from an offset. */
function bytesAt(file: number, offset: number, count: number): Buffer {
  const bytes = Buffer.alloc(count);
  return bytes.subarray(0, readSync(file, bytes, 0, count, offset));
}

/** What starts a file: another program, by its path, or nothing. */
type Starter = { readonly linker: string } | { readonly interpreter: string } | undefined;

function starterOf(path: string): Starter {
  const file = openSync(path, "r");
  try {
    const header = bytesAt(file, 0, HEADER_BYTES);
    if (header.subarray(0, 2).toString() === "#!") {
      const line = bytesAt(file, 2, PATH_BYTES_MAX).toString().split("\n", 1)[0] ?? "";
      return { interpreter: line.trim().split(/\s/, 1)[0] ?? "" };
    }
    const isOurs =
      header.length === HEADER_BYTES &&
      header.subarray(0, 4).toString("latin1") === "\u007fELF" &&
      header.readUInt8(4) === 2 &&
      header.readUInt16LE(18) === MACHINE;
    if (!isOurs) throw refuse(path, "it is neither a program of this machine nor a script");
    return linkerIn(file, header);
  } finally {
    closeSync(file);
  }
}

function linkerIn(file: number, header: Buffer): Starter {
  const at = Number(header.readBigUInt64LE(32));
  const count = Math.min(header.readUInt16LE(56), SEGMENTS_MAX);
  const table = bytesAt(file, at, count * SEGMENT_BYTES);
  for (let from = 0; from + SEGMENT_BYTES <= table.length; from += SEGMENT_BYTES) {
    if (table.readUInt32LE(from) !== PT_INTERP) continue;
    const length = Math.min(Number(table.readBigUInt64LE(from + 32)), PATH_BYTES_MAX);
    const text = bytesAt(file, Number(table.readBigUInt64LE(from + 8)), length).toString();
    return { linker: text.replace(/\0.*$/s, "") };
  }
  return undefined;
}

/** Asks the dynamic linker which libraries a program would get. It runs nothing of the program. */
async function librariesOf(path: string, linker: string): Promise<readonly string[]> {
  if (!/^ld[-.]/.test(basename(realpathSync(linker))))
    throw refuse(path, `"${linker}" is no dynamic linker`);
  const asked = Bun.spawn([linker, "--list", path], {
    env: {},
    cwd: "/",
    stdio: ["ignore", "pipe", "ignore"],
    timeout: LIST_MS_MAX,
  });
  const text = await new Response(asked.stdout).text();
  if ((await asked.exited) !== 0) throw refuse(path, "its libraries cannot be found");
  const missing = /^\s*(\S+) => not found/m.exec(text)?.[1];
  if (missing !== undefined) throw refuse(path, `it needs ${missing}, which is not installed`);
  return [...text.matchAll(/(?:^|\s)(\/\S+) \(0x/g)].map(([, library = ""]) => library);
}

function mayOthers(path: string, bits: number): boolean {
  return (statSync(path).mode & bits) === bits && isOpenTo(path);
}

/** Whether everybody may pass the folders on the way. */
function isOpenTo(path: string): boolean {
  const parts = realpathSync(path).split("/").slice(1, -1);
  return parts.every((_, i) => (statSync(`/${parts.slice(0, i + 1).join("/")}`).mode & 0o1) === 1);
}

async function partsOf(path: string, named: ReadonlySet<string>): Promise<Executables> {
  const starter = starterOf(path);
  const forOthers = mayOthers(path, 0o5);
  if (starter === undefined) return { run: [path], read: [], forOthers };
  if ("linker" in starter) {
    const { linker } = starter;
    const read = await librariesOf(path, linker);
    return { run: [path, linker], read, forOthers };
  }
  const { interpreter } = starter;
  if (!named.has(realpathSync(interpreter)))
    throw refuse(
      path,
      `it is a script for "${interpreter}"; add that to exec too, and the function can start any script with it`,
    );
  return { run: [path], read: [], forOthers };
}

/**
 * What some programs need. Throws `function/invalid` for what can not be started here.
 *
 * @param paths absolute paths of programs
 */
export async function executables(paths: readonly string[]): Promise<Executables> {
  const named = new Set<string>();
  for (const path of paths) {
    try {
      accessSync(path, constants.X_OK);
      named.add(realpathSync(path));
    } catch (error) {
      throw refuse(path, messageOf(error));
    }
  }
  const parts = await Promise.all(
    paths.map(async (path) => {
      try {
        return await partsOf(path, named);
      } catch (error) {
        throw error instanceof MoultError ? error : refuse(path, messageOf(error));
      }
    }),
  );
  return {
    run: [...new Set(parts.flatMap(({ run }) => run))],
    read: [...new Set(parts.flatMap(({ read }) => read))],
    forOthers: parts.every(({ forOthers }) => forOthers),
  };
}
