/** Times of day as HH:MM: "half past six", "quarter to five in the morning", 早上七点半. Knows text only. */
import { spokenNumbers } from "../number_words.ts";

const MARKED = /(\d{1,2})[:：.](\d{2})/u;
const ENGLISH =
  /(?:(half|(?:a )?quarter|\d{1,2}|[a-z]+(?:-[a-z]+)?)(?: minutes)? (past|to) )?(\d{1,2}|[a-z]+)(?: ?(o'clock|[ap]\.?m\b|in the|at night)|$)?/giu;
const CHINESE =
  /([零〇一二两三四五六七八九十]{1,3}|\d{1,2})点(?:(半)|(一刻)|(三刻)|([零一二三四五六七八九十]{1,4}|\d{1,2})分?)?/u;
const LATE = /(?<![a-z])p\.?m\b|\b(?:evening|afternoon|tonight)|下午|晚上|傍晚|今晚|明晚|晚/iu;
const EARLY = /(?<![a-z])a\.?m\b|morning|早|上午|凌晨/iu;
/** 夜里十一点, but 夜里两点 is early. */
const NIGHT = /\b(?:at|in the) night|夜里|深夜|半夜/iu;
const NIGHT_FROM = 6;
/** "half past two" is in the afternoon, "2:30" is as it stands. */
const AFTERNOON_TO = 2;
/** "six thirty" */
const SPOKEN =
  /(?<![a-z-])(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) (o five|ten|fifteen|(?:twenty|thirty|forty|fifty)(?:-five)?)(?![a-z-])/iu;
const AT = /(?:^|\b(?:at|by|until|from|till) )$/iu;
/** "half six" */
const HALF =
  /\bhalf (?=(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,2})\b)/iu;
const HALVES: Readonly<Record<string, number>> = { half: 30, quarter: 15, "a quarter": 15 };

/** The time in a text, if there is one. */
export function clockOf(text: string): string | undefined {
  const time = marked(text) ?? chinese(text) ?? english(text);
  if (time === undefined) return undefined;
  const [hour, minute] = time;
  const hours = hoursOf(hour, text);
  if (hours > 24 || minute > 59) return undefined;
  return `${String(hours % 24).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}

/** Of the whole day. */
function hoursOf(hour: number, text: string): number {
  const [isNight, isEarly] = [NIGHT.test(text), EARLY.test(text)];
  if (hour === 12) return isNight || isEarly ? 0 : hour;
  if (hour > 12 || hour === 0 || isEarly) return hour;
  const isLate = isNight ? hour >= NIGHT_FROM : LATE.test(text) || isAfternoon(hour, text);
  return isLate ? hour + 12 : hour;
}

function isAfternoon(hour: number, text: string): boolean {
  return hour <= AFTERNOON_TO && !/\d/u.test(text);
}

type Time = readonly [hour: number, minute: number];

function marked(text: string): Time | undefined {
  const found = MARKED.exec(text);
  return found === null ? undefined : [Number(found[1]), Number(found[2])];
}

function chinese(text: string): Time | undefined {
  const found = CHINESE.exec(text);
  if (found === null) return undefined;
  const [, hour = "", half, quarter, three, minutes = ""] = found;
  const minute = half
    ? 30
    : quarter
      ? 15
      : three
        ? 45
        : (numberOf(minutes.replace(/^[零〇]/u, "")) ?? 0);
  const hours = numberOf(hour);
  return hours === undefined ? undefined : [hours, minute];
}

function english(text: string): Time | undefined {
  if (/\bnoon\b|正午/iu.test(text)) return [12, 0];
  if (/\bmidnight\b|午夜/iu.test(text)) return [0, 0];
  const [, hour = "", minute = ""] = SPOKEN.exec(text) ?? [];
  if (hour !== "") return [numberOf(hour) ?? 0, numberOf(minute.replace("o ", "")) ?? 0];
  const whole = text.replace(HALF, "half past ");
  for (const match of whole.matchAll(ENGLISH)) {
    const time = timeOf(match, whole);
    if (time !== undefined) return time;
  }
  return undefined;
}

function timeOf(match: RegExpMatchArray, text: string): Time | undefined {
  const { 1: part, 2: side, 3: said = "", 4: after, index } = match;
  const hour = numberOf(said);
  if (hour === undefined || hour > 24) return undefined;
  if (part === undefined)
    return after !== undefined || AT.test(text.slice(0, index)) ? [hour, 0] : undefined;
  const minutes = HALVES[part.toLowerCase()] ?? numberOf(part);
  if (minutes === undefined) return undefined;
  return side?.toLowerCase() === "to" ? [(hour + 23) % 24, 60 - minutes] : [hour, minutes];
}

function numberOf(said: string): number | undefined {
  if (/^\d+$/u.test(said)) return Number(said);
  const numbers = spokenNumbers(said);
  return numbers.length === 1 ? numbers[0] : undefined;
}
