/** Several values in a row, as "milk, eggs and bread". Knows where one ends and the next begins. */
import type { Candidate } from "./candidate.ts";
import type { Piece } from "./pieces.ts";
import { isPlain, LEADS } from "./plain_words.ts";
import type { Said } from "./stretch.ts";

/** What each more item counts: no request that is learned from has a list. */
const ITEM = 5;
/** No list is longer. */
const ITEMS_MAX = 24;
const ARTICLE = /^(?:a|an|the|my|our|some)$/u;
const AND = /^(?:and|&|plus|和|以及|还有|跟|与)$/u;

/** Lists that begin with one of these values. */
export function lists(said: Said, firsts: readonly Candidate[]): readonly Candidate[] {
  const says = ({ first, last }: Candidate): boolean =>
    said.content.slice(first, last + 1).includes(true);
  return firsts.filter(says).map(({ value, first, last, traits }) => {
    const items = [value];
    let end = last;
    for (let next = nextOf(said, end); next !== undefined && items.length < ITEMS_MAX;) {
      items.push(next.value);
      end = next.last;
      next = nextOf(said, end);
    }
    return { value: items, first, last: end, traits, score: ITEM * (items.length - 1) };
  });
}

/** The item after the one that ends there. */
function nextOf(
  { pieces, texts }: Said,
  end: number,
): { readonly value: string; readonly last: number } | undefined {
  const first = startOf(pieces, end);
  const begin = pieces[first];
  if (begin === undefined || begin.source !== pieces[end]?.source) return undefined;
  if (!mayBegin(begin.bare)) return undefined;
  const last = lastOf(pieces, first);
  const text = texts[begin.source] ?? "";
  return { value: text.slice(begin.from, pieces[last]?.to), last };
}

/** Where an item would begin; -1 = neither a mark nor an "and" leads to one. */
function startOf(pieces: readonly Piece[], end: number): number {
  if (AND.test(pieces[end + 1]?.bare ?? "")) return end + 2;
  return pieces[end]?.closes === true ? end + 1 : -1;
}

function lastOf(pieces: readonly Piece[], first: number): number {
  let last = first;
  while (pieces[last]?.closes === false && !isEnd(pieces[last + 1]?.bare ?? "")) last++;
  return last;
}

function mayBegin(bare: string): boolean {
  return ARTICLE.test(bare) || !isEnd(bare);
}

function isEnd(bare: string): boolean {
  return bare === "" || AND.test(bare) || LEADS.has(bare) || isPlain(bare);
}
