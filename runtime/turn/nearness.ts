/**
 * How near the words of a request are to those of a tool, in numbers: by what words mean (`word_vectors.ts`), so that "sofa"
 * finds a tool for couches and 打车 one for taxis. What the numbers count is learned with those of `agreement.ts`.
 */
import { hanWords } from "./han_words.ts";
import { isStopWord, plainOf } from "./tool_choice.ts";
import { DIMENSIONS, dot, rarityOf, vectorOf } from "./word_vectors.ts";

const HAN = /\p{Script=Han}+/u;
const RUNS = /\p{Script=Han}+|[\p{L}'](?:(?!\p{Script=Han})[\p{L}'])*/gu;
const MARKS = /^'+|'+$/gu;
/** Less alike than this is chance. */
const CHANCE = 0.35;
/** A word's worth grows with its seldomness; of an unknown one little is known. */
const WORTH_MIN = 0.15;
const WORTH_UNKNOWN = 0.5;
/** Words of a description in which it says what it does. */
const FIRST_WORDS = 3;
/** A request has no more words that count. */
const SAID_MAX = 48;
const WORDS_MAX = 64;
const SUM_MAX = 3;
/** What only a parameter is called says less of what a tool is for. */
const INPUT_SHARE = 0.7;
/** The least that a word counts which every tool has. */
const RARITY_MIN = 0.4;

/** Words of a text with their vectors. */
export interface Words {
  readonly texts: readonly string[];
  /** One after the other; zeros for unknown words. */
  readonly vectors: Float32Array;
  readonly worths: readonly number[];
  readonly known: readonly boolean[];
}

/** A tool's words with what they mean. */
export interface ToolWords {
  readonly name: Words;
  readonly about: Words;
  readonly input: Words;
}

/** By name; each from about -1 to 1. */
export type Nearness = Readonly<Record<string, number>>;

/** The words of a text in small letters, those of Chinese cut apart, without those that say nothing. */
export function plainWords(text: string): readonly string[] {
  const words: string[] = [];
  for (const [run] of plainOf(text.replaceAll(/[.:/]/gu, " ")).matchAll(RUNS))
    if (HAN.test(run)) words.push(...hanWords(run));
    else words.push(run.replaceAll(MARKS, ""));
  return words.filter((word) => word !== "" && !isStopWord(word));
}

function wordsOf(text: string, most: number): Words {
  const texts = plainWords(text).slice(0, most);
  const vectors = new Float32Array(texts.length * DIMENSIONS);
  const known: boolean[] = [];
  const worths = texts.map((word, nth) => {
    const vector = vectorOf(word);
    known.push(vector !== undefined);
    if (vector === undefined) return WORTH_UNKNOWN;
    vectors.set(vector, nth * DIMENSIONS);
    return WORTH_MIN + (rarityOf(word) ?? 0) ** 2;
  });
  return { texts, vectors, worths, known };
}

/** A tool's words. @param texts What its parameters are called, how they are described and what they may be */
export function toolWords(name: string, description: string, texts: readonly string[]): ToolWords {
  return {
    name: wordsOf(name, WORDS_MAX),
    about: wordsOf(description, WORDS_MAX),
    input: wordsOf(texts.join(" . "), WORDS_MAX),
  };
}

/** How alike each word of a request is to each of a part of a tool. */
interface Match {
  readonly part: Words;
  /** By word of the request: the most alike of the part, from 0 = by chance to 1 = the same. */
  readonly said: readonly number[];
  /** By word of the part: the most alike of the request. */
  readonly told: readonly number[];
}

function match(said: Words, part: Words): Match {
  const best = said.texts.map(() => 0);
  const told = part.texts.map(() => 0);
  for (const [a, word] of said.texts.entries())
    for (const [b, other] of part.texts.entries()) {
      const alike = word === other ? 1 : above(alikeness(said, a, part, b));
      if (alike > (best[a] ?? 0)) best[a] = alike;
      if (alike > (told[b] ?? 0)) told[b] = alike;
    }
  return { part, said: best, told };
}

function alikeness(said: Words, a: number, part: Words, b: number): number {
  if (said.known[a] !== true || part.known[b] !== true) return 0;
  const { vectors } = said;
  const others = part.vectors;
  let to = b * DIMENSIONS;
  let sum = 0;
  for (let from = a * DIMENSIONS, end = from + DIMENSIONS; from < end; from++, to++)
    sum += (vectors[from] ?? 0) * (others[to] ?? 0);
  return sum;
}

function above(alike: number): number {
  return Math.max(0, Math.min(1, (alike - CHANCE) / (1 - CHANCE)));
}

/** A tool beside a request. */
interface Beside {
  readonly name: Match;
  readonly about: Match;
  readonly input: Match;
}

/** A request and the tools that it was beside: each is looked at more than once, before and after its arguments are read. */
interface Request {
  readonly message: string;
  readonly said: Words;
  readonly beside: Map<ToolWords, Beside>;
}

let last: Request | undefined;

function requestOf(message: string): Request {
  if (last?.message !== message)
    last = { message, said: wordsOf(message, SAID_MAX), beside: new Map() };
  return last;
}

function besideIn({ said, beside }: Request, tool: ToolWords): Beside {
  const before = beside.get(tool);
  if (before !== undefined) return before;
  const { name, about, input } = tool;
  const own = { name: match(said, name), about: match(said, about), input: match(said, input) };
  beside.set(tool, own);
  return own;
}

/**
 * The numbers of each tool for a request.
 *
 * @param values By tool, what was read out of the request as its arguments
 */
export function nearness(
  message: string,
  known: readonly ToolWords[],
  values: readonly (readonly string[])[],
): readonly Nearness[] {
  const request = requestOf(message);
  const { said } = request;
  const all = known.map((tool) => besideIn(request, tool));
  const rarity = raritiesIn(said, all);
  return all.map((one, nth) => {
    const own = new Set(plainWords((values[nth] ?? []).join(" . ")));
    const free = said.texts.map((text) => Number(!own.has(text)));
    return Object.assign(
      {},
      sumsOf(said, one, rarity, free),
      coversOf(one),
      wholeOf(said, one, free),
    );
  });
}

/** How much a word says here: one that every tool has chooses none. */
function raritiesIn({ texts }: Words, all: readonly Beside[]): readonly number[] {
  const count = Math.max(2, all.length);
  return texts.map((_, a) => {
    let holders = 0;
    for (const { name, about } of all) holders += Math.max(name.said[a] ?? 0, about.said[a] ?? 0);
    const rare = Math.log(1 + count / Math.max(1, holders)) / Math.log(1 + count);
    return RARITY_MIN + (1 - RARITY_MIN) * rare;
  });
}

/** What of the request is found in the tool. */
function sumsOf(
  { worths, known }: Words,
  { name, about, input }: Beside,
  rarity: readonly number[],
  free: readonly number[],
): Nearness {
  const sums = { name: 0, about: 0, input: 0, any: 0, left: 0, free: 0, unknown: 0 };
  const found: number[] = [];
  for (const [a, worth] of worths.entries()) {
    const [rare, isFree] = [at(rarity, a), at(free, a)];
    const [inName, inAbout, inInput] = [at(name.said, a), at(about.said, a), at(input.said, a)];
    const most = Math.max(inName, inAbout, INPUT_SHARE * inInput);
    sums.name += worth * rare * inName;
    sums.about += worth * rare * inAbout;
    sums.input += worth * rare * inInput;
    sums.any += worth * rare * most;
    found.push(most * rare);
    sums.left += worth * (1 - most) * isFree;
    sums.free += worth * isFree;
    if (known[a] === false) sums.unknown += isFree;
  }
  const [most = 0, next = 0] = found.toSorted((a, b) => b - a);
  return {
    alikeName: upTo(sums.name),
    alikeAbout: upTo(sums.about),
    alikeInput: upTo(sums.input),
    alikeAny: upTo(sums.any),
    alikeMost: most,
    alikeNext: next,
    alikeLeft: worths.length === 0 ? 1 : sums.left / Math.max(0.3, sums.free),
    alikeUnknown: upTo(sums.unknown),
  };
}

function at(list: readonly number[], nth: number): number {
  return list[nth] ?? 0;
}

function upTo(sum: number): number {
  return Math.min(SUM_MAX, sum) / SUM_MAX;
}

/** What of the tool was said. */
function coversOf({ name, about, input }: Beside): Nearness {
  return {
    alikeNameCover: cover(name),
    alikeAboutCover: cover(about),
    alikeFirstCover: cover(about, FIRST_WORDS),
    alikeInputCover: cover(input),
    alikeNameLeast: name.told.length === 0 ? 0 : Math.min(...name.told),
  };
}

function cover({ part: { worths }, told }: Match, first = told.length): number {
  let [sum, all] = [0, 0];
  for (const [b, alike] of told.slice(0, first).entries()) {
    sum += alike * (worths[b] ?? 0);
    all += worths[b] ?? 0;
  }
  return all === 0 ? 0 : sum / all;
}

/** How alike the request as a whole is to what the tool says of itself. */
function wholeOf(said: Words, { name, about }: Beside, free: readonly number[]): Nearness {
  const whole = new Float32Array(DIMENSIONS);
  addTo(whole, said, free);
  const own = new Float32Array(DIMENSIONS);
  addTo(own, name.part);
  const alikeNameWhole = cosine(whole, own);
  addTo(own, about.part);
  return { alikeWhole: cosine(whole, own), alikeNameWhole };
}

function addTo(sum: Float32Array, { vectors, worths }: Words, free?: readonly number[]): void {
  for (const [nth, worth] of worths.entries()) {
    const share = worth * (free?.[nth] ?? 1);
    for (let n = 0; n < DIMENSIONS; n++)
      sum[n] = (sum[n] ?? 0) + share * (vectors[nth * DIMENSIONS + n] ?? 0);
  }
}

function cosine(a: Float32Array, b: Float32Array): number {
  return dot(a, b) / (Math.sqrt(dot(a, a) * dot(b, b)) + 1e-6);
}
