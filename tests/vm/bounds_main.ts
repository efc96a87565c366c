/** Inside the machine: what the kernel bounds for a group of processes, also for a daemon that has to make way for that. */
import { mkdirSync, readFileSync } from "node:fs";
import { ownGroup } from "../../adapters/linux/cgroup.ts";
import { LinuxSandbox } from "../../adapters/linux/sandbox.ts";
import type { Exit } from "../../runtime/ports.ts";
import { loadEvaluator } from "../contract/sandbox.ts";
import { report } from "./report.ts";

const AS_SERVICE = "service";
const MEMORY_MIB = 160;

const sandbox = new LinuxSandbox();
const { has } = sandbox.tier();

async function start(exec: readonly string[]) {
  const files = { read: [], write: [], exec };
  const onOutput = () => undefined;
  return await sandbox.start({ files, memoryMiB: MEMORY_MIB, onOutput });
}

/** Uses memory faster than anybody looks. */
async function hoard(): Promise<Exit> {
  const host = await start([]);
  const call = await loadEvaluator(host);
  call("const all = []; for (;;) all.push(new Uint8Array(32 << 20).fill(1));").catch(
    () => undefined,
  );
  return await host.exited;
}

/** Starts programs without end. Returns how many the kernel let it. */
async function fork(): Promise<number> {
  const host = await start(["/bin/sleep"]);
  const call = await loadEvaluator(host);
  const started = await call(
    `let n = 0; try { for (; n < 400; n++) Bun.spawn(["sleep", "600"], { stdio: ["ignore", "ignore", "ignore"] }) } catch {} return n`,
  );
  host.kill("done");
  await host.exited;
  return Number(started);
}

const asService = process.argv[2] === AS_SERVICE;
report({
  part: "bounds",
  as: asService ? AS_SERVICE : "root of the groups",
  own: ownGroup(),
  has: has.filter((line) => /^(memory|programs):/.test(line)),
  hoarder: await hoard(),
  forked: await fork(),
});
await sandbox.close();
if (!asService) {
  const group = "/sys/fs/cgroup/service";
  mkdirSync(group);
  const child = Bun.spawn([process.execPath, "--no-install", import.meta.path, AS_SERVICE], {
    cgroup: group,
    stdio: ["ignore", "inherit", "inherit"],
  });
  await child.exited;
  report({ part: "bounds", left: readFileSync(`${group}/cgroup.procs`, "utf8") });
}
process.exit(0);
