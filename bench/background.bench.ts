/** Whether a person notices what moult does in the background. */
import { join } from "node:path";
import {
  type Bench,
  type Report,
  type Row,
  atMost,
  fact,
  median,
  onLeave,
  option,
  quantile,
} from "./harness.ts";
import { middleModel, threadCounts } from "./contest.ts";
import { Prompts } from "./prompts.ts";
import { startModel } from "../runtime/model/client.ts";
import type { Model } from "../runtime/ports.ts";
import type { Lane } from "../schemas/model.ts";

const BACKGROUND_TOKENS = 10_000;
const PROMPT_TOKENS = 128;
const ASKED = 7;
/** Between two questions: some come while the background has just begun a step, some later. */
const PAUSE_MS = 150;
const BAR = 2;

/** One claim. */
export const bench: Bench = {
  title: "A person beside a batch job",
  about: `A question of ${PROMPT_TOKENS} tokens in the lane of people, on an idle machine and while a prompt of ${BACKGROUND_TOKENS} tokens is read in the background lane: asked → first token, 0.5B, Q4_K, no token of any question known before. Asked of the model's queue itself, as turns and functions do: over HTTP nobody chooses a lane. Medians of ${ASKED}.`,
  onlyByName: true,
  run: measure,
};

async function measure(): Promise<Report> {
  const rows: Row[] = [];
  for (const threads of threadCounts()) rows.push(...(await withThreads(threads)));
  return { rows };
}

async function withThreads(threads: number): Promise<readonly Row[]> {
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const meter = { count() {}, observe() {}, gauge() {}, collect() {}, expose: () => "" };
  const model = startModel({
    path: middleModel(),
    embedded: false,
    slots: 4,
    contextTokens: BACKGROUND_TOKENS + 1_024,
    gpu: false,
    threads,
    hostEntry: join(import.meta.dir, "../adapters/llama/host.ts"),
    log: silent,
    meter,
  });
  const forget = onLeave(() => process.kill(model.status().pid, "SIGKILL"));
  try {
    const prompts = new Prompts(threads);
    await ask(model, "interactive", prompts.next(PROMPT_TOKENS));
    const idle = await series(model, prompts, () => true);
    const stop = new AbortController();
    let reading = true;
    const background = read(model, prompts.next(BACKGROUND_TOKENS), stop.signal).finally(
      () => (reading = false),
    );
    await Bun.sleep(300);
    const busy = await series(model, prompts, () => reading);
    stop.abort();
    await background;
    return report(threads, idle, busy);
  } finally {
    forget();
    await model.close();
  }
}

function report(threads: number, idle: readonly number[], busy: readonly number[]): readonly Row[] {
  if (busy.length === 0) throw new Error("The background was done before anybody asked");
  const name = `${threads} ${threads === 1 ? "thread" : "threads"}`;
  return [
    fact(`${name}: first token on an idle machine`, median(idle), "ms"),
    fact(`${name}: while the background reads`, median(busy), "ms"),
    fact(`${name}: the longest of them`, quantile(busy, 1), "ms"),
    fact(`${name}: asked meanwhile`, busy.length),
    atMost(`${name}: of an idle machine's`, median(busy) / median(idle), BAR, "×"),
  ];
}

/** Questions one after the other while `goesOn`. */
async function series(
  model: Model,
  prompts: Prompts,
  goesOn: () => boolean,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let asked = 0; asked < option("ASKED", ASKED); asked++) {
    await Bun.sleep(PAUSE_MS);
    // One that begins while the background reads counts, also when it has to wait for all of it.
    if (!goesOn()) break;
    times.push(await ask(model, "interactive", prompts.next(PROMPT_TOKENS)));
  }
  return times;
}

/** Milliseconds until the first token. */
async function ask(model: Model, lane: Lane, content: string): Promise<number> {
  const askedAt = performance.now();
  let firstMs = Number.NaN;
  const messages = [{ role: "user", content }] as const;
  for await (const event of model.generate({ lane, messages, tokensMax: 4 }))
    if (event.type === "token" && Number.isNaN(firstMs)) firstMs = performance.now() - askedAt;
  return firstMs;
}

async function read(model: Model, content: string, signal: AbortSignal): Promise<void> {
  const messages = [{ role: "user", content }] as const;
  const request = { lane: "background", messages, tokensMax: 1 } as const;
  for await (const event of model.generate(request, signal)) if (event.type === "done") return;
}
