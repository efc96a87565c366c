/**
 * The home folder: where one daemon keeps everything it owns. Knows the layout of the folder, its permissions and
 * its lock; knows nothing of what the files mean.
 */
import { Database } from "bun:sqlite";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import * as v from "valibot";
import { ConfigError } from "../schemas/config.ts";
import { removeQuietly, writeWhole } from "./whole_file.ts";
import { messageOf } from "../schemas/error.ts";

/** Another program may have written it, or half of it: no process 0, no address that is none. */
const DaemonJson = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  url: v.pipe(v.string(), v.url()),
  version: v.string(),
  /** It was started for a command that needed one, ends by itself, and makes way for one that is meant to stay. */
  temporary: v.optional(v.boolean()),
});
/** What `daemon.json` says of a running daemon. */
export type DaemonFile = Readonly<v.InferOutput<typeof DaemonJson>>;

/** A home folder that this process owns until `release()`. */
export interface OpenHome {
  readonly dir: string;
  readonly key: string;
  /** The key file did not exist before. */
  readonly freshKey: boolean;
  /** Writes `daemon.json`, which tells commands where the daemon listens. */
  readonly announce: (daemon: DaemonFile) => void;
  /** Removes `daemon.json` and lets go of the lock. */
  readonly release: () => void;
}

/** `--home`, else `$MOULT_HOME`, else the nearest `.moult/` upward, else `./.moult`. Absolute. */
export function findHome(
  flag: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): string {
  const named = flag ?? env["MOULT_HOME"];
  if (named !== undefined && named !== "") return resolve(cwd, named);
  for (let dir = cwd; ; dir = dirname(dir)) {
    const candidate = join(dir, ".moult");
    if (existsSync(candidate) && statSync(candidate).isDirectory()) return candidate;
    if (dirname(dir) === dir) return join(cwd, ".moult");
  }
}

/**
 * Creates what is missing, takes the lock and reads the owner key.
 * @throws {ConfigError} When another daemon holds the home, or the folder cannot be written.
 */
export function openHome(dir: string): OpenHome {
  const unlock = prepare(dir);
  const daemonFile = join(dir, "daemon.json");
  removeQuietly(daemonFile); // Of a daemon that was killed: nobody is to believe it while this one starts.
  const keyFile = join(dir, "owner.key");
  const freshKey = !existsSync(keyFile);
  try {
    if (freshKey) writePrivate(keyFile, `moult_${randomBytes(32).toString("base64url")}\n`);
    const key = readKey(keyFile);
    if (!/^moult_[A-Za-z0-9_-]{16,}$/.test(key)) {
      throw new ConfigError(
        `${keyFile} is not a key; remove the file and the next start makes a new one`,
      );
    }
    return {
      dir,
      key,
      freshKey,
      announce: (daemon) => writePrivate(daemonFile, `${JSON.stringify(daemon)}\n`),
      release() {
        removeQuietly(daemonFile);
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

function readKey(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    const because = messageOf(error);
    throw new ConfigError(
      `Cannot read the key ${file}: ${because}; make it readable, or move it away`,
    );
  }
}

/** The daemon that `daemon.json` names, if it is alive and holds the home. */
export function runningDaemon(dir: string): DaemonFile | undefined {
  try {
    const daemon = v.parse(DaemonJson, JSON.parse(readFileSync(join(dir, "daemon.json"), "utf8")));
    process.kill(daemon.pid, 0);
    // After a power cut the file stays, and its number may be another process's by now.
    return isHeld(dir) ? daemon : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces a file as a whole, readable by the owner only. Throws `internal` when the disk takes no writes. */
export function writePrivate(file: string, text: string): void {
  writeWhole(file, text, { mode: 0o600 });
}

/** Makes the folders and takes the lock. Returns the way to let go of it. */
function prepare(dir: string): () => void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    chmodSync(dir, 0o700);
    for (const folder of ["models", "builds", "kv", "logs"]) {
      mkdirSync(join(dir, folder), { recursive: true, mode: 0o700 });
    }
    return lock(dir);
  } catch (error) {
    throw error instanceof ConfigError ? error : unusableHome(dir, error);
  }
}

/** Why a home folder cannot be used, and what to do. */
export function unusableHome(dir: string, error: unknown): ConfigError {
  const because = messageOf(error);
  return new ConfigError(
    `Cannot use the home folder ${dir}: ${because}. Make it writable, free some space, or choose another with --home`,
  );
}

/** The locks of this process. A database that nobody refers to is collected and closed, and its lock would go with it. */
const held = new Set<Database>();

/** A start waits so long for the lock: commands that look whether it is held have it for a moment. */
const LOCK_WAIT_MS = 250;

/** Whether a daemon holds the lock. */
function isHeld(dir: string): boolean {
  const database = new Database(join(dir, "lock"), { readonly: true });
  try {
    database.query("SELECT 1 FROM sqlite_master").all();
    return false;
  } catch (error) {
    return String(error).includes("locked");
  } finally {
    database.close();
  }
}

/**
 * An exclusive SQLite transaction on an empty database is the lock: the kernel drops it when the process dies,
 * however it dies, and it works the same on every system.
 */
function lock(dir: string): () => void {
  const database = new Database(join(dir, "lock"), { create: true });
  try {
    database.run(`PRAGMA busy_timeout=${String(LOCK_WAIT_MS)}`);
    database.run("PRAGMA locking_mode=EXCLUSIVE");
    database.run("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (!String(error).includes("locked")) throw error;
    const holder = runningDaemon(dir);
    const who = holder
      ? `the daemon with pid ${holder.pid} at ${holder.url}`
      : "another moult process";
    throw new ConfigError(
      `The home folder ${dir} is in use by ${who}. Stop it with "moult stop", or choose another with --home`,
    );
  }
  held.add(database);
  return () => {
    held.delete(database);
    database.close();
  };
}
