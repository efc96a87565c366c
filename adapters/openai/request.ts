/** A request for tokens in the words of the chat completions API, and what a provider does not take of it. */
import type { Complaint } from "./wire.ts";
import { isRecord } from "../../runtime/record.ts";
import type { JsonSchema } from "../../schemas/function.ts";
import {
  type ChatMessage,
  type GenerateRequest,
  TOKENS_UNBOUNDED,
  type ToolCall,
  type ToolSpec,
} from "../../schemas/model.ts";

const TOKENS_DEFAULT = 512;

/** What a model or its server does not take, learned from its refusals. */
export const QUIRKS = ["max_completion_tokens", "temperature", "stream_options"] as const;
/** See the constant of the same name. */
export type Quirk = (typeof QUIRKS)[number];

interface SentMessage {
  readonly role: ChatMessage["role"];
  content: string;
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly object[];
}

/** The body of a request. */
export function bodyOf(
  model: string,
  request: GenerateRequest,
  quirks: ReadonlySet<Quirk>,
): Readonly<Record<string, unknown>> {
  const { tokensMax = TOKENS_DEFAULT, temperature = 0, topP, seed, stop = [] } = request;
  const limit = quirks.has("max_completion_tokens") ? "max_completion_tokens" : "max_tokens";
  return {
    model,
    messages: messagesOf(request.messages),
    stream: true,
    ...(!quirks.has("stream_options") && { stream_options: { include_usage: true } }),
    ...(tokensMax < TOKENS_UNBOUNDED && { [limit]: tokensMax }),
    ...(!quirks.has("temperature") && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(seed !== undefined && { seed }),
    ...(stop.length > 0 && { stop }),
    ...toolsOf(request),
    ...(request.jsonSchema !== undefined && { response_format: formatOf(request.jsonSchema) }),
  };
}

/** What to leave out, or to call otherwise, after this refusal; `undefined`: it is about something else. */
export function quirkIn({ message, param }: Complaint): Quirk | undefined {
  const text = `${param ?? ""} ${message}`;
  return QUIRKS.find((quirk) => text.includes(quirk));
}

function messagesOf(messages: readonly ChatMessage[]): readonly object[] {
  const sent: SentMessage[] = [];
  for (const message of messages) {
    const last = sent.at(-1);
    // Templates of some models take no two messages of a user in a row.
    if (message.role === "user" && last?.role === "user")
      last.content = `${last.content}\n\n${message.content}`;
    else sent.push(messageOf(message));
  }
  return sent;
}

function messageOf(message: ChatMessage): SentMessage {
  const { role, content } = message;
  if (role === "tool") return { role, content, tool_call_id: message.id };
  if (role !== "assistant" || (message.toolCalls ?? []).length === 0) return { role, content };
  return { role, content, tool_calls: (message.toolCalls ?? []).map(callOf) };
}

function callOf({ id, name, arguments: given }: ToolCall): object {
  // Servers read what a model has called before; what is no object would be refused.
  const args = isRecord(given) ? given : { not_an_object: given };
  return { id, type: "function", function: { name, arguments: JSON.stringify(args) } };
}

/** A choice of one tool is sent as that tool alone, which must be called: not every server takes a name. */
function toolsOf({ tools = [], toolChoice = "auto" }: GenerateRequest): object {
  if (tools.length === 0) return {};
  if (typeof toolChoice === "object") {
    const chosen = tools.filter(({ name }) => name === toolChoice.name);
    return { tools: chosen.map(toolOf), tool_choice: "required" };
  }
  return { tools: tools.map(toolOf), ...(toolChoice !== "auto" && { tool_choice: toolChoice }) };
}

function toolOf({ name, description, parameters }: ToolSpec): object {
  return { type: "function", function: { name, description, parameters } };
}

function formatOf(schema: JsonSchema): object {
  return {
    type: "json_schema",
    json_schema: { name: "answer", schema, strict: isStrict(schema) },
  };
}

/** Whether a provider can promise it: every object names all its keys, requires them, and takes no others. */
function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict);
  if (!isRecord(schema)) return true;
  const { properties, required, additionalProperties } = schema;
  if (schema["type"] === "object" || properties !== undefined) {
    if (!isRecord(properties) || !Array.isArray(required) || additionalProperties !== false)
      return false;
    if (!Object.keys(properties).every((key) => required.includes(key))) return false;
    return Object.values(properties).every(isStrict);
  }
  return Object.values(schema).every(isStrict);
}
