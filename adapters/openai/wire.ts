/** What providers send: only what is read of it, and as loosely as they take it with their own format. */
import * as v from "valibot";

/** Absent and `null` mean the same. */
const maybe = <T extends v.GenericSchema>(schema: T) => v.nullish(schema);
const count = v.pipe(v.number(), v.minValue(0));

/** A call, or the next piece of one. */
const CallPiece = v.object({
  /** Which call of the answer it belongs to. */
  index: maybe(v.number()),
  id: maybe(v.string()),
  function: maybe(
    v.object({
      name: maybe(v.string()),
      /** A piece of JSON text. Some send the whole object instead. */
      arguments: maybe(v.union([v.string(), v.record(v.string(), v.unknown())])),
    }),
  ),
});
/** See the schema of the same name. */
export type CallPiece = v.InferOutput<typeof CallPiece>;

/** A text in parts, of which some are no text. */
const Parts = v.pipe(
  v.array(v.object({ text: maybe(v.string()) })),
  v.transform((parts) => parts.map(({ text }) => text ?? "").join("")),
);

/** What of an answer, or of its next piece, is read. */
const Said = v.object({
  content: maybe(v.union([v.string(), Parts])),
  /** What the model thought before it answered: two names for it are in use. */
  reasoning_content: maybe(v.string()),
  reasoning: maybe(v.unknown()),
  refusal: maybe(v.string()),
  tool_calls: maybe(v.array(CallPiece)),
});

/** See the schema of the same name. */
export type Said = v.InferOutput<typeof Said>;

/** Tokens of a request. */
const Usage = v.object({
  prompt_tokens: maybe(count),
  completion_tokens: maybe(count),
  prompt_tokens_details: maybe(v.object({ cached_tokens: maybe(count) })),
  prompt_cache_hit_tokens: maybe(count),
});
/** See the schema of the same name. */
export type Usage = v.InferOutput<typeof Usage>;

/** One event of an answer; or the whole answer, of a provider that does not stream. */
export const Chunk = v.object({
  choices: maybe(
    v.array(
      v.object({
        delta: maybe(Said),
        message: maybe(Said),
        finish_reason: maybe(v.string()),
      }),
    ),
  ),
  usage: maybe(Usage),
  error: maybe(v.unknown()),
});
/** See the schema of the same name. */
export type Chunk = v.InferOutput<typeof Chunk>;

/** A failure in words. Those who write it, write it in many ways. */
export const Complaint = v.union([
  v.object({
    message: v.string(),
    code: maybe(v.union([v.string(), v.number()])),
    type: maybe(v.string()),
    param: maybe(v.string()),
  }),
  v.pipe(
    v.string(),
    v.transform((message) => ({ message, code: undefined, type: undefined, param: undefined })),
  ),
]);
/** See the schema of the same name. */
export type Complaint = v.InferOutput<typeof Complaint>;

/** One model of a list, with the names under which providers tell how many tokens it holds. */
const ListedModel = v.object({
  id: v.string(),
  max_model_len: maybe(count),
  context_length: maybe(count),
  context_window: maybe(count),
  max_context_length: maybe(count),
  meta: maybe(v.object({ n_ctx: maybe(count), n_ctx_train: maybe(count) })),
});
/** See the schema of the same name. */
export type ListedModel = v.InferOutput<typeof ListedModel>;

/** The list of models. */
export const ModelList = v.object({ data: v.array(ListedModel) });

/** What llama-server says of itself beside that list. */
export const ServerFacts = v.object({
  total_slots: maybe(count),
  default_generation_settings: maybe(v.object({ n_ctx: maybe(count) })),
});

/** Vectors of texts. */
export const Embeddings = v.object({
  data: v.array(v.object({ index: maybe(v.number()), embedding: v.array(v.number()) })),
  usage: maybe(v.object({ prompt_tokens: maybe(count), total_tokens: maybe(count) })),
});
