/**
 * How well each candidate reads as the value of its parameter: what is seen of the request, the parameters and the candidates,
 * once for all networks, and what they think of it on average. Knows names; `network.ts` knows what they count.
 */
import {
  alikeBetween,
  alikeOfChoice,
  vectorOfParameter,
  vectorOfPiece,
  whereSaid,
} from "./alike.ts";
import type { Candidate } from "./candidate.ts";
import { Network, type Sighted, type Word } from "./network.ts";
import type { Piece } from "./pieces.ts";
import type { Parameter, Said } from "./stretch.ts";
import type { Rows } from "./sums.ts";
import { traitsBetween, traitsOfParameter, traitsOfPlace, traitsOfWord } from "./traits.ts";
import { type Learned, learnedOf, type Names } from "./weights.ts";

/** What sounds like an optional argument is rather one than nothing. */
export const OPTIONAL = 0.8;

/** A parameter with all that was found for it. */
interface Option {
  readonly one: Parameter;
  readonly found: readonly Candidate[];
}

let networks: readonly Network[] | undefined;

/** By parameter, each candidate with its points: above 0 it is likelier than that nothing was said. */
export function scored(options: readonly Option[], said: Said): readonly (readonly Candidate[])[] {
  const { names, networks: weights } = learnedOf();
  networks ??= weights.map((own) => new Network(own));
  const parameters = options.map(({ one }) => one);
  const all = options.map((option) => sightedIn(option, said, parameters, names));
  const words = said.pieces.map((piece, at) => wordAt(said, piece, at, names.words));
  const opinions = networks.map((network) => network.weigh(all, words));
  return all.map(({ one, found }, nth) => {
    const leaning = one.required ? 0 : OPTIONAL;
    return found.map((candidate, at) => {
      let sum = 0;
      for (const opinion of opinions)
        sum += (opinion[nth]?.points[at] ?? 0) - (opinion[nth]?.none ?? 0);
      const score = candidate.score + sum / opinions.length + leaning;
      return Object.assign({}, candidate, { score });
    });
  });
}

function sightedIn(
  { one, found }: Option,
  said: Said,
  parameters: readonly Parameter[],
  names: Learned["names"],
): Sighted {
  const [first, last] = [new Int32Array(found.length), new Int32Array(found.length)];
  const near = new Uint8Array(said.pieces.length);
  for (const [nth, candidate] of found.entries()) {
    const begin = whereSaid(one, said, candidate);
    first[nth] = begin;
    last[nth] = Math.max(begin, candidate.last);
    if (begin >= 0) near.fill(1, Math.max(0, begin - 1), (last[nth] ?? begin) + 2);
  }
  const seen = found.map((candidate) => seenOf(one, said, candidate, names.candidates));
  const between = said.pieces.map((piece, at) =>
    rowsIn(names.between, traitsBetween(one, said, at), alikeBetween(one, piece)),
  );
  const meaning = vectorOfParameter(one);
  const own = rowsOfParameter(one, parameters, names.parameters);
  return { one, found, own, meaning, between, seen, near, first, last };
}

function seenOf(one: Parameter, said: Said, candidate: Candidate, names: Names): Rows {
  const { names: own, times } = candidate.traits;
  const traits = own.map((name, at) => [name, times[at] ?? 1] as const);
  return rowsIn(names, [], [...traits, ...alikeOfChoice(one, said, candidate)]);
}

/** Tools come with every request. */
const parametersKnown = new WeakMap<Parameter, Rows>();

function rowsOfParameter(one: Parameter, all: readonly Parameter[], names: Names): Rows {
  const before = parametersKnown.get(one);
  if (before !== undefined) return before;
  const rows = rowsIn(names, traitsOfParameter(one, all));
  parametersKnown.set(one, rows);
  return rows;
}

/** Several tools read the same. */
const wordsKnown = new WeakMap<Piece, Pick<Word, "own" | "meaning">>();

function wordAt(said: Said, piece: Piece, at: number, names: Names): Word {
  let known = wordsKnown.get(piece);
  if (known === undefined) {
    known = { own: rowsIn(names, traitsOfWord(piece)), meaning: vectorOfPiece(piece) };
    wordsKnown.set(piece, known);
  }
  return { piece, placed: rowsIn(names, traitsOfPlace(said, piece, at)), ...known };
}

/** What of it has a vector. */
function rowsIn(
  names: Names,
  once: readonly string[],
  counted: readonly (readonly [string, number])[] = [],
): Rows {
  const rows: number[] = [];
  const times: number[] = [];
  const add = (name: string, count: number): void => {
    const row = names.find(name);
    if (row === undefined) return;
    rows.push(row);
    times.push(count);
  };
  for (const name of once) add(name, 1);
  for (const [name, count] of counted) add(name, count);
  return { rows, times };
}
