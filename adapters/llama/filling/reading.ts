/** How what was said reads as the arguments of a tool, in the numbers by which tools are chosen. */
import { fill } from "./fill.ts";
import { isRecord } from "../../../runtime/record.ts";
import { beginAndEnd } from "../../../runtime/short_text.ts";
import type { Reading } from "../../../runtime/turn/agreement.ts";
import type { ToolSpec } from "../../../schemas/model.ts";

/** Reading takes longer than a text is longer; what is asked for stands where it begins or ends. */
const READ_CHARS_MAX = 240;

/** `undefined` where the tool takes what rules can not read. */
export function readingFor(tool: ToolSpec, sources: readonly string[]): Reading | undefined {
  const isLong = sources.some(({ length }) => length > READ_CHARS_MAX);
  const read = isLong ? sources.map((source) => beginAndEnd(source, READ_CHARS_MAX)) : sources;
  const filled = fill(tool, read);
  if (filled === undefined) return undefined;
  const { properties, required } = tool.parameters;
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  const texts: string[] = [];
  let [numbers, choices, given] = [0, 0, 0];
  for (const [key, value] of Object.entries(filled.args)) {
    const schema = isRecord(properties) ? properties[key] : undefined;
    if (needed.includes(key)) given++;
    if (isRecord(schema) && "enum" in schema) choices++;
    else if (typeof value === "string") texts.push(value);
    else if (typeof value === "number") numbers++;
  }
  return { score: filled.score, missing: filled.missing.length, texts, numbers, choices, given };
}
