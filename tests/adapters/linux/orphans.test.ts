import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { dividedGroup } from "../../../adapters/linux/group_bounds.ts";
import { endLeftIn } from "../../../adapters/linux/run_dir.ts";
import { LinuxSandbox } from "../../../adapters/linux/sandbox.ts";
import { isAlive, until } from "../../waiting.ts";
import { isConfined, left, processesOf, type Remains, remainsOf } from "./remains.ts";
import { keep } from "../../children.ts";

const isLinux = process.platform === "linux";
const isRoot = process.getuid?.() === 0;

test.skipIf(!isLinux)(
  "no host outlives its daemon, and the next daemon cleans up after it",
  async () => {
    const daemon = keep(
      Bun.spawn(
        [
          process.execPath,
          "--no-install",
          Bun.fileURLToPath(new URL("orphan_main.ts", import.meta.url)),
        ],
        { stdout: "pipe", stderr: "inherit" },
      ),
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
    const group = join(dividedGroup() ?? run, `moult-${basename(run)}-${String(daemon.pid)}`);
    await new LinuxSandbox().close();
    expect(existsSync(run)).toBe(false);
    // And with its group the programs that are attached there; the kernel may take a moment to let go of its processes.
    while (existsSync(group)) await new LinuxSandbox().close();
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(`${run}/`);
  },
);

describe.skipIf(!isLinux || !isRoot)(
  "a process whose daemon is killed before it has run one instruction",
  () => {
    const newborn = async (kind: string) => {
      const main = Bun.fileURLToPath(new URL("newborn_main.ts", import.meta.url));
      const daemon = keep(
        Bun.spawn([process.execPath, "--no-install", main, kind], {
          stdout: "pipe",
          stderr: "inherit",
        }),
      );
      const { value } = await daemon.stdout.getReader().read();
      const leaf = Buffer.from(value ?? []).toString();
      const [pid = 0] = readFileSync(join(leaf, "cgroup.procs"), "utf8").split("\n").map(Number);
      const remains = remainsOf(daemon.pid);
      daemon.kill("SIGKILL");
      await daemon.exited;
      return { pid, leaf, remains };
    };
    const clean = async (remains: Remains) =>
      await until(async () => {
        await new LinuxSandbox().close();
        return left(remains).length === 0;
      });

    test.each(["base", "exec"])("is confined, and ends by itself (%s)", async (kind) => {
      const { pid, leaf, remains } = await newborn(kind);
      expect(isAlive(pid)).toBe(true);
      expect(isConfined(pid)).toBe(true);
      writeFileSync(join(leaf, "cgroup.freeze"), "0");
      await until(() => !isAlive(pid));
      await clean(remains);
    });
  },
);

test.skipIf(!isLinux)(
  "what is left in a dead daemon's folder is ended, and nobody else",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "moult-left-"));
    mkdirSync(join(folder, "h/1/work"), { recursive: true });
    const start = (command: readonly string[], cwd: string) =>
      keep(Bun.spawn([...command, "sleep", "60"], { cwd, stdio: ["ignore", "ignore", "ignore"] }));
    const confined = ["setpriv", "--no-new-privs"];
    const ours = start(confined, join(folder, "h/1/work"));
    const [elsewhere, visitor] = [start(confined, tmpdir()), start(["env"], folder)];
    await until(() => isConfined(ours.pid) === true && isConfined(elsewhere.pid) === true);
    endLeftIn(folder);
    await ours.exited;
    expect([elsewhere, visitor].map(({ pid }) => isAlive(pid))).toEqual([true, true]);
    for (const one of [elsewhere, visitor]) one.kill("SIGKILL");
    await Promise.all([elsewhere.exited, visitor.exited]);
    rmSync(folder, { recursive: true });
  },
);

/** The kill of a newborn process, and of its daemon, at the moment that matters is tried on purpose above. */
const ROUNDS = Number(process.env["MOULT_TEST_KILLS"] ?? 8);
const AT_ONCE = Math.min(4, ROUNDS);
/** On a machine that is not busy its first hosts have been started by then, have answered, and have been ended. */
const LONGEST_LIFE_MS = 600;

/**
 * Starts a daemon whose hosts come and go, and kills it some time later. Returns what it held at that moment.
 *
 * @param isGrown not before it has programs in the kernel, however long that takes
 */
async function killSomewhere(isGrown: boolean): Promise<Remains> {
  const entry = Bun.fileURLToPath(new URL("restless_main.ts", import.meta.url));
  const command = [process.execPath, "--no-install", entry, import.meta.dir];
  const daemon = keep(Bun.spawn(command, { stdout: "pipe", stderr: "inherit" }));
  await daemon.stdout.getReader().read();
  if (isGrown) await until(() => remainsOf(daemon.pid).programs.length > 0);
  await Bun.sleep(Math.random() * LONGEST_LIFE_MS);
  const remains = remainsOf(daemon.pid);
  daemon.kill("SIGKILL");
  const processes = processesOf(remains);
  expect(processes.map(isConfined)).not.toContain(false);
  await daemon.exited;
  await until(() => !processesOf(remains).some(isAlive));
  return remains;
}

test.skipIf(!isLinux || !isRoot)(
  `of daemons that are killed at ${ROUNDS} moments nothing is left once another has started`,
  async () => {
    const trial = new LinuxSandbox();
    const hasPrograms = trial.tier().tier <= "B";
    await trial.close();
    for (let round = 0; round < ROUNDS; round += AT_ONCE) {
      const rounds = Array.from({ length: AT_ONCE }, async (_, nth) => {
        const remains = await killSomewhere(hasPrograms && nth === 0);
        expect(remains.folders).toHaveLength(1);
        // The kernel takes a moment to let go of processes and programs.
        await until(async () => {
          await new LinuxSandbox().close();
          return left(remains).length === 0;
        });
      });
      await Promise.all(rounds);
    }
  },
  60_000 + ROUNDS * 10_000,
);
