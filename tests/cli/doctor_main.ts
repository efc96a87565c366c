/** `moult doctor --home DIR` on a machine without some layers: the first argument names them, `everything` for all. */
import { command } from "../../cli/doctor.ts";
import type { Program } from "../../cli/program.ts";
import { LAYERS, type LayerName } from "../../adapters/linux/omitted.ts";
import { PlainSandbox } from "../../adapters/linux/plain.ts";
import { LinuxSandbox } from "../../adapters/linux/sandbox.ts";
import { trySandbox } from "../../adapters/linux/try_sandbox.ts";

const [missing = "", home = ""] = process.argv.slice(2);
const layers = LAYERS.filter((name): name is LayerName => missing.split(",").includes(name));
const program = {
  trySandbox: async () =>
    await trySandbox(() =>
      missing === "everything" ? new PlainSandbox() : new LinuxSandbox({ layers }),
    ),
  models: () => Promise.reject(new Error("there is no model")),
  providers: () => Promise.resolve([]),
} as unknown as Program; // The rest is not asked for.
process.exitCode = await command.run(program, [], { home });
