/**
 * The body of `POST /v1/chat/completions`, as OpenAI's clients send it. What it says of fields that are not here:
 * nothing; they are ignored, as those clients expect.
 */
import * as v from "valibot";
import { isNestedDeeper, LEVELS_MAX } from "./nesting.ts";

/** Stop texts of one request; OpenAI's own bound. */
export const STOPS_MAX = 4;
const STOPS = `expected a string or up to ${STOPS_MAX} of them`;
/** Tools of one request; OpenAI's own bound. */
export const TOOLS_MAX = 128;

const maybe = <Schema extends v.GenericSchema>(schema: Schema) => v.nullish(schema);
const JsonSchema = v.pipe(
  v.record(v.string(), v.unknown()),
  v.check(
    (schema) => !isNestedDeeper(schema),
    `expected at most ${LEVELS_MAX} levels within each other`,
  ),
);
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const from = (min: number, max: number) => v.pipe(v.number(), v.minValue(min), v.maxValue(max));

/** A part of a message's content. Which types are taken is said by whoever reads them. */
export const ContentPart = v.looseObject({ type: v.string(), text: v.optional(v.string()) });

const Content = v.union(
  [v.string(), v.array(ContentPart)],
  "expected a string, or an array of parts with a type",
);

const FunctionCall = v.looseObject({ name: v.string(), arguments: v.string() });

const ToolCall = v.looseObject({
  id: v.string(),
  type: v.optional(v.string()),
  function: FunctionCall,
});

const Message = v.looseObject({
  role: v.picklist(["system", "developer", "user", "assistant", "tool"]),
  content: maybe(Content),
  tool_calls: maybe(v.array(ToolCall)),
  tool_call_id: v.optional(v.string()),
  name: v.optional(v.string()),
});

const Tool = v.looseObject({
  type: v.string(),
  function: v.optional(
    v.looseObject({
      name: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
      description: maybe(v.string()),
      parameters: maybe(JsonSchema),
      strict: maybe(v.boolean()),
    }),
  ),
});

const ToolChoice = v.union(
  [
    v.picklist(["auto", "none", "required"]),
    v.looseObject({ type: v.literal("function"), function: v.looseObject({ name: v.string() }) }),
  ],
  'expected "auto", "none", "required" or { type: "function", function: { name } }',
);

const ResponseFormat = v.variant(
  "type",
  [
    v.looseObject({ type: v.literal("text") }),
    v.looseObject({ type: v.literal("json_object") }),
    v.looseObject({
      type: v.literal("json_schema"),
      json_schema: v.looseObject({
        name: v.optional(v.string()),
        schema: v.optional(JsonSchema),
        strict: maybe(v.boolean()),
      }),
    }),
  ],
  'expected { type: "text" }, { type: "json_object" } or { type: "json_schema", json_schema: { schema } }',
);

/** A request for a chat completion. */
export const ChatCompletionBody = v.looseObject({
  model: maybe(v.string()),
  messages: v.pipe(v.array(Message), v.minLength(1, "expected at least one message")),
  stream: maybe(v.boolean()),
  stream_options: maybe(v.looseObject({ include_usage: maybe(v.boolean()) })),
  max_tokens: maybe(count),
  max_completion_tokens: maybe(count),
  temperature: maybe(from(0, 2)),
  top_p: maybe(from(0, 1)),
  seed: maybe(v.pipe(v.number(), v.integer())),
  stop: maybe(
    v.union([v.string(), v.pipe(v.array(v.string()), v.maxLength(STOPS_MAX, STOPS))], STOPS),
  ),
  tools: maybe(v.pipe(v.array(Tool), v.maxLength(TOOLS_MAX, `expected at most ${TOOLS_MAX}`))),
  tool_choice: maybe(ToolChoice),
  parallel_tool_calls: maybe(v.boolean()),
  response_format: maybe(ResponseFormat),
  prompt_cache_key: maybe(v.string()),
  user: maybe(v.string()),
});
/** See the schema of the same name. */
export type ChatCompletionBody = v.InferOutput<typeof ChatCompletionBody>;
