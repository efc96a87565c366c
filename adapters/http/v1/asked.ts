/** A chat completion's body → a request to the model, or why it cannot be one. Knows no connection. */
import * as v from "valibot";
import { explain, readData } from "../body.ts";
import { invalid, unsupported } from "./errors.ts";
import { toMessages } from "./messages.ts";
import { ChatCompletionBody } from "../../../schemas/chat_completion.ts";
import type { GenerateRequest } from "../../../schemas/model.ts";

/** Bytes of a body: whole books, but not whatever somebody sends. */
export const BODY_BYTES_MAX = 16 * 1_048_576;
/** Who has waited so long for a slot is told to come again. */
export const WAIT_MS_MAX = 120_000;

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

/** Reads a chat completion's body. */
export async function readChat(request: Request): Promise<ChatAsked> {
  const body = await readBody(request, ChatCompletionBody);
  return {
    model: body.model ?? undefined,
    stream: body.stream === true,
    includeUsage: body.stream_options?.include_usage === true,
    request: toRequest(body),
  };
}

function toRequest(body: ChatCompletionBody): GenerateRequest {
  const tokensMax = body.max_completion_tokens ?? body.max_tokens;
  const { temperature } = body;
  if (body["n"] !== undefined && body["n"] !== null && body["n"] !== 1)
    throw unsupported("n", "One answer is made for a request: leave n out, or ask several times");
  return {
    lane: "api",
    waitMsMax: WAIT_MS_MAX,
    messages: toMessages(body.messages),
    ...(typeof tokensMax === "number" && { tokensMax }),
    ...(typeof temperature === "number" && { temperature }),
  };
}
