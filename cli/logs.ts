/** `moult logs FN`: what a function wrote, oldest first. */
import { needDaemon } from "./client.ts";
import { aside, json, line, paint } from "./print.ts";
import { UsageError, type Command } from "./program.ts";

interface LogLine {
  readonly at: number;
  readonly level: string;
  readonly text: string;
  readonly facts?: object;
}

/** `moult logs` */
export const command: Command = {
  usage: "FUNCTION [--follow]",
  options: { follow: { type: "boolean", short: "f" } },
  help: "  --follow      keep printing new lines until Ctrl-C",
  async run(_program, [name, ...rest], values) {
    if (name === undefined || rest.length > 0)
      throw new UsageError("Name one function: moult logs notes");
    const client = needDaemon(values);
    const print = (entry: LogLine): void => {
      if (values["json"] === true) json(entry);
      else line(format(entry));
    };
    const path = `/api/functions/${encodeURIComponent(name)}/logs`;
    const entries = await client.json<readonly LogLine[]>("GET", path);
    for (const entry of entries) print(entry);
    if (entries.length === 0)
      aside(paint("dim", `${name} has written nothing yet`, process.stderr));
    if (values["follow"] !== true) return 0;
    for await (const event of client.events("GET", "/api/events")) {
      // The event carries a log line's fields beside its own.
      if (event["type"] === "function.log" && event["name"] === name)
        print(event as unknown as LogLine);
    }
    return 0;
  },
};

function format({ at, level, text, facts }: LogLine): string {
  const time = new Date(at).toISOString().slice(11, 23);
  const colour = level === "error" ? "red" : level === "warn" ? "yellow" : "dim";
  const more = facts && Object.keys(facts).length > 0 ? ` ${JSON.stringify(facts)}` : "";
  return `${paint("dim", time)} ${paint(colour, level.padEnd(5))} ${text}${more}`;
}
