/** User ids for processes: numbers that no account has, a block for each daemon. */
import { readFileSync } from "node:fs";

/** Ids of one daemon: as many processes as it can run at once. */
const BLOCK = 256;
/** Unused by systemd's table of ids, below the sign bit. */
const HIGH_FIRST = 1_900_000_000;
/** In containers that map 65536 ids only: above people, below services that pick their own. */
const LOW_FIRST = 20_000;
const LOW_BLOCKS = 128;

/** Whether this user namespace knows an id. */
function isMapped(uid: number): boolean {
  try {
    return readFileSync("/proc/self/uid_map", "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/).map(Number))
      .some(([first = 0, , count = 0]) => uid >= first && uid < first + count);
  } catch {
    return false;
  }
}

/** Lends user ids; `undefined` where ids can not be changed. */
export class Uids {
  readonly #free: number[];

  /** Ids of the daemon in this seat, or `undefined` when this process is not root or knows none of them. */
  static of(seat: number): Uids | undefined {
    if (process.getuid?.() !== 0) return undefined;
    const high = HIGH_FIRST + seat * BLOCK;
    const low = LOW_FIRST + (seat % LOW_BLOCKS) * BLOCK;
    const first = [high, low].find((uid) => isMapped(uid) && isMapped(uid + BLOCK - 1));
    return first === undefined ? undefined : new Uids(first);
  }

  private constructor(first: number) {
    this.#free = Array.from({ length: BLOCK }, (_, i) => first + i);
  }

  /** An id that no living process of ours has. Throws when all are lent. */
  take(): number {
    const uid = this.#free.shift();
    if (uid === undefined)
      throw new Error(`${String(BLOCK)} function processes run already; stop some functions`);
    return uid;
  }

  /** Takes an id back, when its process is gone. */
  give(uid: number): void {
    this.#free.push(uid);
  }
}
