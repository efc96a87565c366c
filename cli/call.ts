/** `moult call FN JSON`: calls a tool and prints its output. */
import { needDaemon } from "./client.ts";
import { line } from "./print.ts";
import { UsageError, type Command } from "./program.ts";

const EXAMPLE = `moult call calculate '{"expression":"2+2"}'`;

/** `moult call` */
export const command: Command = {
  usage: "FUNCTION [JSON]",
  help: '  JSON may be "-" for standard input; it is {} when left out',
  async run(_program, [name, input = "{}", ...rest], values) {
    if (name === undefined || rest.length > 0) {
      throw new UsageError(`Write the input as one JSON argument: ${EXAMPLE}`);
    }
    const body = input === "-" ? await Bun.stdin.text() : input;
    try {
      JSON.parse(body);
    } catch (error) {
      const why = (error as Error).message.replace("JSON Parse error: ", "");
      throw new UsageError(`The input is not JSON (${why}); write it like this: ${EXAMPLE}`);
    }
    const response = await needDaemon(values).ask("POST", `/fn/${encodeURIComponent(name)}`, body);
    if (response.headers.get("content-type")?.startsWith("application/json") === true) {
      const output: unknown = await response.json();
      line(JSON.stringify(output, undefined, values["json"] === true ? undefined : 2));
    } else if (response.body) {
      for await (const chunk of response.body) process.stdout.write(chunk);
    }
    return 0;
  },
};
