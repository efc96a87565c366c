/** Versions that wait for their owner: kept back while an approved one serves, let through when they are approved. */
import type { EventHub } from "../events.ts";
import type { Bundle, Deployment } from "../isolate/deployment.ts";
import { awaitsApproval } from "../policy/asks.ts";
import type { Clock } from "../ports.ts";
import { MoultError } from "../../schemas/error.ts";
import type { Manifest } from "../../schemas/function.ts";
import type { Draining } from "./draining.ts";
import type { Gate } from "./gate.ts";
import type { KeptBuilds } from "./kept_builds.ts";
import type { Entry, Registry } from "./registry.ts";

/** What holding works with. */
export interface HoldingParts {
  readonly registry: Registry;
  readonly gate: Gate;
  readonly builds: KeptBuilds;
  readonly hub: EventHub;
  readonly clock: Clock;
  readonly draining: Draining;
  /** Starts a version. */
  readonly start: (bundle: Bundle) => Promise<Deployment>;
  /** Tells that a version serves, and since when it was wanted. */
  readonly loaded: (entry: Entry, seenAt: number) => void;
}

/** See above. What it does with one name must not overlap. */
export class Holding {
  readonly #parts: HoldingParts;

  constructor(parts: HoldingParts) {
    this.#parts = parts;
  }

  /**
   * Keeps a version back that its owner has not approved: `true`. What served goes on, or the last one does that may.
   * Of a version that may run, it notes what that does without: `false`.
   */
  async hold(entry: Entry, bundle: Bundle, manifest: Manifest): Promise<boolean> {
    const { registry, gate, hub } = this.#parts;
    const { name, version } = bundle;
    const isHeld = gate.permitted(bundle, manifest) === undefined;
    const waiting = gate.waiting(bundle, manifest);
    const isNews = waiting?.hash !== entry.held?.waiting.hash;
    entry.held = waiting && { bundle, manifest, waiting };
    const tell = (): void => {
      if (waiting === undefined || !isNews) return;
      const { hash, wants, runs } = waiting;
      hub.publish("function.pending", { name, version, hash, wants, runs });
    };
    if (!isHeld || entry.held === undefined) {
      tell();
      return false;
    }
    const { held } = entry;
    if (entry.deployment === undefined && !(await this.serveEarlier(entry, this.#before(bundle))))
      entry.origin = bundle.origin;
    registry.hold(entry, held);
    tell();
    return true;
  }

  /** Has a kept version serve, or the newest before it that may run; `false`: there is none. */
  async serveEarlier(entry: Entry, first: Bundle | undefined): Promise<boolean> {
    for (let one = first; one !== undefined; one = this.#before(one)) {
      const deployment = await this.deployEarlier(one).catch(() => undefined);
      if (deployment === undefined) continue;
      entry.origin = one.origin;
      this.#parts.registry.swap(entry, deployment, false);
      return true;
    }
    return false;
  }

  #before({ name, version }: Bundle): Bundle | undefined {
    return this.#parts.builds.before(name, version, (one) => this.mayRun(one));
  }

  /** Whether a kept version may run, as far as it is known what it declares; `deployEarlier` asks the others. */
  mayRun(bundle: Bundle): boolean {
    const { manifest } = bundle;
    return manifest === undefined || this.#parts.gate.permitted(bundle, manifest) !== undefined;
  }

  /** Starts an earlier version. Throws `function/pending` when it may not run. */
  async deployEarlier(bundle: Bundle): Promise<Deployment> {
    const { gate, start, draining } = this.#parts;
    const deployment = await start(bundle);
    if (gate.permitted(bundle, deployment.manifest) !== undefined) return deployment;
    draining.retire(bundle.name, deployment);
    throw awaitsApproval(bundle.name);
  }

  /** Lets the version run that waits; nothing waiting is fine. Throws `input/invalid` when `hash` names another. */
  async approve(name: string, hash: string | undefined): Promise<void> {
    const { registry, gate, clock, draining, start, loaded } = this.#parts;
    const entry = this.#entry(name);
    if (entry.held === undefined) return;
    const { bundle, manifest, waiting } = entry.held;
    // The lock file of its packages may have changed, which nobody is told of.
    const present = gate.waiting(bundle, manifest) ?? waiting;
    entry.held = { bundle, manifest, waiting: present };
    if (present.hash !== waiting.hash || (hash !== undefined && hash !== waiting.hash))
      throw new MoultError(
        "input/invalid",
        `"${name}" has changed since; look at it again: moult approve ${name}`,
      );
    const seenAt = clock.now();
    gate.approve(bundle, manifest, "owner");
    const deployment = await start({ ...bundle, manifest });
    entry.origin = bundle.origin;
    entry.held = undefined;
    draining.retire(name, registry.swap(entry, deployment, true));
    loaded(entry, seenAt);
  }

  /** Takes approvals back and ends what may not run without them, when its calls are done. */
  async revoke(name: string): Promise<void> {
    const { registry, gate, builds, draining, start } = this.#parts;
    const entry = this.#entry(name);
    if (!gate.revoke(name) || entry.origin === "builtin") return;
    const { held, deployment } = entry;
    const bundle = held?.bundle ?? (deployment && builds.find(name, deployment.version));
    const manifest = held?.manifest ?? deployment?.manifest;
    if (bundle === undefined || manifest === undefined) return;
    draining.retire(name, registry.withdraw(entry));
    // It was told of already, but not that nothing serves any more.
    entry.held = undefined;
    if (await this.hold(entry, bundle, manifest)) return;
    registry.swap(entry, await start({ ...bundle, manifest }), false);
  }

  #entry(name: string): Entry {
    const entry = this.#parts.registry.entry(name);
    if (entry !== undefined) return entry;
    throw new MoultError("function/not-found", `No function named "${name}" is loaded`);
  }
}
