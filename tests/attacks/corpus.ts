/** The corpus: every pair that this machine and this user can try. */
import { existsSync } from "node:fs";
import { APPETITE } from "./appetite.ts";
import type { Attack } from "./attack.ts";
import { WRITING } from "./changing.ts";
import { KERNEL } from "./kernel.ts";
import { networkPairs } from "./network.ts";
import type { Servers } from "./places.ts";
import { SIGNALLING, SPYING } from "./processes.ts";
import { NAMED, PROGRAMS } from "./programs.ts";
import { READING } from "./reading.ts";
import { STARTING } from "./starting.ts";

/** Attacks by what they are after. */
export function corpus(servers: Servers): Readonly<Record<string, readonly Attack[]>> {
  const groups = {
    "files: reading": READING,
    "files: changing": WRITING,
    "processes: looking": SPYING,
    "processes: signals and limits": SIGNALLING,
    "programs and code": STARTING,
    "programs that it may start": NAMED.every((path) => existsSync(path)) ? PROGRAMS : [],
    kernel: KERNEL,
    appetite: APPETITE,
    network: networkPairs(servers),
  };
  const isRoot = process.getuid?.() === 0;
  return Object.fromEntries(
    Object.entries(groups).map(([group, attacks]) => [
      group,
      attacks.filter(({ root = false }) => isRoot || !root),
    ]),
  );
}
