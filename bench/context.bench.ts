/** A conversation of 100,000 characters: what the model is given of it, what is found again, what a turn takes. */
import { type Fact, type Language, dialogue, factsOf } from "./context_dialogue.ts";
import type { Trace } from "../schemas/turn.ts";
import type { Daemon, Place } from "./daemon.ts";
import { makePlace, scripted, withDaemon } from "./daemon.ts";
import { type Bench, type Report, type Row, atMost, exactly, fact, median } from "./harness.ts";

const CHARS = 100_000;
/** The whole conversation, and what is said to the embedded model before it is asked. */
const WHOLE = { chars: CHARS, charsEach: 120 };
const MORE = { chars: 1_000, charsEach: 120 };
/** Tokens that a model of one's own holds by default. */
const CONTEXT_TOKENS = 8_192;
const CONTEXT_TOKENS_EMBEDDED = 2_048;
/** The scripted model counts so many characters as a token; at worst, it is so many of Latin script, or one of Chinese. */
const CHARS_PER_TOKEN = 4;
const CHARS_PER_TOKEN_MIN = 3.5;
/** Turns whose times are compared: in the long session and in new ones of 1,000 characters, by turns. */
const ROUNDS = 10;
const TIMED_TURNS = 6;

/** One claim. */
export const bench: Bench = {
  title: "Long conversations",
  about: `${CHARS.toLocaleString("en")} characters of small talk in one session over HTTP, in English and in Chinese, with 20 facts told in the first four fifths and asked for at the end. A scripted model answers a question only with what stands in its prompt; the summaries it writes hold nothing (English) or are missing, so that rules write them (Chinese). Then the embedded model takes over a session of the same length.`,
  run: measure,
};

async function measure(): Promise<Report> {
  const rows: Row[] = [];
  for (const language of ["en", "zh"] as const) {
    const place = makePlace();
    try {
      // The same conversation: the embedded model comes to it when it has been told.
      rows.push(...(await withScript(place, language)), ...(await withEmbedded(place, language)));
    } finally {
      place.remove();
    }
  }
  return { rows };
}

const NAMES = { en: "English", zh: "Chinese" } as const;

async function withScript(place: Place, language: Language): Promise<Row[]> {
  const facts = factsOf(language);
  const name = NAMES[language];
  const config = scripted(place, script(language, facts));
  return await withDaemon(place, { config }, async (daemon) => {
    const told = await tell(daemon, SESSION, dialogue(language, WHOLE, facts));
    const found = await ask(daemon, SESSION, facts);
    // For the other model: nobody has asked there yet.
    await tell(daemon, SESSION_EMBEDDED, dialogue(language, WHOLE, facts));
    const chars = Math.max(told.promptTokens, found.promptTokens) * CHARS_PER_TOKEN;
    const tokens = language === "en" ? chars / CHARS_PER_TOKEN_MIN : chars;
    const { early, late } = await timed(daemon, language);
    return [
      atMost(
        `${name}: longest prompt, in as many tokens as its characters can be`,
        tokens,
        CONTEXT_TOKENS,
        "tokens",
      ),
      exactly(`${name}: facts that stood in the prompt when asked for`, found.right, facts.length),
      fact(`${name}: of these by search`, found.recalled),
      fact(`${name}: turns of which the model sees a summary`, await summarised(daemon)),
      exactly(
        `${name}: turns that can still be read`,
        await kept(daemon, told.turns),
        told.turns.length,
      ),
      fact(`${name}: a turn after 1,000 characters, median`, early, "ms"),
      fact(`${name}: a turn after ${CHARS.toLocaleString("en")} characters, median`, late, "ms"),
      atMost(`${name}: longer by a factor of`, late / early, 2, ""),
    ];
  });
}

async function withEmbedded(place: Place, language: Language): Promise<Row[]> {
  const facts = factsOf(language);
  const name = `embedded model, ${NAMES[language]}`;
  // The file of the script lies where a daemon looks for its configuration.
  const config = place.write("embedded.yaml", "model: {}\n");
  return await withDaemon(place, { config }, async (daemon) => {
    const more = await tell(daemon, SESSION_EMBEDDED, dialogue(language, MORE, []));
    const found = await ask(daemon, SESSION_EMBEDDED, facts);
    const tokens = Math.max(more.promptTokens, found.promptTokens);
    return [
      atMost(`${name}: longest prompt`, tokens, CONTEXT_TOKENS_EMBEDDED, "tokens"),
      fact(`${name}: answers that name the fact`, `${found.right} of ${facts.length}`),
    ];
  });
}

const SESSION = "bench:long";
const SESSION_EMBEDDED = "bench:long-embedded";

/** A question is answered with its value where that stands in the prompt, and with nothing else. */
function script(language: Language, facts: readonly Fact[]): readonly object[] {
  return [
    // The writer of summaries: of no help, or absent.
    {
      match: "Write the notes, old",
      reply: language === "en" ? "They talked about their days." : "",
    },
    ...facts.flatMap(({ asked, told, value }) => [
      { match: literal(asked), find: literal(told), reply: value },
      { match: literal(asked), reply: "I do not know." },
    ]),
    { reply: language === "en" ? "That sounds like a good day." : "听起来不错。" },
  ];
}

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");

interface Told {
  readonly times: readonly number[];
  readonly turns: readonly string[];
  /** Of the longest prompt. */
  readonly promptTokens: number;
}

/** What a turn takes in a short and in the long session, side by side, so that other load disturbs both. */
async function timed(daemon: Daemon, language: Language) {
  const early: number[] = [];
  const late: number[] = [];
  const talk = dialogue(language, { ...WHOLE, chars: 10_000 }, []).slice(0, TIMED_TURNS);
  for (let round = 0; round < ROUNDS; round++) {
    const session = `bench:short-${round}`;
    await tell(daemon, session, dialogue(language, MORE, []));
    for (const message of talk) {
      early.push(...(await tell(daemon, session, [message])).times);
      late.push(...(await tell(daemon, SESSION, [message])).times);
    }
  }
  return { early: median(early), late: median(late) };
}

async function tell(daemon: Daemon, session: string, messages: readonly string[]): Promise<Told> {
  const times: number[] = [];
  const turns: string[] = [];
  for (const message of messages) {
    const begin = performance.now();
    const { turn } = await daemon.turn(session, message);
    times.push(performance.now() - begin);
    turns.push(turn);
  }
  let promptTokens = 0;
  for (const turn of turns)
    promptTokens = Math.max(promptTokens, longestPrompt(await trace(daemon, turn)));
  return { times, turns, promptTokens };
}

async function ask(daemon: Daemon, session: string, facts: readonly Fact[]) {
  let right = 0;
  let recalled = 0;
  let promptTokens = 0;
  for (const { asked, value } of facts) {
    const { turn, reply } = await daemon.turn(session, asked);
    const seen = await trace(daemon, turn);
    promptTokens = Math.max(promptTokens, longestPrompt(seen));
    if (reply.includes(value)) right++;
    if (seen.events.some(({ type }) => type === "recalled")) recalled++;
  }
  return { right, recalled, promptTokens };
}

async function trace(daemon: Daemon, turn: string): Promise<Trace> {
  return (await (await daemon.ask(`/api/turns/${turn}`)).json()) as Trace; // The contract's shape.
}

/** A turn may ask the model several times; its usage is their sum. */
function longestPrompt({ events }: Trace): number {
  return Math.max(0, ...events.map((event) => Number(event["promptTokens"] ?? 0)));
}

async function summarised(daemon: Daemon): Promise<number> {
  const session = await (await daemon.ask(`/api/sessions/${SESSION}`)).json();
  return (session as { readonly summarisedTurns?: number }).summarisedTurns ?? 0;
}

/** Turns that can still be read, message and reply. */
async function kept(daemon: Daemon, turns: readonly string[]): Promise<number> {
  let count = 0;
  for (const turn of turns) {
    if ((await trace(daemon, turn)).reply !== undefined) count++;
  }
  return count;
}
