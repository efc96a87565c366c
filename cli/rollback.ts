/** `moult rollback FN`: puts the version before the present one back, until the file is saved with a change. */
import type { FunctionInfo } from "../schemas/function.ts";
import { needDaemon } from "./client.ts";
import { json, line } from "./print.ts";
import { UsageError, type Command } from "./program.ts";

/** `moult rollback` */
export const command: Command = {
  usage: "FUNCTION",
  async run(_program, [name, ...rest], values) {
    if (name === undefined || rest.length > 0)
      throw new UsageError("Name one function: moult rollback notes");
    const info = await needDaemon(values).json<FunctionInfo>(
      "POST",
      `/api/functions/${encodeURIComponent(name)}/rollback`,
    );
    if (values["json"] === true) json(info);
    else
      line(`${info.name} is back at version ${info.version} until its file is saved with a change`);
    return 0;
  },
};
