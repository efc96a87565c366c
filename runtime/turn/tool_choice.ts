/**
 * Chooses the tools that fit a request when there are more than a prompt can hold.
 *
 * By words alone: what the request says against a tool's name, description, parameters, enum values and examples. No
 * model is asked, so it costs microseconds and gives the same tools for the same request.
 */
import { type Lexicon, lexicon, type Unit, unitsOf } from "./lexicon.ts";
import { senses } from "./senses.ts";
import type { Manifest } from "../../schemas/function.ts";

/** How much a word is worth where it stands. */
const WEIGHTS = { name: 4, example: 2, value: 2, parameter: 1.5, description: 1 } as const;
/** What a shared sense is worth beside a shared word. */
const SENSE_SHARE = 0.6;
/** A sum, an address or a file's name says more than a word does. */
const SHAPE_WEIGHT = 3;

/** Words that say nothing about what is wanted. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    "a an and are as at be by can could do does for from give have how i in is it its me my of on or please " +
    "s t tell that the their them then there this to us was what when where which who will with would you your"
  ).split(" "),
);

/** A tool as it is compared. */
export interface Candidate {
  readonly name: string;
  readonly manifest: Manifest;
}

/** What is compared of it. */
export interface Compared {
  readonly name: string;
  readonly manifest: Described;
}

type Described = Pick<Manifest, "description" | "examples" | "input">;

/** A tool and how well it fits; 0 = no word in common. */
export interface Fit {
  readonly name: string;
  readonly score: number;
}

/** All candidates, the best first; equal ones by name. */
export function rankTools(request: string, candidates: readonly Compared[]): readonly Fit[] {
  const essence = essenceOf(request);
  const shapes = shapesOf(request);
  const terms = new Set([...termsOf(essence), ...sensesOf(essence), ...shapes]);
  const indexes = candidates.map(({ name, manifest }) => ({
    name,
    index: indexOf(name, manifest),
  }));
  const rarity = new Map<string, number>();
  for (const term of terms) {
    const holders = indexes.filter(({ index }) => index.has(term)).length;
    // A word that every tool has chooses none.
    const weight = shapes.has(term) ? SHAPE_WEIGHT : 1;
    if (holders > 0) rarity.set(term, weight * Math.log(1 + indexes.length / holders));
  }
  const fits = indexes.map(({ name, index }) => ({ name, score: score(index, rarity) }));
  // Of a thousand tools few have a word of the request, and those without one mostly come by name already.
  const some = fits.filter((fit) => fit.score > 0);
  const none = fits.filter((fit) => fit.score === 0);
  return [...some.toSorted((a, b) => b.score - a.score || byName(a, b)), ...none.toSorted(byName)];
}

function byName(a: Fit, b: Fit): number {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}

function score(index: ReadonlyMap<string, number>, rarity: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const [term, rare] of rarity) sum += (index.get(term) ?? 0) * rare;
  return sum;
}

/** Manifests are immutable: another version is another object. */
const indexed = new WeakMap<Described, ReadonlyMap<string, number>>();

function indexOf(name: string, manifest: Described): ReadonlyMap<string, number> {
  const known = indexed.get(manifest);
  if (known !== undefined) return known;
  const index = new Map<string, number>();
  const add = (text: string, weight: number): void => {
    const put = (term: string, worth: number): void => {
      index.set(term, Math.max(index.get(term) ?? 0, worth));
    };
    for (const term of termsOf(text)) put(term, weight);
    for (const sense of sensesOf(text)) put(sense, weight * SENSE_SHARE);
  };
  add(name, WEIGHTS.name);
  add(manifest.description, WEIGHTS.description);
  for (const { say } of manifest.examples) add(say, WEIGHTS.example);
  addSchema(manifest.input, add);
  indexed.set(manifest, index);
  return index;
}

/** Of nested objects. Deeper ones say little about when to use a tool. */
const SCHEMA_DEPTH_MAX = 4;

function addSchema(schema: unknown, add: (text: string, weight: number) => void, depth = 0): void {
  if (typeof schema !== "object" || schema === null || depth > SCHEMA_DEPTH_MAX) return;
  const { properties, items, description, enum: values } = schema as Record<string, unknown>;
  if (typeof description === "string") add(description, WEIGHTS.description);
  if (Array.isArray(values)) {
    for (const value of values) if (typeof value === "string") add(value, WEIGHTS.value);
  }
  addSchema(items, add, depth + 1);
  if (typeof properties !== "object" || properties === null) return;
  for (const [name, property] of Object.entries(properties)) {
    add(name, WEIGHTS.parameter);
    addSchema(property, add, depth + 1);
  }
}

/** Scripts without spaces between words: these are compared by pairs of characters. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+/gu;

/** The words of a text, lower case and without endings. `snake_case` and `camelCase` are several words. */
export function termsOf(text: string): readonly string[] {
  const plain = spaced(text);
  const words = plain
    .replaceAll(UNSPACED, " ")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "" && !STOP_WORDS.has(word))
    .map(stem);
  const pairs = [...plain.matchAll(UNSPACED)].flatMap(([run]) => pairsOf(run));
  return [...words, ...pairs];
}

/** What a value's shape says of a request. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [
    /\d\s*(?:[-+*/^×÷=]|plus|minus|times|divided by|multiplied by|to the power|乘以|除以|加|减)\s*\(?\d|\broot of \d|\d ?(?:%|percent|per cent) of \d|\d ?的(?: ?\d+ ?%|百分之)|\d (?:squared|cubed)\b/u,
    "calculate",
  ],
  [
    /[\w-]+\.(?:txt|md|pdf|csv|json|ya?ml|log|docx?|xlsx?|ods|tex|html?|py|ts|js|png|jpe?g)\b/u,
    "file",
  ],
  [/[\w.+-]+@[\w-]+\.\w/u, "email"],
  [/https?:\/\/|\bwww\./u, "url"],
  [/\d\s*(?:°|degrees|celsius|fahrenheit|度)/u, "temperature"],
  [/\d\s*(?:%|percent)|百分之/u, "percent"],
  [
    /\b(?:turn|switch|power|flick|flip)\b.*\bon\b|\bput (?:the|my)\b.*\bon\b|\bon(?: please)?[.!?]?$/u,
    "power_on",
  ],
  [
    /\b(?:in|into|to) (?:english|french|german|spanish|italian|portuguese|dutch|greek|russian|polish|czech|hungarian|romanian|ukrainian|turkish|arabic|hebrew|persian|hindi|urdu|thai|vietnamese|indonesian|chinese|mandarin|japanese|korean|swedish|norwegian|danish|finnish|icelandic|irish|welsh|basque|catalan|swahili|zulu|latin|esperanto)\b|[英法德俄日韩泰]语|西班牙语|葡萄牙语|意大利语|阿拉伯语|[中英法德日韩俄]文/u,
    "translate",
  ],
  [
    /\b(?:usd|eur|gbp|jpy|cny|rmb|chf|cad|aud|nzd|sek|nok|dkk|pln|czk|huf|inr|krw|brl|mxn|zar)\b|\b(?:dollars?|euros?|pounds|yen|yuan|francs?|rupees?|pesos?|kron(?:a|or|er)|rubles?|baht|forints?|zlotys?|liras?)\b.*\b(?:in|to|into|for)\b|\b(?:in|to|into) (?:dollars?|euros?|pounds|yen|yuan|francs?|rupees?|pesos?|kron(?:a|or|er)|rubles?|baht|forints?|zlotys?|liras?)\b/u,
    "currency",
  ],
];

const HAN = /\p{Script=Han}/u;

/** What a text is about, beyond its own words. */
export function sensesOf(text: string): ReadonlySet<string> {
  const before = sensed.get(text);
  if (before !== undefined) return before;
  if (sensed.size >= SENSED_MAX) sensed.clear();
  const found = readSenses(text);
  sensed.set(text, found);
  return found;
}

/** The same tools come with every request. */
const sensed = new Map<string, ReadonlySet<string>>();
const SENSED_MAX = 512;

function readSenses(text: string): ReadonlySet<string> {
  const { words, phrases } = senses(stem);
  const plain = spaced(text);
  const row = ` ${plain.replaceAll(/[^\p{L}\p{N}%]+/gu, " ").trim()} `;
  const found = new Set<string>();
  for (const word of row.trim().split(" "))
    for (const sense of words.get(stem(word)) ?? []) found.add(`\u00a7${sense}`);
  const isChinese = HAN.test(row);
  for (const [phrase, sense] of phrases)
    if ((isChinese || phrase.startsWith(" ")) && row.includes(phrase)) found.add(`\u00a7${sense}`);
  return found;
}

export function shapesOf(text: string): ReadonlySet<string> {
  const plain = text.toLowerCase();
  return new Set(
    SHAPES.filter(([shape]) => shape.test(plain)).map(([, sense]) => `\u00a7${sense}`),
  );
}

const BOOKING = /\bbook(?= (?:a|an|the|that|this|me|my|us|our|\d))/giu;

/** A request without the text it hands over: what is quoted, and what follows a colon. */
export function essenceOf(request: string): string {
  const unquoted = request.replaceAll(/"[^"]{4,}"|“[^”]{2,}”|「[^」]{2,}」/gu, " ");
  // A verb, where what is booked follows.
  const verbs = unquoted.replaceAll(BOOKING, "reserve");
  const [head = ""] = verbs.split(/: |：/u);
  return termsOf(head).length > 0 ? head : verbs;
}

/** Chinese words that share a sense with a text: what one would say to ask for it. */
export function alikeInChinese(text: string): readonly string[] {
  const own = sensesOf(text);
  return senses(stem)
    .phrases.filter(([phrase, sense]) => HAN.test(phrase) && own.has(`\u00a7${sense}`))
    .map(([phrase]) => phrase);
}

/** Tells which words share a sense with a text. */
export function alikeTest(text: string): (word: string) => boolean {
  const own = sensesOf(text);
  return (word) =>
    (senses(stem).words.get(stem(word)) ?? []).some((one) => own.has(`\u00a7${one}`));
}

/** Whether a word says nothing about what is wanted. */
export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word);
}

/** What words are about. */
export function lexiconOf(): Lexicon {
  return lexicon(stem);
}

/** The words and phrases of a text, and what they are about. */
export function unitsIn(text: string): readonly Unit[] {
  return unitsOf(plainOf(text), stem);
}

/** `snake_case` and `camelCase` as several words, in small letters. */
export function plainOf(text: string): string {
  return spaced(text);
}

function spaced(text: string): string {
  return text
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();
}

function pairsOf(run: string): readonly string[] {
  const characters = Array.from(run);
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, at) => `${characters[at] ?? ""}${character}`);
}

/** End like a plural and are none. */
const UNCUT: ReadonlySet<string> = new Set(
  "news lens gps bus gas always series species focus status virus bonus campus census".split(" "),
);

/** An ending that is cut ends in one of these, or in a letter twice. */
const CUT_LAST: ReadonlySet<string> = new Set("dergs");

/** Cuts English endings so that "lights", "lighting" and "light" meet. Rough: both sides are cut alike. */
export function stem(word: string): string {
  const last = word.at(-1) ?? "";
  // Most words end in nothing that is cut.
  if (!CUT_LAST.has(last) && last !== word.at(-2)) return word;
  if (word.length <= 3 || UNCUT.has(word)) return word;
  const cut = word
    .replace(/(?:ies|ied)$/, "y")
    .replace(/(?:ings?|(?<=.{4})ers?|ed|es|s)$/, "")
    .replace(/([b-df-hj-np-tv-z])\1$/, "$1")
    .replace(/e$/, "");
  return cut.length >= 3 ? cut : word;
}
