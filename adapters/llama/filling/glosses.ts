/**
 * Values of enums that people call otherwise, in either language: by hand (`option_words.txt`), and what strangers wrote
 * (`said_values.txt`, made by models/recipe/filling/said_values.py). Knows words only.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** By hand, and made. */
const FILES = ["option_words.txt", "said_values.txt"];

/** By value in small letters; the files are read when they are first needed. */
let known: ReadonlyMap<string, readonly string[]> | undefined;

/** What else says a value, by the value in small letters: of currencies their names, in Chinese words of the same sense. */
export function wordsMeaning(plain: string): readonly string[] {
  known ??= read(FILES.map((name) => readFileSync(join(import.meta.dir, name), "utf8")).join("\n"));
  return known.get(plain) ?? [];
}

/** `one/other: words, more words` */
function read(table: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const line of table.split("\n")) {
    const [values = "", words = ""] = line.split(": ");
    if (words === "") continue;
    for (const value of values.split("/")) {
      const own = found.get(value);
      if (own === undefined) found.set(value, words.split(", "));
      else own.push(...words.split(", "));
    }
  }
  return found;
}
