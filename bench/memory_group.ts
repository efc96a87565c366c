/** Limits the memory of a process and of all that it starts, by a control group of either version. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onLeave, until } from "./harness.ts";

const ROOT = "/sys/fs/cgroup";
/** Where a group is made and where its limit is written, in the second version and in the first. */
const VERSIONS = [
  { mark: "cgroup.controllers", folder: ROOT, limit: "memory.max" },
  { mark: "memory/cgroup.procs", folder: join(ROOT, "memory"), limit: "memory.limit_in_bytes" },
] as const;

/** A group with a limit. */
export interface MemoryGroup {
  /** Takes a process in, with what it will start from now on. */
  readonly add: (pid: number) => void;
  /** Removes it when its last process has ended. */
  readonly remove: () => Promise<void>;
}

/** Makes a group; `undefined` where this user may not, or there are none. */
export function makeMemoryGroup(mib: number): MemoryGroup | undefined {
  const version = VERSIONS.find(({ mark }) => existsSync(join(ROOT, mark)));
  if (version === undefined) return undefined;
  const group = join(version.folder, `moult-bench-${process.pid}`);
  try {
    mkdirSync(group);
    const limit = join(group, version.limit);
    // Without the controller there is no such file, and one must not be made.
    if (!existsSync(limit)) throw new Error("There is no memory controller");
    writeFileSync(limit, String(mib << 20));
  } catch {
    tryRemove(group);
    return undefined;
  }
  const forget = onLeave(() => void tryRemove(group));
  const procs = join(group, "cgroup.procs");
  return {
    add: (pid) => writeFileSync(procs, String(pid)),
    remove: async () => {
      await until(`the end of ${readFileSync(procs, "utf8").trim()}`, () => tryRemove(group));
      forget();
    },
  };
}

function tryRemove(group: string): true | undefined {
  try {
    rmdirSync(group);
    return true;
  } catch {
    return undefined;
  }
}
