/**
 * The arguments of a call from what was said, by rule: each parameter gets the words that stand where its value would
 * stand, no word goes to two, and what remains unexplained speaks against the reading. A small model's own choice counts
 * as a vote. Knows a tool's parameters and texts; the same texts always give the same arguments.
 */
import type { Narrowed } from "../narrow.ts";
import { isRecord } from "../../../runtime/record.ts";
import type { JsonSchema } from "../../../schemas/function.ts";
import type { ToolSpec } from "../../../schemas/model.ts";
import type { Candidate } from "./candidate.ts";
import { candidatesFor } from "./candidates.ts";
import { scored } from "./reader.ts";
import { roleOf } from "./roles.ts";
import { saidTo } from "./said.ts";
import type { Parameter, Said } from "./stretch.ts";

/** A reading of what was said. */
export interface Filled {
  /** What was found; nothing for a parameter that was not said. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Required parameters that nothing said can be. */
  readonly missing: readonly string[];
  /** Choices that the request implies, and no word of it names. */
  readonly implied: readonly string[];
  /** How well it explains what was said; comparable between tools. */
  readonly score: number;
}

/** More parameters or candidates than this are not tried in every combination. */
const PARAMETERS_MAX = 10;
const KEPT_MAX = 12;
/** What has so much less than the best is no choice. */
const RIVAL = 1.5;
/** The model took it, too. */
const VOTE = 1;
/** What says more for or against one parameter says no more of the tool. */
const WORTH_MAX = 4;
const BOUND = /^(?:start|end|begin|finish|until|eta|arrival)s?(?:_?at)?$/iu;
/** Longer than the embedded model holds: nobody waits for what it can not answer. */
const SAID_CHARS_MAX = 8_192;
/** Work of one reading: combinations looked at. */
const STEPS_MAX = 20_000;

/**
 * Reads the arguments of a tool out of texts, the most important first.
 *
 * @param votes The model's own arguments.
 * @returns `undefined` where the tool takes what rules can not read: lists and objects
 */
export function fill(
  tool: ToolSpec,
  sources: readonly string[],
  votes: unknown = {},
): Filled | undefined {
  const own = isRecord(votes) ? votes : {};
  const free = readingOf(tool, sources);
  if (free === undefined) return undefined;
  const reading = votedFor(free, own);
  const { options } = reading;
  const all = chosenOf(reading, tool, sources);
  const read = new Set(options.map(({ one }) => one.key));
  const args: Record<string, unknown> = Object.fromEntries(
    Object.entries(own).filter(([key]) => !read.has(key)),
  );
  const missing: string[] = [];
  const implied: string[] = [];
  for (const [at, { one }] of options.entries()) {
    const chosen = all[at];
    if (one.type === "enum" && chosen !== undefined && chosen.first < 0) implied.push(one.key);
    if (chosen !== undefined) args[one.key] = chosen.value;
    else if (one.type === "list" && Array.isArray(own[one.key])) args[one.key] = own[one.key];
    else if (one.required) missing.push(one.key);
  }
  return { args, missing, implied, score: worthOf(options, all) };
}

/** What each parameter may be, for a model to choose from. */
export function choicesIn(
  tool: ToolSpec,
  sources: readonly string[],
): ((key: string) => Narrowed | undefined) | undefined {
  const reading = readingOf(tool, sources);
  if (reading === undefined) return undefined;
  const { options } = reading;
  const all = chosenOf(reading, tool, sources);
  const choices = new Map<string, Narrowed>();
  for (const [at, { one, found }] of options.entries()) {
    // Of a choice that was not named all remain.
    const chosen = all[at];
    if (
      one.type === "boolean" ||
      one.type === "list" ||
      (one.type === "enum" && chosen === undefined)
    )
      continue;
    const scoreMin = (chosen?.score ?? found[0]?.score ?? 0) - RIVAL;
    const rivals = found.filter(({ score }) => score >= scoreMin).map(({ value }) => value);
    const values = [...new Set([...(chosen === undefined ? [] : [chosen.value]), ...rivals])];
    choices.set(one.key, { values: values.filter(isChoice), certain: chosen !== undefined });
  }
  return (key) => choices.get(key);
}

function isChoice(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

/** A tool as it reads what was said. */
interface ToolReading {
  readonly options: readonly Option[];
  readonly best: Assignment;
}

/** A request is read to choose a tool, and once more for what may be called. Forgotten with its texts. */
const readings = new WeakMap<readonly string[], Map<ToolSpec, ToolReading>>();

function readingOf(tool: ToolSpec, sources: readonly string[]): ToolReading | undefined {
  const known = readings.get(sources)?.get(tool);
  if (known !== undefined) return known;
  const parameters = parametersOf(tool);
  if (parameters === undefined || sources.length === 0) return undefined;
  if (sources.some(({ length }) => length > SAID_CHARS_MAX)) return undefined;
  const options = optionsIn(saidTo(tool, sources, parameters), parameters);
  const reading = { options, best: assign(options.map(keptOf)) };
  readings.set(sources, (readings.get(sources) ?? new Map()).set(tool, reading));
  return reading;
}

/** What was chosen. A short answer goes on with what was asked before: what it leaves out was said there. */
function chosenOf(
  { options, best }: ToolReading,
  tool: ToolSpec,
  [, ...earlier]: readonly string[],
): readonly (Candidate | undefined)[] {
  const isAnswer = best.chosen.some((one) => one !== undefined);
  const lacks = options.some(({ one }, at) => one.required && best.chosen[at] === undefined);
  const before = isAnswer && lacks ? readingOf(tool, earlier) : undefined;
  if (before === undefined) return best.chosen;
  const chosen = chosenOf(before, tool, earlier);
  return options.map(({ one }, at) => best.chosen[at] ?? (one.required ? chosen[at] : undefined));
}

/** The same, where the model's own choice counts. */
function votedFor(
  { options, best }: ToolReading,
  votes: Readonly<Record<string, unknown>>,
): ToolReading {
  const isFree = options.every(
    ({ one, found }) => !found.some((it) => isVoted(one, it, votes[one.key])),
  );
  if (isFree) return { options, best };
  const voted = options.map(({ one, found }) => ({
    one,
    found: bestFirst(
      found.map((candidate) =>
        isVoted(one, candidate, votes[one.key])
          ? Object.assign({}, candidate, { score: candidate.score + VOTE })
          : candidate,
      ),
    ),
  }));
  return { options: voted, best: assign(voted.map(keptOf)) };
}

/** Of a choice that nobody had to make the model knows nothing. */
function isVoted(
  { type, required }: Parameter,
  { value, first }: Candidate,
  vote: unknown,
): boolean {
  return value === vote && (first >= 0 || (type === "enum" && required));
}

/** All that each parameter may be, the best first. */
function optionsIn(said: Said, parameters: readonly Parameter[]): readonly Option[] {
  const found = parameters.map((one) => ({ one, found: candidatesFor(one, said) }));
  const all = scored(found, said);
  return parameters.map((one, nth) => ({ one, found: bestFirst(all[nth] ?? []) }));
}

function bestFirst(found: readonly Candidate[]): readonly Candidate[] {
  return found.toSorted((a, b) => b.score - a.score);
}

/** The few that are worth trying. */
function keptOf({ one, found }: Option): Option {
  return { one, found: found.slice(0, KEPT_MAX) };
}

/** A parameter and what it may be, the best first. */
interface Option {
  readonly one: Parameter;
  readonly found: readonly Candidate[];
}

/** What each parameter is. */
interface Assignment {
  readonly chosen: readonly (Candidate | undefined)[];
  readonly score: number;
}

/** The best combination in which no word goes to two parameters. */
function assign(options: readonly Option[]): Assignment {
  let best: Assignment = { chosen: [], score: -Infinity };
  let steps = 0;
  const chosen: (Candidate | undefined)[] = [];
  const ceilings = options.map(({ found }) => Math.max(0, ...found.map(({ score }) => score)));
  const rests = options.map((_, at) => ceilings.slice(at).reduce((sum, most) => sum + most, 0));
  const go = (at: number, score: number): void => {
    const option = options[at];
    if (option === undefined) {
      if (score > best.score) best = { chosen: [...chosen], score };
      return;
    }
    if (++steps > STEPS_MAX || score + (rests[at] ?? 0) <= best.score) return;
    for (const candidate of option.found) {
      const taken = chosen.slice(0, at);
      if (taken.some((other) => other !== undefined && overlap(other, candidate))) continue;
      chosen[at] = candidate;
      go(at + 1, score + candidate.score);
    }
    chosen[at] = undefined;
    go(at + 1, score);
    chosen.length = at;
  };
  go(0, 0);
  return best;
}

/** How well a tool's parameters are said, those that it needs and those that were found. */
function worthOf(options: readonly Option[], chosen: readonly (Candidate | undefined)[]): number {
  let sum = 0;
  for (const [at, { one, found }] of options.entries()) {
    const points = (chosen[at] ?? found[0])?.score ?? -WORTH_MAX;
    if (one.required || chosen[at] !== undefined)
      sum += Math.max(-WORTH_MAX, Math.min(one.required ? WORTH_MAX : WORTH_MAX / 2, points));
  }
  return sum / 2;
}

function overlap(a: Candidate, b: Candidate): boolean {
  if (a.first < 0 || b.first < 0 || (a.part && b.part)) return false;
  return a.first <= b.last && b.first <= a.last;
}

/** The same tools come with every request. */
const known = new WeakMap<JsonSchema, readonly Parameter[]>();

/** What a tool takes; `undefined` where there is nothing to read. */
export function parametersOf({
  parameters,
  name,
  description,
}: ToolSpec): readonly Parameter[] | undefined {
  const before = known.get(parameters);
  if (before !== undefined) return before;
  const read = readParameters(parameters, `${name} ${description}`);
  if (read !== undefined) known.set(parameters, read);
  return read;
}

function readParameters(
  { properties, required }: JsonSchema,
  about: string,
): readonly Parameter[] | undefined {
  if (!isRecord(properties)) return undefined;
  const needed = new Set(Array.isArray(required) ? required.map(String) : []);
  const all = Object.entries(properties);
  if (all.length === 0 || all.length > PARAMETERS_MAX) return undefined;
  const parameters: Parameter[] = [];
  for (const [key, schema] of all) {
    if (!isRecord(schema)) continue;
    const type = typeOf(schema);
    // Objects are left to the model, and lists of anything but texts.
    if (type === undefined) continue;
    parameters.push({
      key,
      schema,
      type,
      required: needed.has(key),
      role: roleOf(key, schema, about, type),
    });
  }
  return withEither(withTimes(parameters));
}

/** Beside a date, where something starts or ends is a time. */
function withTimes(parameters: readonly Parameter[]): readonly Parameter[] {
  if (!parameters.some(({ role }) => role.kinds.includes("date"))) return parameters;
  return parameters.map((one) => {
    const isFree = one.type === "string" && one.role.kinds.length === 0;
    return isFree && BOUND.test(one.key) ? { ...one, role: { ...one.role, kinds: ["time"] } } : one;
  });
}

/** Where a tool has a time or a day, but not both, people say either. */
function withEither(parameters: readonly Parameter[]): readonly Parameter[] {
  const takesOnly = (kind: string): boolean =>
    parameters.some(({ role }) => role.kinds.length === 1 && role.kinds[0] === kind);
  const [time, date] = [takesOnly("time"), takesOnly("date")];
  if (time === date) return parameters;
  return parameters.map((one) => {
    const [kind, more] = one.role.kinds;
    const isAlone = more === undefined && (kind === "time" || kind === "date");
    return isAlone ? { ...one, role: { ...one.role, kinds: ["time", "date"] } } : one;
  });
}

function typeOf(schema: JsonSchema): Parameter["type"] | undefined {
  if (Array.isArray(schema["enum"])) return "enum";
  const types = [schema["type"]].flat().filter((one) => one !== "null");
  if (types.length !== 1) return undefined;
  const [type] = types;
  if (type === "string" || type === "number" || type === "boolean") return type;
  if (type === "array") return isListOfTexts(schema["items"]) ? "list" : undefined;
  return type === "integer" ? "number" : undefined;
}

function isListOfTexts(items: unknown): boolean {
  return isRecord(items) && items["type"] === "string" && items["enum"] === undefined;
}
