/**
 * What can be seen of the words of a request and of the parameters of a tool, by name: what a word is, where it stands, and
 * what it is to a parameter. Knows words, and not what they count.
 */
import { partOfSpeech } from "../../../runtime/turn/han_words.ts";
import { aboutOf } from "./meanings.ts";
import type { Piece } from "./pieces.ts";
import { isAsking, isMeasure, isOrder, isPlain, JOINTS, LEADS } from "./plain_words.ts";
import type { Role } from "./roles.ts";
import { calls, isName, type Parameter, type Said } from "./stretch.ts";

const HAN = /\p{Script=Han}/u;
/** Terms of a description, at most. */
const TERMS_MAX = 12;
/** Shorter words have no endings. */
const ENDED_MIN = 5;
const BOUNDS = [0, 1, 2, 5, 12, 24, 31, 59, 100, 1000, 2100] as const;

/** What is seen of a piece whoever reads it. */
export function traitsOfWord(piece: Piece): readonly string[] {
  const { text, bare, quoted, kind, number } = piece;
  const seen = [`word~${wordOf(piece)}`];
  if (quoted) return seen;
  if (number !== undefined) seen.push(`size~${sizeOf(number)}`);
  const isValue = number !== undefined || kind !== undefined;
  if (isValue || /\d/u.test(text)) seen.push(`shape~${shapeOf(text)}`);
  if (isValue) return seen;
  return [...seen, ...lettersIn(text, bare), ...sortsOf(bare)];
}

function lettersIn(text: string, bare: string): readonly string[] {
  if (HAN.test(text))
    return [`head~${text[0]}`, `tail~${text.at(-1)}`, `length~${Math.min(4, text.length)}`];
  return bare.length < ENDED_MIN ? [] : [`ends~${bare.slice(-3)}`, `begins~${bare.slice(0, 3)}`];
}

/** What a word is good for. */
const SORTS: readonly (readonly [string, (bare: string) => boolean])[] = [
  ["plain", isPlain],
  ["order", isOrder],
  ["leads", (bare) => LEADS.has(bare)],
  ["joins", (bare) => JOINTS.has(bare)],
  ["measures", isMeasure],
  ["asks", isAsking],
];

function sortsOf(bare: string): readonly string[] {
  const sorts = SORTS.filter(([, is]) => is(bare)).map(([name]) => name);
  return [...aboutOf(bare).topics.map((topic) => `topic~${topic}`), ...sorts];
}

function sizeOf(number: number): string {
  const size = BOUNDS.findIndex((bound) => Math.abs(number) <= bound);
  const whole = Number.isInteger(number) ? "" : ".";
  return `${number < 0 ? "-" : ""}${size}${whole}`;
}

/** "Ab-12" is "Aa-0". */
function shapeOf(text: string): string {
  return text
    .replaceAll(/\p{Lu}+/gu, "A")
    .replaceAll(/\p{Ll}+/gu, "a")
    .replaceAll(/\p{Script=Han}+/gu, "字")
    .replaceAll(/\d+/gu, "0")
    .slice(0, 8);
}

/** What is seen of a piece by its place among what was said to a tool, whatever parameter looks for it. */
export function traitsOfPlace(said: Said, piece: Piece, at: number): readonly string[] {
  const seen = [`sort~${sortOf(said, piece, at)}`];
  if (piece.opens) seen.push("opens");
  if (piece.closes) seen.push("closes");
  if (piece.led) seen.push("led");
  if (isName(piece)) seen.push("name");
  if (said.content[at] === true) seen.push("content");
  if (said.own[at] === true) seen.push("own");
  if (said.orders[at] === true) seen.push("orders");
  if (said.tails[at] === true) seen.push("tails");
  if (said.retracted[at] === true) seen.push("retracted");
  if (piece.source > 0) seen.push("older");
  if (piece.from === 0) seen.push("begin");
  return seen;
}

function wordOf({ bare, quoted, kind, number }: Piece): string {
  if (quoted) return "<quoted>";
  if (number !== undefined) return "<number>";
  return kind === undefined ? bare : `<${kind}>`;
}

/** What a piece looks like. */
function sortOf(said: Said, piece: Piece, at: number): string {
  const { text, bare, quoted, kind, number } = piece;
  if (quoted || number !== undefined || kind !== undefined) return wordOf(piece);
  if (said.orders[at] === true) return "VERB";
  const capital = isName(piece) || isArticleOfName(piece) ? "-Cap" : "";
  if (said.own[at] === true) return `OWN${capital}`;
  if (isPlain(bare)) return `PLAIN${capital}`;
  if (HAN.test(text)) return isOrder(bare) ? "DO" : partOfSpeech(text);
  return said.content[at] === true ? lettersOf(piece) : "GENERAL";
}

/** "The" in the middle of a sentence. */
function isArticleOfName({ text, opens }: Piece): boolean {
  return !opens && /^\p{Lu}\p{Ll}/u.test(text);
}

/** A first word has a capital anyway. */
function lettersOf({ text, from }: Piece): string {
  if (!/^\p{Lu}/u.test(text)) return "low";
  return from === 0 ? "FIRST" : "Cap";
}

/** What is seen of a parameter among the others of its tool. */
export function traitsOfParameter(one: Parameter, all: readonly Parameter[]): readonly string[] {
  const { role, required, schema } = one;
  // No request that is learned from has a list.
  const type = typeOf(one);
  const same = all.filter((other) => typeOf(other) === type).length;
  const nth = all.filter((other) => typeOf(other) === type).indexOf(one);
  const alike = all.filter((other) => other !== one && other.role.form === role.form).length;
  const seen = [
    ...role.labels.map((label) => `is~${label}`),
    `type~${type}`,
    required ? "required" : "optional",
    `type~${type} ${required ? "required" : "optional"}`,
    `of~${Math.min(6, all.length)}`,
    `nth~${type} ${Math.min(4, nth)}/${Math.min(5, same)}`,
    `alike~${Math.min(3, alike)}`,
    `at~${Math.min(5, all.indexOf(one))}`,
  ];
  if (role.unit !== undefined) seen.push(`unit~${role.unit.measure}`);
  for (const flag of ["named", "thing", "code", "counted", "known"] as const)
    if (role[flag]) seen.push(`role~${flag}`);
  if (role.written !== undefined) seen.push(`role~${role.written}ed`);
  if (schema["type"] === "integer") seen.push("integer");
  if (Array.isArray(schema["enum"])) seen.push(`values~${Math.min(8, schema["enum"].length)}`);
  for (const term of [...role.aboutTerms].slice(0, TERMS_MAX)) seen.push(`about~${term}`);
  for (const topic of role.topics) seen.push(`about topic~${topic}`);
  return seen;
}

function typeOf({ type }: Parameter): Parameter["type"] {
  return type === "list" ? "string" : type;
}

/** What a word may be to a parameter. */
const BETWEEN: readonly (readonly [string, (role: Role, bare: string) => boolean])[] = [
  ["leads to it", ({ before }, bare) => before.has(bare)],
  ["follows it", ({ after }, bare) => after.has(bare)],
  ["calls it", calls],
  ["calls it in chinese", ({ chinese }, bare) => chinese.includes(bare)],
  ["ends it", ({ ends }, bare) => ends.some((end) => end.test(bare))],
  ["has its topic", ({ topics }, bare) => aboutOf(bare).topics.some((topic) => topics.has(topic))],
];

/** What a piece is to a parameter. */
export function traitsBetween(one: Parameter, said: Said, at: number): readonly string[] {
  const piece = said.pieces[at];
  if (piece === undefined) return [];
  const { role } = one;
  const akin = said.akin.get(one.key)?.[at]?.only;
  const seen = [...(akin === undefined ? [] : [akin]), ...kindBetween(role, said, piece)];
  if (piece.quoted) return seen;
  for (const [name, is] of BETWEEN) if (is(role, piece.bare)) seen.push(name);
  return seen;
}

function kindBetween({ kinds }: Role, said: Said, { kind }: Piece): readonly string[] {
  if (kind === undefined) return kinds.length > 0 ? ["has no kind"] : [];
  if (kinds.includes(kind)) return ["is of its kind"];
  if (said.kinds.has(kind)) return ["is of another's kind"];
  return kinds.length > 0 ? ["is not of its kind"] : [];
}
