/** How much of what is to be read is read at once, so that nobody else waits long. Knows milliseconds and tokens. */
import type { Lane } from "../../../schemas/model.ts";
import { TILE_TOKENS } from "./tile.ts";
import { type Part, URGENCY, type Work } from "./work.ts";

/** While others write, what is read must not take longer than this many of their steps, or this long if that is more. */
const STEPS_PER_PIECE = 8;
const PIECE_MS_MIN = 25;
/** Nobody writes, but somebody may come: what can wait is read in pieces of this length. */
const PATIENT_PIECE_MS = 100;
/** Nobody writes and somebody waits: pieces are only so long that a cancelled request, or a newcomer, is noticed. */
const URGENT_PIECE_MS = 1_000;
const UNKNOWN_PIECE_TOKENS = 128;
/** Smaller pieces are read at the price of larger ones. */
export const PIECE_TOKENS_MIN = 16;
const NEW_SHARE = 0.3;

/** Learns how fast a model reads. */
export class Pieces {
  /** Tokens in a millisecond; 0 before anything was read. */
  get rate(): number {
    return this.#rate;
  }
  #rate = 0;

  /** Takes in what was read. */
  learn(tokens: number, ms: number): void {
    if (tokens < PIECE_TOKENS_MIN) return;
    const rate = tokens / ms;
    this.#rate = this.#rate === 0 ? rate : this.#rate + NEW_SHARE * (rate - this.#rate);
  }

  /**
   * Tokens of the next piece.
   * @param stepMs what those who write wait for a token anyway; `undefined`: nobody writes
   */
  next(stepMs: number | undefined, lane: Lane, tokensMax: number): number {
    const canWait = URGENCY[lane] > URGENCY.api;
    const alone = canWait ? PATIENT_PIECE_MS : URGENT_PIECE_MS;
    const ms = stepMs === undefined ? alone : Math.max(PIECE_MS_MIN, STEPS_PER_PIECE * stepMs);
    // Of a model that has read nothing yet nobody knows how long a piece takes.
    const unknown = stepMs === undefined && !canWait ? UNKNOWN_PIECE_TOKENS : PIECE_TOKENS_MIN;
    const rate = this.#rate === 0 ? unknown / ms : this.#rate;
    const tokens = Math.floor((rate * ms) / PIECE_TOKENS_MIN) * PIECE_TOKENS_MIN;
    return Math.max(PIECE_TOKENS_MIN, Math.min(tokens, tokensMax));
  }
}

/**
 * What is read next.
 * @param urgent most urgent first
 * @param most tokens in all
 * @param mostWithRest tokens in all where that ends a text that would leave a rest of a few tokens
 */
export function pieceOf(
  urgent: readonly Work[],
  most: number,
  mostWithRest: number,
): readonly Part[] {
  const piece: Part[] = [];
  let taken = 0;
  for (const work of urgent) {
    const left = work.tokens.length;
    let count = Math.min(Math.max(0, most - taken), left);
    if (count === 0) break;
    if (left - count < TILE_TOKENS) count = Math.min(left, Math.max(count, mostWithRest - taken));
    piece.push({ work, count });
    taken += count;
  }
  return piece;
}
