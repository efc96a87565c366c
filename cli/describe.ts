/** `moult describe FN`: everything known about one function. */
import { bytesText } from "../runtime/bytes_text.ts";
import type { FunctionInfo, Grant, Manifest, Waiting } from "../schemas/function.ts";
import { approvalLines } from "./approve.ts";
import { needDaemon } from "./client.ts";
import { json, line, localTime, paint, wrapped } from "./print.ts";
import { UsageError, type Command } from "./program.ts";
import { schemaText } from "./schema_text.ts";
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
  if (info.manifest) line(wrapped(info.manifest.description));
  if (info.error) line(paint("red", wrapped(info.error)));
  for (const warning of info.manifest?.warnings ?? []) line(paint("yellow", wrapped(warning)));
  line();
  field("file", `${info.file} (${info.origin === "builtin" ? "built in" : "yours"})`);
  if (info.loadedAt > 0)
    field("loaded", `${localTime(info.loadedAt)}, in ${Math.round(info.reloadMs)} ms`);
  if (info.grant) field("approved", grantText(info.grant));
  field("calls", callsText(info));
  if (info.manifest) showManifest(info.manifest);
  if (info.waiting) showWaiting(info, info.waiting);
}

function callsText({ calls, failures }: FunctionInfo): string {
  return `${calls}${failures > 0 ? `, ${failures} of them failed` : ""}`;
}

function grantText({ version, approvedAt, by }: Grant): string {
  const who = by === "dev" ? "on sight by moult dev" : "by you";
  return `version ${version} ${who}, ${localTime(approvedAt)}`;
}

function showWaiting(info: FunctionInfo, waiting: Waiting): void {
  line(`\nwaits for your approval: moult approve ${info.name}`);
  for (const text of approvalLines(info, waiting)) line(text);
}

function limitsText({ limits, permissions: { net, optional } }: Manifest): string {
  const { timeMs, memoryMiB, cpuMs, concurrency, egressMiB, requests } = limits;
  const text = `${timeMs} ms, ${memoryMiB} MiB, ${cpuMs} CPU-ms, ${concurrency} at once`;
  const reaches = net.length + (optional?.net.length ?? 0) > 0;
  return reaches ? `${text}; ${requests} requests and ${egressMiB} MiB a call` : text;
}

function showManifest(manifest: Manifest): void {
  const { optional, ...needed } = manifest.permissions;
  field("may touch", touches(needed));
  if (optional !== undefined) field("if approved", touches(optional));
  if (manifest.secrets.length > 0) field("secrets", manifest.secrets.join(", "));
  if (manifest.tools.length > 0) field("tools", manifest.tools.join(", "));
  if (manifest.files !== undefined) {
    showFolder(manifest.files);
    return;
  }
  field("limits", limitsText(manifest));
  for (const trigger of manifest.triggers) field("trigger", triggerText(trigger));
  if (manifest.input) field("input", schemaText(manifest.input));
  if (manifest.output) field("output", schemaText(manifest.output));
  for (const { say, input } of manifest.examples)
    field("example", `"${say}" → ${JSON.stringify(input)}`);
}

function touches(lists: Readonly<Record<string, readonly string[]>>): string {
  const named = Object.entries(lists).filter(([, list]) => list.length > 0);
  return named.map(([kind, list]) => `${kind}: ${list.join(", ")}`).join("; ") || "nothing";
}

/** A skill that is a folder has no process, and so no limits. */
function showFolder(files: NonNullable<Manifest["files"]>): void {
  field("runs", "nothing: the model reads its instructions, and its files when it needs them");
  for (const { path, bytes } of files) field("holds", `${path} (${bytesText(bytes)})`);
}

/** The column where what a field says begins. */
const SAID_AT = 13;

function field(name: string, says: string): void {
  line(`${name.padEnd(SAID_AT)}${wrapped(says, SAID_AT)}`);
}
