/**
 * Asks versions again, alone, whose manifests were read in a process that other files ran in too: at once where one
 * turned out to be wrong, else one after another and slowly. Nobody waits for it.
 */
import type { Bundle, Deployment } from "../isolate/deployment.ts";
import type { Clock } from "../ports.ts";
import { isMoultError } from "../../schemas/error.ts";
import type { Draining } from "./draining.ts";
import type { Gate } from "./gate.ts";
import type { Holding } from "./holding.ts";
import type { KeptBuilds } from "./kept_builds.ts";
import type { Entry, Registry } from "./registry.ts";

/** A start has better things to do first. */
const BEGIN_MS = 500;
/** It takes at most this share of the time. */
const SHARE_MAX = 1 / 4;

/** What confirming works with. */
export interface ConfirmingParts {
  readonly registry: Registry;
  readonly builds: KeptBuilds;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly draining: Draining;
  readonly holding: Holding;
  readonly deploy: (bundle: Bundle) => Promise<Deployment>;
  /** Runs a job of a name after those before it. */
  readonly serially: (name: string, job: () => Promise<void>) => Promise<void>;
  /** Tells that a version serves, and since when it was wanted. */
  readonly loaded: (entry: Entry, seenAt: number) => void;
  /** Tells why one does not. */
  readonly failed: (entry: Entry, error: unknown) => void;
}

/** See above. */
export class Confirming {
  readonly #parts: ConfirmingParts;
  readonly #names = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(parts: ConfirmingParts) {
    this.#parts = parts;
  }

  /** Has the version that serves under a name asked when there is time, if what it declares was only heard. */
  later(name: string): void {
    if (this.#isClosed || this.#parts.registry.entry(name)?.deployment?.isHearsay !== true) return;
    this.#names.add(name);
    this.#schedule(BEGIN_MS);
  }

  /** Asks a version alone what it declares, and lets that count. To be run serially. */
  async ask(bundle: Bundle): Promise<void> {
    const { builds, registry, deploy, clock, gate, draining, holding, loaded, failed } =
      this.#parts;
    const { manifest: _told, isHearsay: _heard, ...unread } = bundle;
    const { name, version } = bundle;
    const permitted: Bundle["permitted"] = (manifest) => gate.permitted(bundle, manifest);
    const seenAt = clock.now();
    const entry = registry.entry(name);
    if (entry?.deployment?.version !== version) return;
    try {
      const deployment = await deploy({ ...unread, permitted, alone: true });
      builds.describe(name, version, deployment.manifest);
      if (Bun.deepEquals(deployment.manifest, entry.deployment.manifest))
        return draining.retire(name, deployment);
      // It serves already, by what others said of it.
      if (gate.permitted(bundle, deployment.manifest) === undefined)
        draining.retire(name, registry.withdraw(entry));
      if (await holding.hold(entry, bundle, deployment.manifest))
        return draining.retire(name, deployment);
      draining.retire(name, registry.swap(entry, deployment, entry.fresh));
      // Whoever acts on what a file declares, its triggers above all, must not go on with what was never its own.
      loaded(entry, seenAt);
    } catch (error) {
      if (isMoultError(error) && error.code === "function/busy") this.later(name);
      else failed(entry, error);
    }
  }

  /** Asks nobody any more. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #schedule(ms: number): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => void this.#next(), ms);
  }

  async #next(): Promise<void> {
    const [name] = this.#names;
    const began = performance.now();
    if (name !== undefined) {
      this.#names.delete(name);
      await this.#parts.serially(name, () => this.#confirm(name)).catch(() => undefined);
    }
    this.#timer = undefined;
    if (this.#names.size > 0) this.#schedule((performance.now() - began) / SHARE_MAX);
  }

  async #confirm(name: string): Promise<void> {
    const { registry, builds } = this.#parts;
    const deployment = registry.entry(name)?.deployment;
    const bundle = deployment && builds.find(name, deployment.version);
    if (this.#isClosed || deployment === undefined || bundle === undefined) return;
    // One that was called meanwhile has said it already.
    if (deployment.isHearsay === true) await this.ask(bundle);
    else builds.describe(name, deployment.version, deployment.manifest);
  }
}
