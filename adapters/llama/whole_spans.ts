/**
 * Which words in a row may be one value. A name, a telephone number and what stands in quotation marks are not cut
 * into pieces, and a value does not end in "to the". Knows text only.
 */

import { valuesIn } from "./value_kinds.ts";

/** A word of a text. */
export interface Word {
  readonly from: number;
  readonly to: number;
  /** Without the marks around it, in small letters. */
  readonly bare: string;
  /** The next word belongs to it: nothing may begin or end between the two. */
  readonly joined: boolean;
}

/** A word; where a script puts no spaces between words, each character may begin or end one. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+/gu;
const MARKS = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;
const ENDS = /[^\p{L}\p{N})]$/u;
const CAPITAL = /^["'“‘(]?\p{Lu}/u;
const DIGITS = /^[+(]?\d[\d()/-]*$/;
const QUOTED = /"[^"]+"|“[^”]+”|「[^」]+」|«[^»]+»|(?<=^|[\s:])'[^']+'(?=$|[\s,.?!;:])/gu;
/** Days and months have capitals, too, but stand beside a name rather than in it. */
const DATES =
  /^(?:i|i'[a-z]+|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|september|october|november|december)$/u;
/** Words that lead to a value. */
const LEADS = new Set(
  "a an the my our your to at in on of for from by with and or that then into about as is are was please me us it".split(
    " ",
  ),
);
/** A short value does not begin with one; a sentence may. */
export const LED_WORDS_MAX = 3;
const LEADS_HAN = new Set("的了吗呢吧把给是在到和跟从请帮去将被让叫要想说有");
const TRAILS_HAN = new Set("的了吗呢吧把给是在到和跟从去将被让叫要想说成");

/** The words of a text, and which of them belong together. */
export function wordsOf(text: string): readonly Word[] {
  const quotes = [...text.matchAll(QUOTED)].map(({ index, 0: quote }) => ({
    from: index,
    to: index + quote.length,
  }));
  const wholes = [...quotes, ...valuesIn(text)];
  const found = [...text.matchAll(WORD)].map(({ index, 0: raw }) => ({
    from: index,
    to: index + raw.length,
    raw,
    bare: raw.replace(MARKS, "").toLowerCase(),
  }));
  return found.map(({ from, to, raw, bare }, at) => {
    const next = found[at + 1];
    const inside = wholes.some((whole) => to > whole.from && to < whole.to);
    const after = found[at + 2]?.bare;
    const named = at > 0 && isName(raw, bare) && next !== undefined && continuesName(next, after);
    const numbered = next !== undefined && DIGITS.test(raw) && DIGITS.test(next.raw);
    const together = next !== undefined && !ENDS.test(raw) && (named || numbered);
    return { from, to, bare, joined: inside || together };
  });
}

function isName(raw: string, bare: string): boolean {
  return CAPITAL.test(raw) && !DATES.test(bare);
}

/** "Mill Lane", "Mill Lane 14", but not "to Rome 14 days". */
function continuesName(next: { raw: string; bare: string }, after: string | undefined): boolean {
  if (isName(next.raw, next.bare)) return true;
  if (!/^\d{1,4}[a-z]?[.,;?!]?$/iu.test(next.raw)) return false;
  return after === undefined || LEADS.has(after) || ENDS.test(next.raw);
}

/** Whether nothing may begin after this word. */
export function isCut(before: Word | undefined): boolean {
  return before?.joined === true;
}

/** Whether the words from `first` to `last` may be a value. */
export function isWhole(words: readonly Word[], first: number, last: number): boolean {
  const [begin, end] = [words[first], words[last]];
  if (begin === undefined || end === undefined) return false;
  if (isCut(words[first - 1]) || end.joined) return false;
  if (words.length <= 2) return true;
  if (last - first < LED_WORDS_MAX && !begin.joined && leads(begin)) return false;
  return !LEADS.has(end.bare) && !TRAILS_HAN.has(end.bare);
}

function leads({ bare }: Word): boolean {
  return LEADS.has(bare) || LEADS_HAN.has(bare);
}
