/**
 * What one decode costs, by how many sequences it is for, and how to part the streams so that all of them together take
 * least. On a CPU several small decodes are often quicker than one for everybody. Knows milliseconds only.
 */

/**
 * How much a new measurement counts: one that was quicker says more than one that was slower, which may only have waited
 * for the processor. So what is compared is what decodes take undisturbed, and long ones, which are nearly always disturbed
 * on a busy machine, get no worse a name than short ones.
 */
const QUICKER_SHARE = 0.5;
const SLOWER_SHARE = 0.05;
/** A measurement counts as this many times the usual at most. */
const OUTLIER = 2;
/**
 * Another way must be cheaper by this much: of equals the one with fewer decodes wins. What short decodes take undisturbed
 * is found sooner than what a long one does, so they seem a little better than they are.
 */
const GAIN_MIN = 0.88;
/**
 * A decode for the same streams as the last one goes on with the same graph, and another has to make its own. So the first
 * of a size after others does not count, unless it takes so many milliseconds that a graph is little.
 */
const GRAPH_MATTERS_MS = 10;
/** What was measured longer ago than this many steps is forgotten at the next measurement. */
const FRESH_STEPS = 100;
/** Steps of a trial. */
const TRIAL_STEPS = 4;
/** Measurements that make a size known. */
const COUNT_MIN = 2;
/** Steps between trials of sizes of which nothing is known, and of those that were not tried for long. */
const TRY_EVERY = 2;
const TRY_AGAIN_EVERY = 24;
/** A size is tried again after so many steps: the machine does other things by then. */
const STALE_STEPS = 800;

/** A decode for one stream. */
const ALONE = [1];

/** What is known of decodes for one number of sequences. */
interface Known {
  ms: number;
  /** What counts of it. */
  count: number;
  /** Nothing of it is fresh. */
  isOld: boolean;
  /** Step of the last measurement. */
  at: number;
}

/** Steps with one size in a row. */
interface Trial {
  readonly sequences: number;
  readonly size: number;
  /** The step after its last. */
  readonly until: number;
}

/** Learnt as it is used. */
export class DecodeCosts {
  /** By number of sequences. */
  readonly #known: (Known | undefined)[] = [];
  #steps = 0;
  #trial: Trial | undefined;

  /** A size is being tried. */
  get isTrying(): boolean {
    return this.#trial !== undefined;
  }

  /** Begins with what was tried before there was work. */
  know(sequences: number, ms: number): void {
    this.#known[sequences] = { ms, count: COUNT_MIN, isOld: false, at: this.#steps };
  }

  /** Takes a measurement in. */
  learn(sequences: number, ms: number): void {
    const known = this.#known[sequences] ?? { ms, count: 0, isOld: true, at: -Infinity };
    this.#known[sequences] = known;
    const pause = this.#steps - known.at;
    const isLong = ms >= GRAPH_MATTERS_MS;
    known.at = this.#steps;
    known.isOld ||= pause > FRESH_STEPS;
    if (pause > 1 && !isLong) return;
    const isNew = known.count === 0;
    known.count += isLong ? COUNT_MIN : 1;
    if (isLong && this.#trial?.size === sequences) this.#trial = undefined;
    const bounded = isNew ? ms : Math.min(ms, OUTLIER * known.ms);
    if (known.isOld) known.ms = bounded;
    else known.ms += (bounded < known.ms ? QUICKER_SHARE : SLOWER_SHARE) * (bounded - known.ms);
    known.isOld = false;
  }

  /** Milliseconds of the cheapest step for so many streams; `undefined`: nothing is known of any. */
  least(sequences: number): number | undefined {
    if (this.#known.length === 0) return undefined;
    const size = sequences <= 1 ? 1 : this.#cheapest(sequences, sizesFor(sequences));
    return inParts(sequences, size).reduce((sum, part) => sum + this.#of(part), 0);
  }

  /** Sizes of the decodes that together serve `sequences` streams soonest, all about alike. One step of all. */
  next(sequences: number): readonly number[] {
    if (sequences <= 1) return ALONE.slice(0, sequences);
    this.#steps++;
    const sizes = sizesFor(sequences);
    return inParts(sequences, this.#tried(sequences, sizes) ?? this.#cheapest(sequences, sizes));
  }

  /** The size that is being tried, if there is one. */
  #tried(sequences: number, sizes: readonly number[]): number | undefined {
    const trial = this.#trial;
    if (trial?.sequences === sequences && this.#steps < trial.until) return trial.size;
    this.#trial = undefined;
    const size = this.#untried(sizes);
    if (size === undefined) return undefined;
    this.#trial = { sequences, size, until: this.#steps + TRIAL_STEPS };
    return size;
  }

  /** A size worth a trial. */
  #untried(sizes: readonly number[]): number | undefined {
    if (this.#steps % TRY_EVERY === 0) {
      const unknown = sizes.find((size) => (this.#known[size]?.count ?? 0) < COUNT_MIN);
      if (unknown !== undefined) return unknown;
    }
    if (this.#steps % TRY_AGAIN_EVERY !== 0) return undefined;
    return sizes.find((size) => this.#steps - (this.#known[size]?.at ?? 0) > STALE_STEPS);
  }

  /** @param sizes largest first */
  #cheapest(sequences: number, sizes: readonly number[]): number {
    let [best, least] = [sequences, Infinity];
    for (const size of sizes) {
      let cost = 0;
      for (const part of inParts(sequences, size)) cost += this.#of(part);
      if (cost < least * GAIN_MIN) [best, least] = [size, cost];
    }
    return best;
  }

  /** Milliseconds of one decode; where it was never measured, in proportion to the nearest that was. */
  #of(sequences: number): number {
    const known = this.#known[sequences]?.ms;
    if (known !== undefined) return known;
    for (let off = 1; off <= Math.max(sequences, this.#known.length); off++) {
      for (const near of [sequences + off, sequences - off]) {
        const ms = this.#known[near]?.ms;
        if (ms !== undefined) return (ms * sequences) / near;
      }
    }
    return sequences;
  }
}

/** The same few numbers are parted at every step; there are no more of them than slots. */
const sizesKnown = new Map<number, readonly number[]>();
const partsKnown = new Map<number, readonly number[]>();
/** More than slots. */
const SEQUENCES_MAX = 65_536;

/** Sizes of the largest parts: all together, or about a power of two in each; largest first. */
function sizesFor(sequences: number): readonly number[] {
  const known = sizesKnown.get(sequences);
  if (known !== undefined) return known;
  const sizes = new Set([sequences]);
  for (let most = 2 ** Math.ceil(Math.log2(sequences)) / 2; most >= 1; most /= 2)
    sizes.add(Math.ceil(sequences / Math.ceil(sequences / most)));
  sizesKnown.set(sequences, [...sizes]);
  return [...sizes];
}

/** As many parts as it takes with no more than `most` in each. */
function inParts(sequences: number, most: number): readonly number[] {
  const key = sequences * SEQUENCES_MAX + most;
  const known = partsKnown.get(key);
  if (known !== undefined) return known;
  const count = Math.ceil(sequences / most);
  const parts = Array.from({ length: count }, (_, at) => Math.floor((sequences + at) / count));
  partsKnown.set(key, parts.toReversed());
  return parts.toReversed();
}
