/** Inside the machine: the corpus of attacks without a sandbox, under each layer alone, and in full. */
import { corpus } from "../attacks/corpus.ts";
import { openServers } from "../attacks/places.ts";
import { COLUMNS, columnNames, Ground, only, tryAll } from "../attacks/verdicts.ts";
import { report } from "./report.ts";

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
// One after the other: this machine is emulated.
for (const column of columnNames()) {
  const ground = new Ground(servers, only(COLUMNS[column]));
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
