/** Answers of the model as OpenAI's clients read them: one document, or a stream of chunks. Knows no request. */
import type { Model } from "../../../runtime/ports.ts";
import { MoultError } from "../../../schemas/error.ts";
import type {
  Finish,
  GenerateEvent,
  GenerateRequest,
  GenerateUsage,
  ToolCall,
} from "../../../schemas/model.ts";

/** What identifies one completion: the same in all its chunks. */
export interface Completion {
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  /** The model that answers. */
  readonly model: string;
}

/** Names a completion that begins now. */
export function completionOf(model: string, now: number): Completion {
  const id = `chatcmpl-${crypto.randomUUID().replaceAll("-", "")}`;
  return { id, created: Math.floor(now / 1_000), model };
}

/** A call as its clients read it. */
export function toolCallOf({ id, name, arguments: args }: ToolCall): object {
  return { id, type: "function", function: { name, arguments: JSON.stringify(args) } };
}

/** OpenAI's names of tokens. */
export function usageOf({ promptTokens, completionTokens, cachedTokens }: GenerateUsage): object {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
  };
}

/** OpenAI's name of an ending. `cancelled` has none: whoever left reads nothing. */
export function finishReason(finish: Finish): string {
  return finish === "cancelled" ? "stop" : finish;
}

/** The whole answer as one document. Rejects as `Model.generate` does. */
export async function wholeCompletion(
  { id, created, model }: Completion,
  events: AsyncIterable<GenerateEvent>,
): Promise<object> {
  let content = "";
  const calls: object[] = [];
  for await (const event of events) {
    if (event.type === "token") content += event.text;
    else if (event.type === "tool_call") calls.push(toolCallOf(event.call));
    else if (event.type === "done") {
      const message = {
        role: "assistant",
        content: content === "" && calls.length > 0 ? null : content,
        refusal: null,
        ...(calls.length > 0 && { tool_calls: calls }),
      };
      const choice = {
        index: 0,
        message,
        logprobs: null,
        finish_reason: finishReason(event.finish),
      };
      return {
        id,
        object: "chat.completion",
        created,
        model,
        choices: [choice],
        usage: usageOf(event.usage),
      };
    }
  }
  throw new MoultError("model/unavailable", "The model ended without an answer; try again");
}

/** Asks a model. The iteration is the model's own. */
export function ask(
  model: Model,
  request: GenerateRequest,
  signal: AbortSignal,
): AsyncIterator<GenerateEvent> {
  return model.generate(request, signal)[Symbol.asyncIterator]();
}
