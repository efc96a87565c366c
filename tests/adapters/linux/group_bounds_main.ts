/** A process that divides the group it is in, and says what can be bounded below and where it is then. */
import { basename } from "node:path";
import { ownGroup } from "../../../adapters/linux/cgroup.ts";
import { divide } from "../../../adapters/linux/group_bounds.ts";

const [group = "", controller = ""] = process.argv.slice(2);
const bounded = divide(group, [controller]);
if (bounded.length > 0) process.stdout.write(`${bounded.join()} ${basename(ownGroup() ?? "")}\n`);
