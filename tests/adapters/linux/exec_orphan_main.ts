/**
 * A daemon that is about to be killed: its host has started a program, and that another which let go of it. `busy`: the
 * host never yields then, so that it does not notice by itself what becomes of its daemon.
 */
import { LinuxSandbox } from "../../../adapters/linux/sandbox.ts";
import { loadEvaluator } from "../../contract/sandbox.ts";

const seconds = process.argv[2] ?? "60";
const sandbox = new LinuxSandbox();
const host = await sandbox.start({
  files: { read: [], write: [], exec: ["/bin/bash", "/bin/sleep"] },
  memoryMiB: 256,
  onOutput: () => undefined,
});
const call = await loadEvaluator(host);
await call(
  `Bun.spawnSync(["bash", "-c", "(sleep ${seconds} &)"], { stdio: ["ignore", "ignore", "ignore"] });
   Bun.spawn(["sleep", "${seconds}"]);`,
);
if (process.argv[3] === "busy") call("for (;;);").catch(() => undefined);
process.stdout.write("ready\n");
setInterval(() => undefined, 1_000);
