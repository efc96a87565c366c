/** Between a version and its first call: whether its owner has approved what it asks for. Starts nothing. */
import type { EventHub } from "../events.ts";
import type { Bundle } from "../isolate/deployment.ts";
import { allAsksOf, asksNothing, linesWithin } from "../policy/asks.ts";
import { type Asking, type Grants, taking } from "../policy/grants.ts";
import type { Keepers } from "../policy/keepers.ts";
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
  /** Where the file lies that has the name now, below its functions folder. */
  readonly fileOf: (name: string) => string | undefined;
  readonly keepers: Keepers;
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
    if (isOnSight && wantsAnything(asking)) {
      try {
        const isKnown = asking.takes === undefined && grants.isApproved(asking);
        if (!isKnown) this.approve(bundle, manifest, "dev");
      } catch (error) {
        log.error({ function: bundle.name, error: messageOf(error) }, "Cannot keep an approval");
      }
    }
    return grants.permitted(this.#asking(bundle, manifest));
  }

  /** What a version wants beyond what it may use; `undefined`: nothing. */
  waiting(bundle: Bundle, manifest: Manifest): Waiting | undefined {
    return this.#parts.grants.waiting(this.#asking(bundle, manifest));
  }

  /** Approves a version, and tells. Throws `internal` when that cannot be written down. */
  approve(bundle: Bundle, manifest: Manifest, by: Grant["by"]): void {
    const { grants, keepers, hub } = this.#parts;
    const asking = this.#asking(bundle, manifest);
    grants.approve(asking, by);
    keepers.give(asking);
    const asks = allAsksOf(manifest);
    const { name, version } = bundle;
    const granted = [...taking(asking), ...linesWithin(asks, asks)];
    hub.publish("function.approved", { name, version, by, granted });
  }

  #asking(bundle: Bundle, manifest: Manifest): Asking & { readonly isExact: boolean } {
    const { keepers, isOpen, fileOf } = this.#parts;
    const file = fileOf(bundle.name);
    const asking = { ...bundle, manifest, file, takes: keepers.taken(bundle) };
    // Who asks for nothing can do nothing, wherever it comes from.
    return { ...asking, isExact: wantsAnything(asking) && isOpen(bundle.name) };
  }

  /** Takes back what was approved; `false`: nothing was. */
  revoke(name: string): boolean {
    const wasApproved = this.#parts.grants.revoke(name);
    if (wasApproved) this.#parts.keepers.takeBack(name);
    return wasApproved;
  }
}

/** Whether there is anything to approve. */
function wantsAnything({ manifest, takes }: Asking): boolean {
  return takes !== undefined || !asksNothing(allAsksOf(manifest));
}
