/** Messages → the chat history of node-llama-cpp. Knows its shapes, not how it renders them. */
import type { ChatHistoryItem, ChatModelResponse } from "node-llama-cpp";
import type { Neutral } from "./neutral.ts";
import type { OfferedTools } from "./tools.ts";
import type { ChatMessage } from "../../schemas/model.ts";

type Response = ChatModelResponse["response"][number];
type AssistantMessage = Extract<ChatMessage, { role: "assistant" }>;

/**
 * Converts messages. One model item holds everything between two user messages: text, calls with their results,
 * text again. It ends with a model item, which the answer continues.
 */
export function toHistory(
  messages: readonly ChatMessage[],
  tools: OfferedTools,
  neutral: Neutral,
): ChatHistoryItem[] {
  const results = new Map<string, string>();
  for (const message of messages)
    if (message.role === "tool") results.set(message.id, message.content);
  const history: ChatHistoryItem[] = [];
  let response: Response[] | undefined;
  for (const message of messages) {
    if (message.role === "tool") continue;
    if (message.role === "assistant") {
      if (response === undefined) history.push({ type: "model", response: (response = []) });
      response.push(...toResponse(message, results, tools, neutral));
    } else {
      response = undefined;
      history.push({ type: message.role, text: neutral.text(message.content) });
    }
  }
  if (response === undefined) history.push({ type: "model", response: [] });
  return history;
}

function toResponse(
  { content, toolCalls = [] }: AssistantMessage,
  results: ReadonlyMap<string, string>,
  tools: OfferedTools,
  neutral: Neutral,
): Response[] {
  const calls = toolCalls.map(({ id, name, arguments: args }, index): Response => ({
    type: "functionCall",
    name: tools.wireName(name),
    params: tools.write(name, args),
    result: neutral.value(parseResult(results.get(id))),
    ...(index === 0 ? { startsNewChunk: true } : {}),
  }));
  return content === "" ? calls : [neutral.text(content), ...calls];
}

/** Results are shown as JSON in the library's own style, so that every turn renders the same tokens. */
function parseResult(content: string | undefined): unknown {
  if (content === undefined) return { error: "no result" };
  try {
    return JSON.parse(content);
  } catch {
    return content;
  }
}
