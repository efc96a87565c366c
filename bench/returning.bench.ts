/** What it costs to come back to a conversation that others have pushed out. */
import { type ChatMessage, type ChatServer, type ChatTiming, chat } from "./chat_server.ts";
import { type Contest, middleModel, withBoth } from "./contest.ts";
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
import { type MoultServer, type ServerOptions, startMoultIn } from "./moult_server.ts";
import { Prompts } from "./prompts.ts";

const SLOTS = 4;
const CONTEXT_TOKENS = 4_096;
/** Conversations that come back. */
const CHATS = 5;
const CHAT_TOKENS = 2_048;
const OTHERS = 64;
const OTHER_TOKENS = 128;
const TURN_TOKENS = 16;
/** Of an answer. Short: random words are cut into other tokens when they are read again, and so are never known. */
const ANSWER_TOKENS = 4;
const BARS = { hotMs: 60, peer: 1.25, restart: 1.5, again: 20 };

/** One claim. */
export const bench: Bench = {
  title: "Coming back to a conversation",
  about: `${CHATS} chats of ${CHAT_TOKENS} tokens (0.5B, Q4_K, ${SLOTS} slots, 1 thread) go on at once, then after ${OTHERS} other chats of ${OTHER_TOKENS} tokens, then once more after a restart of moult: asked → first token of a turn of ${TURN_TOKENS} words, medians. Re-reading is what the first turn took. llama-server keeps its prompt cache in memory, as it does by default; it is not restarted.`,
  onlyByName: true,
  run: measure,
};

/** First tokens of all chats at one stage. */
interface Stage {
  readonly firstMs: number;
  /** Share of the prompts that was known. */
  readonly cached: number;
}

const STAGES = ["first turn", "at once", "after the others", "after a restart"] as const;

async function measure(): Promise<Report> {
  const room = { model: middleModel(), slots: SLOTS, contextTokens: CONTEXT_TOKENS, threads: 1 };
  const found = new Map<string, readonly Stage[]>();
  const peer = await withBoth(room, {}, async (contest) => {
    await visit(contest, room, found);
    return contest.peer;
  });
  const body = [...found].flatMap(([name, stages]) =>
    stages.map(({ firstMs, cached }, at) => [
      name,
      STAGES[at] ?? "",
      firstMs.toFixed(0),
      `${(cached * 100).toFixed(1)} %`,
    ]),
  );
  return {
    rows: rowsOf(found.get("moult") ?? [], found.get("llama-server")),
    tables: [{ head: ["server", "turn", "first token ms", "tokens known"], body }],
    notes: typeof peer === "string" ? [peer] : [],
  };
}

/** Both servers, stage by stage in turns. */
async function visit(
  { moult, servers }: Contest,
  room: ServerOptions,
  found: Map<string, readonly Stage[]>,
): Promise<void> {
  const talks = new Map(servers.map((server) => [server, new Talks(server, new Prompts(1))]));
  const stages = new Map<ChatServer, Stage[]>(servers.map((server) => [server, []]));
  for (const [server, talk] of talks) stages.get(server)?.push(...(await talk.begin()));
  for (const [server, talk] of talks) {
    await talk.meetOthers(option("OTHERS", OTHERS));
    stages.get(server)?.push(await talk.goOn());
  }
  for (const server of servers) found.set(server.name, stages.get(server) ?? []);
  const restarted = await talks.get(moult)?.afterRestart(moult, room);
  if (restarted !== undefined) found.set(moult.name, [...(found.get(moult.name) ?? []), restarted]);
}

/** The conversations of one server. */
class Talks {
  #server: ChatServer;
  readonly #prompts: Prompts;
  readonly #chats: ChatMessage[][] = [];

  constructor(server: ChatServer, prompts: Prompts) {
    this.#server = server;
    this.#prompts = prompts;
    const count = option("CHATS", CHATS);
    for (let chats = 0; chats < count; chats++) this.#chats.push([]);
  }

  /** The first turn of each and, before anybody else is there, the second. */
  async begin(): Promise<readonly Stage[]> {
    const turns: ChatTiming[][] = [[], []];
    for (const index of this.#chats.keys()) {
      turns[0]?.push(await this.#turn(index, CHAT_TOKENS));
      turns[1]?.push(await this.#turn(index, TURN_TOKENS));
    }
    return turns.map(stageOf);
  }

  /** One more turn of each, one after the other. */
  async goOn(): Promise<Stage> {
    const turns: ChatTiming[] = [];
    for (const index of this.#chats.keys()) turns.push(await this.#turn(index, TURN_TOKENS));
    return stageOf(turns);
  }

  /** Other chats, as many at once as there are slots. */
  async meetOthers(count: number): Promise<void> {
    let left = count;
    const one = async () => {
      while (left-- > 0) {
        const content = this.#prompts.next(OTHER_TOKENS);
        await this.#ask([{ role: "user", content }], `other-${left}`);
      }
    };
    await Promise.all(Array.from({ length: SLOTS }, one));
  }

  async afterRestart(moult: MoultServer, room: ServerOptions): Promise<Stage> {
    await moult.daemon.stop();
    const again = await startMoultIn(moult.place, room);
    this.#server = again;
    try {
      return await this.goOn();
    } finally {
      await again.daemon.stop();
    }
  }

  async #turn(index: number, words: number): Promise<ChatTiming> {
    const messages = this.#chats[index] ?? [];
    messages.push({ role: "user", content: this.#prompts.next(words) });
    const turn = await this.#ask(messages, `chat-${index}`);
    messages.push({ role: "assistant", content: turn.text });
    return turn;
  }

  /** Says which conversation it is in the field that OpenAI's API has for it; servers may know it by its words alone. */
  #ask(messages: readonly ChatMessage[], name: string): Promise<ChatTiming> {
    const extra = { prompt_cache_key: name };
    return chat(this.#server, { messages, tokensMax: ANSWER_TOKENS, extra });
  }
}

function stageOf(turns: readonly ChatTiming[]): Stage {
  const known = turns.reduce((sum, { cachedTokens }) => sum + cachedTokens, 0);
  const read = turns.reduce((sum, { promptTokens }) => sum + promptTokens, 0);
  return { firstMs: median(turns.map(({ firstMs }) => firstMs)), cached: known / read };
}

function rowsOf(own: readonly Stage[], peers: readonly Stage[] | undefined): readonly Row[] {
  const [first, hot, back, restarted] = own.map(({ firstMs }) => firstMs);
  const at = (value: number | undefined) => value ?? Number.NaN;
  const rows = [
    atMost("after 64 others, more than at once", at(back) - at(hot), BARS.hotMs, "ms"),
    atLeast("after 64 others, faster than re-reading", at(first) / at(back), BARS.again, "×"),
    fact("after a restart, more than at once", at(restarted) - at(hot), "ms"),
    atLeast("after a restart, faster than re-reading", at(first) / at(restarted), BARS.again, "×"),
  ];
  const peer = peers?.[2]?.firstMs;
  if (peer === undefined) return rows;
  return [
    ...rows,
    atMost("after 64 others, of llama-server's", at(back) / peer, BARS.peer, "×"),
    atMost(
      "after a restart, of llama-server's without one",
      at(restarted) / peer,
      BARS.restart,
      "×",
    ),
  ];
}
