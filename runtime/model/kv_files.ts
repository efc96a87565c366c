/**
 * Where kept K/V lies and what its files are called: which model and which session a file is of can be told from its
 * name, by whoever has the folder's key. Knows nothing of what is in the files.
 */
import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { removeQuietly } from "../whole_file.ts";

/** Memory that has names like files. Only Linux has it there. */
const MEMORY_FOLDER = "/dev/shm";
const MEMORY_PREFIX = `moult-${process.getuid?.() ?? 0}-`;
/** In a memory tier: leads to the folder that it belongs to. */
const HOME_LINK = "of";
const KEY_FILE = "states.key";
const KEY_BYTES = 32;
/** Model, session, number, and whether it can be read without a key. */
const NAME = /^([0-9a-f]{16})\.([0-9a-f]{16})\.[0-9a-f]{12}\.(state|sealed)$/;
const TEMPORARY = /^(\d+)-[0-9a-f]{12}\.tmp$/;

/** What a file's name says. */
export interface StateName {
  readonly model: string;
  /** Whose it is: a session, or a conversation that nobody has named. */
  readonly session: string;
  readonly encrypted: boolean;
}

/** The secrets of one folder. */
export interface StateKeys {
  /** Seals files, so that what was changed is noticed. */
  readonly seal: Buffer;
  /** Encrypts them; absent: they are only sealed. */
  readonly encrypt: Buffer | undefined;
  /** Of a text, 16 hex digits that nobody else can tell. The first one of a nameless conversation is 0. */
  readonly nameOf: (kind: "model" | "session" | "nameless", text: string) => string;
}

/** The keys of a folder; made when there is none. @throws when the folder takes no files */
export function stateKeys(folder: string, secret: string | undefined): StateKeys {
  const root = readKey(folder) ?? makeKey(folder);
  const derive = (from: Buffer | string, use: string): Buffer =>
    Buffer.from(hkdfSync("sha256", from, root, `moult kv ${use}`, KEY_BYTES));
  const names = derive(root, "names");
  return {
    seal: derive(root, "seal"),
    encrypt: secret === undefined ? undefined : derive(secret, "encrypt"),
    nameOf: (kind, text) => {
      const digits = createHmac("sha256", names).update(`${kind}\n${text}`).digest("hex");
      return (kind === "nameless" ? "0" : "1") + digits.slice(0, 15);
    },
  };
}

/** The folder's memory tier, made when there is none; `undefined` where memory has no names. */
export function memoryFolder(folder: string): string | undefined {
  const name = memoryName(folder);
  if (name === undefined) return undefined;
  removeAbandoned();
  try {
    mkdirSync(name, { mode: 0o700 });
  } catch {
    // It is there, or cannot be made: the next lines tell.
  }
  if (!isOwn(name)) return undefined;
  try {
    symlinkSync(realpathSync(folder), join(name, HOME_LINK));
  } catch {
    // It is there already.
  }
  return name;
}

/** Removes a folder's memory tier with all that is in it: there is to be none. */
export function dropMemory(folder: string): void {
  const name = memoryName(folder);
  if (name !== undefined && isOwn(name)) rmSync(name, { recursive: true, force: true });
}

/** Removes a memory tier that holds nothing any more. */
export function leaveMemory(memory: string): void {
  if (namesIn(memory).some((name) => name !== HOME_LINK)) return;
  removeQuietly(join(memory, HOME_LINK));
  try {
    rmdirSync(memory);
  } catch {
    // Another model has just put something there; its next start names the folder again.
  }
}

/** Removes memory tiers whose folder is gone, or has another key: nobody would ever look there again. */
function removeAbandoned(): void {
  const own = namesIn(MEMORY_FOLDER).filter((name) => name.startsWith(MEMORY_PREFIX));
  for (const name of own.map((one) => join(MEMORY_FOLDER, one))) {
    try {
      if (!isOwn(name) || memoryName(readlinkSync(join(name, HOME_LINK))) === name) continue;
      rmSync(name, { recursive: true, force: true });
    } catch {
      // It says nothing of its folder, or somebody else has just removed it.
    }
  }
}

/** Removes what is kept of a session, whatever model read it. */
export function forgetStates(folder: string, session: string): void {
  if (readKey(folder) === undefined) return;
  const wanted = stateKeys(folder, undefined).nameOf("session", session);
  const memory = memoryName(folder);
  for (const place of [folder, ...(memory !== undefined && isOwn(memory) ? [memory] : [])])
    for (const name of namesIn(place))
      if (parseName(name)?.session === wanted) removeQuietly(join(place, name));
}

/** Removes all that is kept: from now on nothing is. */
export function dropStates(folder: string): void {
  for (const name of namesIn(folder)) if (parseName(name)) removeQuietly(join(folder, name));
  dropMemory(folder);
}

/** Whether a file is of a conversation that nobody has named. */
export function isNameless({ session }: StateName): boolean {
  return session.startsWith("0");
}

/** A name for a new file. */
export function newName({ model, session, encrypted }: StateName): string {
  return `${model}.${session}.${randomBytes(6).toString("hex")}.${encrypted ? "sealed" : "state"}`;
}

/** A name for a file that is not finished. */
export function temporaryName(): string {
  return `${process.pid}-${randomBytes(6).toString("hex")}.tmp`;
}

/** What a name says; `undefined`: the file is none of ours. */
export function parseName(name: string): StateName | undefined {
  const [, model, session, ending] = NAME.exec(name) ?? [];
  if (model === undefined || session === undefined) return undefined;
  return { model, session, encrypted: ending === "sealed" };
}

/** Names in a folder; none when it is gone. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Removes what processes left unfinished that are no more. */
export function removeUnfinished(folder: string): void {
  for (const name of namesIn(folder)) {
    const pid = TEMPORARY.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) removeQuietly(join(folder, name));
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Another home has another name, also one that was copied with its key. */
function memoryName(folder: string): string | undefined {
  const key = readKey(folder);
  if (key === undefined || !existsSync(MEMORY_FOLDER)) return undefined;
  const digest = createHmac("sha256", key).update(realpathSync(folder)).digest("hex");
  return join(MEMORY_FOLDER, `${MEMORY_PREFIX}${digest.slice(0, 16)}`);
}

/** Everybody may write there: a folder that somebody else has made under our name is not used. */
function isOwn(folder: string): boolean {
  try {
    const { mode, uid } = lstatSync(folder);
    const isFolder = (mode & 0o170_000) === 0o040_000;
    return isFolder && uid === (process.getuid?.() ?? uid) && (mode & 0o077) === 0;
  } catch {
    return false;
  }
}

function readKey(folder: string): Buffer | undefined {
  try {
    const key = readFileSync(join(folder, KEY_FILE));
    return key.length === KEY_BYTES ? key : undefined;
  } catch {
    return undefined;
  }
}

function makeKey(folder: string): Buffer {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  // Without the key that they were sealed with nobody knows whose they are any more.
  for (const name of namesIn(folder)) if (parseName(name)) removeQuietly(join(folder, name));
  const temporary = join(folder, temporaryName());
  writeFileSync(temporary, randomBytes(KEY_BYTES), { mode: 0o600, flag: "wx" });
  renameSync(temporary, join(folder, KEY_FILE));
  // Two that make one at once agree on the one that lies there.
  return readKey(folder) ?? makeKey(folder);
}
