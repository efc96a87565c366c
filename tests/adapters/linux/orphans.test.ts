import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ownGroup } from "../../../adapters/linux/cgroup.ts";
import { LinuxSandbox } from "../../../adapters/linux/sandbox.ts";
import { isAlive } from "../../waiting.ts";

const isLinux = process.platform === "linux";

test.skipIf(!isLinux)(
  "no host outlives its daemon, and the next daemon cleans up after it",
  async () => {
    const daemon = Bun.spawn(
      [
        process.execPath,
        "--no-install",
        Bun.fileURLToPath(new URL("orphan_main.ts", import.meta.url)),
      ],
      { stdout: "pipe", stderr: "inherit" },
    );
    const reader = daemon.stdout.getReader();
    const { value } = await reader.read();
    const { pids, work } = JSON.parse(Buffer.from(value ?? []).toString()) as {
      pids: number[];
      work: string;
    };
    expect(pids.map(isAlive)).toEqual([true, true]);
    daemon.kill("SIGKILL");
    await daemon.exited;
    while (pids.some(isAlive)) await Bun.sleep(10); // The test's own time limit bounds this.

    const run = dirname(dirname(dirname(work)));
    const group = join(ownGroup() ?? run, `moult-${basename(run)}-${String(daemon.pid)}`);
    await new LinuxSandbox().close();
    expect(existsSync(run)).toBe(false);
    // And with its group the programs that are attached there; the kernel may take a moment to let go of its processes.
    while (existsSync(group)) await new LinuxSandbox().close();
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(`${run}/`);
  },
);
