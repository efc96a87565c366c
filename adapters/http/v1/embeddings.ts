/** `POST /v1/embeddings`: texts as vectors. */
import { readBody } from "./asked.ts";
import { invalid, unsupported } from "./errors.ts";
import { findModel } from "./models.ts";
import { type EmbeddingBody, EmbeddingBody as Body } from "../../../schemas/embedding.ts";
import { ref } from "../documents.ts";
import type { Asked, Operation } from "../operation.ts";
import type { Services } from "../services.ts";

/** The route. */
export function embeddingRoutes(services: Pick<Services, "models">): readonly Operation[] {
  return [
    {
      method: "POST",
      path: "/v1/embeddings",
      grant: "ask:model",
      tag: "models",
      summary: "Turns texts into vectors",
      description:
        "Vectors have length 1. `dimensions` keeps that many numbers of each, the first ones, and brings it back to length 1: of use with models that were trained for it.",
      body: Body,
      answer: { description: "The vectors, in the order of the texts", schema: ref("Embeddings") },
      errors: ["body/too-large", "queue/full", "model/unavailable"],
      handle: (asked) => embeddings(services, asked),
    },
  ];
}

async function embeddings(
  { models }: Pick<Services, "models">,
  { request, signal }: Asked,
): Promise<object> {
  const body = await readBody(request, Body);
  const texts = textsOf(body.input);
  const { model, id } = findModel(models, body.model ?? undefined);
  if (model.embed === undefined)
    throw unsupported("model", `The model "${id}" makes no embeddings; ask another one`);
  const { vectors, tokens } = await model.embed(texts, signal);
  const encode =
    body.encoding_format === "base64" ? base64Of : (vector: readonly number[]) => vector;
  return {
    object: "list",
    model: id,
    data: vectors.map((vector, index) => ({
      object: "embedding",
      index,
      embedding: encode(shortened(vector, body.dimensions ?? vector.length)),
    })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

function textsOf(input: EmbeddingBody["input"]): readonly string[] {
  const texts = [input].flat();
  if (texts.every((text) => typeof text === "string")) return texts;
  throw unsupported("input", "Token ids are not supported; give the texts themselves");
}

/** The first numbers of a vector, of length 1 again. */
function shortened(vector: readonly number[], dimensions: number): readonly number[] {
  if (dimensions > vector.length)
    throw invalid("dimensions", `The model's vectors have ${vector.length} numbers, and no more`);
  if (dimensions === vector.length) return vector;
  const kept = vector.slice(0, dimensions);
  const length = Math.hypot(...kept);
  return length === 0 ? kept : kept.map((value) => value / length);
}

/** Little-endian 32-bit floats. */
function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString("base64");
}
