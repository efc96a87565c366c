/**
 * Keeps the registry the same as the functions folders: notices what changed there, and has each function reloaded
 * that it concerns. How a version runs is the affair of the `deploy` it is given.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { isBelow, realPath } from "../below.ts";
import type { EventHub } from "../events.ts";
import type { Bundle, Crash, Deployment } from "../isolate/deployment.ts";
import type { Clock, Log, Meter, ParseYaml } from "../ports.ts";
import type { FunctionInfo, Origin } from "../../schemas/function.ts";
import { MoultError } from "../../schemas/error.ts";
import { readBuiltinLock, readBuiltinManifests, readBuiltinNames } from "./builtin_lock.ts";
import type { Workbench } from "./build_process.ts";
import { Builds } from "./builds.ts";
import { contentHash } from "../content_hash.ts";
import { CRASHES_MAX, CRASHES_WINDOW_MS, Crashes } from "./crashes.ts";
import type { Approvals, Functions } from "./functions.ts";
import { Gate } from "./gate.ts";
import type { Grants } from "../policy/grants.ts";
import type { Keepers } from "../policy/keepers.ts";
import { KeptBuilds } from "./kept_builds.ts";
import { Registry } from "./registry.ts";
import { Reloader } from "./reload.ts";
import { type Found, type Refused, scanRoot } from "./scan.ts";
import { Versions } from "./versions.ts";
import { type Change, RESCAN_MS, Watcher } from "./watch.ts";

/** A look may take at most this share of the time, in a folder of any size. */
const RESCAN_SHARE_MAX = 1 / 1_000;

/** A file that vanished may be on its way back: some editors, and git, replace files by delete and create. */
const REMOVAL_GRACE_MS = 100;

/** After saves of known files; the reloads themselves come first. */
const LATER_MS = 50;

/** What a loader is made of. */
export interface LoaderOptions {
  /** Folders of functions, which may not exist yet; a name in a later one wins. Whether a file is a built-in, its content says. */
  readonly roots: readonly string[];
  /** moult's home; builds are kept in its `builds` folder. */
  readonly home: string;
  /** Starts a version. With a manifest in the bundle it starts no process before the first call. */
  readonly deploy: (bundle: Bundle) => Promise<Deployment>;
  /** Sets up a place where function files are built; nothing runs there yet. */
  readonly openWorkbench: (roots: readonly string[]) => Workbench;
  /** Reads what stands at the head of a `SKILL.md`. */
  readonly parseYaml: ParseYaml;
  /** What the owner has approved. */
  readonly grants: Grants;
  /** Whose the values are that functions have stored. */
  readonly keepers: Keepers;
  /** The root whose files are approved because they lie there, as in `moult dev`. @default none */
  readonly ownRoot?: string | undefined;
  readonly hub: EventHub;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly log: Log;
  /** Content hashes of the built-in functions. @default the shipped lock */
  readonly builtins?: ReadonlySet<string>;
  /** Names of the built-in functions. @default those of the shipped lock */
  readonly builtinNames?: ReadonlySet<string>;
  /** Milliseconds between two looks at all files. @default 2_000 */
  readonly rescanMs?: number;
}

/** The functions, kept up to date. */
export interface Loader extends Functions, Approvals {
  /**
   * Loads what is there and watches from then on. Resolves when every function that an earlier run has built is
   * callable; calls of the others wait for them.
   */
  readonly start: () => Promise<void>;
  /** Resolves when nothing is left to load of what was noticed so far. */
  readonly settled: () => Promise<void>;
  /** To be told of each crash of a host: a new version that crashes too often is rolled back. */
  readonly crashed: (crash: Crash) => void;
  /** Stops watching, and ends every version when its calls are done. */
  readonly close: () => Promise<void>;
}

/** Makes a loader; nothing happens before `start()`. */
export function createLoader(options: LoaderOptions): Loader {
  return new FolderLoader(options);
}

class FolderLoader implements Loader {
  readonly #options: LoaderOptions;
  readonly #roots: readonly string[];
  /** Two projects may share a home: the same file below another functions folder is another one. */
  readonly #placeOf: (path: string) => string;
  readonly #registry: Registry;
  readonly #reloader: Reloader;
  readonly #building: Builds;
  readonly #watcher: Watcher;
  readonly #crashes = new Crashes();
  readonly #vanished = new Map<string, NodeJS.Timeout>();
  #found: ReadonlyMap<string, Found> = new Map();
  #rescan: NodeJS.Timeout | undefined;
  #later: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: LoaderOptions) {
    const { roots, home, deploy, hub, meter, clock, log, parseYaml, grants } = options;
    this.#options = options;
    this.#roots = [...new Set(roots.map((root) => realPath(resolve(root))))];
    this.#registry = new Registry(clock, meter, (name) => grants.get(name));
    const versions = new Versions(resolve(home), log);
    const builtins = options.builtins ?? readBuiltinLock();
    const manifests = options.builtins ? undefined : readBuiltinManifests();
    this.#placeOf = (path) => relative(dirname(realPath(resolve(home))), path);
    const known = { builtins, manifests, placeOf: this.#placeOf };
    const builds = new KeptBuilds(versions, clock, known);
    const find = (name: string) => this.#found.get(name);
    const registry = this.#registry;
    const rootOf = (name: string) => this.#found.get(name)?.root;
    const own = options.ownRoot === undefined ? undefined : realPath(resolve(options.ownRoot));
    const isOwn = (name: string) => own !== undefined && rootOf(name) === own;
    const written = () => grants.written().map((entry) => realPath(resolve(entry)));
    const isOpen = (name: string) => {
      const root = rootOf(name);
      if (root === undefined) return false;
      return written().some((dir) => isBelow(dir, root) || isBelow(root, dir));
    };
    const isWritable = (path: string) => written().some((dir) => isBelow(realPath(path), dir));
    const fileOf = (name: string) => this.#found.get(name)?.file;
    const gate = new Gate({ grants, keepers: options.keepers, isOwn, isOpen, fileOf, hub, log });
    this.#building = new Builds(() => options.openWorkbench(this.#roots));
    this.#reloader = new Reloader({
      building: this.#building,
      registry,
      builds,
      deploy,
      parseYaml,
      gate,
      isWritable,
      find,
      hub,
      meter,
      clock,
      log,
    });
    this.#watcher = new Watcher(
      (changes) => this.#onChanges(changes),
      clock.now,
      () => this.#building.warm(),
    );
  }

  list: Functions["list"] = () => this.#registry.list();
  get: Functions["get"] = (name) => this.#registry.get(name);
  fetch: Functions["fetch"] = (name, call) => this.#registry.fetch(name, call);
  run: Functions["run"] = (name, call, handler) => this.#registry.run(name, call, handler);

  start = async (): Promise<void> => {
    for (const dir of this.#roots) this.#watcher.root(dir);
    const now = this.#now();
    this.#found = this.#scan();
    await this.#beginKeeping();
    for (const found of this.#found.values()) {
      const adopted = await this.#reloader.adopt(found).catch(() => false);
      if (adopted) continue;
      this.#registry.add(found.name, found.file);
      this.#reloader.touch(found.name, now);
    }
    this.#scheduleRescan(0);
    void this.#reloader.settled().then(() => this.#watchFolders());
  };

  async #beginKeeping(): Promise<void> {
    const { keepers, builtins = readBuiltinLock(), builtinNames } = this.#options;
    const originOf = ({ path }: Pick<Found, "path">): Origin =>
      builtins.has(hashOfFile(path)) ? "builtin" : "user";
    const found = [...this.#found.values()].map(({ name, path }) => ({
      name,
      path,
      place: this.#placeOf(path),
    }));
    await keepers.begin(found, originOf, builtinNames ?? readBuiltinNames());
  }

  settled = async (): Promise<void> => {
    while (this.#watcher.waiting) await new Promise((resume) => setTimeout(resume, 1));
    await this.#reloader.settled();
    if (this.#watcher.waiting) await this.settled();
  };

  rollback = async (name: string): Promise<FunctionInfo> => {
    await this.#reloader.serially(name, () => this.#revert(name, "asked"));
    return this.#info(name);
  };

  approve = async (name: string, hash?: string): Promise<FunctionInfo> => {
    await this.#reloader.serially(name, () => this.#reloader.holding.approve(name, hash));
    return this.#info(name);
  };

  revoke = async (name: string): Promise<FunctionInfo> => {
    await this.#reloader.serially(name, () => this.#reloader.holding.revoke(name));
    return this.#info(name);
  };

  crashed = (crash: Crash): void => {
    const { name, version, reason } = crash;
    this.#options.hub.publish("function.crashed", { name, version, reason });
    if (!this.#crashes.note(crash) || !this.#unproven(crash)) return;
    this.#reloader
      .serially(name, async () => {
        // Replaced meanwhile: the crashes were another version's.
        if (this.#registry.get(name)?.version === version) await this.#revert(name, "crashes");
      })
      .catch((error: unknown) => {
        this.#options.log.warn(
          { function: name, error },
          "A crashing version stays, for want of an earlier one",
        );
      });
  };

  close = async (): Promise<void> => {
    this.#closed = true;
    this.#watcher.close();
    clearTimeout(this.#rescan);
    clearTimeout(this.#later);
    for (const timer of this.#vanished.values()) clearTimeout(timer);
    await this.#reloader.close();
    this.#building.close();
  };

  #info(name: string): FunctionInfo {
    const info = this.#registry.get(name);
    if (info === undefined)
      throw new MoultError("function/not-found", `No function is called "${name}"`);
    return info;
  }

  /** A version that has served well, or for long, crashes for another reason than its being new. */
  #unproven({ name, version, at }: Crash): boolean {
    const entry = this.#registry.entry(name);
    if (entry?.deployment?.version !== version) return false;
    return entry.fresh && (entry.completed === 0 || at - entry.loadedAt < CRASHES_WINDOW_MS);
  }

  async #revert(name: string, because: "asked" | "crashes"): Promise<void> {
    const { entry, from, to } = await this.#reloader.revert(name, because);
    this.#crashes.forget(name);
    if (because === "crashes")
      entry.error = `Version ${from} crashed ${CRASHES_MAX} times within a minute; ${to} serves again until the file changes`;
    this.#options.hub.publish("function.rolled_back", { name, from, to, because });
    this.#options.meter.count("moult_function_reloads_total", { result: "rolled_back" });
  }

  /** All functions of all roots by name; a later root wins. */
  #scan(): ReadonlyMap<string, Found> {
    const all = new Map<string, Found>();
    const refused: Refused[] = [];
    for (const dir of this.#roots) {
      const scan = scanRoot(dir);
      for (const found of scan.found) all.set(found.name, found);
      refused.push(...scan.refused);
    }
    for (const { name, file, error } of this.#registry.refuse(refused))
      this.#options.hub.publish("function.failed", { name, file, error });
    return all;
  }

  #onChanges(changes: readonly Change[]): void {
    const seenAt = Math.min(...changes.map((change) => change.seenAt));
    const names = new Map([...this.#found.values()].map((found) => [found.path, found.name]));
    let unknown = false;
    for (const change of changes) {
      const name = names.get(change.path);
      const saved = name !== undefined && existsSync(change.path);
      if (saved) this.#reloader.touch(name, change.seenAt);
      else unknown = true;
    }
    if (unknown) this.#lookAround(seenAt, true);
    // Functions may be made of other functions' files; that can wait until the saved ones are being built.
    else this.#later ??= setTimeout(() => this.#lookAround(this.#now(), false), LATER_MS);
  }

  /** Finds what came, went or moved, and which functions are made of something that changed. */
  #lookAround(seenAt: number, retryBroken: boolean): void {
    clearTimeout(this.#later);
    this.#later = undefined;
    for (const dir of this.#roots) this.#watcher.root(dir);
    const before = this.#found;
    const now = this.#scan();
    const all = new Map(now);
    for (const [name, found] of before) {
      if (now.has(name)) {
        this.#returned(name);
      } else {
        this.#vanish(name);
        all.set(name, found);
      }
    }
    this.#found = all;
    let touched = false;
    for (const [name, found] of now) {
      // Just saved: its turn comes when it has been quiet.
      if (this.#watcher.waitsFor(found.path)) continue;
      const moved = before.get(name)?.path !== found.path;
      const retry = retryBroken && this.#reloader.broken(name);
      if (!moved && !retry && !this.#reloader.stale(name)) continue;
      this.#reloader.touch(name, seenAt);
      touched = true;
    }
    if (touched) void this.#reloader.settled().then(() => this.#watchFolders());
    else this.#watchFolders();
  }

  /** Begins the time of grace of a function whose file is gone. */
  #vanish(name: string): void {
    if (this.#vanished.has(name)) return;
    const timer = setTimeout(() => {
      this.#vanished.delete(name);
      if (this.#scan().has(name)) return;
      this.#found = new Map([...this.#found].filter(([other]) => other !== name));
      this.#crashes.forget(name);
      this.#reloader.touch(name, this.#now());
    }, REMOVAL_GRACE_MS);
    this.#vanished.set(name, timer);
  }

  #returned(name: string): void {
    clearTimeout(this.#vanished.get(name));
    this.#vanished.delete(name);
  }

  #now(): number {
    return this.#options.clock.now();
  }

  #watchFolders(): void {
    this.#watcher.folders(
      [...this.#found.values()].flatMap((found) => this.#reloader.folders(found)),
    );
  }

  #scheduleRescan(tookMs: number): void {
    if (this.#closed) return;
    const wait = Math.max(this.#options.rescanMs ?? RESCAN_MS, tookMs / RESCAN_SHARE_MAX);
    this.#rescan = setTimeout(() => {
      const began = performance.now();
      try {
        this.#lookAround(this.#now(), false);
      } catch (error) {
        // The next look may end better; without one, no change would be noticed any more.
        this.#options.log.error({ error }, "Could not look through the functions folders");
      }
      this.#scheduleRescan(performance.now() - began);
    }, wait);
  }
}

function hashOfFile(path: string): string {
  try {
    return contentHash(readFileSync(path));
  } catch {
    return "";
  }
}
