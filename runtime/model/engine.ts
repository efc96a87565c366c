/** What a model host runs: an engine behind the queue. Knows no vendor; adapters implement it. */
import type { Embedded } from "../ports.ts";
import { PROVIDER_PREFIX } from "../../schemas/provider.ts";
import type { Finish, GenerateRequest, GenerateUsage, ToolCall } from "../../schemas/model.ts";

/** How a model is to be loaded. Crosses the process boundary as JSON. */
export interface EngineOptions {
  /** Absolute path of the model file, `provider:NAME/MODEL`, or `scripted:FILE.jsonl`. */
  readonly path: string;
  /** Who runs the model, when `path` names a provider. Holds a key: never to be logged. */
  readonly provider?: ProviderOptions;
  /** The model is the small embedded one: one thread, a small context, arguments copied from the message. */
  readonly embedded: boolean;
  /** Tokens one sequence may hold. @default the model's, at most 2_048 for the embedded model and 8_192 for others */
  readonly contextTokens?: number | undefined;
  /** Requests that may decode at once. */
  readonly slots: number;
  /** `false` = CPU only; `"auto"` = a GPU when its package is installed. */
  readonly gpu: false | "auto" | "cuda" | "vulkan" | "metal";
  /** Threads that decode, at most. @default 1 for the embedded model, else all cores but one, at most 4 */
  readonly threads?: number | undefined;
  /** All of `threads` decode, whatever that takes. @default how many help is tried */
  readonly threadsFixed?: boolean;
  /** String and number arguments must be copied from the conversation. @default `embedded` */
  readonly copyArguments?: boolean;
  /** Where the context of conversations that make room for others is kept. @default it is read again */
  readonly kv?: KvOptions;
  /** Of the embedded model: with this score of its best tool, words say neither that a call is due nor that it is not. */
  readonly callScore?: number;
}

/** A model that another program or service runs, behind an API like OpenAI's. */
export interface ProviderOptions {
  readonly name: string;
  /** Where its API begins, without a slash at the end. */
  readonly url: string;
  readonly key?: string;
  /** The provider's own name of the model. */
  readonly model: string;
  /** It may be on this machine only: moult was started with `--offline`. */
  readonly loopbackOnly: boolean;
}

/** What of a machine an engine may use at once. */
export interface EngineLimits {
  /** Threads that decode. At least 1. */
  readonly threads: number;
  /** Tokens that are read in one step. */
  readonly batchTokens: number;
  /** Requests that run at once. At least 1. */
  readonly slots: number;
  /** Share of the time in which nothing is decoded, below 1: where the clock can not be lowered, a hot machine cools so. */
  readonly rest: number;
}

/** Room for what models have read: in the context, beside it in memory, and on disk. */
export interface KvOptions {
  /** Absolute path of the cold tier's folder. Only files of its own are touched in it. */
  readonly folder: string;
  /** MiB of memory beside the context; also at most a quarter of what is free. 0 = none. */
  readonly ramMiB: number;
  /** MiB of disk; also at most half of what is free. 0 = none. */
  readonly diskMiB: number;
  /** What is kept is encrypted with it. Any text of 16 characters or more. @default it is not encrypted, only sealed */
  readonly key?: string;
}

/** Where K/V lies: in the context, in memory beside it, on disk. */
export const KV_TIERS = ["hot", "warm", "cold"] as const;
/** See the constant of the same name. */
export type KvTier = (typeof KV_TIERS)[number];

/** What an engine counts while it runs. */
export interface EngineStats {
  /** Bytes that the K/V of conversations takes. */
  readonly kvBytes: Readonly<Record<KvTier, number>>;
  /** Tokens of prompts since the start, by where they were found; `miss` = read anew. */
  readonly kvTokens: Readonly<Record<KvTier | "miss", number>>;
  /** What was kept and could not be used: damaged, or of another model. */
  readonly kvRefused: number;
  readonly slots: { readonly busy: number; readonly idle: number };
}

/** What an engine says of itself once it is ready. */
export interface EngineInfo {
  readonly name: string;
  readonly contextTokens: number;
  readonly slots: number;
  readonly threads: number;
}

/** Where an engine puts what it generates, in order. Must not throw. */
export interface Sink {
  readonly token: (text: string) => void;
  /** What a reasoning model says to itself. Absent: nobody wants to know. */
  readonly thought?: (text: string) => void;
  readonly call: (call: ToolCall) => void;
}

/** How one request ended. The host adds the times that only it knows. */
export interface EngineAnswer {
  readonly finish: Finish;
  readonly promptHash: string;
  /** `prefillMs` = start → first token of any kind; `decodeMs` = from there to the end. */
  readonly usage: Omit<GenerateUsage, "queueMs" | "firstTokenMs">;
}

/** A loaded model. */
export interface Engine {
  readonly info: EngineInfo;
  /**
   * Generates one answer; at most `info.slots` at once.
   * Aborting the signal resolves it with `finish: "cancelled"` as soon as native work allows.
   */
  readonly generate: (
    request: GenerateRequest,
    sink: Sink,
    signal: AbortSignal,
  ) => Promise<EngineAnswer>;
  /**
   * Vectors of texts, of length 1 each, in their order; several may be asked for at once, beside answers.
   * Rejects with `input/invalid` when a text is empty or too long. Absent: it makes none.
   */
  readonly embed?: (texts: readonly string[], signal: AbortSignal) => Promise<Embedded>;
  /** Texts that it is given at once; others take their turn in between. @default 1 */
  readonly embedsAtOnce?: number;
  /** Uses no more than this from its next step on, until it is told otherwise. Absent: it cannot be slowed down. */
  readonly limit?: (limits: Partial<EngineLimits>) => void;
  /** What it counted so far. Absent: it counts nothing. */
  readonly stats?: () => EngineStats | undefined;
  /** Nothing that a session said stays. Absent: nothing of it does. */
  readonly forget?: (session: string) => void;
  /** Frees everything. Called once, when nothing generates any more. */
  readonly close: () => Promise<void>;
}

/**
 * Loads a model. Rejects with `model/unavailable` when it can not be loaded, saying what to do. While it can only wait for
 * somebody else, then or later, it `tell`s why, and requests are refused with that; with `undefined`, that has passed.
 */
export type StartEngine = (
  options: EngineOptions,
  tell: (waitingFor: string | undefined) => void,
) => Promise<Engine>;

/** Whether `path` names a script instead of a model file. */
export function isScripted(path: string): boolean {
  return path.startsWith(SCRIPTED_PREFIX);
}

/** Whether `path` names a provider's model instead of a model file. */
export function isProvided(path: string): boolean {
  return path.startsWith(PROVIDER_PREFIX);
}

/** Whether `path` is one of a file with a model in it. */
export function isModelFile(path: string): boolean {
  return !isScripted(path) && !isProvided(path);
}

/** What the path of a script begins with. */
export const SCRIPTED_PREFIX = "scripted:";

/** Usage of a request that never reached the engine. */
export const NO_USAGE: GenerateUsage = {
  promptTokens: 0,
  cachedTokens: 0,
  completionTokens: 0,
  queueMs: 0,
  prefillMs: 0,
  decodeMs: 0,
  firstTokenMs: 0,
};
