/**
 * What was said earlier in a session and is asked for again: the exchanges that fit a message clearly better than
 * what the model sees anyway. By words alone, in any language; no model is asked.
 */
import type { Found, HistoryItem, Store } from "../ports.ts";
import { type Exchange, exchangesIn, isQuestion, sentencesOf } from "./exchanges.ts";
import { termsAskedFor, termsIn } from "./search_terms.ts";
import { estimateTokens } from "./window.ts";

/** Terms of a message that are sought. Of a long one its beginning and its end. */
const TERMS_MAX = 24;
const TERMS_TOLD_MAX = 8;

/** Exchanges that are compared more closely. */
const COMPARED_MAX = 8;

/** Share of the message's words, weighed by how rare they are, that an exchange has to hold. */
const COVERAGE_MIN = 0.45;

/** What a word counts in it that no earlier exchange holds: another word may have been used for it. */
const UNHEARD = 0.35;

/** How much better than the best one in the window it has to be. */
const BETTER_THAN_WINDOW = 1.2;

/** Share of the best one's score that the others have to reach. */
const BESIDE_BEST = 0.7;

/** What its words are worth together, in words that only one exchange holds. Common words alone find nothing. */
const EVIDENCE_MIN = 0.8;

/** A word is worth this much where it was only asked about. */
const ASKED_ABOUT = 0.5;

/** Tokens that are shown of either side of an exchange, and the share of all that one side may take. */
const SHOWN_TOKENS_MAX = 120;
const SHOWN_SHARE = 0.4;

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

/** What was brought back. */
export interface Recalled {
  /** What fits a message, oldest first, cut to what matters of it. */
  readonly exchanges: readonly Exchange[];
  /** What the user has told that answers the message, as far as words can say, whether or not the window holds it. */
  readonly told?: string;
}

/** Nothing was. */
export const NOTHING_RECALLED: Recalled = { exchanges: [] };

/** Brings back what fits a message. @throws {MoultError} as `Store.search()` */
export async function recalled(store: Store, recall: Recall): Promise<Recalled> {
  const terms = soughtIn(recall.text);
  const before = recall.window[0]?.turn;
  if (terms.length === 0) return NOTHING_RECALLED;
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
  const each = Math.min(SHOWN_TOKENS_MAX, recall.tokensMax * SHOWN_SHARE);
  for (const { turn, asked, said } of fits) {
    const shown = { turn, asked: excerpt(asked, words, each), said: excerpt(said, words, each) };
    tokens += estimateTokens(quoted([shown]));
    if (taken.length === recall.exchangesMax || tokens > recall.tokensMax) break;
    taken.push(shown);
  }
  const order = new Map(found.exchanges.map(({ turn, at }) => [turn, at]));
  const exchanges = taken.toSorted((a, b) => (order.get(a.turn) ?? 0) - (order.get(b.turn) ?? 0));
  const told = isQuestion(recall.text.trim())
    ? toldIn([...exchanges, ...exchangesIn(recall.window)], weights, found)
    : undefined;
  return { exchanges, ...(told === undefined ? {} : { told }) };
}

/** What begins an order, or asks for something: nobody tells a fact like that. */
const REQUEST =
  /^(?:please|can|could|would|let|set|turn|switch|display|view|print|get|fetch|dim|raise|lower|increase|decrease|add|note|remember|save|order|buy|check|wake|schedule|remind|convert|translate|calculate|play|pause|open|close|lock|unlock|show|list|tell|give|find|search|look|send|write|read|start|stop|make|put|summari[sz]e|delete|remove|cancel|book|call)\b|^(?:请|帮|把|给我|打开|关|开|提醒|设|查|算|翻译|播放|添加|删|读|写|发|列|总结)/iu;

/**
 * The newest of the user's sentences that holds most of what a question asks about. Here a word that was never heard
 * counts in full: the sentence is to be an answer, not a hint. Pairs of characters are no words, and do not.
 */
function toldIn(
  exchanges: readonly Exchange[],
  weights: Weights,
  { holders }: Found,
): string | undefined {
  let all = 0;
  for (const [term, weight] of weights)
    all += holders.has(term) || !/^[a-z\d]+$/.test(term) ? weight : weight / UNHEARD;
  let best: string | undefined;
  let most = all * COVERAGE_MIN;
  for (const sentence of exchanges.flatMap(({ asked }) => sentencesOf(asked))) {
    if (isQuestion(sentence) || REQUEST.test(sentence)) continue;
    const score = scoreOf({ turn: "", asked: sentence, said: "" }, weights);
    if (score < most) continue;
    most = score;
    best = sentence;
  }
  return best;
}

/** Exchanges as they stand before a message. */
export function quoted(exchanges: readonly Exchange[]): string {
  const lines = exchanges.flatMap(({ asked, said }) => [`User: ${asked}`, `Assistant: ${said}`]);
  const marked = lines.flatMap((line) => line.split("\n")).map((line) => `> ${line}`);
  return `Earlier in this conversation:\n${marked.join("\n")}\n\n`;
}

/** Of a message that asks and tells, what it asks. One that only tells seldom needs what was said before. */
function soughtIn(text: string): readonly string[] {
  const questions = sentencesOf(text).filter(isQuestion);
  const asks = questions.length > 0;
  const terms = termsAskedFor(asks ? questions.join(" ") : text);
  const most = asks ? TERMS_MAX : TERMS_TOLD_MAX;
  if (terms.length <= most) return terms;
  return [...terms.slice(0, most / 2), ...terms.slice(-most / 2)];
}

type Weights = ReadonlyMap<string, number>;

/** What each term is worth: the fewer exchanges hold it, the more. */
function weigh(terms: readonly string[], { total, holders }: Found): Weights {
  return new Map(
    terms.map((term) => {
      const count = holders.get(term);
      return [
        term,
        count === undefined ? UNHEARD * Math.log(1 + total / 2) : Math.log(1 + total / count),
      ];
    }),
  );
}

/** The exchanges that fit, the best first; of those that ask the same only the newest. */
function fitting<E extends Exchange>(
  found: readonly E[],
  window: readonly Exchange[],
  weights: Weights,
): readonly E[] {
  if (found.length === 0) return [];
  const all = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const unique = Math.max(...weights.values(), 0);
  const scored = found
    .map((exchange) => ({ exchange, score: scoreOf(exchange, weights) }))
    .toSorted((a, b) => b.score - a.score || (a.exchange.turn < b.exchange.turn ? 1 : -1));
  const best = scored[0]?.score ?? 0;
  const seen = Math.max(0, ...window.map((exchange) => roughScoreOf(exchange, weights)));
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
  return sumOf(weights, asked, {
    isTold: (term) => told.has(term),
    isSought: (term) => sought.has(term),
  });
}

/** The same, a little too high now and then, for the many exchanges of a window: words are looked for as they stand. */
function roughScoreOf({ asked, said }: Exchange, weights: Weights): number {
  const told = said.toLowerCase();
  const sought = asked.toLowerCase();
  return sumOf(weights, asked, {
    isTold: (term) => told.includes(term),
    isSought: (term) => sought.includes(term),
  });
}

function sumOf(
  weights: Weights,
  asked: string,
  { isTold, isSought }: Readonly<Record<"isTold" | "isSought", (term: string) => boolean>>,
): number {
  const worth = isQuestion(asked.trim()) ? ASKED_ABOUT : 1;
  let score = 0;
  for (const [term, weight] of weights) {
    if (isTold(term)) score += weight;
    else if (isSought(term)) score += weight * worth;
  }
  return score;
}

/** The sentences of a text around the one that has most of the words. */
function excerpt(text: string, words: ReadonlySet<string>, tokensMax: number): string {
  if (estimateTokens(text) <= tokensMax) return text;
  const sentences = sentencesOf(text).map((sentence) => cutTo(sentence, tokensMax));
  const hits = sentences.map((one) => new Set(termsIn(one).filter((term) => words.has(term))).size);
  let first = hits.indexOf(Math.max(...hits));
  let end = first + 1;
  let room = tokensMax - estimateTokens(sentences[first] ?? "");
  for (let grown = true; grown;) {
    grown = false;
    for (const at of [end, first - 1]) {
      const sentence = sentences[at];
      const tokens = sentence === undefined ? Infinity : estimateTokens(sentence) + 1;
      if (tokens > room) continue;
      room -= tokens;
      grown = true;
      if (at === end) end++;
      else first--;
    }
  }
  const shown = sentences.slice(first, end).join(" ");
  return `${first > 0 ? "… " : ""}${shown}${end < sentences.length ? " …" : ""}`;
}

function cutTo(sentence: string, tokensMax: number): string {
  const tokens = estimateTokens(sentence);
  if (tokens <= tokensMax) return sentence;
  return `${sentence.slice(0, Math.floor((sentence.length * tokensMax) / tokens) - 1)}…`;
}
