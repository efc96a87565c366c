/**
 * Asks a model the held-out cases of `evaluation/` the way the runtime does: grammar, arguments copied from the message.
 * `bun models/recipe/evaluate.ts [FILE.gguf] [--wrong] [--json] [--every=3]` prints accuracy by category with 95 %
 * Wilson intervals; `--every=3` asks each third case only.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { startLlama } from "../../adapters/llama/engine.ts";
import type { Engine } from "../../runtime/model/engine.ts";
import type { ToolCall, ToolSpec } from "../../schemas/model.ts";

const HERE = import.meta.dir;
const SYSTEM = "You are Moult, a helpful assistant.";
/** Tools offered at once in the category that is about many. */
const CROWD_TOOLS = 18;
/** How the model asks for what is missing. */
const ASKS = /\?|？|please tell me|请告诉/iu;

type Value = string | number | boolean;

/** One case. `expect: null` = nothing should be called. A list of values: any of them is right. */
interface Case {
  readonly category: string;
  readonly tools: readonly string[];
  readonly message: string;
  readonly expect: {
    readonly name: string;
    readonly arguments: Readonly<Record<string, Value | readonly Value[]>>;
  } | null;
}

/** What became of a case. */
interface Outcome {
  readonly one: Case;
  readonly right: boolean;
  /** The right tool, whatever its arguments. */
  readonly named: boolean;
  readonly call: ToolCall | undefined;
  readonly text: string;
}

/** `name(key: type, key?: a|b) - description` → a tool. The prompt shows it to the model in the same form. */
export function parseTool(line: string): ToolSpec {
  const match = /^(\w+)\((.*)\) - (.*)$/.exec(line);
  const [, name = "", inner = "", description = ""] = match ?? [];
  if (match === null) throw new TypeError(`Not a tool: "${line}"`);
  const properties: Record<string, object> = {};
  const required: string[] = [];
  for (const part of inner.split(", ").filter((text) => text !== "")) {
    const [key = "", type = ""] = part.split(": ");
    const clean = key.replace("?", "");
    properties[clean] = type.includes("|") ? { type: "string", enum: type.split("|") } : { type };
    if (!key.endsWith("?")) required.push(clean);
  }
  return { name, description, parameters: { type: "object", properties, required } };
}

function read(file: string): readonly string[] {
  return readFileSync(join(HERE, "evaluation", file), "utf8")
    .trim()
    .split("\n");
}

/** The cases as written, and those of tools both known and new once more among many tools. */
export function cases(all: readonly string[]): readonly Case[] {
  const written = read("cases.jsonl").map((line) => JSON.parse(line) as Case);
  const crowded = written
    .filter(({ category }) => category === "known" || category === "new")
    .map(({ message, expect, ...one }, index): Case => {
      const tools = crowd({ message, expect, ...one }, all, index);
      return { category: "18 tools", tools, message, expect };
    });
  return [...written, ...crowded];
}

/** Tools that do the same kind of thing never stand beside each other: nobody could choose. */
const ALIKE: readonly (readonly string[])[] = [
  ["house", "lamp_switch", "latch", "room_heat"],
  ["nudge", "egg_clock", "diary_entry"],
];

function crowd(one: Case, all: readonly string[], start: number): readonly string[] {
  const name = one.expect?.name ?? "";
  const rivals = new Set(ALIKE.filter((group) => group.includes(name)).flat());
  const chosen = new Set([name]);
  for (let i = 0; chosen.size < CROWD_TOOLS; i++) {
    const other = all[(start * 7 + i) % all.length] ?? name;
    const clash = ALIKE.some((group) => group.includes(other) && group.some((g) => chosen.has(g)));
    if (!rivals.has(other) && !clash) chosen.add(other);
  }
  return [...chosen].toSorted();
}

async function ask(engine: Engine, one: Case, tools: readonly ToolSpec[]): Promise<Outcome> {
  let text = "";
  const calls: ToolCall[] = [];
  const sink = { token: (piece: string) => (text += piece), call: (c: ToolCall) => calls.push(c) };
  const messages = [
    { role: "system", content: SYSTEM },
    { role: "user", content: one.message },
  ] as const;
  const request = { lane: "api", messages, tools, tokensMax: 160 } as const;
  await engine.generate(request, sink, new AbortController().signal);
  const [call] = calls;
  const named = (call?.name ?? null) === (one.expect?.name ?? null);
  const right = named && (one.expect === null ? isFit(one, text) : isExact(one.expect, call));
  return { one, right, named, call, text };
}

function isFit({ category }: Case, text: string): boolean {
  return category !== "ask" || ASKS.test(text);
}

function isExact(expect: NonNullable<Case["expect"]>, call: ToolCall | undefined): boolean {
  const given = Object.entries((call?.arguments ?? {}) as Record<string, Value | null>);
  const said = given.filter(([, value]) => value !== null);
  const wanted = Object.entries(expect.arguments);
  return (
    said.length === wanted.length &&
    wanted.every(([key, values]) => {
      const value = call && (call.arguments as Record<string, Value>)[key];
      return [values].flat().some((one) => one === value);
    })
  );
}

/** The 95 % Wilson interval of `right` out of `all`, in percent. */
export function wilson(right: number, all: number): readonly [low: number, high: number] {
  const z = 1.96;
  const p = right / all;
  const middle = p + (z * z) / (2 * all);
  const reach = z * Math.sqrt((p * (1 - p)) / all + (z * z) / (4 * all * all));
  const scale = 100 / (1 + (z * z) / all);
  return [(middle - reach) * scale, (middle + reach) * scale];
}

async function main(): Promise<void> {
  const flags = Bun.argv.slice(2);
  const path = resolve(
    flags.find((flag) => !flag.startsWith("--")) ?? join(HERE, "../moult-mini.gguf"),
  );
  const tools = new Map(
    read("tools.txt").map((line) => [line.split("(")[0] ?? "", parseTool(line)]),
  );
  const engine = await startLlama({
    path,
    embedded: true,
    slots: 1,
    gpu: false,
    contextTokens: 2_048,
  });
  const outcomes: Outcome[] = [];
  const every = Number(flags.find((flag) => flag.startsWith("--every="))?.slice(8) ?? 1);
  const chosen = cases([...tools.keys()]).filter((_, index) => index % every === 0);
  for (const one of chosen) {
    const offered = one.tools.map((name) => tools.get(name)).filter((tool) => tool !== undefined);
    outcomes.push(await ask(engine, one, offered));
  }
  await engine.close();
  if (flags.includes("--json")) console.log(JSON.stringify(outcomes));
  else print(outcomes, flags.includes("--wrong"));
}

function print(outcomes: readonly Outcome[], wrong: boolean): void {
  for (const [category, own] of Map.groupBy(outcomes, ({ one }) => one.category)) {
    const right = own.filter((outcome) => outcome.right).length;
    const named = own.filter((outcome) => outcome.named).length;
    const [low, high] = wilson(right, own.length);
    const percent = (part: number) => `${Math.round((100 * part) / own.length)} %`;
    const interval = `[${Math.round(low)}, ${Math.round(high)}]`;
    console.log(
      `${category.padEnd(10)} ${percent(right).padStart(6)} ${interval.padEnd(10)} n = ${own.length}, right tool or none: ${percent(named)}`,
    );
  }
  if (!wrong) return;
  for (const { one, call, text } of outcomes.filter(({ right }) => !right)) {
    const got = call === undefined ? text : `${call.name} ${JSON.stringify(call.arguments)}`;
    console.log(`✗ ${one.category}: ${one.message}\n    ${got}`);
  }
}

if (import.meta.main) {
  await main();
  process.exit();
}
