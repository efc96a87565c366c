/** What a tool says of itself, as words with their meanings: of its name, its description and its parameters. */
import { hasHan, type Unit } from "./lexicon.ts";
import { type ToolWords, toolWords } from "./nearness.ts";
import { isStopWord, lexiconOf, sensesOf, unitsIn } from "./tool_choice.ts";
import type { ToolSpec } from "../../schemas/model.ts";

/** Words of one place. */
export interface Part {
  readonly units: readonly Unit[];
  readonly terms: ReadonlySet<string>;
  readonly things: ReadonlySet<number>;
  readonly topics: ReadonlySet<number>;
  readonly actions: ReadonlySet<number>;
}

/** A tool's words. */
export interface KnownTool {
  readonly name: Part;
  readonly about: Part;
  /** The beginning of the description: what it does. */
  readonly first: Part;
  /** Keys, descriptions and choices of its parameters. */
  readonly input: Part;
  /** The name without its verb. */
  readonly nouns: readonly Unit[];
  /** Chinese characters that stand beside each other. */
  readonly pairs: ReadonlySet<string>;
  readonly senses: ReadonlySet<string>;
  /** Whether it answers rather than does something. */
  readonly tells: boolean;
  /** What its words mean. */
  readonly words: ToolWords;
}

/** Words that every other tool has. */
const COMMON: ReadonlySet<string> = new Set(
  (
    "name number get set user given specified valu current new id data information info type optional default string " +
    "text use used using one thi all any specific certain return based same via api item entity"
  ).split(" "),
);
/** What tools do that answer. */
const TELLS =
  "get check list search calculate convert translate explain track locate compare estimate measure count recommend summarize read";
/** Words of a description in which it says what it does. */
const FIRST_WORDS = 3;
const TOOLS_MAX = 256;
const SCHEMA_DEPTH_MAX = 3;
const NUMBER = /^[\d.,:%'-]+$/u;

/** The same tools come with every request. */
const tools = new Map<string, KnownTool>();

/** A tool's words; remembered. */
export function knownTool(tool: ToolSpec): KnownTool {
  const key = JSON.stringify([tool.name, tool.description, tool.parameters]);
  const before = tools.get(key);
  if (before !== undefined) return before;
  if (tools.size >= TOOLS_MAX) tools.clear();
  const known = read(tool);
  tools.set(key, known);
  return known;
}

function read({ name, description, parameters }: ToolSpec): KnownTool {
  const isOwn = ({ term }: Unit): boolean => !COMMON.has(term);
  const about = partOf(contentOf(description).filter(isOwn));
  // A maker's prefix and an invented name say nothing.
  const own = partOf(
    contentOf(name.replaceAll(/[.:/-]/gu, " ")).filter(
      (unit) => isOwn(unit) && (isKnown(unit) || about.terms.has(unit.term)),
    ),
  );
  const texts = textsOf(parameters);
  const first = partOf(about.units.slice(0, FIRST_WORDS));
  const does = [...own.actions, ...first.actions];
  return {
    name: own,
    about,
    first,
    input: partOf(texts.flatMap((text) => contentOf(text)).filter(isOwn)),
    nouns: own.units.filter(
      ({ meaning }) => meaning.things.length > 0 || meaning.actions.length === 0,
    ),
    pairs: new Set([name, description, ...texts].flatMap(pairsIn)),
    senses: sensesOf([name, description, ...texts].join(" ")),
    tells: does.some((action) => telling().has(action)),
    words: toolWords(name, description, texts),
  };
}

function isKnown({ meaning }: Unit): boolean {
  return meaning.things.length + meaning.actions.length > 0;
}

let tells: ReadonlySet<number> | undefined;

function telling(): ReadonlySet<number> {
  tells ??= new Set(TELLS.split(" ").flatMap((name) => lexiconOf().names.get(name) ?? []));
  return tells;
}

/** What parameters are called, how they are described and what they may be. */
function textsOf(schema: unknown, depth = 0): readonly string[] {
  if (typeof schema !== "object" || schema === null || depth > SCHEMA_DEPTH_MAX) return [];
  const { properties, items, description, enum: values } = schema as Record<string, unknown>;
  const texts: string[] = typeof description === "string" ? [description] : [];
  if (Array.isArray(values))
    texts.push(...values.filter((value): value is string => typeof value === "string"));
  texts.push(...textsOf(items, depth + 1));
  if (typeof properties !== "object" || properties === null) return texts;
  for (const [key, property] of Object.entries(properties))
    texts.push(key, ...textsOf(property, depth + 1));
  return texts;
}

/** Words that say something. */
export function contentOf(text: string): readonly Unit[] {
  return unitsIn(text).filter(
    ({ text: own, meaning }) =>
      !NUMBER.test(own) && (meaning.things.length > 0 || !isStopWord(own)),
  );
}

/** Words, ready to be compared. */
export function partOf(units: readonly Unit[]): Part {
  return {
    units,
    terms: new Set(units.map(({ term }) => term)),
    things: new Set(units.flatMap(({ meaning }) => meaning.things)),
    topics: new Set(units.flatMap(({ meaning }) => meaning.topics)),
    actions: new Set(units.flatMap(({ meaning }) => meaning.actions)),
  };
}

/** Chinese characters of a text that stand beside each other. */
export function pairsIn(text: string): readonly string[] {
  const pairs: string[] = [];
  for (let at = 0; at + 1 < text.length; at++) {
    const pair = text.slice(at, at + 2);
    if (hasHan(pair.charAt(0)) && hasHan(pair.charAt(1))) pairs.push(pair);
  }
  return pairs;
}
