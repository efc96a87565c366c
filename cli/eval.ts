/** `moult eval`: asks a model the cases of files and says how often it was right. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { text } from "./client.ts";
import { type EvalCase, type Given, judge, readCases, type Verdict, wilson } from "./eval_cases.ts";
import { aside, json, line, liveLine, paint, table } from "./print.ts";
import { UsageError, type Command } from "./program.ts";
import { daemonOptions } from "./start.ts";
import type { Model } from "../runtime/ports.ts";
import { MoultError } from "../schemas/error.ts";
import type { GenerateUsage, ToolCall } from "../schemas/model.ts";

/** Tokens of an answer; a case needs no more. */
const TOKENS_MAX = 256;

interface Outcome extends Given, Verdict {
  readonly one: EvalCase;
  readonly usage: GenerateUsage | undefined;
}

/** One category, or all of them. */
interface Score {
  readonly category: string;
  readonly cases: number;
  readonly right: number;
  readonly named: number;
  /** Shares from 0 to 1. */
  readonly accuracy: number;
  readonly interval: readonly [low: number, high: number];
}

/** `moult eval` */
export const command: Command = {
  usage: "FILE.jsonl… [--model FILE.gguf]",
  options: {
    model: { type: "string", short: "m" },
    config: { type: "string", short: "c" },
    wrong: { type: "boolean", short: "w" },
    limit: { type: "string" },
  },
  help: `  FILE.jsonl…   one case a line: { category, tools, message, expect }; tools as OpenAI has them,
                expect = { name, arguments } (a list of values: any of them) or null for no call
  --model FILE  another model than the configured one
  --config FILE configuration (default: ./moult.yaml, if it exists)
  --wrong       show what went wrong
  --limit N     N cases of each category at most`,
  async run(program, positionals, values) {
    if (positionals.length === 0) throw new UsageError("Which file? Name one with cases");
    const cases = limited(positionals.flatMap(read), text(values["limit"]));
    const named = text(values["model"]);
    const model = await program.startModel(
      daemonOptions(values),
      named === undefined ? undefined : resolve(named),
    );
    try {
      await ready(model);
      const outcomes = await askAll(model, cases);
      if (values["json"] === true) json(documentOf(outcomes, model.status().name));
      else print(outcomes, values["wrong"] === true);
      return 0;
    } finally {
      await model.close();
    }
  },
};

function read(file: string): readonly EvalCase[] {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch {
    throw new MoultError("input/invalid", `Cannot read "${file}"`);
  }
  return readCases(content, file);
}

function limited(cases: readonly EvalCase[], limit: string | undefined): readonly EvalCase[] {
  if (limit === undefined) return cases;
  if (!/^[1-9]\d{0,8}$/.test(limit)) throw new UsageError("--limit wants a number from 1");
  const groups = Map.groupBy(cases, ({ category }) => category);
  return [...groups.values()].flatMap((group) => group.slice(0, Number(limit)));
}

/** Resolves once the model is loaded or can not be: the first case then says why. */
async function ready(model: Model): Promise<void> {
  if (model.status().state !== "loading") return;
  await new Promise<void>((done) => {
    const unwatch = model.watch(({ state }) => {
      if (state === "loading") return;
      unwatch();
      done();
    });
  });
}

/** One after another: times are those of a model that has nothing else to do. */
async function askAll(model: Model, cases: readonly EvalCase[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const shown = liveLine();
  for (const one of cases) {
    outcomes.push(await ask(model, one));
    shown?.show(`${outcomes.length} of ${cases.length}`);
  }
  shown?.clear();
  return outcomes;
}

async function ask(model: Model, one: EvalCase): Promise<Outcome> {
  const { messages, tools } = one;
  const calls: ToolCall[] = [];
  let answer = "";
  let usage: GenerateUsage | undefined;
  const request = { lane: "api", messages, tools, tokensMax: TOKENS_MAX, temperature: 0 } as const;
  for await (const event of model.generate(request)) {
    if (event.type === "token") answer += event.text;
    else if (event.type === "tool_call") calls.push(event.call);
    else if (event.type === "done") usage = event.usage;
  }
  const given = { text: answer, calls };
  return { one, ...given, ...judge(one, given), usage };
}

function scoresOf(outcomes: readonly Outcome[]): readonly Score[] {
  const groups = [...Map.groupBy(outcomes, ({ one }) => one.category)];
  return groups.map(([category, own]) => scoreOf(category, own));
}

function scoreOf(category: string, own: readonly Outcome[]): Score {
  const right = own.filter((outcome) => outcome.right).length;
  const named = own.filter((outcome) => outcome.named).length;
  const cases = own.length;
  const accuracy = cases === 0 ? 0 : right / cases;
  return { category, cases, right, named, accuracy, interval: wilson(right, cases) };
}

/** How fast it was. Times in milliseconds; `undefined` when nothing was generated. */
function speedOf(outcomes: readonly Outcome[]) {
  const usages = outcomes.flatMap(({ usage }) => (usage === undefined ? [] : [usage]));
  const decodeMs = usages.reduce((sum, usage) => sum + usage.decodeMs, 0);
  const tokens = usages.reduce((sum, usage) => sum + usage.completionTokens, 0);
  const firsts = usages.map((usage) => usage.firstTokenMs).toSorted((a, b) => a - b);
  const at = (share: number) =>
    firsts[Math.min(firsts.length - 1, Math.floor(firsts.length * share))];
  return {
    tokensPerSecond: decodeMs > 0 ? (1_000 * tokens) / decodeMs : undefined,
    firstTokenMs: { p50: at(0.5), p99: at(0.99) },
  };
}

function questionOf({ messages }: EvalCase): string {
  return messages.findLast(({ role }) => role === "user")?.content ?? "";
}

function documentOf(outcomes: readonly Outcome[], model: string) {
  return {
    model,
    categories: scoresOf(outcomes),
    total: scoreOf("all", outcomes),
    ...speedOf(outcomes),
    cases: outcomes.map(({ one, text: answer, calls, right, named }) => ({
      category: one.category,
      message: questionOf(one),
      expect: one.expect,
      right,
      named,
      calls: calls.map(({ name, arguments: args }) => ({ name, arguments: args })),
      text: answer,
    })),
  };
}

function print(outcomes: readonly Outcome[], wrong: boolean): void {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  table([
    ["category", "right", "95 % interval", "cases", "right tool or none"],
    ...scoresOf(outcomes).map(({ category, accuracy, interval: [low, high], cases, named }) => [
      category,
      percent(accuracy),
      `${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)}`,
      String(cases),
      percent(named / cases),
    ]),
  ]);
  const { tokensPerSecond, firstTokenMs } = speedOf(outcomes);
  if (tokensPerSecond !== undefined)
    aside(
      `${Math.round(tokensPerSecond)} tokens/s, first token after ${firstTokenMs.p50?.toFixed(0)} ms (p99 ${firstTokenMs.p99?.toFixed(0)} ms)`,
    );
  if (!wrong) return;
  for (const { one, calls, text: answer } of outcomes.filter(({ right }) => !right)) {
    const [call] = calls;
    const got = call === undefined ? answer : `${call.name} ${JSON.stringify(call.arguments)}`;
    line(`${paint("red", "✗")} ${one.category}: ${questionOf(one)}`);
    line(`    wanted ${one.expect === null ? "no call" : JSON.stringify(one.expect)}`);
    line(`    got    ${got}`);
  }
}
