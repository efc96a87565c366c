/**
 * How a request and a tool agree, in numbers: words and things they share in the name, the description and the parameters,
 * whether the same is to be done or the contrary, and what of either finds nothing in the other. Knows words, no model.
 */
import { hasHan, type Unit, unitsOf } from "./lexicon.ts";
import {
  type Compared,
  essenceOf,
  isStopWord,
  lexiconOf,
  plainOf,
  rankTools,
  sensesOf,
  shapesOf,
  stem,
} from "./tool_choice.ts";
import type { ToolSpec } from "../../schemas/model.ts";

/** What a reading of the arguments found. */
export interface Reading {
  readonly score: number;
  /** Required arguments that were not said. */
  readonly missing: number;
  /** Values that are any text. */
  readonly texts: readonly string[];
  readonly numbers: number;
  /** Values that are one of several. */
  readonly choices: number;
  /** Required arguments that were said. */
  readonly given: number;
}

/** The numbers of one tool, in the order of `FEATURES`. */
export type Agreement = readonly number[];

/** What the numbers say. */
export const FEATURES = [
  "nameWord",
  "nameThing",
  "aboutWord",
  "aboutThing",
  "inputWord",
  "inputThing",
  "topic",
  "doesName",
  "doesAbout",
  "contrary",
  "nameCover",
  "aboutCover",
  "unexplained",
  "unexplainedShare",
  "reading",
  "lacks",
  "texts",
  "words",
  "hasReading",
  "asks",
  "nameCoverExplained",
  "doesCover",
  "allValues",
  "nameLeft",
  "deedOnly",
  "shape",
  "otherDeed",
  "asksOfDoing",
  "tellsAsking",
  "open",
  "negated",
  "numbers",
  "choices",
  "required",
  "bothFit",
  "firstCover",
  "wordScore",
] as const;

const COMMON: ReadonlySet<string> = new Set(
  (
    "name number get set user given specified valu valuer current new id data information info type optional default string text " +
    "use used using one one's thi all any specific certain return based same via hass tuya mcp api item entity entiti"
  ).split(" "),
);
const WH =
  /^(?:(?:and|so|hey|hi|ok|okay|excuse me)[, ]+)?(?:who|what|why|when|where|which|how|whose|whom|did|does|was|were|is|are|do|am)\b|[吗呢么]\s*[?？]?\s*$|什么|怎么|为什么|谁|哪|几|多少/iu;
const POLITE = /^(?:can|could|would|will) (?:you|we|i)\b|^(?:do|would) you mind/iu;
const ABOUT_FIRST = 3;
const WORDS_MAX = 20;

interface Part {
  readonly units: readonly Unit[];
  readonly terms: ReadonlySet<string>;
  readonly things: ReadonlySet<number>;
  readonly topics: ReadonlySet<number>;
  readonly actions: ReadonlySet<number>;
}

interface Said {
  readonly part: Part;
  readonly deed: Unit | undefined;
  readonly asks: number;
  readonly open: number;
  readonly negated: number;
  readonly shapes: readonly string[];
}

interface Known {
  /** Whether it answers rather than does something. */
  readonly tells: number;
  readonly senses: ReadonlySet<string>;
  readonly name: Part;
  readonly about: Part;
  readonly input: Part;
  readonly first: Part;
  readonly nameNouns: readonly Unit[];
  readonly pairs: ReadonlySet<string>;
}

function partOf(units: readonly Unit[]): Part {
  return {
    units,
    terms: new Set(units.map(({ term }) => term)),
    things: new Set(units.flatMap(({ meaning }) => meaning.things)),
    topics: new Set(units.flatMap(({ meaning }) => meaning.topics)),
    actions: new Set(units.flatMap(({ meaning }) => meaning.actions)),
  };
}

function contentOf(text: string): readonly Unit[] {
  return unitsOf(plainOf(text), stem).filter(
    ({ text: own, meaning }) =>
      !(isStopWord(own) && meaning.things.length === 0) && !/^[\d.,:%'-]+$/u.test(own),
  );
}

const tools = new Map<string, Known>();
const TOOLS_MAX = 256;

function knownOf({ name, description, parameters }: ToolSpec): Known {
  const key = JSON.stringify([name, description, parameters]);
  const before = tools.get(key);
  if (before !== undefined) return before;
  if (tools.size >= TOOLS_MAX) tools.clear();
  const about = partOf(contentOf(description).filter(({ term }) => !COMMON.has(term)));
  const nameAll = contentOf(name.replaceAll(/[.:/-]/gu, " "));
  const isKnown = ({ term, meaning }: Unit): boolean =>
    !COMMON.has(term) &&
    (meaning.things.length + meaning.actions.length > 0 || about.terms.has(term));
  const own = partOf(nameAll.filter(isKnown));
  const inputTexts: string[] = [];
  const add = (schema: unknown, depth: number): void => {
    if (typeof schema !== "object" || schema === null || depth > 3) return;
    const {
      properties,
      items,
      description: says,
      enum: values,
    } = schema as Record<string, unknown>;
    if (typeof says === "string") inputTexts.push(says);
    if (Array.isArray(values)) inputTexts.push(...values.filter((v) => typeof v === "string"));
    add(items, depth + 1);
    if (typeof properties !== "object" || properties === null) return;
    for (const [one, property] of Object.entries(properties)) {
      inputTexts.push(one);
      add(property, depth + 1);
    }
  };
  add(parameters, 0);
  const input = partOf(
    inputTexts.flatMap((text) => contentOf(text)).filter(({ term }) => !COMMON.has(term)),
  );
  const first = partOf(about.units.slice(0, ABOUT_FIRST));
  const telling = tellingActions();
  const known: Known = {
    tells: [...own.actions, ...first.actions].some((action) => telling.has(action)) ? 1 : 0,
    senses: sensesOf([name, description, ...inputTexts].join(" ")),
    name: own,
    about,
    input,
    first,
    nameNouns: own.units.filter(
      ({ meaning, term }) =>
        meaning.things.length > 0 || (meaning.actions.length === 0 && about.terms.has(term)),
    ),
    pairs: new Set([name, description, ...inputTexts].flatMap((text) => pairs(text))),
  };
  tools.set(key, known);
  return known;
}

let telling: ReadonlySet<number> | undefined;
function tellingActions(): ReadonlySet<number> {
  telling ??= new Set(
    "get check list search calculate convert translate explain track locate compare estimate measure count recommend summarize read"
      .split(" ")
      .flatMap((name) => lexiconOf().names.get(name) ?? []),
  );
  return telling;
}

function pairs(text: string): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at + 1 < text.length; at++) {
    const pair = text.slice(at, at + 2);
    if (/^\p{Script=Han}{2}$/u.test(pair)) found.push(pair);
  }
  return found;
}

/** The numbers of each tool for a request, in the order of `FEATURES`. */
export function agreements(
  message: string,
  specs: readonly ToolSpec[],
  reading: (tool: ToolSpec) => Reading | undefined,
): readonly Agreement[] {
  const request = essenceOf(message);
  const words = new Map(
    rankTools(message, specs.map(comparedOf)).map(({ name, score }) => [name, score]),
  );
  const part = partOf(contentOf(request));
  const isQuestion = WH.test(request) && !POLITE.test(request);
  const said: Said = {
    part,
    deed: part.units.find(({ meaning }) => meaning.actions.length > 0),
    asks: isQuestion ? 1 : 0,
    open: OPEN.test(request) ? 1 : 0,
    negated: NEGATED.test(request) ? 1 : 0,
    shapes: [...shapesOf(request)],
  };
  const known = specs.map(knownOf);
  const holders = new Map<Unit, number>();
  for (const unit of part.units)
    holders.set(unit, known.filter((tool) => levelOf(unit, tool) < 6).length);
  const most = Math.log(1 + specs.length);
  const rarity = (unit: Unit): number =>
    0.4 + (0.6 * Math.log(1 + specs.length / Math.max(1, holders.get(unit) ?? 1))) / most;
  return specs.map((spec) => [
    ...agreement(said, knownOf(spec), reading(spec), rarity),
    Math.min(WORDS_MAX, words.get(spec.name) ?? 0) / 10,
  ]);
}

const LEVELS = 7;

/** Where a word of the request is found: 0 = in the name … 6 = only its topic, 7 = nowhere. */
function levelOf(unit: Unit, { name, about, input, pairs: own }: Known): number {
  const shares = (part: Part): boolean =>
    unit.meaning.things.some((thing) => part.things.has(thing));
  if (name.terms.has(unit.term)) return 0;
  if (shares(name)) return 1;
  if (about.terms.has(unit.term)) return 2;
  if (shares(about)) return 3;
  if (input.terms.has(unit.term)) return 4;
  if (hasHan(unit.text) && pairs(unit.text).some((pair) => own.has(pair))) return 2;
  if (shares(input)) return 5;
  const topics = unit.meaning.topics;
  if (topics.some((topic) => name.topics.has(topic) || about.topics.has(topic))) return 6;
  return 7;
}

const OPEN =
  /\b(?:why|difference|how (?:do|does|did|long|many|old|come)|should|best|good|invented|whom?|whose|recommend|advice|means?|meaning)\b|为什么|区别|怎么办|哪个好|推荐|好吗|是谁/iu;
const NEGATED = /\b(?:do not|don't|never|not)\b(?! (?:let|forget))|不要|别(?!忘|让)/iu;

function agreement(
  said: Said,
  tool: Known,
  read: Reading | undefined,
  rarity: (unit: Unit) => number,
): Agreement {
  const levels = Array.from({ length: LEVELS }, () => 0);
  const values = read?.texts.join(" \n ").toLowerCase() ?? "";
  let [left, valued, count] = [0, 0, 0];
  for (const unit of said.part.units) {
    const level = levelOf(unit, tool);
    const { things, actions } = unit.meaning;
    const isDeed = actions.length > 0 && things.length === 0;
    const isValue = values.includes(unit.text);
    if (!isDeed && !isSmall(unit)) count++;
    if (level < 6 || (level === 6 && !isValue && !isSmall(unit)))
      levels[level] =
        (levels[level] ?? 0) + (isDeed ? 0.5 : 1) * rarity(unit) * (isSmall(unit) ? 0.5 : 1);
    else if (isValue) valued++;
    else if (!isDeed && !isSmall(unit)) left++;
  }
  const share = count === 0 ? 0 : left / count;
  const nameCover = cover(tool.nameNouns, said.part);
  const aboutCover = cover(tool.about.units, said.part);
  const firstCover = cover(tool.first.units, said.part);
  const does = shared(said.part, tool.name);
  const doesAbout = shared(said.part, tool.first);
  const contrary = does === 0 && doesAbout === 0 ? against(said.part, tool) : 0;
  const cap = (value: number, max: number): number => Math.min(value, max) / max;
  const found = levels.slice(0, 6).reduce((sum, one) => sum + one, 0);
  const readScore = read === undefined ? 0 : Math.max(-4, Math.min(8, read.score)) / 4;
  return [
    ...levels.map((sum) => cap(sum, 3)),
    does,
    doesAbout,
    contrary,
    nameCover,
    aboutCover,
    cap(left, 6),
    share,
    readScore,
    cap(read?.missing ?? 0, 3),
    cap(read?.texts.length ?? 0, 4),
    cap(count, 8),
    read === undefined ? 0 : 1,
    said.asks,
    nameCover * (1 - share),
    Math.max(does, doesAbout) * nameCover,
    count === 0 ? 0 : valued / count,
    tool.nameNouns.length === 0 ? 0 : 1 - nameCover,
    found === 0 ? Math.max(does, doesAbout) : 0,
    said.shapes.some((shape) => tool.senses.has(shape)) ? 1 : 0,
    otherDeed(said, tool),
    said.asks * (1 - tool.tells),
    (1 - said.asks) * tool.tells * (said.deed === undefined ? 0 : 1),
    said.open,
    said.negated,
    cap(read?.numbers ?? 0, 3),
    cap(read?.choices ?? 0, 2),
    cap(read?.given ?? 0, 4),
    Math.max(0, readScore) * cap(found, 3),
    firstCover,
  ];
}

function isSmall({ text }: Unit): boolean {
  return text.length === 1;
}

/** How clearly the first thing to do that was said is none that the tool does. */
function otherDeed({ deed }: Said, { name, first }: Known): number {
  if (deed === undefined || name.actions.size + first.actions.size === 0) return 0;
  if (deed.meaning.actions.some((one) => name.actions.has(one) || first.actions.has(one))) return 0;
  const { sharpness } = lexiconOf();
  return Math.max(...deed.meaning.actions.map((one) => sharpness[one] ?? 0));
}

/** How much of a tool's words the request has. */
function cover(units: readonly Unit[], said: Part): number {
  if (units.length === 0) return 0;
  let sum = 0;
  for (const { term, meaning } of units) {
    if (said.terms.has(term) || meaning.things.some((thing) => said.things.has(thing))) sum += 1;
    else if (meaning.topics.some((topic) => said.topics.has(topic))) sum += 0.3;
  }
  return sum / units.length;
}

function shared(said: Part, tool: Part): number {
  const { sharpness } = lexiconOf();
  let most = 0;
  for (const action of said.actions)
    if (tool.actions.has(action)) most = Math.max(most, sharpness[action] ?? 0);
  return most;
}

function against(said: Part, { name, first, input }: Known): number {
  const { opposites } = lexiconOf();
  for (const action of said.actions)
    for (const other of opposites.get(action) ?? [])
      if ((name.actions.has(other) || first.actions.has(other)) && !input.actions.has(action))
        return 1;
  return 0;
}

/** What is known of tools by what they say of themselves; the same tools come with every request. */
const compared = new Map<string, Compared>();

function comparedOf({ name, description, parameters }: ToolSpec): Compared {
  const key = JSON.stringify([name, description, parameters]);
  const before = compared.get(key);
  if (before !== undefined) return before;
  if (compared.size >= TOOLS_MAX) compared.clear();
  const one = { name, manifest: { description, examples: [], input: parameters } };
  compared.set(key, one);
  return one;
}
