/** What each piece of a request is to a tool: a word of its own, what is to be done, or something to explain. */
import { ownWords } from "../own_words.ts";
import { OWNER } from "./candidates.ts";
import { type Piece, piecesOf } from "./pieces.ts";
import { isMeasure, isOrder, isPlain } from "./plain_words.ts";
import type { Parameter, Said } from "./stretch.ts";
import { termsOf } from "../../../runtime/turn/tool_choice.ts";
import type { ToolSpec } from "../../../schemas/model.ts";

const HAN = /\p{Script=Han}/u;
const LATIN_LOWER = /^\p{Ll}/u;
const ARTICLE = /^(?:the|a|an|my|our|some|any|this|that|把|将)$/u;
const ASKED = /^(?:what|which|how)$/u;
/** "stop watering": the second is a verb as well. */
const BEGINS = /^(?:stop|start|keep|begin|quit)$/u;
/** Verbs that another verb follows: "let me hear". */
const HELPS = /^(?:let|go|help|try|forget|get|don't|remind|请|帮|让|别)$/u;

/** What was said, as seen by a tool with these parameters. */
export function saidTo(
  tool: ToolSpec,
  sources: readonly string[],
  parameters: readonly Parameter[],
): Said {
  const pieces = sources.flatMap((source, at) => piecesOf(source, at));
  const isOwn = ownTest(tool, sources, parameters);
  const own = pieces.map(isOwn);
  const orders = ordersIn(pieces);
  const content = pieces.map((piece, at) => {
    if (isCount(pieces, at)) return false;
    if (piece.quoted || piece.kind !== undefined) return true;
    const isVerb = orders[at] === true || (HAN.test(piece.bare) && isOrder(piece.bare));
    return !isPlain(piece.bare) && own[at] !== true && !isVerb;
  });
  return {
    texts: sources,
    pieces,
    content,
    own,
    orders,
    names: new Set(parameters.flatMap(({ role }) => [...role.names])),
    kinds: new Set(parameters.flatMap(({ role }) => role.kinds)),
    takesNumber: parameters.some(({ type }) => type === "number"),
    takesOwner: parameters.some(({ key }) => OWNER.test(key)),
    takesSentence: parameters.some(({ role }) => role.form === "sentence"),
  };
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
    if (quoted || kind !== undefined) return false;
    if (HAN.test(bare)) return ownHan[source]?.slice(from, to).every(Boolean) === true;
    const own = termsOf(bare);
    return own.length > 0 && own.every((term) => terms.has(term));
  };
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
    if (before?.source !== piece.source) place = { isHead: true, wasOrder: false, follows: false };
    else if (piece.opens && LATIN_LOWER.test(piece.text)) place.isHead = true;
    if (piece.led) place.isHead = false;
    const isVerb = !piece.quoted && isOrderAt(piece.bare, before?.bare ?? "", place);
    place.follows = isVerb || isAskedFor(piece, before);
    place.wasOrder ||= isVerb;
    if (endsHead(piece.bare, isVerb, place)) place.isHead = false;
    return place.follows;
  });
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
