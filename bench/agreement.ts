/**
 * Learns what each number counts by which tools are chosen (runtime/turn/agreement.ts), from cases as `moult eval` reads them:
 *
 *     bun bench/agreement.ts CASES.jsonl… [--write]
 *
 * Each file is left out once and measured with what the others teach: that says what to expect of strangers. Then all of them
 * teach together, and with `--write` the weights are kept. Use `strangers.py dev…` and `make.py`, never a `test`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { readingFor } from "../adapters/llama/filling/reading.ts";
import { sourcesOf } from "../adapters/llama/tools.ts";
import { type EvalCase, readCases } from "../cli/eval_cases.ts";
import { type Agreement, agreements } from "../runtime/turn/agreement.ts";
import { withoutCodes } from "../runtime/turn/fitting_tools.ts";

const FILE = join(import.meta.dir, "../runtime/turn/agreement_weights.ts");
const STEPS = 250;
const RATE = 0.04;
const DECAY = 1e-5;
/** How much of what is learnt are refusals. */
const REFUSED = 0.35;
const AS_SAID = { text: (text: string): string => text };

interface Lesson {
  readonly file: string;
  readonly category: string;
  readonly rows: readonly (readonly number[])[];
  /** Which tool is right; -1 = none. */
  readonly right: number;
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { write: { type: "boolean" } },
});
let names: readonly string[] = [];
const lessons = positionals.flatMap((path) => lessonsIn(path));
const files = [...new Set(lessons.map(({ file }) => file))];
for (const file of files) {
  const weights = learn(lessons.filter((one) => one.file !== file));
  report(
    file,
    lessons.filter((one) => one.file === file),
    weights,
  );
}
if (values.write === true) writeFileSync(FILE, written(learn(lessons)));

function lessonsIn(path: string): readonly Lesson[] {
  const text = readFileSync(path, "utf8");
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return readCases(text, path).flatMap((one, nth) => {
    const wire = JSON.parse(lines[nth] ?? "{}") as { readonly lacks?: string };
    const asked = one.messages.at(-1);
    // Where something is missing, the tool is right that would be called otherwise.
    const name = one.expect?.name ?? wire.lacks;
    const isUnknown = name === undefined && one.says.length > 0;
    if (asked?.role !== "user" || isUnknown) return [];
    return [lesson(one, basename(path), asked.content, name)];
  });
}

function lesson(one: EvalCase, file: string, asked: string, name: string | undefined): Lesson {
  const { tools, messages, category } = one;
  const sources = sourcesOf(messages, AS_SAID);
  const found = agreements(withoutCodes(asked, tools), tools, (tool) => readingFor(tool, sources));
  names = Object.keys(found[0] ?? {});
  const rows = found.map((agreement: Agreement) => names.map((own) => agreement[own] ?? 0));
  return { file, category, rows, right: tools.findIndex((tool) => tool.name === name) };
}

/** Maximum likelihood: one of the tools, or none, which has the score 0. By Adam, all lessons at each step. */
function learn(all: readonly Lesson[]): readonly number[] {
  const worth = worthIn(all);
  const weights = new Float64Array(names.length);
  const mean = new Float64Array(names.length);
  const square = new Float64Array(names.length);
  for (let step = 1; step <= STEPS; step++) {
    const slope = slopeOf(all, weights, worth);
    const rate = RATE * Math.min(1, 4 * (1 - step / (STEPS + 1)));
    weights.forEach((weight, n) => {
      const own = at(slope, n);
      mean[n] = 0.9 * at(mean, n) + 0.1 * own;
      square[n] = 0.99 * at(square, n) + 0.01 * own * own;
      const push = at(mean, n) / (1 - 0.9 ** step);
      const spread = Math.sqrt(at(square, n) / (1 - 0.99 ** step)) + 1e-8;
      weights[n] = weight - (rate * push) / spread;
    });
  }
  return [...weights];
}

function at(list: ArrayLike<number>, n: number): number {
  return list[n] ?? 0;
}

/** Each file counts the same, and so do its refusals. */
function worthIn(all: readonly Lesson[]): (one: Lesson) => number {
  const groups = Map.groupBy(all, ({ file, right }) => `${file} ${right < 0}`);
  const sets = new Set(all.map(({ file }) => file)).size;
  return ({ file, right }) => {
    const share = right < 0 ? REFUSED : 1 - REFUSED;
    return share / (groups.get(`${file} ${right < 0}`)?.length ?? 1) / sets;
  };
}

function slopeOf(
  all: readonly Lesson[],
  weights: Float64Array,
  worth: (one: Lesson) => number,
): Float64Array {
  const slope = weights.map((weight) => DECAY * weight);
  for (const one of all) {
    const shares = likelihoods(one, weights);
    for (const [nth, row] of one.rows.entries()) {
      const error = worth(one) * (at(shares, nth) - Number(nth === one.right));
      row.forEach((value, n) => void (slope[n] = at(slope, n) + error * value));
    }
  }
  return slope;
}

function scoresOf({ rows }: Lesson, weights: ArrayLike<number>): readonly number[] {
  return rows.map((row) => row.reduce((sum, value, n) => sum + value * at(weights, n), 0));
}

function likelihoods(one: Lesson, weights: ArrayLike<number>): readonly number[] {
  const scores = scoresOf(one, weights);
  const most = Math.max(0, ...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const sum = powers.reduce((total, power) => total + power, Math.exp(-most));
  return powers.map((power) => power / sum);
}

function report(file: string, own: readonly Lesson[], weights: readonly number[]): void {
  const parts = [...Map.groupBy(own, ({ category }) => category)].map(([category, group]) => {
    const right = group.filter((one) => {
      const scores = scoresOf(one, weights);
      const most = Math.max(...scores);
      return one.right < 0 ? most <= 0 : most > 0 && scores[one.right] === most;
    });
    return `${category} ${((100 * right.length) / group.length).toFixed(1)} %`;
  });
  console.log(`${file}, taught by the others: ${parts.join(", ")}`);
}

function written(weights: readonly number[]): string {
  const lines = names.map((name, n) => `  ${name}: ${Math.round(100 * (weights[n] ?? 0)) / 100},`);
  return `/** What each number of an agreement (\`agreement.ts\`) counts. Learnt by \`bun bench/agreement.ts\`, not written by hand. */
import type { Agreement } from "./agreement.ts";

const WEIGHTS: Readonly<Record<string, number>> = {
${lines.join("\n")}
};

/** Log-odds of a call of a tool against none. */
export function scoreOf(agreement: Agreement): number {
  let sum = 0;
  for (const [name, value] of Object.entries(agreement)) sum += value * (WEIGHTS[name] ?? 0);
  return sum;
}
`;
}
