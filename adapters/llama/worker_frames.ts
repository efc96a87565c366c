/** What passes between the host's main thread and the Worker that owns the model. */
import type {
  EngineAnswer,
  EngineInfo,
  EngineLimits,
  EngineOptions,
  EngineStats,
} from "../../runtime/model/engine.ts";
import type { Embedded } from "../../runtime/ports.ts";
import type { WireError } from "../../schemas/error.ts";
import type { GenerateRequest, ToolCall } from "../../schemas/model.ts";

/** Main thread → Worker. */
export type ToWorker =
  | { readonly type: "load"; readonly options: EngineOptions }
  | { readonly type: "generate"; readonly id: number; readonly request: GenerateRequest }
  | { readonly type: "embed"; readonly id: number; readonly texts: readonly string[] }
  | { readonly type: "cancel"; readonly id: number }
  | { readonly type: "limit"; readonly limits: Partial<EngineLimits> }
  | { readonly type: "forget"; readonly session: string }
  | { readonly type: "ping" }
  | { readonly type: "close" };

/** Worker → main thread, several in one message. A request ends with `answer`, `embedded` or `error`. */
export type FromWorker =
  /** It listens. What is sent before that may be lost: its imports are asynchronous. */
  | { readonly type: "listening" }
  | { readonly type: "loaded"; readonly info: EngineInfo }
  | { readonly type: "unloadable"; readonly error: WireError }
  | { readonly type: "token" | "thought"; readonly id: number; readonly text: string }
  | { readonly type: "call"; readonly id: number; readonly call: ToolCall }
  | { readonly type: "answer"; readonly id: number; readonly answer: EngineAnswer }
  | { readonly type: "embedded"; readonly id: number; readonly embedded: Embedded }
  | { readonly type: "error"; readonly id: number; readonly error: WireError }
  /** What it counted so far: after each answer, and a while after the last one. */
  | { readonly type: "stats"; readonly stats: EngineStats }
  | { readonly type: "pong" }
  | { readonly type: "closed" };
