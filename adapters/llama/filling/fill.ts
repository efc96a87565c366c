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
import { roleOf } from "./roles.ts";
import { saidTo } from "./said.ts";
import type { Parameter, Said } from "./stretch.ts";
import { weights } from "./weights.ts";

/** A reading of what was said. */
export interface Filled {
  /** What was found; nothing for a parameter that was not said. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Required parameters that nothing said can be. */
  readonly missing: readonly string[];
  /** How well it explains what was said; comparable between tools. */
  readonly score: number;
}

/** More parameters or candidates than this are not tried in every combination. */
const PARAMETERS_MAX = 10;
const KEPT_MAX = 12;
/** What has so much less than the best is no choice. */
const RIVAL = 1.5;
/** To ask for what was said is worse than what weights are learned from shows. */
const LEFT = -0.3;
/** Words that are left over beside something missing: more are not worse. */
const LEFT_MAX = 3;
const BOUND = /^(?:start|end|begin|finish|until|eta|arrival)s?(?:_?at)?$/iu;
/** Of a switch one side is meant: the requests that weights are learned from have few. */
const SWITCH_LACK = -1;
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
  const reading = readingOf(tool, sources, own);
  if (reading === undefined) return undefined;
  const { options, best } = reading;
  const read = new Set(options.map(({ one }) => one.key));
  const args: Record<string, unknown> = Object.fromEntries(
    Object.entries(own).filter(([key]) => !read.has(key)),
  );
  const missing: string[] = [];
  for (const [at, { one }] of options.entries()) {
    const chosen = best.chosen[at];
    if (chosen !== undefined) args[one.key] = chosen.value;
    else if (one.type === "list" && Array.isArray(own[one.key])) args[one.key] = own[one.key];
    else if (one.required) missing.push(one.key);
  }
  return { args, missing, score: best.score };
}

/** What each parameter may be, for a model to choose from. */
export function choicesIn(
  tool: ToolSpec,
  sources: readonly string[],
): ((key: string) => Narrowed | undefined) | undefined {
  const reading = readingOf(tool, sources, {});
  if (reading === undefined) return undefined;
  const { options, best } = reading;
  const choices = new Map<string, Narrowed>();
  for (const [at, { one, found }] of options.entries()) {
    // Of a choice that was not named all remain.
    const chosen = best.chosen[at];
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

function readingOf(
  tool: ToolSpec,
  sources: readonly string[],
  votes: Readonly<Record<string, unknown>>,
): ToolReading | undefined {
  const parameters = parametersOf(tool);
  if (parameters === undefined || sources.length === 0) return undefined;
  const isFree = Object.keys(votes).length === 0;
  const known = isFree ? readings.get(sources)?.get(tool) : undefined;
  if (known !== undefined) return known;
  const said = saidTo(tool, sources, parameters);
  const options = optionsIn(said, parameters, votes);
  const reading = { options, best: assign(options.map(keptOf), said.content) };
  if (isFree) readings.set(sources, (readings.get(sources) ?? new Map()).set(tool, reading));
  return reading;
}

/** All that each parameter may be, the best first. */
export function optionsIn(
  said: Said,
  parameters: readonly Parameter[],
  votes: Readonly<Record<string, unknown>> = {},
): readonly Option[] {
  return parameters.map((one) => ({
    one,
    found: candidatesFor(one, said, votes[one.key]).toSorted((a, b) => b.score - a.score),
  }));
}

/** The few that are worth trying. */
export function keptOf({ one, found }: Option): Option {
  return { one, found: found.slice(0, KEPT_MAX) };
}

/** A parameter and what it may be, the best first. */
export interface Option {
  readonly one: Parameter;
  readonly found: readonly Candidate[];
}

/** What each parameter is. */
export interface Assignment {
  readonly chosen: readonly (Candidate | undefined)[];
  readonly score: number;
}

/** What it counts that a parameter gets nothing. */
export function pointsOfLack({ required, role, type }: Parameter): number {
  if (!required) return 0;
  return weights.points("lacking", role.labels) + (type === "boolean" ? SWITCH_LACK : 0);
}

/** The best combination in which no word goes to two parameters. */
export function assign(options: readonly Option[], content: readonly boolean[] = []): Assignment {
  let best: Assignment = { chosen: [], score: -Infinity };
  let steps = 0;
  const chosen: (Candidate | undefined)[] = [];
  const ordered = weights.points("in order", ["*"]);
  const unread = Math.min(0, weights.points("left over", ["*"])) + LEFT;
  const lacks = options.map(({ one }) => pointsOfLack(one));
  const ceilings = options.map(({ found }, at) =>
    Math.max(lacks[at] ?? 0, ...found.map(({ score }) => score + Math.max(0, ordered))),
  );
  const rests = options.map((_, at) => ceilings.slice(at).reduce((sum, most) => sum + most, 0));
  const go = (at: number, score: number): void => {
    const option = options[at];
    if (option === undefined) {
      const whole = score + leftOver(options, chosen, content) * unread;
      if (whole > best.score) best = { chosen: [...chosen], score: whole };
      return;
    }
    if (++steps > STEPS_MAX || score + (rests[at] ?? 0) <= best.score) return;
    for (const candidate of option.found) {
      const taken = chosen.slice(0, at);
      if (taken.some((other) => other !== undefined && overlap(other, candidate))) continue;
      chosen[at] = candidate;
      go(at + 1, score + candidate.score + (isInOrder(chosen, at) ? ordered : 0));
    }
    chosen[at] = undefined;
    go(at + 1, score + (lacks[at] ?? 0));
    chosen.length = at;
  };
  go(0, 0);
  return best;
}

/** How many words say something that is in no value, although one is missing; more than a few are as many. */
export function leftOver(
  options: readonly Option[],
  chosen: readonly (Candidate | undefined)[],
  content: readonly boolean[],
): number {
  const isMissing = options.some(
    ({ one }, at) => one.required && chosen[at] === undefined && one.type !== "enum",
  );
  if (!isMissing) return 0;
  const isRead = (at: number): boolean =>
    chosen.some((one) => one !== undefined && one.first <= at && at <= one.last);
  const rest = content.filter((says, at) => says && !isRead(at)).length;
  return Math.min(rest, LEFT_MAX);
}

/** Whether a value comes after that of the parameter before. */
export function isInOrder(chosen: readonly (Candidate | undefined)[], at: number): boolean {
  const before = chosen.slice(0, at).findLast((one) => one !== undefined && one.first >= 0);
  const now = chosen[at];
  return before !== undefined && now !== undefined && now.first >= 0 && before.last < now.first;
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
