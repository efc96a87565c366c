/** YAML as plain data, for texts that strangers wrote: bounded, and with the place of a mistake. */
import { LineCounter, parseDocument } from "yaml";
import type { YamlParsed } from "../../runtime/ports.ts";

/** Characters of one text: one that is nothing but brackets takes a second to be refused. */
const CHARS_MAX = 16_384;

/** How much aliases may multiply what they stand for. */
const ALIASES_MAX = 10;

/** Parses a text. Never throws: what cannot be read comes back as a problem with its place. */
export function parseYaml(text: string): YamlParsed {
  if (text.length > CHARS_MAX)
    return { problem: `more than ${CHARS_MAX} characters of YAML`, line: 1, column: 1 };
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      logLevel: "error",
      stringKeys: true,
      // Looking for repeated keys takes the square of their number; the last one counts.
      uniqueKeys: false,
    });
    const [broken] = document.errors;
    if (broken === undefined)
      return { value: document.toJS({ maxAliasCount: ALIASES_MAX }) as unknown };
    const { line, col } = lines.linePos(broken.pos[0]);
    return { problem: firstLine(broken.message), line, column: col };
  } catch (error) {
    // Too many aliases, or one that stands for nothing.
    const problem = error instanceof Error ? firstLine(error.message) : "not YAML";
    return { problem, line: 1, column: 1 };
  }
}

/** Without the picture of the place, and without words for it. */
function firstLine(message: string): string {
  const [line = ""] = message.split("\n");
  return line.replace(/ at line \d+, column \d+:?$/, "").replace(/\.$/, "");
}
