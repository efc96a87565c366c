/** `moult bench`: runs the benchmarks of the repository and prints their tables. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { MoultError } from "../schemas/error.ts";
import type { Command } from "./program.ts";

/** `moult bench` */
export const command: Command = {
  usage: "[NAME…]",
  help: "  NAME…         only these; without names all of them",
  async run(program, positionals, values) {
    const runner = join(dirname(program.entry), "bench", "run.ts");
    if (!existsSync(runner))
      throw new MoultError(
        "input/invalid",
        "The benchmarks are part of the repository, not of the installed package; run it in a clone",
      );
    const json = values["json"] === true ? ["--json"] : [];
    const child = Bun.spawn([process.execPath, "--no-install", runner, ...json, ...positionals], {
      stdio: ["inherit", "inherit", "inherit"],
    });
    return await child.exited;
  },
};
