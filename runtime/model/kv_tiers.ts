/**
 * What is kept, by tier: files in memory and on disk, how much room they may take and which go first.
 * Knows names, sizes and ages, not what a file is good for.
 */
import { constants, existsSync, statfsSync, statSync } from "node:fs";
import { copyFile, open, rename, unlink, utimes } from "node:fs/promises";
import { freemem } from "node:os";
import { join } from "node:path";
import type { KvOptions } from "./engine.ts";
import {
  dropMemory,
  leaveMemory,
  memoryFolder,
  namesIn,
  parseName,
  removeUnfinished,
  type StateName,
  temporaryName,
} from "./kv_files.ts";
import { removeQuietly } from "../whole_file.ts";

const MIB = 1024 * 1024;
/** Of free memory, of a memory file system and of free disk, at most one in so many bytes is taken. */
const MEMORY_SHARE = 4;
const DISK_SHARE = 2;
/** More files than this are not kept, however small they are. */
const FILES_MAX = 2_048;

/** Where a file is kept. */
export type FileTier = "warm" | "cold";

/** One kept file. */
export interface Kept extends StateName {
  readonly name: string;
  tier: FileTier;
  bytes: number;
  /** Milliseconds since the epoch. */
  usedAt: number;
  /** Whoever reads it now. It is not moved meanwhile. */
  readers: number;
  gone: boolean;
  /** It goes from memory to disk just now. Never rejects. */
  moving: Promise<boolean> | undefined;
}

/** Room that was found for a file: it is taken until the file is there, or is not to come. */
export interface Room {
  readonly tier: FileTier;
  bytes: number;
}

const UNUSED = { readers: 0, gone: false, moving: undefined };

/** The files of one folder and its memory. Several processes may share it: each looks again before it makes room. */
export class KvTiers {
  readonly #options: KvOptions;
  readonly #folders: Readonly<Record<FileTier, string | undefined>>;
  readonly #files = new Map<string, Kept>();
  /** Bytes of what is on its way there. */
  readonly #expected: Record<FileTier, number> = { warm: 0, cold: 0 };
  #lastUsedAt = 0;

  constructor(options: KvOptions) {
    this.#options = options;
    const memory = options.ramMiB > 0 ? memoryFolder(options.folder) : undefined;
    if (options.ramMiB === 0) dropMemory(options.folder);
    this.#folders = { warm: memory, cold: options.folder };
    for (const folder of [memory, options.folder])
      if (folder !== undefined) removeUnfinished(folder);
    this.look();
    // There may be less room than there was.
    for (const tier of ["warm", "cold"] as const) this.#trim(tier);
  }

  /** A place for what is not finished: in memory where there is some. */
  unfinished(tier: FileTier = this.#folders.warm === undefined ? "cold" : "warm"): string {
    return join(this.#folders[tier] ?? this.#options.folder, temporaryName());
  }

  /** What is there now; it may be removed one by one. */
  all(): readonly Kept[] {
    return [...this.#files.values()];
  }

  /** Where a file is: another process may have moved it. */
  locate(file: Kept): string {
    if (!existsSync(this.#path(file))) this.look();
    return this.#path(file);
  }

  #path({ tier, name }: Pick<Kept, "tier" | "name">): string {
    return join(this.#folders[tier] ?? this.#options.folder, name);
  }

  /** Bytes in a tier, of all models. */
  bytes(tier: FileTier): number {
    let sum = 0;
    for (const file of this.#files.values()) if (file.tier === tier) sum += file.bytes;
    return sum;
  }

  /** Takes in what other processes have put there or removed. */
  look(): void {
    const seen = new Set<string>();
    for (const tier of ["warm", "cold"] as const) {
      const folder = this.#folders[tier];
      for (const name of folder === undefined ? [] : namesIn(folder)) {
        const says = parseName(name);
        if (says === undefined) continue;
        seen.add(name);
        const known = this.#files.get(name);
        if (known === undefined) this.#add(name, tier, says);
        else if (known.moving === undefined) known.tier = tier;
      }
    }
    for (const file of this.#files.values()) if (!seen.has(file.name)) this.#drop(file);
  }

  /** Room for a file of this size, to be given to `add` or `free`; `undefined` when no tier has any. */
  async room(bytes: number): Promise<Room | undefined> {
    this.look();
    while (this.#files.size >= FILES_MAX && this.#removeOldest(() => true));
    return (await this.#makeRoom("warm", bytes)) ?? (await this.#makeRoom("cold", bytes));
  }

  /** Nothing more comes there. */
  free(room: Room): void {
    this.#expected[room.tier] -= room.bytes;
    room.bytes = 0;
  }

  /** Makes room in memory for what comes next, before it comes. */
  async tidy(bytes: number): Promise<void> {
    const room = await this.#makeRoom("warm", bytes);
    if (room !== undefined) this.free(room);
  }

  /** A finished file becomes one of those that are kept. @throws when it can not be renamed */
  async add(unfinished: string, name: string, room: Room, bytes: number): Promise<Kept> {
    const { tier } = room;
    const says = parseName(name);
    if (says === undefined) throw new TypeError(`"${name}" is no name of a state`);
    await rename(unfinished, this.#path({ tier, name }));
    this.free(room);
    const file: Kept = { ...says, name, tier, bytes, usedAt: this.#now(), ...UNUSED };
    this.#files.set(name, file);
    // What was expected may have been less than it is.
    if (bytes > this.#limit(tier)) this.remove(file);
    this.#trim(tier, file);
    if (this.#taken(tier) > this.#limit(tier)) this.remove(file);
    return file;
  }

  /** Removes the oldest of a tier until the rest has room, but for one. */
  #trim(tier: FileTier, kept?: Kept): void {
    const others = (other: Kept): boolean => other.tier === tier && other !== kept;
    while (this.#taken(tier) > this.#limit(tier) && this.#removeOldest(others));
  }

  /** Later than whatever was used before, also when the clock was set back meanwhile. */
  #now(): number {
    this.#lastUsedAt = Math.max(Date.now(), this.#lastUsedAt + 1);
    return this.#lastUsedAt;
  }

  /** Notes that a file was of use: what is used stays longest. */
  touch(file: Kept): void {
    file.usedAt = this.#now();
    const now = new Date(file.usedAt);
    utimes(this.#path(file), now, now).catch(() => {});
  }

  remove(file: Kept): void {
    if (file.gone) return;
    removeQuietly(this.#path(file));
    this.#drop(file);
  }

  /** Moves what memory holds of a model to disk, newest first, for so long; what then remains is dropped. */
  async settle(model: string, msMax: number): Promise<void> {
    const until = performance.now() + msMax;
    const files = [...this.#files.values()].filter(
      (file) => file.tier === "warm" && file.model === model,
    );
    for (const file of files.toSorted((a, b) => b.usedAt - a.usedAt)) {
      const hasTime = performance.now() < until;
      await file.moving;
      if (file.gone || file.tier === "cold") continue;
      if (!hasTime || !(await this.#cool(file))) this.remove(file);
    }
    if (this.#folders.warm !== undefined) leaveMemory(this.#folders.warm);
  }

  /** Bytes in a tier, with what is on its way there. */
  #taken(tier: FileTier): number {
    return this.bytes(tier) + this.#expected[tier];
  }

  /** Several may ask at the same time: what one was given, no other finds. */
  async #makeRoom(tier: FileTier, bytes: number): Promise<Room | undefined> {
    const limit = this.#limit(tier);
    if (limit === 0 || bytes > limit) return undefined;
    const inTier = (file: Kept): boolean => file.tier === tier;
    while (this.#taken(tier) + bytes > limit) {
      const oldest = this.#oldest(inTier);
      if (oldest === undefined) return undefined;
      if (tier === "cold" || !(await this.#cool(oldest))) this.remove(oldest);
    }
    this.#expected[tier] += bytes;
    return { tier, bytes };
  }

  /** From memory to disk. `false`: there is no room. */
  async #cool(file: Kept): Promise<boolean> {
    file.moving = this.#move(file);
    const moved = await file.moving;
    file.moving = undefined;
    return moved;
  }

  async #move(file: Kept): Promise<boolean> {
    const room = await this.#makeRoom("cold", file.bytes);
    if (room === undefined) return false;
    const from = this.#path(file);
    const unfinished = this.unfinished("cold");
    try {
      await copyFile(from, unfinished, constants.COPYFILE_EXCL);
      const handle = await open(unfinished, "r+");
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
      // It may have been forgotten meanwhile.
      if (file.gone) throw new Error("It is gone");
      await rename(unfinished, this.#path({ ...file, tier: "cold" }));
      if (file.gone) await unlink(this.#path({ ...file, tier: "cold" }));
      file.tier = "cold";
      await unlink(from);
      return true;
    } catch {
      removeQuietly(unfinished);
      return file.tier === "cold";
    } finally {
      this.free(room);
    }
  }

  #limit(tier: FileTier): number {
    const { folder, ramMiB, diskMiB } = this.#options;
    const own = this.bytes(tier);
    if (tier === "cold") return Math.min(diskMiB * MIB, (freeIn(folder) + own) / DISK_SHARE);
    const memory = this.#folders.warm;
    if (memory === undefined) return 0;
    return Math.min(
      ramMiB * MIB,
      (freemem() + own) / MEMORY_SHARE,
      (freeIn(memory) + own) / DISK_SHARE,
    );
  }

  #oldest(fits: (file: Kept) => boolean): Kept | undefined {
    let oldest: Kept | undefined;
    for (const file of this.#files.values())
      if (
        file.readers === 0 &&
        file.moving === undefined &&
        fits(file) &&
        file.usedAt < (oldest?.usedAt ?? Infinity)
      )
        oldest = file;
    return oldest;
  }

  #removeOldest(fits: (file: Kept) => boolean): boolean {
    const oldest = this.#oldest(fits);
    if (oldest !== undefined) this.remove(oldest);
    return oldest !== undefined;
  }

  #add(name: string, tier: FileTier, says: StateName): void {
    try {
      const { size, mtimeMs } = statSync(this.#path({ tier, name }));
      // A clock that was ahead once must not make a file the youngest for years.
      const file = { name, tier, bytes: size, usedAt: Math.min(mtimeMs, Date.now()), ...UNUSED };
      this.#files.set(name, { ...says, ...file });
    } catch {
      // Another process has just removed it.
    }
  }

  #drop(file: Kept): void {
    file.gone = true;
    this.#files.delete(file.name);
  }
}

function freeIn(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
