/** Inside the machine: the corpus of attacks without a sandbox, under the security hooks alone, and in full. */
import { LAYERS, type LayerName } from "../../adapters/linux/omitted.ts";
import { corpus } from "../attacks/corpus.ts";
import { openServers } from "../attacks/places.ts";
import { Ground, only, tryAll } from "../attacks/verdicts.ts";
import { report } from "./report.ts";

/** Columns of the table, one after the other: this machine is emulated. */
const COLUMNS: Readonly<Record<string, readonly LayerName[]>> = {
  none: [],
  hooks: ["cgroup", "hooks"],
  "own user": LAYERS.filter((layer) => layer !== "uid"),
  full: LAYERS,
};

process.env["MOULT_ATTACKS_CANARY"] = "secret";
const { servers, close } = await openServers();
const groups = corpus(servers);
const attacks = Object.values(groups).flat();
const names = Object.fromEntries(
  Object.entries(groups).map(([group, some]) => [
    group,
    some.map(({ name, root = false }) => ({ name, root })),
  ]),
);
report({ part: "corpus", groups: names });
for (const [column, layers] of Object.entries(COLUMNS)) {
  const ground = new Ground(servers, only(layers));
  if (column === "full") {
    report({ part: "verdicts", tier: ground.tier() });
    report({
      part: "verdicts",
      column: "twins",
      outcomes: await tryAll(ground, attacks, "harmless"),
    });
  }
  report({ part: "verdicts", column, outcomes: await tryAll(ground, attacks) });
  await ground.close();
}
await close();
report({ part: "verdicts", done: true });
process.exit(0);
