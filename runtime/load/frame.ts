/** Build errors as people want them: which file, line and column, why, and the line itself. Knows no bundler. */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { MoultError } from "../../schemas/error.ts";

/** Characters of a source line that an error shows. */
const FRAME_CHARS_MAX = 160;

/** Where something is wrong. */
export interface Place {
  readonly file: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
  readonly lineText: string;
}

/** The `function/invalid` of a place: `file:line:column: because`, and the line with a mark under the column. */
export function located(place: Place, because: string): MoultError {
  const { file, line, column, lineText } = place;
  const from = Math.max(0, column - FRAME_CHARS_MAX / 2);
  const shown = lineText.slice(from, from + FRAME_CHARS_MAX).replaceAll("\t", " ");
  const gutter = `  ${line} | `;
  const caret = " ".repeat(gutter.length + Math.max(0, column - 1 - from));
  return new MoultError(
    "function/invalid",
    `${file}:${line}:${column}: ${because}\n${gutter}${shown}\n${caret}^`,
    { file, line, column },
  );
}

/** A path as people and stack traces show it: below the functions folder, or from `node_modules` on. */
export function shortPath(path: string, root: string): string {
  const packages = path.lastIndexOf("/node_modules/");
  return packages === -1 || path.startsWith(root) ? relative(root, path) : path.slice(packages + 1);
}

/** A file's text; empty when it cannot be read. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
