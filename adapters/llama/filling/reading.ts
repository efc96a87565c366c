/** How what was said reads as the arguments of a tool, in the numbers by which tools are chosen. */
import { fill } from "./fill.ts";
import { isRecord } from "../../../runtime/record.ts";
import type { Reading } from "../../../runtime/turn/agreement.ts";
import type { ToolSpec } from "../../../schemas/model.ts";

/** Reading takes longer than a text is longer. */
const READ_CHARS_MAX = 240;

/** `undefined` where the tool takes what rules can not read. */
export function readingFor(tool: ToolSpec, sources: readonly string[]): Reading | undefined {
  const filled = fill(tool, sources.map(beginAndEnd));
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

/** A long text as it is read to choose a tool: what is asked for stands where it begins or ends. */
function beginAndEnd(text: string): string {
  if (text.length <= READ_CHARS_MAX) return text;
  const half = READ_CHARS_MAX / 2;
  return `${text.slice(0, half)}\n${text.slice(-half)}`;
}
