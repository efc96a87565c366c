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
/** Another way must be cheaper by this much: of equals the one with fewer decodes wins. */
const GAIN_MIN = 0.98;
/**
 * Tried are so many steps in a row, of which the first does not count: a decode for the same streams as the last one goes
 * on with the same graph, and another has to make its own. Where a decode takes so many milliseconds, that is little.
 */
const TRIAL_STEPS = 4;
/** So many measurements beside any trial say as much. */
const COUNT_MIN = 16;
const TRIAL_MS_MAX = 10;
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
  /** Measurements, or as good as enough of them. */
  count: number;
  /** Step of the last measurement. */
  at: number;
}

/** Steps with one size in a row. */
interface Trial {
  readonly sequences: number;
  readonly size: number;
  /** Its first step, and the one after its last. */
  readonly from: number;
  readonly until: number;
}

/** Learnt as it is used. */
export class DecodeCosts {
  /** By number of sequences. */
  readonly #known: (Known | undefined)[] = [];
  #steps = 0;
  #trial: Trial | undefined;

  /** Takes a measurement in. */
  learn(sequences: number, ms: number): void {
    const known = this.#known[sequences];
    const isTrial = this.#trial?.size === sequences;
    const isFirst = isTrial && this.#steps === this.#trial?.from;
    if (isFirst && ms < TRIAL_MS_MAX) return;
    if (isFirst) this.#trial = undefined;
    const count = isTrial ? COUNT_MIN : 1;
    if (known === undefined || (isTrial && known.count < COUNT_MIN)) {
      this.#known[sequences] = { ms, count, at: this.#steps };
      return;
    }
    known.count += count;
    const change = Math.min(ms, OUTLIER * known.ms) - known.ms;
    known.ms += (change < 0 ? QUICKER_SHARE : SLOWER_SHARE) * change;
    known.at = this.#steps;
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
    const from = this.#steps;
    this.#trial = { sequences, size, from, until: from + TRIAL_STEPS };
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

/** Sizes of the largest parts: all together, or about a power of two in each; largest first. */
function sizesFor(sequences: number): readonly number[] {
  const sizes = new Set([sequences]);
  for (let most = 2 ** Math.ceil(Math.log2(sequences)) / 2; most >= 1; most /= 2)
    sizes.add(Math.ceil(sequences / Math.ceil(sequences / most)));
  return [...sizes];
}

/** As many parts as it takes with no more than `most` in each. */
function inParts(sequences: number, most: number): readonly number[] {
  const parts = Math.ceil(sequences / most);
  return Array.from({ length: parts }, (_, at) =>
    Math.floor((sequences + at) / parts),
  ).toReversed();
}
