/** Between a version and its first call: whether its owner has approved what it asks for. Starts nothing. */
import type { EventHub } from "../events.ts";
import type { Bundle } from "../isolate/deployment.ts";
import { allAsksOf, asksNothing, linesWithin } from "../policy/asks.ts";
import type { Asking, Grants } from "../policy/grants.ts";
import type { Grant, Manifest, Permissions, Waiting } from "../../schemas/function.ts";
import type { Log } from "../ports.ts";
import { messageOf } from "../../schemas/error.ts";

/** What a gate works with. */
export interface GateParts {
  readonly grants: Grants;
  /** Whether the function's file is the owner's own, and approved because it lies there. */
  readonly isOwn: (name: string) => boolean;
  /**
   * Whether functions were approved to write where the function's file lies. Then nothing is approved on sight there,
   * and other content waits: it may be a function's, made to have what another one may do.
   */
  readonly isOpen: (name: string) => boolean;
  /** Where the function's file lies, below its functions folder. */
  readonly fileOf: (name: string) => string | undefined;
  readonly hub: EventHub;
  readonly log: Log;
}

/** Lets versions through that were approved. */
export class Gate {
  readonly #parts: GateParts;

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  /** What a version may use now; `undefined`: it is not to be run. */
  permitted(bundle: Bundle, manifest: Manifest): Permissions | undefined {
    const { grants, isOwn, log } = this.#parts;
    const asking = this.#asking(bundle, manifest);
    const isOnSight = bundle.origin === "user" && isOwn(bundle.name) && !asking.isExact;
    if (isOnSight && !asksNothing(allAsksOf(manifest))) {
      try {
        if (!grants.isApproved(asking)) this.approve(bundle, manifest, "dev");
      } catch (error) {
        log.error({ function: bundle.name, error: messageOf(error) }, "Cannot keep an approval");
      }
    }
    return grants.permitted(asking);
  }

  /** What a version wants beyond what it may use; `undefined`: nothing. */
  waiting(bundle: Bundle, manifest: Manifest): Waiting | undefined {
    return this.#parts.grants.waiting(this.#asking(bundle, manifest));
  }

  /** Approves a version, and tells. Throws `internal` when that cannot be written down. */
  approve(bundle: Bundle, manifest: Manifest, by: Grant["by"]): void {
    const { grants, hub } = this.#parts;
    grants.approve(this.#asking(bundle, manifest), by);
    const asks = allAsksOf(manifest);
    const { name, version } = bundle;
    hub.publish("function.approved", { name, version, by, granted: linesWithin(asks, asks) });
  }

  #asking(bundle: Bundle, manifest: Manifest): Asking & { readonly isExact: boolean } {
    // Who asks for nothing can do nothing, wherever it comes from.
    const isExact = !asksNothing(allAsksOf(manifest)) && this.#parts.isOpen(bundle.name);
    return { ...bundle, manifest, isExact, file: this.#parts.fileOf(bundle.name) };
  }

  /** Takes back what was approved; `false`: nothing was. */
  revoke(name: string): boolean {
    return this.#parts.grants.revoke(name);
  }
}
