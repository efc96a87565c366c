/**
 * What a small model may copy: the word spans and numbers of the conversation. An argument that must be one of them
 * can not be invented or misspelt. Knows text only.
 */
import { spokenNumbers } from "./number_words.ts";
import { isCut, isWhole, LED_WORDS_MAX, wordsOf } from "./whole_spans.ts";

/** Values that arguments may take. `undefined` = any. */
export interface Copyable {
  readonly strings: readonly string[] | undefined;
  readonly numbers: readonly number[] | undefined;
}

/** A name or a title is shorter; longer arguments are the rest of the message, which is a span of its own. */
const SPAN_WORDS_MAX = 12;
/** More alternatives than this cost more time in the grammar than they save in errors. */
const STRINGS_MAX = 900;
/** Sources are cut to this: an argument is rarely further in. */
const SOURCE_CHARS_MAX = 1_500;

/** Punctuation around a word that is rarely meant. */
const OUTER = /^["'“‘«([{：，、「《]+|["'”’»)\]},.?!:;%。？！，、：；」》]+$/gu;
const LAST_MARK = /[.,?!:;%。？！，、：；]$/u;
const NUMBER = /(?<![\d.])-?\d+(?:\.\d+)?/gu;
/** The parts of "to=Anna" and "topic:rent". */
const PAIR = /(?<=[=:])[^\s=:?!,]+|(?<=^|\s)[^\s=:?!,]+(?=[=:])/gu;
const ARITHMETIC = /[\d.()\s+\-*/^%]*\d[\d.()\s+\-*/^%]*/gu;

/**
 * What may be copied from `sources`, most important first.
 *
 * Without any number in them numbers are left free: a list of made-up ones would invite the model to pick one, and
 * one that it was trained to ask back does so before it begins a call.
 */
export function copyable(sources: readonly string[]): Copyable {
  const strings = new Set<string>();
  const numbers = new Set<number>();
  for (const source of sources) {
    const text = source.slice(0, SOURCE_CHARS_MAX);
    for (const [number] of text.matchAll(NUMBER)) numbers.add(Number(number));
    for (const number of spokenNumbers(text)) numbers.add(number);
    const spans = spansOf(text);
    // All or nothing: a value that is missing from the list could not be said at all.
    if (strings.size + spans.size > STRINGS_MAX) {
      if (strings.size === 0) return { strings: undefined, numbers: numbersOf(numbers) };
      break;
    }
    for (const span of spans) strings.add(span);
  }
  return { strings: strings.size === 0 ? undefined : [...strings], numbers: numbersOf(numbers) };
}

function numbersOf(numbers: ReadonlySet<number>): readonly number[] | undefined {
  return numbers.size === 0 ? undefined : [...numbers];
}

function spansOf(text: string): Set<string> {
  const spans = new Set<string>();
  const words = wordsOf(text);
  const length = words.length <= 40 ? SPAN_WORDS_MAX : words.length <= 60 ? 5 : 2;
  for (const [first, { from }] of words.entries()) {
    for (const [more, { to }] of words.slice(first, first + length).entries())
      if (isWhole(words, first, first + more)) addVariants(spans, text.slice(from, to));
    // Long values are usually all the rest: "note that …", "send Anna: …".
    const isLed =
      words.length - first <= LED_WORDS_MAX && !/(?:[:：]|\bthat) *$/u.test(text.slice(0, from));
    if (!isLed && !isCut(words[first - 1])) addVariants(spans, text.slice(from).trim());
  }
  for (const [piece] of text.matchAll(PAIR)) spans.add(piece);
  for (const [piece] of text.matchAll(ARITHMETIC))
    if (/[+*/^%()-]/.test(piece)) spans.add(piece.trim());
  spans.delete("");
  return spans;
}

function addVariants(spans: Set<string>, span: string): void {
  spans.add(span);
  spans.add(span.replace(LAST_MARK, ""));
  spans.add(span.replace(OUTER, ""));
}
