/**
 * Values in the form that a parameter asks for: times as HH:MM, days with their year as YYYY-MM-DD, months with theirs as
 * YYYY-MM, currencies by their codes, several with a comma between.
 * Knows text only.
 */
import { clockOf } from "./clock.ts";
import { wordsMeaning } from "./glosses.ts";

/** In which form a value is wanted. */
export type Written = "clock" | "date" | "month" | "currency" | "row";

const CLOCK = /\bhh ?[:.]? ?mm\b(?! ?[:.]? ?ss)/u;
const HOURS = /24[- ]?h|二十四小时|24小时/u;
const DATE = /\byyyy ?[-/.]? ?mm ?[-/.]? ?dd\b|\biso (?:8601 )?date\b/u;
const YEAR_MONTH = /\byyyy ?[-/.]? ?mm\b|\b20\d\d-[01]\d\b(?!-)/u;
const CODE =
  /\biso\b|\b(?:3|three)[- ]letter\b|\bcurrency code\b|\b(?:usd|eur|gbp|jpy|cny|chf)\b|三(?:位|字|个)?字?母?代码|货币代码|币种代码/u;
/** "a code such as USD" */
const CURRENCY = /currenc|money|币|\b(?:usd|eur|gbp|jpy|cny|chf)\b/u;

const ROW = /\bcommas?[- ]separated\b|\bseparated by commas?\b|逗号分隔/u;
const AND = /(?<=\S),? (?:and|&|plus) (?=\S)|[、，]/gu;

const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const MONTH = `(${MONTHS.join("|")})[a-z]*\\.?`;
const MONTH_IN = new RegExp(`\\b${MONTH}|(\\d{1,2})月`, "iu");
const DAY = String.raw`(\d{1,2})(?:st|nd|rd|th)?`;
/** Days with their year: where the year, the month and the day stand in the match. */
const DAYS: readonly (readonly [RegExp, readonly [number, number, number]])[] = [
  [/(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/u, [1, 2, 3]],
  [/(\d{4})年(\d{1,2})月(\d{1,2})[日号]?/u, [1, 2, 3]],
  [new RegExp(`\\b${DAY}(?: of)? ${MONTH},? (\\d{4})\\b`, "iu"), [3, 2, 1]],
  [new RegExp(`\\b${MONTH} ${DAY},? (\\d{4})\\b`, "iu"), [3, 1, 2]],
  // Whether 3/4 is in March or in April nobody knows.
  [/(?<!\d)(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)/u, [3, 2, 1]],
  [/(?<!\d)(1[3-9]|2\d|3[01])\/(\d{1,2})\/(\d{4})(?!\d)/u, [3, 2, 1]],
  [/(?<!\d)(\d{1,2})\/(1[3-9]|2\d|3[01])\/(\d{4})(?!\d)/u, [3, 1, 2]],
];
const CURRENCIES =
  "usd eur gbp jpy cny hkd twd krw chf sek nok dkk pln czk huf try inr thb sgd aud nzd cad mxn brl zar rub aed sar ils idr myr php vnd ngn kes egp uah ron isk".split(
    " ",
  );

/** The form that a description asks for. @param about In small letters. */
export function writtenFor(about: string, name: string, isTime: boolean): Written | undefined {
  if (ROW.test(about)) return "row";
  if (DATE.test(about)) return CLOCK.test(about) ? undefined : "date";
  if (YEAR_MONTH.test(about)) return "month";
  if (CLOCK.test(about) || (isTime && HOURS.test(about))) return "clock";
  return CODE.test(about) && CURRENCY.test(`${name} ${about}`) ? "currency" : undefined;
}

/** A text in that form; `undefined` where it says nothing that could be written so. */
export function writtenAs(form: Written | undefined, text: string): string | undefined {
  if (form === "clock") return clockOf(text);
  if (form === "date") return dayOf(text);
  if (form === "month") return monthOfYear(text);
  if (form === "row") return text.replaceAll(AND, ", ");
  return form === "currency" ? currencyOf(text) : undefined;
}

/** The number of a month, from its name or as a number; `undefined`: there is none. */
export function monthIn(text: string): number | undefined {
  const [, name = "", han = ""] = MONTH_IN.exec(text) ?? [];
  const nth = monthOf(name || han);
  return nth > 0 && nth < 13 ? nth : undefined;
}

/** By its name, or as a number. */
function monthOf(said: string): number {
  return MONTHS.indexOf(said.slice(0, 3).toLowerCase()) + 1 || Number(said);
}

function dayOf(text: string): string | undefined {
  for (const [form, places] of DAYS) {
    const found = form.exec(text);
    if (found === null) continue;
    const [year = "", month = "", day = ""] = places.map((at) => found[at] ?? "");
    const nth = monthOf(month);
    if (nth < 1 || nth > 12 || Number(day) < 1 || Number(day) > 31) return undefined;
    return `${year}-${String(nth).padStart(2, "0")}-${day.padStart(2, "0")}`;
  }
  return undefined;
}

/** "September 2025", 2025年9月 */
function monthOfYear(text: string): string | undefined {
  const [, year] = /(?<!\d)(\d{4})(?!\d)/u.exec(text) ?? [];
  const [, written] = /(?<!\d)\d{4}[-/.](\d{1,2})(?!\d)/u.exec(text) ?? [];
  const month = written === undefined ? monthIn(text) : Number(written);
  if (year === undefined || month === undefined || month < 1 || month > 12) return undefined;
  return `${year}-${String(month).padStart(2, "0")}`;
}

let codes: ReadonlyMap<string, string> | undefined;

function codesByWord(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const code of CURRENCIES)
    for (const word of [code, ...wordsMeaning(code)]) found.set(word, code.toUpperCase());
  return found;
}

function currencyOf(text: string): string | undefined {
  codes ??= codesByWord();
  const said = text.toLowerCase();
  // "Japanese yen", but "Hong Kong dollars" are none of the United States.
  for (const words of [said, said.replace(/^\p{L}+ (?!dollar|pound|franc|peso|kron)/u, "")])
    for (const word of [words, words.replace(/s$/u, "")]) {
      const code = codes.get(word);
      if (code !== undefined) return code;
    }
  return undefined;
}
