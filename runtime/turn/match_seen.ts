/**
 * What is seen of each word of a request beside each word of a tool, and how much they look at each other: the middle of
 * `matcher.ts`.
 */
import type { Side, Words } from "./match_sides.ts";
import { DEPTH, GAZES, INNER, type MatchWeights, SEEN } from "./match_weights.ts";
import { KEYS, SECTIONS } from "./match_words.ts";
import { DIMENSIONS } from "./word_vectors.ts";

/** Less alike than this is chance. */
const CHANCE = 0.35;
/** Of what is seen the first two: how alike two words are. The others are seldom there. */
const LIKENESSES = 2;
/** Logits above this would be infinite as a number of 32 bits. */
const LOGIT_MAX = 60;
/** Keys of a word. */
const [STEM, THINGS, TOPIC, ACTIONS, CONTRARY] = [0, 1, 3, 4, 6];
const SECTION_COUNT = Object.keys(SECTIONS).length;

/** What is seen of a request's words beside a tool's. By pair of words: first those of the request's first word. */
export interface Seen {
  /** `SEEN` numbers for each pair. */
  readonly seen: Float32Array;
  /** How many of them may be other than 0. */
  readonly limits: Uint8Array;
}

/** A request beside a tool, as a network sees them. */
export interface Pair extends Seen {
  readonly request: Side;
  readonly tool: Side;
  /** How much they look at each other, before it is shared out: for each gaze all pairs. */
  readonly gaze: Float32Array;
}

/** What is seen whoever looks. */
export function seenOf(request: Words, tool: Words): Seen {
  const pairs = request.count * tool.count;
  const seen = new Float32Array(SEEN * pairs);
  const limits = new Uint8Array(pairs).fill(LIKENESSES);
  for (let a = 0; a < request.count; a++)
    for (let b = 0; b < tool.count; b++) {
      const pair = a * tool.count + b;
      if (see({ request, a, tool, b }, seen, pair * SEEN)) limits[pair] = SEEN;
    }
  return { seen, limits };
}

/** A request beside a tool. */
export function pairOf(request: Side, tool: Side, seen: Seen, weights: MatchWeights): Pair {
  const gaze = new Float32Array(GAZES * seen.limits.length);
  const all = { request, tool, gaze, ...seen };
  for (let g = 0; g < GAZES; g++) look(all, g, weights);
  return all;
}

/** Two words. */
interface Two {
  readonly request: Words;
  readonly a: number;
  readonly tool: Words;
  readonly b: number;
}

/** Notes what is seen of two words; whether it is more than likeness. */
function see(two: Two, seen: Float32Array, at: number): boolean {
  const { request, a, tool, b } = two;
  const mine = a * KEYS;
  const other = b * KEYS;
  const isStem = request.keys[mine + STEM] === tool.keys[other + STEM];
  const alike = isStem ? 1 : likeness(two);
  seen[at] = Math.max(0, alike);
  seen[at + 1] = Math.max(0, (alike - CHANCE) / (1 - CHANCE));
  const isThing = isSame(request.keys, mine + THINGS, tool.keys, other + THINGS);
  const topic = request.keys[mine + TOPIC] ?? 0;
  const isTopic = topic > 0 && topic === tool.keys[other + TOPIC];
  const isAction = isSame(request.keys, mine + ACTIONS, tool.keys, other + ACTIONS);
  const isContrary =
    !isAction && hasKey(request.keys, mine + CONTRARY, tool.keys[other + ACTIONS] ?? 0);
  seen[at + 2] = Number(isStem);
  seen[at + 3] = Number(isThing);
  seen[at + 4] = Number(isTopic);
  seen[at + 5] = Number(isAction);
  seen[at + 6] = Number(isContrary);
  return isStem || isThing || isTopic || isAction || isContrary;
}

/** Four sums at once: one would wait for itself. */
function likeness({ request, a, tool, b }: Two): number {
  const mine = request.meanings;
  const others = tool.meanings;
  const from = a * DIMENSIONS;
  const to = b * DIMENSIONS;
  let one = 0;
  let two = 0;
  let three = 0;
  let four = 0;
  for (let n = 0; n < DIMENSIONS; n += 4) {
    one += (mine[from + n] ?? 0) * (others[to + n] ?? 0);
    two += (mine[from + n + 1] ?? 0) * (others[to + n + 1] ?? 0);
    three += (mine[from + n + 2] ?? 0) * (others[to + n + 2] ?? 0);
    four += (mine[from + n + 3] ?? 0) * (others[to + n + 3] ?? 0);
  }
  return one + two + three + four;
}

/** Whether any of two keys of a word is one of two of another. */
function isSame(keys: Int32Array, at: number, others: Int32Array, other: number): boolean {
  return hasKey(keys, at, others[other] ?? 0) || hasKey(keys, at, others[other + 1] ?? 0);
}

/** Whether one of two keys is a certain one; 0 is none. */
function hasKey(keys: Int32Array, at: number, key: number): boolean {
  return key > 0 && (keys[at] === key || keys[at + 1] === key);
}

/** How much all words look at each other in one gaze. */
function look({ request, tool, seen, limits, gaze }: Pair, g: number, weights: MatchWeights): void {
  const pairs = limits.length;
  const drawn = tool.sections.map((section) => weights.drawn[g * SECTION_COUNT + section] ?? 0);
  const led = weights.led.subarray(g * SEEN, (g + 1) * SEEN);
  const scale = 1 / Math.sqrt(DEPTH);
  for (let a = 0; a < request.count; a++)
    for (let b = 0; b < tool.count; b++) {
      const mine = a * INNER + g * DEPTH;
      const other = b * INNER + g * DEPTH;
      let sum = 0;
      for (let n = 0; n < DEPTH; n++)
        sum += (request.lead[mine + n] ?? 0) * (tool.lead[other + n] ?? 0);
      sum = sum * scale + (drawn[b] ?? 0);
      const pair = a * tool.count + b;
      const limit = limits[pair] ?? 0;
      for (let s = 0; s < limit; s++) sum += (led[s] ?? 0) * (seen[pair * SEEN + s] ?? 0);
      gaze[g * pairs + pair] = Math.exp(Math.min(LOGIT_MAX, sum));
    }
}
