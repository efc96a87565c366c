/** A daemon that is about to be killed: its function goes on trying to read a secret and writes down what it got. */
import { join } from "node:path";
import { LinuxSandbox } from "../../adapters/linux/sandbox.ts";
import { loadEvaluator, startBlank } from "../contract/sandbox.ts";

const sandbox = new LinuxSandbox();
const host = await startBlank(sandbox);
const call = await loadEvaluator(host);
void call(
  `const fs = await import("node:fs"); for (;;) { let got = "reached"; try { fs.readFileSync("/etc/passwd") } catch (error) { got = error.code } fs.appendFileSync("log", got + "\\n"); await Bun.sleep(1); }`,
).catch(() => undefined);
process.stdout.write(`${JSON.stringify({ pid: host.pid, log: join(host.work, "log") })}\n`);
setInterval(() => undefined, 1_000);
