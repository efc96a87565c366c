/** What in a text may be the value of one parameter, and how much speaks for it. Knows one parameter at a time. */
import { mayBe, valueOf } from "./bounds.ts";
import { enumCandidates, switchCandidates } from "./choices.ts";
import { COVERED, LED, NAMED, pointsBeside, pointsOf } from "./evidence.ts";
import { LEADS } from "./plain_words.ts";
import { type Parameter, type Said, frontOf, type Stretch, stretchOf } from "./stretch.ts";

/** A value and the pieces that say it; `first` is -1 where none does. */
export interface Candidate {
  readonly value: unknown;
  readonly first: number;
  readonly last: number;
  readonly score: number;
  /** Only a part of its piece: the rest is free for another parameter. */
  readonly part?: boolean;
}

const NAME_PIECES_MAX = 14;
const CLAUSE_PIECES_MAX = 60;
/** The model took it, too. */
const VOTE = 1.2;
/** What an optional argument has to be worth. */
const OPTIONAL = -0.8;
const COUNTS = /quantity|count|amount|^value$|copies|servings|number of|数量/iu;
/** Whose something is. */
export const OWNER = /owner|org|user|account|namespace/iu;
const REPOSITORY = /repo|name|project/iu;

/** All that may be the value of a parameter. @param vote What the model took. */
export function candidatesFor(one: Parameter, said: Said, vote: unknown): readonly Candidate[] {
  const isVote = (value: unknown): boolean => vote !== undefined && vote !== null && value === vote;
  return ofType(one, said, vote).map(({ value, first, last, score, part = false }) => {
    const more = (isVote(value) ? VOTE : 0) + (one.required ? 0 : OPTIONAL);
    return { value, first, last, score: score + more, part };
  });
}

function ofType(one: Parameter, said: Said, vote: unknown): readonly Candidate[] {
  switch (one.type) {
    case "enum":
      return enumCandidates(one, said, vote);
    case "boolean":
      return switchCandidates(one, said);
    case "number":
      return said.pieces.flatMap((_, at) => numberAt(one, said, at));
    case "string":
      return spans(one, said);
  }
}

function numberAt(one: Parameter, said: Said, at: number): readonly Candidate[] {
  const value = said.pieces[at]?.number;
  const front = value === undefined ? undefined : frontOf(one, said, at);
  const stretch = front && stretchOf(front, at);
  if (stretch === undefined || value === undefined || !isOfType(one, value)) return [];
  const { points, isCued } = pointsBeside(stretch);
  const counts = countsNext(stretch);
  if (!one.required && !isCued && !counts) return [];
  return [{ value, first: at, last: at, score: points + (counts ? LED : 0) }];
}

function isOfType({ schema }: Parameter, value: number): boolean {
  return schema["type"] !== "integer" || Number.isInteger(value);
}

/** "six eggs": how many of what follows. */
function countsNext({ one, after }: Stretch): boolean {
  return COUNTS.test(one.key) && after !== undefined && !LEADS.has(after.bare);
}

function spans(one: Parameter, said: Said): readonly Candidate[] {
  const found: Candidate[] = [];
  const isLong = one.role.form === "clause" || one.role.form === "sentence";
  const longest = isLong ? CLAUSE_PIECES_MAX : NAME_PIECES_MAX;
  for (let first = 0; first < said.pieces.length; first++) {
    const front = frontOf(one, said, first);
    for (let last = first; last < first + longest; last++) {
      const stretch = front && stretchOf(front, last);
      if (stretch === undefined) break;
      const score = mayBe(stretch) ? pointsOf(stretch) : undefined;
      if (score !== undefined) found.push({ value: valueOf(stretch), first, last, score });
    }
    found.push(...sides(one, said, first));
  }
  return found;
}

/** "owner/name": each side alone. */
function sides(one: Parameter, said: Said, at: number): readonly Candidate[] {
  const { text = "", kind } = said.pieces[at] ?? {};
  const [left, right, ...more] = text.split("/");
  if (!left || !right || more.length > 0 || kind === "url" || kind === "date") return [];
  const isOwner = OWNER.test(one.key);
  // Where the owner is no parameter of its own, the repository has both.
  if (!isOwner && !(REPOSITORY.test(one.key) && said.takesOwner)) return [];
  const value = isOwner ? left : right;
  return [{ value, first: at, last: at, score: COVERED + NAMED + 1, part: true }];
}
