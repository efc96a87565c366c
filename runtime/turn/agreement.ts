/**
 * How a request and a tool agree, in numbers: words and things they share, whether the same is to be done or something else,
 * how it reads as arguments, and what of either finds nothing in the other. What the numbers count is in
 * `agreement_weights.txt`. Knows words, no model.
 */
import { withAhead } from "./ahead.ts";
import { contentOf, knownTool, type KnownTool, pairsIn, type Part, partOf } from "./known_tool.ts";
import { hasHan, type Unit } from "./lexicon.ts";
import { Matcher } from "./matcher.ts";
import { nearness } from "./nearness.ts";
import { type Compared, essenceOf, lexiconOf, rankTools, shapesOf } from "./tool_choice.ts";
import type { ToolSpec } from "../../schemas/model.ts";

/** What a reading of the arguments found. */
export interface Reading {
  /** How well it explains what was said; comparable between tools. */
  readonly score: number;
  /** Required arguments that were not said. */
  readonly missing: number;
  /** Required arguments that were said. */
  readonly given: number;
  /** Values that are any text. */
  readonly texts: readonly string[];
  /** Values that are numbers, how many. */
  readonly numbers: number;
  /** Values that are one of several, how many. */
  readonly choices: number;
}

/** By name; each from about -1 to 2. */
export type Agreement = Readonly<Record<string, number>>;

const ASKS =
  /^(?:(?:and|so|hey|hi|ok|okay|excuse me)[, ]+)?(?:who|what|why|when|where|which|how|whose|whom|did|does|was|were|is|are|do|am)\b|[吗呢么]\s*[?？]?\s*$|什么|怎么|为什么|谁|哪|几|多少/iu;
/** Asks of the world rather than of a tool. */
const ASKS_WORLD =
  /\b(?:why|difference|how (?:do|does|did|long|many|old|come)|should|best|good|invented|whom?|whose|recommend|advice|means?|meaning)\b|为什么|区别|怎么办|哪个好|推荐|好吗|是谁|难不难|好不好|要不要/iu;
const NEGATED = /\b(?:do not|don't|never|not)\b(?! (?:let|forget))|不要|别(?!忘|让)/iu;
const CLAUSES = /[.!?;,，。！？；…]+\s|[，。！？；]|\b(?:so|because|but|then)\b|:\s|：/u;
const WORDS_SCORE_MAX = 20;
/** Of more tools only those with most words in common are matched word by word, which takes longer. */
const MATCHED_MAX = 32;
/** Log-odds of a match that count 1, and how much it counts at most. */
const MATCH_WORTH = 4;
const MATCH_MAX = 2.5;
const UNMATCHED = -1;
/** Places of a tool in which a word may be found. */
const FOUND = 6;
/** A request. */
interface Said {
  readonly all: Part;
  readonly clauses: readonly (readonly Unit[])[];
  /** What is to be done first. */
  readonly deed: Unit | undefined;
  readonly asks: boolean;
  readonly asksWorld: boolean;
  readonly negated: boolean;
  readonly shapes: readonly string[];
  /** How much a word says here, from 0.4 to 1: one that every tool has chooses none. */
  readonly rarity: ReadonlyMap<Unit, number>;
}

/** How well a text and a tool match, word by word: log-odds. */
export type Matching = (text: string, tool: ToolSpec) => number;

const matcher = new Matcher();

/** The numbers of each tool for a request. */
export function agreements(
  message: string,
  tools: readonly ToolSpec[],
  reading: (tool: ToolSpec) => Reading | undefined,
  matching: Matching = (text, tool) => matcher.score(text, tool),
): readonly Agreement[] {
  const known = tools.map(knownTool);
  const said = saidIn(message, known);
  const ranked = rankTools(message, tools.map(comparedOf));
  const scores = new Map(ranked.map(({ name, score }) => [name, score]));
  const read = tools.map(reading);
  const near = nearness(
    requestIn(message),
    known.map(({ words }) => words),
    read.map((one) => one?.texts ?? []),
  );
  const all = known.map((one, nth) => {
    const words = Math.min(WORDS_SCORE_MAX, scores.get(tools[nth]?.name ?? "") ?? 0) / 10;
    return Object.assign({ words }, agreement(said, one, read[nth]), near[nth]);
  });
  const matches = matchesOf(message, tools, all, matching);
  return withAhead(all.map((one, nth) => Object.assign(one, { match: matches[nth] ?? 0 })));
}

/** By tool: how well it matches word by word. */
function matchesOf(
  message: string,
  tools: readonly ToolSpec[],
  all: readonly Agreement[],
  matching: Matching,
): readonly number[] {
  const worths = all.map(({ words = 0, alikeAny = 0 }) => words + alikeAny);
  const least = worths.toSorted((a, b) => b - a)[MATCHED_MAX] ?? -1;
  return tools.map((tool, nth) => {
    const match = (worths[nth] ?? 0) > least ? matching(message, tool) / MATCH_WORTH : UNMATCHED;
    return Math.max(-MATCH_MAX, Math.min(MATCH_MAX, match));
  });
}

function saidIn(message: string, tools: readonly KnownTool[]): Said {
  const request = requestIn(message);
  const clauses = request
    .split(CLAUSES)
    .map(contentOf)
    .filter((units) => units.length > 0);
  const all = partOf(clauses.flat());
  const most = Math.log(1 + tools.length);
  return {
    all,
    clauses,
    deed: all.units.find(({ meaning }) => meaning.actions.length > 0),
    asks: ASKS.test(request),
    asksWorld: ASKS_WORLD.test(request),
    negated: NEGATED.test(request),
    shapes: [...shapesOf(request)],
    rarity: new Map(
      all.units.map((unit) => {
        const holders = tools.filter((tool) => placeOf(unit, tool) < FOUND).length;
        return [unit, 0.4 + (0.6 * Math.log(1 + tools.length / Math.max(1, holders))) / most];
      }),
    ),
  };
}

/** A message without what it hands over. */
function requestIn(message: string): string {
  const essence = essenceOf(message);
  // What stands before a colon may be a time only.
  return contentOf(essence).some(isMeant) ? essence : message;
}

function isMeant({ meaning }: Unit): boolean {
  return meaning.things.length + meaning.actions.length > 0;
}

/** Where a word of the request is found: 0 = in the name … 5 = in the input, 6 = only its topic, 7 = nowhere. */
function placeOf(unit: Unit, { name, about, input, pairs }: KnownTool): number {
  const shares = (part: Part): boolean =>
    unit.meaning.things.some((thing) => part.things.has(thing));
  if (name.terms.has(unit.term)) return 0;
  if (shares(name)) return 1;
  if (about.terms.has(unit.term)) return 2;
  if (shares(about)) return 3;
  if (input.terms.has(unit.term)) return 4;
  if (hasHan(unit.text) && pairsIn(unit.text).some((pair) => pairs.has(pair))) return 2;
  if (shares(input)) return 5;
  const isNear = unit.meaning.topics.some(
    (topic) => name.topics.has(topic) || about.topics.has(topic),
  );
  return isNear ? FOUND : FOUND + 1;
}

/** Of a request, or of a part of it. */
interface Tally {
  /** By place. */
  readonly found: readonly number[];
  /** Words of the same topic only. */
  readonly near: number;
  /** Words in values. */
  readonly valued: number;
  /** Words that are known and of something else. */
  readonly strange: number;
  /** Words of which nothing is known. */
  readonly unknown: number;
  readonly count: number;
}

function tally(units: readonly Unit[], said: Said, tool: KnownTool, values: string): Tally {
  const found = Array.from({ length: FOUND }, () => 0);
  const sums = { found, near: 0, valued: 0, strange: 0, unknown: 0, count: 0 };
  for (const unit of units) {
    const place = placeOf(unit, tool);
    const counts = isCounted(unit);
    if (counts) sums.count++;
    if (place < FOUND)
      found[place] = (found[place] ?? 0) + (said.rarity.get(unit) ?? 1) * worthOf(unit);
    else if (values.includes(unit.text)) sums.valued++;
    else if (counts) sums[place === FOUND ? "near" : isMeant(unit) ? "strange" : "unknown"]++;
  }
  return sums;
}

function isDeed({ meaning }: Unit): boolean {
  return meaning.actions.length > 0 && meaning.things.length === 0;
}

/** A single character of Chinese may be part of anything. */
function isSmall({ text }: Unit): boolean {
  return text.length === 1;
}

/** Whether a word should find something in a tool. */
function isCounted(unit: Unit): boolean {
  return !isDeed(unit) && !isSmall(unit);
}

function worthOf(unit: Unit): number {
  return (isDeed(unit) ? 0.5 : 1) * (isSmall(unit) ? 0.5 : 1);
}

function total({ found }: Tally): number {
  return found.reduce((sum, one) => sum + one, 0);
}

/** The part of a request that speaks of the tool: people say why, too. */
function aptest(said: Said, tool: KnownTool, values: string): Tally {
  const tallies = said.clauses.map((units) => tally(units, said, tool, values));
  const worth = (one: Tally): number => total(one) - 0.3 * (one.strange + one.near + one.unknown);
  return tallies.reduce(
    (best, one) => (worth(one) > worth(best) ? one : best),
    tallies[0] ?? tally([], said, tool, values),
  );
}

function agreement(said: Said, tool: KnownTool, read: Reading | undefined): Agreement {
  const values = read?.texts.join(" \n ").toLowerCase() ?? "";
  const all = tally(said.all.units, said, tool, values);
  const part = aptest(said, tool, values);
  const share = part.count === 0 ? 0 : (part.strange + part.near + part.unknown) / part.count;
  return {
    base: 1,
    ...wordsOf(all, part, share),
    ...deedsOf(said, tool, total(all) === 0),
    ...coversOf(said, tool, share),
    ...mannerOf(said, tool),
    ...readingOf(read, upTo(total(all), 3), share),
  };
}

function wordsOf(all: Tally, part: Tally, share: number): Agreement {
  const [name = 0, nameThing = 0, about = 0, aboutThing = 0, input = 0, inputThing = 0] =
    all.found.map((sum) => upTo(sum, 3));
  return {
    name,
    nameThing,
    about,
    aboutThing,
    input,
    inputThing,
    near: upTo(all.near, 3),
    nearHere: upTo(part.near, 3),
    strange: upTo(all.strange, 4),
    strangeHere: upTo(part.strange, 3),
    unknown: upTo(all.unknown, 4),
    unknownHere: upTo(part.unknown, 3),
    leftShare: share,
    count: upTo(all.count, 8),
    countHere: upTo(part.count, 6),
    valued: all.count === 0 ? 0 : all.valued / all.count,
  };
}

/** What is to be done. */
function deedsOf(said: Said, tool: KnownTool, isAll: boolean): Agreement {
  const [doesName, doesFirst] = [shared(said.all, tool.name), shared(said.all, tool.first)];
  const does = Math.max(doesName, doesFirst);
  return {
    doesName,
    doesFirst,
    doesOnly: isAll ? does : 0,
    doesCover: does * cover(tool.nouns, said.all),
    otherDeed: otherDeed(said, tool),
    contrary: contrary(said, tool),
  };
}

/** How much of the tool's words was said. */
function coversOf({ all }: Said, { nouns, about, first }: KnownTool, share: number): Agreement {
  const nameCover = cover(nouns, all);
  return {
    nameCover,
    nameCoverHere: nameCover * (1 - share),
    nameLeft: nouns.length === 0 ? 0 : 1 - nameCover,
    aboutCover: cover(about.units, all),
    firstCover: cover(first.units, all),
  };
}

/** Whether something is asked or ordered, and whether the tool answers or does. */
function mannerOf(said: Said, tool: KnownTool): Agreement {
  return {
    shape: Number(said.shapes.some((shape) => tool.senses.has(shape))),
    asks: Number(said.asks),
    asksOfDoing: Number(said.asks && !tool.tells),
    doingOfTelling: Number(!said.asks && tool.tells && said.deed !== undefined),
    asksWorld: Number(said.asksWorld),
    negated: Number(said.negated),
  };
}

function readingOf(read: Reading | undefined, found: number, share: number): Agreement {
  const { score = 0, missing = 0, given = 0, texts = [], numbers = 0, choices = 0 } = read ?? {};
  const reads = Math.max(-4, Math.min(8, score)) / 4;
  return {
    reads,
    readsAndFits: Math.max(0, reads) * found,
    unread: Number(read === undefined),
    lacks: upTo(missing, 3),
    lacksUnexplained: missing > 0 ? share : 0,
    lacksFits: missing > 0 ? found : 0,
    given: upTo(given, 4),
    texts: upTo(texts.length, 4),
    numbers: upTo(numbers, 3),
    choices: upTo(choices, 2),
  };
}

function upTo(value: number, most: number): number {
  return Math.min(value, most) / most;
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

/** How clearly the same is to be done. */
function shared(said: Part, tool: Part): number {
  const { sharpness } = lexiconOf();
  let most = 0;
  for (const action of said.actions)
    if (tool.actions.has(action)) most = Math.max(most, sharpness[action] ?? 0);
  return most;
}

function isDoneBy({ name, first }: KnownTool, { meaning }: Unit): boolean {
  return meaning.actions.some((one) => name.actions.has(one) || first.actions.has(one));
}

/** How clearly the first thing to do is none that the tool does. */
function otherDeed({ deed }: Said, tool: KnownTool): number {
  if (deed === undefined || tool.name.actions.size + tool.first.actions.size === 0) return 0;
  if (isDoneBy(tool, deed)) return 0;
  const { sharpness } = lexiconOf();
  return Math.max(...deed.meaning.actions.map((one) => sharpness[one] ?? 0));
}

/** Whether the first thing to do is the contrary of what the tool does. */
function contrary({ deed }: Said, tool: KnownTool): number {
  if (deed === undefined || isDoneBy(tool, deed)) return 0;
  const { opposites } = lexiconOf();
  const { name, first, input, about } = tool;
  const isContrary = deed.meaning.actions.some(
    (action) =>
      !input.actions.has(action) &&
      !about.actions.has(action) &&
      [...(opposites.get(action) ?? [])].some(
        (other) => name.actions.has(other) || first.actions.has(other),
      ),
  );
  return Number(isContrary);
}

/** What is known of tools by what they say of themselves; the same tools come with every request. */
const compared = new Map<string, Compared>();
const COMPARED_MAX = 256;

function comparedOf({ name, description, parameters }: ToolSpec): Compared {
  const key = JSON.stringify([name, description, parameters]);
  const before = compared.get(key);
  if (before !== undefined) return before;
  if (compared.size >= COMPARED_MAX) compared.clear();
  const one = { name, manifest: { description, examples: [], input: parameters } };
  compared.set(key, one);
  return one;
}
