/** Inside the machine: processes in groups of their own, under the layer of security hooks and nothing else. */
import { createGroup, killGroup, ownGroup, removeGroup } from "../../adapters/linux/cgroup.ts";
import type { HookLayer, HookPolicy } from "../../adapters/linux/bpf/lsm.ts";
import { BUN_ITSELF, libraryPaths } from "../../adapters/linux/program.ts";

/** A process of Bun's that may write in one folder. */
export function policyFor(work: string): HookPolicy {
  const linkers = libraryPaths().filter((path) => /\/ld-[^/]*$/.test(path));
  return {
    read: ["/moult"],
    readFiles: ["/proc", "/sys/devices/system/cpu", "/dev/urandom"],
    run: [BUN_ITSELF, ...linkers],
    load: libraryPaths(),
    write: [work, "/dev/null"],
    listen: [],
  };
}

/** Runs something in a group that is made for it, under a layer if there is one. */
export async function inGroup<Result>(
  layer: HookLayer | undefined,
  work: string,
  run: (group: string) => Promise<Result>,
): Promise<Result> {
  const group = createGroup(ownGroup(), `test-${crypto.randomUUID()}`);
  if (group === undefined) throw new Error("There are no control groups");
  const policy = layer?.confine(group, policyFor(work));
  try {
    return await run(group);
  } finally {
    killGroup(group);
    policy?.release();
    while (!removeGroup(group)) await Bun.sleep(5); // The kernel takes a moment to let go of what has ended.
  }
}

/** Runs Bun in a group. Returns what it printed, or what it complained of. */
export async function bunIn(group: string, work: string, line: readonly string[]): Promise<string> {
  const child = Bun.spawn([process.execPath, "--no-install", ...line], {
    cwd: work,
    env: { HOME: work, PROGRAM: "/bin/true" },
    stdout: "pipe",
    stderr: "pipe",
    cgroup: group,
  } as { stdout: "pipe"; stderr: "pipe" });
  const [out, complaints] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  await child.exited;
  return out === "" ? complaints : out;
}
