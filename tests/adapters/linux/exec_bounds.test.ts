/** What bounds programs that a function has started, and what ends them. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LinuxSandbox } from "../../../adapters/linux/sandbox.ts";
import { sessionMembers } from "../../../adapters/linux/process_stats.ts";
import type { Deployment } from "../../../runtime/isolate/deployment.ts";
import { type Bench, call, EVALUATE, openBench, tool } from "../../runtime/isolate/setup.ts";
import { isAlive, until } from "../../waiting.ts";
import { keep } from "../../children.ts";

const isLinux = process.platform === "linux";
const isRoot = process.getuid?.() === 0;

let bench: Bench;
beforeAll(() => {
  if (isLinux) bench = openBench({ sandbox: new LinuxSandbox() });
});
afterAll(async () => await bench?.close());

const run = async (code: string, deployment: Deployment) => {
  const { output, error } = await deployment.run(call({ code }));
  return output ?? error?.message;
};

/** Processes of a deployment that is at work; its control group, or its session, has them all. */
function membersOf(marker: string): readonly number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0)
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${String(pid)}/cmdline`, "utf8").includes(marker) && isAlive(pid)
        );
      } catch {
        return false;
      }
    });
}

describe.skipIf(!isLinux)("what a function has started", () => {
  const deploy = async (name: string, limits: string) =>
    await bench.deploy(
      tool(
        EVALUATE,
        `permissions: { exec: ["/bin/bash", "/bin/sleep", "/usr/bin/setsid"] }, limits: { ${limits} },`,
      ),
      { name },
    );

  test("ends with it, also what has let go of its parents", async () => {
    const deployment = await deploy("leaver", "timeMs: 400");
    const seconds = String(30_000 + process.pid);
    const { error } = await deployment.run(
      call({
        code: `Bun.spawnSync(["bash", "-c", "setsid -f sleep ${seconds}; setsid bash -c '(sleep ${seconds} &)'; (sleep ${seconds} &) ; (trap '' TERM HUP; sleep ${seconds} & disown) ; sleep ${seconds} &"], { stdio: ["ignore", "ignore", "ignore"] });
               for (;;) await Bun.sleep(10);`,
      }),
    );
    expect(error).toMatchObject({ code: "function/limit", details: { limit: "timeMs" } });
    await until(() => membersOf(`sleep\0${seconds}`).length === 0);
  });

  test("counts as its CPU time", async () => {
    const deployment = await deploy("burner", "cpuMs: 300");
    const { error } = await deployment.run(
      call({ code: `await Bun.spawn(["bash", "-c", "while :; do :; done"]).exited` }),
    );
    expect(error).toMatchObject({ code: "function/limit", details: { limit: "cpuMs" } });
  });

  test("counts as its memory", async () => {
    const deployment = await deploy("hoarder", "memoryMiB: 64");
    const { error } = await deployment.run(
      call({
        code: `await Bun.spawn(["bash", "-c", "x=xxxxxxxxxxxxxxxx; for i in {1..24}; do x=$x$x; done; sleep 60"]).exited; return "all of it"`,
      }),
    );
    expect(error).toMatchObject({ code: "function/limit", details: { limit: "memoryMiB" } });
  });

  test("prints into the function's memory, not into ours", async () => {
    const deployment = await deploy("flooder", "memoryMiB: 96");
    const { error } = await deployment.run(
      call({
        code: `Bun.spawn(["bash", "-c", "while :; do printf %01000000d; done"], { stdout: "inherit" });
               const p = Bun.spawn(["bash", "-c", "while :; do printf %01000000d; done"]);
               return (await new Response(p.stdout).arrayBuffer()).byteLength`,
      }),
    );
    expect(error).toMatchObject({ code: "function/limit", details: { limit: "memoryMiB" } });
  });

  test("is a bounded number of processes", async () => {
    const deployment = await deploy("forker", "timeMs: 20_000");
    const seconds = String(40_000 + process.pid);
    const text = await run(
      `const p = Bun.spawn(["bash", "-c", "for i in {1..400}; do sleep ${seconds} & done; wait"], { stdout: "ignore", stderr: "pipe" });
       const reader = p.stderr.getReader(); const { value } = await reader.read(); return Buffer.from(value ?? []).toString()`,
      deployment,
    );
    if (isRoot) expect(text).toContain("Resource temporarily unavailable");
    expect(membersOf(`sleep\0${seconds}`).length).toBeLessThan(256);
    await deployment.retire();
    await until(() => membersOf(`sleep\0${seconds}`).length === 0);
  });

  test.skipIf(!isRoot)("is a bounded number under our own user, too", async () => {
    mkdirSync(join(bench.root, "data"), { recursive: true });
    const permissions = `permissions: { exec: ["/bin/bash", "/bin/sleep"], read: ["data"] },`;
    const deployment = await bench.deploy(tool(EVALUATE, permissions), { name: "our_forker" });
    const seconds = String(60_000 + process.pid);
    const output = await run(
      `const p = Bun.spawn(["bash", "-c", "echo $UID >&2; for i in {1..400}; do sleep ${seconds} & done; wait"], { stdout: "ignore", stderr: "pipe" });
       let text = ""; for await (const piece of p.stderr) { text += Buffer.from(piece); if (text.includes("unavailable")) break; } return text`,
      deployment,
    );
    expect(output).toStartWith("0\n");
    expect(membersOf(`sleep\0${seconds}`).length).toBeLessThan(256);
    await deployment.retire();
    await until(() => membersOf(`sleep\0${seconds}`).length === 0);
  });

  test.skipIf(!isRoot).each(["idle", "busy"])(
    "is gone when its daemon is killed (%s)",
    async (how) => {
      const main = Bun.fileURLToPath(new URL("exec_orphan_main.ts", import.meta.url));
      const seconds = String((how === "busy" ? 80_000 : 50_000) + process.pid);
      const daemon = keep(
        Bun.spawn([process.execPath, "--no-install", main, seconds, how], {
          stdout: "pipe",
          stderr: "ignore",
        }),
      );
      await daemon.stdout.getReader().read();
      await until(() => membersOf(`sleep\0${seconds}`).length === 2);
      daemon.kill("SIGKILL");
      await daemon.exited;
      await until(() => membersOf(`sleep\0${seconds}`).length === 0);
      await new LinuxSandbox().close();
    },
  );
});

describe.skipIf(!isLinux)("where nothing but the daemon bounds a function", () => {
  let plain: Bench;
  beforeAll(() => {
    plain = openBench({ sandbox: new LinuxSandbox({ layers: ["cgroup", "uid", "tmpfs"] }) });
  });
  afterAll(async () => await plain.close());

  test("it is ended when its work folder grows over its size, whatever wrote there", async () => {
    const deployment = await plain.deploy(
      tool(EVALUATE, `permissions: { exec: ["/bin/bash", "cat"] },`),
      { name: "filler" },
    );
    const { error } = await deployment.run(
      call({
        code: `await Bun.write("part", Buffer.alloc(4 << 20, 1));
               await Bun.spawn(["bash", "-c", "for i in {1..12}; do cat part > copy$i; done"]).exited; await Bun.sleep(60_000)`,
      }),
    );
    expect(error).toMatchObject({ code: "function/limit", details: { limit: "workMiB" } });
    expect(error?.message).toContain("work folder");
  });

  test("it is ended when it starts processes without end, and they are with it", async () => {
    const deployment = await plain.deploy(
      tool(EVALUATE, `permissions: { exec: ["/bin/bash", "/bin/sleep"] },`),
      { name: "spreader" },
    );
    const seconds = String(70_000 + process.pid);
    const { error } = await deployment.run(
      call({
        code: `await Bun.spawn(["bash", "-c", "for i in {1..300}; do sleep ${seconds} & done; wait"]).exited`,
      }),
    );
    expect(error).toMatchObject({ code: "function/limit", details: { limit: "processes" } });
    await until(() => membersOf(`sleep\0${seconds}`).length === 0);
  });
});

test.skipIf(!isLinux)("sessionMembers() finds those whose parents have ended", async () => {
  const leader = keep(
    Bun.spawn(["bash", "-c", "(sleep 60 &); read line"], {
      stdin: "pipe",
      detached: true,
    }),
  );
  // For a moment there is one between them, which starts the other and ends.
  const members = await until(() => {
    const found = sessionMembers(leader.pid);
    const sleeping = membersOf("sleep\u000060").filter((pid) => found.includes(pid));
    return found.length === 2 && sleeping.length === 1 && sleeping[0] !== leader.pid && found;
  });
  for (const pid of members) process.kill(pid, "SIGKILL");
  await leader.exited;
});
