/** Where a value may begin and end. Knows words of two languages. */
import { endsInTitle, isMeasure, isOrder, isPlain, JOINTS, LEADS } from "./plain_words.ts";
import { isWhole, type Piece } from "./pieces.ts";
import { isName, type Stretch } from "./stretch.ts";

const POLITE =
  /^(?:please|pls|plz|thx|cheers|thanks|thank|you|now|again|online|too|right|today|for|me|吧|了|吗|呢|啊|呀|谢谢|一下)$/u;
const PRONOUN =
  /^(?:it|this|that|them|there|here|over there|something|anything|someone|somebody|one|me|us|i|you|它|这个|那个|那里|这里|某人|我|你)$/iu;
const NEVER_FIRST =
  /^(?:to|that|saying|for|on|at|in|of|with|about|的|了|说|在|吧|说一声|一声|一条|加上|加到|放到)$/u;
const NEVER_LAST =
  /^(?:please|pls|plz|thx|thanks|online|again|too|to|of|at|in|on|for|and|the|a|吧|的|在|把|给|到)$/u;
const INDEFINITE = /^(?:some|any|a|an)$/u;
const SUBJECT =
  /^(?:i|i'm|i'll|i've|we|we're|we'll|you|he|she|they|it|it's|the|my|our|your|there|this|that|his|her|if|whether|what|how|why|when|where|who|我|我们|咱|咱们|你|你们|您|他|她|他们|她们|它)$/u;
/** The point of "4 p.m." belongs to it. */
const POINTED = /(?:^|[\d\s])\p{Ll}\.\p{Ll}$|\b(?:[ap]\.m|jr|sr)$/iu;
/** "92%", "6A+", 12# */
const MARKED = /^[%％+#](?![\p{L}\d])|^[%％#](?=\p{Script=Han})/u;
const INITIAL = /(?:^|\s)\p{Lu}$/u;
/** What ends a sentence, between two of them. */
const BETWEEN_SENTENCES = /[.!?](?= \p{Lu})|[。！？](?=\p{Script=Han})/gu;
const HAN = /\p{Script=Han}/u;

/** No pronoun has more characters. */
const PRONOUN_CHARS_MAX = 12;

/** Whether a stretch may be a value at all. */
export function mayBe(stretch: Stretch): boolean {
  return !isPronoun(stretch) && mayBegin(stretch) && mayEnd(stretch);
}

function isPronoun(stretch: Stretch): boolean {
  return stretch.end.to - stretch.begin.from <= PRONOUN_CHARS_MAX && PRONOUN.test(valueOf(stretch));
}

/** Its text. Of a sentence after a colon the last mark is a part. */
export function valueOf({ one, said, begin, end }: Stretch): string {
  const text = said.texts[begin.source] ?? "";
  const marks = begin.led ? /^[!！?？]+\s*$/u : /^[!！]+\s*$/u;
  const rest = text.slice(end.to);
  const keepsMark = one.role.form === "sentence" && marks.test(rest);
  // Of several sentences the last has its point, too.
  const hasMore = /^[.。]\s*$/u.test(rest) && holdsSentences(text.slice(begin.from, end.to));
  if (keepsMark) return text.slice(begin.from).trimEnd();
  const isLonger = hasMore || keepsPoint(text.slice(begin.from, end.to), rest);
  return text.slice(begin.from, isLonger ? end.to + 1 : end.to);
}

/** "Emil S.", "4 p.m.", "92%" */
function keepsPoint(value: string, rest: string): boolean {
  if (rest.startsWith(".")) return POINTED.test(value) || /[^\p{L}\d]\p{Lu}$/u.test(value);
  return /\d\p{L}?$/u.test(value) && MARKED.test(rest);
}

/** "Ann is late. The bus broke down", but not "Dr. Konrad Ebel". */
function holdsSentences(text: string): boolean {
  return [...text.matchAll(BETWEEN_SENTENCES)].some(({ index }) => {
    const before = text.slice(0, index);
    return !endsInTitle(before) && !INITIAL.test(before);
  });
}

/** Whether it is polite, or what a request ends with. */
export function isPolite(bare: string): boolean {
  return POLITE.test(bare);
}

/** Whether a sentence may begin with it in the middle of a request: "tell Ann I am late". */
export function isSubject(bare: string): boolean {
  return SUBJECT.test(bare);
}

function mayBegin(stretch: Stretch): boolean {
  const { begin, nearest, first, one } = stretch;
  if (isWhole(begin) || isName(begin)) return true;
  if (nearest?.number !== undefined && isMeasure(begin.bare)) return one.role.counted;
  if (!isWeak(stretch)) return true;
  const { form } = one.role;
  if (form === "sentence") return first === 0 || isSubject(begin.bare) || isAnnounced(stretch);
  return form === "clause" && !INDEFINITE.test(begin.bare) && isAnnounced(stretch);
}

/** It begins with a word that says nothing, or with what is to be done. */
function isWeak({ begin, said, first }: Stretch): boolean {
  return isPlain(begin.bare) || LEADS.has(begin.bare) || said.orders[first] === true;
}

/** Something before it says that a text begins here. */
function isAnnounced({ begin, nearest, isLed, isNamed }: Stretch): boolean {
  if (NEVER_FIRST.test(begin.bare)) return false;
  return begin.led || isLed || isNamed || nearest?.kind !== undefined || isName(nearest);
}

function mayEnd({ one, end, first, last, after }: Stretch): boolean {
  const { form } = one.role;
  if (isWhole(end)) return true;
  const isLong = form === "clause" || form === "sentence";
  const isVerb = form === "name" && last > first && HAN.test(end.bare) && isOrder(end.bare);
  if (isVerb) return false;
  if (!endsWeakly(end.bare)) return true;
  if (!isLong || (last === first && last > 0)) return false;
  return mayEndWeakly(end, form === "sentence" ? after : undefined);
}

function endsWeakly(bare: string): boolean {
  return LEADS.has(bare) || POLITE.test(bare) || isPlain(bare);
}

/** A sentence may end in any word before a mark, and before what leads to something else. */
function mayEndWeakly(end: Piece, after: Piece | undefined): boolean {
  return (
    !NEVER_LAST.test(end.bare) && (end.closes || (after !== undefined && JOINTS.has(after.bare)))
  );
}
