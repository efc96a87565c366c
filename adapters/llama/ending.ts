/** How an answer ended, and what of it is handed over. */
import type { LlamaChatResponse } from "node-llama-cpp";
import { misfit } from "./gbnf/misfit.ts";
import { tidyArguments } from "./tidy.ts";
import type { EngineAnswer, Sink } from "../../runtime/model/engine.ts";
import type { GenerateRequest } from "../../schemas/model.ts";

/**
 * A call that was cut, cannot be read, or does not fit where only what fits is wanted, ends the answer as `length` without
 * any of its text: whoever asked can ask for less, and nobody mistakes half a call for an answer.
 */
export function finishOf(
  ended: LlamaChatResponse | undefined,
  calls: number,
  isBroken: boolean,
  signal: AbortSignal,
): EngineAnswer["finish"] {
  if (signal.aborted || ended?.metadata.stopReason === "abort") return "cancelled";
  if (calls > 0) return "tool_calls";
  const whole = ended !== undefined && ended.metadata.stopReason !== "maxTokens" && !isBroken;
  return whole ? "stop" : "length";
}

/** Hands over an answer that is one JSON document. `length`: it is none, half of one, or does not fit its schema. */
export function emitJson(
  text: string,
  schema: NonNullable<GenerateRequest["jsonSchema"]>,
  sink: Sink,
): "stop" | "length" {
  try {
    const value = tidyArguments(JSON.parse(text), schema);
    if (misfit(value, schema) !== undefined) return "length";
    sink.token(JSON.stringify(value));
    return "stop";
  } catch {
    return "length";
  }
}

/** Whether the library threw because the model wrote a call that is none. */
export function isUnreadableCall(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error instanceof SyntaxError || error.constructor.name.endsWith("ValidationError");
}
