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
/** A size is known after so many measurements, or after one that took so many milliseconds. */
const MEASURED_MIN = 3;
const MEASURED_MS_MIN = 10;
/** One step in so many tries a size that is not known, or was not tried for long. */
const TRY_EVERY = 2;
const TRY_AGAIN_EVERY = 24;
/** A size is tried again after so many steps: the machine does other things by then. */
const STALE_STEPS = 1_000;

/** What is known of decodes for one number of sequences. */
interface Known {
  ms: number;
  measured: number;
  /** Step of the last measurement. */
  at: number;
}

/** Learnt as it is used. */
export class DecodeCosts {
  /** By number of sequences. */
  readonly #known: (Known | undefined)[] = [];
  #steps = 0;

  /** Takes a measurement in. */
  learn(sequences: number, ms: number): void {
    const known = this.#known[sequences];
    if (known === undefined) {
      this.#known[sequences] = { ms, measured: 1, at: this.#steps };
      return;
    }
    const change = Math.min(ms, OUTLIER * known.ms) - known.ms;
    known.ms += (change < 0 ? QUICKER_SHARE : SLOWER_SHARE) * change;
    known.measured++;
    known.at = this.#steps;
  }

  /** Sizes of the decodes that together serve `sequences` streams soonest, all about alike. One step of all. */
  next(sequences: number): readonly number[] {
    if (sequences === 0) return [];
    this.#steps++;
    const sizes = sizesFor(sequences);
    return inParts(sequences, this.#untried(sizes) ?? this.#cheapest(sequences, sizes));
  }

  /** A size worth a measurement. */
  #untried(sizes: readonly number[]): number | undefined {
    if (this.#steps % TRY_EVERY === 0) {
      const unknown = sizes.find((size) => !this.#isKnown(size));
      if (unknown !== undefined) return unknown;
    }
    if (this.#steps % TRY_AGAIN_EVERY !== 0) return undefined;
    return sizes.find((size) => this.#steps - (this.#known[size]?.at ?? 0) > STALE_STEPS);
  }

  #isKnown(size: number): boolean {
    const { measured = 0, ms = 0 } = this.#known[size] ?? {};
    return measured >= MEASURED_MIN || (measured > 0 && ms >= MEASURED_MS_MIN);
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

/** All together, and powers of two; largest first. */
function sizesFor(sequences: number): readonly number[] {
  const sizes = [sequences];
  for (let size = 2 ** Math.ceil(Math.log2(sequences)) / 2; size >= 1; size /= 2) sizes.push(size);
  return sizes;
}

/** As many parts as it takes with no more than `most` in each. */
function inParts(sequences: number, most: number): readonly number[] {
  const parts = Math.ceil(sequences / most);
  return Array.from({ length: parts }, (_, at) =>
    Math.floor((sequences + at) / parts),
  ).toReversed();
}
