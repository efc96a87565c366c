/** Numbers as people say them, in English and Chinese. Knows text only. */

const UNITS =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const SMALL = `(?:${TENS.join("|")})(?:[ -](?:${UNITS.slice(1, 10).join("|")}))?|${UNITS.join("|")}`;
const ENGLISH = new RegExp(
  `\\b(?:(?:(${SMALL}|an?) thousand)(?:,? and |,? )?)?(?:(${SMALL}|an?) hundred(?: and | )?)?(${SMALL})?\\b`,
  "giu",
);
const DIGITS = "零一二三四五六七八九";
const CHINESE = /[零一二两三四五六七八九十百千万]+/gu;
const CHINESE_UNITS: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1000 };

/** The numbers that a text says in words: `["five", "twenty-one", "三百二"]` → 5, 21, 320. */
export function spokenNumbers(text: string): readonly number[] {
  const numbers: number[] = [];
  for (const [word, thousands, hundreds, rest] of text.matchAll(ENGLISH)) {
    if (word === "" || /^an?$/iu.test(word)) continue;
    numbers.push(1000 * smallOf(thousands) + 100 * smallOf(hundreds) + smallOf(rest));
  }
  for (const [word] of text.matchAll(CHINESE)) numbers.push(...chineseNumbers(word));
  return numbers;
}

/** The one number that a text says in words, also with a point: "five point two five" is 5.25; `undefined`: none, or several. */
export function spokenNumber(text: string): number | undefined {
  const [, before = text, after] = /^(.+) point (.+)$/iu.exec(text) ?? [];
  const [whole, ...more] = spokenNumbers(before);
  if (whole === undefined || more.length > 0 || after === undefined)
    return more.length > 0 ? undefined : whole;
  const digits = after.split(" ").map((word) => spokenNumbers(word)[0] ?? NaN);
  return digits.every((digit) => digit < 10) ? Number(`${whole}.${digits.join("")}`) : undefined;
}

/** Below 100; "a" is one. */
function smallOf(word = ""): number {
  const [first = "", second = ""] = word.toLowerCase().split(/[ -]/u);
  if (first === "a" || first === "an") return 1;
  const ten = TENS.indexOf(first);
  return (ten < 0 ? 0 : 20 + 10 * ten) + unitOf(ten < 0 ? first : second);
}

function unitOf(word: string): number {
  return Math.max(0, UNITS.indexOf(word));
}

/** One number; digits in a row are one each, as they say no number. */
function chineseNumbers(word: string): readonly number[] {
  if (!/[十百千万]/u.test(word)) return Array.from(word, digitOf);
  const [tens = "", ...more] = word.split("万");
  if (more.length > 1) return [];
  if (more.length === 0) return [belowTenThousand(tens)];
  const rest = more[0] ?? "";
  // 三万五 is 35,000.
  const lower = rest.length === 1 ? 1000 * digitOf(rest) : belowTenThousand(rest);
  return [10_000 * (tens === "" ? 1 : belowTenThousand(tens)) + lower];
}

function belowTenThousand(word: string): number {
  let sum = 0;
  let digit: number | undefined;
  let last = 1;
  for (const one of word) {
    const unit = CHINESE_UNITS[one];
    if (unit === undefined) {
      digit = digitOf(one);
      if (one === "零") last = 1;
      continue;
    }
    sum += (digit ?? 1) * unit;
    last = unit / 10;
    digit = undefined;
  }
  // 两百五 is 250, 一百零五 is 105.
  const isShort = last >= 10 && !word.includes("零");
  return sum + (digit ?? 0) * (isShort ? last : 1);
}

function digitOf(one: string): number {
  return one === "两" ? 2 : Math.max(0, DIGITS.indexOf(one));
}
