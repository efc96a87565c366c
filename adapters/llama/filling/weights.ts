/** How much each piece of evidence counts, as learned from requests (`weights.json`, made by models/recipe/filling). */
import learned from "./weights.json" with { type: "json" };

/** Points of something seen, by what the parameter is: `*` = of any. */
export type ByLabel = Map<string, number>;

/** What can be seen, such as "led" or "before~from", and what it counts. */
export class Weights {
  readonly #table = new Map<string, ByLabel>();
  /** Sums that were asked for before; parameters keep their labels. */
  #sums = new WeakMap<readonly string[], Map<string, number>>();

  constructor(table: Readonly<Record<string, Readonly<Record<string, number>>>>) {
    for (const [seen, labels] of Object.entries(table))
      this.#table.set(seen, new Map(Object.entries(labels)));
  }

  /** What is known of something seen. */
  of(seen: string): ByLabel | undefined {
    return this.#table.get(seen);
  }

  /** Forgets all: learning begins from nothing. */
  clear(): void {
    this.#table.clear();
    this.#sums = new WeakMap();
  }

  /** What each thing seen counts for a parameter with these labels, as far as it was asked for. */
  pointsFor(labels: readonly string[]): Map<string, number> {
    let sums = this.#sums.get(labels);
    if (sums === undefined) this.#sums.set(labels, (sums = new Map()));
    return sums;
  }

  /** Points of something seen for a parameter with these labels. */
  points(seen: string, labels: readonly string[]): number {
    return sumOf(this.#table.get(seen), labels);
  }

  /** Counts more of it, or less. */
  change(seen: string, label: string, by: number): void {
    let labels = this.#table.get(seen);
    if (labels === undefined) this.#table.set(seen, (labels = new Map()));
    labels.set(label, (labels.get(label) ?? 0) + by);
    this.#sums = new WeakMap();
  }
}

/** The points of one thing seen for a parameter with these labels. */
export function sumOf(by: ByLabel | undefined, labels: readonly string[]): number {
  if (by === undefined) return 0;
  let sum = 0;
  for (const label of labels) sum += by.get(label) ?? 0;
  return sum;
}

/** The weights that ship. */
export const weights = new Weights(learned);

/** Adds up what is seen of one candidate. */
export class Tally {
  readonly #labels: readonly string[];
  readonly #known: Map<string, number>;
  points = 0;

  constructor(labels: readonly string[]) {
    this.#labels = labels;
    this.#known = weights.pointsFor(labels);
  }

  /** Something was seen, so many times. */
  add(seen: string, times = 1): void {
    if (times === 0) return;
    let points = this.#known.get(seen);
    if (points === undefined) {
      points = weights.points(seen, this.#labels);
      if (!seen.includes("~")) this.#known.set(seen, points);
    }
    this.points += times * points;
  }
}
