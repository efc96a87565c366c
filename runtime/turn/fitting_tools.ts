/**
 * The few tools that a very small model is shown: those whose words fit the request, and none when nothing fits.
 *
 * Finding the tool is what such a model is worst at and what words alone do well; it is left to say whether one is to be
 * called and with what. It knows messages and tools, no model.
 */
import { type Compared, rankTools, termsOf } from "./tool_choice.ts";
import type { ChatMessage, ToolSpec } from "../../schemas/model.ts";

/** What is so much worse than the best fit, as a share of its score, is left out. */
const REACH = 0.1;
/** More than this only confuse the choice. */
const TOOLS_MAX = 4;
/** With less than this nothing fits. One rare word of a description has more. */
const SCORE_MIN = 1.5;
/** What a reading counts beside shared words. */
const READING_SHARE = 0.7;
/** A message of at most so many words may leave out what the one before it said: "and in Rome?". */
const ELLIPTIC_WORDS_MAX = 5;
/** What the message before counts for then. */
const BEFORE_SHARE = 0.5;
/** Asked about the tools themselves, all are shown. */
const ABOUT_TOOLS =
  /\b(?:tools?|functions?|skills|capabilities|help)\b|工具|功能|会什么|能做什么|帮助/iu;

const CODE = /\b[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+\b/gu;

/** What fits a request. */
export interface Fitting {
  /** In their order; those already called for it are always among them. */
  readonly tools: readonly ToolSpec[];
  /** How much speaks for a call of the best one, from 0. `undefined` = words can not tell. */
  readonly score: number | undefined;
}

/**
 * The tools for what was asked last.
 *
 * @param reading How well what was said reads as the arguments of a tool
 */
export function fittingTools(
  tools: readonly ToolSpec[],
  messages: readonly ChatMessage[],
  reading: (tool: ToolSpec) => number = () => 0,
): Fitting {
  const asked = lastUser(messages);
  const text = withoutCodes(messages[asked]?.content ?? "", tools);
  if (tools.length === 0 || termsOf(text).length === 0 || ABOUT_TOOLS.test(text))
    return { tools, score: undefined };
  const kept = new Set(calledIn(messages.slice(asked)));
  const words = scoresOf(text, tools);
  if (text.trim().split(/\s+/u).length <= ELLIPTIC_WORDS_MAX) {
    const earlier = messages.slice(0, asked);
    addBefore(words, kept, earlier.slice(lastUser(earlier)), tools);
  }
  const fits = tools.map((tool) => {
    const [score, read] = [words.get(tool.name) ?? 0, READING_SHARE * reading(tool)];
    // What lacks an argument is asked for: it speaks against the tool beside others, not against a call.
    return { name: tool.name, score: score + read, due: score + Math.max(0, read) };
  });
  const ranked = fits.toSorted((a, b) => b.score - a.score).slice(0, TOOLS_MAX);
  const [best = { score: 0, due: 0 }] = ranked;
  const scoreMin = best.due >= SCORE_MIN ? best.score - Math.abs(best.score) * REACH : Infinity;
  for (const { name, score } of ranked) if (score >= scoreMin) kept.add(name);
  return { tools: tools.filter(({ name }) => kept.has(name)), score: best.due };
}

/** Names of files and tables have words in them that ask for nothing. Those of tools stay. */
function withoutCodes(text: string, tools: readonly ToolSpec[]): string {
  const names = new Set(tools.map(({ name }) => name));
  const rest = text.replaceAll(CODE, (code) => (names.has(code) ? code : " "));
  return termsOf(rest).length > 0 ? rest : text;
}

/** Counts what the exchange before was about, too. */
function addBefore(
  scores: Map<string, number>,
  kept: Set<string>,
  exchange: readonly ChatMessage[],
  tools: readonly ToolSpec[],
): void {
  if (exchange[0]?.role !== "user") return;
  for (const [name, score] of scoresOf(exchange[0].content, tools))
    scores.set(name, (scores.get(name) ?? 0) + BEFORE_SHARE * score);
  for (const name of calledIn(exchange)) kept.add(name);
}

function lastUser(messages: readonly ChatMessage[]): number {
  return messages.findLastIndex(({ role }) => role === "user");
}

function calledIn(messages: readonly ChatMessage[]): readonly string[] {
  return messages.flatMap((message) =>
    message.role === "assistant" ? (message.toolCalls ?? []).map(({ name }) => name) : [],
  );
}

function scoresOf(text: string, tools: readonly ToolSpec[]): Map<string, number> {
  const ranked = rankTools(text, tools.map(candidateOf));
  return new Map(ranked.map(({ name, score }) => [name, score]));
}

/** What is known of tools by what they say of themselves; the same tools come with every request. */
const candidates = new Map<string, Compared>();
const CANDIDATES_MAX = 256;

function candidateOf({ name, description, parameters }: ToolSpec): Compared {
  const key = JSON.stringify([name, description, parameters]);
  const known = candidates.get(key);
  if (known !== undefined) return known;
  if (candidates.size >= CANDIDATES_MAX) candidates.clear();
  const candidate = { name, manifest: { description, examples: [], input: parameters } };
  candidates.set(key, candidate);
  return candidate;
}
