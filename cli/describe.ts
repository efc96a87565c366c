/** `moult describe FN`: everything known about one function. */
import { bytesText } from "../runtime/bytes_text.ts";
import type { FunctionInfo, Manifest } from "../schemas/function.ts";
import { needDaemon } from "./client.ts";
import { json, line, paint } from "./print.ts";
import { UsageError, type Command } from "./program.ts";
import { triggerText } from "./trigger_text.ts";

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
  for (const warning of info.manifest?.warnings ?? []) line(paint("yellow", warning));
  line();
  line(`file         ${info.file} (${info.origin === "builtin" ? "built in" : "yours"})`);
  if (info.loadedAt > 0)
    line(
      `loaded       ${new Date(info.loadedAt).toISOString()}, in ${Math.round(info.reloadMs)} ms`,
    );
  line(`calls        ${info.calls}, of which failed ${info.failures}`);
  if (info.manifest) showManifest(info.manifest);
}

function showManifest(manifest: Manifest): void {
  const granted = Object.entries(manifest.permissions).filter(([, list]) => list.length > 0);
  line(
    `may touch    ${granted.map(([kind, list]) => `${kind}: ${list.join(", ")}`).join("; ") || "nothing"}`,
  );
  if (manifest.secrets.length > 0) line(`secrets      ${manifest.secrets.join(", ")}`);
  if (manifest.tools.length > 0) line(`tools        ${manifest.tools.join(", ")}`);
  if (manifest.files !== undefined) {
    showFolder(manifest.files);
    return;
  }
  const { timeMs, memoryMiB, cpuMs, concurrency } = manifest.limits;
  line(`limits       ${timeMs} ms, ${memoryMiB} MiB, ${cpuMs} CPU-ms, ${concurrency} at once`);
  for (const trigger of manifest.triggers) line(`trigger      ${triggerText(trigger)}`);
  if (manifest.input) line(`input        ${JSON.stringify(manifest.input)}`);
  if (manifest.output) line(`output       ${JSON.stringify(manifest.output)}`);
  for (const { say, input } of manifest.examples)
    line(`example      "${say}" → ${JSON.stringify(input)}`);
}

/** A skill that is a folder has no process, and so no limits. */
function showFolder(files: NonNullable<Manifest["files"]>): void {
  line("runs         nothing: the model reads its instructions, and its files when it needs them");
  for (const { path, bytes } of files) line(`holds        ${path} (${bytesText(bytes)})`);
}
