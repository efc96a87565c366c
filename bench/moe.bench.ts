/** What it brings when a token uses only some experts of a model. */
import { type ChatServer, type ChatTiming, burnt, chat } from "./chat_server.ts";
import { inRounds, ratio, threadCounts } from "./contest.ts";
import { benchModel } from "./gguf/make.ts";
import { type Bench, type Report, type Row, atLeast, fact, median, option } from "./harness.ts";
import { type MoultServer, startMoult } from "./moult_server.ts";
import { Prompts } from "./prompts.ts";

const PROMPT_TOKENS = 16;
const ANSWER_TOKENS = 32;
const ROUNDS = 3;
const CONTEXT_TOKENS = 1_024;
const BARS = { speed: 4, saved: 60 };

/** One claim. */
export const bench: Bench = {
  title: "Experts",
  about: `6.75 billion parameters in 64 experts, of which a token uses 8, and the same layers with all of them in one piece; both Q4_K, both in moult, in turns. Tokens a second from the first to the last of ${ANSWER_TOKENS}. Energy is estimated by the CPU time of all processes for each token, prompts of ${PROMPT_TOKENS} tokens included. Medians of the ratios of ${ROUNDS} rounds.`,
  onlyByName: true,
  run: measure,
};

async function measure(): Promise<Report> {
  const rows: Row[] = [];
  for (const threads of threadCounts()) rows.push(...(await withThreads(threads)));
  return { rows };
}

interface Round {
  readonly perSecond: number;
  /** CPU milliseconds of a token. */
  readonly cpuMs: number;
}

async function withThreads(threads: number): Promise<readonly Row[]> {
  const room = { slots: 1, contextTokens: CONTEXT_TOKENS, threads };
  const started: MoultServer[] = [];
  try {
    for (const preset of ["moe7b", "dense7b"] as const)
      started.push(await startMoult({ ...room, model: benchModel(preset, "Q4_K") }));
    const [experts, dense] = started as [MoultServer, MoultServer];
    const rounds = option("ROUNDS", ROUNDS);
    // The first answer of each touches what later ones find ready.
    for (const server of started) await write(server, -1);
    const results = await inRounds(started, rounds, write);
    const of = (server: MoultServer, field: keyof Round) =>
      (results.get(server) ?? []).map((one) => one[field]);
    const name = `${threads} ${threads === 1 ? "thread" : "threads"}`;
    const cpu = ratio(of(experts, "cpuMs"), of(dense, "cpuMs"));
    return [
      fact(`${name}: in one piece`, median(of(dense, "perSecond")), "tokens/s"),
      fact(`${name}: experts`, median(of(experts, "perSecond")), "tokens/s"),
      atLeast(
        `${name}: experts, of one piece`,
        ratio(of(experts, "perSecond"), of(dense, "perSecond")),
        BARS.speed,
        "×",
      ),
      fact(`${name}: CPU of a token in one piece`, median(of(dense, "cpuMs")), "ms"),
      fact(`${name}: CPU of a token, experts`, median(of(experts, "cpuMs")), "ms"),
      atLeast(`${name}: energy saved, by CPU time`, (1 - cpu) * 100, BARS.saved, "%"),
    ];
  } finally {
    for (const server of started) await server.stop();
  }
}

async function write(server: ChatServer, round: number): Promise<Round> {
  const content = new Prompts(round + 10).next(PROMPT_TOKENS);
  const request = { messages: [{ role: "user", content }] as const, tokensMax: ANSWER_TOKENS };
  const { result, cpuMs } = await burnt(server, () => chat(server, request));
  return { perSecond: perSecond(result), cpuMs: cpuMs / result.completionTokens };
}

const perSecond = ({ completionTokens, lastMs, firstMs }: ChatTiming): number =>
  ((completionTokens - 1) / (lastMs - firstMs)) * 1_000;
