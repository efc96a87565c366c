/**
 * What was said earlier in a session and is asked for again: the exchanges that fit a message clearly better than
 * what the model sees anyway. By words alone, in any language; no model is asked.
 */
import type { Found, HistoryItem, Store } from "../ports.ts";
import { type Exchange, exchangesIn, isQuestion, sentencesOf } from "./exchanges.ts";
import { termsAskedFor, termsIn } from "./search_terms.ts";
import { estimateTokens } from "./window.ts";

/** Terms of a message that are sought. Of a long one its beginning and its end, where the question stands. */
const TERMS_MAX = 32;

/** Exchanges that are compared more closely. */
const COMPARED_MAX = 16;

/** Share of the message's words, weighed by how rare they are, that an exchange has to hold. */
const COVERAGE_MIN = 0.4;

/** How much better than the best one in the window it has to be. */
const BETTER_THAN_WINDOW = 1.2;

/** Share of the best one's score that the others have to reach. */
const BESIDE_BEST = 0.7;

/** What its words are worth together, in words that only one exchange holds. Common words alone find nothing. */
const EVIDENCE_MIN = 0.8;

/** A word is worth this much where it was only asked about. */
const ASKED_ABOUT = 0.5;

/** Characters that are shown of either side of an exchange. */
const SHOWN_CHARS_MAX = 400;

/** What is sought, and what for. */
export interface Recall {
  readonly session: string;
  /** The message. */
  readonly text: string;
  /** What the model sees anyway. */
  readonly window: readonly HistoryItem[];
  readonly tokensMax: number;
  readonly exchangesMax: number;
}

/** What fits a message, oldest first, cut to what matters of it. */
export async function recalled(store: Store, recall: Recall): Promise<readonly Exchange[]> {
  const terms = soughtIn(recall.text);
  const before = recall.window[0]?.turn;
  if (terms.length === 0) return [];
  const found = await store.search(recall.session, {
    terms,
    limit: COMPARED_MAX,
    ...(before === undefined ? {} : { before }),
  });
  const weights = weigh(terms, found);
  const fits = fitting(found.exchanges, exchangesIn(recall.window), weights);
  const words = new Set(weights.keys());
  const taken: Exchange[] = [];
  let tokens = 0;
  for (const { turn, asked, said } of fits) {
    const shown = { turn, asked: excerpt(asked, words), said: excerpt(said, words) };
    tokens += estimateTokens(quoted([shown]));
    if (taken.length === recall.exchangesMax || tokens > recall.tokensMax) break;
    taken.push(shown);
  }
  const order = new Map(found.exchanges.map(({ turn, at }) => [turn, at]));
  return taken.toSorted((a, b) => (order.get(a.turn) ?? 0) - (order.get(b.turn) ?? 0));
}

/** Exchanges as they stand before a message. */
export function quoted(exchanges: readonly Exchange[]): string {
  const lines = exchanges.flatMap(({ asked, said }) => [`User: ${asked}`, `Assistant: ${said}`]);
  const marked = lines.flatMap((line) => line.split("\n")).map((line) => `> ${line}`);
  return `Earlier in this conversation:\n${marked.join("\n")}\n\n`;
}

function soughtIn(text: string): readonly string[] {
  const terms = termsAskedFor(text);
  if (terms.length <= TERMS_MAX) return terms;
  return [...terms.slice(0, TERMS_MAX / 2), ...terms.slice(-TERMS_MAX / 2)];
}

type Weights = ReadonlyMap<string, number>;

/** What each term is worth: the fewer exchanges hold it, the more. One that none holds asks for something else. */
function weigh(terms: readonly string[], { total, holders }: Found): Weights {
  return new Map(terms.map((term) => [term, Math.log(1 + total / (holders.get(term) ?? 2))]));
}

/** The exchanges that fit, the best first; of those that ask the same only the newest. */
function fitting<E extends Exchange>(
  found: readonly E[],
  window: readonly Exchange[],
  weights: Weights,
): readonly E[] {
  const all = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const unique = Math.max(...weights.values(), 0);
  const scored = found
    .map((exchange) => ({ exchange, score: scoreOf(exchange, weights) }))
    .toSorted((a, b) => b.score - a.score || (a.exchange.turn < b.exchange.turn ? 1 : -1));
  const best = scored[0]?.score ?? 0;
  const seen = Math.max(0, ...window.map((exchange) => scoreOf(exchange, weights)));
  const least = Math.max(
    all * COVERAGE_MIN,
    unique * EVIDENCE_MIN,
    seen * BETTER_THAN_WINDOW,
    best * BESIDE_BEST,
  );
  const asked = new Set<string>();
  return scored.flatMap(({ exchange, score }) => {
    const question = exchange.asked.trim().toLowerCase();
    if (score < least || asked.has(question)) return [];
    asked.add(question);
    return [exchange];
  });
}

function scoreOf({ asked, said }: Exchange, weights: Weights): number {
  const told = new Set(termsIn(said));
  const sought = new Set(termsIn(asked));
  const worth = isQuestion(asked.trim()) ? ASKED_ABOUT : 1;
  let score = 0;
  for (const [term, weight] of weights) {
    if (told.has(term)) score += weight;
    else if (sought.has(term)) score += weight * worth;
  }
  return score;
}

/** The sentences of a text around the one that has most of the words. */
function excerpt(text: string, words: ReadonlySet<string>): string {
  if (text.length <= SHOWN_CHARS_MAX) return text;
  const sentences = sentencesOf(text).map((sentence) => sentence.slice(0, SHOWN_CHARS_MAX));
  const hits = sentences.map((one) => new Set(termsIn(one).filter((term) => words.has(term))).size);
  let first = hits.indexOf(Math.max(...hits));
  let end = first + 1;
  let room = SHOWN_CHARS_MAX - (sentences[first]?.length ?? 0);
  for (let grown = true; grown;) {
    grown = false;
    for (const at of [end, first - 1]) {
      const chars = (sentences[at]?.length ?? Infinity) + 1;
      if (chars > room) continue;
      room -= chars;
      grown = true;
      if (at === end) end++;
      else first--;
    }
  }
  const shown = sentences.slice(first, end).join(" ");
  return `${first > 0 ? "… " : ""}${shown}${end < sentences.length ? " …" : ""}`;
}
