/**
 * A daemon that is about to be killed at any moment: hosts of both kinds start, answer, hang and end all the time. Its
 * argument is a folder that some of them may read.
 */
import { LinuxSandbox } from "../../../adapters/linux/sandbox.ts";
import { loadEvaluator } from "../../contract/sandbox.ts";

const [folder = "/"] = process.argv.slice(2);
const sandbox = new LinuxSandbox();

async function lives(read: readonly string[], exec: readonly string[] = []): Promise<never> {
  for (;;) {
    const files = { read, write: [], exec };
    const host = await sandbox.start({ files, memoryMiB: 256, onOutput: () => undefined });
    const call = await loadEvaluator(host);
    await call("return 1");
    if (exec.length > 0)
      await call(`Bun.spawn(["sleep", "600"]); Bun.spawnSync(["sleep", "0.01"])`);
    if (Math.random() < 0.5) call("for (;;);").catch(() => undefined);
    await Bun.sleep(Math.random() * 30);
    host.kill("done");
    await host.exited;
  }
}

process.stdout.write("begun\n");
await Promise.all([lives([]), lives([]), lives([folder]), lives([], ["/bin/sleep"])]);
