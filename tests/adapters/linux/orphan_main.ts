/** A daemon that is about to be killed: starts two hosts, one of which never yields, and says who they are. */
import { LinuxSandbox } from "../../../adapters/linux/sandbox.ts";
import { loadEvaluator, startBlank } from "../../contract/sandbox.ts";

const sandbox = new LinuxSandbox();
const [idle, busy] = await Promise.all([startBlank(sandbox), startBlank(sandbox)]);
const call = await loadEvaluator(busy);
call("for (;;);").catch(() => undefined);
await Bun.sleep(50);
process.stdout.write(`${JSON.stringify({ pids: [idle.pid, busy.pid], work: idle.work })}\n`);
setInterval(() => undefined, 1_000);
