/**
 * Amounts as people say them, in the unit that a parameter takes: "half an hour" is 30 where minutes are wanted, "a kilo"
 * 1000 where grams are. Also parts of a whole, and numbers below zero. Knows text only.
 */
import { spokenNumber, spokenNumbers } from "../number_words.ts";
import { type Measure, UNITS } from "./units.ts";

/** An amount and where it is said. */
export interface Quantity {
  readonly from: number;
  readonly to: number;
  /** In the smallest unit of its kind; parts of a whole in percent. */
  readonly amount: number;
  readonly measure: Measure;
}

const AMOUNT =
  "(?:[a-z]+(?:-[a-z]+)? )?(?:hundred|thousand)(?: and)?(?: [a-z]+(?:-[a-z]+)?)?|half an?|a quarter of an?|three quarters of an?|an? half|\\d+(?:[.,]\\d+)?|(?:[a-z]+-)?[a-z]+|[零一二两三四五六七八九十百千]+(?:点[零一二三四五六七八九]+)?|半";
const SAID = UNITS.map(({ said }) => `(${said})`).join("|");
const WORDS = new RegExp(
  `(?<![a-z\\d.零一二两三四五六七八九十百千点]|\\d,)(${AMOUNT})( and a half|个半)?(?: (?:full|whole|solid|straight|more))?[ -]?(?:${SAID})(?![a-z])(半| and a half| and a quarter| and three quarters)?`,
  "giu",
);
const PARTS: readonly (readonly [RegExp, number])[] = [
  [
    /\bfull (?:brightness|volume|power|speed|blast)\b|\ball the way (?:up|open)\b|\b(?:fully|wide|completely) open\b|(?:最大|最高)(?:亮度|音量)|(?<=\bopen\b.*)\b(?:completely|fully|entirely|all the way)\b|\bbrim-?full\b|\bto the brim\b|\bfull (?:load|charge|battery)\b|最亮|调到最大|充满|拉满|全开|全拉上/giu,
    100,
  ],
  [
    /\ball the way (?:down|closed|shut)\b|\b(?:fully|completely) closed\b|(?<=\b(?:shut|close)\b.*)\b(?:completely|fully|entirely|all the way)\b|\bnot a (?:sound|peep)\b|\bno sound\b|全关|全收/giu,
    0,
  ],
  [/\b(?:three quarters)\b|四分之三/giu, 75],
  [/\b(?:two thirds)\b|三分之二/giu, 67],
  [/\b(?:half ?way|half)\b(?! (?:an?|past|hour|the)\b)|一半|半开/giu, 50],
  [/\b(?:a third)\b|三分之一/giu, 33],
  [/\b(?:a quarter)\b(?! (?:of an|past|to)|[ -]hour)|四分之一/giu, 25],
];
const FRACTIONS: Readonly<Record<string, number>> = {
  half: 0.5,
  半: 0.5,
  quarter: 0.25,
  another: 1,
  a: 1,
  an: 1,
  one: 1,
};

/** Of the unit before them. */
const MORE: Readonly<Record<string, number>> = {
  半: 0.5,
  " and a half": 0.5,
  " and a quarter": 0.25,
  " and three quarters": 0.75,
};

/** 一米七 */
const TALL =
  /([一二两三四五六七八九\d])米([一二三四五六七八九])([一二三四五六七八九])?(?![零一二三四五六七八九十\d])/gu;

function tallIn(text: string): readonly Quantity[] {
  return [...text.matchAll(TALL)].map(
    ({ index, 0: all, 1: whole = "", 2: tenth = "", 3: rest }) => {
      const [metres = 0, tenths = 0] = [countOf(whole), countOf(tenth)];
      const hundredths = rest === undefined ? 0 : (countOf(rest) ?? 0);
      const amount = 1000 * metres + 100 * tenths + 10 * hundredths;
      return { from: index, to: index + all.length, amount, measure: "length" };
    },
  );
}

/** The amounts in a text that name their unit. */
export function quantitiesIn(text: string): readonly Quantity[] {
  const found: Quantity[] = [];
  for (const match of text.matchAll(WORDS)) {
    const [all, said = "", half = ""] = match;
    const unit = UNITS.findIndex((_, at) => match[3 + at] !== undefined);
    const { measure, factor } = UNITS[unit] ?? { measure: "time", factor: 1 };
    const count = countOf(said.toLowerCase());
    if (count === undefined) continue;
    const more = half === "" ? (MORE[match[3 + UNITS.length] ?? ""] ?? 0) : 0.5;
    found.push({
      from: match.index,
      to: match.index + all.length,
      amount: (count + more) * factor,
      measure,
    });
  }
  found.push(...found.flatMap(inDays), ...tallIn(text), ...plainIn(text));
  for (const [part, amount] of PARTS)
    for (const { index, 0: said } of text.matchAll(part))
      found.push({ from: index, to: index + said.length, amount, measure: "share" });
  return found;
}

/** A month has thirty days, where days are wanted. */
function inDays(one: Quantity): readonly Quantity[] {
  if (one.measure !== "months") return [];
  const days = one.amount % 12 === 0 ? (one.amount / 12) * 365 : one.amount * 30;
  return [{ ...one, measure: "time", amount: days * 86_400 }];
}

const HAN_FIGURES = "零一二三四五六七八九";
/** Years of this century, by two figures. */
const YOUNG = 35;
const HAN_DIGITS = "零一二两三四五六七八九十百千万";
/** Numbers that no word or row of digits alone says, and how they are read. */
const WRITTEN: readonly (readonly [RegExp, (match: RegExpMatchArray) => number | undefined])[] = [
  [
    /(?<![\d.,万])(\d+(?:\.\d+)?)([百千]?万|千|百|亿|k\b| ?thousand\b| ?grand\b| ?million\b| ?billion\b)(?!\d)/giu,
    ([, count = "", by = ""]) => Number(count) * (POWERS[by.trim().toLowerCase()] ?? 1),
  ],
  [
    /(?<![\d.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d|[.,]\d)/gu,
    ([all]) => Number(all.replaceAll(",", "")),
  ],
  [/(?<=\p{Script=Han})-\d+(?:\.\d+)?(?=[度℃°]|[，。]|$)/gu, ([all]) => Number(all)],
  [
    new RegExp(
      `(?<![${HAN_DIGITS}早上午晚晨\\d])([${HAN_DIGITS}]+)点([零一二三四五六七八九]+)(?![${HAN_DIGITS}半刻分])`,
      "gu",
    ),
    ([, whole = "", rest = ""]) => decimalOf(whole, rest),
  ],
  [
    new RegExp(`([${HAN_DIGITS}]+|\\d+)度([一二三四五六七八九])(?![${HAN_DIGITS}])`, "gu"),
    ([, whole = "", rest = ""]) => decimalOf(whole, rest),
  ],
  [
    new RegExp(
      `(?<![${HAN_DIGITS}\\d.])([${HAN_DIGITS}]+|\\d+)(?:公里|公斤|个|斤|杯|升|米|倍|块|里|碗|勺|圈|度|亩|吨|尺|瓶|壶|箱|页|袋|目|分)半(?!小时|个|天|钟)`,
      "gu",
    ),
    ([, whole = ""]) => halfMore(whole),
  ],
  [/半(?=[杯斤碗份勺公升盒袋包片块瓶])/gu, () => 0.5],
  [
    /\b([a-z]+(?:-[a-z]+)?|\d+) and a half\b(?! (?:hours?|minutes?))/giu,
    ([, whole = ""]) => halfMore(whole),
  ],
  [/\bhalf a dozen\b/giu, () => 6],
  [/(?<!half )\ba dozen\b/giu, () => 12],
  [/\ba (?:couple|pair)\b/giu, () => 2],
  [/\b(?:both|twins)\b/giu, () => 2],
  [/\btriplets\b|\bin triplicate\b/giu, () => 3],
  [/\bin duplicate\b/giu, () => 2],
  [
    /\b(\d+(?:\.\d+)?)(?: degrees| °C)? below\b(?! \d| the\b)/giu,
    ([, count = ""]) => -Number(count),
  ],
  [/\bnothing(?= at all\b)|\bnone\b/giu, () => 0],
  [/\bonce\b/giu, () => 1],
  // "eight fifty": what it costs.
  [
    /\b([a-z]+(?:-[a-z]+)?) ((?:ten|eleven|twelve|[a-z]+teen|[a-z]+ty)(?:-[a-z]+)?)\b/giu,
    ([, whole = "", rest = ""]) => priceOf(whole, rest),
  ],
  [/\bhalf a million\b/giu, () => 500_000],
  [
    /\b([a-z]+(?:-[a-z]+)?) (million|billion)\b/giu,
    ([, count = "", by = ""]) =>
      (countOf(count.toLowerCase()) ?? NaN) * (POWERS[by.toLowerCase()] ?? 1),
  ],
  [/(?<![\w.])x(\d{1,4})\b/giu, ([, count = ""]) => Number(count)],
  [
    /(?<![\w.])(\d+(?:\.\d+)?)(?=(?:rpm|cc|hz|khz|mhz|db|kw|kwh|mpa|lux|ppm|psi|w|v|t)\b)/giu,
    ([, count = ""]) => Number(count),
  ],
  [/\b(\d{1,3})(?:st|nd|rd|th)\b/giu, ([, count = ""]) => Number(count)],
  [
    /(?:^|(?<=[,.:;!?–-] ))(?:first|second)(?= \p{L})|(?<=\b(?:the|my|our|his|her|their|in|on|for) )(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b|\b(?:third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b/giu,
    ([all]) => 1 + ORDINALS.indexOf(all.toLowerCase()),
  ],
  [
    /(?<![零〇一二三四五六七八九\d])[零〇一二三四五六七八九]{2}(?=年(?!前|后|内))/gu,
    ([all]) => yearOf(all),
  ],
  [/\b(?:double|triple)\b/giu, ([all]) => (all.toLowerCase() === "double" ? 2 : 3)],
];
/** In words, from the first on. */
export const ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split(
  " ",
);
const POWERS: Readonly<Record<string, number>> = {
  百: 100,
  千: 1000,
  万: 10_000,
  百万: 1_000_000,
  千万: 10_000_000,
  亿: 100_000_000,
  k: 1000,
  thousand: 1000,
  grand: 1000,
  million: 1_000_000,
  billion: 1_000_000_000,
};

/** Numbers as they are written in other ways: "1.2万", "48,000", "two and a half". */
function plainIn(text: string): readonly Quantity[] {
  return WRITTEN.flatMap(([pattern, read]) =>
    [...text.matchAll(pattern)].flatMap((match): readonly Quantity[] => {
      const amount = read(match);
      if (amount === undefined || !Number.isFinite(amount)) return [];
      const { index, 0: all } = match;
      return [{ from: index, to: index + all.length, amount, measure: "plain" }];
    }),
  );
}

/** 九零 is 1990. */
function yearOf(said: string): number {
  const year = Number(Array.from(said, (one) => Math.max(0, HAN_FIGURES.indexOf(one))).join(""));
  return year + (year < YOUNG ? 2000 : 1900);
}

function decimalOf(whole: string, rest: string): number | undefined {
  const count = countOf(whole);
  const digits = Array.from(rest, (one) => HAN_FIGURES.indexOf(one)).join("");
  return count === undefined ? undefined : Number(`${count}.${digits}`);
}

function priceOf(whole: string, rest: string): number | undefined {
  const [units = 100, cents = 100] = [spokenNumber(whole), spokenNumber(rest)];
  return units < 100 && cents > 9 && cents < 100 ? units + cents / 100 : undefined;
}

function halfMore(whole: string): number | undefined {
  const count = countOf(whole.toLowerCase());
  return count === undefined ? undefined : count + 0.5;
}

function countOf(said: string): number | undefined {
  if (FRACTIONS[said] !== undefined) return FRACTIONS[said];
  if (/^(?:half an?|an? half)$/u.test(said)) return 0.5;
  if (said.startsWith("a quarter")) return 0.25;
  if (said.startsWith("three quarters")) return 0.75;
  if (/^\d/u.test(said)) return Number(said.replace(",", "."));
  const [, whole, digits] = /^(.+)点(.+)$/u.exec(said) ?? [];
  if (whole !== undefined && digits !== undefined) return decimalOf(whole, digits);
  const numbers = spokenNumbers(said);
  return numbers.length === 1 ? numbers[0] : undefined;
}
