/**
 * Learns weights of agreements (runtime/turn/agreement_weights.ts) by which the right tool, or none, is the likeliest: numbers
 * count by themselves and in a few units with a threshold. Always the same for the same lessons. Knows numbers, no words.
 */
import type { Weights } from "../runtime/turn/agreement_weights.ts";

/** A request with tools. */
export interface Lesson {
  /** By tool: its numbers. */
  readonly rows: readonly (readonly number[])[];
  /** Which tool is right; -1 = none. */
  readonly right: number;
}

const UNITS = 16;
const EPOCHS = 16;
const BATCH = 256;
const RATE = 0.01;
const DECAY = 1e-3;
const SEED = 7;

/** Numbers that are learnt, in one row: plain weights, then each unit's worth, base and weights. */
interface Learnt {
  readonly values: Float64Array;
  readonly slope: Float64Array;
  readonly mean: Float64Array;
  readonly square: Float64Array;
}

/** Maximum likelihood: one of the tools, or none, which has the score 0. @param worth How much a lesson counts, 1 on average */
export function learn(
  names: readonly string[],
  lessons: readonly Lesson[],
  worth: (nth: number) => number,
): Weights {
  const size = names.length;
  const random = randomFrom(SEED);
  const learnt = begin(size, random);
  const order = lessons.map((_, nth) => nth);
  const perEpoch = Math.max(1, Math.floor(lessons.length / BATCH));
  const steps = EPOCHS * perEpoch;
  for (let step = 1; step <= steps; step++) {
    const nth = (step - 1) % perEpoch;
    if (nth === 0) shuffle(order, random);
    const batch = order.slice(nth * BATCH, (nth + 1) * BATCH);
    learnt.slope.fill(0);
    for (const own of batch) {
      const lesson = lessons[own];
      if (lesson !== undefined) teach(learnt, size, lesson, worth(own) / batch.length);
    }
    advance(learnt, step, RATE * Math.min(1, 2 * (1 - step / (steps + 1))));
  }
  return weightsIn(names, learnt.values);
}

function begin(size: number, random: () => number): Learnt {
  const width = size + 2;
  const count = size + UNITS * width;
  const values = new Float64Array(count);
  for (let unit = 0; unit < UNITS; unit++) {
    const from = size + unit * width;
    values[from] = 0.1 * bell(random);
    for (let n = 0; n < size; n++) values[from + 2 + n] = bell(random) / Math.sqrt(size);
  }
  const zeros = (): Float64Array => new Float64Array(count);
  return { values, slope: zeros(), mean: zeros(), square: zeros() };
}

/** Adds what one lesson pulls. */
function teach({ values, slope }: Learnt, size: number, lesson: Lesson, worth: number): void {
  const width = size + 2;
  const { rows, right } = lesson;
  const insides = rows.map((row) => insideOf(values, size, row));
  const scores = rows.map((row, nth) => scoreOf(values, size, row, insides[nth] ?? []));
  const most = Math.max(0, ...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const total = powers.reduce((sum, power) => sum + power, Math.exp(-most));
  for (const [nth, row] of rows.entries()) {
    const error = worth * ((powers[nth] ?? 0) / total - Number(nth === right));
    addScaled(slope, 0, row, error);
    for (const [unit, inside] of (insides[nth] ?? []).entries()) {
      if (inside <= 0) continue;
      const from = size + unit * width;
      const pull = error * at(values, from);
      slope[from] = at(slope, from) + error * inside;
      slope[from + 1] = at(slope, from + 1) + pull;
      addScaled(slope, from + 2, row, pull);
    }
  }
}

function addScaled(sums: Float64Array, from: number, row: readonly number[], scale: number): void {
  for (let n = 0; n < row.length; n++) sums[from + n] = at(sums, from + n) + scale * at(row, n);
}

function at(list: ArrayLike<number>, n: number): number {
  return list[n] ?? 0;
}

/** What each unit sees, before its threshold. */
function insideOf(values: Float64Array, size: number, row: readonly number[]): number[] {
  const insides: number[] = [];
  for (let unit = 0; unit < UNITS; unit++) {
    const from = size + unit * (size + 2);
    let sum = values[from + 1] ?? 0;
    for (let n = 0; n < size; n++) sum += (values[from + 2 + n] ?? 0) * (row[n] ?? 0);
    insides.push(sum);
  }
  return insides;
}

function scoreOf(
  values: Float64Array,
  size: number,
  row: readonly number[],
  insides: readonly number[],
): number {
  let sum = 0;
  for (let n = 0; n < size; n++) sum += (values[n] ?? 0) * (row[n] ?? 0);
  for (const [unit, inside] of insides.entries())
    sum += (values[size + unit * (size + 2)] ?? 0) * Math.max(0, inside);
  return sum;
}

/** One step of Adam. */
function advance({ values, slope, mean, square }: Learnt, step: number, rate: number): void {
  for (let n = 0; n < values.length; n++) {
    const own = (slope[n] ?? 0) + 2 * DECAY * (values[n] ?? 0);
    mean[n] = 0.9 * (mean[n] ?? 0) + 0.1 * own;
    square[n] = 0.99 * (square[n] ?? 0) + 0.01 * own * own;
    const push = (mean[n] ?? 0) / (1 - 0.9 ** step);
    const spread = Math.sqrt((square[n] ?? 0) / (1 - 0.99 ** step)) + 1e-7;
    values[n] = (values[n] ?? 0) - (rate * push) / spread;
  }
}

function weightsIn(names: readonly string[], values: Float64Array): Weights {
  const size = names.length;
  const units = Array.from({ length: UNITS }, (_, unit) => {
    const from = size + unit * (size + 2);
    const weights = [...values.subarray(from + 2, from + 2 + size)];
    return { worth: values[from] ?? 0, base: values[from + 1] ?? 0, weights };
  });
  return { names, plain: [...values.subarray(0, size)], units };
}

/** From 0 to 1, the same row of numbers for a seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** About normally distributed. */
function bell(random: () => number): number {
  let sum = -6;
  for (let n = 0; n < 12; n++) sum += random();
  return sum;
}

function shuffle(list: number[], random: () => number): void {
  for (let last = list.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [list[last], list[other]] = [list[other] ?? 0, list[last] ?? 0];
  }
}
