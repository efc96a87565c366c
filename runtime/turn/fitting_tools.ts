/**
 * The few tools that a very small model is shown: those whose words fit the request, and none when nothing fits.
 *
 * Finding the tool is what such a model is worst at and what words alone do well; it is left to say whether one is to be
 * called and with what. It knows messages and tools, no model.
 */
import { agreements, type Matching, type Reading } from "./agreement.ts";
import { scoreOf } from "./agreement_weights.ts";
import { termsOf } from "./tool_choice.ts";
import type { ChatMessage, ToolSpec } from "../../schemas/model.ts";

/** What is so much less likely than the best fit is left out: log-odds. */
const REACH = 0.2;
/** Of how many tools the arguments are read to choose among them. */
const READ_MAX = 6;
/** More than this only confuse the choice. */
const TOOLS_MAX = 3;
/** With less than this nothing fits: log-odds of a call. */
const SCORE_MIN = -1;
/** A sum, a file's name, an address or "remember that" says for which of the tools it is, if one is called so; strangers seldom ask so, so it is not learnt. */
const PLAIN_SHAPES: readonly (readonly [said: RegExp, name: RegExp, worth: number])[] = [
  [
    /\d\s*(?:[+*×÷^x]|\s[-/]\s|plus|minus|times|divided by|multiplied by|to the power|乘以|除以)\s*\(?\d|\broot of \d|\d ?(?:%|percent|per cent) of \d/iu,
    /calc|math|arithm|evaluat|计算/iu,
    1.5,
  ],
  [
    /[\w-]\.(?:txt|md|pdf|csv|json|ya?ml|log|docx?|xlsx?|ods|tex|html?)\b/iu,
    /file|folder|document|文件/iu,
    1.5,
  ],
  [
    /^(?:please |hey |ok |okay )?(?:write|mail|e-?mail|send|forward|reply|answer)\b.*[\w.+-]@[\w-]+\.\w/iu,
    /mail|letter|message/iu,
    2,
  ],
  [
    /^(?:please |hey |ok |okay )?(?:remember(?:[:,]| that (?!time|day|night|when))|note(?::| that| down)|(?:write|jot) down|(?:make|take) a note)|^(?:请|帮我)?(?:记住|记下|记一下)/iu,
    /^(?!.*(?:search|find|list|get|read|show|delete)).*(?:note|memo|jot|笔记|备忘)/iu,
    3,
  ],
];
/** Who says so only talks, whatever tools keep or find. */
const REMINISCES =
  /^(?:do you |can you )?remember (?:that (?:time|day|night|summer|winter)|the (?:time|day|night) (?:we|when)|when (?:we|i)\b)|^(?:你)?还?记得(?:那次|那天|那年|我们)/iu;
const REMINISCES_LESS = 4;
/** A message of at most so many words may leave out what the one before it said: "and in Rome?". */
const ELLIPTIC_WORDS_MAX = 5;
/** How much less it counts what the message before was about: log-odds. */
const BEFORE_LESS = 0.5;
/** Asked about the tools themselves, all are shown. */
const ABOUT_TOOLS =
  /\b(?:what|which|list|show|your|any|have)\b.*\b(?:tools?|functions?|skills|capabilities)\b|\bwhat (?:else )?can you\b|\bhow can you help\b|^help[.!?]*$|你.*(?:工具|功能)|会什么|能做什么|能帮我做什么/iu;

const CODE = /\b[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+\b/gu;

/** What fits a request. */
export interface Fitting {
  /** In their order; those already called for it are always among them. */
  readonly tools: readonly ToolSpec[];
  /** How much speaks for a call: log-odds of the best one. `undefined` = words can not tell. */
  readonly score: number | undefined;
}

/**
 * The tools for what was asked last.
 *
 * @param reading How what was said reads as the arguments of a tool
 */
export function fittingTools(
  tools: readonly ToolSpec[],
  messages: readonly ChatMessage[],
  reading: (tool: ToolSpec) => Reading | undefined = () => undefined,
): Fitting {
  const asked = lastUser(messages);
  const text = withoutCodes(messages[asked]?.content ?? "", tools);
  if (tools.length === 0 || termsOf(text).length === 0 || ABOUT_TOOLS.test(text))
    return { tools, score: undefined };
  const kept = new Set(calledIn(messages.slice(asked)));
  const likely = likeliest(text, tools);
  const read = new Map(likely.map((tool) => [tool, reading(tool)]));
  const readOf = (tool: ToolSpec): Reading | undefined => read.get(tool);
  const scores = scoresOf(text, tools, readOf).map((score, at) => {
    const tool = tools[at];
    return tool !== undefined && read.has(tool) ? score : -Infinity;
  });
  if (text.trim().split(/\s+/u).length <= ELLIPTIC_WORDS_MAX) {
    const earlier = messages.slice(0, asked);
    addBefore(scores, kept, earlier.slice(lastUser(earlier)), (said) =>
      scoresOf(said, tools, readOf),
    );
  }
  const most = Math.max(...scores);
  const ranked = tools
    .map(({ name }, at) => ({ name, score: scores[at] ?? 0 }))
    .toSorted((a, b) => b.score - a.score)
    .slice(0, TOOLS_MAX);
  if (most >= SCORE_MIN)
    for (const { name, score } of ranked) if (score >= most - REACH) kept.add(name);
  return { tools: tools.filter(({ name }) => kept.has(name)), score: most };
}

/** The tools whose arguments are worth reading: by words alone they could be meant. Reading takes most of the time. */
export function likeliest(
  text: string,
  tools: readonly ToolSpec[],
  matching?: Matching,
): readonly ToolSpec[] {
  if (tools.length <= READ_MAX) return tools;
  const scores = scoresOf(text, tools, () => undefined, matching);
  return tools
    .map((tool, at) => ({ tool, score: scores[at] ?? 0 }))
    .toSorted((a, b) => b.score - a.score)
    .slice(0, READ_MAX)
    .map(({ tool }) => tool);
}

/** Counts what the exchange before was about, too. */
function addBefore(
  scores: number[],
  kept: Set<string>,
  exchange: readonly ChatMessage[],
  scoresOfText: (text: string) => readonly number[],
): void {
  if (exchange[0]?.role !== "user") return;
  for (const [at, score] of scoresOfText(exchange[0].content).entries())
    scores[at] = Math.max(scores[at] ?? 0, score - BEFORE_LESS);
  for (const name of calledIn(exchange)) kept.add(name);
}

/** Log-odds of a call, by tool. */
function scoresOf(
  text: string,
  tools: readonly ToolSpec[],
  reading: (tool: ToolSpec) => Reading | undefined,
  matching?: Matching,
): number[] {
  const [, called, worth = 0] =
    PLAIN_SHAPES.find(
      ([said, own]) => said.test(text) && tools.some(({ name }) => own.test(name)),
    ) ?? [];
  const less = REMINISCES.test(text) ? REMINISCES_LESS : 0;
  return agreements(text, tools, reading, matching).map((agreement, at) => {
    const isCalled = called?.test(tools[at]?.name ?? "") === true;
    return scoreOf(agreement) + (isCalled ? worth : -worth) - less;
  });
}

/** A request without names of files and tables: their words ask for nothing. Those of tools stay. */
export function withoutCodes(text: string, tools: readonly ToolSpec[]): string {
  const names = new Set(tools.map(({ name }) => name));
  const rest = text.replaceAll(CODE, (code) => (names.has(code) ? code : " "));
  return termsOf(rest).length > 0 ? rest : text;
}

function lastUser(messages: readonly ChatMessage[]): number {
  return messages.findLastIndex(({ role }) => role === "user");
}

function calledIn(messages: readonly ChatMessage[]): readonly string[] {
  return messages.flatMap((message) =>
    message.role === "assistant" ? (message.toolCalls ?? []).map(({ name }) => name) : [],
  );
}
