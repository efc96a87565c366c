/**
 * How many tokens are best read at once at the end of a long prompt. On a CPU llama.cpp's flash attention takes another way
 * from 64 new tokens on, five times as fast: behind two thousand tokens 64 are read sooner than the last 30 of them. So a
 * few are read again.
 */
import type { LlamaModel } from "node-llama-cpp";

/** From so many new tokens on the quick way is taken: `ggml_compute_forward_flash_attn_ext` of the CPU. */
export const TILE_TOKENS = 64;
/** Calculations in a time, of one core: weights, attention of 64 new tokens and more, and of fewer. Only their ratios count. */
const SPEED = { weights: 100, tile: 67, single: 13 };
/** Where 64 tokens are read sooner than this, nothing is worth the trouble. */
const WORTH_MS = 100;

/** Calculations of one token. */
export interface ReadingCost {
  /** With the weights. */
  readonly weights: number;
  /** Of its attention, for each token before it. */
  readonly attention: number;
}

/** What a token costs a model, by its shape. `undefined`: it does not say. */
export function readingCost(model: LlamaModel): ReadingCost | undefined {
  const { general, ...metadata } = model.fileInfo.metadata;
  const own = numbersOf((metadata as Record<string, unknown>)[general.architecture]);
  const of = numbersOf(own["attention"]);
  const number = (value: unknown) => (value === undefined ? Number.NaN : Number(value));
  const [layers, width] = [number(own["block_count"]), number(own["embedding_length"])];
  const heads = number(of["head_count"]);
  const kvHeads = number(of["head_count_kv"] ?? heads);
  const head = number(of["key_length"] ?? width / heads);
  const experts = number(own["expert_used_count"] ?? 1);
  const hidden = number(own["expert_feed_forward_length"] ?? own["feed_forward_length"]);
  const weights = 2 * layers * width * (2 * head * (heads + kvHeads) + 3 * experts * hidden);
  const attention = 4 * layers * heads * head;
  return Number.isFinite(weights + attention) ? { weights, attention } : undefined;
}

function numbersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/**
 * How many of the last tokens of a prompt are read, the unknown ones among them.
 * @param unknown tokens that are in no context yet
 * @param known tokens before them
 * @param rate tokens that this model reads in a millisecond; 0: nobody knows
 */
export function tokensToRead(
  { weights, attention }: ReadingCost,
  unknown: number,
  known: number,
  rate: number,
): number {
  const isPossible = unknown < TILE_TOKENS && known + unknown >= TILE_TOKENS;
  if (!isPossible || rate === 0 || TILE_TOKENS / rate < WORTH_MS) return unknown;
  const single = weights / SPEED.weights + (attention * known) / SPEED.single;
  const tile = weights / SPEED.weights + (attention * known) / SPEED.tile;
  return TILE_TOKENS * tile < unknown * single ? TILE_TOKENS : unknown;
}
