/** Refuses a file that is no model, and a model that this machine has no room for, before anything of it is loaded. */
import { checkGguf } from "./gguf.ts";
import { BATCH_TOKENS, CONTEXT_TOKENS_DEFAULT, headersOf, shapeOf } from "./inspect.ts";
import type { EngineOptions } from "../../runtime/model/engine.ts";
import {
  memoryNeed,
  type MemoryPlan,
  type MemoryRoom,
  unfitText,
} from "../../runtime/model/memory_fit.ts";
import { roomHere } from "../../runtime/model/room.ts";
import { MoultError } from "../../schemas/error.ts";

/**
 * Checks a file, and compares what the model needs with what is free. With a GPU, weights lie elsewhere and nothing is
 * known; the embedded model fits everywhere.
 *
 * @param room memory that there is; given by tests
 * @throws {MoultError} `model/unavailable`: what is wrong with the file, or how much is missing, and what to change
 */
export function checkFit(
  { path, gpu, embedded }: Pick<EngineOptions, "path" | "gpu" | "embedded">,
  plan: MemoryPlan,
  room: MemoryRoom = roomHere(),
): void {
  checkGguf(path);
  if (gpu !== false || embedded) return;
  const known = knownOf(path, plan);
  const why = unfitText(known.shape, known.plan, room);
  if (why === undefined) return;
  throw new MoultError("model/unavailable", `Cannot load model "${path}": ${why}`);
}

/**
 * Bytes of memory that a model takes when all its conversations are full, about; 0 with a GPU, where nothing is known.
 * @throws {MoultError} `model/unavailable`: the file is no model
 */
export function needOf(
  options: Pick<EngineOptions, "path" | "gpu" | "contextTokens" | "slots" | "embedded">,
): number {
  const { path, gpu, embedded, slots, contextTokens = CONTEXT_TOKENS_DEFAULT } = options;
  if (gpu !== false) return 0;
  // The embedded model makes a context for each conversation, when it begins.
  const plan = { slots: embedded ? 1 : slots, contextTokens, batchTokens: BATCH_TOKENS };
  const known = knownOf(path, plan);
  return memoryNeed(known.shape, known.plan);
}

/** What a file says of what it takes, and the plan as far as the model can follow it. */
function knownOf(path: string, plan: MemoryPlan) {
  const headers = headersOf(path);
  const shape = shapeOf(headers);
  const trained = headers[0]?.metadata.get(`${headers[0].architecture}.context_length`);
  const contextTokens = Math.min(plan.contextTokens, Number(trained) || plan.contextTokens);
  const isWindowed = headers[0]?.metadata.has(
    `${headers[0].architecture}.attention.sliding_window`,
  );
  // Layers with a window keep a part of the conversation only; which ones that are differs by architecture.
  const tokenBytes = isWindowed === true ? shape.tokenBytes / 4 : shape.tokenBytes;
  return { shape: { ...shape, tokenBytes }, plan: { ...plan, contextTokens } };
}
