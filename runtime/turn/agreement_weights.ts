/**
 * What the numbers of an agreement (`agreement.ts`) count together: by themselves, and in a few units that each see all of
 * them. The weights are `agreement_weights.txt`, learnt by `bun bench/agreement.ts`; they are read when they are first needed.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Agreement } from "./agreement.ts";

/** Where the weights are. */
export const WEIGHTS_FILE = join(import.meta.dir, "agreement_weights.txt");

/** Counts what of the numbers is above a threshold. */
interface WeightedUnit {
  /** What it counts in the sum. */
  readonly worth: number;
  readonly base: number;
  readonly weights: readonly number[];
}

/** What was learnt. */
export interface Weights {
  readonly names: readonly string[];
  /** By number of a name: what it counts by itself. */
  readonly plain: readonly number[];
  readonly units: readonly WeightedUnit[];
}

let known: Weights | undefined;

function weights(): Weights {
  known ??= read(readFileSync(WEIGHTS_FILE, "utf8"));
  return known;
}

function read(text: string): Weights {
  const [first = "", second = "", ...rest] = text.trim().split("\n");
  return {
    names: first.split(" "),
    plain: numbersIn(second),
    units: rest.map((line) => {
      const [worth = 0, base = 0, ...own] = numbersIn(line);
      return { worth, base, weights: own };
    }),
  };
}

function numbersIn(line: string): readonly number[] {
  return line.split(" ").map(Number);
}

/** As the file has them. */
export function written({ names, plain, units }: Weights): string {
  const rounded = (numbers: readonly number[]): string =>
    numbers.map((number) => String(Math.round(1000 * number) / 1000)).join(" ");
  const lines = units.map(({ worth, base, weights: own }) => rounded([worth, base, ...own]));
  return `${[names.join(" "), rounded(plain), ...lines].join("\n")}\n`;
}

/** Log-odds of a call of a tool against none. */
export function scoreOf(agreement: Agreement): number {
  const own = weights();
  return scoreWith(
    own,
    own.names.map((name) => agreement[name] ?? 0),
  );
}

/** The same of numbers in the order of the names. */
export function scoreWith({ plain, units }: Weights, values: readonly number[]): number {
  let sum = product(values, plain);
  for (const { worth, base, weights: own } of units)
    sum += worth * Math.max(0, base + product(values, own));
  return sum;
}

function product(values: readonly number[], own: readonly number[]): number {
  let sum = 0;
  for (let n = 0; n < values.length; n++) sum += (values[n] ?? 0) * (own[n] ?? 0);
  return sum;
}
