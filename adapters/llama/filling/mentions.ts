/**
 * Where a request says the values of an enum: in their own words, in those of the description, with endings, in words of
 * the same sense. Knows words, no weights.
 */
import { termsOf } from "../../../runtime/turn/tool_choice.ts";
import { wordsMeaning } from "./glosses.ts";
import { type Heard, heardIn, isInflected, meaningsOf, placeOf, type Spoken } from "./meant.ts";
import { ORDINALS } from "./quantities.ts";
import type { Parameter, Said } from "./stretch.ts";

/** They mean something else as often. */
const PREPOSITION = /^(?:on|off|up|down)$/u;
/** A value of more characters is not said as it is. */
const WORD_MAX = 24;
/** Pieces of a value, at most. */
const ROW_MAX = 4;
const HAN = /\p{Script=Han}/u;
/** Characters that say it in a longer word as well: 左耳, 女款. */
const SIDE = /^[左右男女红绿蓝黄紫粉猫狗]$/u;
/** As people say it. */
export function plainOf(value: unknown): string {
  return String(value)
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .replaceAll(/[_-]+/gu, " ");
}

/** How a value is said: in its own words, in those of the description, with an ending, by its number, in words of the lexicon. */
export type By = "itself" | "gloss" | "ending" | "number" | "line";

/** Where a value is said. */
export interface Mention {
  readonly first: number;
  readonly last: number;
  readonly by: By;
  /** In characters. */
  readonly size: number;
}

/** What may say a value. */
interface Words {
  /** Its own, in small letters. */
  readonly own: ReadonlySet<string>;
  /** Of the description and of glosses.ts. */
  readonly glosses: ReadonlySet<string>;
  /** Those of both with Chinese characters. */
  readonly han: readonly string[];
  readonly stem: string;
  /** Lines of the lexicon that no other value stands in, for each of its words. */
  readonly lines: readonly ReadonlySet<number>[];
  /** A capital one, where it is no more. */
  readonly letter: string;
  /** The one in it, where each value has another one: 92 of "IV92". */
  readonly number: number | undefined;
}

/** Tools come with every request. */
const wordsKnown = new WeakMap<Parameter, ReadonlyMap<string, Words>>();

function wordsOf(one: Parameter): ReadonlyMap<string, Words> {
  const before = wordsKnown.get(one);
  if (before !== undefined) return before;
  const values = (one.schema["enum"] as readonly unknown[]).filter((value) => value !== "");
  const texts = values.filter((value) => typeof value === "string");
  const plains = new Set(texts.map(plainOf));
  const lines = texts.map((value) => meaningsOf(plainOf(value)));
  const numbers = numbersIn(texts);
  const all = texts.map((value, at) => {
    const plain = plainOf(value);
    const own = [plain, value.toLowerCase()].filter(isSayable);
    const others = new Set(
      lines.flatMap((sets, other) => (other === at ? [] : sets.flatMap((set) => [...set]))),
    );
    const glosses = glossesFor(value, one).filter((word) => isSayable(word) && !plains.has(word));
    const words: Words = {
      own: new Set(own),
      glosses: new Set(glosses),
      han: [...own, ...glosses].filter((word) => HAN.test(word)),
      stem: termsOf(value).join(" "),
      lines: (lines[at] ?? []).map((set) => set.difference(others)).filter(({ size }) => size > 0),
      letter: /^[A-Z]$/u.test(value) ? value : "",
      number: numbers[at],
    };
    return [value, words] as const;
  });
  const read = new Map(all);
  wordsKnown.set(one, read);
  return read;
}

/** In their order, from one on. */
const ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];

/** By value the number in it; nothing where one has none, or two have the same. */
function numbersIn(values: readonly string[]): readonly number[] {
  const rows = values.map((value) => value.match(/\d+|(?<=^|[\s_-])[IVX]+$/gu) ?? []);
  const numbers = rows.flatMap(([first, ...more]) => {
    if (first === undefined || more.length > 0) return [];
    return [/\d/u.test(first) ? Number(first) : ROMAN.indexOf(first) + 1];
  });
  const isClear = numbers.length === values.length && new Set(numbers).size === values.length;
  return isClear ? numbers : [];
}

function isSayable(word: string): boolean {
  return word !== "" && word.length <= WORD_MAX && !PREPOSITION.test(word);
}

/** "let him in": the words for a value stand apart. */
export function isSaidApart(one: Parameter, { texts, pieces }: Said, value: unknown): boolean {
  const { apart } = heardIn(texts[0] ?? "", pieces);
  if (apart.size === 0 || typeof value !== "string") return false;
  const lines = wordsOf(one).get(value)?.lines ?? [];
  return lines.length === 1 && lines.some((set) => !set.isDisjointFrom(apart));
}

/** A parameter is looked at once in what was said. */
const mentionsKnown = new WeakMap<Said, Map<Parameter, ReadonlyMap<unknown, readonly Mention[]>>>();

/** Where each value stands: not where a longer one does, nor in other words where one stands in its own. */
export function mentionsIn(one: Parameter, said: Said): ReadonlyMap<unknown, readonly Mention[]> {
  const known =
    mentionsKnown.get(said) ?? new Map<Parameter, ReadonlyMap<unknown, readonly Mention[]>>();
  const before = known.get(one);
  if (before !== undefined) return before;
  const all = [...wordsOf(one)].map(([value, words]) => [value, mentions(words, said)] as const);
  const places = all.flatMap(([, list]) => list);
  const isSaid = places.some(({ by }) => by !== "line");
  const isKept = (place: Mention): boolean =>
    (place.by !== "line" || !isSaid) &&
    !places.some(
      (other) => other.size > place.size && other.by !== "line" && isWithin(place, other),
    );
  const found = new Map(all.map(([value, list]) => [value, list.filter(isKept)] as const));
  mentionsKnown.set(said, known.set(one, found));
  return found;
}

function isWithin(one: Mention, other: Mention): boolean {
  return one.first <= other.last && other.first <= one.last;
}

/** Where a value stands in a request: each place once, by what says it best. */
function mentions(words: Words, said: Said): readonly Mention[] {
  const heard = heardIn(said.texts[0] ?? "", said.pieces);
  const all = [
    ...whole(words.own, "itself", words, said),
    ...whole(words.glosses, "gloss", words, said),
    ...words.han.flatMap((word) => insideHan(word, heard.text, said.pieces)),
    ...inflected(words, said),
    ...byNumber(words, said),
    ...byLines(words, heard, said),
  ];
  return all.filter((place, at) => !all.slice(0, at).some((other) => isWithin(place, other)));
}

function isOpen({ pieces }: Said, at: number): boolean {
  const piece = pieces[at];
  return piece !== undefined && !piece.quoted && piece.source === 0;
}

function whole(
  all: ReadonlySet<string>,
  by: By,
  { letter }: Words,
  said: Said,
): readonly Mention[] {
  if (all.size === 0) return [];
  const { pieces } = said;
  return pieces.flatMap(({ text }, first) => {
    if (!isOpen(said, first) || (letter !== "" && text !== letter)) return [];
    const row = pieces.slice(first, first + ROW_MAX).map(({ bare }) => bare);
    const length = spanOf(all, row);
    const size = row.slice(0, length).join("").length;
    return length === 0 ? [] : [{ first, last: first + length - 1, by, size }];
  });
}

function inflected({ stem, own }: Words, said: Said): readonly Mention[] {
  return said.pieces.flatMap(({ bare }, at): readonly Mention[] => {
    if (!isOpen(said, at) || PREPOSITION.test(bare)) return [];
    const isMeant = stem !== "" && termsOf(bare).join(" ") === stem;
    const isSo = isMeant || [...own].some((word) => isInflected(bare, word));
    return isSo ? [{ first: at, last: at, by: "ending", size: bare.length }] : [];
  });
}

/** "the 92 profile", "the second one" */
function byNumber({ number }: Words, said: Said): readonly Mention[] {
  if (number === undefined) return [];
  return said.pieces.flatMap(({ bare, number: own }, at): readonly Mention[] => {
    const isSaid = own === number || (own === undefined && ORDINALS.indexOf(bare) + 1 === number);
    return isSaid && isOpen(said, at) ? [{ first: at, last: at, by: "number", size: 0 }] : [];
  });
}

/** 冷藏 in 冷藏室: a Chinese word is part of a longer one. */
function insideHan(word: string, text: string, pieces: Said["pieces"]): readonly Mention[] {
  if (word.length < 2 && !SIDE.test(word)) return [];
  const at = text.indexOf(word);
  const place = at < 0 ? undefined : placeOf(pieces, at, at + word.length);
  return place === undefined ? [] : [{ ...place, by: "ending", size: word.length }];
}

/** Where words of the same lines stand; of a value of several words all have to be said. */
function byLines({ lines, own }: Words, { spoken }: Heard, said: Said): readonly Mention[] {
  if (lines.length === 0 || own.size === 0) return [];
  const places = lines.map((set) =>
    spoken.filter((one) => one.lines.some((line) => set.has(line))),
  );
  const found: readonly Spoken[] = places.every((some) => some.length > 0) ? (places[0] ?? []) : [];
  return found
    .filter(({ first, last }) => !said.own.slice(first, last + 1).includes(true))
    .map(({ first, last }) => ({ first, last, by: "line", size: 0 }));
}

/** How many pieces the longest of some words takes that begins with the first of them; 0 = none stands there. */
function spanOf(words: ReadonlySet<string>, bares: readonly string[]): number {
  for (let length = bares.length; length > 0; length--) {
    const row = bares.slice(0, length);
    if (words.has(row.join(" ")) || words.has(row.join(""))) return length;
  }
  return 0;
}

/** What the description calls a value, "人民币 CNY, 美元 USD", and what people do. */
function glossesFor(value: string, { schema }: Parameter): readonly string[] {
  const lower = value.toLowerCase();
  const about = typeof schema["description"] === "string" ? schema["description"] : "";
  const entries = about.split(/[,，;；、。()（）/|]|\bor\b/u).filter((entry) =>
    entry
      .toLowerCase()
      .split(/[^\p{L}\p{N}_-]+/u)
      .includes(lower),
  );
  const glosses = entries.map((entry) =>
    entry
      .toLowerCase()
      .replace(lower, " ")
      .replaceAll(/[^\p{L}\p{N} ]|\b(?:is|for|means|the)\b|[为是]/gu, " ")
      .trim(),
  );
  const listed = glosses.length > 0 ? undefined : listedFor(value, schema["enum"], about);
  const own = listed === undefined ? glosses : [listed];
  return [...new Set([...own, ...wordsMeaning(plainOf(value))])];
}

/** "安静、标准、强力" of quiet, standard and strong: one for each value, in their order. */
function listedFor(value: string, values: unknown, about: string): string | undefined {
  const parts = about
    .replace(/^.*[:：]/u, "")
    .split(/[,，;；、/|]/u)
    .map((part) => part.trim().toLowerCase());
  const all = Array.isArray(values) ? values : [];
  return parts.length > 1 && parts.length === all.length ? parts[all.indexOf(value)] : undefined;
}
