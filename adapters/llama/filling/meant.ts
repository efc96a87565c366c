/**
 * Where a request says a word, a longer word with it inside, or another word of the same line of the lexicon. Knows words
 * of two languages, no parameters.
 */
import { lexiconOf, plainOf, stem } from "../../../runtime/turn/tool_choice.ts";
import { unitsOf } from "../../../runtime/turn/lexicon.ts";
import type { Piece } from "./pieces.ts";
import { isAsking, isPlain } from "./plain_words.ts";

/** Pieces of a request, and the lines of the lexicon that their words stand in. */
export interface Spoken {
  readonly first: number;
  readonly last: number;
  readonly lines: readonly number[];
}

/** What a request says last. */
export interface Heard {
  readonly spoken: readonly Spoken[];
  /** Lines of words that stand apart, as in "let him in". */
  readonly apart: ReadonlySet<number>;
  /** In small letters. */
  readonly text: string;
}

const HAN = /\p{Script=Han}/u;
const HAN_RUN = /\p{Script=Han}+/gu;
/** Words in a row, and characters, that a phrase has at most. */
const PHRASE_WORDS_MAX = 4;
const CHINESE_MAX = 6;
/** "severely" is "severe" and four letters more at most. */
const ENDING_MAX = 4;
const STEM_MIN = 4;
/** A word of more lines says too little. */
const LINES_MAX = 12;

/** Every tool hears the same text. */
const known = new Map<string, Heard>();
const KNOWN_MAX = 16;

/** What was said last, as the lexicon knows it. */
export function heardIn(text: string, pieces: readonly Piece[]): Heard {
  const before = known.get(text);
  if (before !== undefined) return before;
  const own = pieces.filter(({ source }) => source === 0);
  const lower = text.toLowerCase();
  const spoken = [...latinIn(own), ...hanIn(lower, own)];
  const standing = new Set(spoken.flatMap(({ lines }) => lines));
  const all = unitsOf(plainOf(text), stem).flatMap(({ meaning }) => meaning.actions);
  const heard = { spoken, apart: new Set(all.filter((one) => !standing.has(one))), text: lower };
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(text, heard);
  return heard;
}

function latinIn(pieces: readonly Piece[]): readonly Spoken[] {
  const { meaningOf } = lexiconOf();
  const found: Spoken[] = [];
  for (let first = 0; first < pieces.length;) {
    let used = 1;
    for (let length = PHRASE_WORDS_MAX; length > 0; length--) {
      const row = pieces.slice(first, first + length);
      if (row.length < length || row.some(({ bare, quoted }) => quoted || HAN.test(bare))) continue;
      if (row.slice(1).some(({ opens }) => opens)) continue;
      const bares = row.map(({ bare }) => bare);
      const meaning = meaningOf(bares.join(" ")) ?? meaningOf(bares.map(stem).join(" "));
      if (meaning === undefined) continue;
      const lines = linesOf(meaning);
      // "what is" asks for anything.
      const isQuestion = bares.some(isAsking) && bares.every(isPlain);
      if (lines.length <= LINES_MAX && !isQuestion)
        found.push({ first, last: first + length - 1, lines });
      used = length;
      break;
    }
    first += used;
  }
  return found;
}

function hanIn(text: string, pieces: readonly Piece[]): readonly Spoken[] {
  const { meaningOf } = lexiconOf();
  const found: Spoken[] = [];
  for (const { 0: run, index } of text.matchAll(HAN_RUN)) {
    for (let at = 0; at < run.length;) {
      let length = Math.min(CHINESE_MAX, run.length - at);
      while (length > 1 && meaningOf(run.slice(at, at + length)) === undefined) length--;
      const meaning = meaningOf(run.slice(at, at + length));
      const place = placeOf(pieces, index + at, index + at + length);
      if (meaning !== undefined && place !== undefined)
        found.push({ ...place, lines: linesOf(meaning) });
      at += length;
    }
  }
  return found;
}

function linesOf({
  things,
  actions,
}: {
  readonly things: readonly number[];
  readonly actions: readonly number[];
}): readonly number[] {
  return [...things, ...actions];
}

/** The pieces that a part of the text lies in; `undefined` inside of quotation marks. */
export function placeOf(
  pieces: readonly Piece[],
  from: number,
  to: number,
): { readonly first: number; readonly last: number } | undefined {
  const first = pieces.findIndex((piece) => piece.source === 0 && piece.to > from);
  const last = pieces.findLastIndex((piece) => piece.source === 0 && piece.from < to);
  if (first < 0 || last < first || pieces[first]?.quoted === true) return undefined;
  return { first, last };
}

/** The lines of the lexicon that a phrase stands in; one set for each of its words where it is not known as a whole. */
export function meaningsOf(phrase: string): readonly ReadonlySet<number>[] {
  const { meaningOf } = lexiconOf();
  const whole = meaningOf(phrase);
  if (whole !== undefined) return [new Set(linesOf(whole))];
  return unitsOf(phrase, stem).map(({ meaning }) => new Set(linesOf(meaning)));
}

/** "lattes" is "latte", "severely" is "severe", "glossy" is "gloss": one is the other with an ending. */
export function isInflected(bare: string, word: string): boolean {
  if (HAN.test(bare) || bare === word) return false;
  const [a, b] = [bare.replaceAll("-", ""), word.replaceAll(/[- ]/gu, "")];
  if (a === b) return true;
  if (b.length < STEM_MIN) return a === `${b}s`;
  const root = b.replace(/(?:e|y|ing|ed)$/u, "");
  if (root.length < STEM_MIN) return a.startsWith(b) && a.length <= b.length + ENDING_MAX;
  if (!a.startsWith(root)) return false;
  const rest = a.slice(root.length);
  return /^(?:e|y|es|s|d|ed|ing|ly|ely|ally|er|al|ily|ies|ion|ive|[b-z]ed|[b-z]ing)$/u.test(rest);
}
