/**
 * The words of a request and of a tool in their order, as `matcher.ts` sees them: small words and marks, too, for whether
 * something was asked, told or ordered stands in them. Knows words, no weights.
 */
import { hanWords } from "./han_words.ts";
import type { Meaning } from "./lexicon.ts";
import { lexiconOf, stem } from "./tool_choice.ts";
import type { ToolSpec } from "../../schemas/model.ts";

/** Where a word stands. */
export const SECTIONS = {
  request: 0,
  name: 1,
  about: 2,
  required: 3,
  optional: 4,
  note: 5,
  choice: 6,
} as const;
/** What a word looks like. */
export const SHAPES = { small: 0, han: 1, number: 2, mark: 4, capital: 8 } as const;
/** Keys of a word: its stem, two things, a topic, two actions and two contrary ones. */
export const KEYS = 8;

/** A word where it stands. */
export interface PlacedWord {
  /** In small letters; of numbers only the form. */
  readonly text: string;
  /** One of `SHAPES`. */
  readonly shape: number;
  /** One of `SECTIONS`. */
  readonly section: number;
  /** What is the same of two words that mean the same, by place; 0 = nothing. */
  readonly keys: readonly number[];
}

/** Of a longer request the beginning and the end. */
const REQUEST_MAX = 48;
const TOOL_MAX = 64;
const NAME_MAX = 8;
const ABOUT_MAX = 24;
const KEY_MAX = 4;
const NOTE_MAX = 10;
const CHOICES_MAX = 8;
const CHOICE_MAX = 3;
const PHRASE_MAX = 5;
const DIGITS_MAX = 6;

const HAN = /^\p{Script=Han}/u;
const TOKENS =
  /\p{Script=Han}+|\p{L}(?:(?!\p{Script=Han})[\p{L}\p{M}'’])*|\d+(?:[.,:]\d+)*|[?？]|[.。!！;；\n]|[,，:：、]|["“”「」]/gu;
const MARKS: readonly (readonly [RegExp, string])[] = [
  [/^[?？]/u, "?"],
  [/^[.。!！;；\n]/u, "."],
  [/^[,，:：、]/u, ","],
  [/^["“”「」]/u, '"'],
];

const NONE = -1;
const NOTHING: Meaning = { things: [], topics: [], actions: [] };

interface Token {
  readonly text: string;
  readonly shape: number;
}

/** The words of a request. */
export function requestWords(text: string): readonly PlacedWord[] {
  const all = placed(tokensIn(text), SECTIONS.request);
  if (all.length <= REQUEST_MAX) return all;
  return [...all.slice(0, REQUEST_MAX / 2), ...all.slice(-REQUEST_MAX / 2)];
}

/** The words of a tool: its name, its description, then each parameter. */
export function toolWordsInOrder(tool: ToolSpec): readonly PlacedWord[] {
  const { name, description, parameters } = tool;
  const words = [
    ...first(split(name).toLowerCase(), SECTIONS.name, NAME_MAX),
    ...first(apart(description), SECTIONS.about, ABOUT_MAX),
  ];
  const { properties, required } = parameters as Record<string, unknown>;
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  if (typeof properties === "object" && properties !== null)
    for (const [key, property] of Object.entries(properties)) {
      if (words.length >= TOOL_MAX) break;
      const section = needed.includes(key) ? SECTIONS.required : SECTIONS.optional;
      words.push(...first(split(key).toLowerCase(), section, KEY_MAX), ...noteWords(property));
    }
  return words.slice(0, TOOL_MAX);
}

function noteWords(property: unknown): readonly PlacedWord[] {
  if (typeof property !== "object" || property === null) return [];
  const { description, enum: values } = property as Record<string, unknown>;
  const note =
    typeof description === "string" ? first(apart(description), SECTIONS.note, NOTE_MAX) : [];
  const choices = Array.isArray(values)
    ? values
        .slice(0, CHOICES_MAX)
        .filter((value): value is string => typeof value === "string")
        .flatMap((value) => first(split(value).toLowerCase(), SECTIONS.choice, CHOICE_MAX))
    : [];
  return [...note, ...choices];
}

function first(text: string, section: number, most: number): readonly PlacedWord[] {
  return placed(tokensIn(text).slice(0, most), section);
}

function split(name: string): string {
  return apart(name.replaceAll(/[.:/-]/gu, " "));
}

/** `snake_case` and `camelCase` as several words. */
function apart(text: string): string {
  return text.replaceAll(/(\p{Ll})(\p{Lu})/gu, "$1 $2").replaceAll("_", " ");
}

function tokensIn(text: string): readonly Token[] {
  return [...text.matchAll(TOKENS)].flatMap(([run]) => tokensOf(run));
}

function tokensOf(run: string): readonly Token[] {
  if (HAN.test(run)) return hanWords(run).map((text) => ({ text, shape: SHAPES.han }));
  if (/^\d/u.test(run)) return [{ text: formOf(run), shape: SHAPES.number }];
  const mark = MARKS.find(([sign]) => sign.test(run));
  if (mark !== undefined) return [{ text: mark[1], shape: SHAPES.mark }];
  const low = run.toLowerCase();
  const text = low.replaceAll("’", "'").replace(/'+$/u, "");
  return [{ text, shape: low === run ? SHAPES.small : SHAPES.capital }];
}

function formOf(number: string): string {
  if (/^\d+$/u.test(number)) return `0${Math.min(number.length, DIGITS_MAX)}`;
  return number.includes(":") ? "0:0" : "0.0";
}

/** Whether it is a word rather than a number or a mark. */
export function isWord({ shape }: Pick<PlacedWord, "shape">): boolean {
  return shape !== SHAPES.number && shape !== SHAPES.mark;
}

function placed(tokens: readonly Token[], section: number): readonly PlacedWord[] {
  const stems = tokens.map((token) =>
    token.shape === SHAPES.han || !isWord(token) ? token.text : stem(token.text),
  );
  const words: PlacedWord[] = [];
  while (words.length < tokens.length) {
    const at = words.length;
    const [meaning, used] = meaningAt(tokens, stems, at);
    for (let nth = at; nth < at + used; nth++) {
      const { text = "", shape = 0 } = tokens[nth] ?? {};
      words.push({ text, shape, section, keys: keysOf(stems[nth] ?? "", meaning) });
    }
  }
  return words;
}

/** What the longest phrase at a place means, and how many words it has. */
function meaningAt(
  tokens: readonly Token[],
  stems: readonly string[],
  at: number,
): readonly [Meaning | undefined, number] {
  const { text = "", shape = 0 } = tokens[at] ?? {};
  if (shape === SHAPES.mark) return [undefined, 1];
  if (shape === SHAPES.han) return [meaningOfHan(text), 1];
  const { meaningOf } = lexiconOf();
  for (let end = lettersFrom(tokens, at); end > at + 1; end--) {
    const phrase = tokens.slice(at, end).map((token) => token.text);
    const meaning = meaningOf(phrase.join(" ")) ?? meaningOf(stems.slice(at, end).join(" "));
    if (meaning !== undefined) return [meaning, end - at];
  }
  return [meaningOf(text) ?? singular(text) ?? meaningOf(stems[at] ?? ""), 1];
}

/** Where a phrase that begins here would end at the latest. */
function lettersFrom(tokens: readonly Token[], at: number): number {
  let end = at + 1;
  while (end < at + PHRASE_MAX && isLetters(tokens[end])) end++;
  return end;
}

function meaningOfHan(text: string): Meaning | undefined {
  const { meaningOf } = lexiconOf();
  return meaningOf(text) ?? meaningOf(text.slice(0, 2)) ?? meaningOf(text.slice(-2));
}

function singular(text: string): Meaning | undefined {
  return text.endsWith("s") ? lexiconOf().meaningOf(text.slice(0, -1)) : undefined;
}

function isLetters(token: Token | undefined): boolean {
  return token !== undefined && token.shape !== SHAPES.han && token.shape !== SHAPES.mark;
}

function keysOf(stemmed: string, meaning: Meaning = NOTHING): readonly number[] {
  const { things, topics, actions } = meaning;
  const contraries = [...(lexiconOf().opposites.get(actions[0] ?? NONE) ?? [])];
  const keys = [...firstOf(things, 2), ...firstOf(topics, 1), ...firstOf(actions, 2)];
  return [hashOf(stemmed), ...keys, ...firstOf(contraries, 2)];
}

/** The first of some numbers, from 1 on; 0 where there is none. */
function firstOf(numbers: readonly number[], count: number): readonly number[] {
  return Array.from({ length: count }, (_, nth) => (numbers[nth] ?? NONE) + 1);
}

/** A number for a text; two texts seldom have the same. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash | 0;
}

/** By what a word has vectors of its own: by itself, by how it ends, by its first and last character. */
export function namesOf({ text, shape }: PlacedWord): readonly string[] {
  if (shape === SHAPES.han && text.length > 1)
    return [`w ${text}`, `c^${text.charAt(0)}`, `c$${text.charAt(text.length - 1)}`];
  if (shape !== SHAPES.han && isWord({ shape }) && text.length > 3)
    return [`w ${text}`, `s ${text.slice(-3)}`];
  return [`w ${text}`];
}
