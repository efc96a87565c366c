/**
 * What one decode costs, by how many sequences it is for, and how to part the streams so that all of them together take
 * least. On a CPU several small decodes are often quicker than one for everybody. Knows milliseconds only.
 */

/** How much a new measurement counts. */
const NEW_SHARE = 0.2;
/** A measurement counts as this many times the usual at most: something else had the processor. */
const OUTLIER = 2;
/** Another way must be cheaper by this much: of equals the one with fewer decodes wins. */
const GAIN_MIN = 0.98;
/** One step in so many tries a size that was not tried for long. */
const TRY_EVERY = 24;
/** A size is tried again after so many steps: the machine does other things by then. */
const STALE_STEPS = 1_000;

/** Learnt as it is used. */
export class DecodeCosts {
  /** By number of sequences; `undefined` = never measured. */
  readonly #ms: (number | undefined)[] = [];
  /** Step of the last measurement, by number of sequences. */
  readonly #measuredAt: (number | undefined)[] = [];
  #steps = 0;

  /** Takes a measurement in. */
  learn(sequences: number, ms: number): void {
    const usual = this.#ms[sequences];
    const seen = this.#measuredAt[sequences];
    // What was measured long ago says little about now.
    const isStale = seen === undefined || this.#steps - seen > STALE_STEPS;
    this.#ms[sequences] =
      usual === undefined || isStale
        ? ms
        : usual + NEW_SHARE * (Math.min(ms, OUTLIER * usual) - usual);
    this.#measuredAt[sequences] = this.#steps;
  }

  /** Sizes of the decodes that together serve `sequences` streams soonest, largest first. One step of all. */
  next(sequences: number): readonly number[] {
    this.#steps++;
    if (this.#steps % TRY_EVERY === 0) {
      const size = this.#untried(sequences);
      if (size !== undefined) return inParts(sequences, size);
    }
    return this.#cheapest(sequences);
  }

  /** A size worth a measurement: a power of two, or all together. */
  #untried(sequences: number): number | undefined {
    const sizes = [sequences];
    for (let size = 1; size < sequences; size *= 2) sizes.push(size);
    const seen = (size: number) => this.#measuredAt[size] ?? -Infinity;
    const oldest = sizes.toSorted((a, b) => seen(a) - seen(b))[0] ?? sequences;
    return this.#steps - seen(oldest) > STALE_STEPS ? oldest : undefined;
  }

  #cheapest(sequences: number): readonly number[] {
    const best = [0];
    const last = [0];
    for (let n = 1; n <= sequences; n++) {
      let [cost, size] = [Infinity, n];
      for (let s = n; s >= 1; s--) {
        const sum = (best[n - s] ?? 0) + this.#of(s);
        if (sum < cost * GAIN_MIN) [cost, size] = [sum, s];
      }
      best[n] = cost;
      last[n] = size;
    }
    const sizes: number[] = [];
    for (let left = sequences; left > 0; left -= sizes.at(-1) ?? left)
      sizes.push(last[left] ?? left);
    return sizes.toSorted((a, b) => b - a);
  }

  /** Milliseconds of one decode; where it was never measured, in proportion to the nearest that was. */
  #of(sequences: number): number {
    const known = this.#ms[sequences];
    if (known !== undefined) return known;
    const below = this.#ms.findLastIndex((ms, n) => n < sequences && ms !== undefined);
    const near = below === -1 ? this.#ms.findIndex((ms) => ms !== undefined) : below;
    return near === -1 ? sequences : ((this.#ms[near] ?? 0) * sequences) / near;
  }
}

function inParts(sequences: number, size: number): readonly number[] {
  const sizes = Array.from({ length: Math.floor(sequences / size) }, () => size);
  const rest = sequences % size;
  return rest === 0 ? sizes : [...sizes, rest];
}
