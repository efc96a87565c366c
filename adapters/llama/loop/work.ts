/** What a loop is given to decode. Knows sequences, positions and tokens. */
import type { Token } from "node-llama-cpp";
import type { NativePart, NativeSampler } from "./native_context.ts";
import { SEQUENCES_MAX } from "./native_library.ts";
import type { Lane } from "../../../schemas/model.ts";

/** Something to decode: the next token of a stream, or a text that is to be read. */
export interface Work {
  readonly sequence: number;
  readonly lane: Lane;
  /** Position of the first of `tokens`. */
  position: number;
  /** What is left. */
  tokens: Uint32Array;
  /** Which of the tokens' logits are wanted, by position. */
  readonly wanted: ReadonlySet<number> | "last";
  readonly signal?: AbortSignal | undefined;
  /** Its next token may be chosen in the call that decodes the last one. Absent: `use` does it. */
  readonly chooser?: Chooser | undefined;
  /** The first `count` of `tokens` are in the context. */
  decoded(count: number): void;
  /** Uses the logits of a position; the next decode waits for it. */
  use(index: number, position: number): Promise<void>;
  fail(error: unknown): void;
}

/** Chooses the next token, and hears of it. */
export interface Chooser {
  readonly sampler: NativeSampler;
  /** What follows the token that was decoded. */
  readonly took: (token: Token) => void;
}

/** The next `count` tokens of some work. */
export interface Part {
  readonly work: Work;
  readonly count: number;
}

/** Logits that somebody waits for. */
export interface Use {
  readonly work: Work;
  readonly index: number;
  readonly position: number;
}

const NO_TOKENS = new Uint32Array();
const FIRST = new Uint32Array(1);

/** Who reads before whom. */
export const URGENCY: Readonly<Record<Lane, number>> = {
  interactive: 0,
  api: 1,
  cron: 2,
  background: 3,
};

/** One token whose logits are wanted: it waits for nothing but its turn. */
export function isWriting({ tokens, wanted }: Work): boolean {
  return tokens.length === 1 && (wanted === "last" || wanted.size > 0);
}

/** Which of the next `count` tokens' logits are wanted, from the first of them on. */
export function wantedOf({ position, tokens, wanted }: Work, count: number): Uint32Array {
  if (wanted === "last") {
    if (count !== tokens.length) return NO_TOKENS;
    return count === 1 ? FIRST : Uint32Array.of(count - 1);
  }
  const places = [...wanted].filter((at) => at >= position && at < position + count);
  return Uint32Array.from(places, (at) => at - position);
}

/** The next `count` tokens of some work are in the context. */
export function advance(work: Work, count: number): void {
  work.decoded(count);
  work.position += count;
  work.tokens = count === work.tokens.length ? NO_TOKENS : work.tokens.subarray(count);
}

/** What can be decoded and chosen in one call. `undefined`: something of it can not. */
export function shortParts(parts: readonly Part[]): readonly NativePart[] | undefined {
  if (parts.length > SEQUENCES_MAX) return undefined;
  const short: NativePart[] = [];
  for (const { work } of parts) {
    const [token] = work.tokens;
    if (work.chooser === undefined || token === undefined || !isWriting(work)) return undefined;
    const { sequence, position, chooser } = work;
    short.push({ sequence, position, token, sampler: chooser.sampler });
  }
  return short;
}
