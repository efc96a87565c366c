/** How long the embedded model takes to begin behind a long prompt, asked over `/v1` as any other server is. */
import { chat, type ChatMessage, type ChatServer, type ChatTiming } from "./chat_server.ts";
import type { Daemon } from "./daemon.ts";
import { atMost, fact, median, type Row, seeded } from "./harness.ts";

const ROUNDS = 15;
const PROMPT_TOKENS = 600;
/** Of the prompt, tokens that are not the text: the chat's marks, the question, the tools. */
const BESIDE_TOKENS = 30;
/** Words of a first text, by which the length of the others is found. */
const FIRST_WORDS = 200;
const WORDS =
  "the a and of to in for with harbour boat letter garden window early late three small open closed keeper island bread apple paper table winter summer morning evening train station market road bridge river stone".split(
    " ",
  );
/** Questions that need no tool, and ones that do. */
const PLAIN = ["Thank you.", "Good morning"] as const;
const ASKING = ["What is 17 times 23?", "What is 19 times 24?"] as const;

const TOOLS = [
  tool("calculate", "Calculate an arithmetic expression", ["expression"]),
  tool("get_weather", "Get the weather for a city", ["city"]),
  tool("set_light", "Switch a light on or off", ["room", "state"]),
  tool("send_message", "Send a message to a person", ["person", "text"]),
  tool("add_reminder", "Remind the user of something at a time", ["what", "time"]),
  tool("play_music", "Play a song or an artist", ["query"]),
];

function tool(name: string, description: string, keys: readonly string[]): object {
  const properties = Object.fromEntries(keys.map((key) => [key, { type: "string" }]));
  const parameters = { type: "object", properties, required: keys };
  return { type: "function", function: { name, description, parameters } };
}

/** Texts that nobody has read before. */
class Texts {
  readonly #random = seeded(7);
  /** Words of a text of the wanted length. */
  words = FIRST_WORDS;

  next(): string {
    const word = () => WORDS[Math.floor(this.#random() * WORDS.length)] ?? "";
    return Array.from({ length: this.words }, word).join(" ");
  }
}

/** A prompt of 600 tokens whose beginning is new, and one whose beginning was read a moment before. */
export async function longPrompts(daemon: Daemon): Promise<readonly Row[]> {
  const server: ChatServer = {
    name: "moult",
    url: `http://127.0.0.1:${String(daemon.port)}`,
    pid: daemon.pid,
    headers: { authorization: `Bearer ${daemon.key()}` },
    stop: () => Promise.resolve(),
  };
  const texts = new Texts();
  const { promptTokens } = await ask(server, texts.next(), PLAIN[0], {});
  texts.words = Math.round(
    (FIRST_WORDS * (PROMPT_TOKENS - BESIDE_TOKENS)) / (promptTokens - BESIDE_TOKENS),
  );
  return [
    ...(await rowsOf(server, texts, { questions: PLAIN, which: "no tools" })),
    ...(await rowsOf(server, texts, { questions: PLAIN, which: "6 tools", tools: TOOLS })),
    ...(await rowsOf(server, texts, {
      questions: ASKING,
      which: "6 tools, one to be called",
      tools: TOOLS,
    })),
  ];
}

interface Kind {
  readonly which: string;
  readonly questions: readonly [string, string];
  readonly tools?: readonly object[];
}

async function rowsOf(
  server: ChatServer,
  texts: Texts,
  { which, questions, tools }: Kind,
): Promise<Row[]> {
  const extra = tools === undefined ? {} : { tools };
  const [cold, warm]: [Begun[], Begun[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const text = texts.next();
    cold.push(await ask(server, text, questions[0], extra));
    warm.push(await ask(server, text, questions[1], extra));
  }
  const tokens = median(cold.map(({ promptTokens }) => promptTokens));
  const signOf = (of: readonly Begun[]) => median(of.map(({ signMs }) => signMs));
  const what = `${String(Math.round(tokens))} tokens, ${which}`;
  // A call is handed over when it is whole: what can be compared is how long the reading took.
  if (questions === ASKING)
    return [
      fact(`${what}: whole call, nothing read before`, signOf(cold), "ms"),
      fact(`${what}: whole call, beginning read before`, signOf(warm), "ms"),
    ];
  return [
    atMost(`${what}: first token, nothing read before`, signOf(cold), 200, "ms"),
    atMost(`${what}: first token, beginning read before`, signOf(warm), 30, "ms"),
  ];
}

interface Begun extends ChatTiming {
  /** Until the first text; without one, until the end of the call. */
  readonly signMs: number;
}

async function ask(
  server: ChatServer,
  text: string,
  question: string,
  extra: Readonly<Record<string, unknown>>,
): Promise<Begun> {
  const messages: readonly ChatMessage[] = [
    { role: "system", content: text },
    { role: "user", content: question },
  ];
  const timing = await chat(server, { messages, tokensMax: 64, extra });
  const isText = timing.pieces.length > 0;
  return { ...timing, signMs: isText ? timing.firstMs : performance.now() - timing.askedAt };
}
