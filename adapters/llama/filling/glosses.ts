/**
 * Values of enums that people call otherwise, in either language: by hand (`option_words.txt`), and what strangers wrote
 * (`said_values.txt`, made by models/recipe/filling/said_values.py). Knows words only.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** By hand, and made. */
const FILES = ["option_words.txt", "said_values.txt"];

/** Values whose words were asked for. */
const KNOWN_MAX = 1024;
const NONE: readonly string[] = [];

/** By value in small letters, the lines it begins or stands in before the colon. Read when first needed; most are never asked for. */
let lines: ReadonlyMap<string, readonly string[]> | undefined;
const known = new Map<string, readonly string[]>();

/** What else says a value, by the value in small letters: of currencies their names, in Chinese words of the same sense. */
export function wordsMeaning(plain: string): readonly string[] {
  const before = known.get(plain);
  if (before !== undefined) return before;
  lines ??= read(FILES.map((name) => readFileSync(join(import.meta.dir, name), "utf8")).join("\n"));
  const own = lines.get(plain);
  const words = own?.flatMap((line) => line.slice(line.indexOf(": ") + 2).split(", ")) ?? NONE;
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(plain, words);
  return words;
}

/** `one/other: words, more words` */
function read(table: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const line of table.split("\n")) {
    const end = line.indexOf(": ");
    if (end < 0) continue;
    for (const value of line.slice(0, end).split("/")) {
      const own = found.get(value);
      if (own === undefined) found.set(value, [line]);
      else own.push(line);
    }
  }
  return found;
}
