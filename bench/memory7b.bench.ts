/** What a model of seven billion parameters takes, and whether it is as fast as the engine alone. */
import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { type ChatServer, type ChatTiming, chat } from "./chat_server.ts";
import { ratio, threadCounts } from "./contest.ts";
import { benchModel } from "./gguf/make.ts";
import {
  type Bench,
  type Report,
  type Row,
  atLeast,
  atMost,
  fact,
  median,
  option,
} from "./harness.ts";
import { llamaPrograms, run } from "./llama_server.ts";
import { type MoultServer, startMoult } from "./moult_server.ts";
import { tree } from "./process_tree.ts";
import { Prompts } from "./prompts.ts";

/** Tokens of context and GiB of memory at most. */
const CONTEXTS = [
  [4_096, 5],
  [8_192, 6],
  [32_768, 9],
] as const;
const PROMPT_TOKENS = 32;
const ANSWER_TOKENS = 24;
/** With two threads it is memory that sets the pace, and whoever else uses it on the same host changes that by the second. */
const ROUNDS = 9;
const BAR = 0.98;
/** A model of this size, read with one thread, takes its time. */
const PATIENCE_MS = 600_000;

/** One claim. */
export const bench: Bench = {
  title: "Seven billion parameters",
  about: `A model of the shape of Mistral-7B, Q4_K, one slot, CPU only. Memory: the most that each process of moult ever had resident (VmHWM), added up, after an answer. Writing: tokens a second from the first to the last of ${ANSWER_TOKENS}, and llama-bench of the same commit for the same number of tokens in turns with it; the bar is the median of the ratios of ${ROUNDS} rounds.`,
  onlyByName: true,
  run: measure,
};

async function measure(): Promise<Report> {
  const model = benchModel("7b", "Q4_K");
  const rows: Row[] = [];
  for (const [contextTokens, bar] of CONTEXTS) {
    const room = { model, slots: 1, contextTokens, threads: 1 };
    const peak = await withMoult(room, async (moult) => {
      await answer(moult, new Prompts(contextTokens), 4);
      return peakGiB(moult.pid);
    });
    rows.push(atMost(`most memory with ${contextTokens} tokens of context`, peak, bar, "GiB"));
  }
  const programs = await llamaPrograms();
  const there = typeof programs !== "string" && existsSync(programs.bench);
  const rival = there ? programs.bench : undefined;
  const notes = typeof programs === "string" ? [programs] : [];
  for (const threads of threadCounts()) rows.push(...(await race(model, threads, rival)));
  return { rows, notes };
}

async function race(
  model: string,
  threads: number,
  rival: string | undefined,
): Promise<readonly Row[]> {
  const room = { model, slots: 1, contextTokens: 4_096, threads };
  return await withMoult(room, async (moult) => {
    const prompts = new Prompts(threads);
    const own: number[] = [];
    const theirs: number[] = [];
    await answer(moult, prompts, 4);
    for (let round = 0; round < option("ROUNDS", ROUNDS); round++) {
      const steps = [
        async () => own.push(perSecond(await answer(moult, prompts, ANSWER_TOKENS))),
        async () => rival !== undefined && theirs.push(await llamaBench(rival, model, threads)),
      ];
      for (const step of round % 2 === 0 ? steps : steps.toReversed()) await step();
    }
    const name = `${threads} ${threads === 1 ? "thread" : "threads"}`;
    const rows = [fact(`${name}: writing`, median(own), "tokens/s")];
    if (rival === undefined) return rows;
    return [
      ...rows,
      fact(`${name}: llama-bench`, median(theirs), "tokens/s"),
      atLeast(`${name}: writing, of llama-bench's`, ratio(own, theirs), BAR, "×"),
    ];
  });
}

async function withMoult<T>(
  room: Parameters<typeof startMoult>[0],
  work: (moult: MoultServer) => Promise<T>,
): Promise<T> {
  const moult = await startMoult(room);
  try {
    return await work(moult);
  } finally {
    await moult.stop();
  }
}

function answer(server: ChatServer, prompts: Prompts, tokensMax: number): Promise<ChatTiming> {
  const messages = [{ role: "user", content: prompts.next(PROMPT_TOKENS) }] as const;
  return chat(server, { messages, tokensMax, signal: AbortSignal.timeout(PATIENCE_MS) });
}

/** The first token comes with the prompt; its time is not that of writing. */
const perSecond = ({ completionTokens, lastMs, firstMs }: ChatTiming): number =>
  ((completionTokens - 1) / (lastMs - firstMs)) * 1_000;

async function llamaBench(program: string, model: string, threads: number): Promise<number> {
  const words = {
    "-m": model,
    "-p": 0,
    "-n": ANSWER_TOKENS,
    "-t": threads,
    "-r": 1,
    "-fa": "on",
    "-lm": "none",
    "-o": "json",
  };
  const line = Object.entries(words).flatMap(([key, value]) => [key, String(value)]);
  const [result] = JSON.parse(await run([program, ...line], dirname(program))) as {
    readonly avg_ts: number;
  }[];
  return result?.avg_ts ?? Number.NaN;
}

/** The sum over the processes of a tree: more than they ever had at the same time. */
function peakGiB(root: number): number {
  let kib = 0;
  for (const pid of tree(root)) {
    const [, found = "0"] =
      /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    kib += Number(found);
  }
  return kib / 2 ** 20;
}
