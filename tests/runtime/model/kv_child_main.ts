/** Keeps states in a folder, one after another, until it is killed. */
import { keep, openStore, tokensOf } from "./kv_folder.ts";

const [, , folder = ""] = process.argv;
const { store } = openStore({ folder, diskMiB: 256 });
for (let i = 0; ; i++) {
  await keep(store, `session ${i % 4}`, tokensOf((i % 4) + 1), 4_000_000);
  if (i === 4) process.stdout.write("kept\n");
}
