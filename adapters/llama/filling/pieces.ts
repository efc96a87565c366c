/**
 * A text as pieces that are not cut: words, and in one piece each what shows by its form that it belongs together,
 * such as a time, a quotation, an address. Chinese is cut by han_words.ts. Knows text only.
 */
import { spokenNumber, spokenNumbers } from "../number_words.ts";
import { hanWords, partOfSpeech } from "../../../runtime/turn/han_words.ts";
import type { ValueKind } from "../value_kinds.ts";
import { endsInTitle } from "./plain_words.ts";
import { DIGITS, MONEY, type Range, wholesIn } from "./wholes.ts";

/** A word or a whole value. */
export interface Piece {
  /** Without the marks around it. */
  readonly text: string;
  /** In small letters. */
  readonly bare: string;
  readonly from: number;
  readonly to: number;
  /** A mark or nothing stands before it. */
  readonly opens: boolean;
  /** A mark or nothing stands after it. */
  readonly closes: boolean;
  /** A colon stands before it. */
  readonly led: boolean;
  /** What it is by its form. */
  readonly kind: ValueKind | undefined;
  /** As which number it is said: `7`, `seven`, `二十二`. */
  readonly number: number | undefined;
  readonly quoted: boolean;
  /** Of which text; 0 = what was said last. */
  readonly source: number;
}

const HAN = /\p{Script=Han}/u;
const WORD = /百分之|(?:(?!百分之)\p{Script=Han})+|[^\s\p{Script=Han}，。：；！？、（）=→|]+/gu;
const OUTER_FIRST = /^["'“‘«([{：，、「《。！？,.:;!?]+/u;
const OUTER_LAST = /["'”’»)\]},.?!:;。？！，、：；」》]+$/u;
const MARK = /[,.;:!?()，。；：！？、（）—=→|>]|\n| [-–/] /u;
const GENITIVE = /^(.+)['’]s$/iu;
const CONTRACTED =
  /^(?:it|that|what|there|here|who|where|how|when|he|she|let|this|everything|one)$/iu;
const NUMBERED = /^#\d+$/;
const TIMES: Readonly<Record<string, number>> = { twice: 2, thrice: 3, dozen: 12, 俩: 2, 仨: 3 };
/** 6万3千, 6万3 */
const MYRIADS = /^(\d+)万(\d)千?$/u;
/** Figure by figure, no more than a year has. */
const FIGURES = /^[零〇一二三四五六七八九]{3,4}$/u;
const HALF_DAY = / [ap]\.?m\.?$/iu;
const SPOKEN = /^[\p{L} -]+$/u;
/** "three hundred and seventy-five" */
const SPOKEN_MAX = 40;
/** Said in Chinese without a space between them; the list takes them for one word. */
const GLUED: Readonly<Record<string, readonly string[]>> = {
  我想: ["我", "想"],
  我要: ["我", "要"],
  要看: ["要", "看"],
  设成: ["设", "成"],
  调到: ["调", "到"],
  改成: ["改", "成"],
  换成: ["换", "成"],
  调为: ["调", "为"],
  改为: ["改", "为"],
  设为: ["设", "为"],
  变成: ["变", "成"],
  切到: ["切", "到"],
  门锁: ["门", "锁"],
  关灯: ["关", "灯"],
  开灯: ["开", "灯"],
  人次: ["人", "次"],
  在世: ["在", "世"],
  西周: ["西", "周"],
  海上: ["海", "上"],
  写吃: ["写", "吃"],
  译成: ["译", "成"],
};

/** "看下天气", but not "看下午的"; 阳台灯 is a 灯. */
const AFTER_LOOK =
  /(?<=阳台|走廊|玄关|门厅|客厅|餐厅|卧室|书房|厨房|车库|院子)(?=灯|窗|空调|风扇)|(?<=[棚室厅房库园舍])(?=里)|(?<=[看查搜找问]下)(?![午周个月班雨雪载单次面半])|(?<=[写记说约改订排])(?=下(?:周|午|个?星期|个月|礼拜))|(?=周边)/u;
/** Where to or to what is said after it. */
const MOVES =
  /^[降升调改换设发记加放送转寄存定订移挪译翻变交借留拨开关切拉推搬弄写][到成为给在进]$/u;
const SURNAME =
  /^[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛]$/u;
const PERSON =
  /^(?:老师|医生|大夫|师傅|阿姨|叔叔|经理|主任|律师|同学|先生|女士|小姐|总|哥|姐|爷爷|奶奶|教练|校长|局长|处长|工)$/u;

/** Whether a piece is whole by its form: nothing in it leads to anything. */
export function isWhole({ quoted, kind }: Piece): boolean {
  return quoted || kind !== undefined;
}

/** Every tool reads the same text. */
const known = new Map<string, readonly Piece[]>();
const KNOWN_MAX = 16;

/** The pieces of a text. `source`: its place among the texts that may be copied from. */
export function piecesOf(text: string, source = 0): readonly Piece[] {
  const key = `${source} ${text}`;
  const pieces = known.get(key) ?? cut(text, source);
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(key, pieces);
  return pieces;
}

function cut(text: string, source: number): readonly Piece[] {
  const wholes = wholesIn(text);
  const words = [...text.matchAll(WORD)]
    .flatMap(({ index, 0: raw }) => splitHan(raw, index))
    .flatMap((range) => outside(range, wholes))
    .map((range) => bare(text, range))
    .flatMap((range) => withoutGenitive(text, range))
    .filter(({ from, to }) => /[\p{L}\p{N}]/u.test(text.slice(from, to)));
  const ranges = [...wholes, ...words].toSorted((a, b) => a.from - b.from);
  return ranges.map((range, at) => pieceOf(text, ranges, at, source));
}

function pieceOf(text: string, ranges: readonly Range[], at: number, source: number): Piece {
  const range = ranges[at] ?? { from: 0, to: 0 };
  const { from, to, quoted = false } = range;
  const kind = isInName(text, ranges[at - 1], range) ? undefined : range.kind;
  const [previous, next] = [ranges[at - 1], ranges[at + 1]];
  const start = previous === undefined ? 0 : previous.to;
  const before = text.slice(start, from);
  const after = text.slice(to, next?.from);
  const own = text.slice(from, to);
  const isGenitive = /^['’]s$/u.test(own);
  return {
    text: own,
    bare: isGenitive ? "'s" : own.toLowerCase(),
    from,
    to,
    opens: previous === undefined || (MARK.test(before) && !isTitle(text.slice(0, start), before)),
    closes: next === undefined || (MARK.test(after) && !isTitle(own, after)),
    led: /[:：=]\s*["“「]?$/u.test(before),
    kind,
    number: quoted ? undefined : numberIn(own),
    quoted,
    source,
  };
}

/** The point of "Dr. Who" ends nothing. */
function isTitle(text: string, gap: string): boolean {
  return gap === ". " && endsInTitle(text);
}

function numberIn(text: string): number | undefined {
  if (DIGITS.test(text)) return Number(text.replaceAll(",", ""));
  if (NUMBERED.test(text)) return Number(text.slice(1));
  const money = MONEY.exec(text);
  if (money !== null) return numberOfMoney(money[1] ?? "", money[2] ?? "");
  const myriads = MYRIADS.exec(text);
  if (myriads !== null) return 10_000 * Number(myriads[1]) + 1000 * Number(myriads[2]);
  const times = TIMES[text.toLowerCase()];
  if (times !== undefined) return times;
  return text.length > SPOKEN_MAX ? undefined : numberInWords(text);
}

function numberInWords(text: string): number | undefined {
  if (!SPOKEN.test(text) || HALF_DAY.test(text)) return undefined;
  // "一下" and "第三" count nothing.
  if (HAN.test(text) && !/^[零〇一二两三四五六七八九十百千万]+$/u.test(text)) return undefined;
  if (!FIGURES.test(text)) return spokenNumber(text);
  const figures = Array.from(text.replaceAll("〇", "零"), (one) =>
    "零一二三四五六七八九".indexOf(one),
  );
  return Number(figures.join(""));
}

/** 四十二块五 */
function numberOfMoney(whole: string, tenth: string): number | undefined {
  const numberOf = (said: string): number | undefined =>
    /^\d+$/u.test(said) ? Number(said) : spokenNumbers(said)[0];
  const [units, tenths] = [numberOf(whole), numberOf(tenth)];
  return units === undefined || tenths === undefined ? undefined : units + tenths / 10;
}

/** "Ann's" are two pieces, "it's" is one. */
function withoutGenitive(text: string, range: Range): readonly Range[] {
  const { from, to } = range;
  const [, name = ""] = GENITIVE.exec(text.slice(from, to)) ?? [];
  if (name === "" || CONTRACTED.test(name)) return [range];
  return [
    { from, to: from + name.length },
    { from: from + name.length, to },
  ];
}

/** "Blue Monday" is no day. */
function isInName(text: string, before: Range | undefined, { from, to, kind }: Range): boolean {
  if (kind === "color" && from > 0 && /^\p{Lu}\p{Ll}/u.test(text.slice(from))) return true;
  if (kind !== "date" || before === undefined || before.kind !== undefined) return false;
  const gap = text.slice(before.to, from);
  return (
    gap === " " &&
    before.from > 0 &&
    /^\p{Lu}\p{Ll}/u.test(text.slice(before.from)) &&
    /^\p{Lu}\p{L}+$/u.test(text.slice(from, to))
  );
}

function splitHan(raw: string, index: number): readonly Range[] {
  if (!HAN.test(raw) || raw === "百分之") return [{ from: index, to: index + raw.length }];
  const words: string[] = [];
  for (const part of raw.split(AFTER_LOOK))
    for (const segment of hanWords(part)) words.push(...unglued(segment));
  let from = index;
  return called(words).map((word) => {
    const range = { from, to: from + word.length };
    from = range.to;
    return range;
  });
}

/** "陈老师" and "小王" are one word each. */
function called(words: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (const word of words) {
    const before = found.at(-1) ?? "";
    const isAddress = SURNAME.test(before) && PERSON.test(word);
    const isNick =
      /^[小老阿]$/u.test(before) && word.length === 1 && /[HSX]/u.test(partOfSpeech(word));
    if (isAddress || isNick) found.splice(-1, 1, before + word);
    else found.push(word);
  }
  return found;
}

/** A segment without the particle at its end. */
function unglued(segment: string): readonly string[] {
  const glued = GLUED[segment];
  if (glued !== undefined) return glued;
  if (/^[站店园馆厅楼院区市县路街口城村镇场]到$/u.test(segment)) return Array.from(segment);
  if (MOVES.test(segment)) return Array.from(segment);
  const isVerb = segment.length > 1 && /[了吗吧呢]$/u.test(segment) && segment !== "为了";
  return isVerb ? [segment.slice(0, -1), segment.slice(-1)] : [segment];
}

/** What of a range lies outside of wholes. */
function outside({ from, to }: Range, wholes: readonly Range[]): readonly Range[] {
  const inside = wholes.filter((whole) => whole.from < to && whole.to > from);
  const parts: Range[] = [];
  let at = from;
  for (const whole of inside.toSorted((a, b) => a.from - b.from)) {
    if (whole.from > at) parts.push({ from: at, to: whole.from });
    at = Math.max(at, whole.to);
  }
  if (at < to) parts.push({ from: at, to });
  return parts;
}

function bare(text: string, { from, to }: Range): Range {
  const raw = text.slice(from, to);
  if (/^['’]s$/u.test(raw)) return { from, to };
  const first = OUTER_FIRST.exec(raw)?.[0].length ?? 0;
  const last = OUTER_LAST.exec(raw.slice(first))?.[0].length ?? 0;
  return { from: from + first, to: to - last };
}
