/**
 * The life of one function after another: read, build, start, swap, and let the old version finish. One change of a
 * name is worked on at a time, the newest content wins, and a bad file never replaces a good version.
 */
import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { EventHub } from "../events.ts";
import type { Bundle, Deployment } from "../isolate/deployment.ts";
import type { Clock, Log, Meter, ParseYaml } from "../ports.ts";
import { MoultError, isMoultError, toWire } from "../../schemas/error.ts";
import type { Manifest } from "../../schemas/function.ts";
import type { Builds } from "./builds.ts";
import { Confirming } from "./confirming.ts";
import { contentHash } from "../content_hash.ts";
import { CRASHES_WINDOW_MS } from "./crashes.ts";
import { Draining } from "./draining.ts";
import { projectOf } from "./fence.ts";
import type { Gate } from "./gate.ts";
import { Holding } from "./holding.ts";
import { type Input, inputsOf, refreshed, touched } from "./inputs.ts";
import type { KeptBuilds, Made } from "./kept_builds.ts";
import type { Entry, Registry } from "./registry.ts";
import { forgetPackage } from "./resolver_cache.ts";
import { type Found, isSkillFile } from "./scan.ts";
import { buildSkill } from "./skill.ts";
import { deploySkill, isSkillBundle } from "./skill_deployment.ts";
import { readSource } from "./source.ts";
import { Turnstile } from "../turnstile.ts";
import { within } from "../within.ts";

/** Versions that are started at once; many are only asked what they declare, together. */
const STARTS_MAX = 256;

/** Jobs have this long to end when the daemon does: a build may never come back. */
const SETTLE_MS_MAX = 5_000;

/** What a reload works with. */
export interface Workshop {
  readonly registry: Registry;
  readonly builds: KeptBuilds;
  readonly building: Builds;
  /** Starts a version, or rejects with why it cannot run. */
  readonly deploy: (bundle: Bundle) => Promise<Deployment>;
  readonly parseYaml: ParseYaml;
  readonly gate: Gate;
  /** Whether any function was approved to write there. Such a file is part of no function. */
  readonly isWritable: (path: string) => boolean;
  /** The file that a name stands for now. */
  readonly find: (name: string) => Found | undefined;
  readonly hub: EventHub;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly log: Log;
}

interface Slot {
  /** Jobs of this name, one after another. */
  tail: Promise<void>;
  /** When the change was seen that the next look is for; `undefined` iff none is waiting. */
  seenAt: number | undefined;
  /** What the function was last made of, to see whether anything changed. */
  files: readonly Input[];
  /** The last look failed: the next one is made even if nothing changed, because what was missing may be there. */
  broken: boolean;
  /** It was not the file's fault, as when the disk is full: it is looked at again until that has passed. */
  retry: boolean;
  /** What served when moult last ran, in case the file turns out to be broken now. */
  last: Bundle | undefined;
}

/** Reloads functions by name. */
export class Reloader {
  readonly #w: Workshop;
  readonly #slots = new Map<string, Slot>();
  readonly #starting = new Turnstile(STARTS_MAX);
  readonly #draining: Draining;
  /** Versions that wait for their owner. Its jobs are to be run serially too. */
  readonly holding: Holding;
  readonly #confirming: Confirming;

  constructor(workshop: Workshop) {
    this.#w = workshop;
    this.#draining = new Draining(workshop.log);
    this.holding = new Holding({
      ...workshop,
      draining: this.#draining,
      start: (bundle) => this.#deploy(bundle),
      loaded: (entry, seenAt) => this.#loaded(entry, seenAt),
    });
    this.#confirming = new Confirming({
      ...workshop,
      draining: this.#draining,
      holding: this.holding,
      serially: (name, job) => this.serially(name, job),
      loaded: (entry, seenAt) => this.#loaded(entry, seenAt),
      failed: (entry, error) => this.#failed(entry, error),
    });
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

  /** Whether something that the function was made of differs from then, or another look may end better. */
  stale(name: string): boolean {
    const { retry, files } = this.#slot(name);
    return retry || files.some(touched);
  }

  /** Whether the last look at a function found it wanting. */
  broken(name: string): boolean {
    return this.#slot(name).broken;
  }

  /** Absolute folders outside the functions folder that the function was made of files in. */
  folders({ name, root }: Found): string[] {
    return this.#slot(name)
      .files.map(({ path }) => path)
      .filter((path) => !path.startsWith(`${root}/`) && !path.includes("/node_modules/"))
      .map((path) => dirname(path));
  }

  /** Serves what a former run built, if no file changed since. No process is started for it. */
  async adopt(found: Found): Promise<boolean> {
    const { builds, registry, clock } = this.#w;
    const { name, file } = found;
    const unchanged = builds.unchanged(found);
    if (unchanged === undefined) {
      this.#slot(name).last = builds.last(found);
      return false;
    }
    const { bundle, files, builtAt } = unchanged;
    const deployment = await this.#deploy(bundle);
    const entry = registry.add(name, file);
    entry.origin = bundle.origin;
    this.#slot(name).files = files;
    const isFresh = clock.now() - builtAt < CRASHES_WINDOW_MS;
    if (await this.holding.hold(entry, bundle, deployment.manifest)) {
      this.#draining.retire(name, deployment);
    } else {
      registry.swap(entry, deployment, isFresh);
      this.#confirming.later(name);
    }
    return true;
  }

  /** Puts an earlier version in the place of the present one, until the file changes. To be run serially. */
  async revert(
    name: string,
    because: "asked" | "crashes",
  ): Promise<{ readonly entry: Entry; readonly from: string; readonly to: string }> {
    const { builds, registry } = this.#w;
    const entry = registry.entry(name);
    const from = entry?.deployment?.version;
    if (entry === undefined || from === undefined)
      throw new MoultError("function/not-found", `No function named "${name}" is loaded`);
    const bundle = builds.before(name, from, (one) => this.holding.mayRun(one));
    if (bundle === undefined)
      throw new MoultError(
        "function/invalid",
        `No earlier version of "${name}" is kept that may run without another approval`,
      );
    const to = bundle.version;
    const deployment = await this.holding.deployEarlier(bundle);
    entry.held = undefined;
    const sourceHash = this.#slot(name).files[0]?.hash ?? "";
    builds.pin(name, to, sourceHash, because === "crashes" ? from : undefined);
    entry.origin = bundle.origin;
    entry.error = undefined;
    this.#draining.retire(name, registry.swap(entry, deployment, false));
    return { entry, from, to };
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

  /** Ends every version when its calls are done. */
  async close(): Promise<void> {
    this.#confirming.close();
    await within(this.settled(), SETTLE_MS_MAX);
    const { registry } = this.#w;
    for (const { name, deployment } of registry.entries()) this.#draining.retire(name, deployment);
    await this.#draining.done();
  }

  #slot(name: string): Slot {
    let slot = this.#slots.get(name);
    if (slot === undefined) {
      slot = {
        tail: Promise.resolve(),
        seenAt: undefined,
        files: [],
        broken: false,
        retry: false,
        last: undefined,
      };
      this.#slots.set(name, slot);
    }
    return slot;
  }

  async #look(name: string, slot: Slot): Promise<void> {
    const seenAt = slot.seenAt ?? this.#w.clock.now();
    slot.seenAt = undefined;
    slot.retry = false;
    const found = this.#w.find(name);
    if (found === undefined) return this.#remove(name, slot);
    const { registry } = this.#w;
    const entry = registry.entry(name) ?? registry.add(name, found.file);
    entry.file = found.file;
    try {
      await this.#load(found, entry, seenAt);
      slot.broken = false;
    } catch (error) {
      slot.broken = true;
      slot.retry = isMoultError(error) && error.code === "internal";
      // Gone between two looks: it is not broken, and the next look says so.
      if (!existsSync(found.path)) return;
      // A newer change is waiting: this text was half written, nobody needs to hear of it.
      if (slot.seenAt !== undefined) return;
      if (entry.deployment === undefined) await this.holding.serveEarlier(entry, slot.last);
      this.#failed(entry, error);
    }
    slot.last = undefined;
  }

  async #load(found: Found, entry: Entry, seenAt: number): Promise<void> {
    const { name } = found;
    const slot = this.#slot(name);
    const same = slot.broken ? undefined : refreshed(slot.files);
    if (same !== undefined && same[0]?.path === found.path) {
      slot.files = same;
      return;
    }
    const made = await this.#make(found, slot);
    const present = entry.deployment;
    const pinned = this.#w.builds.pinned(name, made);
    if (pinned !== undefined) {
      // Nothing serves only after a restart that could not adopt what was kept.
      if (present === undefined) await this.#restore(entry, pinned);
    } else if (made.version === present?.version) {
      this.#w.builds.keep(name, made, present);
      if (entry.held !== undefined && entry.held.waiting.version !== made.version)
        entry.held = undefined;
      // Whoever broke the file and mended it wants to hear that it is well again.
      if (entry.error !== undefined) this.#loaded(entry, seenAt);
    } else await this.#replace(entry, made, seenAt);
  }

  /** Reads and builds a file. */
  async #make(found: Found, slot: Slot): Promise<Made> {
    for (const { path } of slot.files.filter(touched)) {
      const changed = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(path)?.[1];
      if (changed !== undefined) forgetPackage(found.root, changed);
    }
    const began = Date.now();
    const source = readSource(found);
    // The text that is built, whatever the file holds by then.
    const sourceHash = contentHash(source);
    const own = new Map([[found.path, sourceHash]]);
    // Until the build tells more. What it was made of before is watched on: the fault may lie there.
    const project = join(projectOf(found.root), "package.json");
    const watched = new Set([found.path, project, ...slot.files.map(({ path }) => path)]);
    slot.files = inputsOf([...watched], began, own);
    const built = isSkillFile(found.path)
      ? await buildSkill(found, source, this.#w.parseYaml)
      : await this.#w.building.build({ found, source });
    slot.files = inputsOf(built.inputs, began, own);
    this.#checkInputs(found, built.inputs);
    return { ...built, sourceHash, files: slot.files };
  }

  /** What lies in the functions folder is judged when it is approved, and packages nobody may write. */
  #checkInputs({ file, root }: Found, inputs: readonly string[]): void {
    const outside = inputs.filter((path) => !path.startsWith(`${root}/`));
    const open = outside.find((path) => this.#w.isWritable(path));
    if (open === undefined) return;
    const text = `Cannot load ${file}: ${relative(root, open)} is part of it, and a function may write there; move that file, or give the function another folder`;
    throw new MoultError("function/invalid", text);
  }

  /** Starts a new version and lets it take over. */
  async #replace(entry: Entry, made: Made, seenAt: number): Promise<void> {
    const { builds, registry, find } = this.#w;
    const { name } = entry;
    const { version } = made;
    await this.#draining.room(name);
    const bundle = builds.put(name, made);
    let deployment: Deployment | undefined;
    try {
      deployment = await this.#starting.pass(() => this.#deploy(bundle));
      builds.keep(name, made, deployment, entry.deployment?.version);
    } catch (error) {
      this.#draining.retire(name, deployment);
      builds.discard(name, version);
      throw error;
    }
    // Deleted meanwhile: the job that removes it is already waiting.
    if (find(name) === undefined) return this.#draining.retire(name, deployment);
    if (await this.holding.hold(entry, bundle, deployment.manifest))
      return this.#draining.retire(name, deployment);
    entry.origin = bundle.origin;
    this.#draining.retire(name, registry.swap(entry, deployment, true));
    this.#loaded(entry, seenAt);
    this.#confirming.later(name);
  }

  #loaded(entry: Entry, seenAt: number): void {
    const { clock, hub, meter } = this.#w;
    entry.error = undefined;
    entry.reloadMs = clock.now() - seenAt;
    const { kind, warnings } = entry.deployment?.manifest ?? {};
    const version = entry.deployment?.version;
    hub.publish("function.loaded", {
      name: entry.name,
      version,
      ms: entry.reloadMs,
      kind,
      ...(warnings !== undefined && { warnings }),
    });
    meter.count("moult_function_reloads_total", { result: "loaded" });
  }

  async #restore(entry: Entry, bundle: Bundle): Promise<void> {
    const deployment = await this.holding.deployEarlier(bundle);
    entry.origin = bundle.origin;
    this.#w.registry.swap(entry, deployment, false);
  }

  /** Starts a version. Files that were read together may have spoken for each other: then it is asked again, alone. */
  async #deploy(bundle: Bundle): Promise<Deployment> {
    const differs = (): void => {
      void this.serially(bundle.name, () => this.#confirming.ask(bundle));
    };
    const permitted = (manifest: Manifest) => this.#w.gate.permitted(bundle, manifest);
    return isSkillBundle(bundle)
      ? deploySkill(bundle)
      : await this.#w.deploy({ ...bundle, differs, permitted });
  }

  #remove(name: string, slot: Slot): void {
    const { registry, builds, hub, meter } = this.#w;
    if (registry.entry(name) === undefined) return;
    this.#draining.retire(name, registry.remove(name));
    slot.files = [];
    slot.broken = false;
    hub.publish("function.removed", { name });
    meter.count("moult_function_reloads_total", { result: "removed" });
    builds.unpin(name);
  }

  #failed(entry: Entry, error: unknown): void {
    const { registry, hub, meter, log } = this.#w;
    const { name, file } = entry;
    if (!isMoultError(error)) log.error({ function: name, error }, "A reload broke");
    const { message: text } = toWire(error);
    const news = entry.error !== text;
    registry.fail(entry, text);
    meter.count("moult_function_reloads_total", { result: "failed" });
    if (news) hub.publish("function.failed", { name, file, error: text });
  }
}
