/**
 * How much speaks for a stretch of words as the value of a parameter. Each rule looks at one thing and gives points for or
 * against; the sum counts. One word that is explained is worth one point.
 */
import type { ValueKind } from "../value_kinds.ts";
import { isPolite, isSubject } from "./bounds.ts";
import { isWhole, type Piece } from "./pieces.ts";
import { isAsking, isGeneric, isMeasure, isOrder, isPlain, JOINTS, LEADS } from "./plain_words.ts";
import { isHolder } from "./roles.ts";
import { isName, isThing, type Said, type Stretch } from "./stretch.ts";

/** What was said explains a value. */
export const COVERED = 1;
/** The parameter is called by its name: "titled X", "5 grams". */
export const NAMED = 2.5;
/** A word that leads to such values stands before it: "from X". */
export const LED = 1.6;
/** The value is of another kind: a time where a name is wanted. */
const WRONG_KIND = -2;
/** The text is an older one. */
const OLDER = -1.2;

const KIND = 2.5;
const QUOTED = 1.5;
const COLON = 2;
const CAPITAL = 0.6;
const ENDING = 1;
const CODE = 0.8;
const AFTER = 0.8;
const BESIDE_HOLDER = 0.5;
const WITH_THING = 0.3;
const WITHOUT_THING = -0.5;
const ENDS_INSIDE = -1.4;
const OTHER_LEAD = -1.2;
const OWN_ONLY = -2;
const UNCUED = -0.6;
const QUESTION = -3;
const LOWER_IN_NAME = -1.4;
const DETERMINED = -0.5;
/** "light in the living room". */
const PLACED_PIECES_MAX = 5;
const TYPED_INSIDE = -0.5;
const PIECE_OF_SENTENCE = 0.06;

/** What a preposition inside costs, by the form of the parameter. */
const JOINT = { name: -1.3, title: -0.65, clause: -0.15, sentence: -0.05 } as const;
/** What a mark inside costs. */
const BREAK = { name: -2, title: -2, clause: -0.4, sentence: -0.4 } as const;

/** They may be a part of anything. */
const FREE: ReadonlySet<ValueKind> = new Set(["language", "currency", "color", "sum"]);
const HAN = /\p{Script=Han}/u;
const AND = /^(?:and|的|了|是)$/u;
const TARGET = /^(?:to|at|到|成|为)$/u;
const WANTED = /^(?:need|want|more|out|up|on|off|in|down)$/u;

/** All points of a stretch. `undefined` = it can not be the value. */
export function pointsOf(stretch: Stretch): number | undefined {
  const { one, said, first, begin, inside } = stretch;
  const covered = inside.filter((_, at) => said.content[first + at]).length;
  if (covered === 0 && !mayBeOwn(stretch)) return undefined;
  const isCued = cued(stretch);
  if (!isCued && !one.required) return undefined;
  const rules = [lead, neighbours, bounds, kind, joints, names, form, things, habits];
  const sum = rules.reduce((points, rule) => points + rule(stretch), 0);
  return sum + COVERED * covered + (isCued ? 0 : UNCUED) + begin.source * OLDER;
}

/** Points of a number: what it is and what stands beside it. */
export function pointsBeside(stretch: Stretch): {
  readonly points: number;
  readonly isCued: boolean;
} {
  const { kind: found, source } = stretch.begin;
  const typed = found === undefined || found === "code" ? 0 : WRONG_KIND;
  const isTarget = stretch.leads.some((bare) => TARGET.test(bare));
  const points = COVERED + lead(stretch) + neighbours(stretch) + typed + source * OLDER;
  return { points: points + (isTarget ? LED / 2 : 0), isCued: isTarget || cued(stretch) };
}

/** Of words that say nothing or are the tool's own: what is called by its kind, and polite phrases as a text. */
function mayBeOwn({ one: { role }, said, first, inside, end }: Stretch): boolean {
  const isGeneral = inside.some(({ bare }) => isGeneric(bare));
  if (isGeneral && inside.every(({ bare }) => isGeneric(bare) || isPlain(bare))) return false;
  if (role.thing || role.counted || role.ends.some((ends) => ends.test(end.bare))) return true;
  const isOwn = inside.some((_, at) => said.own[first + at]);
  return role.form === "sentence" && !isOwn;
}

/** Whether anything around or in a stretch says that it is meant. */
function cued(stretch: Stretch): boolean {
  const { one, begin, isLed, isNamed } = stretch;
  if (isNamed || isLed || begin.quoted || (begin.led && isLong(stretch))) return true;
  if (begin.kind !== undefined && one.role.kinds.includes(begin.kind)) return true;
  return isObject(stretch) || isBesideHolder(stretch) || isSubjectName(stretch);
}

/** It follows what is to be done. */
function isObject({ one, said, first, nearest }: Stretch): boolean {
  const isWanted = nearest !== undefined && WANTED.test(nearest.bare) && one.required;
  return said.orders[first - 1] === true || isWanted;
}

/** "Ann needs …". */
function isSubjectName({ one, first, begin, end, after }: Stretch): boolean {
  if (first > 0 || after === undefined || !one.role.named) return false;
  return isName(begin) && isName(end) && /^\p{Ll}/u.test(after.text);
}

/** "X table", where the tool speaks of tables. */
function isBesideHolder({ said, last, after }: Stretch): boolean {
  return after !== undefined && said.own[last + 1] === true && isHolder(after.bare);
}

function isLong({ one }: Stretch): boolean {
  return one.role.form === "clause" || one.role.form === "sentence";
}

function lead({ one: { role }, begin, leads, isLed, isNamed }: Stretch): number {
  let points = isNamed ? NAMED : 0;
  if (isLed) points += role.known ? LED : LED / 3;
  else if (!isNamed && role.known && leads.some((bare) => JOINTS.has(bare) && !AND.test(bare)))
    points += OTHER_LEAD;
  return points + (begin.led && role.form === "sentence" ? COLON : 0);
}

function neighbours(stretch: Stretch): number {
  const { one, nearest, after } = stretch;
  let points = after !== undefined && one.role.after.has(after.bare) ? AFTER : 0;
  if (isBesideHolder(stretch)) points += BESIDE_HOLDER;
  if (nearest?.number !== undefined && one.role.counted) points += AFTER;
  return points;
}

/** A value begins and ends where others might, not in the middle of something. */
function bounds(stretch: Stretch): number {
  return (opens(stretch) ? 0 : ENDS_INSIDE) + (closes(stretch) ? 0 : ENDS_INSIDE);
}

function opens({ one: { role }, said, first, begin, nearest, isLed }: Stretch): boolean {
  if (begin.opens || nearest === undefined || isWhole(nearest)) return true;
  if (isName(nearest) && isName(begin)) return false;
  if (role.form === "sentence" && (isSubject(begin.bare) || isName(nearest))) return true;
  return isLed || isGap(nearest.bare) || isUnit(said, first - 1) || isKnown(said, first - 1);
}

function closes(stretch: Stretch): boolean {
  const { said, last, end, after } = stretch;
  if (after === undefined || isWhole(after)) return true;
  if (isName(end)) return !isName(after) && closesName(stretch, after);
  if (isToldHan(stretch)) return true;
  return isGap(after.bare) || isPolite(after.bare) || said.own[last + 1] === true;
}

/** "Yuki the door is open": a name ends where small letters begin. */
function closesName({ one }: Stretch, after: Piece): boolean {
  return !isLongForm(one.role.form) || isGap(after.bare);
}

/** Whoever is told, in Chinese: a sentence may follow at once. */
function isToldHan({ one: { role }, said, end, isLed }: Stretch): boolean {
  return role.named && said.takesSentence && isLed && isHanWord(end);
}

function isHanWord({ bare }: Piece): boolean {
  return HAN.test(bare) && bare.length > 1;
}

function isGap(bare: string): boolean {
  return LEADS.has(bare) || isPlain(bare);
}

function isUnit({ pieces }: Said, at: number): boolean {
  return pieces[at - 1]?.number !== undefined && isMeasure(pieces[at]?.bare ?? "");
}

function isKnown({ own, orders }: Said, at: number): boolean {
  return own[at] === true || orders[at] === true;
}

/** What a value is by its form, against what the parameter takes. */
function kind({ one: { role }, said, inside }: Stretch): number {
  const typed = inside.filter((piece) => piece.kind !== undefined);
  if (role.kinds.length > 0) {
    const rest = inside.filter((piece) => piece.kind === undefined && !LEADS.has(piece.bare));
    const isFitting = typed.length > 0 && typed.every((piece) => fits(piece.kind, role.kinds));
    if (isFitting && rest.length === 0) return KIND;
    return role.strictness * WRONG_KIND;
  }
  if (isLongForm(role.form) && inside.length > 1)
    return (
      TYPED_INSIDE *
      typed.filter((piece) => piece.kind !== undefined && said.kinds.has(piece.kind)).length
    );
  const foreign = typed.filter(
    (piece) =>
      (piece.kind !== "code" &&
        (said.kinds.has(piece.kind ?? "code") || !FREE.has(piece.kind ?? "code"))) ||
      (said.takesNumber && piece.number !== undefined && inside.length === 1),
  );
  return foreign.length * WRONG_KIND;
}

function isLongForm(name: string): boolean {
  return name === "clause" || name === "sentence";
}

function fits(found: ValueKind | undefined, kinds: readonly ValueKind[]): boolean {
  if (found === undefined) return false;
  return kinds.includes(found) || (found === "phone" && kinds.includes("code"));
}

/** What joins two values, inside of one. */
function joints(stretch: Stretch): number {
  const { one, inside, said, first } = stretch;
  const { form: long, kinds } = one.role;
  const rest = inside.slice(1);
  let points = BREAK[long] * rest.filter((piece) => piece.opens).length;
  const breaks = isLong(stretch) ? isJoint : isBreak;
  if (kinds.length === 0 && !isPlacedThing(stretch))
    points += JOINT[long] * rest.filter(breaks).length;
  if (!isLong(stretch) && inside.some(({ bare, quoted }) => !quoted && isAsking(bare)))
    points += QUESTION;
  if (isLong(stretch)) {
    const commands = rest.filter(
      ({ bare }, at) => said.own[first + 1 + at] === true && isOrder(bare),
    );
    points += ENDS_INSIDE * commands.length;
    if (said.tails[stretch.last] === true && said.tails[first] !== true) points += ENDS_INSIDE;
  }
  return points;
}

function isJoint({ bare, quoted }: Piece): boolean {
  return !quoted && (JOINTS.has(bare) || (HAN.test(bare) && isOrder(bare)));
}

/** "the light in the kitchen", where the tool asks for no place. */
function isPlacedThing({ one, said, first, inside }: Stretch): boolean {
  const isIn = inside[1]?.bare === "in" && inside.length <= PLACED_PIECES_MAX;
  return one.role.thing && !said.takesPlace && said.own[first] === true && isIn;
}

/** In a name, words that say nothing as well. */
function isBreak(piece: Piece): boolean {
  return isJoint(piece) || (!piece.quoted && HAN.test(piece.bare) && isPlain(piece.bare));
}

/** Names have capitals from the first word to the last. */
function names(stretch: Stretch): number {
  const { one, inside, begin } = stretch;
  const { role } = one;
  if (isLong(stretch) || role.thing) return 0;
  const share = role.form === "title" ? 0 : 1;
  if (isName(begin)) {
    const lower = inside.filter((piece) => piece.kind === undefined && isLower(piece));
    return (role.named ? CAPITAL : 0) + share * LOWER_IN_NAME * lower.length;
  }
  if (!isLower(begin)) return 0;
  if (inside.slice(1).some(isName)) return (share * LOWER_IN_NAME) / 2;
  // "in astronomy" is no country.
  return role.named && !one.required ? -CAPITAL : 0;
}

function isLower({ text }: Piece): boolean {
  return /^\p{Ll}/u.test(text) && !LEADS.has(text);
}

/** Quotations, codes, endings. */
function form({ one: { role }, inside, end }: Stretch): number {
  let points = 0;
  const [only] = inside;
  if (inside.length === 1 && only?.quoted === true) points += QUOTED;
  else if (inside.some(({ quoted }) => quoted)) points -= QUOTED;
  if (role.code && inside.length === 1 && /[\d_/.#-]/u.test(only?.text ?? "")) points += CODE;
  if (role.ends.some((ends) => ends.test(end.bare))) points += ENDING;
  return points;
}

/** "the front door", and not "front"; "the orders table", and "orders". */
function things(stretch: Stretch): number {
  const { one, said, first, end, inside } = stretch;
  if (inside.every((_, at) => !said.content[first + at])) {
    if (one.role.ends.some((ends) => ends.test(end.bare))) return COVERED;
    return one.role.thing ? OWN_ONLY : -1;
  }
  return (belongsAfter(stretch) ? WITHOUT_THING : 0) + ownEnds(stretch);
}

/** Words of the tool at the ends of a longer stretch. */
function ownEnds(stretch: Stretch): number {
  const { one, said, first, last, begin, end } = stretch;
  if (last === first) return 0;
  const isLast = said.own[last] === true && !isLong(stretch);
  const points = isLast ? (isThing(end, one, said) ? WITH_THING : -WITH_THING) : 0;
  if (isPlacedThing(stretch)) return points + COVERED;
  const isFirst = said.own[first] === true && !begin.quoted && !isName(begin);
  return points + (isFirst ? OWN_ONLY : 0);
}

/** The next word is of the tool and may well belong to the value. */
function belongsAfter(stretch: Stretch): boolean {
  const { one, said, last, end, after } = stretch;
  if (after === undefined || said.own[last + 1] !== true || end.kind !== undefined) return false;
  if (isLong(stretch)) return !isHolder(after.bare) && !LEADS.has(after.bare);
  return isThing(after, one, said);
}

/** What a value seldom begins with. */
function habits(stretch: Stretch): number {
  const { one, said, first, last, begin } = stretch;
  const { form: long } = one.role;
  let points = long === "sentence" ? PIECE_OF_SENTENCE * (last - first + 1) : 0;
  if (isLong(stretch) && first === 0 && said.orders[0] === true) points += ENDS_INSIDE;
  if (HAN.test(begin.bare) && isAsking(begin.bare)) points += QUESTION;
  if (last === first) return points;
  if (long !== "sentence" && !isName(begin) && isPlain(begin.bare)) points += DETERMINED;
  return points + (beginsWithCount(stretch) ? ENDS_INSIDE : 0);
}

/** "6 eggs" where the tool takes a number, "一条消息". */
function beginsWithCount({ one, said, first, begin }: Stretch): boolean {
  if (begin.number === undefined) return false;
  const isHan = HAN.test(begin.bare) && isMeasure(said.pieces[first + 1]?.bare ?? "");
  return isHan || (said.takesNumber && one.role.form === "name");
}
