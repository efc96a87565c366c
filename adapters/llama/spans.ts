/**
 * What a small model may copy: the word spans and numbers of the conversation. An argument that must be one of them
 * can not be invented or misspelt. Knows text only.
 */

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
/** A word; where a script puts no spaces between words, each character may begin or end one. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+/gu;
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
  const words = [...text.matchAll(WORD)].map(({ index, 0: word }) => ({
    from: index,
    to: index + word.length,
  }));
  const length = words.length <= 40 ? SPAN_WORDS_MAX : words.length <= 60 ? 5 : 2;
  for (const [first, { from }] of words.entries()) {
    for (const { to } of words.slice(first, first + length))
      addVariants(spans, text.slice(from, to));
    // Long values are usually all the rest: "note that …", "send Anna: …".
    addVariants(spans, text.slice(from).trim());
  }
  for (const [piece] of text.matchAll(/[^\s=:?!,]+/gu)) spans.add(piece);
  for (const [piece] of text.matchAll(ARITHMETIC)) spans.add(piece.trim());
  spans.delete("");
  return spans;
}

function addVariants(spans: Set<string>, span: string): void {
  spans.add(span);
  spans.add(span.replace(LAST_MARK, ""));
  spans.add(span.replace(OUTER, ""));
}
