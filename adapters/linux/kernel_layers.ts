/**
 * The layers that run in the kernel: each is opened when it is first needed, which takes a few milliseconds that a
 * daemon's start does not have, and all are closed together. It knows control groups, and no function.
 */
import { type AuditLayer, openAuditLayer } from "./bpf/audit.ts";
import { type HookLayer, openHookLayer } from "./bpf/lsm.ts";
import { type NetworkLayer, openNetworkLayer } from "./bpf/network.ts";
import type { LateLayers, LayerState } from "./layers.ts";
import { type Omitted, omits } from "./omitted.ts";
import { pointersOfCalls } from "./refusals/calls.ts";

type Absent = { readonly why: string };

/** What reports lack where they were not asked for. */
export const NOT_ASKED_FOR =
  "moult start does not tell of refused files, programs and signals, because that costs every system call of the machine some 0.1 µs; try the function in moult dev";

const NEEDS_GROUP =
  "it needs a control group per function (see processes), and root or CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON";

/** What the layers work with. */
interface KernelLayersOptions {
  /** Control group that holds a leaf per process; without it there is none of these layers. */
  readonly groups: string | undefined;
  readonly omitted: Omitted;
  /** Whether every refusal is reported, whichever layer refused. */
  readonly everyRefusal: boolean;
}

/** The layers of one daemon. */
export class KernelLayers {
  readonly #options: KernelLayersOptions;
  #network: NetworkLayer | Absent | undefined;
  #hooks: HookLayer | Absent | undefined;
  #audit: AuditLayer | Absent | undefined;

  constructor(options: KernelLayersOptions) {
    this.#options = options;
  }

  /** Refuses internet sockets. */
  get network(): NetworkLayer | undefined {
    return orNone(this.#openNetwork());
  }

  /** Judges at the kernel's security hooks. */
  get hooks(): HookLayer | undefined {
    return orNone(this.#openHooks());
  }

  /** Reports what any layer refuses. */
  get audit(): AuditLayer | undefined {
    return orNone(this.#openAudit());
  }

  /** Which are there, and why not. */
  states(): LateLayers {
    return {
      network: stateOf(this.#openNetwork()),
      hooks: stateOf(this.#openHooks()),
      reports: stateOf(this.#openAudit()),
    };
  }

  /** Ends those that were opened. */
  close(): void {
    for (const layer of [this.#network, this.#hooks, this.#audit])
      if (layer !== undefined) orNone(layer)?.close();
  }

  #openNetwork(): NetworkLayer | Absent {
    const { groups, omitted } = this.#options;
    if (omits(omitted, "network")) return { why: "it is left out" };
    if (groups === undefined) return { why: NEEDS_GROUP };
    return (this.#network ??= openNetworkLayer(groups, omitted.programs));
  }

  #openHooks(): HookLayer | Absent {
    const { groups, omitted } = this.#options;
    if (omits(omitted, "hooks")) return { why: "they are left out" };
    if (groups === undefined)
      return { why: "they need a control group per function (see processes)" };
    return (this.#hooks ??= openHookLayer(omitted.hooks));
  }

  #openAudit(): AuditLayer | Absent {
    const { groups, everyRefusal } = this.#options;
    if (!everyRefusal) return { why: NOT_ASKED_FOR };
    const untold = "moult dev does not tell of refused files, programs and signals";
    if (groups === undefined) return { why: `${untold}: ${NEEDS_GROUP}` };
    if (this.#audit !== undefined) return this.#audit;
    const opened = openAuditLayer(pointersOfCalls());
    return (this.#audit = "why" in opened ? { why: `${untold}: ${opened.why}` } : opened);
  }
}

function orNone<Layer extends object>(layer: Layer | Absent): Layer | undefined {
  return "why" in layer ? undefined : layer;
}

function stateOf(layer: object): LayerState {
  return "why" in layer ? { is: "off", why: String(layer.why) } : { is: "on" };
}
