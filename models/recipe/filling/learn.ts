/**
 * Learns how much each piece of evidence counts when arguments are read out of a request:
 *
 *   bun models/recipe/filling/learn.ts OUT.txt [--epochs N] [--check FILE] REQUESTS.jsonl...
 *
 * An averaged perceptron with a margin: where the best reading is not the right one, what is seen of the right one counts
 * more from then on, and what is seen of the other less. A line of requests.py is one request; `FILE*2` counts it twice.
 * `--hold K/N` keeps every Nth tool out and only counts it; `--check FILE` counts a file, too.
 */
import { parseArgs } from "node:util";
import type { Candidate } from "../../../adapters/llama/filling/candidate.ts";
import { Recorder, seenOfCandidate } from "../../../adapters/llama/filling/candidates.ts";
import {
  assign,
  isInOrder,
  leftOver,
  keptOf,
  type Option,
  optionsIn,
  parametersOf,
} from "../../../adapters/llama/filling/fill.ts";
import { saidTo } from "../../../adapters/llama/filling/said.ts";
import type { Said } from "../../../adapters/llama/filling/stretch.ts";
import { weights } from "../../../adapters/llama/filling/weights.ts";
import type { ToolSpec } from "../../../schemas/model.ts";

interface Request {
  /** Which tools are of one kind. */
  readonly d: string;
  readonly tool: ToolSpec;
  readonly message: string;
  readonly before?: string;
  /** What it says; a list: any of them. Without it something is missing. */
  readonly args?: Readonly<Record<string, unknown>>;
  readonly lack?: readonly string[];
}

type Chosen = readonly (Candidate | undefined)[];

/** How much better the right reading has to be. */
const MARGIN = 1;
/** Candidates of a parameter that the right one is held against. */
const RIVALS_MAX = 24;
/** What was changed less often than this is left out. */
const SEEN_MIN = 3;
const SMALLEST = 0.04;

const { values, positionals } = parseArgs({
  options: {
    epochs: { type: "string", default: "4" },
    hold: { type: "string" },
    kinds: { type: "string", default: "3" },
    check: { type: "string", multiple: true },
    rate: { type: "string", default: "0.1" },
  },
  allowPositionals: true,
});
const [out = "weights.txt", ...files] = positionals;

const totals = new Map<string, { sum: number; count: number }>();
/** Kinds of tools of which something was seen: what only one has would be learnt by heart. */
const kinds = new Map<string, Set<string>>();
let allowed: ReadonlySet<string> | undefined;
let at = 1;
const rate = Number(values.rate);
const squares = new Map<string, number>();

function change(seen: string, label: string, times: number): void {
  const key = `${seen}\t${label}`;
  const square = (squares.get(key) ?? 0) + times * times;
  squares.set(key, square);
  const by = (rate * times) / Math.sqrt(square / 4 + 1);
  weights.change(seen, label, by);
  const total = totals.get(key) ?? { sum: 0, count: 0 };
  total.sum += by * at;
  total.count++;
  totals.set(key, total);
}

function isRight(value: unknown, wanted: unknown): boolean {
  return [wanted].flat().some((one) => Bun.deepEquals(one, value));
}

/** All that is seen of a reading. */
function seenOf(options: readonly Option[], said: Said, chosen: Chosen): Map<string, number> {
  const all = new Map<string, number>();
  const count = (seen: string, label: string, times: number): void => {
    const key = `${seen}\t${label}`;
    all.set(key, (all.get(key) ?? 0) + times);
  };
  count("left over", "*", leftOver(options, chosen, said.content));
  for (const [index, { one }] of options.entries()) {
    const candidate = chosen[index];
    const recorder =
      candidate === undefined
        ? new Recorder(one.role.labels)
        : seenOfCandidate(one, said, candidate);
    if (candidate === undefined && one.required) recorder.add("lacking");
    if (isInOrder(chosen, index)) count("in order", "*", 1);
    for (const [seen, times] of recorder.seen)
      for (const label of one.role.labels) count(seen, label, times);
  }
  return all;
}

/** A request as it is read: all that its parameters may be. */
interface Read {
  readonly request: Request;
  readonly said: Said;
  readonly all: readonly Option[];
}

function read(request: Request): Read | undefined {
  const parameters = parametersOf(request.tool);
  if (parameters === undefined) return undefined;
  const texts = [request.message, ...(request.before === undefined ? [] : [request.before])];
  const said = saidTo(request.tool, texts, parameters);
  return { request, said, all: optionsIn(said, parameters) };
}

/** Whether a request is read rightly by now. */
function isReadRightly({ request: { args }, said, all }: Read): boolean {
  const { chosen } = assign(all.map(keptOf), said.content);
  if (args === undefined)
    return all.some(({ one }, index) => one.required && chosen[index] === undefined);
  return all.every(({ one }, index) => {
    const [wanted, given] = [args[one.key], chosen[index]];
    return wanted === undefined
      ? given === undefined
      : given !== undefined && isRight(given.value, wanted);
  });
}

/** The right reading, of several the one that is liked best; `undefined` = it can not be read so. */
function goalOf({ request: { args, lack = [] }, said, all }: Read): Chosen | undefined {
  if (args === undefined) {
    const isUnknown = lack[0] === "?";
    const options = all.map((option) =>
      lack.includes(option.one.key) ? { one: option.one, found: [] } : keptOf(option),
    );
    const { chosen } = assign(options, said.content);
    return isUnknown ? withoutWeakest(all, chosen) : chosen;
  }
  const options = all.map(({ one, found }) => {
    const wanted = args[one.key];
    if (wanted === undefined) return { one, found: [] };
    return { one, found: found.filter(({ value }) => isRight(value, wanted)).slice(0, 4) };
  });
  // Some value stands nowhere in the request as it was cut.
  if (options.some(({ one, found }) => args[one.key] !== undefined && found.length === 0))
    return undefined;
  const { chosen } = assign(options, said.content);
  return options.map(({ found }, index) => chosen[index] ?? found[0]);
}

/** The best other reading, with a lead that it has to lose. */
function rivalOf({ said, all }: Read, goal: Chosen): Chosen {
  const options = all.map(({ one, found }, index) => {
    const wanted = goal[index];
    const led = found.slice(0, RIVALS_MAX).map((candidate): Candidate => {
      const isWanted = wanted !== undefined && candidate.value === wanted.value;
      return Object.assign({}, candidate, { score: candidate.score + (isWanted ? 0 : MARGIN) });
    });
    return keptOf({ one, found: led.toSorted((a, b) => b.score - a.score) });
  });
  return assign(options, said.content).chosen;
}

/** @returns whether the request was read rightly before */
function learn(request: Request): boolean {
  const reading = read(request);
  if (reading === undefined) return false;
  const wasRight = isReadRightly(reading);
  if (request.lack?.[0] === "?" && wasRight) return true;
  const goal = goalOf(reading);
  if (goal === undefined) return wasRight;
  const rival = rivalOf(reading, goal);
  if (goal.every((one, index) => one?.value === rival[index]?.value)) return wasRight;
  const { all, said } = reading;
  const changes = seenOf(all, said, goal);
  for (const [key, times] of seenOf(all, said, rival))
    changes.set(key, (changes.get(key) ?? 0) - times);
  for (const [key, times] of changes) if (times !== 0) changeOf(request.d, key, times);
  at++;
  return wasRight;
}

function changeOf(kind: string, key: string, times: number): void {
  const [seen = "", label = ""] = key.split("\t");
  if (allowed === undefined) {
    const known = kinds.get(key) ?? new Set();
    kinds.set(key, known.add(kind));
  }
  if (allowed?.has(key) !== false) change(seen, label, times);
}

/** Something is missing, and no one says what: the required one that is said worst. */
function withoutWeakest(all: readonly Option[], chosen: Chosen): Chosen {
  const required = chosen.flatMap((one, index) =>
    one !== undefined && all[index]?.one.required ? [{ index, score: one.score }] : [],
  );
  const [weakest] = required.toSorted((a, b) => a.score - b.score);
  return chosen.map((one, index) => (index === weakest?.index ? undefined : one));
}

function isRead(request: Request): boolean {
  const reading = read(request);
  return reading !== undefined && isReadRightly(reading);
}

function shuffled<T>(list: readonly T[], seed: number): T[] {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return list
    .map((one) => [next(), one] as const)
    .toSorted((a, b) => a[0] - b[0])
    .map(([, one]) => one);
}

const requests: Request[] = [];
for (const file of files) {
  const [name = file, times = "1"] = file.split("*");
  const lines = (await Bun.file(name).text()).trim().split("\n");
  for (let again = 0; again < Number(times); again++)
    requests.push(...lines.map((line) => JSON.parse(line) as Request));
}
const [fold = -1, folds = 1] = (values.hold ?? "").split("/").map(Number);
const isHeld = ({ d }: Request): boolean =>
  values.hold !== undefined && Number(Bun.hash(d) % BigInt(folds)) === fold;
const learnt = requests.filter((one) => !isHeld(one));
const held = requests.filter(isHeld);
weights.clear();
for (const one of shuffled(learnt, 0)) learn(one);
allowed = new Set(
  [...kinds].filter(([, known]) => known.size >= Number(values.kinds)).map(([key]) => key),
);
weights.clear();
totals.clear();
squares.clear();
at = 1;
for (let epoch = 0; epoch < Number(values.epochs); epoch++) {
  const results = shuffled(learnt, epoch + 1).map((one) => learn(one));
  const share = (100 * results.filter(Boolean).length) / results.length;
  console.log(`epoch ${epoch + 1}: ${share.toFixed(1)} % right while learning`);
}
// The average of all states is steadier than the last.
for (const [key, { sum }] of totals) {
  const [seen = "", label = ""] = key.split("\t");
  weights.change(seen, label, -sum / at);
}
/** By what is seen, for each label in hundredths. */
const table = new Map<string, string[]>();
for (const [key, { count }] of totals) {
  const [seen = "", label = ""] = key.split("\t");
  const points = weights.of(seen)?.get(label) ?? 0;
  const isKept = count >= SEEN_MIN && Math.abs(points) >= SMALLEST;
  weights.change(seen, label, -points);
  if (!isKept) continue;
  const hundredths = Math.round(points * 100);
  weights.change(seen, label, hundredths / 100);
  table.set(seen, [...(table.get(seen) ?? []), `${label} ${hundredths}`]);
}
if (held.length > 0) {
  const right = held.filter(isRead).length;
  console.log(`held out: ${((100 * right) / held.length).toFixed(1)} % of ${held.length}`);
}
for (const file of values.check ?? []) {
  const groups = Map.groupBy(
    (await Bun.file(file).text())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Request),
    ({ message, lack }) => (/\p{Script=Han}/u.test(message) ? "zh" : "en") + (lack ? " ask" : ""),
  );
  const parts = [...groups].map(([name, list]) => {
    const right = list.filter(isRead).length;
    return `${name} ${((100 * right) / list.length).toFixed(1)} of ${list.length}`;
  });
  console.log(`${file}: ${parts.join(", ")}`);
}
const lines = [...table]
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map(([seen, labels]) => `${seen}\t${labels.join(" ")}\n`);
await Bun.write(out, lines.join(""));
console.log(`${[...table.values()].flat().length} weights`);
