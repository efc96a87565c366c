/** What in a text may be the value of one parameter, and how much speaks for it. Knows one parameter at a time. */
import { mayBe } from "./bounds.ts";
import type { Candidate } from "./candidate.ts";
import { clockOf } from "./clock.ts";
import { enumCandidates } from "./choices.ts";
import { weighNumber, weighStretch } from "./evidence.ts";
import { spokenNumbers } from "../number_words.ts";
import type { Piece } from "./pieces.ts";
import { isMeasure, LEADS } from "./plain_words.ts";
import { countedAs } from "./counted.ts";
import { lists } from "./lists.ts";
import { OWNER } from "./said.ts";
import { frontOf, type Parameter, type Said, type Stretch, stretchOf } from "./stretch.ts";
import { switchCandidates } from "./switches.ts";
import { Tally } from "./weights.ts";
import { valueFor } from "./worded.ts";
import { monthIn } from "./written.ts";

const NAME_PIECES_MAX = 14;
const CLAUSE_PIECES_MAX = 60;
/** A name is no sum, and no share of anything. */
const NO_NAME = -5;
/** What is sought is a whole question. */
const SOUGHT = /query|search|question|^q$/iu;
const CUT = -5;
/** "14 (C14" */
const BRACKET = /[(（][^)）]*$|^[^(（]*[)）]/u;
/** "the light in the kitchen", where no parameter is a place. */
const PLACED_THING = 6;
/** A number is rather said for something than for nothing. */
const NUMBER = 1.8;
/** The same where it is optional. */
const OPTIONAL_NUMBER = 0.25;
/** "2.5 kilos" are 2500 where grams are wanted. */
const UNCONVERTED = -3;
/** Where a number below zero takes away, as the parameter says. */
const LOWERS =
  /\b(?:lower|lowers|lowered|down|less|off|minus|reduce|reduced|decrease|decreased|remove|removed|take|took|taken|subtract|deduct|back|backwards?|inwards?|anticlockwise|counter-?clockwise|lost|loses?|losing|stolen|missing|spoiled|sold|used|broken?|fewer|shorter|flat|earlier|behind|left)\b|减|扣|降|少|去掉|拿走|往下|逆时针|下调|向内|往回|出库|领走|卖出|卖了|用掉|用了|损耗|报废|提前|慢了|低了/iu;
/** What leads to where a number shall end. */
const GOAL = /^(?:to|at|until|[到至成为])$|[到至成]$/u;
const COUNTS = /quantity|count|amount|^value$|copies|servings|number of|数量/iu;
/** Numbers in a row that is no number: sums, sizes, scores, names with a number. */
const WITHIN =
  /^(?:\d+(?:\.\d+)?(?: ?(?:[-–x×+*/:~]|times|by) ?\d+(?:\.\d+)?)+|\d*d\d+|\d+(?:\.\d+)?-?\p{L}*-?|\p{L}+[ -]?\d+(?:\.\d+)?|#\d+|第?[\d零一二三四五六七八九十百]+[号章集页期季回课排楼床桌车厢节])$/u;
const HAN_WITHIN = /^(?:第(?=.{1,4}$))?([\d零一二两三四五六七八九十百]+)(\p{Script=Han}*)$/u;
const MOMENT =
  /^((?:今|明|后|昨)[天晚早日]|(?:[下这本上]个?)?(?:周|星期|礼拜)[一二三四五六日天末]|\d{1,2}月\d{1,2}[日号])(.*[点:：时].*)$/u;
const DIGITS = /(?<![\d.])-?\d+(?:\.\d+)?/gu;
const BELOW_ZERO = /^(?:minus|negative|零下|负)$/u;
const BELOW_ZERO_BEFORE = /(?:负|零下|minus )$/iu;
const HOUR = /(?:^|_)hour$/iu;
const MINUTE = /(?:^|_)min(?:ute)?$/iu;
const PART_OF_DAY = /(?:^|_)(day|month|year)$/iu;
const YEAR_IN = /(?<!\d)(\d{4})(?!\d)/u;
const DAY_IN = /(?<![\d:])(\d{1,2})(?:st|nd|rd|th)?(?![\d:月]|年)/u;
const JOINED = /^(\p{Lu}\p{Ll}+)[-–](\p{Lu}\p{Ll}+)$/u;
const SIDES = /^([^/]+)\/([^/]+)$/u;
/** What a question begins with. */
const ASKS =
  /^(?:who|what|which|when|where|why|how|is|are|was|were|do|does|did|can|could|will|would|should|have|has|谁|什么|哪|怎么|为什么|你|您|是否|有没有)$/u;
/** "8d6", "2w10", and which parameter takes which of the two. */
const DICE = /^(\d*)[dw](\d+)$/iu;
const SIDES_OF_DICE = /side|face/iu;
const COUNT_OF_DICE = /dice|count|num|rolls|quantity|times/iu;
const REPOSITORY = /repo|name|project/iu;

/** "3.2 by 1.5 cm" */
const BY = /^(?:by|x|×|times|乘|乘以)$/iu;

/** All that may be the value of a parameter, with what is seen of it. */
export function candidatesFor(one: Parameter, said: Said): readonly Candidate[] {
  switch (one.type) {
    case "enum":
      return enumCandidates(one, said);
    case "boolean":
      return switchCandidates(one, said);
    case "number":
      return numbers(one, said);
    case "string":
      return spans(one, said);
    case "list":
      return lists(said, spans(one, said));
  }
}

function numbers(one: Parameter, said: Said): readonly Candidate[] {
  // "how many minutes are in 3 hours?": whoever converts says how much.
  const isSure = one.required || one.role.converts;
  const score = isSure ? NUMBER : OPTIONAL_NUMBER;
  const isLowered = one.role.signed && LOWERS.test(said.texts[0] ?? "");
  const whole = amountsIn(one, said).flatMap(({ value, first, last }) => {
    const front = frontOf(one, said, first);
    const stretch = front && stretchOf(front, last);
    if (stretch === undefined || !isOfType(one, value)) return [];
    const traits = new Tally();
    weighCount(stretch, traits);
    // "down to 3" is where it ends.
    const isBelow = isLowered && !stretch.leads.some((bare) => GOAL.test(bare));
    const converted = traits.names.includes("in another unit") ? UNCONVERTED : 0;
    const own = isBelow ? -Math.abs(value) : value;
    const known = countedAs(one.key, said.pieces, first, last);
    return [{ value: own, first, last, traits, score: score + converted + known }];
  });
  const parts = [...numbersWithin(one, said), ...diceIn(one, said)];
  return [...whole, ...parts, ...clocks(one, said), ...partsOfDays(one, said)];
}

/** 八点二十, where the hour and the minute are two parameters. */
function clocks(one: Parameter, { pieces }: Said): readonly Candidate[] {
  const nth = HOUR.test(one.key) ? 0 : MINUTE.test(one.key) ? 1 : -1;
  if (nth < 0) return [];
  return pieces.flatMap(({ text, kind, quoted }, at): readonly Candidate[] => {
    const clock = kind !== "time" || quoted ? undefined : clockOf(text);
    if (clock === undefined) return [];
    const traits = new Tally();
    traits.add(nth === 0 ? "hour of a time" : "minute of a time");
    if (!one.required) traits.add("optional");
    const value = Number(clock.split(":")[nth]);
    return [{ value, first: at, last: at, traits, score: NUMBER, part: true }];
  });
}

/** "31 December", where the day and the month are two parameters. */
function partsOfDays(one: Parameter, { pieces }: Said): readonly Candidate[] {
  const part = PART_OF_DAY.exec(one.key)?.[1]?.toLowerCase();
  if (part === undefined) return [];
  return pieces.flatMap(({ text, kind, quoted }, at): readonly Candidate[] => {
    const value = kind !== "date" || quoted ? undefined : partOfDay(text, part);
    if (value === undefined) return [];
    const traits = new Tally();
    traits.add(`${part} of a day`);
    if (!one.required) traits.add("optional");
    return [{ value, first: at, last: at, traits, score: NUMBER, part: true }];
  });
}

function partOfDay(text: string, part: string): number | undefined {
  if (part === "month") return monthIn(text);
  const [, digits] = (part === "year" ? YEAR_IN : DAY_IN).exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** "1280 x 800", "2-1", "PR 640", 第五章: the numbers in a piece, each a part of it. */
function numbersWithin(one: Parameter, { pieces, numbers: keys }: Said): readonly Candidate[] {
  return pieces.flatMap(({ text, number, quoted, kind }, at): readonly Candidate[] => {
    if (number !== undefined || quoted) return [];
    const [, said, counted = ""] = HAN_WITHIN.exec(text) ?? [];
    const isMoment = (kind === "date" || kind === "time") && counted !== "号";
    if (isMoment || (said === undefined && kind !== "sum" && !WITHIN.test(text))) return [];
    const values =
      said === undefined
        ? [...text.matchAll(DIGITS)].map(([value]) => Number(value))
        : spokenIn(said, counted);
    return values.flatMap((value, nth) => {
      if (!isOfType(one, value)) return [];
      const traits = new Tally();
      traits.add(`part ${nth + 1}/${values.length} of ${kind ?? "word"}`);
      if (counted !== "") traits.add(`part before ${counted}`);
      if (keys.length === values.length)
        traits.add(keys[nth] === one.key ? "in order" : "not in order");
      if (!one.required) traits.add("optional");
      return [{ value, first: at, last: at, traits, score: 0, part: true }];
    });
  });
}

/** "8d6": eight dice with six sides. */
function diceIn({ key, required }: Parameter, { pieces }: Said): readonly Candidate[] {
  const isSides = SIDES_OF_DICE.test(key);
  if (!isSides && !COUNT_OF_DICE.test(key)) return [];
  return pieces.flatMap(({ text }, at): readonly Candidate[] => {
    const [all, count, faces] = DICE.exec(text) ?? [];
    if (all === undefined) return [];
    const traits = new Tally();
    traits.add(isSides ? "sides of dice" : "number of dice");
    if (!required) traits.add("optional");
    const value = Number(isSides ? faces : count || 1);
    return [{ value, first: at, last: at, traits, score: 2 * NUMBER, part: true }];
  });
}

/** 三成 is thirty percent. */
function spokenIn(said: string, counted: string): readonly number[] {
  const values = /^\d+$/u.test(said) ? [Number(said)] : spokenNumbers(said);
  return counted === "成" ? values.map((value) => 10 * value) : values;
}

/** "2 million": the two alone is a number only where millions are counted. */
const MAGNITUDE = /thousand|million|billion|万|亿/iu;

/** Numbers, and amounts in the unit of the parameter. */
function amountsIn(
  { key, schema, role: { unit } }: Parameter,
  { pieces, quantities, retracted, texts }: Said,
): readonly { readonly value: number; readonly first: number; readonly last: number }[] {
  const countsMany = MAGNITUDE.test(`${key} ${String(schema["description"])}`);
  const plain = pieces.flatMap(({ number }, at) => {
    if (number === undefined || retracted[at] === true) return [];
    if (!countsMany && MAGNITUDE.test(pieces[at + 1]?.bare ?? "")) return [];
    const isBelow = BELOW_ZERO.test(pieces[at - 1]?.bare ?? "");
    return [{ value: isBelow ? -number : number, first: isBelow ? at - 1 : at, last: at }];
  });
  const measured = quantities.flatMap((quantity) => {
    const value = amountOf(quantity, unit, texts[0] ?? "");
    const first = pieces.findIndex((piece) => piece.source === 0 && piece.to > quantity.from);
    const last = pieces.findLastIndex((piece) => piece.source === 0 && piece.from < quantity.to);
    const isPlain = value === undefined || pieces[first]?.number === value;
    return first < 0 || last < first || isPlain ? [] : [{ value, first, last }];
  });
  return [...measured, ...plain];
}

/** An amount in the unit of the parameter; `undefined` where it measures something else. */
function amountOf(
  { amount, measure, from }: Said["quantities"][number],
  unit: Parameter["role"]["unit"],
  text: string,
): number | undefined {
  if (measure !== "plain" && measure !== unit?.measure) return undefined;
  const factor = measure === "plain" ? 1 : (unit?.factor ?? 1);
  const value = Math.round((amount / factor) * 100) / 100;
  return BELOW_ZERO_BEFORE.test(text.slice(0, from)) ? -value : value;
}

function weighCount(stretch: Stretch, tally: Tally): void {
  weighNumber(stretch, tally);
  weighUnit(stretch, tally);
  if (countsNext(stretch)) tally.add("counts what follows");
  if (!stretch.one.required) tally.add("optional");
  weighRow(stretch, tally);
}

/** Which of two numbers it is that are said as one size. */
function weighRow({ said: { pieces }, first, last }: Stretch, tally: Tally): void {
  const isNumber = (at: number): boolean => pieces[at]?.number !== undefined;
  const isBy = (at: number): boolean => BY.test(pieces[at]?.bare ?? "");
  // A unit may stand between.
  const next = isMeasure(pieces[last + 1]?.bare ?? "") ? last + 2 : last + 1;
  const before = isMeasure(pieces[first - 2]?.bare ?? "") ? first - 3 : first - 2;
  if (isBy(next) && isNumber(next + 1)) tally.add("first of a size");
  if (isBy(first - 1) && isNumber(before)) tally.add("second of a size");
}

/** Whether an amount is said in what the parameter measures. */
function weighUnit({ one: { role }, said, begin, end, last, first }: Stretch, tally: Tally): void {
  const { unit } = role;
  const all = said.quantities.filter(
    ({ from, to, measure }) => measure !== "plain" && from <= begin.from && end.to <= to,
  );
  const own = all.find(({ measure }) => measure === unit?.measure) ?? all[0];
  if (begin.source > 0) return;
  if (own === undefined) {
    if (unit !== undefined) tally.add("without a unit");
    return;
  }
  if (unit === undefined) return tally.add("a unit where none is named");
  if (own.measure !== unit.measure) return tally.add("of another measure");
  const { number } = begin;
  const isWhole = first < last || number === undefined || own.amount === number * unit.factor;
  tally.add(isWhole ? "in its unit" : "in another unit");
}

function isOfType({ schema }: Parameter, value: number): boolean {
  return schema["type"] !== "integer" || Number.isInteger(value);
}

/** "six eggs": how many of what follows. */
function countsNext({ one, after }: Stretch): boolean {
  return COUNTS.test(one.key) && after !== undefined && !LEADS.has(after.bare);
}

function spans(one: Parameter, said: Said): readonly Candidate[] {
  const found: Candidate[] = [];
  const isLong = one.role.form === "clause" || one.role.form === "sentence";
  const longest = isLong ? CLAUSE_PIECES_MAX : NAME_PIECES_MAX;
  for (let first = 0; first < said.pieces.length; first++) {
    const front = frontOf(one, said, first);
    for (let last = first; last < first + longest; last++) {
      const stretch = front && stretchOf(front, last);
      if (stretch === undefined) break;
      const traits = new Tally();
      if (!weighSpan(stretch, traits)) continue;
      const value = valueFor(stretch);
      const score = BRACKET.test(value) ? CUT : leaningOf(stretch, traits);
      found.push({ value, first, last, traits, score });
      const mark = markAfter(stretch, value);
      if (mark === "") continue;
      const more = new Tally();
      more.addAll(traits);
      weighMark(stretch, mark, more);
      found.push({ value: value + mark, first, last, traits: more, score: 0 });
    }
    found.push(...sides(one, said, first), ...ends(one, said, first), ...moments(one, said, first));
  }
  return found;
}

/** What too few of the requests show that the network learned from. */
function leaningOf(
  { one: { key, role }, said, first, begin, end, after }: Stretch,
  traits: Tally,
): number {
  // "the TV's far too loud"
  const isOwner = end.bare === "'s" && after !== undefined;
  if (isOwner || (SOUGHT.test(key) && isCutHow(said, first))) return CUT;
  if (role.form === "clause" || role.form === "sentence") return 0;
  if (traits.names.includes("placed thing")) return PLACED_THING;
  const isSum = begin === end && begin.kind === "sum" && !role.kinds.includes("sum");
  // "halfway", where the tool takes a number.
  const holdsShare = said.quantities.some(
    ({ measure, from, to }) => measure === "share" && begin.from <= from && to <= end.to,
  );
  return isSum || holdsShare ? NO_NAME : 0;
}

/** "how to get candle wax out" begins with "how". */
function isCutHow({ pieces }: Said, first: number): boolean {
  const [how, to, verb] = [first - 3, first - 2, first - 1].map((at) => pieces[at]?.bare);
  return (how === "how" && to === "to" && verb !== undefined) || (to === "how" && verb === "to");
}

/** The mark that ends a whole sentence, or a question. */
function markAfter({ one, said, end, begin }: Stretch, value: string): string {
  const isQuestion = one.role.form !== "name" && ASKS.test(begin.bare);
  if (one.role.form !== "sentence" && !isQuestion) return "";
  const text = said.texts[begin.source] ?? "";
  if (!text.startsWith(value, begin.from) || begin.from + value.length !== end.to) return "";
  const mark = /^(?:[.!?。！？]+)(?=[\s,，;；]|$|["”」])/u.exec(text.slice(end.to))?.[0] ?? "";
  return one.role.form === "sentence" || /^[?？]/u.test(mark) ? mark : "";
}

function weighMark({ begin, said, end }: Stretch, mark: string, tally: Tally): void {
  const isLast =
    said.pieces.at(-1) === end || said.pieces[said.pieces.indexOf(end) + 1]?.source !== end.source;
  tally.add(`with ${mark[0]}`);
  if (begin.led) tally.add("mark after a colon");
  if (isLast) tally.add("mark at the end");
  if (/^\p{Lu}/u.test(begin.text) && begin.from > 0) tally.add("mark of a capital");
  else tally.add("mark of a small letter");
}

function weighSpan(stretch: Stretch, tally: Tally): boolean {
  if (!mayBe(stretch)) tally.add("begins or ends weakly");
  if (!stretch.one.required) tally.add("optional");
  return weighStretch(stretch, tally);
}

/** 今晚六点半, where the day and the hour are two parameters. */
function moments(one: Parameter, said: Said, at: number): readonly Candidate[] {
  const { text = "", kind, quoted = false } = said.pieces[at] ?? {};
  if (quoted || (kind !== "time" && kind !== "date")) return [];
  const [, day, hour] = MOMENT.exec(text) ?? [];
  const takesBoth = said.kinds.has("date") && said.kinds.has("time");
  if (day === undefined || hour === undefined || !takesBoth) return [];
  return [day, hour].map((value, nth) => {
    const traits = new Tally();
    traits.add(nth === 0 ? "day of a moment" : "hour of a moment");
    if (!one.required) traits.add("optional");
    return { value, first: at, last: at, traits, score: 0, part: true };
  });
}

/** "Denver-Tucson", where both ends of a way are parameters. */
function ends(one: Parameter, said: Said, at: number): readonly Candidate[] {
  const [, ...both] = (one.role.named && JOINED.exec(said.pieces[at]?.text ?? "")) || [];
  return both.map((value, nth) => {
    const traits = new Tally();
    traits.add(nth === 0 ? "first of a pair" : "second of a pair");
    if (!one.required) traits.add("optional");
    return { value, first: at, last: at, traits, score: 0, part: true };
  });
}

/** "owner/name": each side alone. */
function sides(one: Parameter, said: Said, at: number): readonly Candidate[] {
  const isOwner = OWNER.test(one.key);
  // Where the owner is no parameter of its own, the repository has both.
  if (!isOwner && !(REPOSITORY.test(one.key) && said.takesOwner)) return [];
  const both = sidesOf(said.pieces[at]);
  if (both === undefined) return [];
  const value = both[isOwner ? 0 : 1];
  const traits = new Tally();
  traits.add("side");
  if (!one.required) traits.add("optional");
  return [{ value, first: at, last: at, traits, score: 0, part: true }];
}

function sidesOf(piece: Piece | undefined): readonly [string, string] | undefined {
  if (piece === undefined || piece.kind === "url" || piece.kind === "date") return undefined;
  const [, left, right] = SIDES.exec(piece.text) ?? [];
  return left === undefined || right === undefined ? undefined : [left, right];
}
