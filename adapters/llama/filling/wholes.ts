/**
 * What in a text is not cut, by its form: quotations, times, sums, addresses, numbers in words, patterns of file names. Knows
 * text only.
 */
import { spokenNumber } from "../number_words.ts";
import { type FoundValue, type ValueKind, valuesIn } from "../value_kinds.ts";
import { isOrder, isPlain } from "./plain_words.ts";

/** A part of a text that is one piece. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly kind?: ValueKind | undefined;
  readonly quoted?: boolean;
}

/** Single quotation marks are apostrophes as well. */
const QUOTED =
  /"([^"]+)"|“([^”]+)”|「([^」]+)」|『([^』]+)』|《([^》]+)》|«([^»]+)»|`([^`]+)`|(?<=^|[\s:,(])'([^']+)'(?=$|[\s,.?!;:)])/gu;
/** A number in digits. */
export const DIGITS = /^-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?$/;
/** 四十二块五 */
export const MONEY = /^(\d+|[一二两三四五六七八九十百]+)块([一二三四五六七八九]|\d)$/u;
const SIGN = /(?:^|[\s=:(,（：，\p{Script=Han}])[-−–]$/u;
const DECIMAL = /(?<![\w.,:/-])-?\d+(?:,\d{3})*\.\d+(?![\w.,:/]*\d)/gu;
const UNIT =
  /^(\d+(?:\.\d+)?)(-?)(?:seconds?|secs?|s|minutes?|mins?|hours?|hrs?|h|days?|weeks?|months?|years?|kg|g|mg|lbs?|km|cm|mm|m|mi|ml|l|percent|degrees?|people|persons?|x|gb|mb|kb)$/iu;
/** "1,400", also before a mark. */
const THOUSANDS = /(?<![\w.,:/-])\d{1,3}(?:,\d{3})+(?![\w:/-]|[.,]\d)/gu;
/** "(1200-350)*6" */
const BRACKETED =
  /(?<![\w)\]])(?:sqrt ?)?(?:\((?=[^()]*\d)[\d\s+*/^×÷.-]+\)|\d+(?:\.\d+)?)(?:\s?[+*/^×÷-]\s?(?:\([\d\s+*/^×÷.-]+\)|\d+(?:\.\d+)?))*(?![\w(])/gu;
/** A Chinese number that counts or measures something. */
const HAN_NUMBER =
  /[一二两三四五六七八九十百]+块[一二三四五六七八九\d](?![钱十百\d])|(?:[零一二两三四五六七八九]?[十百千万][零一二三四五六七八九十百千万]*|[一二两三四五六七八九](?=[个份张瓶斤杯位人块条本台间盒包袋只件公度点米升元支把夜名套枚棵株头双碗道册层遍轮架艘筐捆盘串节根粒颗桶扇幅星])(?!个月))(?![月号日周]|分之)/gu;
/** 画蛇添足 in 画蛇添足是什么意思 */
const IDIOM =
  /(?:(?<!\p{Script=Han})|(?<=成语|解释|查下|查查|一下))(?!帮我|查一|解释|请问|这个|那个|你说)\p{Script=Han}{4}(?=(?:这个成语)?(?:是什么意思|是啥意思|什么意思|啥意思|怎么解释|的意思|的出处|的典故|出自))/gu;
/** 32块5 and 6万3千, which would be a code and a rest */
const HAN_MONEY =
  /(?<![\d.])\d+块[一二三四五六七八九\d](?![钱十百\d])|(?<![\d.])\d+万\d千?(?![\d十百千万.])/gu;
/** Figure by figure: 一七五, 一九九三. */
const FIGURES =
  /(?<![零〇一二两三四五六七八九十百千万点第])[零〇一二三四五六七八九]{3,}(?![零〇一二三四五六七八九十百千万点月])/gu;
const DIGIT_WORD =
  "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)";
/** "two hundred and fifty", "forty two". */
const WORD_NUMBER = new RegExp(
  `\\b(?:${DIGIT_WORD}|a(?= (?:hundred|thousand)))(?:(?:[ -]| and | point )(?:${DIGIT_WORD}|hundred|thousand))+\\b`,
  "giu",
);
/** 三（2）班 */
const CLASS_ROOM = /[一二三四五六七八九初高\d]{1,3}[（(]\d{1,2}[）)]班/gu;
/** "Jan van der Berg", "O. Perera" */
const PARTICLED =
  /(?<!\p{L})\p{Lu}\. (?:\p{Lu}\. )?\p{Lu}\p{Ll}[\p{L}-]*|(?<!\p{L})(\p{Lu}[\p{L}'’-]*) (?:van|von|de|del|della|di|da|dos|du|bin|ibn|al|ter|zu|af)(?: (?:der|den|la|los|las))? \p{Lu}[\p{L}-]+/gu;

/** With a plus or a zero at its beginning, or in groups as in America, China and Scandinavia. */
const PHONE =
  /^(?:[+(]|0)|^(?:1[ -])?\d{3}[ -]\d{3,4}(?:[ -]\d{4})?$|^\d{4}[ -]\d{4}$|^1\d{2}[ -]\d{4}[ -]\d{4}$|^\d{2}(?:[ -]\d{2}){3,4}$/u;
const FIELD = String.raw`(?:\*|\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)(?:\/\d+)?`;
/** Of values that are found nowhere else: when a job runs, names of files with a star, times with seconds, L.2022.40, OBJ-1977.14, (2024)京01民初88号. */
const PATTERNS: readonly (readonly [RegExp, ValueKind])[] = [
  [
    new RegExp(
      String.raw`(?<![\w*.,/+-])(?=[\d ,/-]*\*)${FIELD}(?: ${FIELD}){4}(?![\w*.,/-])`,
      "gu",
    ),
    "code",
  ],
  [/(?<![\w*])(?=[\w./*-]*[a-z])[\w./-]*\*[\w./*-]*[\w*]/giu, "file"],
  [/(?<![\d:+-])(?:(?<=^|\s)[+-])?\d{1,2}:\d{2}:\d{2}(?:\.\d+)?(?![\d:])/gu, "time"],
  [/(?<![\w.])[A-Z]{1,4}\.\d+(?:\.\d+)+(?![\w.]*\w)/gu, "code"],
  [/(?<![\w.-])[A-Z]{1,5}-\d+(?:\.\d+)+(?![\w.]*\w)/gu, "code"],
  [/[（(]\d{4}[）)]\p{Script=Han}{1,3}\d{1,4}\p{Script=Han}{1,3}\d+号/gu, "code"],
];
/** "21 to 18", "from 5 to 8", but not "20 to 8". */
const MINUTES_TO = /^(\d+) to (\d+)$/iu;
const FROM = /(?:from|between|[:.\d])\s*$/iu;
const HOURS = 12;
const MINUTES_STEP = 5;
const MINUTES_MAX = 25;

/** What looks like a value and is something else: a score, a range, "T3 / 9". */
function isNone(text: string, { from, to, kind }: FoundValue): boolean {
  const own = text.slice(from, to);
  if (kind === "sum") return isNoSum(own, text.slice(0, from));
  const isRange = kind === "time" && own.includes(" to ") && FROM.test(text.slice(0, from));
  if (isRange) return true;
  const [, minutes, hour] = (kind === "time" && MINUTES_TO.exec(own)) || [];
  if (minutes === undefined || hour === undefined) return false;
  const isClock =
    Number(minutes) % MINUTES_STEP === 0 && Number(minutes) <= MINUTES_MAX && Number(hour) <= HOURS;
  return !isClock || /^:\d/u.test(text.slice(to));
}

/** "3 of 17", and what follows a letter. */
function isNoSum(own: string, before: string): boolean {
  return /^\d+ of \d/u.test(own) || /[\p{L}\d][-_]?$/u.test(before);
}

/** "#release发": the name ends where Chinese begins. */
function withoutHan(text: string, { from, to, kind }: FoundValue): Range {
  const [name = ""] =
    (kind === "code" && /^[#@][\w-]+(?=\p{Script=Han})/u.exec(text.slice(from, to))) || [];
  return { from, to: name === "" ? to : from + name.length, kind };
}

/** "128 x 128," is a size and a mark. */
function withoutMark({ from, to, kind }: Range, text: string): Range {
  const rest = kind === "sum" ? /[,.]+$/u.exec(text.slice(from, to)) : null;
  return { from, to: to - (rest?.[0].length ?? 0), kind };
}

/** Quotations and values, none inside another. */
export function wholesIn(text: string): readonly Range[] {
  return foundIn(text)
    .flatMap((whole) => withoutUnit(text, whole))
    .map((whole) => withSign(text, whole));
}

/** All values with marks or a form of their own; where two overlap, what stands earlier here counts. */
function foundIn(text: string): readonly Range[] {
  const quotes = [...text.matchAll(QUOTED)].map((match): Range => {
    const inner = match.slice(1).find((group) => group !== undefined) ?? "";
    const from = match.index + match[0].indexOf(inner);
    return { from, to: from + inner.length, quoted: true };
  });
  const sums = matchesOf(text, BRACKETED, "sum").filter((sum) => isSum(textOf(text, sum)));
  const thousands = apartFrom(matchesOf(text, THOUSANDS, "code"), sums);
  const money = matchesOf(text, HAN_MONEY);
  const forms = PATTERNS.flatMap(([pattern, kind]) => matchesOf(text, pattern, kind));
  const patterns = [...forms, ...sums, ...thousands, ...money];
  const values = valuesIn(text)
    .filter((value) => !isNone(text, value))
    .map((value) => withoutHan(text, value))
    .flatMap((value) => groupsOf(text, value))
    .map((value) => withoutMark(value, text));
  const free = apartFrom(values, patterns);
  const decimals = apartFrom(
    matchesOf(text, DECIMAL, "code"),
    free.filter((one) => holdsPoint(text, one)),
  );
  const named = apartFrom([...spokenIn(text), ...namesIn(text)], free);
  const outside = apartFrom([...apartFrom(free, decimals), ...decimals, ...named], patterns);
  return [...quotes, ...apartFrom([...patterns, ...outside], quotes)];
}

/** "4.15 in the afternoon" is no decimal, nor is one in a sum; "at 22.5 degrees" holds one after "at 22". */
function holdsPoint(text: string, range: Range): boolean {
  return range.kind === "sum" || (range.kind === "time" && textOf(text, range).includes("."));
}

function isSum(text: string): boolean {
  if (/^\(\d{4}-\d{2}-\d{2}\)$/u.test(text)) return false;
  return text.includes("(") && /[\d)]\s?[+*/^×÷-]|sqrt/u.test(text);
}

function textOf(text: string, { from, to }: Range): string {
  return text.slice(from, to);
}

function matchesOf(text: string, pattern: RegExp, kind?: ValueKind): readonly Range[] {
  return [...text.matchAll(pattern)].map(({ index, 0: all }) => ({
    from: index,
    to: index + all.length,
    kind,
  }));
}

/** Those that share no character with any of the others. */
function apartFrom(ranges: readonly Range[], others: readonly Range[]): readonly Range[] {
  return ranges.filter((one) => others.every(({ from, to }) => one.to <= from || one.from >= to));
}

/** Numbers in words. */
function spokenIn(text: string): readonly Range[] {
  const numbers = [...matchesOf(text, HAN_NUMBER), ...matchesOf(text, WORD_NUMBER)].filter(
    (range) => {
      const number = textOf(text, range);
      return spokenNumber(number) !== undefined || MONEY.test(number);
    },
  );
  const figures = matchesOf(text, FIGURES);
  return [...apartFrom(numbers, figures), ...figures];
}

/** Names of classes and of people that have marks or small words in them. */
function namesIn(text: string): readonly Range[] {
  const people = [...text.matchAll(PARTICLED)]
    .filter(({ 1: first = "" }) => !isPlain(first.toLowerCase()) && !isOrder(first.toLowerCase()))
    .map(({ index, 0: name }) => ({ from: index, to: index + name.length }));
  return [...matchesOf(text, CLASS_ROOM), ...matchesOf(text, IDIOM), ...people];
}

/** "51 16 30" is no telephone number. */
function groupsOf(text: string, range: Range): readonly Range[] {
  const own = textOf(text, range);
  if (range.kind !== "phone" || !own.includes(" ") || PHONE.test(own)) return [range];
  return matchesOf(own, /[^ ()]+/gu).map(({ from, to }) => ({
    from: range.from + from,
    to: range.from + to,
    kind: "code",
  }));
}

/** "7-minute" and "5kg" are a number and a word. */
function withoutUnit(text: string, whole: Range): readonly Range[] {
  const { from, to, kind } = whole;
  const [, number = "", dash = ""] = (kind === "code" && UNIT.exec(text.slice(from, to))) || [];
  if (number === "") return [whole];
  const middle = from + number.length;
  return [
    { from, to: middle, kind: "code" },
    { from: middle + dash.length, to },
  ];
}

/** "-5", but not "3-5". */
function withSign(text: string, whole: Range): Range {
  const { from, to, kind } = whole;
  const isSigned =
    kind === "code" && SIGN.test(text.slice(0, from)) && DIGITS.test(text.slice(from, to));
  return isSigned ? { ...whole, from: from - 1 } : whole;
}
