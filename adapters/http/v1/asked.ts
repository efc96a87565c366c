/** A chat completion's body → a request to the model, or why it cannot be one. Knows no connection. */
import * as v from "valibot";
import { explain, readData } from "../body.ts";
import { invalid, unsupported } from "./errors.ts";
import { conversationKey, toMessages } from "./messages.ts";
import { toTools } from "./tools.ts";
import { ChatCompletionBody } from "../../../schemas/chat_completion.ts";
import type { JsonSchema } from "../../../schemas/function.ts";
import { type GenerateRequest, TOKENS_UNBOUNDED } from "../../../schemas/model.ts";

/** Bytes of a body: whole books, but not whatever somebody sends. */
export const BODY_BYTES_MAX = 16 * 1_048_576;
const ANY_OBJECT: JsonSchema = { type: "object" };

/** A request as it was understood. */
export interface ChatAsked {
  /** What the body names; absent: the resident model. */
  readonly model: string | undefined;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly request: GenerateRequest;
}

/** Reads a body. Throws `input/invalid` with the field's name, or `body/too-large`. */
export async function readBody<Schema extends v.GenericSchema>(
  request: Request,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  const parsed = v.safeParse(schema, await readData(request, BODY_BYTES_MAX));
  if (parsed.success) return parsed.output;
  throw invalid(v.getDotPath(parsed.issues[0]) ?? "body", explain(parsed.issues).message);
}

/** Reads a chat completion's body. Throws as `readBody`, and for what cannot be done here. */
export async function readChat(request: Request): Promise<ChatAsked> {
  const body = await readBody(request, ChatCompletionBody);
  refuseUnsupported(body);
  return {
    model: body.model ?? undefined,
    stream: body.stream === true,
    includeUsage: body.stream_options?.include_usage === true,
    request: toRequest(body),
  };
}

/** What would change the answer, and is not done. Other fields are hints; whoever sends them can do without. */
const UNSUPPORTED: Readonly<
  Record<string, { asks: (value: unknown) => boolean; instead: string }>
> = {
  n: { asks: (n) => n !== 1, instead: "ask several times" },
  logprobs: { asks: (on) => on !== false, instead: "leave it out" },
  top_logprobs: { asks: (n) => n !== 0, instead: "leave it out" },
  logit_bias: { asks: (bias) => !isEmpty(bias), instead: "leave it out" },
  functions: { asks: (list) => !isEmpty(list), instead: "use tools" },
  function_call: { asks: (how) => how !== "none", instead: "use tool_choice" },
  audio: { asks: () => true, instead: "ask for text" },
  modalities: {
    asks: (list) => !Array.isArray(list) || list.some((one) => one !== "text"),
    instead: "ask for text",
  },
};

function refuseUnsupported(body: ChatCompletionBody): void {
  for (const [field, { asks, instead }] of Object.entries(UNSUPPORTED)) {
    const value = body[field];
    if (value === undefined || value === null || !asks(value)) continue;
    throw unsupported(field, `"${field}" is not supported with this value; ${instead}`);
  }
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function toRequest(body: ChatCompletionBody): GenerateRequest {
  const { temperature, top_p: topP, seed, prompt_cache_key: key } = body;
  const tools = toTools(body);
  const jsonSchema = schemaOf(body, tools.tools !== undefined);
  const stop = [body.stop ?? []].flat().filter((text) => text !== "");
  const messages = toMessages(body.messages);
  return {
    lane: "api",
    strict: true,
    messages,
    // Without a limit of the client's it ends by itself, or where the context does.
    tokensMax: body.max_completion_tokens ?? body.max_tokens ?? TOKENS_UNBOUNDED,
    ...(jsonSchema ? { jsonSchema } : tools),
    ...(typeof temperature === "number" && { temperature }),
    ...(typeof topP === "number" && { topP }),
    ...(typeof seed === "number" && { seed }),
    ...(stop.length > 0 && { stop }),
    ...(typeof key === "string" && { session: conversationKey(key, messages) }),
  };
}

/** What the answer has to be like; `undefined`: text. */
function schemaOf(
  { response_format: format, tool_choice: choice }: ChatCompletionBody,
  hasTools: boolean,
): JsonSchema | undefined {
  if (!format || format.type === "text") return undefined;
  // Shown or not: where no tool may be called the answer is JSON.
  if (hasTools && choice !== "none")
    throw unsupported(
      "response_format",
      'An answer is either JSON or may call tools; leave out "tools" or "response_format"',
    );
  return format.type === "json_schema" ? (format.json_schema.schema ?? ANY_OBJECT) : ANY_OBJECT;
}
