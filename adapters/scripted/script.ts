/**
 * The script of a scripted model: one JSON step per line, the first that fits the last message is played.
 * Stateless, so that it answers any number of sessions at once, and the same again after a restart.
 *
 * | key | means |
 * | --- | --- |
 * | `match` | regular expression (case ignored) on the last message; absent = any |
 * | `find` | regular expression (case ignored) on all that the prompt holds; fits only when it is found there, the last place counts |
 * | `onTool` | fits only when the last message is a result of this tool, `"*"` = of any; absent = only a user's message |
 * | `thought` | what it says to itself first, at once |
 * | `reply` | text, streamed word by word |
 * | `call`, `calls` | `{ "name", "arguments" }`, one tool call or several |
 * | `finish` | `"length"` ends the reply as if the token limit had cut it |
 * | `delayMs`, `tokenMs` | pause before the first token, and between tokens @default 0 |
 * | `crash` | `true` kills the process: at once, or half-way through `reply` |
 *
 * Placeholders in `reply` and in the strings of `arguments`: `{{0}}` the whole match, `{{1}}`… its groups, `{{found}}`
 * what `find` has found: its first group, else all of it,
 * `{{text}}` the user's last message, `{{result}}` the tool's result, `{{result.path.0.field}}` a part of it.
 * A string that is nothing but `{{1:number}}` becomes a number. Empty lines and lines that begin with `//` are skipped.
 */
import * as v from "valibot";
import { checkValue } from "../../runtime/check_value.ts";
import { MoultError } from "../../schemas/error.ts";
import type { ChatMessage } from "../../schemas/model.ts";

/** Characters of a message that a regular expression is tried on. */
const MATCHED_CHARS_MAX = 20_000;

const call = v.strictObject({
  name: v.string(),
  arguments: v.optional(v.record(v.string(), v.unknown()), {}),
});
const milliseconds = v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(600_000)), 0);

const regExp = (flags: string) =>
  v.pipe(
    v.string(),
    v.check(isRegExp, "is not a regular expression"),
    v.transform((source) => new RegExp(source, flags)),
  );

const Step = v.strictObject({
  match: v.optional(regExp("iu")),
  find: v.optional(regExp("giu")),
  onTool: v.optional(v.string()),
  thought: v.optional(v.string()),
  reply: v.optional(v.string()),
  call: v.optional(call),
  calls: v.optional(v.array(call)),
  finish: v.optional(v.picklist(["stop", "length"])),
  delayMs: milliseconds,
  tokenMs: milliseconds,
  crash: v.optional(v.boolean(), false),
});

/** One line of a script, checked. */
export type Step = v.InferOutput<typeof Step>;

/** What a step says about one message, placeholders filled in. */
export interface Played {
  readonly step: Step;
  readonly reply: string;
  readonly calls: readonly { readonly name: string; readonly arguments: unknown }[];
}

/** Reads a script. @throws {MoultError} `model/unavailable` with the line that is wrong. */
export function parseScript(source: string, file: string): readonly Step[] {
  const steps: Step[] = [];
  for (const [index, line] of source.split("\n").entries()) {
    const text = line.trim();
    if (text === "" || text.startsWith("//")) continue;
    const where = `${file}:${index + 1}`;
    const title = `${UNREADABLE}: ${where}`;
    steps.push(checkValue(Step, parseJson(text, where), { code: "model/unavailable", title }));
  }
  if (steps.length === 0) throw unreadable(`${file} has no steps; write one JSON object per line`);
  return steps;
}

/** Plays the first step that fits the last message. */
export function play(steps: readonly Step[], messages: readonly ChatMessage[]): Played {
  const last = messages.at(-1);
  const content = last?.content.slice(0, MATCHED_CHARS_MAX) ?? "";
  const tool = last?.role === "tool" ? last.name : undefined;
  for (const step of steps) {
    const groups = fit(step, content, tool);
    const found = groups === null ? undefined : find(step, messages);
    if (groups === null || found === undefined) continue;
    const result = tool === undefined ? "" : content;
    return perform(step, { groups, text: lastUserText(messages), result, found });
  }
  return { step: v.parse(Step, {}), reply: unscripted(content, tool), calls: [] };
}

/** The groups of the match, or `null` when the step does not fit. */
function fit(step: Step, content: string, tool: string | undefined): Values["groups"] | null {
  const wanted = step.onTool === "*" && tool !== undefined ? tool : step.onTool;
  if (wanted !== tool) return null;
  return step.match === undefined ? [content] : step.match.exec(content);
}

/** What the prompt holds of what is to be found; `undefined`: nothing. */
function find({ find: pattern }: Step, messages: readonly ChatMessage[]): string | undefined {
  if (pattern === undefined) return "";
  const prompt = messages.map(({ content }) => content).join("\n");
  const last = [...prompt.matchAll(pattern)].at(-1);
  return last === undefined ? undefined : (last[1] ?? last[0]);
}

function perform(step: Step, values: Values): Played {
  const calls = step.call === undefined ? (step.calls ?? []) : [step.call];
  return {
    step,
    reply: fill(step.reply ?? "", values),
    calls: calls.map((one) => ({ name: one.name, arguments: fillAll(one.arguments, values) })),
  };
}

/** A result that no step answers is the answer; a message that no step fits is an error in the script. */
function unscripted(content: string, tool: string | undefined): string {
  return tool === undefined ? `No step of the script fits: ${content.slice(0, 200)}` : content;
}

function lastUserText(messages: readonly ChatMessage[]): string {
  return messages.findLast((message) => message.role === "user")?.content ?? "";
}

interface Values {
  readonly groups: readonly (string | undefined)[];
  readonly text: string;
  readonly result: string;
  readonly found: string;
}

const PLACEHOLDER = /\{\{\s*([\w.-]+)(:number)?\s*\}\}/gu;

function fill(text: string, values: Values): string {
  return text.replace(PLACEHOLDER, (_, name: string) => lookUp(name, values));
}

function fillAll(value: unknown, values: Values): unknown {
  if (typeof value === "string") {
    const [whole, name, number] = [...value.matchAll(PLACEHOLDER)][0] ?? [];
    if (whole === value && name !== undefined && number !== undefined)
      return Number(lookUp(name, values));
    return fill(value, values);
  }
  if (Array.isArray(value)) return value.map((item: unknown) => fillAll(item, values));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, fillAll(item, values)]),
  );
}

function lookUp(name: string, values: Values): string {
  if (/^\d+$/.test(name)) return values.groups[Number(name)] ?? "";
  if (name === "found" || name === "text" || name === "result") return values[name];
  return name.startsWith("result.") ? partOf(values.result, name) : "";
}

function partOf(result: string, name: string): string {
  let value = parseLoosely(result);
  for (const key of name.split(".").slice(1)) {
    if (typeof value !== "object" || value === null) return "";
    value = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
  }
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function parseLoosely(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRegExp(source: string): boolean {
  try {
    return new RegExp(source, "iu") instanceof RegExp;
  } catch {
    return false;
  }
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(`${where}: ${error instanceof Error ? error.message : "no JSON"}`);
  }
}

const UNREADABLE = "Cannot read the model's script";

function unreadable(text: string): MoultError {
  return new MoultError("model/unavailable", `${UNREADABLE}: ${text}`);
}
