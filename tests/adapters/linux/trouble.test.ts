/** Machines that lack something, or lose it: functions run confined, or do not run, and a sentence says why. */
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { removeGroup, removeStaleGroups } from "../../../adapters/linux/cgroup.ts";
import { dividedGroup } from "../../../adapters/linux/group_bounds.ts";
import { LinuxSandbox } from "../../../adapters/linux/sandbox.ts";
import { Spawner } from "../../../adapters/linux/spawner.ts";
import type { SandboxTrial } from "../../../runtime/ports.ts";
import { startBlank } from "../../contract/sandbox.ts";
import { isAlive, until } from "../../waiting.ts";
import { processesOf } from "./remains.ts";
import { keep } from "../../children.ts";

const ROOT = join(import.meta.dir, "../../..");
const isLinux = process.platform === "linux";
const isRoot = process.getuid?.() === 0;

/** Tries in a process of its own, with its own mounts and what else `unshare` is told, after a line of shell. */
async function tryAfter(line: string, ...own: readonly string[]): Promise<SandboxTrial> {
  const entry = JSON.stringify(join(ROOT, "adapters/linux/try_sandbox.ts"));
  const script = `console.log(JSON.stringify(await (await import(${entry})).trySandbox()))`;
  const shell = ["/bin/sh", "-c", `${line}; exec "$0" --no-install -e "$1"`];
  const command = [
    ...(isRoot ? ["unshare", "--mount", ...own] : []),
    ...shell,
    process.execPath,
    script,
  ];
  const child = keep(Bun.spawn(command, { stdout: "pipe", stderr: "pipe" }));
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  if (out === "") throw new Error(err);
  return JSON.parse(out) as SandboxTrial;
}

describe.skipIf(!isLinux || !isRoot || Bun.which("unshare") === null)("a sandbox", () => {
  const cgroups = dividedGroup() ?? "";

  test.skipIf(cgroups === "")(
    "does without control groups that it may not make, and says how to have them",
    async () => {
      const readOnly = `mount --bind ${cgroups} ${cgroups} && mount -o remount,bind,ro ${cgroups}`;
      const { tier, lacks, broken } = await tryAfter(readOnly);
      expect(broken).toBeUndefined();
      expect(tier).toMatch(/^[C-E]$/);
      expect(lacks.join()).toContain("mounted read-only (mount it read-write");
      expect((await tryAfter(`umount -l ${cgroups}`)).lacks.join()).toContain("no cgroup v2");
    },
  );

  test("does without the network layer where libbpf is missing, and says what to install", async () => {
    const hide = `for f in $(ldconfig -p | sed -n 's/.*libbpf.so.1.* => //p'); do mount --bind /dev/null "$f"; done`;
    const { tier, lacks, broken } = await tryAfter(hide);
    expect(broken).toBeUndefined();
    expect(tier).toMatch(/^[C-E]$/);
    expect(lacks.join()).toMatch(/libbpf is not installed \(|no control group/);
  });

  test("leaves alone what runs for a daemon that it cannot see, in another container", async () => {
    const sandbox = new LinuxSandbox();
    const host = await startBlank(sandbox);
    const { broken } = await tryAfter("mount -t proc proc /proc", "--pid", "--fork");
    expect(broken).toBeUndefined();
    expect(existsSync(host.work)).toBe(true);
    // Its groups too, also while nothing runs in them.
    host.kill("done");
    await host.exited;
    expect((await tryAfter("mount -t proc proc /proc", "--pid", "--fork")).broken).toBeUndefined();
    (await startBlank(sandbox)).kill("done");
    await sandbox.close();
    expect(existsSync(host.work)).toBe(false);
  });

  test("says whether functions see which other processes there are", async () => {
    const hide = "mount -t proc -o hidepid=2 proc /proc";
    const { has, lacks, broken } = await tryAfter(hide, "--pid", "--fork");
    expect(broken).toBeUndefined();
    expect(
      [...has, ...lacks].filter((line) => line.startsWith("names: no function sees")),
    ).toHaveLength(1);
  });

  test("runs nothing where its folder is full, and says so", async () => {
    const { broken } = await tryAfter("mount -t tmpfs -o size=64k tmpfs /run");
    expect(broken?.why).toContain("ENOSPC");
    expect(broken?.remedy).toContain("make room");
  });

  test("runs nothing without open files, and says so", async () => {
    // The fewest that let the daemon itself start.
    let trial: SandboxTrial | undefined;
    for (let limit = 24; trial === undefined; limit += 2)
      trial = await tryAfter(`ulimit -n ${limit}`).catch(() => undefined);
    expect(trial.broken?.why).toContain("EMFILE");
    expect(trial.broken?.remedy).toContain("raise the limits");
  });

  const pids = "/sys/fs/cgroup/pids";
  test.skipIf(!existsSync(`${pids}/cgroup.procs`))(
    "runs nothing without processes to spare, and says so",
    async () => {
      const group = join(pids, `moult-test-${String(process.pid)}`);
      mkdirSync(group);
      let trial: SandboxTrial | undefined;
      // Threads count too. Bun says how many a daemon needs by not starting, and a host needs some more.
      for (let limit = 8; trial === undefined; limit += 2) {
        const narrow = `echo ${limit} > ${group}/pids.max; echo $$ > ${group}/cgroup.procs`;
        trial = await tryAfter(narrow).catch(() => undefined);
      }
      await until(() => removeGroup(group));
      if (trial.broken === undefined) return; // There is no number between.
      expect(trial.broken.why).toMatch(/^Cannot (?:start a function process|load "doctor"): /);
      expect(trial.broken.remedy).toContain("raise the limits");
    },
    120_000,
  );

  test("starts nothing once its control groups are taken away, and says so", async () => {
    const sandbox = new LinuxSandbox();
    const host = await startBlank(sandbox);
    const seat = basename(dirname(dirname(dirname(host.work))));
    const group = join(cgroups, `moult-${seat}-${String(process.pid)}`);
    host.kill("done");
    await host.exited;
    expect(sandbox.tier().tier <= "B").toBe(existsSync(group));
    if (existsSync(group)) {
      await until(() => removeGroup(group));
      await expect(startBlank(sandbox)).rejects.toThrow(
        /^Cannot start .* control group .* cannot be made$/,
      );
    }
    await sandbox.close();
  });

  test("says that a host was killed while it started, and leaves nothing of it", async () => {
    const sandbox = new LinuxSandbox();
    const first = await startBlank(sandbox);
    const folder = dirname(dirname(first.work));
    const started = startBlank(sandbox);
    const pid = await until(() =>
      processesOf({ folders: [folder], groups: [] }).find((one) => one !== first.pid),
    );
    process.kill(pid, "SIGKILL");
    await started.then(
      async (host) => await until(() => !isAlive(host.pid)), // It was up just before.
      (error: Error) => expect(error.message).toContain("it ended at once (SIGKILL)"),
    );
    await until(() => readdirSync(folder).length === 1);
    await sandbox.close();
  });
});

test.skipIf(!isLinux)("a spawner whose thread has ended starts nothing, and says so", async () => {
  const spawner = await Spawner.open({ domain: undefined, dropRights: false });
  expect(spawner.isOver).toBe(false);
  spawner.close();
  expect(spawner.isOver).toBe(true);
  const start = { command: ["/bin/true"], argv0: "true", cwd: "/", env: {}, control: 0 };
  await expect(spawner.spawn(start, () => undefined)).rejects.toThrow("the spawner thread");
});

test.skipIf(!isLinux || !isRoot || dividedGroup() === undefined)(
  "processes that a dead daemon left in its group are ended, and the group removed",
  async () => {
    const parent = mkdtempSync(join(dividedGroup() ?? tmpdir(), "test-"));
    const dead = keep(Bun.spawn(["/bin/true"]));
    await dead.exited;
    const group = join(parent, `moult-1-${String(dead.pid)}`);
    mkdirSync(join(group, "1"), { recursive: true });
    const orphan = keep(Bun.spawn(["/bin/sleep", "600"], { cgroup: join(group, "1") } as object));
    await until(() => {
      removeStaleGroups(parent);
      return !existsSync(group);
    });
    await orphan.exited;
    expect(orphan.signalCode).toBe("SIGKILL");
    rmdirSync(parent);
  },
);
