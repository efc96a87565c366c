/**
 * Parts of the confinement that a test leaves out to see what each is good for. Only a test can ask for it, as an
 * argument of `LinuxSandbox`: no setting, no environment variable, no manifest and no function leads here.
 */
import { closeSync } from "node:fs";
import type { HookName } from "./bpf/lsm_table.ts";
import type { ProgramName } from "./bpf/network.ts";
import { NO_BOUNDS, removeDivided } from "./group_bounds.ts";
import type { LandlockRight } from "./landlock.ts";
import type { Layers } from "./layers.ts";
import type { FilterOmitted } from "./seccomp.ts";

/** Layers, each of which can be left out whole. `rights`: of root, where there is no user id of its own. */
export const LAYERS = [
  "environment",
  "landlock",
  "seccomp",
  "uid",
  "rights",
  "cgroup",
  "network",
  "hooks",
  "limits",
  "tmpfs",
] as const;
/** One of them. */
export type LayerName = (typeof LAYERS)[number];

/** What is left out. @default nothing */
export interface Omitted {
  readonly layers?: readonly LayerName[];
  /** Programs of the network layer. */
  readonly programs?: readonly ProgramName[];
  /** Hooks of the layer of the kernel's security hooks. */
  readonly hooks?: readonly HookName[];
  /** Rights and scopes that Landlock does not look after. */
  readonly landlock?: readonly LandlockRight[];
  /** What the system-call filter does not look after. */
  readonly filter?: FilterOmitted;
}

/** Whether a layer is left out. */
export function omits({ layers = [] }: Omitted, layer: LayerName): boolean {
  return layers.includes(layer);
}

/** The layers without those that are left out. */
export function leaveOut(omitted: Omitted, layers: Layers): Layers {
  const without = (layer: LayerName) => omits(omitted, layer);
  if (without("cgroup")) {
    for (const file of layers.held) closeSync(file);
    if (layers.groups !== undefined) removeDivided(layers.groups, layers.bounds);
  }
  return {
    ...layers,
    ...(without("landlock") && { landlock: 0 }),
    ...(without("seccomp") && { seccomp: false }),
    ...(without("uid") && { uids: undefined }),
    ...(without("rights") && { rights: false }),
    ...(without("cgroup") && { groups: undefined, bounds: NO_BOUNDS, held: [] }),
    ...(without("tmpfs") && { tmpfs: false }),
  };
}
