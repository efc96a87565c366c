/** Inside the machine: what the sandbox says of it. */
import { LinuxSandbox } from "../../adapters/linux/sandbox.ts";
import { report } from "./report.ts";

const sandbox = new LinuxSandbox();
report({ part: "tier", ...sandbox.tier() });
await sandbox.close();
process.exit(0);
