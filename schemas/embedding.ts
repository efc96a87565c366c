/** The body of `POST /v1/embeddings`, as OpenAI's clients send it. Fields that are not here are ignored. */
import * as v from "valibot";

/** Texts of one request; OpenAI's own bound. */
export const EMBEDDED_TEXTS_MAX = 2_048;

const TEXTS = `expected a text, or 1 to ${EMBEDDED_TEXTS_MAX} of them`;

const Token = v.pipe(v.number(), v.integer());

/** A request for embeddings. Token ids are told apart from texts by whoever reads it. */
export const EmbeddingBody = v.looseObject({
  model: v.nullish(v.string()),
  input: v.union(
    [
      v.string(),
      v.pipe(v.array(v.string()), v.minLength(1, TEXTS), v.maxLength(EMBEDDED_TEXTS_MAX, TEXTS)),
      v.pipe(v.array(Token), v.minLength(1)),
      v.pipe(v.array(v.array(Token)), v.minLength(1)),
    ],
    TEXTS,
  ),
  encoding_format: v.nullish(v.picklist(["float", "base64"])),
  dimensions: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(1))),
  user: v.nullish(v.string()),
});
/** See the schema of the same name. */
export type EmbeddingBody = v.InferOutput<typeof EmbeddingBody>;
