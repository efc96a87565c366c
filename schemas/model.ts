/** What is asked of a model and what it answers: the frames between the daemon and the model host. */
import type { JsonSchema } from "./function.ts";

/** Who waits for the tokens, most urgent first. */
export const LANES = ["interactive", "api", "cron", "background"] as const;
/** One of the lanes. */
export type Lane = (typeof LANES)[number];

/** As many tokens as there is room for. */
export const TOKENS_UNBOUNDED = 2 ** 31 - 1;

/** A tool as it is offered to a model. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the input, an object. */
  readonly parameters: JsonSchema;
}

/** A call the model made. `arguments` matched the grammar; the function's own schema checks it again. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: unknown;
}

/** One message of a prompt. */
export type ChatMessage =
  | { readonly role: "system"; readonly content: string }
  | { readonly role: "user"; readonly content: string }
  | {
      readonly role: "assistant";
      readonly content: string;
      readonly toolCalls?: readonly ToolCall[];
    }
  | { readonly role: "tool"; readonly id: string; readonly name: string; readonly content: string };

/** One request for tokens. */
export interface GenerateRequest {
  readonly lane: Lane;
  readonly messages: readonly ChatMessage[];
  /** Tools the model may call. Absent or empty = text only. */
  readonly tools?: readonly ToolSpec[];
  /** Tokens the answer may have. @default 512 */
  readonly tokensMax?: number;
  /** 0 = greedy. @default 0 */
  readonly temperature?: number;
  /** Likeliest tokens that together have this probability are chosen among, 0–1. Nothing at temperature 0. @default 1 */
  readonly topP?: number;
  /** The same seed draws the same tokens where all else is equal. @default a random one */
  readonly seed?: number;
  /** The answer ends before any of these texts, which are not part of it. */
  readonly stop?: readonly string[];
  /** Whether a tool must be called: any, or the one of this name; `none` = shown, but not to be called. @default "auto" */
  readonly toolChoice?: "auto" | "none" | "required" | { readonly name: string };
  /** Calls of one answer, at most. @default as many as the engine takes */
  readonly callsMax?: number;
  /**
   * Calls and JSON that do not fit their schema are left out, and the answer is `length`; a tool that no arguments fit is
   * refused. Otherwise whoever makes a call judges it. @default false
   */
  readonly strict?: boolean;
  /** The answer is JSON of this schema. Not together with `tools`. */
  readonly jsonSchema?: JsonSchema;
  /** Milliseconds that it may wait for a slot; then it fails with `queue/full`. @default what its lane allows; people wait */
  readonly waitMsMax?: number;
  /** Requests with the same key share a K/V sequence where that helps: a session's name. */
  readonly session?: string;
}

/** Tokens and times of one request. Times in milliseconds. */
export interface GenerateUsage {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly queueMs: number;
  readonly prefillMs: number;
  readonly decodeMs: number;
  /** Request received → first token; 0 when none came. */
  readonly firstTokenMs: number;
}

/** How an answer ended: by itself, at a limit of tokens, with calls, or because nobody wants it any more. */
export type Finish = "stop" | "length" | "tool_calls" | "cancelled";

/** What comes back, in order: `queued`* (`thought` | `token` | `tool_call`)* `done`. Failures reject the iteration. */
export type GenerateEvent =
  /** `etaMs`: milliseconds until it starts, about; absent before anything was measured. */
  | { readonly type: "queued"; readonly position: number; readonly etaMs?: number }
  | { readonly type: "token"; readonly text: string }
  /** What a reasoning model says to itself. It is no part of the answer. */
  | { readonly type: "thought"; readonly text: string }
  | { readonly type: "tool_call"; readonly call: ToolCall }
  | {
      readonly type: "done";
      readonly finish: Finish;
      readonly usage: GenerateUsage;
      /** First 16 hex digits of the SHA-256 of the prompt's token ids. */
      readonly promptHash: string;
    };

/** A model that is slowed down to spare the machine. */
export interface Governed {
  readonly limits: {
    readonly threads: number;
    readonly batchTokens: number;
    readonly slots: number;
    /** Share of the time in which nothing is decoded. */
    readonly rest: number;
  };
  /** Why, for people: `coretemp/Package id 0 has 93 °C (limit 95)`. */
  readonly because: readonly string[];
}

/** What the model host says of itself. */
export interface ModelStatus {
  readonly state: "loading" | "ready" | "failed" | "stopped";
  /** Why it failed, or what it is doing; for people. */
  readonly reason?: string;
  /** Its file is still being downloaded: requests are refused rather than kept waiting. @default false */
  readonly coming?: boolean;
  /** File name, or `scripted`. */
  readonly name: string;
  /** Tokens one sequence may hold. */
  readonly contextTokens: number;
  readonly slots: number;
  readonly threads: number;
  /** The model is the small embedded one: it gets the lean prompt profile. */
  readonly embedded: boolean;
  readonly loadMs: number;
  readonly queued: Readonly<Record<Lane, number>>;
  readonly running: number;
  /** Milliseconds that one more request would wait, about. @default not measured yet */
  readonly waitMs?: number;
  /** How it is slowed down to spare the machine, and why. @default it is not */
  readonly governed?: Governed;
  /** How often the host was restarted after a crash. */
  readonly restarts: number;
  /** Process id of the host; 0 while none runs. */
  readonly pid: number;
}
