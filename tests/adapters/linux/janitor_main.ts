/** A process that clears away, again and again, the control groups in a folder whose daemons seem dead to it. */
import { removeStaleGroups } from "../../../adapters/linux/cgroup.ts";

const [parent] = process.argv.slice(2);
process.stdout.write("ready\n");
for (;;) removeStaleGroups(parent);
