/**
 * The life of one function after another: read, build, start, swap, and let the old version finish. One change of a
 * name is worked on at a time, the newest content wins, and a bad file never replaces a good version.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { EventHub } from "../events.ts";
import type { Bundle, Deployment } from "../isolate/deployment.ts";
import type { Clock, Log, Meter } from "../ports.ts";
import { MoultError, isMoultError } from "../../schemas/error.ts";
import type { Manifest, Origin } from "../../schemas/function.ts";
import { type Built, SOURCE_BYTES_MAX, buildFunction } from "./build.ts";
import { contentHash } from "./builtin_lock.ts";
import { CRASHES_WINDOW_MS } from "./crashes.ts";
import type { Entry, Registry } from "./registry.ts";
import { projectOf } from "./fence.ts";
import { forgetPackage } from "./resolver_cache.ts";
import type { Found } from "./scan.ts";
import { type Input, inputsOf, refreshed, touched } from "./inputs.ts";
import { Turnstile } from "./turnstile.ts";
import type { Version, Versions } from "./versions.ts";

/** Versions of one function that still finish calls; a newer one waits for the oldest. */
const DRAINING_MAX = 3;

/** Builds, and starts of hosts, that run at once: the machine has other work too. */
const BUILDS_MAX = 2;
const STARTS_MAX = 4;

/** What a reload works with. */
export interface Workshop {
  readonly registry: Registry;
  readonly versions: Versions;
  /** Starts a version, or rejects with why it cannot run. */
  readonly deploy: (bundle: Bundle) => Promise<Deployment>;
  /** Hashes of the built-in functions. */
  readonly builtins: ReadonlySet<string>;
  readonly hub: EventHub;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly log: Log;
}

/** The file that a name stands for now. */
type Find = (name: string) => Found | undefined;

interface Slot {
  /** Jobs of this name, one after another. */
  tail: Promise<void>;
  /** When the change was seen that the next job is to look at; `undefined` iff none is waiting. */
  seenAt: number | undefined;
  /** What the function was last made of, to see whether anything changed. */
  inputs: readonly Input[];
  /** The last look failed: the next one is made even if nothing changed, because what was missing may be there. */
  broken: boolean;
  readonly draining: Set<Promise<void>>;
}

/** Reloads functions by name. */
export class Reloader {
  readonly #w: Workshop;
  readonly #find: Find;
  readonly #slots = new Map<string, Slot>();
  readonly #builds = new Turnstile(BUILDS_MAX);
  readonly #starts = new Turnstile(STARTS_MAX);

  constructor(workshop: Workshop, find: Find) {
    this.#w = workshop;
    this.#find = find;
  }

  /** Looks at a name again, soon. Further calls before it begins are one with it. */
  touch(name: string, seenAt: number): void {
    const slot = this.#slot(name);
    const queued = slot.seenAt !== undefined;
    slot.seenAt ??= seenAt;
    if (!queued) this.serially(name, () => this.#look(name, slot)).catch(() => undefined);
  }

  /** Runs a job of a name after those before it. Rejects as the job does. */
  serially<T>(name: string, job: () => Promise<T>): Promise<T> {
    const slot = this.#slot(name);
    const result = slot.tail.then(job);
    slot.tail = result.then(
      () => undefined,
      (error: unknown) => {
        if (!isMoultError(error)) this.#w.log.error({ function: name, error }, "A reload broke");
      },
    );
    return result;
  }

  /** Whether something that the function was made of differs from then. */
  stale(name: string): boolean {
    return this.#slot(name).inputs.some(touched);
  }

  /** Whether the last look at a function found it wanting. */
  broken(name: string): boolean {
    return this.#slot(name).broken;
  }

  /** Absolute folders outside the functions folder that the function was made of files in. */
  folders(found: Found): string[] {
    return this.#slot(found.name)
      .inputs.filter(
        ({ path }) => !path.startsWith(`${found.root}/`) && !path.includes("/node_modules/"),
      )
      .map(({ path }) => dirname(path));
  }

  /** Serves what a former run built, if no file changed since. No process is started for it. */
  async adopt(found: Found): Promise<boolean> {
    const { versions, registry, deploy } = this.#w;
    const shelf = versions.shelf(found.name);
    const newest = shelf.versions.at(-1);
    if (newest === undefined || newest.inputs[0]?.path !== found.path) return false;
    const inputs = refreshed(newest.inputs);
    if (inputs === undefined) return false;
    const serving = versions.find(found.name, shelf.pinned?.version ?? newest.version);
    const manifest = serving && versions.manifest(serving);
    if (serving === undefined || manifest === undefined) return false;
    const bundle = this.#bundle(found.name, serving, manifest);
    const deployment = await deploy(bundle);
    const entry = registry.add(found.name, found.file);
    entry.origin = bundle.origin;
    this.#slot(found.name).inputs = inputs;
    registry.swap(entry, deployment, this.#w.clock.now() - serving.builtAt < CRASHES_WINDOW_MS);
    return true;
  }

  /** Puts an earlier version in the place of the present one, until the file changes. To be run serially. */
  async revert(
    name: string,
    because: "asked" | "crashes",
  ): Promise<{ readonly entry: Entry; readonly from: string; readonly to: string }> {
    const { versions, registry } = this.#w;
    const entry = registry.entry(name);
    const present = entry?.deployment?.version;
    if (entry === undefined || present === undefined)
      throw new MoultError("function/not-found", `No function named "${name}" is loaded`);
    const kept = versions.shelf(name).versions;
    const at = kept.findIndex((one) => one.version === present);
    const target = kept
      .slice(0, at === -1 ? kept.length : at)
      .findLast((one) => !one.crashed && versions.find(name, one.version) !== undefined);
    if (target === undefined)
      throw new MoultError("function/invalid", `No earlier version of "${name}" is kept`);
    const bundle = this.#bundle(name, target, versions.manifest(target));
    const deployment = await this.#w.deploy(bundle);
    const pinned = { version: target.version, sourceHash: this.#sourceHash(name) };
    versions.pin(name, pinned, because === "crashes" ? present : undefined);
    entry.origin = bundle.origin;
    entry.error = undefined;
    this.#retire(name, registry.swap(entry, deployment, false));
    return { entry, from: present, to: target.version };
  }

  /** Waits until no name has a job. */
  async settled(): Promise<void> {
    const tails = () => [...this.#slots.values()].map(({ tail }) => tail);
    for (let before: Promise<void>[] = []; ;) {
      const now = tails();
      if (now.length === before.length && now.every((tail, i) => tail === before[i])) return;
      await Promise.all(now);
      before = now;
    }
  }

  /** Versions that still finish calls. */
  get draining(): readonly Promise<void>[] {
    return this.#slots
      .values()
      .flatMap(({ draining }) => draining)
      .toArray();
  }

  #slot(name: string): Slot {
    let slot = this.#slots.get(name);
    if (slot === undefined) {
      slot = {
        tail: Promise.resolve(),
        seenAt: undefined,
        inputs: [],
        broken: false,
        draining: new Set(),
      };
      this.#slots.set(name, slot);
    }
    return slot;
  }

  async #look(name: string, slot: Slot): Promise<void> {
    const seenAt = slot.seenAt ?? this.#w.clock.now();
    slot.seenAt = undefined;
    const found = this.#find(name);
    if (found === undefined) return this.#remove(name);
    const { registry } = this.#w;
    const entry = registry.entry(name) ?? registry.add(name, found.file);
    entry.file = found.file;
    try {
      await this.#load(found, entry, seenAt);
      slot.broken = false;
    } catch (error) {
      slot.broken = true;
      // Gone between two looks: it is not broken, and the next look says so.
      if (!existsSync(found.path)) return;
      // A newer change is waiting: this text was half written, nobody needs to hear of it.
      if (slot.seenAt === undefined) this.#failed(entry, error);
    }
  }

  async #load(found: Found, entry: Entry, seenAt: number): Promise<void> {
    const { name } = found;
    const slot = this.#slot(name);
    const same = slot.broken ? undefined : refreshed(slot.inputs);
    if (same !== undefined && same[0]?.path === found.path) {
      slot.inputs = same;
      return;
    }
    for (const { path } of slot.inputs.filter(touched)) {
      const changed = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(path)?.[1];
      if (changed !== undefined) forgetPackage(found.root, changed);
    }
    const began = Date.now();
    const source = readSource(found);
    // Until the build tells more. What it was made of before is watched on: the fault may lie there.
    const watched = [found.path, ...packagesOf(found), ...slot.inputs.map(({ path }) => path)];
    slot.inputs = inputsOf([...new Set(watched)], began);
    const built = await this.#builds.pass(() => buildFunction(found, source));
    const sourceHash = contentHash(source);
    // The text that was built, whatever the file holds by now.
    const own = new Map([[found.path, sourceHash]]);
    slot.inputs = inputsOf(built.inputs, began, own);
    const present = entry.deployment;
    const pinned = this.#pinned(name, built, sourceHash);
    if (pinned !== undefined) {
      if (present === undefined) await this.#restore(entry, pinned);
    } else if (built.version === present?.version) {
      entry.error = undefined;
      this.#record(name, built, sourceHash, present);
    } else await this.#replace(found, entry, { built, sourceHash, seenAt });
  }

  /** Starts a new version and lets it take over. */
  async #replace(
    found: Found,
    entry: Entry,
    { built, sourceHash, seenAt }: { built: Built; sourceHash: string; seenAt: number },
  ): Promise<void> {
    const { versions, registry, clock, meter, hub } = this.#w;
    const { name } = found;
    const { version } = built;
    const deployment = await this.#start(found, built, sourceHash);
    try {
      this.#record(name, built, sourceHash, deployment);
    } catch (error) {
      await deployment.retire();
      versions.discard(name, version);
      throw error;
    }
    // Deleted meanwhile: the job that removes it is already waiting.
    if (this.#find(name) === undefined) return deployment.retire();
    entry.origin = this.#origin(sourceHash, built.inputs.length);
    entry.error = undefined;
    this.#retire(name, registry.swap(entry, deployment, true));
    entry.reloadMs = clock.now() - seenAt;
    const { kind } = deployment.manifest;
    hub.publish("function.loaded", { name, version, ms: entry.reloadMs, kind });
    meter.count("moult_function_reloads_total", { result: "loaded" });
  }

  async #start(found: Found, built: Built, sourceHash: string): Promise<Deployment> {
    const { versions, deploy } = this.#w;
    const { name } = found;
    const { draining } = this.#slot(name);
    while (draining.size >= DRAINING_MAX) await Promise.race(draining);
    versions.write(name, built.version, built.text);
    const path = versions.path(name, built.version);
    const origin = this.#origin(sourceHash, built.inputs.length);
    try {
      return await this.#starts.pass(() => deploy({ name, version: built.version, path, origin }));
    } catch (error) {
      versions.discard(name, built.version);
      throw error;
    }
  }

  /** The version that a rollback chose, as long as the file has the content it had then. */
  #pinned(name: string, built: Built, sourceHash: string): Version | undefined {
    const { versions } = this.#w;
    const { pinned, versions: kept } = versions.shelf(name);
    if (pinned === undefined) return undefined;
    const same = pinned.sourceHash === sourceHash && kept.at(-1)?.version === built.version;
    const chosen = same ? versions.find(name, pinned.version) : undefined;
    if (chosen === undefined) versions.unpin(name);
    return chosen;
  }

  async #restore(entry: Entry, kept: Version): Promise<void> {
    const bundle = this.#bundle(entry.name, kept, this.#w.versions.manifest(kept));
    const deployment = await this.#w.deploy(bundle);
    entry.origin = bundle.origin;
    this.#w.registry.swap(entry, deployment, false);
  }

  #record(name: string, built: Built, sourceHash: string, { manifest }: Deployment): void {
    const { versions, clock } = this.#w;
    const bytes = Buffer.byteLength(built.text);
    const { inputs } = this.#slot(name);
    const { version } = built;
    versions.add(
      name,
      { version, sourceHash, builtAt: clock.now(), bytes, inputs: [...inputs], manifest },
      version,
    );
  }

  #bundle(name: string, kept: Version, manifest: Manifest | undefined): Bundle {
    const path = this.#w.versions.path(name, kept.version);
    const origin = this.#origin(kept.sourceHash, kept.inputs.length);
    return {
      name,
      version: kept.version,
      path,
      origin,
      ...(manifest !== undefined && { manifest }),
    };
  }

  /** A built-in is one file with a known content, and nothing else. */
  #origin(sourceHash: string, files: number): Origin {
    return files === 1 && this.#w.builtins.has(sourceHash) ? "builtin" : "user";
  }

  #sourceHash(name: string): string {
    return this.#slot(name).inputs[0]?.hash ?? "";
  }

  #remove(name: string): void {
    const { registry, hub, meter } = this.#w;
    if (registry.entry(name) === undefined) return;
    this.#retire(name, registry.remove(name));
    this.#slot(name).inputs = [];
    hub.publish("function.removed", { name });
    meter.count("moult_function_reloads_total", { result: "removed" });
  }

  #retire(name: string, old: Deployment | undefined): void {
    if (old === undefined) return;
    const { draining } = this.#slot(name);
    const ended = old
      .retire()
      .catch((error: unknown) =>
        this.#w.log.error({ function: name, error }, "A version did not end"),
      )
      .finally(() => draining.delete(ended));
    draining.add(ended);
  }

  #failed(entry: Entry, error: unknown): void {
    const { registry, hub, meter, log } = this.#w;
    const { name, file } = entry;
    const foreseen = isMoultError(error);
    if (!foreseen) log.error({ function: name, error }, "A reload broke");
    const text = foreseen ? error.message : "Something broke inside moult; see its log";
    const news = entry.error !== text;
    registry.fail(entry, text);
    meter.count("moult_function_reloads_total", { result: "failed" });
    if (news) hub.publish("function.failed", { name, file, error: text });
  }
}

/** Files that change when packages of the project are added or removed. */
function packagesOf(found: Found): string[] {
  return [join(projectOf(found.root), "package.json")];
}

function readSource(found: Found): string {
  try {
    const { size } = statSync(found.path);
    if (size > SOURCE_BYTES_MAX)
      throw new MoultError(
        "function/invalid",
        `${found.file} has ${size} bytes; a function file has at most ${SOURCE_BYTES_MAX}`,
      );
    return readFileSync(found.path, "utf8");
  } catch (error) {
    if (isMoultError(error)) throw error;
    const because = error instanceof Error ? error.message : String(error);
    throw new MoultError(
      "function/invalid",
      `Cannot read ${found.file}: ${because}`,
      undefined,
      error,
    );
  }
}
