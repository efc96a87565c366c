/**
 * What the model sees of a session that no longer fits: the window, and before it the head: pinned facts and a
 * summary of what has left. The head changes only when the window moves on, so that between two moves every prompt
 * begins as the one before it did.
 */
import type { HistoryItem } from "../ports.ts";
import type { ChatMessage } from "../../schemas/model.ts";
import type { SessionContext, Summary } from "../../schemas/session.ts";
import { exchangesIn } from "./exchanges.ts";
import { summariseByRules } from "./summary.ts";
import { estimateTokens, messageTokens, windowOf } from "./window.ts";

/** Share of the context that a summary and pinned facts get at most, and their bounds in tokens. */
const SUMMARY_SHARE = 1 / 12;
const SUMMARY_TOKENS_MAX = 600;
const PINNED_SHARE = 1 / 16;
const PINNED_TOKENS_MAX = 600;

/** Tokens of the words around them. */
const FRAME_TOKENS = 40;

/** A window filled so far gets its next summary made ahead; what that leaves behind fills so much of it. */
const FULL = 0.7;
const FILLED_AFTER = 0.4;

/** Tokens that parts of the head may have. */
export interface HeadLimits {
  readonly summary: number;
  readonly pinned: number;
}

/** What fits a context of this many tokens. */
export function headLimits(contextTokens: number): HeadLimits {
  return {
    summary: Math.min(SUMMARY_TOKENS_MAX, Math.floor(contextTokens * SUMMARY_SHARE)),
    pinned: Math.min(PINNED_TOKENS_MAX, Math.floor(contextTokens * PINNED_SHARE)),
  };
}

/** A session as it is shown. */
export interface Fitted {
  readonly window: readonly HistoryItem[];
  readonly head: readonly ChatMessage[];
  /** The summary that the window has moved on to in this turn; its turns are not counted yet. */
  readonly movedTo?: Omit<Summary, "turns">;
}

/** Fits a session into so many tokens, head included. @param items Oldest first. */
export function fitted(
  items: readonly HistoryItem[],
  context: SessionContext,
  limits: { readonly tokensMax: number; readonly head: HeadLimits },
): Fitted {
  const { summary } = context;
  const after = itemsAfter(items, summary);
  const head = headOf(after, context, limits.head);
  const { items: window } = windowOf(after, { tokensMax: limits.tokensMax - tokensOf(head) });
  if (window.length === wholeOf(after)) return { window, head };
  return moved(after, context, limits);
}

/** What the summary does not stand for. */
export function itemsAfter(
  items: readonly HistoryItem[],
  summary: Pick<Summary, "reaches"> | undefined,
): readonly HistoryItem[] {
  const last = items.findLastIndex(({ turn }) => turn === summary?.reaches);
  return items.slice(last + 1);
}

/** Exchanges that a summary should be made of ahead, and the turn it would reach. */
export function leavingSoon(
  items: readonly HistoryItem[],
  context: SessionContext,
  tokensMax: number,
): { readonly leaving: readonly HistoryItem[]; readonly reaches: string } | undefined {
  const after = itemsAfter(items, context.summary);
  if (usable(after, context) !== undefined || tokensOf(after) < tokensMax * FULL) return undefined;
  const { items: left } = windowOf(after, { tokensMax: tokensMax * FILLED_AFTER });
  const leaving = after.slice(0, after.length - left.length);
  const reaches = leaving.at(-1)?.turn;
  return reaches === undefined ? undefined : { leaving, reaches };
}

/** Moves the window on: to where the summary made ahead reaches, and as far beyond as it must. */
function moved(
  items: readonly HistoryItem[],
  context: SessionContext,
  limits: { readonly tokensMax: number; readonly head: HeadLimits },
): Fitted {
  const { summary, pinned } = context;
  const made = usable(items, context);
  const rest = itemsAfter(items, made);
  const headMax = limits.head.summary + limits.head.pinned + FRAME_TOKENS;
  const { items: window } = windowOf(rest, { tokensMax: limits.tokensMax - headMax });
  const left = rest.slice(0, wholeOf(rest) === window.length ? 0 : rest.length - window.length);
  const next = left.length === 0 && made !== undefined ? made : ruled(left, made ?? summary);
  const version = (summary?.version ?? 0) + 1;
  const movedTo = { ...next, version };
  const head = headOf(window, { pinned, summary: { ...movedTo, turns: 0 } }, limits.head);
  return { window, head, movedTo };

  function ruled(
    leaving: readonly HistoryItem[],
    before: Summary | undefined,
  ): Omit<Summary, "turns" | "version"> {
    const exchanges = exchangesIn(leaving);
    const tokensMax = limits.head.summary;
    const text = summariseByRules({ before: before?.text ?? "", exchanges, tokensMax });
    return { reaches: leaving.at(-1)?.turn ?? "", text, by: "rules" };
  }
}

/** The summary made ahead, if it belongs to what is there. */
function usable(
  items: readonly HistoryItem[],
  { summary, summaryNext }: SessionContext,
): Summary | undefined {
  if (summaryNext?.version !== (summary?.version ?? 0) + 1) return undefined;
  return items.some(({ turn }) => turn === summaryNext.reaches) ? summaryNext : undefined;
}

/** Items of whole exchanges: the oldest one may have been cut where it was read. */
function wholeOf(items: readonly HistoryItem[]): number {
  const first = items.findIndex(({ role }) => role === "user");
  return first === -1 ? 0 : items.length - first;
}

/** Pinned facts and the summary, as an exchange: no template refuses one, and the tools before it stay as they are. */
function headOf(
  window: readonly HistoryItem[],
  { pinned, summary }: SessionContext,
  limits: HeadLimits,
): readonly ChatMessage[] {
  const inSight = new Set(window.map(({ turn }) => turn));
  const kept = newestWithin(
    pinned.flatMap(({ turn, text }) => (inSight.has(turn) ? [] : [`- ${text}`])),
    limits.pinned,
  );
  const parts = [
    ...(kept.length === 0 ? [] : [`Keep in mind:\n${kept.join("\n")}`]),
    ...(summary === undefined || summary.text === ""
      ? []
      : [`What was said before, in short:\n${summary.text}`]),
  ];
  if (parts.length === 0) return [];
  return [
    { role: "user", content: parts.join("\n\n") },
    { role: "assistant", content: "OK." },
  ];
}

function newestWithin(lines: readonly string[], tokensMax: number): readonly string[] {
  let tokens = 0;
  const from = lines.findLastIndex((line) => (tokens += estimateTokens(line) + 1) > tokensMax) + 1;
  return lines.slice(from);
}

/** Tokens of messages or items together. */
export function tokensOf(messages: readonly (ChatMessage | HistoryItem)[]): number {
  return messages.reduce((sum, message) => sum + messageTokens(message), 0);
}
