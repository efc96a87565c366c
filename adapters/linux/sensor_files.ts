/** Small files of the kernel, read as what they hold. Whatever is absent, unreadable or garbage is `undefined`. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Entries of one folder; a broken driver must not make a list without end. */
const ENTRIES_MAX = 256;
/** Bytes of a file that are looked at. */
const TEXT_CHARS_MAX = 8_192;

/** The text of a file, without the space around it. */
export function textIn(...path: readonly string[]): string | undefined {
  try {
    return readFileSync(join(...path), "utf8")
      .slice(0, TEXT_CHARS_MAX)
      .trim();
  } catch {
    return undefined;
  }
}

/** A whole number, `max` as `Infinity`. */
export function numberIn(...path: readonly string[]): number | undefined {
  const text = textIn(...path);
  if (text === "max") return Infinity;
  return text !== undefined && /^-?\d{1,18}$/.test(text) ? Number(text) : undefined;
}

/** Names in a folder, in order; none where there is no such folder. */
export function namesIn(...path: readonly string[]): readonly string[] {
  try {
    return readdirSync(join(...path))
      .toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }))
      .slice(0, ENTRIES_MAX);
  } catch {
    return [];
  }
}

/** A name as metrics and people take it: one line, not too long. */
export function plainName(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "").slice(0, 60);
}
