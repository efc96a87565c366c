/** An answer of the model as one document of OpenAI's, and the parts that its streams share with it. Knows no request. */
import { MoultError } from "../../../schemas/error.ts";
import type { Finish, GenerateEvent, GenerateUsage, ToolCall } from "../../../schemas/model.ts";

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
  first: IteratorResult<GenerateEvent>,
  events: AsyncIterator<GenerateEvent>,
): Promise<object> {
  const said = { token: "", thought: "" };
  const calls: object[] = [];
  for (let next = first; next.done !== true; next = await events.next()) {
    const event = next.value;
    if (event.type === "token" || event.type === "thought") said[event.type] += event.text;
    else if (event.type === "tool_call") calls.push(toolCallOf(event.call));
    else if (event.type === "done") {
      const message = messageOf(said, calls);
      const reason = finishReason(event.finish);
      const choice = { index: 0, message, logprobs: null, finish_reason: reason };
      const usage = usageOf(event.usage);
      return { id, object: "chat.completion", created, model, choices: [choice], usage };
    }
  }
  throw new MoultError("model/unavailable", "The model ended without an answer; try again");
}

function messageOf({ token, thought }: Record<"token" | "thought", string>, calls: object[]) {
  return {
    role: "assistant",
    content: token === "" && calls.length > 0 ? null : token,
    refusal: null,
    ...(thought !== "" && { reasoning_content: thought }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}
