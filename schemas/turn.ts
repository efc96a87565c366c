/** A turn as clients see it: its reply, its stream of events, its trace. */
import type { WireError } from "./error.ts";

/** How a turn ended. */
export type Outcome = "answered" | "refused" | "failed" | "cancelled";

/** Tokens and times of a turn, summed over its model calls. Times in milliseconds since the turn was accepted. */
export interface Usage {
  readonly promptTokens: number;
  /** Prompt tokens that were already in the K/V cache. */
  readonly cachedTokens: number;
  readonly completionTokens: number;
  /** Accepted → first token of text or of a tool call; 0 when no token came. */
  readonly firstTokenMs: number;
  readonly totalMs: number;
}

/** Of a turn that asked no model. */
export const NOTHING_USED: Usage = {
  promptTokens: 0,
  cachedTokens: 0,
  completionTokens: 0,
  firstTokenMs: 0,
  totalMs: 0,
};

/** One tool call of a turn. Either `output` or `error` is set once it ended. */
export interface ToolCallRecord {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly input: unknown;
  readonly output?: unknown;
  readonly error?: WireError;
  readonly ms: number;
}

/** The reply object of a turn. */
export interface Reply {
  readonly turn: string;
  readonly session: string;
  readonly outcome: Outcome;
  readonly reply: string;
  readonly toolCalls: readonly ToolCallRecord[];
  readonly usage: Usage;
}

/**
 * What happens during a turn, in order. `seq` counts from 1 within the turn; SSE ids are `<turn>:<seq>`.
 * A further `turn` says that the turn was begun again after a restart: its tokens come anew.
 */
export type TurnEvent = { readonly turn: string; readonly seq: number; readonly at: number } & (
  | { readonly type: "turn"; readonly session: string }
  | { readonly type: "queued"; readonly position: number; readonly etaMs?: number }
  | { readonly type: "token"; readonly text: string }
  | {
      readonly type: "tool_call";
      readonly id: string;
      readonly name: string;
      readonly input: unknown;
    }
  | {
      readonly type: "tool_result";
      readonly id: string;
      readonly name: string;
      readonly version: string;
      readonly output?: unknown;
      readonly error?: WireError;
      readonly ms: number;
    }
  | {
      readonly type: "question";
      readonly name: string;
      readonly version: string;
      readonly input: unknown;
    }
  /** The window has moved on: so many turns are now seen as a summary, written by the model or picked by rules. */
  | { readonly type: "compacted"; readonly turns: number; readonly by: "model" | "rules" }
  /** Earlier turns that the message brings back. */
  | { readonly type: "recalled"; readonly turns: readonly string[] }
  /** All that the session keeps in sight now, after the message has changed it. */
  | { readonly type: "pinned"; readonly pinned: readonly string[] }
  | { readonly type: "refusal"; readonly code: string; readonly message: string }
  | { readonly type: "done"; readonly reply: Reply }
  | { readonly type: "error"; readonly error: WireError }
);

/** An entry of a trace. Beyond the turn's events: `model` (prompt hash, tokens, queue/prefill/decode ms), `resumed`. */
export interface TraceEvent {
  readonly seq: number;
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly [field: string]: unknown;
}

/** `GET /api/turns/{turn}`. `outcome` and `reply` are absent while the turn runs. */
export interface Trace extends Partial<Omit<Reply, "turn" | "session">> {
  readonly turn: string;
  readonly session: string;
  readonly state: "queued" | "running" | "done";
  readonly events: readonly TraceEvent[];
}

/** Everything that can happen in the daemon. What stands before the dot is its topic. */
export const RUNTIME_EVENT_TYPES = [
  "function.loaded",
  "function.failed",
  "function.removed",
  "function.crashed",
  "function.rolled_back",
  "function.denied",
  "function.pending",
  "function.approved",
  "function.log",
  "turn.started",
  "turn.done",
  "model.state",
  "model.governed",
] as const;

/**
 * What happens in the daemon, for `GET /api/events`. Ids grow by one, those of a later process are higher, and they
 * serve as `Last-Event-ID`.
 */
export interface RuntimeEvent {
  readonly id: number;
  readonly type: (typeof RUNTIME_EVENT_TYPES)[number];
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly [field: string]: unknown;
}
