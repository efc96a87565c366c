/** Inside the machine: what the sandbox says of it, that a function works, what is told of refusals, and a daemon's end. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LAYERS } from "../../adapters/linux/omitted.ts";
import { LinuxSandbox } from "../../adapters/linux/sandbox.ts";
import type { KernelRefusal } from "../../runtime/ports.ts";
import { loadEvaluator, startBlank } from "../contract/sandbox.ts";
import { report } from "./report.ts";

const ORPHAN_MAIN = join(import.meta.dir, "orphan_main.ts");
/** A process needs a group for the hooks; the rest is off. */
const ONLY_HOOKS = LAYERS.filter((layer) => layer !== "cgroup" && layer !== "hooks");
/** How long a process may take to end. */
const END_MS_MAX = 10_000;

async function works(): Promise<void> {
  const sandbox = new LinuxSandbox();
  report({ part: "tier", ...sandbox.tier() });
  const call = await loadEvaluator(await startBlank(sandbox));
  const code = `await Bun.write("a", "6"); return Number(await Bun.file("a").text()) * 7`;
  report({ part: "works", answer: await call(code) });
  await sandbox.close();
}

/** A function that may start one program starts that, and no other. */
async function starts(): Promise<void> {
  const sandbox = new LinuxSandbox();
  const host = await sandbox.start({
    files: { read: [], write: [], exec: ["/bin/cat"] },
    memoryMiB: 256,
    onOutput: () => undefined,
  });
  const call = await loadEvaluator(host);
  const run = (path: string) =>
    `try { return Bun.spawnSync([${JSON.stringify(path)}, "/proc/self/comm"]).stdout.toString() } catch (error) { return error.code }`;
  report({ part: "starts", own: await call(run("/bin/cat")), other: await call(run("/bin/sh")) });
  await sandbox.close();
}

/** What the hooks refuse is told as what the network layer refuses is. */
async function tells(): Promise<void> {
  const sandbox = new LinuxSandbox({ layers: ONLY_HOOKS });
  const host = await startBlank(sandbox);
  const call = await loadEvaluator(host);
  const refusals: KernelRefusal[] = [];
  host.refused?.((refusal) => refusals.push(refusal));
  const code = `return await Bun.file("/etc/passwd").text().catch((error) => error.code)`;
  report({ part: "told", code: await call(code) });
  for (let i = 0; i < 100 && refusals.length === 0; i++) await Bun.sleep(10);
  report({ part: "told", refusals });
  await sandbox.close();
}

/** The daemon is killed: what it confined must be gone, and must not have got out on the way. */
async function killDaemon(): Promise<void> {
  const daemon = Bun.spawn([process.execPath, "--no-install", ORPHAN_MAIN], { stdout: "pipe" });
  let text = "";
  for await (const bytes of daemon.stdout) {
    text += new TextDecoder().decode(bytes);
    if (text.includes("\n")) break;
  }
  const { pid, log } = JSON.parse(text) as { pid: number; log: string };
  const words = () => (existsSync(log) ? readFileSync(log, "utf8").split("\n").slice(0, -1) : []);
  while (words().length < 3) await Bun.sleep(10);
  daemon.kill("SIGKILL");
  await daemon.exited;
  const killed = performance.now();
  while (isRunning(pid) && performance.now() - killed < END_MS_MAX) await Bun.sleep(2);
  report({ part: "orphan", isRunning: isRunning(pid), words: [...new Set(words())] });
}

/** A process that has ended and that nobody has asked about still has a number. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${String(pid)}/status`, "utf8"));
  } catch {
    return false;
  }
}

await works();
await starts();
await tells();
await killDaemon();
report({ part: "sandbox", done: true });
process.exit(0);
