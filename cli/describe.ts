/** `moult describe FN`: everything known about one function. */
import type { FunctionInfo } from "../schemas/function.ts";
import { needDaemon } from "./client.ts";
import { json, line, paint } from "./print.ts";
import { UsageError, type Command } from "./program.ts";

/** `moult describe` */
export const command: Command = {
  usage: "FUNCTION",
  async run(_program, [name, ...rest], values) {
    if (name === undefined || rest.length > 0)
      throw new UsageError("Name one function: moult describe calculate");
    const info = await needDaemon(values).json<FunctionInfo>(
      "GET",
      `/api/functions/${encodeURIComponent(name)}`,
    );
    if (values["json"] === true) json(info);
    else show(info);
    return 0;
  },
};

function show(info: FunctionInfo): void {
  line(
    `${paint("bold", info.name)}  ${info.kind}, ${info.state}, version ${info.version || "none"}`,
  );
  if (info.manifest) line(info.manifest.description);
  if (info.error) line(paint("red", info.error));
  line();
  line(`file         ${info.file} (${info.origin === "builtin" ? "built in" : "yours"})`);
  if (info.loadedAt > 0)
    line(
      `loaded       ${new Date(info.loadedAt).toISOString()}, in ${Math.round(info.reloadMs)} ms`,
    );
  line(`calls        ${info.calls}, of which failed ${info.failures}`);
  const { manifest } = info;
  if (!manifest) return;
  const granted = Object.entries(manifest.permissions).filter(([, list]) => list.length > 0);
  line(
    `may touch    ${granted.map(([kind, list]) => `${kind}: ${list.join(", ")}`).join("; ") || "nothing"}`,
  );
  if (manifest.secrets.length > 0) line(`secrets      ${manifest.secrets.join(", ")}`);
  const { timeMs, memoryMiB, cpuMs, concurrency } = manifest.limits;
  line(`limits       ${timeMs} ms, ${memoryMiB} MiB, ${cpuMs} CPU-ms, ${concurrency} at once`);
  if (manifest.input) line(`input        ${JSON.stringify(manifest.input)}`);
  if (manifest.output) line(`output       ${JSON.stringify(manifest.output)}`);
  for (const { say, input } of manifest.examples)
    line(`example      "${say}" → ${JSON.stringify(input)}`);
}
