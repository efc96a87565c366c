/**
 * What speaks for or against a stretch of words as the value of a parameter. Each rule looks at one thing and names what
 * it saw; how much that counts is learned (`weights.txt`).
 */
import type { ValueKind } from "../value_kinds.ts";
import type { AkinAt } from "./akin.ts";
import { aboutOf } from "./meanings.ts";
import { isPolite, isSubject } from "./bounds.ts";
import { isWhole, type Piece } from "./pieces.ts";
import { isAsking, isGeneric, isMeasure, isOrder, isPlain, JOINTS, LEADS } from "./plain_words.ts";
import { isHolder, type Role } from "./roles.ts";
import { calls, isName, isThing, type Said, type Stretch } from "./stretch.ts";
import type { Tally } from "./weights.ts";

/** "light in the living room". */
const PLACED_PIECES_MAX = 5;
/** Stretches of more pieces are as long as each other. */
const LENGTH_MAX = 6;

/** They may be a part of anything. */
const FREE: ReadonlySet<ValueKind> = new Set(["language", "currency", "color"]);
const HAN = /\p{Script=Han}/u;
const AND = /^(?:and|的|了|是)$/u;
const TARGET = /^(?:to|at|到|成|为)$/u;
const WANTED = /^(?:need|want|more|out|up|on|off|in|down)$/u;

/** Weighs a stretch of words. `false` = it says nothing at all, or was taken back. */
export function weighStretch(stretch: Stretch, tally: Tally): boolean {
  const { said, first, begin, inside } = stretch;
  const covered = inside.filter((_, at) => said.content[first + at]).length;
  // "because" is no value; "Up" may be a film.
  if (!isName(begin) && inside.every(({ bare, quoted }) => !quoted && LEADS.has(bare)))
    return false;
  if (covered === 0 && !mayBeOwn(stretch)) tally.add("says nothing");
  if (said.retracted.slice(first, stretch.last + 1).includes(true)) return false;
  tally.add("covered", covered);
  tally.add("older", begin.source);
  if (!cued(stretch)) tally.add("uncued");
  for (const rule of [lead, neighbours, bounds, kind, joints, names, form, things, habits, akin])
    rule(stretch, tally);
  return true;
}

/** Weighs a number: what it is and what stands beside it. */
export function weighNumber(stretch: Stretch, tally: Tally): void {
  const { kind: found, source } = stretch.begin;
  tally.add("covered");
  tally.add("older", source);
  lead(stretch, tally);
  neighbours(stretch, tally);
  akin(stretch, tally);
  if (found !== undefined && found !== "code") tally.add("wrong kind");
  const isTarget = stretch.leads.some((bare) => TARGET.test(bare));
  if (isDecimal(stretch.begin)) tally.add("decimal");
  if (isTarget) tally.add("target");
  if (!isTarget && !cued(stretch)) tally.add("uncued");
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

function lead({ one: { role }, begin, leads, isLed, isNamed }: Stretch, tally: Tally): void {
  if (isNamed) tally.add("named");
  if (isLed) tally.add(role.known ? "led" : "led somehow");
  else if (!isNamed && role.known && leads.some((bare) => JOINTS.has(bare) && !AND.test(bare)))
    tally.add("led to another");
  if (begin.led) tally.add("after a colon");
}

function neighbours(stretch: Stretch, tally: Tally): void {
  const { one, nearest, after } = stretch;
  if (after !== undefined && one.role.after.has(after.bare)) tally.add("followed");
  if (isBesideHolder(stretch)) tally.add("beside holder");
  if (nearest?.number !== undefined && one.role.counted) tally.add("counted");
}

/** A value begins and ends where others might, not in the middle of something. */
function bounds(stretch: Stretch, tally: Tally): void {
  if (!opens(stretch)) tally.add("begins inside");
  if (!closes(stretch)) tally.add("ends inside");
  if (stretch.end.bare === "'s")
    tally.add(stretch.after === undefined ? "ends in 's" : "ends in 's of a word");
  const { begin, end, nearest, after } = stretch;
  if (!begin.opens && isName(nearest) && isName(begin)) tally.add("cuts a name before");
  if (isName(end) && isName(after)) tally.add("cuts a name after");
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
function kind({ one: { role }, said, inside }: Stretch, tally: Tally): void {
  const typed = inside.filter((piece) => piece.kind !== undefined);
  if (role.kinds.length > 0) {
    const rest = inside.filter((piece) => piece.kind === undefined && !LEADS.has(piece.bare));
    const isFitting = typed.length > 0 && typed.every((piece) => fits(piece.kind, role.kinds));
    if (isFitting && rest.length === 0) tally.add("right kind");
    else if (isFitting) tally.add("right kind and more");
    else tally.add("not of its kind", role.strictness);
    return;
  }
  if (isLongForm(role.form) && inside.length > 1) {
    const taken = typed.filter(({ kind: found }) => found !== undefined && said.kinds.has(found));
    tally.add("kind of another inside", taken.length);
    return;
  }
  const foreign = typed.filter(({ kind: found = "code", number }) => {
    const isOther = found !== "code" && (said.kinds.has(found) || !FREE.has(found));
    return isOther || (said.numbers.length > 0 && number !== undefined && inside.length === 1);
  });
  tally.add("wrong kind", foreign.length);
}

function isLongForm(name: string): boolean {
  return name === "clause" || name === "sentence";
}

function fits(found: ValueKind | undefined, kinds: readonly ValueKind[]): boolean {
  if (found === undefined) return false;
  return kinds.includes(found) || (found === "phone" && kinds.includes("code"));
}

function isMomentPiece({ kind: found }: Piece): boolean {
  return found === "date" || found === "time";
}

/** What joins two values, inside of one. */
function joints(stretch: Stretch, tally: Tally): void {
  const { one, inside, said, first } = stretch;
  const rest = inside.slice(1);
  const isMoment = inside.every((piece) => isMomentPiece(piece));
  if (isMoment && rest.length > 0) tally.add("moment");
  else tally.add("mark inside", rest.filter((piece) => piece.opens).length);
  const breaks = isLong(stretch) ? isJoint : isBreak;
  if (one.role.kinds.length === 0 && !isPlacedThing(stretch))
    tally.add("joint inside", rest.filter(breaks).length);
  if (!isLong(stretch) && inside.some(({ bare, quoted }) => !quoted && isAsking(bare)))
    tally.add("question inside");
  if (!isLong(stretch)) return;
  const commands = rest.filter(
    ({ bare }, at) => said.own[first + 1 + at] === true && isOrder(bare),
  );
  tally.add("order inside", commands.length);
  if (said.tails[stretch.last] === true && said.tails[first] !== true) tally.add("tail inside");
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
function names(stretch: Stretch, tally: Tally): void {
  const { one, inside, begin } = stretch;
  const { role } = one;
  if (isLong(stretch) || role.thing) return;
  if (isName(begin)) {
    const lower = inside.filter((piece) => piece.kind === undefined && isLower(piece));
    if (role.named) tally.add("capital");
    tally.add("small letters in a name", lower.length);
  } else if (isLower(begin)) {
    if (inside.slice(1).some(isName)) tally.add("capital inside");
    // "in astronomy" is no country.
    else if (role.named && !one.required) tally.add("no capital");
  }
}

function isLower({ text }: Piece): boolean {
  return /^\p{Ll}/u.test(text) && !LEADS.has(text);
}

/** Quotations, codes, endings. */
function form({ one: { role }, inside, end }: Stretch, tally: Tally): void {
  const [only] = inside;
  if (inside.length === 1 && only?.quoted === true) tally.add("quoted");
  else if (inside.some(({ quoted }) => quoted)) tally.add("quotation inside");
  if (inside.some(isDecimal)) tally.add("decimal");
  if (role.code && inside.length === 1 && /[\d_/.#-]/u.test(only?.text ?? "")) tally.add("code");
  besideFigures(role, inside, tally);
  if (role.ends.some((ends) => ends.test(end.bare))) tally.add("ends well");
}

/** "V9", "Vitrine V9", "Family 0388", "Haas-2 cuts": figures alone, and with words before and after them. */
function besideFigures(role: Role, inside: readonly Piece[], tally: Tally): void {
  const at = inside.findIndex(({ text, quoted }) => !quoted && /[\d_]/u.test(text));
  const piece = inside[at];
  if (piece === undefined) return;
  const sort = piece.number === undefined ? "letters and figures" : "figures";
  if (inside.length === 1) tally.add(`only ${sort}`);
  if (at > 0) tally.add(`${frontIn(inside[0])} before ${sort}`);
  if (at > 0 && calls(role, inside[0]?.bare ?? "")) tally.add(`what it is called before ${sort}`);
  if (at < inside.length - 1) tally.add(`words after ${sort}`);
}

/** "DU 5518", "Vitrine V9", "row 5" */
function frontIn(piece: Piece | undefined): string {
  if (/^\p{Lu}+$/u.test(piece?.text ?? "")) return "capitals";
  return isName(piece) ? "a name" : "words";
}

function isDecimal({ number }: Piece): boolean {
  return number !== undefined && !Number.isInteger(number);
}

/** "the front door", and not "front"; "the orders table", and "orders". */
function things(stretch: Stretch, tally: Tally): void {
  const { one, said, first, end, inside } = stretch;
  if (inside.every((_, at) => !said.content[first + at])) {
    const isEnding = one.role.ends.some((ends) => ends.test(end.bare));
    tally.add(isEnding ? "own but ends well" : one.role.thing ? "own thing" : "own only");
    return;
  }
  if (belongsAfter(stretch)) tally.add("without its thing");
  ownEnds(stretch, tally);
}

/** Words of the tool at the ends of a longer stretch. */
function ownEnds(stretch: Stretch, tally: Tally): void {
  const { one, said, first, last, begin, end } = stretch;
  if (last === first) return;
  if (said.own[last] === true && !isLong(stretch))
    tally.add(isThing(end, one, said) ? "with its thing" : "ends in own");
  if (isPlacedThing(stretch)) tally.add("placed thing");
  else if (said.own[first] === true && !begin.quoted && !isName(begin))
    tally.add("begins with own");
}

/** The next word is of the tool and may well belong to the value. */
function belongsAfter(stretch: Stretch): boolean {
  const { one, said, last, end, after } = stretch;
  if (after === undefined || said.own[last + 1] !== true || end.kind !== undefined) return false;
  if (isLong(stretch)) return !isHolder(after.bare) && !LEADS.has(after.bare);
  return isThing(after, one, said);
}

/** What the words in it and around it are called, against what the parameters are. */
function akin({ one, said, first, last, begin, end, nearest, after }: Stretch, tally: Tally): void {
  const kin = said.akin.get(one.key) ?? [];
  const say = (where: AkinAt, at: number): void => {
    const how = kin[at];
    if (how !== undefined) tally.add(how[where]);
  };
  const { topics } = aboutOf(end.bare);
  if (topics.some((topic) => one.role.topics.has(topic))) tally.add("of its topic");
  say(first === last ? "only" : "last", last);
  if (first !== last) say("first", first);
  if (nearest !== undefined) say(begin.opens ? "beforeMark" : "before", first - 1);
  if (after !== undefined) say("after", last + 1);
  for (let at = first + 1; at < last; at++) say("inside", at);
}

/** What a value seldom begins with, and how long it is. */
function habits(stretch: Stretch, tally: Tally): void {
  const { one, said, first, last, begin } = stretch;
  const { form: long } = one.role;
  length(last - first + 1, tally);
  if (isLong(stretch) && first === 0 && said.orders[0] === true) tally.add("begins with order");
  if (HAN.test(begin.bare) && isAsking(begin.bare)) tally.add("begins with question");
  if (last === first) return;
  if (long !== "sentence" && !isName(begin) && isPlain(begin.bare)) tally.add("begins plainly");
  if (isFirstArticle(begin)) tally.add("begins with the first article");
  if (beginsWithCount(stretch)) tally.add("begins with count");
}

/** "The team lunch is off" */
function isFirstArticle({ from, text }: Piece): boolean {
  return from === 0 && /^(?:The|An?|My|Our)$/u.test(text);
}

function length(pieces: number, tally: Tally): void {
  tally.add("pieces", pieces);
  tally.add(pieces === 1 ? "one piece" : pieces === 2 ? "two pieces" : "more pieces");
  if (pieces > LENGTH_MAX) tally.add("many pieces");
}

/** "6 eggs" where the tool takes a number, "一条消息". */
function beginsWithCount({ one, said, first, begin }: Stretch): boolean {
  if (begin.number === undefined) return false;
  const isHan = HAN.test(begin.bare) && isMeasure(said.pieces[first + 1]?.bare ?? "");
  return isHan || (said.numbers.length > 0 && one.role.form === "name");
}
