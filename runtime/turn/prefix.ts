/**
 * The part of a prompt that stands before the conversation: system text and tools.
 *
 * Its bytes must not change from one turn of a session to the next, or nothing behind them can be reused: tools come
 * in the order of their names, nothing in it names a time, and a choice among many tools is kept while it fits.
 */
import type { Functions } from "../load/functions.ts";
import type { FunctionInfo, JsonSchema, Manifest } from "../../schemas/function.ts";
import type { ModelStatus, ToolSpec } from "../../schemas/model.ts";
import { catalogueOf, USE_SKILL } from "./catalogue.ts";
import { type Candidate, rankTools } from "./tool_choice.ts";
import { estimateTokens } from "./window.ts";

/** What system text and tools may take together. A small model's window has no more to spare. */
export const PREFIX_TOKENS_MAX = 1_500;

/** What tools get at least, however long the instructions are. */
const TOOL_TOKENS_MIN = 400;

/** More tools than this only confuse the choice. */
const TOOLS_MAX = 12;

/** The embedded model was trained with at most this many. */
const TOOLS_MAX_EMBEDDED = 8;

/** Exactly what the embedded model was trained with; another sentence costs it accuracy. */
const SYSTEM_EMBEDDED = "You are Moult, a helpful assistant.";

const SYSTEM_DEFAULT =
  "You are Moult, a helpful assistant. Call a tool when one fits the request, and answer from its result. " +
  "When none fits, answer briefly, or say what you cannot do.";

/** How many of the best fits a kept choice must contain. */
const BEST_KEPT = 3;

/** Input of a skill that does the work itself. */
const SKILL_INPUT: JsonSchema = {
  type: "object",
  properties: { request: { type: "string", description: "What is wanted, in full" } },
  required: ["request"],
  additionalProperties: false,
};

/** Characters of a skill's description that the model reads; all of it counts when skills are chosen. */
const SKILL_CHARS_MAX = 240;

/** Input of a skill that is only instructions. */
const NO_INPUT: JsonSchema = { type: "object", properties: {}, additionalProperties: false };

/** What a prompt begins with. */
export interface Prefix {
  readonly system: string;
  /** By name. */
  readonly tools: readonly ToolSpec[];
  /** Estimated. */
  readonly tokens: number;
  /** Skills that the tool `use_skill` among the tools stands for. */
  readonly listed: ReadonlySet<string>;
}

/** What the choice of tools depends on. */
export interface Request {
  readonly text: string;
  /** Tools offered in the session's last turn. */
  readonly last: readonly string[];
  /** Skills that this turn has activated: their tools are offered whatever fits. */
  readonly active: readonly string[];
}

/** The prefix for one request. */
export function prefixFor(functions: Functions, status: ModelStatus, request: Request): Prefix {
  const assistant = functions.get("assistant")?.manifest;
  const system = status.embedded ? SYSTEM_EMBEDDED : (assistant?.instructions ?? SYSTEM_DEFAULT);
  const systemTokens = estimateTokens(system);
  const candidates = candidatesOf(functions, assistant?.tools ?? [], request.active);
  const budget: Budget = {
    count: status.embedded ? TOOLS_MAX_EMBEDDED : TOOLS_MAX,
    tokens: Math.max(PREFIX_TOKENS_MAX - systemTokens, TOOL_TOKENS_MIN),
    unasked: new Set(),
  };
  const prefix = (tools: readonly Candidate[], more: readonly ToolSpec[] = []): Prefix => {
    const specs = tools.map(({ name, manifest }) => toolSpec(name, manifest)).concat(more);
    const tokens =
      systemTokens + tokensOf(tools) + more.reduce((sum, one) => sum + specTokens(one), 0);
    const sorted = specs.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return { system, tools: sorted, tokens, listed: new Set() };
  };
  if (fits(candidates, budget)) return prefix(candidates);
  const skills = candidates.filter(({ manifest }) => isInstructionsOnly(manifest));
  // The embedded model was trained without a catalogue; and a function of that name is the owner's own idea of one.
  if (status.embedded || skills.length === 0 || functions.get(USE_SKILL) !== undefined)
    return prefix(chosen(candidates, request, functions, budget));
  const { spec, names: listed } = catalogueOf(skills);
  const tokens = budget.tokens - specTokens(spec);
  const unasked = new Set(skills.map(({ name }) => name));
  const rest = { count: budget.count - 1, tokens, unasked };
  return { ...prefix(chosen(candidates, request, functions, rest), [spec]), listed };
}

/** Whether a call of this function does nothing but hand over its instructions. */
export function isInstructionsOnly(manifest: Manifest): boolean {
  return manifest.kind === "skill" && !manifest.runs;
}

interface Budget {
  readonly count: number;
  readonly tokens: number;
  /** Offered only when the request has a word of them: nothing is filled up with them. */
  readonly unasked: ReadonlySet<string>;
}

/** Whatever may be offered: tools of the base skill and of active ones, and the other skills. */
function candidatesOf(
  functions: Functions,
  base: readonly string[],
  active: readonly string[],
): readonly Candidate[] {
  const allowed = new Set([...base, ...toolsOf(functions, active)]);
  return functions.list().flatMap((info) => {
    const { name, manifest } = info;
    if (manifest === undefined || !isCallable(info)) return [];
    const limited = base.length > 0 && manifest.kind === "tool" && !allowed.has(name);
    return limited ? [] : [{ name, manifest }];
  });
}

function isCallable({ name, kind, state }: FunctionInfo): boolean {
  if (state === "failed" || state === "pending") return false;
  return kind === "tool" || (kind === "skill" && name !== "assistant");
}

function toolsOf(functions: Functions, skills: readonly string[]): readonly string[] {
  return skills.flatMap((skill) => functions.get(skill)?.manifest?.tools ?? []);
}

function fits(tools: readonly Candidate[], budget: Budget): boolean {
  return tools.length <= budget.count && tokensOf(tools) <= budget.tokens;
}

function chosen(
  candidates: readonly Candidate[],
  request: Request,
  functions: Functions,
  budget: Budget,
): readonly Candidate[] {
  const ranked = rankTools(request.text, candidates);
  const byName = new Map(candidates.map((candidate) => [candidate.name, candidate]));
  const pick = (names: readonly string[]): readonly Candidate[] =>
    names.flatMap((name) => byName.get(name) ?? []);
  // A skill that is followed has files to read, and tools to call.
  const needed = [...request.active, ...toolsOf(functions, request.active)];
  const matching = ranked.filter(({ score }) => score > 0).map(({ name }) => name);
  const best = [...needed, ...matching.slice(0, BEST_KEPT)];
  const last = pick(request.last);
  const isKept = best.every((name) => request.last.includes(name) || !byName.has(name));
  if (last.length > 0 && isKept && fits(last, budget)) return last;
  // What the last turn used comes before what nobody asked for: "and in Rome?" names no tool.
  const order = new Set([
    ...needed,
    ...matching,
    ...request.last,
    ...ranked.map(({ name }) => name).filter((name) => !budget.unasked.has(name)),
  ]);
  return upTo(pick([...order]), budget);
}

function upTo(tools: readonly Candidate[], budget: Budget): readonly Candidate[] {
  const taken: Candidate[] = [];
  let tokens = 0;
  for (const tool of tools) {
    tokens += tokensOf([tool]);
    if (taken.length === budget.count || tokens > budget.tokens) break;
    taken.push(tool);
  }
  return taken;
}

/** Manifests are immutable: another version is another object. */
const specs = new WeakMap<Manifest, { readonly spec: ToolSpec; readonly tokens: number }>();

function described(name: string, manifest: Manifest): { spec: ToolSpec; tokens: number } {
  const known = specs.get(manifest);
  if (known?.spec.name === name) return known;
  const spec = {
    name,
    description: short(manifest),
    parameters: parametersOf(manifest),
  };
  const entry = { spec, tokens: specTokens(spec) };
  specs.set(manifest, entry);
  return entry;
}

function parametersOf(manifest: Manifest): JsonSchema {
  const isOwn = manifest.kind !== "skill" || isInstructionsOnly(manifest);
  return isOwn ? (manifest.input ?? NO_INPUT) : SKILL_INPUT;
}

/** Skills of other makers are described at length, for people too. What they are good for stands first. */
function short({ kind, description }: Manifest): string {
  if (kind !== "skill" || description.length <= SKILL_CHARS_MAX) return description;
  const head = description.slice(0, SKILL_CHARS_MAX);
  const end = Math.max(head.lastIndexOf(". ") + 1, head.lastIndexOf(" "));
  return end > SKILL_CHARS_MAX / 2 ? head.slice(0, end).trimEnd() : head;
}

/** A function as it is offered to the model. */
export function toolSpec(name: string, manifest: Manifest): ToolSpec {
  return described(name, manifest).spec;
}

function specTokens(spec: ToolSpec): number {
  return estimateTokens(JSON.stringify(spec));
}

function tokensOf(tools: readonly Candidate[]): number {
  return tools.reduce((sum, { name, manifest }) => sum + described(name, manifest).tokens, 0);
}
