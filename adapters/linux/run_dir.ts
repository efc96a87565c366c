/**
 * The folder of one daemon's processes: short, because paths of unix sockets are, and numbered, because the number
 * also sets its user ids apart from those of other daemons. The janitor removes what dead daemons left.
 */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { processConfinement, processStart } from "./process_stats.ts";
import { removeTree } from "./remove_tree.ts";
import { isLocked, lockFile, unmount } from "./syscalls.ts";
import { messageOf } from "../../schemas/error.ts";

/** Daemons that one machine may run for one user. */
const SEATS = 256;
/** Longest base folder: the socket's path below it must fit in 107 bytes. */
const BASE_CHARS_MAX = 70;
/** A folder without an owner is younger than this only while its daemon is starting. */
const YOUNG_MS = 10_000;

/** A daemon's own folder. */
export interface RunDir {
  readonly path: string;
  /** 0…255, held by no other living daemon of this machine and user. */
  readonly seat: number;
  /** Locked file that says whose it is. Closed when the folder is given back. */
  readonly owner: number;
}

function bases(): readonly string[] {
  const uid = process.getuid?.() ?? 0;
  if (uid === 0) return ["/run/moult", "/tmp/moult-0"];
  const own = process.env["XDG_RUNTIME_DIR"] ?? "";
  const name = `moult-${String(uid)}`;
  const paths = [join(own, "moult"), join(tmpdir(), name), join("/tmp", name)];
  // A variable may be empty or relative: as good as not set.
  return paths.filter((path) => isAbsolute(path));
}

/** Makes a folder with exactly this mode: other user ids have to pass, whatever our umask says. */
export function makeFolder(path: string, mode: number): void {
  mkdirSync(path, { mode });
  chmodSync(path, mode);
}

/** A folder that is ours alone to write: nobody may have put it there before us. */
function openBase(): string {
  const tried: string[] = [];
  for (const base of bases()) {
    if (base.length > BASE_CHARS_MAX) continue;
    try {
      mkdirSync(base, { recursive: true, mode: 0o711 });
      // Not through a link: somebody else could have laid it.
      const { uid, mode } = lstatSync(base);
      if (!lstatSync(base).isDirectory()) throw new Error("is not a folder");
      if (uid !== (process.getuid?.() ?? uid)) throw new Error("belongs to another user");
      if ((mode & 0o777) !== 0o711) chmodSync(base, 0o711);
      return base;
    } catch (error) {
      tried.push(`${base} (${messageOf(error)})`);
    }
  }
  throw new Error(`Cannot make a folder for function processes: tried ${tried.join(", ")}`);
}

function owner(): string {
  return `${String(process.pid)} ${processStart(process.pid) ?? ""}`;
}

function isAlive(folder: string): boolean {
  try {
    if (isLocked(join(folder, "owner"))) return true;
    const [pid, start] = readFileSync(join(folder, "owner"), "utf8").split(" ");
    return start === processStart(Number(pid)) && start !== undefined;
  } catch {
    try {
      return Date.now() - statSync(folder).mtimeMs < YOUNG_MS;
    } catch {
      return false;
    }
  }
}

function mountsBelow(folder: string): readonly string[] {
  try {
    return readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .map((line) => line.split(" ")[4] ?? "")
      .filter((path) => path.startsWith(`${folder}/`));
  } catch {
    return [];
  }
}

/** Removes a run folder with its mounts. */
export function removeRunDir(folder: string): void {
  for (const mount of mountsBelow(folder)) {
    try {
      unmount(mount);
    } catch {
      // Gone in the meantime, or not ours.
    }
  }
  removeTree(folder);
}

/** Removes what daemons left that ended without cleaning up. */
function removeStale(base: string): void {
  for (const name of readdirSync(base)) {
    const folder = join(base, name);
    if (!/^\d{1,3}$/.test(name) || isAlive(folder)) continue;
    endLeftIn(folder);
    removeRunDir(folder);
  }
}

/**
 * Ends what runs in a folder, confined: programs of functions that their daemon, killed, could not end, where neither a
 * control group nor process numbers of their own did. Whoever only looks around there is not confined.
 */
export function endLeftIn(folder: string): void {
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (!`${readlinkSync(`/proc/${name}/cwd`)}/`.startsWith(`${folder}/`)) continue;
      if (processConfinement(Number(name)).noNewPrivileges) process.kill(Number(name), "SIGKILL");
    } catch {
      // Another user's, or gone.
    }
  }
}

/** Whole and locked at once: a daemon that starts beside us would take a half-written one for a dead one's. */
function signOwner(path: string): number {
  const file = openSync(join(path, "owner.new"), "w");
  writeFileSync(file, owner());
  try {
    lockFile(file);
  } catch {
    // A file system without locks: our number has to do.
  }
  renameSync(join(path, "owner.new"), join(path, "owner"));
  return file;
}

/** Takes a folder that no other daemon holds, after removing what dead ones left. Throws when none is free. */
export function openRunDir(): RunDir {
  const base = openBase();
  removeStale(base);
  // Not always the first: daemons in several containers share the kernel's user ids but not this folder.
  const first = Math.floor(Math.random() * SEATS);
  for (let i = 0; i < SEATS; i++) {
    const seat = (first + i) % SEATS;
    const path = join(base, String(seat));
    try {
      makeFolder(path, 0o711);
    } catch {
      continue; // Another daemon's.
    }
    return { path, seat, owner: signOwner(path) };
  }
  throw new Error(`Cannot start: ${String(SEATS)} daemons hold folders below ${base}`);
}
