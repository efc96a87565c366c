/**
 * Where the embedded model should be led to a call: `bun bench/calibrate.ts CASES.jsonl… [--model FILE.gguf]` asks the cases
 * with several values of `CALL_SCORE` (adapters/llama/answering.ts) and says for each how often the right tool, or rightly
 * none, was called. Run it on cases to learn from when the model's file has changed, and write the best value down.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startLlama } from "../adapters/llama/engine.ts";
import { type EvalCase, judge, readCases } from "../cli/eval_cases.ts";
import type { Engine } from "../runtime/model/engine.ts";
import type { ToolCall } from "../schemas/model.ts";

/** Log-odds. */
const SCORES = [-1.5, -0.8, -0.3, 0.2, 0.8] as const;
/** Of each category: more says little more. */
const CASES_MAX = 60;
const TOKENS_MAX = 96;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { model: { type: "string" } },
});
const path = values.model ?? join(import.meta.dir, "../models/moult-mini.gguf");
const all = positionals.flatMap((file) => readCases(readFileSync(file, "utf8"), file));
const groups = Map.groupBy(
  all.filter(({ messages }) => messages.at(-1)?.role === "user"),
  ({ category }) => category,
);
const cases = [...groups.values()].flatMap((group) => group.slice(0, CASES_MAX));

for (const callScore of SCORES) {
  const engine = await startLlama({ path, embedded: true, slots: 1, gpu: false, callScore });
  const verdicts: { readonly calls: boolean; readonly named: boolean }[] = [];
  for (const one of cases)
    verdicts.push({ calls: one.expect !== null, named: await isNamed(engine, one) });
  await engine.close();
  const share = (calls: boolean): string => {
    const own = verdicts.filter((verdict) => verdict.calls === calls);
    return `${((100 * own.filter(({ named }) => named).length) / own.length).toFixed(1)} %`;
  };
  console.log(
    `CALL_SCORE ${callScore}: right tool ${share(true)}, rightly no call ${share(false)}`,
  );
}

async function isNamed(engine: Engine, one: EvalCase): Promise<boolean> {
  const calls: ToolCall[] = [];
  const { messages, tools } = one;
  const request = { lane: "api", messages, tools, tokensMax: TOKENS_MAX, temperature: 0 } as const;
  const sink = { token(): void {}, call: (call: ToolCall): void => void calls.push(call) };
  await engine.generate(request, sink, new AbortController().signal);
  return judge(one, { text: "", calls }).named;
}
