/** What each piece of a request is to a tool: a word of its own, what is to be done, or something to explain. */
import { akinIn } from "./akin.ts";
import { ownWords } from "../own_words.ts";
import { isWhole, type Piece, piecesOf } from "./pieces.ts";
import { isGeneric, isMeasure, isOrder, isPlain } from "./plain_words.ts";
import { quantitiesIn } from "./quantities.ts";
import type { Parameter, Said } from "./stretch.ts";
import { alikeTest, termsOf } from "../../../runtime/turn/tool_choice.ts";
import type { ToolSpec } from "../../../schemas/model.ts";

/** Whose something is. */
export const OWNER = /owner|org|user|account|namespace/iu;
const HAN = /\p{Script=Han}/u;
const LATIN_LOWER = /^\p{Ll}/u;
const ARTICLE = /^(?:the|a|an|my|our|some|any|this|that|把|将)$/u;
const LEADS_ON = /^(?:of|for|from|to|at|in|on|about|with)$/u;
const MODAL = /^(?:can|could|would|will|may)$/u;
const TO = /^(?:on|to|in|into|onto)$/u;
const WISHES = /^(?:like|want|need|love|have|going|wish|wanna)$/u;
/** No plural. */
const FIRST_VERB = /^\p{L}[a-z]+[a-rt-z]$/u;
const AFTER_VERB = /^(?:the|a|an|my|our|to|into|at|off|up|down|out)$/u;
const ASKED = /^(?:what|which|how)$/u;
/** "stop watering": the second is a verb as well. */
const BEGINS = /^(?:stop|start|keep|begin|quit)$/u;
/** Verbs that another verb follows: "let me hear". */
const HELPS = /^(?:let|go|help|try|forget|get|don't|remind|请|帮|让|别)$/u;

/** Words between a value and the one that is meant instead. */
const CORRECTS =
  /^(?:no|not|sorry|wait|i|mean|actually|rather|make|it|that|to|at|on|for|in|oh|er|um|say|不|不对|不是|哦|啊|应该|是|改成|还是|我|说错|了)$/u;
const DENIES = /^(?:no|sorry|wait|mean|actually|rather|不|不对|不是|说错|改成|还是)$/u;

/** What was said, as seen by a tool with these parameters. */
export function saidTo(
  tool: ToolSpec,
  sources: readonly string[],
  parameters: readonly Parameter[],
): Said {
  const pieces = sources.flatMap((source, at) => piecesOf(source, at));
  const isOwn = ownTest(tool, sources, parameters);
  const isAlike = alikeTest(`${tool.name} ${tool.description}`);
  // "definition of X", "a cab at X": what the tool is for, in another word.
  const own = pieces.map(
    (piece, at) => isOwn(piece) || (leadsOn(piece, pieces[at + 1]) && isAlike(piece.bare)),
  );
  const orders = ordersIn(pieces);
  const content = pieces.map((piece, at) => {
    if (isCount(pieces, at)) return false;
    if (piece.quoted || (piece.kind !== undefined && own[at] !== true)) return true;
    const isVerb = orders[at] === true || (HAN.test(piece.bare) && isOrder(piece.bare));
    return !isPlain(piece.bare) && !isGeneric(piece.bare) && own[at] !== true && !isVerb;
  });
  const numbers = parameters.filter(({ type }) => type === "number").map(({ key }) => key);
  return {
    texts: sources,
    pieces,
    content,
    own,
    orders,
    retracted: retractedIn(pieces),
    spoken: spokenIn(pieces),
    quantities: numbers.length > 0 ? quantitiesIn(sources[0] ?? "") : [],
    tails: tailsIn(pieces, (piece) => isOwn(piece) || isAlike(piece.bare)),
    names: new Set(parameters.flatMap(({ role }) => [...role.names])),
    kinds: new Set(parameters.flatMap(({ role }) => role.kinds)),
    akin: akinIn(pieces, parameters),
    numbers,
    takesPlace: parameters.some(({ key }) => /room|area|place|location|zone|floor/iu.test(key)),
    takesOwner: parameters.some(({ key }) => OWNER.test(key)),
    takesSentence: parameters.some(({ role }) => role.form === "sentence"),
  };
}

/** Values with another one of their sort after "no" or 不对. */
function retractedIn(pieces: readonly Piece[]): readonly boolean[] {
  const found = pieces.map(() => false);
  for (const at of pieces.keys()) {
    let end = at - 1;
    while (end >= 0 && CORRECTS.test(pieces[end]?.bare ?? "")) end--;
    const words = pieces.slice(end + 1, at);
    const isCorrected = words.some(({ bare }) => DENIES.test(bare)) && pieces[end]?.closes === true;
    if (isCorrected && end >= 0 && isSameSort(pieces[end], pieces[at])) found[end] = true;
  }
  return found;
}

function isSameSort(one: Piece | undefined, other: Piece | undefined): boolean {
  if (one === undefined || other === undefined || one.source !== other.source) return false;
  if (one.number !== undefined || one.kind !== undefined)
    return (one.number !== undefined && other.number !== undefined) || one.kind === other.kind;
  const isName = (piece: Piece): boolean => /^\p{Lu}/u.test(piece.text);
  return isName(one) && isName(other);
}

/** The words of what was said last, and each with the next. */
function spokenIn(pieces: readonly Piece[]): readonly string[] {
  const bares = pieces
    .filter(({ source, quoted }) => source === 0 && !quoted)
    .map(({ bare }) => bare);
  const pairs = bares.slice(1).map((bare, at) => `${bares[at]} ${bare}`);
  return [...new Set([...bares, ...pairs])];
}

/** Tells the tool's own words, in Chinese by their characters. */
function ownTest(
  tool: ToolSpec,
  sources: readonly string[],
  parameters: readonly Parameter[],
): (piece: Piece) => boolean {
  const { terms, chinese } = ownWords(tool, sources.join("\n"));
  // A room is what is asked for where the tool speaks of rooms.
  const ends = parameters.flatMap(({ role }) => role.ends);
  const words = chinese.filter((word) => !ends.some((end) => end.test(word)));
  const ownHan = sources.map((source) => hanOf(source, terms, words));
  return ({ bare, from, to, source, quoted, kind }) => {
    if (quoted || (kind !== undefined && (kind !== "code" || !/[a-z]/iu.test(bare)))) return false;
    if (HAN.test(bare)) return ownHan[source]?.slice(from, to).every(Boolean) === true;
    const own = termsOf(bare);
    return own.length > 0 && own.every((term) => terms.has(term));
  };
}

function leadsOn({ closes, quoted, kind, text }: Piece, next: Piece | undefined): boolean {
  const isWord = !quoted && kind === undefined && LATIN_LOWER.test(text);
  return isWord && !closes && next !== undefined && LEADS_ON.test(next.bare);
}

/** What ends a text and only names the tool once more: "on my to-do list", "in the calendar please". */
function tailsIn(pieces: readonly Piece[], isOwn: (piece: Piece) => boolean): readonly boolean[] {
  let at = pieces.findLastIndex(({ bare, quoted }) => !quoted && TO.test(bare));
  const end = pieces.findIndex(({ source }) => source > 0);
  const rest = pieces.slice(at + 1, end === -1 ? undefined : end);
  const isTail =
    at > 0 && rest.some(isOwn) && rest.every((piece) => isPlain(piece.bare) || isOwn(piece));
  if (!isTail) at = pieces.length;
  return pieces.map(({ source }, index) => source === 0 && index >= at);
}

/** A unit after its number, and the number of "一个". */
function isCount(pieces: readonly Piece[], at: number): boolean {
  const isUnit = pieces[at - 1]?.number !== undefined && isMeasure(pieces[at]?.bare ?? "");
  return isUnit || (pieces[at]?.bare === "一" && isMeasure(pieces[at + 1]?.bare ?? ""));
}

/** Which characters of a text are the tool's own Chinese words. */
function hanOf(text: string, terms: ReadonlySet<string>, chinese: readonly string[]): boolean[] {
  const own = Array.from({ length: text.length }, () => false);
  const pairs = [...terms].filter((term) => HAN.test(term));
  for (const word of [...chinese, ...pairs])
    for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1))
      own.fill(true, at, at + word.length);
  return own;
}

/** Where in a request one is. */
interface Place {
  /** Only words came that say nothing. */
  isHead: boolean;
  wasOrder: boolean;
  /** The word before was an order. */
  follows: boolean;
}

/** Which pieces say what is to be done: verbs that a request or a part of it begins with. */
function ordersIn(pieces: readonly Piece[]): readonly boolean[] {
  let place: Place = { isHead: true, wasOrder: false, follows: false };
  return pieces.map((piece, at) => {
    const before = pieces[at - 1];
    place = placeAt(piece, before, place);
    const isVerb =
      !piece.quoted &&
      (isWish(pieces, at) ||
        isAskedOf(pieces, at, place.wasOrder) ||
        beginsAll(pieces, at) ||
        isOrderAt(piece.bare, before?.bare ?? "", place));
    place.follows = isVerb || isAskedFor(piece, before);
    place.wasOrder ||= isVerb;
    if (endsHead(piece.bare, isVerb, place)) place.isHead = false;
    return place.follows;
  });
}

function placeAt(
  { source, opens, led, text }: Piece,
  before: Piece | undefined,
  last: Place,
): Place {
  if (before?.source !== source) return { isHead: true, wasOrder: false, follows: false };
  const isNew = opens && LATIN_LOWER.test(text);
  return { ...last, isHead: !led && (isNew || last.isHead) };
}

/** "could the library hold X": the verb of a question comes after whoever is asked. */
function isAskedOf(pieces: readonly Piece[], at: number, wasOrder: boolean): boolean {
  const isQuestion = MODAL.test(pieces[0]?.bare ?? "") && at > 1 && at < 5;
  return isQuestion && !wasOrder && isOrder(pieces[at]?.bare ?? "");
}

/** "I'd like to sit". */
function isWish(pieces: readonly Piece[], at: number): boolean {
  return pieces[at - 1]?.bare === "to" && WISHES.test(pieces[at - 2]?.bare ?? "");
}

/** "slew to Saturn": an unknown word that all begins with and that something else follows at once. */
function beginsAll(pieces: readonly Piece[], at: number): boolean {
  const [piece, next] = [pieces[at], pieces[at + 1]];
  if (piece === undefined || next === undefined || at > 0 || piece.closes) return false;
  if (isWhole(piece) || !FIRST_VERB.test(piece.text)) return false;
  if (next.bare === "to" && isOrder(pieces[at + 2]?.bare ?? "")) return false;
  return next.kind === "code" || AFTER_VERB.test(next.bare);
}

function endsHead(bare: string, isVerb: boolean, { wasOrder }: Place): boolean {
  return (!isVerb && !isPlain(bare)) || (wasOrder && bare === "to") || ARTICLE.test(bare);
}

function isOrderAt(bare: string, before: string, { isHead, wasOrder, follows }: Place): boolean {
  if (BEGINS.test(before) && /^[a-z]{3,}ing$/u.test(bare)) return true;
  if (!isOrder(bare)) return false;
  if (follows && !HAN.test(bare)) return HELPS.test(before);
  return isHead || (before === "to" && !wasOrder);
}

/** "which tables", "how busy". */
function isAskedFor({ bare, text }: Piece, before: Piece | undefined): boolean {
  return ASKED.test(before?.bare ?? "") && !isPlain(bare) && LATIN_LOWER.test(text);
}
