/**
 * How much each piece of evidence counts, as learned from requests (`weights.txt`, made by models/recipe/filling). A line is
 * something seen, a tab, and what it counts in hundredths for each label; a line is read when that is first seen.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Points of something seen, by what the parameter is: `*` = of any. */
export type ByLabel = Map<string, number>;

/** What can be seen, such as "led" or "before~from", and what it counts. */
export class Weights {
  readonly #table = new Map<string, ByLabel>();
  /** Lines that nobody has asked for yet. */
  readonly #unread = new Map<string, string>();
  #text: (() => string) | undefined;
  /** Sums that were asked for before; parameters keep their labels. */
  #sums = new WeakMap<readonly string[], Map<string, number>>();

  /** @param text Asked for once, when something is first seen. */
  constructor(text: () => string) {
    this.#text = text;
  }

  /** What is known of something seen. */
  of(seen: string): ByLabel | undefined {
    const known = this.#table.get(seen);
    if (known !== undefined) return known;
    if (this.#text !== undefined) this.#open(this.#text());
    const line = this.#unread.get(seen);
    if (line === undefined) return undefined;
    this.#unread.delete(seen);
    const labels = readLine(line);
    this.#table.set(seen, labels);
    return labels;
  }

  /** Forgets all: learning begins from nothing. */
  clear(): void {
    this.#text = undefined;
    this.#unread.clear();
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
    return sumOf(this.of(seen), labels);
  }

  /** Counts more of it, or less. */
  change(seen: string, label: string, by: number): void {
    let labels = this.of(seen);
    if (labels === undefined) this.#table.set(seen, (labels = new Map()));
    labels.set(label, (labels.get(label) ?? 0) + by);
    this.#sums = new WeakMap();
  }

  #open(text: string): void {
    this.#text = undefined;
    for (const line of text.split("\n")) {
      const tab = line.indexOf("\t");
      if (tab > 0) this.#unread.set(line.slice(0, tab), line);
    }
  }
}

function readLine(line: string): ByLabel {
  const labels: ByLabel = new Map();
  const parts = line.slice(line.indexOf("\t") + 1).split(" ");
  for (let at = 0; at + 1 < parts.length; at += 2)
    labels.set(parts[at] ?? "", Number(parts[at + 1]) / 100);
  return labels;
}

/** The points of one thing seen for a parameter with these labels. */
export function sumOf(by: ByLabel | undefined, labels: readonly string[]): number {
  if (by === undefined) return 0;
  let sum = 0;
  for (const label of labels) sum += by.get(label) ?? 0;
  return sum;
}

/** The weights that ship. */
export const weights = new Weights(() =>
  readFileSync(join(import.meta.dir, "weights.txt"), "utf8"),
);

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
