/** How close a word is to what parameters are called, and how they are described. Knows words, no weights. */
import { aboutOf } from "./meanings.ts";
import type { Piece } from "./pieces.ts";
import { isPlain, LEADS } from "./plain_words.ts";
import type { Role } from "./roles.ts";
import { termsOf } from "../../../runtime/turn/tool_choice.ts";

/** It is no word of a parameter, one of its description, or one of its name. */
const STRANGE = 0;
const DESCRIBED = 1;
const NAMED = 2;

/** Where a word stands to a value: it is all of it, ends it, begins it, is before it (with or without a mark), after it, or in it. */
const PLACES = ["only", "last", "first", "before", "beforeMark", "after", "inside"] as const;
/** See the constant of the same name. */
export type AkinAt = (typeof PLACES)[number];
/** What is seen of a word that is akin to a parameter or to others, by its place. */
export type Akin = Readonly<Record<AkinAt, string>>;

/** By how akin a word is to a parameter and to the others: `20`, `01`. */
const SEEN = new Map<string, Akin>();
for (const own of [STRANGE, DESCRIBED, NAMED])
  for (const other of [STRANGE, DESCRIBED, NAMED])
    if (own + other > 0) {
      const named = PLACES.map((place) => [place, `${place} akin ${own}${other}`]);
      SEEN.set(`${own}${other}`, Object.fromEntries(named) as Akin);
    }

/** By parameter, how each piece is akin to it and to the others. */
export function akinIn(
  pieces: readonly Piece[],
  parameters: readonly { readonly key: string; readonly role: Role }[],
): ReadonlyMap<string, readonly (Akin | undefined)[]> {
  const words = pieces.map(wordOf);
  const rows = parameters.map(({ role }) => words.map((word) => kinship(role, word)));
  return new Map(
    parameters.map(({ key }, own) => [
      key,
      pieces.map((_, at) => {
        let other = STRANGE;
        for (const [nth, row] of rows.entries())
          if (nth !== own) other = Math.max(other, row[at] ?? STRANGE);
        return SEEN.get(`${rows[own]?.[at] ?? STRANGE}${other}`);
      }),
    ]),
  );
}

const HAN = /\p{Script=Han}/u;

/** A piece as a word that may call something; `undefined` = it is a value, or says nothing. */
interface Word {
  readonly bare: string;
  readonly isHan: boolean;
  readonly terms: readonly string[];
  readonly things: readonly number[];
}

function wordOf(piece: Piece): Word | undefined {
  const { bare } = piece;
  if (isValue(piece) || isPlain(bare) || LEADS.has(bare)) return undefined;
  const isHan = HAN.test(bare);
  return { bare, isHan, terms: isHan ? [] : termsOf(bare), things: aboutOf(bare).things };
}

/** Whether a word calls a parameter by its name, or by a word of its description. */
function kinship(role: Role, word: Word | undefined): number {
  if (word === undefined) return STRANGE;
  const { bare, isHan, terms, things } = word;
  const isCalled = role.names.has(bare) || role.chinese.includes(bare) || areAll(terms, role.names);
  if (isCalled || things.some((thing) => role.things.has(thing))) return NAMED;
  const isSaid = isHan ? isIn(bare, role.about) : areAll(terms, role.aboutTerms);
  return isSaid || things.some((thing) => role.aboutThings.has(thing)) ? DESCRIBED : STRANGE;
}

function isIn(bare: string, about: string): boolean {
  return bare.length > 1 && about.includes(bare);
}

/** By its form it is a value, and calls nothing. */
function isValue({ quoted, number, kind }: Piece): boolean {
  return quoted || number !== undefined || (kind !== undefined && kind !== "code");
}

function areAll(terms: readonly string[], of: ReadonlySet<string>): boolean {
  return terms.length > 0 && terms.every((term) => of.has(term));
}
