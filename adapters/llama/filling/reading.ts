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
  // "what is" asks for a status where it is said of what.
  const implied = filled.missing.length > 0 ? filled.implied : [];
  const args = Object.entries(filled.args).filter(([key]) => !implied.includes(key));
  const isChoice = (key: string): boolean => {
    const schema = isRecord(properties) ? properties[key] : undefined;
    return isRecord(schema) && "enum" in schema;
  };
  const free = args.filter(([key]) => !isChoice(key)).map(([, value]) => value);
  return {
    score: filled.score,
    missing: filled.missing.length,
    texts: free.filter((value) => typeof value === "string"),
    numbers: free.filter((value) => typeof value === "number").length,
    choices: args.length - free.length,
    given: args.filter(([key]) => needed.includes(key)).length,
  };
}
