/**
 * A daemon that is about to be killed: puts the network layer around the group it is given, starts a process in a leaf
 * of it that goes on trying to connect, and says who that is.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { NetworkLayer } from "../../../adapters/linux/bpf/network.ts";

const [group = "", log = "", port = ""] = process.argv.slice(2);
const leaf = join(group, "leaf");
mkdirSync(leaf);
const layer = new NetworkLayer(group);
const code = `const fs = require("node:fs"); for (;;) { await fetch("http://127.0.0.1:${port}/").then(() => fs.appendFileSync("${log}", "reached\\n"), (error) => fs.appendFileSync("${log}", error.code + "\\n")); await Bun.sleep(10); }`;
const child = Bun.spawn([process.execPath, "--no-install", "-e", code], {
  stdio: ["ignore", "ignore", "ignore"],
  detached: true,
  cgroup: leaf,
} as object);
process.stdout.write(`${String(child.pid)}\n`);
setInterval(() => layer.reports.drain(), 1_000);
