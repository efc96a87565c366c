/** The tools of one request as the model sees them, and its calls as the tools should get them. */
import type { ChatModelFunctions } from "node-llama-cpp";
import { choicesIn } from "./filling/fill.ts";
import { callSchema } from "./gbnf/for_library.ts";
import type { Neutral } from "./neutral.ts";
import { narrowing } from "./narrow.ts";
import { copyable } from "./spans.ts";
import {
  fullArguments,
  grammarSchema,
  hasParameters,
  requiredOf,
  shownSchema,
} from "./tool_schema.ts";
import { tidyArguments } from "./tidy.ts";
import { beginAndEnd } from "../../runtime/short_text.ts";
import type { JsonSchema } from "../../schemas/function.ts";
import type { ChatMessage, ToolSpec } from "../../schemas/model.ts";

/** Names as the grammar takes them. */
const WIRE_NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** Functions in the library's shape. */
export type Functions = Record<string, { description: string; params?: LibrarySchema }>;

/** The library types every keyword; what `tool_schema.ts` makes is within them. */
type LibrarySchema = NonNullable<ChatModelFunctions[string]["params"]>;

/** The tools of one request. */
export interface OfferedTools {
  /** For the prompt; the same for the same tools, whatever is asked. */
  readonly shown: Functions;
  /** For the grammar. */
  readonly grammar: Functions;
  /** A tool's name in the prompt. */
  readonly wireName: (name: string) => string;
  /** The tool's own name. */
  readonly toolName: (wireName: string) => string;
  /** What the model wrote → what the tool gets. */
  readonly read: (wireName: string, params: unknown) => unknown;
  /** What the tool got → what the model would have written. */
  readonly write: (name: string, args: unknown) => unknown;
}

/**
 * Prepares tools for one request. `sources`: texts that arguments must be copied from; absent = no such limit.
 * `isRead`: arguments are among what rules read out of them.
 */
export function offerTools(
  tools: readonly ToolSpec[],
  neutral: Neutral,
  sources?: readonly string[],
  isRead = false,
): OfferedTools {
  const aliases = wireNames(tools.map((tool) => tool.name));
  const names = new Map([...aliases].map(([name, alias]) => [alias, name]));
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const wireName = (name: string): string => aliases.get(name) ?? neutral.text(name);
  const copied = sources === undefined ? undefined : copyable(sources);
  const grammarOf = (tool: ToolSpec): unknown =>
    sources === undefined || copied === undefined
      ? callSchema(neutral.value(tool.parameters) as JsonSchema)
      : neutral.value(
          grammarSchema(
            tool.parameters,
            copied,
            (isRead ? choicesIn(tool, sources) : undefined) ?? narrowing(tool, sources, copied),
          ),
        );
  const shown: Functions = {};
  const grammar: Functions = {};
  for (const tool of tools) {
    const { name, description, parameters } = tool;
    const base = { description: neutral.text(description) };
    const takesInput = hasParameters(parameters);
    // A model of somebody else's has learnt to look which arguments it may leave out.
    const needs = sources === undefined ? { required: [...requiredOf(parameters)] } : {};
    const view = takesInput
      ? (neutral.value({ ...shownSchema(parameters), ...needs }) as LibrarySchema)
      : undefined;
    const shape = takesInput ? (grammarOf(tool) as LibrarySchema) : undefined;
    shown[wireName(name)] = view === undefined ? base : { ...base, params: view };
    grammar[wireName(name)] = shape === undefined ? base : { ...base, params: shape };
  }
  return {
    shown,
    grammar,
    wireName,
    toolName: (alias) => names.get(alias) ?? alias,
    read: (alias, params) => {
      const tool = byName.get(names.get(alias) ?? alias);
      return tidyArguments(neutral.restore(params ?? {}), tool?.parameters);
    },
    write: (name, args) => {
      const tool = byName.get(name);
      return neutral.value(tool === undefined ? args : fullArguments(args, tool.parameters));
    },
  };
}

/**
 * Names that no other name begins with. The grammar ends a name with a newline, and a model that was never trained
 * on one goes on to the longer name instead: `note` would always become `notes`.
 */
export function wireNames(names: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set(names);
  const aliases = new Map<string, string>();
  for (const name of names) {
    const clean = WIRE_NAME.test(name) ? name : name.replace(/[^A-Za-z0-9_.-]/gu, "_").slice(0, 48);
    const isPrefix = (alias: string): boolean =>
      [...taken].some((other) => other !== name && other.startsWith(alias));
    let alias = clean;
    for (let n = 1; isPrefix(alias); n++) alias = `${clean}_tool${n === 1 ? "" : n}`;
    taken.add(alias);
    aliases.set(name, alias);
  }
  return aliases;
}

/** A message of at most so many words may leave out what the one before it said: "and in Rome?". */
const ELLIPTIC_WORDS_MAX = 5;
/** Of that one so many characters are read. */
const BEFORE_CHARS_MAX = 240;

/**
 * Texts that arguments may be copied from: the last message of the user, what tools answered since, and the
 * message before it when the last one is short. In order of importance. Each word more costs time in the grammar.
 */
export function sourcesOf(
  messages: readonly ChatMessage[],
  neutral: Pick<Neutral, "text">,
): readonly string[] {
  const lastUser = messages.findLastIndex((message) => message.role === "user");
  if (lastUser === -1) return [];
  const before = messages.slice(0, lastUser).findLast((message) => message.role === "user");
  const texts = messages.slice(lastUser).filter((message) => message.role !== "assistant");
  const results = texts.slice(1).map((message) => leavesOf(message.content));
  const last = texts[0]?.content ?? "";
  const isElliptic = wordsIn(last) <= ELLIPTIC_WORDS_MAX;
  const sources = [
    last,
    ...results,
    isElliptic ? beginAndEnd(before?.content ?? "", BEFORE_CHARS_MAX) : "",
  ];
  return sources.map((source) => neutral.text(source)).filter((source) => source !== "");
}

/** How many words a text has; in Chinese two characters are about one. */
function wordsIn(text: string): number {
  const characters = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  const rest = text.replaceAll(/\p{Script=Han}/gu, " ").trim();
  return Math.ceil(characters / 2) + (rest === "" ? 0 : rest.split(/\s+/u).length);
}

/** The values of a JSON text, one a line; any other text as it is. */
function leavesOf(text: string): string {
  const leaves: string[] = [];
  try {
    JSON.parse(text, (_, value: unknown) => {
      if (typeof value === "string" || typeof value === "number") leaves.push(String(value));
      return value;
    });
    return leaves.join("\n");
  } catch {
    return text;
  }
}
