/** What a function was refused, as lines for a terminal: what it wanted, and the line that its file lacks. */
import type { FunctionInfo, Manifest } from "../schemas/function.ts";
import type { RuntimeEvent } from "../schemas/turn.ts";
import { paint, word } from "./print.ts";

/** Lines about a `function.denied` event of `info`, which is absent when the function is gone. */
export function refusalLines(event: RuntimeEvent, info: FunctionInfo | undefined): string[] {
  const name = paint("bold", word(event["name"]));
  const wanted = event["wanted"];
  const sign = paint("yellow", "⛔");
  if (typeof wanted !== "string" || info?.manifest === undefined)
    return [`${sign} ${name} ${word(event["text"])}`];
  const { what, remedy } = explain(word(event["kind"]), wanted, {
    manifest: info.manifest,
    file: info.file,
    name: info.name,
  });
  return [`${sign} ${name} ${what}`, `      ${paint("yellow", remedy)}`];
}

function explain(
  kind: string,
  wanted: string,
  {
    manifest,
    file,
    name,
  }: { readonly manifest: Manifest; readonly file: string; readonly name: string },
): { readonly what: string; readonly remedy: string } {
  const { permissions, secrets } = manifest;
  if (kind === "secret" && secrets.includes(wanted))
    return {
      what: `has no value for the secret ${wanted}; set it:`,
      remedy: `moult secret set ${wanted}`,
    };
  if (kind === "secret")
    return {
      what: `may not read the secret ${wanted}; to allow it, write in ${file}:`,
      remedy: `secrets: ${listed([...secrets, wanted])},`,
    };
  const isCall = kind === "call";
  const { optional, ...needed } = permissions;
  if (optional?.[isCall ? "call" : "net"].includes(wanted) === true)
    return {
      what: `may not ${isCall ? "call" : "reach"} ${wanted} yet; to allow it:`,
      remedy: `moult approve ${name}`,
    };
  const granted = isCall
    ? { ...needed, call: [...needed.call, wanted] }
    : { ...needed, net: [...needed.net, wanted] };
  const fields = Object.entries(granted)
    .filter(([, names]) => names.length > 0)
    .map(([field, names]) => `${field}: ${listed(names)}`);
  return {
    what: `may not ${isCall ? "call" : "reach"} ${wanted}; to allow it, write in ${file}:`,
    remedy: `permissions: { ${fields.join(", ")} },`,
  };
}

function listed(names: readonly string[]): string {
  return `[${names.map((name) => JSON.stringify(name)).join(", ")}]`;
}
