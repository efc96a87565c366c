/** Inside the machine: the whole sandbox, and the sandbox with nothing but the layer of security hooks. */
import { chmodSync, existsSync, mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LAYERS, type Omitted } from "../../adapters/linux/omitted.ts";
import { PlainSandbox } from "../../adapters/linux/plain.ts";
import { LinuxSandbox } from "../../adapters/linux/sandbox.ts";
import type { KernelRefusal, Sandbox } from "../../runtime/ports.ts";
import { openNameServer, runAttacks } from "../adapters/linux/attacks.ts";
import { openNetworkTargets } from "../adapters/linux/network_attacks.ts";
import { loadEvaluator, startBlank } from "../contract/sandbox.ts";
import { report } from "./report.ts";

const ORPHAN_MAIN = join(import.meta.dir, "orphan_main.ts");
/** A process needs a group for the hooks; the rest is off. */
const HOOKS_ONLY: Omitted = {
  layers: LAYERS.filter((layer) => layer !== "cgroup" && layer !== "hooks"),
};

const network = await openNetworkTargets();
const names = await openNameServer();
const folder = mkdtempSync("/tmp/targets-");
chmodSync(folder, 0o777);
const socket = join(folder, "k");
const unix = Bun.serve({ unix: socket, fetch: () => new Response("reached") });
chmodSync(socket, 0o777);
const targets = { folder, network: network.targets, dns: names.port, socket };

async function attacksOn(name: string, open: () => Sandbox): Promise<void> {
  const sandbox = open();
  const began = performance.now();
  const [host, sibling] = [await startBlank(sandbox), await startBlank(sandbox)];
  const startedMs = Math.round(performance.now() - began);
  const refusals: KernelRefusal[] = [];
  host.refused?.((refusal) => refusals.push(refusal));
  const results = await runAttacks(host, { ...targets, sibling: sibling.work });
  await Bun.sleep(100);
  report({ part: "attacks", sandbox: name, startedMs, results, refusals });
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
  const before = words().length;
  daemon.kill("SIGKILL");
  await daemon.exited;
  const killed = performance.now();
  while (existsSync(`/proc/${String(pid)}/exe`) && performance.now() - killed < 10_000)
    await Bun.sleep(2);
  const isGone = !isRunning(pid);
  report({ part: "orphan", isGone, before, words: [...new Set(words())], after: words().length });
}

/** A process that has ended and that nobody has asked about still has a number. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${String(pid)}/status`, "utf8"));
  } catch {
    return false;
  }
}

const sandbox = new LinuxSandbox();
report({ part: "tier", ...sandbox.tier() });
const call = await loadEvaluator(await startBlank(sandbox));
report({ part: "works", answer: await call(`await Bun.write("a", "x"); return 6 * 7`) });
await sandbox.close();
await attacksOn("none", () => new PlainSandbox());
await attacksOn("hooks", () => new LinuxSandbox(HOOKS_ONLY));
await attacksOn("all", () => new LinuxSandbox());
await killDaemon();
report({ part: "sandbox", done: true });
await Promise.all([network.close(), unix.stop(true)]);
process.exit(0);
