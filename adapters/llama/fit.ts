/** Refuses a file that is no model, and a model that this machine has no room for, before anything of it is loaded. */
import { checkGguf } from "./gguf.ts";
import { headersOf, machineMemory, shapeOf } from "./inspect.ts";
import type { EngineOptions } from "../../runtime/model/engine.ts";
import { type MemoryPlan, type MemoryRoom, unfitText } from "../../runtime/model/memory_fit.ts";
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
  room: MemoryRoom = machineMemory(),
): void {
  checkGguf(path);
  if (gpu !== false || embedded) return;
  const headers = headersOf(path);
  const shape = shapeOf(headers);
  const trained = headers[0]?.metadata.get(`${headers[0].architecture}.context_length`);
  const contextTokens = Math.min(plan.contextTokens, Number(trained) || plan.contextTokens);
  const isWindowed = headers[0]?.metadata.has(
    `${headers[0].architecture}.attention.sliding_window`,
  );
  // Layers with a window keep a part of the conversation only; which ones that are differs by architecture.
  const tokenBytes = isWindowed === true ? shape.tokenBytes / 4 : shape.tokenBytes;
  const why = unfitText({ ...shape, tokenBytes }, { ...plan, contextTokens }, room);
  if (why === undefined) return;
  throw new MoultError("model/unavailable", `Cannot load model "${path}": ${why}`);
}
