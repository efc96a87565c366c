/**
 * A daemon that is about to be killed while a process of its is being born: it freezes the control group that the
 * process is born into, and says which group that is once the process is there. It has not run one instruction then.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dividedGroup } from "../../../adapters/linux/group_bounds.ts";
import { LinuxSandbox } from "../../../adapters/linux/sandbox.ts";
import { remainsOf } from "./remains.ts";

const [kind = "base"] = process.argv.slice(2);
const sandbox = new LinuxSandbox();
const groups = remainsOf(process.pid).groups.find((path) => path.startsWith(dividedGroup() ?? "?"));
const exec = kind === "exec" ? ["/bin/sleep"] : [];
void sandbox
  .start({ files: { read: [], write: [], exec }, memoryMiB: 256, onOutput: () => undefined })
  .catch(() => undefined);
const leaf = join(groups ?? "", "1");
while (!existsSync(join(leaf, "cgroup.freeze"))) await Bun.sleep(0);
writeFileSync(join(leaf, "cgroup.freeze"), "1");
while (readFileSync(join(leaf, "cgroup.procs"), "utf8") === "") await Bun.sleep(1);
process.stdout.write(leaf);
setInterval(() => undefined, 1_000);
