/**
 * Which side of a switch was meant: its own words said or denied, "without fertiliser", or words that imply it, "for
 * good". Knows words of two languages.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { termsOf } from "../../../runtime/turn/tool_choice.ts";
import type { Candidate } from "./candidate.ts";
import { isDeniedAt } from "./denied.ts";
import { heardIn, placeOf } from "./meant.ts";
import { calls, type Parameter, type Said } from "./stretch.ts";
import { Tally } from "./weights.ts";

/** What people say where a switch is meant, and what says its contrary. */
const SWITCH_WORDS = join(import.meta.dir, "switch_words.txt");
/** Words that choose nothing. */
export const EMPTY =
  /^(?:an?|the|my|our|your|to|of|for|at|from|with|and|i|i'm|you|me|we|it|its|is|are|please|can|could|would|的|了|吧|把|给|我|你|是|请|帮我|一下|在|<\w+>|[\d.:]+)$/u;
const NEGATIVE =
  /\b(?:off|not|don't|do not|disable|deactivate|stop|kill|false|without|no longer|didn't|un(?=mute|lock|pause|block|hide|subscribe|freeze))|关|停|取消|不要|别|禁/iu;
/** They say nothing of what a switch does. */
const WEAK =
  /^(?:is|has|with|enabl|enable|only|use|include|includ|flag|allow|should|need|want|add|make|set|on|off|state|status|mode|valu|value|option|active|a|the|be|do)$/u;
const HAN_WEAK =
  /是否|要不要|需不需要|是不是|能否|可否|可以|能不能|需要|允许|开启|打开|启用|如果|默认|[的了否为吗]/gu;
/** Names of switches that do not say what is switched. */
const GENERAL = /^(?:enabled?|on|active|state|status|value)$/u;
const HAN_RUN = /\p{Script=Han}{2,}/gu;

/** "avoid tolls": whoever denies the rest of its name says yes. */
const AVOIDS = /^(?:avoid|no|without|exclude|skip|omit|ignore) (?=\w)/u;
const HAN_AVOIDS = /^(?:不|避开|避免|免|别)(?=..)/u;

/** Words that say nothing but what a switch shall be are seldom in what is learned from. */
const TOLD = 1;

/** What says yes and what says no. */
interface Words {
  readonly yes: RegExp | undefined;
  readonly no: RegExp | undefined;
  /** Its name is several words: one of them says nothing. */
  readonly many: boolean;
  /** Its name: all of it, and perhaps denied by its beginning. */
  readonly name: RegExp | undefined;
  /** What it is called by is what is avoided. */
  readonly avoids: boolean;
}

/** Where a switch is told what it shall be. */
interface Told {
  readonly value: boolean;
  readonly first: number;
  readonly last: number;
  readonly by: "word" | "name";
}

/** Both sides of a switch. */
export function switchCandidates(one: Parameter, said: Said): readonly Candidate[] {
  const told = toldIn(one, said);
  return [true, false].map((value) => {
    const traits = new Tally();
    weighSwitch(one, said, value, traits);
    const { first = -1, last = -1, by } = told?.value === value ? told : {};
    return { value, first, last, traits, score: by === "word" ? TOLD : 0 };
  });
}

/** What is seen of a side of a switch. */
function weighSwitch(one: Parameter, said: Said, value: unknown, tally: Tally): void {
  const told = toldIn(one, said);
  tally.add(value === true ? "yes" : "no");
  tally.add(told === undefined ? "not told" : "told");
  if (told === undefined) {
    const isNegative = NEGATIVE.test(said.texts[0] ?? "");
    tally.add(isNegative === (value === false) ? "switched so" : "switched otherwise");
  } else tally.add(told.value === value ? `told so by ${told.by}` : "told otherwise");
  if (isNamedIn(one, said)) tally.add("switch is named");
  if (!one.required) tally.add("optional");
  for (const word of said.spoken) if (!EMPTY.test(word)) tally.add(`${String(value)} is~${word}`);
}

function isNamedIn(one: Parameter, said: Said): boolean {
  if (wordsOf(one).many) return toldIn(one, said)?.by === "name";
  return said.pieces.some(({ bare }) => isNamed(one, bare));
}

/** "silently" where the switch is called "silent". */
function isNamed({ role }: Parameter, bare: string): boolean {
  if (calls(role, bare)) return true;
  return [...role.names].some((name) => name.length > 3 && bare.startsWith(name));
}

/** A parameter is looked at once in what was said. */
const toldKnown = new WeakMap<Said, Map<Parameter, Told | undefined>>();

function toldIn(one: Parameter, said: Said): Told | undefined {
  const known = toldKnown.get(said) ?? new Map<Parameter, Told | undefined>();
  if (known.has(one)) return known.get(one);
  const { yes, no, name, avoids } = wordsOf(one);
  const [denied, affirmed] = [toldBy(no, false, "word", said), toldBy(yes, true, "word", said)];
  // "nothing is missing" is no "missing".
  const isInside =
    denied && affirmed && affirmed.first <= denied.first && denied.last <= affirmed.last;
  const named =
    (isInside === true ? affirmed : denied) ?? affirmed ?? toldBy(name, true, "name", said);
  const told: Told | undefined =
    avoids && named !== undefined ? { ...named, value: !named.value, by: "word" } : named;
  toldKnown.set(said, known.set(one, told));
  return told;
}

/** Where it is told by these words; where they are denied, that counts. */
function toldBy(
  words: RegExp | undefined,
  value: boolean,
  by: Told["by"],
  { texts, pieces }: Said,
): Told | undefined {
  if (words === undefined) return undefined;
  const { text } = heardIn(texts[0] ?? "", pieces);
  const all = [...text.matchAll(words)].flatMap(({ index, 0: word, 1: un }): readonly Told[] => {
    const place = placeOf(pieces, index, index + word.length);
    if (place === undefined) return [];
    const isDenied = un !== undefined || isDeniedAt(text, index, index + word.length);
    // "not in order" says nothing of the contrary for sure.
    return isDenied && !value ? [] : [{ value: value && !isDenied, ...place, by }];
  });
  // 没锁，帮我锁一下: what is said last is wanted.
  return all.at(-1);
}

/** Tools come with every request. */
const wordsKnown = new WeakMap<Parameter, Words>();

function wordsOf(one: Parameter): Words {
  const before = wordsKnown.get(one);
  if (before !== undefined) return before;
  const { description } = one.schema;
  const about = typeof description === "string" ? description.toLowerCase() : "";
  const name = one.key
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .replaceAll(/[_-]+/gu, " ")
    .toLowerCase();
  const avoids = AVOIDS.test(name);
  const called = name.replace(AVOIDS, "");
  // "enabled" says nothing of what.
  const tool = GENERAL.test(called) ? one.role.tool.replaceAll(/[_-]+/gu, " ") : "";
  const entries = entriesOf().filter(({ keys }) =>
    keys.some((key) => isIn(key, called) || (key.includes(" ") && isIn(key, tool))),
  );
  const runs = [...about.replaceAll(HAN_WEAK, " ").matchAll(HAN_RUN)].map(([run]) => run);
  const han = avoids ? runs.map((run) => run.replace(HAN_AVOIDS, "")) : runs;
  const terms = termsOf(called).filter((term) => !WEAK.test(term));
  const words: Words = {
    yes: patternOf([
      ...entries.flatMap(({ yes }) => yes),
      ...han.filter((run) => run.length < 5),
      ...one.role.chinese.filter((word) => word.length > 1),
    ]),
    no: patternOf(entries.flatMap(({ no }) => no)),
    many: terms.length > 1,
    name: namePattern(terms),
    avoids,
  };
  wordsKnown.set(one, words);
  return words;
}

function isIn(key: string, name: string): boolean {
  return ` ${name} `.includes(` ${key} `);
}

function patternOf(words: readonly string[]): RegExp | undefined {
  if (words.length === 0) return undefined;
  const all = words
    .toSorted((a, b) => b.length - a.length)
    .map((word) =>
      /^[\p{Script=Han}]/u.test(word) ? word : `(?<![\\w-])${escaped(word)}(?![\\w])`,
    );
  return new RegExp(all.join("|"), "gu");
}

/** All words of a name, near each other: "reply" alone is not "reply all". */
function namePattern(terms: readonly string[]): RegExp | undefined {
  if (terms.length === 0 || terms.some((term) => term.length < 3)) return undefined;
  const row = terms.map((term) =>
    /\p{Script=Han}/u.test(term) ? term : `${spelled(term)}\\w{0,4}`,
  );
  const [first = "", ...more] = row;
  const rest = more.map((word) => `[\\s-]+(?:\\w+\\s+){0,2}${word}`).join("");
  return new RegExp(`(?<![\\w-])(un|non-?)?${first}${rest}(?![\\w])`, "gu");
}

/** "fertiliser" and "fertilizer". */
function spelled(term: string): string {
  return escaped(term)
    .replaceAll(/(?<=i)[sz]/gu, "[sz]")
    .replaceAll(/ou?r$/gu, "ou?r");
}

function escaped(word: string): string {
  return word.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);
}

interface Entry {
  readonly keys: readonly string[];
  readonly yes: readonly string[];
  readonly no: readonly string[];
}

let table: readonly Entry[] | undefined;

/** `part of a name/another: what says yes | what says no`, read when first needed. */
function entriesOf(): readonly Entry[] {
  table ??= readFileSync(SWITCH_WORDS, "utf8")
    .trim()
    .split("\n")
    .map((line): Entry => {
      const [keys = "", words = ""] = line.split(": ");
      const [yes = "", no = ""] = words.split(" | ");
      return { keys: keys.split("/"), yes: yes.split(", "), no: no === "" ? [] : no.split(", ") };
    });
  return table;
}
