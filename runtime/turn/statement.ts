/**
 * What may be said about tool results when the model is too small to be believed: its sentence where that holds
 * against the results, else the results themselves in plain words. It knows no tool and calls no model.
 */
import { shortText } from "../short_text.ts";
import type { ToolCallRecord } from "../../schemas/turn.ts";

/** Entries of a list that are named. */
const ENTRIES_MAX = 12;

/** Characters of one value in a statement. */
const VALUE_CHARS_MAX = 600;

/** A sentence is no longer than what it speaks of, by so much. */
const EXTRA_CHARS_MAX = 160;

/** The same few words so often in a row are a loop. */
const REPEATS_MAX = 3;

/** A sentence about no more values than this says all of them. */
const VALUES_SAID_MAX = 6;

/** What only says that it worked. */
const WORKED = /^(?:ok|success|successful|done|created|saved|sent|added|accepted|acknowledged)$/i;

/** Words that say no, in the languages that the model knows. */
const NO =
  /\b(?:no|not|none|never|nothing|off|false|fail(?:ed|s)?|closed|empty|cannot)\b|n't|[不没未无关否错失]/i;

const HAN = /\p{Script=Han}/u;

type Result = Pick<ToolCallRecord, "name" | "input" | "output" | "error">;
type Leaf = string | number | boolean | null;

/** The model's sentence if the results bear it out, else a plain statement of them. */
export function faithful(text: string, asked: string, results: readonly Result[]): string {
  const isFailed = results.at(-1)?.error !== undefined;
  if (!isFailed && holds(text, asked, results)) return text;
  return statement(asked, results);
}

/** Whether a sentence about results can be believed. It may leave things out; it may not add, twist, or babble. */
export function holds(text: string, asked: string, results: readonly Result[]): boolean {
  const said = text.trim();
  const source = `${asked} ${results.map((result) => JSON.stringify([result.output, result.input])).join(" ")}`;
  if (said === "" || said.length > source.length + EXTRA_CHARS_MAX) return false;
  if (isLoop(said) || (HAN.test(said) && !HAN.test(source))) return false;
  const counts = results.flatMap(({ output }) => lengthsIn(output));
  const known = new Set([...numbersIn(source).map(Math.abs), ...counts]);
  if (!numbersIn(said).every((number) => known.has(Math.abs(number)))) return false;
  const leaves = results.flatMap(({ output }) => leavesOf(output));
  if (leaves.includes(false) && !NO.test(said)) return false;
  const values = leaves.filter((leaf) => typeof leaf === "string" || typeof leaf === "number");
  // Something of the result has to be in it, if there is something that can be; of few values all that were not asked with.
  const isSaid = (value: string | number): boolean => mentions(said, value);
  const news = values.filter((value) => !mentions(asked, value));
  if (news.length <= VALUES_SAID_MAX && !news.every(isSaid)) return false;
  return values.length === 0 || values.some(isSaid);
}

/** The results in plain words, in the language of the question. */
export function statement(asked: string, results: readonly Result[]): string {
  const isHan = HAN.test(asked);
  const lines = results.map(({ output, error }) => {
    if (error !== undefined)
      return `${isHan ? "没有做成：" : "I could not do this: "}${error.message}`;
    return inWords(output, isHan);
  });
  return [...new Set(lines)].join("\n");
}

function inWords(output: unknown, isHan: boolean): string {
  if (Array.isArray(output))
    return listed(output, isHan) || (isHan ? "没有。" : "There is nothing.");
  if (isNothing(output)) return done(isHan);
  if (typeof output !== "object") return valueOf(output, isHan);
  const entries = Object.entries(output).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  const [[, only] = []] = entries;
  const told = entries.filter((one) => !hasWorked(one));
  if (told.length < entries.length) return worked(Object.fromEntries(told), isHan);
  if (entries.length === 1 && isSentence(only)) return valueOf(only);
  // Lists come last, each on lines of its own.
  const lists = entries.filter(([, value]) => isList(value));
  const rest = entries.filter(([, value]) => !isList(value));
  const first = rest.map(([key, value]) => labelled(key, value, isHan)).join(isHan ? "，" : ", ");
  const lines = [first, ...lists.map(([key, value]) => labelled(key, value, isHan))];
  return lines.filter((line) => line !== "").join("\n") || done(isHan);
}

/** There is nothing to say but that it is done. */
function isNothing(output: unknown): output is null | undefined | true {
  return output === null || output === undefined || output === true;
}

/** That it is done, and what is there to say beside it. */
function worked(rest: Readonly<Record<string, unknown>>, isHan: boolean): string {
  const isAll = Object.keys(rest).length === 0;
  return isAll ? done(isHan) : [done(isHan), inWords(rest, isHan)].join(isHan ? "" : " ");
}

function hasWorked([key, value]: readonly [string, unknown]): boolean {
  return value === true && WORKED.test(key);
}

/** It needs no label. */
function isSentence(value: unknown): boolean {
  return typeof value === "string" && /\s|[。！？]/.test(value.trim());
}

function done(isHan: boolean): string {
  return isHan ? "完成。" : "Done.";
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.some((entry) => typeof entry === "object");
}

function labelled(key: string, value: unknown, isHan: boolean): string {
  const words = key.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").replaceAll(/[_-]+/g, " ");
  const label = words.toLowerCase();
  if (isList(value)) return `${label}${isHan ? "：" : ":"}\n${listed(value, isHan)}`;
  const text = Array.isArray(value) ? listed(value, isHan) : nested(value, isHan);
  return `${label}${isHan ? "：" : ": "}${text}`;
}

function nested(value: unknown, isHan: boolean): string {
  return typeof value === "object" && value !== null
    ? `(${inWords(value, isHan)})`
    : valueOf(value, isHan);
}

function listed(entries: readonly unknown[], isHan: boolean): string {
  const shown = entries.slice(0, ENTRIES_MAX);
  const more = entries.length - shown.length;
  const rest = more > 0 ? [`… (+${more})`] : [];
  if (shown.some((entry) => typeof entry === "object" && entry !== null)) {
    return [...shown.map((entry) => `- ${inWords(entry, isHan)}`), ...rest].join("\n");
  }
  return [...shown.map((entry) => valueOf(entry, isHan)), ...rest].join(isHan ? "、" : ", ");
}

function valueOf(value: unknown, isHan = false): string {
  if (value === true) return isHan ? "是" : "yes";
  if (value === false) return isHan ? "否" : "no";
  return shortText(String(value), VALUE_CHARS_MAX);
}

function leavesOf(value: unknown): readonly Leaf[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(leavesOf);
  return value === undefined ? [] : [value as Leaf];
}

/** How many entries the lists in a value have: a sentence may count them. */
function lengthsIn(value: unknown): readonly number[] {
  if (Array.isArray(value)) return [value.length, ...value.flatMap(lengthsIn)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(lengthsIn) : [];
}

function mentions(said: string, value: string | number): boolean {
  if (typeof value === "number") return numbersIn(said).includes(value);
  const wanted = value.trim().toLowerCase();
  const text = said.toLowerCase();
  if (wanted.length <= 60) return text.includes(wanted.replace(/[.!?。！？]+$/u, ""));
  // Of a long text a part will do.
  return wanted
    .split(/[.!?\n。！？]+/u)
    .some((part) => part.trim().length > 8 && text.includes(part.trim()));
}

/** Numbers as they are written, whatever separates thousands. */
function numbersIn(text: string): number[] {
  const found = text.replaceAll(/(?<=\d),(?=\d{3}\b)/g, "").match(/(?<!\d)-?\d+(?:\.\d+)?/g) ?? [];
  return found.map(Number);
}

/** Whether a few words come again and again. */
function isLoop(text: string): boolean {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  for (let size = 1; size <= 6; size++) {
    for (let at = 0, run = 1; at + 2 * size <= words.length; at++) {
      const isSame = words
        .slice(at, at + size)
        .every((word, index) => word === words[at + size + index]);
      run = isSame ? run + 1 : 1;
      // A run of equal pieces moves on word by word.
      if (isSame && run > (REPEATS_MAX - 1) * size) return true;
    }
  }
  return false;
}
