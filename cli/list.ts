/** `moult list`: the functions, their versions and states. */
import type { FunctionInfo, Waiting } from "../schemas/function.ts";
import { needDaemon } from "./client.ts";
import { json, line, paint, table } from "./print.ts";
import type { Command } from "./program.ts";

/** `moult list` */
export const command: Command = {
  usage: "",
  async run(_program, _positionals, values) {
    const functions = await needDaemon(values).json<readonly FunctionInfo[]>(
      "GET",
      "/api/functions",
    );
    if (values["json"] === true) {
      json(functions);
      return 0;
    }
    table([
      ["NAME", "KIND", "VERSION", "STATE", "CALLS", "DESCRIPTION"],
      ...functions.map((info) => [
        info.name,
        info.kind,
        info.version || "-",
        info.state,
        String(info.calls),
        info.manifest?.description ?? info.waiting?.description ?? "",
      ]),
    ]);
    for (const { name, error } of functions) {
      if (error) line(paint("red", `\n${name}: ${error}`));
    }
    for (const { name, waiting } of functions)
      if (waiting) line(paint("yellow", `\n${waitingLine(name, waiting)}`));
    for (const { name, manifest } of functions) {
      for (const warning of manifest?.warnings ?? [])
        line(paint("yellow", `\n${name}: ${warning}`));
    }
    return 0;
  },
};

/** One sentence about what waits, with the command that ends the waiting. */
export function waitingLine(name: string, { version, wants, runs }: Waiting): string {
  const what = wants.length === 0 ? "has changed" : wants.join(", ");
  const subject = runs ? `${name} runs without what is optional` : `${name} ${version} waits`;
  return `${subject}: ${what}; to allow it: moult approve ${name}`;
}
