/** A stand-in for the daemon: starts a model, prints its host's process id, and waits to be killed. */
import { openModel, until } from "./answers.ts";

const model = openModel();
await until(model, "ready");
process.stdout.write(`${model.status().pid}\n`);
setInterval(() => {}, 1_000);
