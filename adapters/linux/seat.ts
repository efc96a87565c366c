/** The folders, the user id and the control group of one process: made before it starts, removed after it ended. */
import { chmodSync, chownSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { killGroup } from "./cgroup.ts";
import { createBounded, type GroupBounds, removeBounded } from "./group_bounds.ts";
import type { Layers } from "./layers.ts";
import { removeTree } from "./remove_tree.ts";
import { makeFolder } from "./run_dir.ts";
import { mountTmpfs, unmount } from "./syscalls.ts";

/** MiB that a work folder in memory may hold. */
export const WORK_MIB = 32;
const WORK_FILES = 2_048;

/** Threads and processes of one host: Bun needs about 20, and programs have theirs. */
export const PROCESSES_MAX = 192;

/** Where one process lives. */
export interface Seat {
  readonly folder: string;
  readonly bundles: string;
  readonly work: string;
  readonly socket: string;
  /** Absent = ours. */
  readonly uid: number | undefined;
  readonly group: string | undefined;
}

/** Makes the folders. `own` = it runs under our user, because it needs files that are ours. Throws, leaving nothing. */
export function takeSeat(folder: string, layers: Layers, own: boolean): Seat {
  const seat: Seat = {
    folder,
    bundles: join(folder, "fn"),
    work: join(folder, "work"),
    socket: join(folder, "s", "k"),
    uid: own ? undefined : layers.uids?.take(),
    group: layers.groups === undefined ? undefined : join(layers.groups, basename(folder)),
  };
  try {
    furnish(seat, layers);
  } catch (error) {
    leaveSeat(seat, layers);
    throw error;
  }
  return seat;
}

function furnish({ folder, bundles, work, socket, uid, group }: Seat, layers: Layers): void {
  makeFolder(folder, 0o711);
  // Readable, not only passable: the runtime lists the folder of what it imports.
  makeFolder(bundles, 0o755);
  makeFolder(work, 0o700);
  makeFolder(dirname(socket), 0o700);
  if (layers.tmpfs) {
    const size = `size=${String(WORK_MIB)}m,nr_inodes=${String(WORK_FILES)},mode=700`;
    const user = uid === undefined ? "" : `,uid=${String(uid)},gid=${String(uid)}`;
    mountTmpfs(work, size + user);
  } else if (uid !== undefined) chownSync(work, uid, uid);
  if (uid !== undefined) chownSync(dirname(socket), uid, uid);
  if (group === undefined || layers.groups === undefined) return;
  const { groups, bounds } = layers;
  if (createBounded(groups, basename(folder), bounds, PROCESSES_MAX) === undefined)
    throw new Error(`the control group ${group} cannot be made`);
}

/**
 * Takes the socket's folder from the process once it listens, before any function is loaded: otherwise a function
 * could put a link to another socket in its place, and the daemon would talk to that.
 */
export function freezeSocket(seat: Seat): void {
  const folder = dirname(seat.socket);
  if (seat.uid !== undefined) {
    chownSync(folder, 0, 0);
    chownSync(seat.socket, 0, 0);
  }
  chmodSync(seat.socket, 0o600);
  chmodSync(folder, seat.uid === undefined ? 0o500 : 0o711);
}

/** Removes everything of a seat. Its process has ended. */
export function leaveSeat(seat: Seat, layers: Layers): void {
  if (seat.group !== undefined) {
    killGroup(seat.group);
    void removeSoon(seat.group, layers.bounds);
  }
  if (layers.tmpfs) {
    try {
      unmount(seat.work);
    } catch {
      // Never mounted: the seat was given up half way.
    }
  }
  removeTree(seat.folder);
  if (seat.uid !== undefined) layers.uids?.give(seat.uid);
}

/** At once, unless something in it is still on its way out. What is left then goes with its daemon's group. */
async function removeSoon(group: string, bounds: GroupBounds): Promise<void> {
  for (let i = 0; i < 20 && !removeBounded(group, bounds); i++) await Bun.sleep(20);
}
