/**
 * Which words stand at the edges of a stretch and in it: before "dinner" in "for dinner", after a name "that". What each
 * speaks for was learned. Knows words, no rules.
 */
import { aboutOf } from "./meanings.ts";
import { isOrder, isPlain } from "./plain_words.ts";
import type { Piece } from "./pieces.ts";
import { isName, type Said } from "./stretch.ts";
import { type ByLabel, sumOf, weights } from "./weights.ts";
import { partOfSpeech } from "../../../runtime/turn/han_words.ts";

/** Rows of more pieces are not looked at as a whole. */
const ROW_MAX = 4;
const HAN = /\p{Script=Han}/u;

/** What is seen where a value would begin, where it would end, and of a word inside of it; by piece. */
export interface Seen {
  readonly begins: readonly (readonly string[])[];
  readonly ends: readonly (readonly string[])[];
  readonly inside: readonly (readonly string[])[];
  /** Of short rows, by where they begin and how long they are. */
  readonly rows: readonly (readonly string[])[];
}

/** All that can be seen of the words of a request. */
export function seenIn({
  pieces,
  own,
  orders,
  content,
}: Pick<Said, "pieces" | "own" | "orders" | "content">): Seen {
  const sorts = pieces.map((piece, at) =>
    sortOf(piece, own[at] === true, orders[at] === true, content[at] === true),
  );
  const words = pieces.map(wordOf);
  const begins = pieces.map((piece, at) => {
    const [before, sort] = beforeOf(pieces, words, sorts, at);
    const [earlier] = at > 0 ? beforeOf(pieces, words, sorts, at - 1) : ["^"];
    const word = words[at] ?? "";
    const seen = [
      `before~${before}`,
      `before2~${earlier} ${before}`,
      `first~${word}`,
      `begin~${sort} ${sorts[at]}`,
      `beforefirst~${before} ${sorts[at]}`,
      `beforethen~${sorts[at - 2] ?? "^"} ${before} ${sorts[at]}`,
    ];
    if (HAN.test(piece.text)) seen.push(`head~${piece.text[0]}`);
    if (HAN.test(before)) seen.push(`foot~${before.at(-1)}`);
    return seen;
  });
  const ends = pieces.map((piece, at) => {
    const [after, sort] = afterOf(pieces, words, sorts, at);
    const [later] = at + 1 < pieces.length ? afterOf(pieces, words, sorts, at + 1) : ["$"];
    const word = words[at] ?? "";
    const seen = [
      `after~${after}`,
      `after2~${after} ${later}`,
      `last~${word}`,
      `end~${sorts[at]} ${sort}`,
      `lastafter~${sorts[at]} ${after}`,
      `afterthen~${sorts[at]} ${after} ${sorts[at + 2] ?? "$"}`,
    ];
    if (HAN.test(piece.text)) seen.push(`tail~${piece.text.at(-1)}`);
    for (const topic of aboutOf(piece.bare).topics) seen.push(`topic~${topic}`);
    if (aboutOf(piece.bare).topics.length === 0) seen.push("topic~none");
    if (HAN.test(after)) seen.push(`next~${after[0]}`);
    return seen;
  });
  const inside = pieces.map((_, at) => [`inside~${words[at]}`, `within~${sorts[at]}`]);
  const rows = pieces.map((_, at) =>
    sorts
      .slice(at, at + ROW_MAX)
      .map((__, more) => `row~${sorts.slice(at, at + more + 1).join(" ")}`),
  );
  return { begins, ends, inside, rows };
}

function wordOf({ bare, quoted, kind, number }: Piece): string {
  if (quoted) return "<quoted>";
  if (number !== undefined) return "<number>";
  return kind === undefined ? bare : `<${kind}>`;
}

/** What a piece looks like. */
function sortOf(piece: Piece, isOwn: boolean, isVerb: boolean, isContent: boolean): string {
  const { text, bare, quoted, kind, number } = piece;
  if (quoted || number !== undefined || kind !== undefined) return wordOf(piece);
  if (isVerb) return "VERB";
  const capital = isName(piece) || isArticleOfName(piece) ? "-Cap" : "";
  if (isOwn) return `OWN${capital}`;
  if (isPlain(bare)) return `PLAIN${capital}`;
  if (HAN.test(text)) return isOrder(bare) ? "DO" : partOfSpeech(text);
  return isContent ? lettersOf(piece) : "GENERAL";
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

function beforeOf(
  pieces: readonly Piece[],
  words: readonly string[],
  sorts: readonly string[],
  at: number,
): readonly [string, string] {
  const piece = pieces[at];
  if (piece === undefined || pieces[at - 1]?.source !== piece.source) return ["^", "^"];
  if (piece.led) return [":", ":"];
  if (piece.opens) return [",", ","];
  return [words[at - 1] ?? "^", sorts[at - 1] ?? "^"];
}

function afterOf(
  pieces: readonly Piece[],
  words: readonly string[],
  sorts: readonly string[],
  at: number,
): readonly [string, string] {
  const [piece, next] = [pieces[at], pieces[at + 1]];
  if (piece === undefined || next === undefined || next.source !== piece.source) return ["$", "$"];
  if (next.led) return [":", ":"];
  if (piece.closes) return [",", ","];
  return [words[at + 1] ?? "$", sorts[at + 1] ?? "$"];
}

/** What is known of all that is seen. */
export interface Known {
  readonly begins: readonly (readonly ByLabel[])[];
  readonly ends: readonly (readonly ByLabel[])[];
  readonly inside: readonly (readonly ByLabel[])[];
  readonly rows: readonly (readonly (ByLabel | undefined)[])[];
}

/** Looks up what was seen. */
export function knownOf({ begins, ends, inside, rows }: Seen): Known {
  const look = (places: readonly (readonly string[])[]): ByLabel[][] =>
    places.map((row) =>
      row.flatMap((seen) => {
        const by = weights.of(seen);
        return by === undefined ? [] : [by];
      }),
    );
  return {
    begins: look(begins),
    ends: look(ends),
    inside: look(inside),
    rows: rows.map((some) => some.map((seen) => weights.of(seen))),
  };
}

/** Points of the words of a request for one parameter, by piece. */
export class WordPoints {
  readonly #begins: readonly number[];
  readonly #ends: readonly number[];
  /** Sums up to a piece. */
  readonly #inside: readonly number[];
  readonly #rows: readonly (readonly number[])[];

  constructor({ known }: Said, labels: readonly string[]) {
    const { begins, ends, inside, rows } = known;
    const points = (row: readonly ByLabel[]): number =>
      row.reduce((sum, by) => sum + sumOf(by, labels), 0);
    this.#begins = begins.map(points);
    this.#ends = ends.map(points);
    this.#rows = rows.map((row) => row.map((by) => sumOf(by, labels)));
    let sum = 0;
    this.#inside = [0, ...inside.map((row) => (sum += points(row)))];
  }

  /** Of the pieces from `first` to `last`. The words inside are those between both. */
  of(first: number, last: number): number {
    const between =
      last - first < 2 ? 0 : (this.#inside[last] ?? 0) - (this.#inside[first + 1] ?? 0);
    const row = this.#rows[first]?.[last - first] ?? 0;
    return (this.#begins[first] ?? 0) + (this.#ends[last] ?? 0) + between + row;
  }
}

/** What is seen of a stretch, by name: to learn from. */
export function seenOf({ seen }: Said, first: number, last: number): string[] {
  const { begins, ends, inside, rows } = seen;
  const row = rows[first]?.[last - first];
  const between = last - first < 2 ? [] : inside.slice(first + 1, last).flat();
  return [
    ...(begins[first] ?? []),
    ...(ends[last] ?? []),
    ...between,
    ...(row === undefined ? [] : [row]),
  ];
}
