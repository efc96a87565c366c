/** Inside the machine: what opening a file costs a process with the layer off, on for others, and on for it. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HookLayer } from "../../adapters/linux/bpf/lsm.ts";
import { bunIn, inGroup } from "./ground.ts";
import { report } from "./report.ts";

const ROUNDS = 7;
const LOOP = `const fs = require("node:fs"); const open = () => fs.closeSync(fs.openSync("a")); for (let i = 0; i < 2000; i++) open(); const began = Bun.nanoseconds(); for (let i = 0; i < 5000; i++) open(); console.log((Bun.nanoseconds() - began) / 5000);`;

const work = mkdtempSync("/tmp/cost-");
writeFileSync(join(work, "a"), "x");
const open = async (layer: HookLayer | undefined) =>
  await inGroup(layer, work, async (group) => Number(await bunIn(group, work, ["-e", LOOP])));

const ns: Record<string, number[]> = { off: [], "on for others": [], on: [] };
for (let round = 0; round < ROUNDS; round++) {
  ns["off"]?.push(await open(undefined));
  const layer = new HookLayer();
  ns["on for others"]?.push(await open(undefined));
  ns["on"]?.push(await open(layer));
  layer.close();
}
const medians = Object.fromEntries(
  Object.entries(ns).map(([name, all]) => [
    name,
    Math.round(all.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0),
  ]),
);
report({ part: "cost", rounds: ROUNDS, medians });
process.exit(0);
