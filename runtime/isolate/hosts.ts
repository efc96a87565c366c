/** Deploys bundles: finds out what a file declares, and gives each version hosts under the policy it needs. */
import { resolve } from "node:path";
import type { Sandbox } from "../ports.ts";
import { MoultError } from "../../schemas/error.ts";
import type { Manifest, Permissions } from "../../schemas/function.ts";
import { allAsksOf, anyOf, asksNothing, awaitsApproval } from "../policy/asks.ts";
import { Turnstile } from "../turnstile.ts";
import { Batches } from "./batch.ts";
import { Broker } from "./broker.ts";
import type { Bundle, Deployment } from "./deployment.ts";
import { type ResolvedFiles, layLinks, needsFiles, resolveFiles } from "./files.ts";
import { LimitWatch } from "./limits.ts";
import { LiveHost } from "./live_host.ts";
import { type Blank, Pool, startBlank } from "./pool.ts";
import { reportedManifest } from "./reported_manifest.ts";
import type { HostServices } from "./services.ts";
import { Version } from "./version.ts";
import { WidePools } from "./wide_pools.ts";
import { WorkerSandbox } from "./worker_sandbox.ts";

/** A host without calls ends after this: another is ready in some 10 ms, and memory matters more. */
const IDLE_MS = 15_000;

/** Files that are asked at once, each in a process of its own, what they declare; more are asked together. */
const ALONE_MAX = 2;

/** And so many of these start at a time: the machine has other work too. */
const STARTS_MAX = 4;

/** See `HostsOptions.livingMax`. */
const LIVING_MAX = 64;

/** And beyond these, no function starts: each host has a user id of its own, and a daemon has 256. */
const BUSY_MAX = 224;

/** What hosts are made of. */
export interface HostsOptions {
  readonly sandbox: Sandbox;
  readonly services: HostServices;
  /** Relative paths of manifests lie below it: the folder moult was started in. */
  readonly root: string;
  /** moult's home, which no function may reach. */
  readonly home: string;
  /** Files and folders that no function may write: functions folders, and the configuration. @default none */
  readonly guarded?: readonly string[];
  /** What any function was approved to write: no function starts a program from there. @default nothing */
  readonly written?: () => readonly string[];
  /** The weakest tier, `A` to `E`, under which functions run that did not come with moult. @default "E" */
  readonly sandboxMinimum?: string;
  /** `ctx.fetch` refuses everything. @default false */
  readonly offline?: boolean;
  /** Blank hosts kept warm. @default 2 */
  readonly poolSize?: number;
  /** Milliseconds without a call after which a host ends; the next call starts another. @default 15_000 */
  readonly idleMs?: number;
  /** Hosts that live at once. Beyond these, one without a call goes when another function is called. @default 64 */
  readonly livingMax?: number;
}

/** What a file declares, and the host that said so, if it can be kept. */
interface Asked {
  readonly manifest: Manifest;
  readonly host: LiveHost | undefined;
}

/** All function hosts of a daemon. */
export class Hosts {
  readonly #options: HostsOptions;
  readonly #pool: Pool;
  readonly #wide: WidePools;
  readonly #batches: Batches;
  /** What many calls have left behind is given back while nobody waits: the engine itself would keep it. */
  readonly #watch = new LimitWatch(() => Bun.gc(true));
  readonly #versions = new Set<Version>();
  #workers: WorkerSandbox | undefined;
  readonly #starting = new Turnstile(STARTS_MAX);
  #alone = 0;

  constructor(options: HostsOptions) {
    this.#options = options;
    const { sandbox, services, poolSize = 2 } = options;
    const onFault = (why: string): void => services.fault("", why);
    this.#pool = new Pool({ sandbox, size: poolSize, onFault });
    this.#wide = new WidePools(sandbox, onFault);
    this.#batches = new Batches(async () => await this.#pool.take());
  }

  /**
   * A version of a function. With a known manifest no host starts before the first call; otherwise the file is loaded
   * now. Throws `function/invalid` with what is wrong, or where the sandbox is weaker than the owner wants.
   */
  async deploy(bundle: Bundle): Promise<Deployment> {
    this.#checkTier(bundle);
    if (bundle.manifest !== undefined) this.#tryFiles(bundle.manifest);
    const { manifest, host, isHearsay } =
      bundle.manifest === undefined
        ? await this.#ask(bundle)
        : { manifest: bundle.manifest, host: undefined, isHearsay: bundle.isHearsay ?? false };
    const { services, idleMs = IDLE_MS } = this.#options;
    const version = new Version({
      bundle,
      manifest,
      isHearsay,
      services,
      watch: this.#watch,
      idleMs,
      start: async () => await this.#start(bundle, manifest),
      onEnd: () => this.#versions.delete(version),
    });
    if (host !== undefined) version.adopt(host);
    this.#versions.add(version);
    return version;
  }

  /** Throws before anything of a file runs that is not confined as well as its owner wants. */
  #checkTier({ name, origin }: Bundle): void {
    const { sandbox, sandboxMinimum = "E" } = this.#options;
    if (origin === "builtin" || sandboxMinimum === "E") return;
    const { tier } = sandbox.tier();
    if (tier <= sandboxMinimum) return;
    throw new MoultError(
      "function/invalid",
      `Cannot load "${name}": functions are confined by tier ${tier} here, and sandbox.minimum is ${sandboxMinimum}; moult doctor says what is missing`,
    );
  }

  /** Ends every host at once. The sandbox stays with whoever made it. */
  async close(): Promise<void> {
    this.#batches.close();
    this.#pool.close();
    this.#wide.close();
    this.#watch.close();
    await Promise.all([...this.#versions].map(async (version) => await version.end()));
    await this.#workers?.close();
  }

  /** Finds out what a file declares: alone, or together with others when many are asked at once. */
  async #ask(bundle: Bundle): Promise<Asked & { readonly isHearsay: boolean }> {
    const isOneOfMany = this.#alone >= ALONE_MAX || this.#batches.isBusy;
    const heard = bundle.alone !== true && isOneOfMany ? await this.#hear(bundle) : undefined;
    if (heard !== undefined) return { manifest: heard, host: undefined, isHearsay: true };
    this.#alone++;
    try {
      return { ...(await this.#starting.pass(() => this.#discover(bundle))), isHearsay: false };
    } finally {
      this.#alone--;
    }
  }

  /** What others say of a file too. Where it asks for anything it has to say so itself: that is what gets approved. */
  async #hear(bundle: Bundle): Promise<Manifest | undefined> {
    const reported = await this.#batches.describe(bundle);
    if (reported === undefined) return undefined;
    try {
      const manifest = reportedManifest(bundle.name, reported);
      return asksNothing(allAsksOf(manifest)) ? manifest : undefined;
    } catch {
      // Alone it says better what is wrong.
      return undefined;
    }
  }

  /** Loads a file where it can do no harm, and keeps that host if its policy is the right one. */
  async #discover(bundle: Bundle): Promise<Asked> {
    this.#makeRoom();
    const blank = await this.#pool.take();
    const host = this.#occupy(blank, bundle.name);
    try {
      const manifest = reportedManifest(bundle.name, await host.load(bundle));
      this.#tryFiles(manifest);
      const permissions = permittedTo(bundle, manifest);
      if (permissions === undefined) {
        host.confined.kill("not approved");
        return { manifest, host: undefined };
      }
      if (!needsFiles(permissions) && !isWorker(bundle, manifest)) {
        this.#serve(host, bundle, { manifest, permissions });
        return { manifest, host };
      }
      host.confined.kill("another policy");
      const wide = await this.#start(bundle, manifest);
      if (needsFiles(permissions)) this.#wide.keep(this.#filesOf(permissions).policy);
      return { manifest, host: wide };
    } catch (error) {
      host.confined.kill("it did not load");
      throw error;
    }
  }

  /** A loaded host under the policy of a manifest. */
  async #start(bundle: Bundle, manifest: Manifest): Promise<LiveHost> {
    const permissions = permittedTo(bundle, manifest);
    if (permissions === undefined) throw awaitsApproval(bundle.name);
    this.#makeRoom();
    const blank = await this.#blankFor(bundle, manifest, permissions);
    const host = this.#occupy(blank, bundle.name);
    try {
      const reported = reportedManifest(bundle.name, await host.load(bundle));
      if (!Bun.deepEquals(reported, manifest)) throw this.#differs(bundle);
      this.#serve(host, bundle, { manifest, permissions });
      return host;
    } catch (error) {
      host.confined.kill("it did not load");
      throw error;
    }
  }

  #differs({ name, differs }: Bundle): MoultError {
    if (differs === undefined)
      return new MoultError(
        "function/invalid",
        `Cannot load "${name}": it declares something else at each load; a definition must not depend on where it runs`,
      );
    differs();
    return new MoultError(
      "function/busy",
      `"${name}" declares something else than when it was first read; it is read again, call it once more`,
    );
  }

  async #blankFor(bundle: Bundle, manifest: Manifest, permissions: Permissions): Promise<Blank> {
    if (isWorker(bundle, manifest))
      return await startBlank((this.#workers ??= new WorkerSandbox()));
    if (!needsFiles(permissions)) return await this.#pool.take();
    const { policy, links, missing } = this.#filesOf(permissions);
    for (const path of missing) {
      const text = `There is no "${path}" to read; it was left out`;
      this.#options.services.log(bundle.name, "warn", {}, text);
    }
    const blank = await this.#wide.take(policy);
    layLinks(blank.confined.work, links);
    return blank;
  }

  /** Ends the host that has waited longest for a call, where there are many. Throws `function/busy` when all work. */
  #makeRoom(): void {
    let living = 0;
    let oldest: Version | undefined;
    for (const version of this.#versions) {
      if (!version.isLiving) continue;
      living++;
      const since = version.restingSince;
      if (since !== undefined && since < (oldest?.restingSince ?? Infinity)) oldest = version;
    }
    if (living < (this.#options.livingMax ?? LIVING_MAX)) return;
    oldest?.rest();
    if (oldest === undefined && living >= BUSY_MAX)
      throw new MoultError(
        "function/busy",
        `${String(living)} functions are at work already; try again later`,
      );
  }

  #filesOf(permissions: Permissions, isTrial = false): ResolvedFiles {
    const { root, home, guarded = [], written = () => [] } = this.#options;
    const roots = { root: resolve(root), home: resolve(home), guarded, written: written() };
    return resolveFiles(permissions, roots, isTrial);
  }

  /** Throws `function/invalid` when a file names what nobody can give it. Nothing is given or made yet. */
  #tryFiles({ permissions }: Manifest): void {
    const all = anyOf(permissions);
    if (needsFiles(all)) this.#filesOf(all, true);
  }

  #occupy(blank: Blank, name: string): LiveHost {
    blank.onOutput = (line) => this.#options.services.log(name, "info", { from: "output" }, line);
    return new LiveHost(blank.confined, name);
  }

  #serve(
    host: LiveHost,
    bundle: Bundle,
    rights: { readonly manifest: Manifest; readonly permissions: Permissions },
  ): void {
    const { offline = false } = this.#options;
    const services = this.#servicesOf(bundle);
    // It listens to the host for as long as that lives.
    void new Broker({ host, name: bundle.name, ...rights, services, offline });
  }

  /** The same, for a bundle that reads the values of its own file only. */
  #servicesOf(bundle: Bundle): HostServices {
    const { services } = this.#options;
    const { kv, keepers } = services;
    const kvGet: HostServices["kv"]["kvGet"] = async (fn, key) => {
      keepers.check(bundle);
      return await kv.kvGet(fn, key);
    };
    const kvList: HostServices["kv"]["kvList"] = async (...asked) => {
      keepers.check(bundle);
      return await kv.kvList(...asked);
    };
    const { kvCommit, kvRoom } = kv;
    return { ...services, kv: { kvGet, kvList, kvCommit, kvRoom } };
  }
}

function isWorker(bundle: Bundle, manifest: Manifest): boolean {
  return manifest.isolate === "worker" && bundle.origin === "builtin";
}

/** What a version may use now; `undefined`: it waits for its owner. */
function permittedTo(bundle: Bundle, manifest: Manifest): Permissions | undefined {
  return bundle.permitted === undefined ? manifest.permissions : bundle.permitted(manifest);
}
