/**
 * What memory a model takes, from what its header says, and what to change where it is too much: better known before it is
 * loaded than when the kernel ends it. Pure arithmetic, measured on models from 3 million to 7 billion parameters.
 */
import { bytesText } from "../bytes_text.ts";

/** What of a model takes memory. Sizes in bytes. */
export interface ModelShape {
  /** Of all its files. */
  readonly weightBytes: number;
  /** The embedding matrix, where it is the output matrix too and is repacked for that: it is there twice then. */
  readonly repeatedBytes: number;
  /** Keys and values of one token. */
  readonly tokenBytes: number;
  /** Tokens that it knows. */
  readonly vocabulary: number;
  /** Numbers per token between layers, and inside of one. */
  readonly embedding: number;
  readonly feedForward: number;
}

/** How it is to be loaded. */
export interface MemoryPlan {
  readonly contextTokens: number;
  readonly slots: number;
  readonly batchTokens: number;
  /** Each conversation has a context of its own. @default one for all */
  readonly apart?: boolean;
}

/** Memory that there is. */
export interface MemoryRoom {
  readonly machineBytes: number;
  readonly freeBytes: number;
}

const MIB = 1_048_576;
/** The process and the libraries in it. */
const PROCESS_BYTES = 92 * MIB;
/** A context, apart from what it holds and computes. */
const CONTEXT_BYTES = 8 * MIB;
/** A token's text, in the library's tables and in ours. */
const BYTES_PER_WORD = 600;
/** Results of layers that are there at once, in widths of the embedding and of the feed-forward part. */
const EMBEDDINGS_ALIVE = 6;
const FEED_FORWARDS_ALIVE = 3;
const FLOAT_BYTES = 4;
/** Which token of a batch sees which of the context. */
const MASK_BYTES = 4;
/** An estimate is no measurement: it refuses only what is beyond doubt. */
const CERTAIN = 0.9;
/** Less is no conversation. */
const CONTEXT_TOKENS_MIN = 512;
/** Bytes of a parameter in a good small quantisation, which is the one to propose. */
const SMALL_BYTES_PER_PARAMETER = 0.61;

/** Bytes that a model takes when all its conversations are full. */
export function memoryNeed(shape: ModelShape, plan: MemoryPlan): number {
  const { weightBytes, repeatedBytes, tokenBytes, vocabulary, embedding, feedForward } = shape;
  const { contextTokens, slots, batchTokens, apart = false } = plan;
  const batch = Math.min(batchTokens, contextTokens);
  const widths = EMBEDDINGS_ALIVE * embedding + FEED_FORWARDS_ALIVE * feedForward;
  const computing = batch * (widths * FLOAT_BYTES + contextTokens * MASK_BYTES);
  return Math.round(
    PROCESS_BYTES +
      weightBytes +
      repeatedBytes +
      vocabulary * BYTES_PER_WORD +
      contextTokens * slots * tokenBytes +
      (apart ? slots : 1) * (CONTEXT_BYTES + computing),
  );
}

/** `tight`: it would fit, but others use the memory now. */
export function fitIn(
  bytes: number,
  { machineBytes, freeBytes }: MemoryRoom,
): "yes" | "tight" | "no" {
  if (bytes > machineBytes) return "no";
  return bytes > freeBytes ? "tight" : "yes";
}

/** Whether a need is more than there is, beyond doubt: it is an estimate. */
export function isBeyond(bytes: number, freeBytes: number): boolean {
  return CERTAIN * bytes > freeBytes;
}

/** Why a model cannot be loaded now, and what to do about it; `undefined`: nothing speaks against it. */
export function unfitText(
  shape: ModelShape & { readonly parameters: number },
  plan: MemoryPlan,
  room: MemoryRoom,
): string | undefined {
  const free = Math.min(room.freeBytes, room.machineBytes);
  const fits = (change: Partial<MemoryPlan>): boolean =>
    !isBeyond(memoryNeed(shape, { ...plan, ...change }), free);
  if (fits({})) return undefined;
  const { contextTokens, slots } = plan;
  const remedies: string[] = [];
  const shorter = halvings(contextTokens).find((tokens) => fits({ contextTokens: tokens }));
  if (shorter !== undefined) remedies.push(`set model.contextTokens to ${shorter}`);
  const fewer = halvings(slots, 1).find((count) => fits({ slots: count }));
  if (fewer !== undefined) remedies.push(`set model.slots to ${fewer}`);
  if (remedies.length === 0 && fits({ contextTokens: CONTEXT_TOKENS_MIN, slots: 1 }))
    remedies.push(`set model.contextTokens to ${CONTEXT_TOKENS_MIN} and model.slots to 1`);
  const small = shape.parameters * SMALL_BYTES_PER_PARAMETER;
  // Where it is nearly as small already, another quantisation does not help.
  if (small < 0.8 * shape.weightBytes)
    remedies.push(`take a smaller quantisation (Q4_K_M has about ${bytesText(small)})`);
  if (remedies.length === 0) remedies.push("take a smaller model, or free memory");
  const what = slots === 1 ? "a conversation" : `${slots} conversations`;
  const need = bytesText(memoryNeed(shape, plan));
  return `with ${what} of ${contextTokens} tokens it needs about ${need}, and ${bytesText(free)} are free; ${remedies.join(", or ")}`;
}

/** A half, a quarter and so on, down to `least`. */
function halvings(value: number, least = CONTEXT_TOKENS_MIN): readonly number[] {
  const found: number[] = [];
  for (let half = Math.floor(value / 2); half >= least; half = Math.floor(half / 2))
    found.push(half);
  return found;
}
