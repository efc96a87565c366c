/**
 * Notices that something below a folder changed, and when it has been quiet since. Says which paths, not what
 * happened to them: a write, a rename and a delete all mean "look again".
 */
import { existsSync, statSync, watch } from "node:fs";
import type { FSWatcher } from "node:fs";
import { dirname, join } from "node:path";
import { relevant } from "./scan.ts";

/** Between two looks at all files, for what the kernel does not report: network folders, links, lost events. */
export const RESCAN_MS = 2_000;

/** Editors write a file in several steps, a few milliseconds apart. */
const QUIET_MS = 8;

/** Paths that may wait at once; the rescan finds what changed beyond them. */
const PATHS_MAX = 4_096;

/** Folders outside the roots that are watched too; beyond these only the rescan sees changes. */
const EXTRA_FOLDERS_MAX = 64;

/** A path that changed and has been quiet since. */
export interface Change {
  /** Absolute. */
  readonly path: string;
  /** When the first of its changes was seen, in milliseconds since the epoch. */
  readonly seenAt: number;
}

/** Watches folders, also ones that do not exist yet or go and come back. */
export class Watcher {
  readonly #onChanges: (changes: readonly Change[]) => void;
  readonly #now: () => number;
  readonly #onStir: () => void;
  readonly #roots = new Map<string, { watcher: FSWatcher; inode: number }>();
  readonly #extra = new Map<string, FSWatcher>();
  /** By root: the nearest existing folder above it. */
  readonly #above = new Map<string, { watcher: FSWatcher; folder: string }>();
  readonly #waiting = new Map<string, { seenAt: number; timer: NodeJS.Timeout }>();
  #ripe: Change[] = [];
  #closed = false;

  /**
   * @param onChanges Gets what ripened together; must not throw
   * @param onStir Told that something changes, which ripens in a moment; must not throw
   */
  constructor(
    onChanges: (changes: readonly Change[]) => void,
    now: () => number,
    onStir: () => void = () => undefined,
  ) {
    this.#onChanges = onChanges;
    this.#onStir = onStir;
    this.#now = now;
  }

  /** Whether changes were seen that `onChanges` has not got yet. */
  get waiting(): boolean {
    return this.#waiting.size > 0 || this.#ripe.length > 0;
  }

  /** Whether a path changed and has not been quiet since. */
  waitsFor(path: string): boolean {
    return this.#waiting.has(path);
  }

  /** Watches a root, or again after it was replaced. Cheap when nothing changed. */
  root(dir: string): void {
    if (this.#closed) return;
    // First: a root that comes between the two would be noticed by neither.
    this.#watchAbove(dir);
    const inode = statSync(dir, { throwIfNoEntry: false })?.ino;
    const known = this.#roots.get(dir);
    if (known?.inode === inode) return;
    known?.watcher.close();
    this.#roots.delete(dir);
    if (inode !== undefined) {
      const watcher = this.#watch(dir, true, (file) => this.#seen(dir, file));
      if (watcher !== undefined) this.#roots.set(dir, { watcher, inode });
    }
  }

  /** Watches the files directly in these folders as well, and no longer in others. */
  folders(dirs: Iterable<string>): void {
    if (this.#closed) return;
    const wanted = new Set([...dirs].slice(0, EXTRA_FOLDERS_MAX));
    for (const [dir, watcher] of this.#extra) {
      if (wanted.has(dir)) continue;
      watcher.close();
      this.#extra.delete(dir);
    }
    for (const dir of wanted) {
      if (this.#extra.has(dir)) continue;
      const watcher = this.#watch(dir, false, (file) => this.#seen(dir, file));
      if (watcher !== undefined) this.#extra.set(dir, watcher);
    }
  }

  /** Stops watching; nothing is reported any more. */
  close(): void {
    this.#closed = true;
    for (const { watcher } of this.#roots.values()) watcher.close();
    for (const { watcher } of this.#above.values()) watcher.close();
    for (const watcher of this.#extra.values()) watcher.close();
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
    this.#ripe = [];
  }

  /** A root that comes or goes is an event of the nearest folder above it that exists. */
  #watchAbove(dir: string): void {
    let folder = dirname(dir);
    while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder);
    const known = this.#above.get(dir);
    if (known?.folder === folder) return;
    known?.watcher.close();
    this.#above.delete(dir);
    const watcher = this.#watch(folder, false, (file) => {
      const touched = file === undefined ? folder : join(folder, file);
      if (dir === touched || dir.startsWith(`${touched}/`)) this.#changed(dir);
    });
    if (watcher !== undefined) this.#above.set(dir, { watcher, folder });
  }

  #watch(
    dir: string,
    recursive: boolean,
    onEvent: (file: string | undefined) => void,
  ): FSWatcher | undefined {
    try {
      const watcher = watch(dir, { recursive }, (_kind, file) => {
        if (!this.#closed) onEvent(file ?? undefined);
      });
      // The folder went away, or the kernel has no watches left: the rescan takes over.
      watcher.on("error", () => watcher.close());
      return watcher;
    } catch {
      return undefined;
    }
  }

  #seen(dir: string, file: string | undefined): void {
    if (file === undefined) this.#changed(dir);
    else if (relevant(file)) this.#changed(join(dir, file));
  }

  /** Waits until the path has been quiet. Each path waits for itself: a busy one holds up no other. */
  #changed(path: string): void {
    const known = this.#waiting.get(path);
    if (known === undefined && this.#waiting.size >= PATHS_MAX) return;
    clearTimeout(known?.timer);
    if (known === undefined) this.#onStir();
    const seenAt = known?.seenAt ?? this.#now();
    const timer = setTimeout(() => {
      this.#waiting.delete(path);
      this.#ripen({ path, seenAt });
    }, QUIET_MS);
    this.#waiting.set(path, { seenAt, timer });
  }

  #ripen(change: Change): void {
    this.#ripe.push(change);
    if (this.#ripe.length > 1) return;
    // Paths whose timers fire together are handed over together.
    setImmediate(() => {
      const changes = this.#ripe;
      this.#ripe = [];
      if (!this.#closed && changes.length > 0) this.#onChanges(changes);
    });
  }
}
