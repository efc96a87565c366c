/**
 * Which part of a session the model sees. Whole exchanges only, so that a call never loses its result.
 *
 * The window's beginning stays where it is while everything fits, and then jumps: a window that slid with every
 * turn would change the prompt right behind the system text, and nothing of the K/V cache could be used again.
 */
import type { HistoryItem } from "../ports.ts";
import type { ChatMessage } from "../../schemas/model.ts";

/** Share of the budget that is filled after a jump. */
const FILLED_AFTER_JUMP = 0.6;

/** Tokens of chat markup around one message. */
const MESSAGE_TOKENS = 5;

/** A careful guess at the number of tokens: 3.5 characters of Latin script, or one of any other. */
export function estimateTokens(text: string): number {
  let other = 0;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x2ff) other++;
  return Math.ceil((text.length - other) / 3.5) + other;
}

/** Items never change, and each is counted again in every turn of its session. */
const counted = new WeakMap<ChatMessage | HistoryItem, number>();

/** The same for a message with its calls. */
export function messageTokens(message: ChatMessage | HistoryItem): number {
  let tokens = counted.get(message);
  if (tokens === undefined) {
    tokens = count(message);
    counted.set(message, tokens);
  }
  return tokens;
}

function count(message: ChatMessage | HistoryItem): number {
  const calls = "toolCalls" in message ? message.toolCalls : undefined;
  const callText = calls === undefined ? "" : JSON.stringify(calls);
  return MESSAGE_TOKENS + estimateTokens(message.content) + estimateTokens(callText);
}

/** What may be shown. */
export interface WindowLimits {
  readonly tokensMax: number;
  /** @default as many as fit */
  readonly exchangesMax?: number;
  /** Turn the last window of this session began with. */
  readonly anchor?: string | undefined;
}

/** The part of a session that is shown. */
export interface Window {
  readonly items: readonly HistoryItem[];
  /** Turn it begins with, for the next window; `undefined` when it is empty. */
  readonly anchor: string | undefined;
}

/** Chooses the newest exchanges that fit. @param items Oldest first. */
export function windowOf(items: readonly HistoryItem[], limits: WindowLimits): Window {
  const exchanges = toExchanges(items).slice(-(limits.exchangesMax ?? items.length));
  const anchored = exchanges.findIndex(({ turn }) => turn === limits.anchor);
  const first = Math.max(anchored, 0);
  const start =
    tokensFrom(exchanges, first) <= limits.tokensMax
      ? first
      : firstThatFits(exchanges, limits.tokensMax);
  const shown = exchanges.slice(start);
  return { items: shown.flatMap((exchange) => exchange.items), anchor: shown[0]?.turn };
}

interface Exchange {
  readonly turn: string;
  readonly items: HistoryItem[];
  tokens: number;
}

function toExchanges(items: readonly HistoryItem[]): readonly Exchange[] {
  const exchanges: Exchange[] = [];
  for (const item of items) {
    const last = exchanges.at(-1);
    const tokens = messageTokens(item);
    if (last?.turn === item.turn) {
      last.items.push(item);
      last.tokens += tokens;
      // The oldest exchange may have been cut where it was read; half of one is not shown.
    } else if (item.role === "user") {
      exchanges.push({ turn: item.turn, items: [item], tokens });
    }
  }
  return exchanges;
}

function tokensFrom(exchanges: readonly Exchange[], start: number): number {
  return exchanges.slice(start).reduce((sum, { tokens }) => sum + tokens, 0);
}

function firstThatFits(exchanges: readonly Exchange[], tokensMax: number): number {
  let start = exchanges.length;
  let tokens = 0;
  while (start > 0) {
    tokens += exchanges[start - 1]?.tokens ?? 0;
    const isNewest = start === exchanges.length;
    // The newest exchange may fill the window alone: without it, "and there?" means nothing.
    if (tokens > (isNewest ? tokensMax : tokensMax * FILLED_AFTER_JUMP)) break;
    start--;
  }
  return start;
}

/** A stored item as the model sees it. */
export function toMessage(item: HistoryItem): ChatMessage {
  const { role, content, toolCalls } = item;
  if (role === "tool") return { role, content, id: item.id ?? "", name: item.name ?? "" };
  if (role === "user") return { role, content };
  return toolCalls === undefined ? { role, content } : { role, content, toolCalls };
}
