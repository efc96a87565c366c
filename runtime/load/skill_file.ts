/**
 * The text of a `SKILL.md` (agentskills format) → its fields and its instructions. As lenient as other clients are:
 * only a text without a description, or without YAML, is none. Reads no files.
 */
import type { ParseYaml } from "../ports.ts";
import { isRecord } from "../record.ts";
import { located } from "./frame.ts";

/** Characters between the `---` lines. */
const HEAD_CHARS_MAX = 16_384;

/** Its parts. */
export interface SkillText {
  readonly fields: Readonly<Record<string, unknown>>;
  /** The instructions. */
  readonly body: string;
  /** What was odd. */
  readonly warnings: readonly string[];
  /** A `function/invalid` at the line that begins with this key, at whatever depth; else at the first one. */
  readonly wrong: (key: string, because: string) => Error;
}

/**
 * Reads a text.
 * @param file Path for people
 * @throws {MoultError} `function/invalid` with file:line:column
 */
export async function readSkillText(
  file: string,
  source: string,
  parseYaml: ParseYaml,
): Promise<SkillText> {
  const lines = source.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  const wrongAt = (line: number, because: string, column = 1): Error => {
    const lineText = (lines[line - 1] ?? "").replaceAll(/\p{Cc}/gu, " ");
    return located({ file, line, column, lineText }, `Skipped: ${because}`);
  };
  if (source.includes("\0")) throw wrongAt(1, "it is not a text");
  const { first, last } = headOf(lines, wrongAt);
  const head = lines.slice(first, last);
  if (head.join("\n").length > HEAD_CHARS_MAX)
    throw wrongAt(first + 1, `more than ${HEAD_CHARS_MAX} characters stand between the --- lines`);
  const warnings: string[] = [];
  let parsed = await parseYaml(head.join("\n"));
  if ("problem" in parsed) {
    const again = await parseYaml(quoted(head).join("\n"));
    if ("problem" in again)
      throw wrongAt(
        first + parsed.line,
        `its YAML cannot be read: ${parsed.problem}`,
        parsed.column,
      );
    warnings.push(
      `${file}:${first + parsed.line}: a value here is no plain YAML (${parsed.problem}); it is read as one text, and quotes around it would tell every client so`,
    );
    parsed = again;
  }
  const fields = parsed.value ?? {};
  if (!isRecord(fields)) throw wrongAt(first + 1, 'its YAML has no keys; write "description: …"');
  const wrong = (key: string, because: string): Error => {
    const at = head.findIndex((line) => line.trimStart().replace(/^["']/, "").startsWith(key));
    return wrongAt(at === -1 ? first : first + at + 1, because);
  };
  return {
    fields,
    body: lines
      .slice(last + 1)
      .join("\n")
      .trim(),
    warnings,
    wrong,
  };
}

/** Where the YAML begins and ends: indexes of lines. */
function headOf(
  lines: readonly string[],
  wrongAt: (line: number, because: string) => Error,
): { readonly first: number; readonly last: number } {
  const open = lines.findIndex((line) => line.trim() !== "");
  if (open === -1) throw wrongAt(1, "it is empty");
  if (lines[open]?.trimEnd() !== "---")
    throw wrongAt(
      open + 1,
      'it has no description: begin it with a line ---, then "description: …", then a line ---',
    );
  const close = lines.findIndex((line, at) => at > open && line.trimEnd() === "---");
  if (close === -1) throw wrongAt(open + 1, "the --- here is never closed by another ---");
  return { first: open + 1, last: close };
}

/** Keys whose values are texts, whatever they begin with. */
const TEXTS = new Set(["name", "description", "license", "compatibility"]);

/**
 * The same lines with quotes around plain values, as people write them: `description: Use when: it rains`. What follows
 * more deeply indented belongs to the value.
 */
function quoted(head: readonly string[]): readonly string[] {
  const out: string[] = [];
  for (let at = 0; at < head.length; at++) {
    const line = head[at] ?? "";
    const [, indent = "", key = "", value = ""] =
      /^(\s*)([A-Za-z][\w.-]*):[ \t]+(.*\S)\s*$/.exec(line) ?? [];
    const below = key === "" ? [] : belowOf(head.slice(at + 1), indent.length);
    if (isPlain(key, value)) {
      const text = [value, ...below.map((next) => next.trim())].join(" ").trimEnd();
      out.push(`${indent}${key}: '${text.replaceAll("'", "''")}'`);
      at += below.length;
    } else if (/^[|>]/.test(value)) {
      // A text in a block: what looks like keys in it is none.
      out.push(line, ...below);
      at += below.length;
    } else out.push(line);
  }
  return out;
}

/** Lines up to the first that is indented no more than this. */
function belowOf(rest: readonly string[], indent: number): readonly string[] {
  const end = rest.findIndex((line) => line.trim() !== "" && depth(line) <= indent);
  return rest.slice(0, end === -1 ? rest.length : end);
}

/** Whether a value stands there without quotes, and is no list, no number and no reference. */
function isPlain(key: string, value: string): boolean {
  if (key === "" || /^[|>]/.test(value) || /^(["']).*\1$/.test(value)) return false;
  return TEXTS.has(key) || !/^(?:["'[{&*!#]|-?\d)/.test(value);
}

function depth(line: string): number {
  return line.length - line.trimStart().length;
}
