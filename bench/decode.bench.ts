/** How fast answers are written, one chat alone and many at once. */
import { type ChatServer, type ChatTiming, burnt, chat } from "./chat_server.ts";
import { type Contest, inRounds, ratio, threadCounts, withBoth } from "./contest.ts";
import { benchModel } from "./gguf/make.ts";
import {
  type Bench,
  type Report,
  type Row,
  atLeast,
  fact,
  median,
  option,
  optionList,
} from "./harness.ts";
import { Prompts } from "./prompts.ts";

const CHATS = [1, 4, 8, 16] as const;
const BARS: Readonly<Record<number, number>> = { 1: 1, 4: 1, 8: 1.1, 16: 1 };
const CONTEXT_TOKENS = 1_024;
const PROMPT_TOKENS = 16;

/** What is measured with, how long the answers are (enough for a steady pace, and no longer), and how often. */
const MODELS = {
  tiny: { format: "F16", tokens: 256, rounds: 7 },
  "0.5b": { format: "Q4_K", tokens: 32, rounds: 3 },
} as const;

/** One claim. */
export const bench: Bench = {
  title: "Writing answers, one chat and many",
  about: `Answers of fixed length to prompts of ${PROMPT_TOKENS} words, all chats at once, greedy. Tokens a second of all chats together while all of them write, as their client sees it; llama-server of the same commit, with the same model, room and number of threads, in turns with moult. The bar is the median of the ratios within a round; ${MODELS.tiny.rounds} rounds with the tiny model, ${MODELS["0.5b"].rounds} with the other.`,
  onlyByName: true,
  run: measure,
};

/** How one round went. */
interface Round {
  readonly perSecond: number;
  readonly firstMs: number;
  /** CPU of the server for each token, prompts included. */
  readonly cpuMs: number;
}

async function measure(): Promise<Report> {
  const rows: Row[] = [];
  const body: string[][] = [];
  const notes = new Set<string>();
  const wanted = optionList("MODELS", Object.keys(MODELS));
  for (const [preset, { format, tokens, rounds }] of Object.entries(MODELS)) {
    if (!wanted.includes(preset)) continue;
    for (const threads of threadCounts()) {
      const model = benchModel(preset as keyof typeof MODELS, format);
      const room = { model, slots: CHATS.at(-1) ?? 1, contextTokens: CONTEXT_TOKENS, threads };
      const name = `${preset}, ${threads} ${threads === 1 ? "thread" : "threads"}`;
      await withBoth(room, {}, async (contest) => {
        if (typeof contest.peer === "string") notes.add(contest.peer);
        for (const chats of CHATS)
          await compare(contest, { name, chats, tokens, rounds }, rows, body);
      });
    }
  }
  const head = ["model", "chats", "server", "tokens/s", "first token ms", "CPU ms/token"];
  return { rows, tables: [{ head, body }], notes: [...notes] };
}

interface Case {
  readonly name: string;
  readonly chats: number;
  readonly tokens: number;
  readonly rounds: number;
}

async function compare(
  { moult, peer, servers }: Contest,
  { name, chats, tokens, rounds: standard }: Case,
  rows: Row[],
  body: string[][],
): Promise<void> {
  const rounds = option("ROUNDS", standard);
  const results = await inRounds(servers, rounds, (server, round) =>
    // The same prompts for both; none of them a second time.
    fleet(server, chats, tokens, new Prompts(chats * 1_000 + round)),
  );
  const of = (server: ChatServer, field: keyof Round) =>
    (results.get(server) ?? []).map((one) => one[field]);
  for (const server of servers) {
    const middle = (field: keyof Round) => median(of(server, field)).toPrecision(3);
    body.push([
      name,
      String(chats),
      server.name,
      middle("perSecond"),
      middle("firstMs"),
      middle("cpuMs"),
    ]);
  }
  const claim = `${name}: ${chats} ${chats === 1 ? "chat" : "chats"}`;
  if (typeof peer === "string")
    return void rows.push(fact(claim, median(of(moult, "perSecond")), "tokens/s"));
  const won = ratio(of(moult, "perSecond"), of(peer, "perSecond"));
  rows.push(atLeast(claim, won, BARS[chats] ?? 1, "× llama-server"));
}

async function fleet(
  server: ChatServer,
  chats: number,
  tokensMax: number,
  prompts: Prompts,
): Promise<Round> {
  const asked = Array.from({ length: chats }, () => prompts.next(PROMPT_TOKENS));
  const { result, cpuMs } = await burnt(server, () =>
    Promise.all(
      asked.map((content) => chat(server, { messages: [{ role: "user", content }], tokensMax })),
    ),
  );
  const short = result.find(({ completionTokens }) => completionTokens < tokensMax);
  if (short !== undefined)
    throw new Error(`${server.name} ended an answer after ${short.completionTokens} tokens`);
  const total = result.reduce((sum, { completionTokens }) => sum + completionTokens, 0);
  return {
    perSecond: steadyRate(result),
    firstMs: median(result.map(({ firstMs }) => firstMs)),
    cpuMs: cpuMs / total,
  };
}

/** Tokens a second from when the last chat has begun to when the first one ends. */
function steadyRate(answers: readonly ChatTiming[]): number {
  const from = Math.max(...answers.map(({ pieces }) => pieces[0] ?? Number.NaN));
  const to = Math.min(...answers.map(({ pieces }) => pieces.at(-1) ?? Number.NaN));
  let tokens = 0;
  for (const { pieces, completionTokens } of answers) {
    const within = pieces.filter((at) => at > from && at <= to).length;
    // A piece may hold more than one token: a character of several, for example.
    tokens += (within * completionTokens) / pieces.length;
  }
  // Chats that were answered one after the other never write together; then all of the time counts.
  if (to - from > 0 && tokens >= answers.length) return (tokens / (to - from)) * 1_000;
  const all = answers.reduce((sum, { completionTokens }) => sum + completionTokens, 0);
  const began = Math.min(...answers.map(({ askedAt }) => askedAt));
  const ended = Math.max(...answers.map(({ pieces }) => pieces.at(-1) ?? Number.NaN));
  return (all / (ended - began)) * 1_000;
}
