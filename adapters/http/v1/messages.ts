/** Messages as OpenAI's clients send them → the model's. Knows texts and calls; images and sound are refused. */
import { contentHash } from "../../../runtime/content_hash.ts";
import { invalid, unsupported } from "./errors.ts";
import type { ChatCompletionBody } from "../../../schemas/chat_completion.ts";
import type { ChatMessage, ToolCall } from "../../../schemas/model.ts";
import { isNestedDeeper, LEVELS_MAX } from "../../../schemas/nesting.ts";

/** Not a character that names of sessions have: nobody's chat is ever mistaken for one of these. */
const SESSIONS = "/v1 ";

type Message = ChatCompletionBody["messages"][number];

/** Converts messages. Throws `input/invalid` with the place of what cannot be taken. */
export function toMessages(messages: readonly Message[]): readonly ChatMessage[] {
  const names = new Map<string, string>();
  return messages.map((message, index) => toMessage(message, `messages.${index}`, names));
}

/**
 * Whose memory of the model a request goes on with. A key may stand for all conversations of an application, so what a
 * conversation begins with is part of it.
 */
export function conversationKey(key: string, messages: readonly ChatMessage[]): string {
  const until = messages.findIndex(({ role }) => role === "user") + 1;
  const beginning = messages.slice(0, until).map(({ role, content }) => [role, content]);
  return SESSIONS + contentHash(JSON.stringify([key, beginning])).slice(0, 32);
}

/** @param names of the functions of all calls so far, by the calls' ids */
function toMessage(message: Message, at: string, names: Map<string, string>): ChatMessage {
  const content = toText(message.content, `${at}.content`);
  switch (message.role) {
    case "system":
    case "developer":
      return { role: "system", content };
    case "user":
      return { role: "user", content };
    case "assistant": {
      const calls = message.tool_calls ?? [];
      if (calls.length === 0) return { role: "assistant", content };
      const toolCalls = calls.map((call, n) => toCall(call, `${at}.tool_calls.${n}`));
      for (const { id, name } of toolCalls) names.set(id, name);
      return { role: "assistant", content, toolCalls };
    }
    case "tool": {
      const id = message.tool_call_id;
      if (id === undefined) throw invalid(`${at}.tool_call_id`, "A tool's message names its call");
      const name = names.get(id);
      if (name === undefined)
        throw invalid(`${at}.tool_call_id`, "No message before this one has a call of this id");
      return { role: "tool", id, name, content };
    }
  }
}

function toText(content: Message["content"], at: string): string {
  if (typeof content === "string") return content;
  return (content ?? [])
    .map((part, index) => {
      if (part.type === "text" && part.text !== undefined) return part.text;
      if (part.type === "refusal")
        return typeof part["refusal"] === "string" ? part["refusal"] : "";
      throw unsupported(
        `${at}.${index}`,
        `Content of type "${part.type.slice(0, 40)}" is not supported; the model reads text alone`,
      );
    })
    .join("");
}

function toCall(call: NonNullable<Message["tool_calls"]>[number], at: string): ToolCall {
  const { name, arguments: text } = call.function;
  const refused = (message: string) => invalid(`${at}.function.arguments`, message);
  let args: unknown;
  try {
    args = text === "" ? {} : JSON.parse(text);
  } catch {
    throw refused("The arguments of a call are JSON");
  }
  if (isNestedDeeper(args))
    throw refused(`The arguments of a call have at most ${LEVELS_MAX} levels within each other`);
  return { id: call.id, name, arguments: args };
}
