/**
 * What stands for the turns that have left the window: a few lines, written by the model or picked by rules. The rules
 * always succeed, so nothing ever waits for a summary. It knows exchanges, not windows.
 */
import type { Model } from "../ports.ts";
import type { ChatMessage } from "../../schemas/model.ts";
import { type Exchange, isQuestion, sentencesOf } from "./exchanges.ts";
import { estimateTokens } from "./window.ts";

/** Characters of one line of a summary. */
const LINE_CHARS_MAX = 160;

/** Characters of one side of an exchange that the model reads for a summary. */
const READ_CHARS_MAX = 1_200;

const INSTRUCTIONS =
  "You keep the notes of a conversation. Write down what is needed to go on with it: facts, names, numbers, dates, " +
  "decisions, what was done and what is still open. Short lines, in the language of the conversation. " +
  "Leave out greetings and whatever was only asked. Add nothing that was not said, and answer nothing.";

/** What is to be summarised. */
export interface Leaving {
  /** The summary so far; empty at first. */
  readonly before: string;
  /** Oldest first. */
  readonly exchanges: readonly Exchange[];
  readonly tokensMax: number;
}

/** Picks the lines that tell most. The same input gives the same lines. */
export function summariseByRules({ before, exchanges, tokensMax }: Leaving): string {
  const lines = [
    ...before.split("\n").filter((line) => line.trim() !== ""),
    ...exchanges.flatMap(linesOf),
  ];
  const unique = [...new Set(lines)];
  const ranked = unique
    .map((line, at) => ({ line, at, worth: worthOf(line) }))
    .toSorted((a, b) => b.worth - a.worth || b.at - a.at);
  const kept = new Set<string>();
  let tokens = 0;
  for (const { line } of ranked) {
    tokens += estimateTokens(line) + 1;
    if (tokens > tokensMax) break;
    kept.add(line);
  }
  return unique.filter((line) => kept.has(line)).join("\n");
}

/**
 * Asks the model, behind everybody else who wants something of it.
 *
 * @returns `undefined` when nothing usable came
 * @throws {MoultError} as `Model.generate()`
 */
export async function summariseByModel(
  model: Model,
  leaving: Leaving,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { tokensMax } = leaving;
  const messages = asking(leaving, model.status().contextTokens);
  if (messages === undefined) return undefined;
  let text = "";
  for await (const event of model.generate({ lane: "background", messages, tokensMax }, signal)) {
    if (event.type === "token") text += event.text;
    if (event.type !== "done") continue;
    if (event.finish !== "stop" && event.finish !== "length") return undefined;
    // The last line of one that was cut says half of something.
    const whole =
      event.finish === "stop" ? text : text.slice(0, Math.max(text.lastIndexOf("\n"), 0));
    return bounded(whole.trim(), tokensMax);
  }
  return undefined;
}

/** `undefined`: nothing of it fits. */
function asking(
  { before, exchanges, tokensMax }: Leaving,
  contextTokens: number,
): readonly ChatMessage[] | undefined {
  const texts = exchanges.map(
    ({ asked, said }) => `User: ${headOf(asked)}\nAssistant: ${headOf(said)}`,
  );
  // The newest matter most, should all of them not fit.
  const room = contextTokens - 2 * tokensMax - estimateTokens(INSTRUCTIONS) - 100;
  let tokens = 0;
  const from = texts.findLastIndex((text) => (tokens += estimateTokens(text)) > room) + 1;
  if (from === texts.length) return undefined;
  const parts = [
    ...(before === "" ? [] : [`The notes so far:\n${before}`]),
    `What was said since:\n${texts.slice(from).join("\n\n")}`,
    "Write the notes, old and new together.",
  ];
  return [
    { role: "system", content: INSTRUCTIONS },
    { role: "user", content: parts.join("\n\n") },
  ];
}

function headOf(text: string): string {
  return text.length <= READ_CHARS_MAX ? text : `${text.slice(0, READ_CHARS_MAX)}…`;
}

function bounded(text: string, tokensMax: number): string | undefined {
  if (text === "") return undefined;
  if (estimateTokens(text) <= tokensMax) return text;
  return summariseByRules({ before: sentencesOf(text).join("\n"), exchanges: [], tokensMax });
}

/** Sentences of an exchange that may tell something. What was asked does not. */
function linesOf({ asked, said }: Exchange): readonly string[] {
  const own = sentencesOf(asked).filter((sentence) => !isQuestion(sentence));
  const answer = sentencesOf(said).slice(0, 2);
  return [
    ...own.map((sentence) => `User: ${sentence}`),
    ...answer.map((sentence) => `Assistant: ${sentence}`),
  ].map((line) => line.replaceAll(/\s+/gu, " ").slice(0, LINE_CHARS_MAX));
}

/** What makes a line worth keeping. */
const WORTH: readonly (readonly [RegExp, number])[] = [
  [
    /\b(?:remember|decid|agree|promis|deadline|appointment|always|never|must|prefer|allerg)|记住|决定|同意|必须|约好|喜欢|过敏|总是|从不/iu,
    3,
  ],
  [/\d/u, 2],
  [/\b(?:my|our|I'm|I am|we are|is called|named)\b|我的|我们|我是|叫|名字/iu, 2],
  // A name: a capital that begins no sentence.
  [/(?<=\p{Ll},? )\p{Lu}\p{Ll}+/u, 1],
  [/\b(?:is|are|was|were|will|costs?|lives?|works?)\b|是|在|有/iu, 1],
  [/^User: /u, 1],
];

function worthOf(line: string): number {
  return WORTH.reduce((sum, [sign, worth]) => sum + (sign.test(line) ? worth : 0), 0);
}
