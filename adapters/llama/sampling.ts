/** How the next token of an answer is chosen. Knows no model. */
import type { GenerateRequest } from "../../schemas/model.ts";

/** Seeds are numbers of this range for the engine, to which the largest of 32 bits means: any. */
const SEEDS = 2 ** 32 - 1;

/** What the engine is told. */
export interface Sampling {
  readonly temperature: number;
  readonly topP?: number;
  readonly seed?: number;
}

/** The sampling of a request. Without a seed of its own each draws differently: the engine would take the clock. */
export function samplingOf({ temperature = 0, topP = 1, seed }: GenerateRequest): Sampling {
  if (temperature === 0) return { temperature };
  const drawn = seed ?? Math.floor(Math.random() * SEEDS);
  return { temperature, topP, seed: ((drawn % SEEDS) + SEEDS) % SEEDS };
}
