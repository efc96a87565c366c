/** Runs the attacks as whoever starts it, and prints the results: the test starts it without root's rights. */
import { LinuxSandbox } from "../../../adapters/linux/sandbox.ts";
import { startBlank } from "../../contract/sandbox.ts";
import { runAttacks, type Targets } from "./attacks.ts";

const given = JSON.parse(process.argv[2] ?? "{}") as Targets;
const sandbox = new LinuxSandbox();
const [host, sibling] = await Promise.all([startBlank(sandbox), startBlank(sandbox)]);
const results = await runAttacks(host, { ...given, sibling: sibling.work });
process.stdout.write(JSON.stringify({ uid: process.getuid?.(), tier: sandbox.tier(), results }));
await sandbox.close();
