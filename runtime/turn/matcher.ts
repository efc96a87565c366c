/**
 * How well a request and a tool match, word by word, small words and their order, too: each word of the one looks at those of
 * the other, and what all of them find says how likely the tool is meant, and not only spoken of. Learned from requests of
 * strangers (models/recipe/choosing). Knows words, no list of tools.
 */
import { type Pair, pairOf, seenOf } from "./match_seen.ts";
import {
  addNear,
  addProduct,
  knownOf,
  product,
  requestSide,
  type Side,
  toolSide,
  type Words,
} from "./match_sides.ts";
import {
  DEPTH,
  GAZES,
  INNER,
  type Layer,
  type MatchWeights,
  PLACES,
  POOLS,
  readMatchWeights,
  SEEN,
  WIDTH,
} from "./match_weights.ts";
import { requestWords, toolWordsInOrder } from "./match_words.ts";
import type { ToolSpec } from "../../schemas/model.ts";

/** Tools that are remembered; a session has no more. */
const TOOLS_MAX = 64;
/** By section of a tool: which of `PLACES` it is in. */
const PLACE_OF: readonly number[] = [0, 0, 1, 2, 2, 2, 3];
/** Of all words: weighed in some ways, and the most of each number. */
const POOLED = (POOLS + 1) * WIDTH;

/** A request or a tool: its words, and how each network sees them. */
interface Known {
  readonly words: Words;
  readonly sides: readonly Side[];
}

/** A request beside which tools are looked at. */
interface Request extends Known {
  readonly text: string;
  readonly scores: Map<Known, number>;
}

/** Scores of a request and tools: what several networks think on average. */
export class Matcher {
  readonly #folder: string;
  readonly #tools = new Map<string, Known>();
  #known: readonly MatchWeights[] | undefined;
  /** Each is looked at more than once, before and after its arguments are read. */
  #last: Request | undefined;

  /** @param folder Where its weights are */
  constructor(folder: string = import.meta.dir) {
    this.#folder = folder;
  }

  /** How likely a text asks for a tool: log-odds against none. */
  score(text: string, tool: ToolSpec): number {
    const networks = (this.#known ??= readMatchWeights(this.#folder));
    if (this.#last?.text !== text) {
      const words = knownOf(requestWords(text));
      const sides = networks.map((weights) => requestSide(words, weights));
      this.#last = { text, words, sides, scores: new Map() };
    }
    const request = this.#last;
    const own = this.#toolOf(tool, networks);
    const before = request.scores.get(own);
    if (before !== undefined) return before;
    const isEmpty = request.words.count === 0 || own.words.count === 0;
    const score = isEmpty ? 0 : meanScore(request, own, networks);
    request.scores.set(own, score);
    return score;
  }

  #toolOf(tool: ToolSpec, networks: readonly MatchWeights[]): Known {
    const key = JSON.stringify([tool.name, tool.description, tool.parameters]);
    const before = this.#tools.get(key);
    if (before !== undefined) return before;
    if (this.#tools.size >= TOOLS_MAX) this.#tools.clear();
    const words = knownOf(toolWordsInOrder(tool));
    const known = { words, sides: networks.map((weights) => toolSide(words, weights)) };
    this.#tools.set(key, known);
    return known;
  }
}

function meanScore(request: Known, tool: Known, networks: readonly MatchWeights[]): number {
  const seen = seenOf(request.words, tool.words);
  let sum = 0;
  for (const [nth, weights] of networks.entries()) {
    const [asked, offered] = [request.sides[nth], tool.sides[nth]];
    if (asked !== undefined && offered !== undefined)
      sum += scoreOf(pairOf(asked, offered, seen, weights), weights);
  }
  return sum / networks.length;
}

function scoreOf(pair: Pair, weights: MatchWeights): number {
  const pooled = new Float32Array(2 * POOLED);
  pool(foundOf(pair, weights), weights.weigh, pooled.subarray(0, POOLED));
  pool(metOf(pair, weights), weights.weighTool, pooled.subarray(POOLED));
  const units = product({ count: 1, values: pooled, width: pooled.length }, weights.units);
  const values = units.map((unit) => Math.max(0, unit));
  return product({ count: 1, values, width: WIDTH }, weights.out)[0] ?? 0;
}

/** What each word of the request found in the tool. */
function foundOf(pair: Pair, weights: MatchWeights): Float32Array {
  const { request, tool } = pair;
  const width = INNER + (GAZES + PLACES) * SEEN;
  const brought = new Float32Array(request.count * width);
  for (let a = 0; a < request.count; a++) {
    const row = brought.subarray(a * width, (a + 1) * width);
    for (let g = 0; g < GAZES; g++) gather(pair, a, g, row);
    for (let b = 0; b < tool.count; b++) {
      const place = PLACE_OF[tool.sections[b] ?? 0] ?? 0;
      raise(row, INNER + (GAZES + place) * SEEN, pair, a * tool.count + b);
    }
  }
  const found = joined(request, brought, weights.ofRequest);
  const layer = weights.near[3];
  if (layer !== undefined) addNear(found, request.count, layer);
  return found;
}

/** What a word of the request sees in one gaze. */
function gather(pair: Pair, a: number, g: number, row: Float32Array): void {
  const { tool, gaze, limits } = pair;
  const first = a * tool.count;
  const from = g * limits.length + first;
  const part = row.subarray(g * DEPTH, (g + 1) * DEPTH);
  const led = row.subarray(INNER + g * SEEN, INNER + (g + 1) * SEEN);
  // It may look at nothing, too.
  let all = 1;
  for (let b = 0; b < tool.count; b++) all += gaze[from + b] ?? 0;
  for (let b = 0; b < tool.count; b++) {
    const share = (gaze[from + b] ?? 0) / all;
    addSaid(part, tool.says, b * INNER + g * DEPTH, share);
    addSeen(led, pair, first + b, share);
  }
}

/** What of each word of the tool was said. */
function metOf(pair: Pair, weights: MatchWeights): Float32Array {
  const { request, tool } = pair;
  const width = INNER + 2 * SEEN;
  const brought = new Float32Array(tool.count * width);
  for (let b = 0; b < tool.count; b++) {
    const row = brought.subarray(b * width, (b + 1) * width);
    for (let g = 0; g < GAZES; g++) gatherSaid(pair, b, g, row);
    for (let a = 0; a < request.count; a++) raise(row, INNER, pair, a * tool.count + b);
  }
  return joined(tool, brought, weights.ofTool);
}

/** Who looks at a word of the tool in one gaze. */
function gatherSaid(pair: Pair, b: number, g: number, row: Float32Array): void {
  const { request, tool, gaze, limits } = pair;
  const from = g * limits.length + b;
  const part = row.subarray(g * DEPTH, (g + 1) * DEPTH);
  const mean = row.subarray(INNER + SEEN, INNER + 2 * SEEN);
  let all = 0;
  for (let a = 0; a < request.count; a++) all += gaze[from + a * tool.count] ?? 0;
  for (let a = 0; a < request.count; a++) {
    const share = (gaze[from + a * tool.count] ?? 0) / all;
    addSaid(part, request.says, a * INNER + g * DEPTH, share);
    addSeen(mean, pair, a * tool.count + b, share / GAZES);
  }
}

/** Adds a share of what a word says. @param from Where it says it */
function addSaid(part: Float32Array, says: Float32Array, from: number, share: number): void {
  for (let n = 0; n < DEPTH; n++) part[n] = (part[n] ?? 0) + share * (says[from + n] ?? 0);
}

/** Adds a share of what is seen of two words. */
function addSeen(part: Float32Array, { seen, limits }: Pair, pair: number, share: number): void {
  const limit = limits[pair] ?? 0;
  for (let s = 0; s < limit; s++) part[s] = (part[s] ?? 0) + share * (seen[pair * SEEN + s] ?? 0);
}

/** Keeps the most that was seen. */
function raise(row: Float32Array, to: number, { seen, limits }: Pair, pair: number): void {
  const limit = limits[pair] ?? 0;
  for (let s = 0; s < limit; s++) {
    const value = seen[pair * SEEN + s] ?? 0;
    if (value > (row[to + s] ?? 0)) row[to + s] = value;
  }
}

/** What words say themselves and what they brought, as far as it is above 0. */
function joined({ base, count }: Side, brought: Float32Array, { weights }: Layer): Float32Array {
  const sees = brought.length / count;
  const made = base.slice();
  const matrix = { weights, at: WIDTH, stride: WIDTH + sees, makes: WIDTH, sees };
  for (let row = 0; row < count; row++) {
    const own = made.subarray(row * WIDTH, (row + 1) * WIDTH);
    addProduct(own, matrix, brought.subarray(row * sees, (row + 1) * sees));
  }
  for (let at = 0; at < made.length; at++) made[at] = Math.max(0, made[at] ?? 0);
  return made;
}

/** All words in one. */
function pool(words: Float32Array, weigh: Layer, to: Float32Array): void {
  const count = words.length / WIDTH;
  const weights = product({ count, values: words, width: WIDTH }, weigh);
  for (let way = 0; way < POOLS; way++) {
    const shares = sharesOf(weights, way);
    for (let word = 0; word < count; word++)
      for (let n = 0; n < WIDTH; n++) {
        const at = way * WIDTH + n;
        to[at] = (to[at] ?? 0) + (shares[word] ?? 0) * (words[word * WIDTH + n] ?? 0);
      }
  }
  const most = to.subarray(POOLS * WIDTH);
  for (let at = 0; at < words.length; at++) {
    const value = words[at] ?? 0;
    if (value > (most[at % WIDTH] ?? 0)) most[at % WIDTH] = value;
  }
}

/** By word: its share, the greater the more it weighs. */
function sharesOf(weights: Float32Array, way: number): Float32Array {
  const own = weights.filter((_, at) => at % POOLS === way);
  const most = own.reduce((best, value) => Math.max(best, value), -Infinity);
  const powers = own.map((value) => Math.exp(value - most));
  const all = powers.reduce((sum, value) => sum + value, 0);
  return powers.map((value) => value / all);
}
