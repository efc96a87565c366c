/**
 * What each argument of one tool may be, given what was said: a time for `time`, the enum value that was named, and for
 * everything else what no other argument must have. Knows a tool's parameters and texts; writes no grammar itself.
 */
import type { Copyable } from "./spans.ts";
import { type OwnWords, ownWords, THING } from "./own_words.ts";
import { type FoundValue, isStrict, kindsOf, valuesFor, valuesIn } from "./value_kinds.ts";
import { termsOf } from "../../runtime/turn/tool_choice.ts";
import type { JsonSchema } from "../../schemas/function.ts";
import type { ToolSpec } from "../../schemas/model.ts";

/** What an argument may be. A required one that was not said is null: then it is asked for (`missing.ts`). */
export interface Narrowed {
  /** The values; empty = it can only be left out. */
  readonly values: readonly (string | number)[];
  /** It was said: an optional argument must not be left out. */
  readonly certain: boolean;
}

/** Enum values whose words Chinese has others for. */
const CHINESE: Readonly<Record<string, RegExp>> = {
  on: /打开|开启|开一下|点亮|启动|[^打]开$/u,
  off: /关/u,
  open: /打开|开/u,
  close: /关/u,
  lock: /(?<![解开])锁(?!打开)/u,
  unlock: /解锁|开锁|锁打开/u,
  start: /开始|启动/u,
  stop: /停/u,
};
/** Takes whole sentences, which may well speak of the tool. */
const TEXT =
  /text|message|content|body|note|query|subject|title|description|reason|word|phrase|expression|request/iu;
/** Begins a request and is not what is asked for. */
const ORDERS =
  /^(?:please |can you |could you )?(?:check|get|show|call|make|set|put|find|tell|give|start|stop|add|create|book|send|convert|look|read|play|open|order|reserve|buy|turn|switch|remind|wake|take|bring|let|do|does|what|who|where|when|how|is|are|will|need|want|i|we|you|me)(?: (?:up|me|us|we|you|i|it|do|is|are))*$/iu;
const NAME = /\s\p{Lu}/u;
/** Belongs to a Chinese request and not to what is asked for. */
const ASKING = /怎么|什么|多少|几点|哪里|一下|帮我|请/u;
/** "on" is a preposition, too. */
const TURNED_ON = /\b(?:turn|switch|put|power|flick|flip)\b.*\bon\b|\bon(?: please)?[.!?]?$/iu;
const NUMBER = /(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])/gu;

interface Parameter {
  readonly key: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

/** Says of each parameter of a tool what it may be. `undefined` = nothing more than the schema says. */
export function narrowing(
  tool: ToolSpec,
  sources: readonly string[],
  copyable: Copyable,
): (key: string) => Narrowed | undefined {
  const text = sources.join("\n");
  const all = parametersOf(tool.parameters);
  const words = ownWords(tool, text);
  const found = valuesIn(text);
  const taken = takenValues(all, text, found);
  const narrowed = new Map(
    all.map((one) => [one.key, narrow(one, { all, text, found, taken, words, copyable })]),
  );
  return (key) => narrowed.get(key);
}

interface Said {
  readonly all: readonly Parameter[];
  readonly text: string;
  readonly found: readonly FoundValue[];
  readonly taken: readonly string[];
  readonly words: OwnWords;
  readonly copyable: Copyable;
}

function narrow(one: Parameter, said: Said): Narrowed | undefined {
  const { enum: values, format } = one.schema;
  if (Array.isArray(values)) return named(values, said.text);
  if (isNumber(one.schema)) {
    const isUnsaid = said.copyable.numbers === undefined && !one.required;
    return isUnsaid ? { values: [], certain: false } : undefined;
  }
  if (!isString(one.schema)) return undefined;
  const kinds = kindsOf(one.key, format);
  const own = valuesFor(kinds, said.text, said.found);
  if (own.length > 0) {
    const rivals = said.all.filter((other) => isLike(other, one));
    return { values: own, certain: own.length === 1 && rivals.length === 1 };
  }
  if (isStrict(kinds)) return { values: [], certain: false };
  return free(one.key, said);
}

/** Any text that no other argument must have, and that is more than the request for the tool. */
function free(key: string, { copyable, taken, words }: Said): Narrowed | undefined {
  const isTaken = (span: string): boolean => taken.some((t) => holds(span, t) || t.includes(span));
  if (copyable.strings === undefined) return undefined;
  const values = copyable.strings.filter((span) => !isTaken(span) && isOwn(key, span, words));
  return { values, certain: false };
}

/** Whether a span is more than the request for the tool: it does not begin or end with the tool's own words. */
function isOwn(key: string, span: string, { terms, chinese }: OwnWords): boolean {
  if (chinese.some((word) => span.includes(word))) return false;
  const said = termsOf(span);
  const isText = TEXT.test(key);
  if (!isText && ASKING.test(span)) return false;
  if (isText || THING.test(key)) return !isText || !said.every((term) => terms.has(term));
  if (ORDERS.test(span)) return false;
  // "Lake Orla" is a lake's name, although the tool speaks of lakes.
  if (NAME.test(span)) return !said.every((term) => terms.has(term));
  const [first = "", last = first] = [said[0], said.at(-1)];
  return !terms.has(first) && !terms.has(last);
}

/** The one value of an enum that the text names. */
function named(values: readonly unknown[], text: string): Narrowed | undefined {
  const lower = text.toLowerCase();
  const hits = values.filter((value): value is string => {
    if (typeof value !== "string" || value === "") return false;
    const word = value.toLowerCase();
    if (word === "on") return TURNED_ON.test(text) || CHINESE["on"]?.test(text) === true;
    const plain = word.replaceAll("_", " ");
    return holds(lower, word) || holds(lower, plain) || CHINESE[word]?.test(text) === true;
  });
  const [only] = hits;
  return hits.length === 1 && only !== undefined ? { values: [only], certain: true } : undefined;
}

/** What required arguments must have, so that no other can: the only time for `time`, each number for a number. */
function takenValues(
  all: readonly Parameter[],
  text: string,
  found: readonly FoundValue[],
): readonly string[] {
  const taken: string[] = [];
  for (const { key, schema, required } of all) {
    const kinds = required && !Array.isArray(schema["enum"]) ? kindsOf(key, schema["format"]) : [];
    const own = found.filter(({ kind }) => kinds.includes(kind));
    if (isString(schema) && own.length === 1) taken.push(...own.map((value) => value.text));
  }
  const wanted = all.filter(({ schema, required }) => required && isNumber(schema)).length;
  const typed = new Set(taken);
  const numbers = [...text.matchAll(NUMBER)].filter(({ index }) =>
    found.every(({ from, to, text: own }) => index < from || index >= to || !typed.has(own)),
  );
  if (wanted > 0 && numbers.length <= wanted) taken.push(...numbers.map(([number]) => number));
  return taken;
}

function isLike(other: Parameter, one: Parameter): boolean {
  if (!isString(other.schema) || Array.isArray(other.schema["enum"])) return false;
  const kinds = kindsOf(one.key, one.schema["format"]);
  return kindsOf(other.key, other.schema["format"]).some((kind) => kinds.includes(kind));
}

/** Whether a text contains a value as whole words. */
function holds(text: string, value: string): boolean {
  for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + 1)) {
    const around = `${text[at - 1] ?? " "}${text[at + value.length] ?? " "}`;
    if (!/[a-z0-9]/iu.test(around) || /\p{Script=Han}/u.test(value)) return true;
  }
  return false;
}

function parametersOf({ properties, required }: JsonSchema): readonly Parameter[] {
  if (!isObject(properties)) return [];
  const needed = new Set(Array.isArray(required) ? required.map(String) : []);
  return Object.entries(properties).flatMap(([key, schema]) =>
    isObject(schema) ? [{ key, schema, required: needed.has(key) }] : [],
  );
}

function isString({ type }: JsonSchema): boolean {
  return [type].flat().includes("string");
}

function isNumber({ type }: JsonSchema): boolean {
  return [type].flat().some((one) => one === "number" || one === "integer");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
