/** The documents that the API answers with, as OpenAPI 3.0 schemas. The shapes themselves are in `schemas/`. */
import { ERROR_STATUS } from "../../schemas/error.ts";
import { FUNCTION_NAME, type JsonSchema } from "../../schemas/function.ts";

const text: JsonSchema = { type: "string" };
const whole: JsonSchema = { type: "integer" };
const flag: JsonSchema = { type: "boolean" };
const anything: JsonSchema = {};
const time: JsonSchema = { type: "integer", description: "Milliseconds since the epoch" };
const list = (items: JsonSchema): JsonSchema => ({ type: "array", items });
const one = (...values: readonly string[]): JsonSchema => ({ type: "string", enum: values });

/** A reference to one of `DOCUMENTS`. */
export function ref(name: keyof typeof DOCUMENTS): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** An object schema; names that end with `?` are optional. */
function object(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const names = Object.keys(properties);
  return {
    type: "object",
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => [name.replace(/\?$/, ""), schema]),
    ),
    required: names.filter((name) => !name.endsWith("?")),
  };
}

const error = object({
  code: one(...Object.keys(ERROR_STATUS)),
  message: text,
  "details?": { type: "object", additionalProperties: true },
});

const toolCall = object({
  id: text,
  name: text,
  version: text,
  input: anything,
  "output?": anything,
  "error?": error,
  ms: { type: "number" },
});

const usage = object({
  promptTokens: whole,
  cachedTokens: whole,
  completionTokens: whole,
  firstTokenMs: { type: "number" },
  totalMs: { type: "number" },
});

const outcome = one("answered", "refused", "failed", "cancelled");

const model = object({ id: text, object: one("model"), created: whole, owned_by: text });

/** Schemas by name, for `components.schemas`. */
export const DOCUMENTS = {
  Error: object({ error }),
  Ready: object({ ok: flag, reasons: list(text) }),
  Reply: object({
    turn: text,
    session: text,
    outcome,
    reply: text,
    toolCalls: list(toolCall),
    usage,
  }),
  Trace: object({
    turn: text,
    session: text,
    state: one("queued", "running", "done"),
    "outcome?": outcome,
    "reply?": text,
    "toolCalls?": list(toolCall),
    "usage?": usage,
    events: list({
      ...object({ seq: whole, type: text, at: time }),
      additionalProperties: true,
    }),
  }),
  Session: object({
    session: text,
    turns: whole,
    createdAt: time,
    lastAt: time,
    "summarisedTurns?": {
      type: "integer",
      description: "Turns that the model sees a summary of; they are all kept",
    },
    "pinned?": list(text),
  }),
  Message: object({
    role: one("user", "assistant", "tool"),
    content: text,
    "toolCalls?": list(object({ id: text, name: text, arguments: anything })),
    "id?": text,
    "name?": text,
    turn: text,
    at: time,
  }),
  Letter: object({
    id: text,
    turn: text,
    session: text,
    protocol: text,
    channel: text,
    conversation: text,
    text,
    state: one("dead", "unknown"),
    error: text,
    at: time,
    part: whole,
    attempt: whole,
  }),
  Function: object({
    name: { type: "string", pattern: FUNCTION_NAME.source },
    kind: one("tool", "skill", "channel"),
    version: text,
    state: one("ready", "loading", "failed", "pending", "stopped"),
    "error?": text,
    "manifest?": { type: "object", additionalProperties: true },
    "grant?": object({ hash: text, version: text, approvedAt: time, by: one("owner", "dev") }),
    "waiting?": object({
      version: text,
      hash: { type: "string", description: "What `approve` names" },
      description: text,
      "descriptionBefore?": text,
      wants: { type: "array", items: text },
      drops: { type: "array", items: text },
      keeps: { type: "array", items: text },
      runs: { type: "boolean" },
      "damaged?": text,
    }),
    origin: one("builtin", "user"),
    file: text,
    loadedAt: time,
    reloadMs: { type: "number" },
    calls: whole,
    failures: whole,
  }),
  ChatCompletion: object({
    id: text,
    object: one("chat.completion"),
    created: { type: "integer", description: "Unix seconds" },
    model: text,
    choices: list(
      object({
        index: whole,
        message: object({
          role: one("assistant"),
          content: { type: "string", nullable: true },
          "reasoning_content?": text,
          "tool_calls?": list(
            object({
              id: text,
              type: one("function"),
              function: object({
                name: text,
                arguments: { type: "string", description: "JSON" },
              }),
            }),
          ),
        }),
        finish_reason: one("stop", "length", "tool_calls"),
      }),
    ),
    usage: object({
      prompt_tokens: whole,
      completion_tokens: whole,
      total_tokens: whole,
      prompt_tokens_details: object({ cached_tokens: whole }),
    }),
  }),
  Embeddings: object({
    object: one("list"),
    model: text,
    data: list(
      object({
        object: one("embedding"),
        index: whole,
        embedding: {
          ...list({ type: "number" }),
          description: "With `encoding_format: base64` little-endian 32-bit floats as base64",
        },
      }),
    ),
    usage: object({ prompt_tokens: whole, total_tokens: whole }),
  }),
  Model: model,
  ModelList: object({ object: one("list"), data: list(model) }),
  OpenAiError: object({
    error: object({
      message: text,
      type: text,
      param: { type: "string", nullable: true },
      code: { type: "string", nullable: true },
    }),
  }),
  ServerFrame: {
    ...object({
      type: text,
      "id?": {
        description:
          "Of a turn's event `<turn>:<seq>`, of a runtime event a number: give the last one as `lastEventId` after a cut. Of any other answer the id of the frame it answers",
      },
      "turn?": text,
      "call?": { type: "string", description: "Of `tool_call` and `tool_result`: the call" },
      "message?": { type: "string", description: "Of `turn`: id of the message it answers" },
      "error?": error,
    }),
    additionalProperties: true,
  },
  LogLine: object({
    at: time,
    level: one("debug", "info", "warn", "error"),
    text,
    "facts?": { type: "object", additionalProperties: true },
  }),
} satisfies Readonly<Record<string, JsonSchema>>;
