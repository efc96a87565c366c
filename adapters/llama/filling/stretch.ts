/** A row of pieces as a value for one parameter, and what stands around it. Knows words, no weights. */
import type { Akin } from "./akin.ts";
import type { Piece } from "./pieces.ts";
import { isOrder, isPlain, LEADS } from "./plain_words.ts";
import type { Quantity } from "./quantities.ts";
import { isHolder, type Role } from "./roles.ts";
import type { ValueKind } from "../value_kinds.ts";
import { termsOf } from "../../../runtime/turn/tool_choice.ts";
import type { JsonSchema } from "../../../schemas/function.ts";

/** A parameter of a tool. */
export interface Parameter {
  readonly key: string;
  readonly schema: JsonSchema;
  readonly type: "string" | "number" | "boolean" | "enum" | "list";
  readonly required: boolean;
  readonly role: Role;
}

/** What was said, as pieces, and what they are to the tool. */
export interface Said {
  readonly texts: readonly string[];
  readonly pieces: readonly Piece[];
  /** It says something that has to be explained. */
  readonly content: readonly boolean[];
  /** It is a word of the tool itself. */
  readonly own: readonly boolean[];
  /** It says what is to be done. */
  readonly orders: readonly boolean[];
  /** Its words, alone and in pairs. */
  readonly spoken: readonly string[];
  /** It was said, and then something else instead: "at 5, no, 6". */
  readonly retracted: readonly boolean[];
  /** Amounts with their units. */
  readonly quantities: readonly Quantity[];
  /** It is at the end and only says where to: "on my list". */
  readonly tails: readonly boolean[];
  /** What the parameters of the tool are called. */
  readonly names: ReadonlySet<string>;
  /** What its parameters take by their form. */
  readonly kinds: ReadonlySet<ValueKind>;
  /** By parameter, how each piece is akin to it and to the others; `undefined` = not at all. */
  readonly akin: ReadonlyMap<string, readonly (Akin | undefined)[]>;
  /** A parameter of the tool is a place. */
  readonly takesPlace: boolean;
  /** The parameters of the tool that are numbers, in their order. */
  readonly numbers: readonly string[];
  /** A parameter of the tool is who something belongs to: the first side of "owner/name". */
  readonly takesOwner: boolean;
  /** A parameter of the tool is a whole sentence. */
  readonly takesSentence: boolean;
}

/** A row of pieces as a value. */
export interface Stretch {
  readonly one: Parameter;
  readonly said: Said;
  readonly first: number;
  readonly last: number;
  readonly begin: Piece;
  readonly end: Piece;
  readonly inside: readonly Piece[];
  /** The piece before it in the same text. */
  readonly nearest: Piece | undefined;
  /** The piece after it, when no mark stands between. */
  readonly after: Piece | undefined;
  /** Words before it that lead to it, the nearest first. */
  readonly leads: readonly string[];
  /** One of them leads to values of this parameter. */
  readonly isLed: boolean;
  /** The parameter is called by its name beside it. */
  readonly isNamed: boolean;
}

const THINGS =
  /^(?:doors?|lamps?|lights?|rooms?|tanks?|windows?|fans?|speakers?|heaters?|gates?|gardens?|machines?|plants?|beds?|house|tv|pool|灯|门|窗|空调|窗帘)$/u;
const DETERMINER =
  /^(?:the|a|an|my|our|some|your|his|her|their|一|一个|一声|一下|一首|一条|个|首|条)$/u;
const IS = /^(?:of|is|it|to|as|=|was|为|是|：)$/u;
const HAN = /\p{Script=Han}/u;

/** What stands before all stretches that begin at one piece. */
export type Front = Pick<
  Stretch,
  "one" | "said" | "first" | "begin" | "nearest" | "leads" | "isLed" | "isNamed"
>;

/** Looks at what stands before a piece. */
export function frontOf(one: Parameter, said: Said, first: number): Front | undefined {
  const { pieces } = said;
  const begin = pieces[first];
  if (begin === undefined) return undefined;
  const before = pieces[first - 1];
  const nearest = before?.source === begin.source ? before : undefined;
  const leads = leadsBefore(pieces, first);
  const { role } = one;
  const isLed =
    leads.some((bare) => role.before.has(bare)) ||
    (!begin.opens && nearest !== undefined && endsWithLead(nearest.bare, role));
  return {
    one,
    said,
    first,
    begin,
    nearest,
    leads,
    isLed,
    isNamed: namedBefore(role, pieces, first),
  };
}

/** The pieces up to `last` as a value; `undefined` where they are not of one text. */
export function stretchOf(front: Front, last: number): Stretch | undefined {
  const { one, said, first, begin, isNamed } = front;
  const end = said.pieces[last];
  if (end === undefined || end.source !== begin.source) return undefined;
  const next = said.pieces[last + 1];
  const after = end.closes || next?.source !== begin.source ? undefined : next;
  const isNamedAfter =
    after !== undefined &&
    (end.number !== undefined || isHolder(after.bare)) &&
    calls(one.role, after.bare);
  const inside = said.pieces.slice(first, last + 1);
  return { ...front, last, end, inside, after, isNamed: isNamed || isNamedAfter };
}

/** Words before a stretch up to the next word that says something. */
function leadsBefore(pieces: readonly Piece[], first: number): readonly string[] {
  const words: string[] = [];
  for (let at = first - 1; at >= 0 && at >= first - 3; at--) {
    const piece = pieces[at];
    if (piece?.source !== pieces[first]?.source || pieces[at + 1]?.opens === true) break;
    if (piece === undefined || isInName(pieces, at, first)) break;
    words.push(piece.bare);
    if (!DETERMINER.test(piece.bare) && !isBecauseOf(pieces, at)) break;
  }
  return words;
}

/** "Lord of the Rings". */
function isInName(pieces: readonly Piece[], at: number, first: number): boolean {
  return pieces[at]?.bare === "of" && isName(pieces[at - 1]) && isName(pieces[first]);
}

function isBecauseOf(pieces: readonly Piece[], at: number): boolean {
  return pieces[at]?.bare === "of" && pieces[at - 1]?.bare === "because";
}

/** Where the dictionary joined a lead to the word before it. */
function endsWithLead(bare: string, { before }: Role): boolean {
  return HAN.test(bare) && bare.length > 1 && before.has(bare.slice(-1));
}

/** "titled X", "subject: X", "height of 5". */
function namedBefore(role: Role, pieces: readonly Piece[], first: number): boolean {
  for (let at = first - 1; at >= 0 && at >= first - 3; at--) {
    const piece = pieces[at];
    if (piece === undefined || piece.source !== pieces[first]?.source) return false;
    if (calls(role, piece.bare)) return !(isName(piece) && isName(pieces[first]));
    if (!IS.test(piece.bare)) return false;
  }
  return false;
}

/** Whether a word calls a parameter by its name. */
export function calls({ names }: Role, bare: string): boolean {
  if (names.has(bare)) return true;
  const terms = termsOf(bare);
  return terms.length > 0 && terms.every((term) => names.has(term));
}

/** Whether a piece is a name by its capital; the first word of a text has one anyway, if it is a common one. */
export function isName(piece: Piece | undefined): boolean {
  if (piece === undefined || !/^(?!I\b)\p{Lu}/u.test(piece.text)) return false;
  const isFirst = piece.from === 0 || (piece.opens && !piece.quoted);
  return !isFirst || (!isPlain(piece.bare) && !isOrder(piece.bare));
}

/** The kind of thing that the parameter takes, "door" or "lamp", and not what other parameters are called. */
export function isThing({ bare }: Piece, { role }: Parameter, { names }: Said): boolean {
  if (isHolder(bare) || LEADS.has(bare)) return false;
  if (calls(role, bare)) return true;
  return (role.thing || role.chinese.includes(bare) || THINGS.test(bare)) && !names.has(bare);
}
