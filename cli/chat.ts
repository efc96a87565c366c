/** `moult chat`: talks to the daemon from the terminal, streaming; starts a daemon when none runs. */
import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import { createInterface } from "node:readline/promises";
import { messageOf } from "../schemas/error.ts";
import type { Reply } from "../schemas/turn.ts";
import { askAboutWaiting, isYes, saysYes } from "./approve.ts";
import { findOrStartDaemon } from "./autostart.ts";
import { text, type Client } from "./client.ts";
import { aside, json, paint, progress } from "./print.ts";
import type { Command } from "./program.ts";
import { showTurn } from "./show_turn.ts";
import { DAEMON_HELP, DAEMON_OPTIONS } from "./start.ts";

/** `moult chat` */
export const command: Command = {
  usage: '["text"]',
  options: { ...DAEMON_OPTIONS, session: { type: "string", short: "s" } },
  help: `  --session NAME     which conversation (default: terminal:<your user name>)
Options for the daemon that is started when none runs:
${DAEMON_HELP}`,
  async run(program, positionals, values) {
    const client = await findOrStartDaemon(program, values);
    const session = text(values["session"]) ?? terminalSession();
    const talk = new Talk(client, session);
    const say = (words: string): Promise<number> =>
      values["json"] === true ? sayJson(client, session, words) : talk.say(words);
    const isAsked = process.stdin.isTTY && values["json"] !== true;
    if (positionals.length === 0) return await converse(client, say, isAsked);
    let code = await say(positionals.join(" "));
    if (!isAsked) return code;
    while (talk.isQuestion) code = await say((await isYes("Call it?")) ? "yes" : "no");
    await askAboutWaiting(client, new Set(), isYes);
    return code;
  },
};

/** The conversation of whoever sits at this terminal. */
export function terminalSession(): string {
  const name = userInfo().username.replaceAll(/[^A-Za-z0-9_.@-]/g, "_");
  return `terminal:${name || "owner"}`.slice(0, 128);
}

/** Reads lines until the end of input; an empty one is skipped. The worst exit code wins. */
async function converse(
  client: Client,
  say: (words: string) => Promise<number>,
  isAsked: boolean,
): Promise<number> {
  const terminal = process.stdin.isTTY;
  if (terminal)
    aside(paint("dim", "/help lists commands; Ctrl-D ends the conversation", process.stderr));
  const lines = createInterface({
    input: process.stdin,
    ...(terminal ? { output: process.stderr } : {}),
    prompt: "› ",
  });
  // From here on, not from when they are read: what is typed while something else is asked must not be lost.
  const typed = lines[Symbol.asyncIterator]();
  let worst = 0;
  const asked = new Set<string>();
  const ask = async (): Promise<void> => {
    if (!isAsked) return;
    // A daemon that is gone is told of by the next message.
    await askAboutWaiting(client, asked, async (question) =>
      saysYes(await lines.question(`${question} [y/N] `)),
    ).catch((error: unknown) => aside(messageOf(error)));
  };
  await ask();
  if (terminal) lines.prompt();
  for await (const line of typed) {
    if (line.trim() !== "") worst = Math.max(worst, await say(line));
    await ask();
    if (terminal) lines.prompt();
  }
  // The shell's prompt does not want to stand behind ours.
  if (terminal) aside("");
  return worst;
}

const messagesPath = (session: string): string =>
  `/api/sessions/${encodeURIComponent(session)}/messages?via=terminal`;

async function sayJson(client: Client, session: string, words: string): Promise<number> {
  const reply = await client.json<Reply>("POST", messagesPath(session), { text: words });
  json(reply);
  return reply.outcome === "answered" ? 0 : 1;
}

/** One conversation, aloud. */
class Talk {
  /** The last turn has ended with a question that yes or no answers. */
  isQuestion = false;
  readonly #client: Client;
  readonly #session: string;

  constructor(client: Client, session: string) {
    this.#client = client;
    this.#session = session;
  }

  /** The id makes the message idempotent, so that it may be sent again when the connection breaks mid-turn. */
  async say(words: string): Promise<number> {
    this.isQuestion = false;
    const body = { text: words, id: randomUUID(), stream: true };
    const ask = () => {
      const events = this.#client.events("POST", messagesPath(this.#session), { body });
      return showTurn(this.#heard(patiently(this.#client, events)));
    };
    const outcome = (await ask()) ?? (await ask());
    return outcome === "answered" ? 0 : 1;
  }

  async *#heard(events: Events): Events {
    for await (const event of events) {
      if (event["type"] === "question") this.isQuestion = true;
      yield event;
    }
  }
}

type Events = AsyncIterable<Readonly<Record<string, unknown>>>;

// The same events. A terminal is told what takes so long, but for the middle of a line of the reply.
async function* patiently(client: Client, events: Events): Events {
  const why = reasonOf(client);
  let quiet = progress(why);
  try {
    for await (const event of events) {
      quiet();
      yield event;
      if (event["type"] !== "token") quiet = progress(why);
    }
  } finally {
    quiet();
  }
}

/** Whether the model is on its way or at work, asked once a second at most. */
function reasonOf(client: Client): () => string {
  let words = "thinking";
  let askedAt = 0;
  const ask = async (): Promise<void> => {
    const { model } = await client.json<{ readonly model: { readonly state: string } }>(
      "GET",
      "/api/status",
    );
    words = model.state === "ready" ? "thinking" : `the model is ${model.state}`;
  };
  return () => {
    if (Date.now() - askedAt >= 1_000) {
      askedAt = Date.now();
      // The turn itself says what is wrong with the daemon.
      void ask().catch(() => {});
    }
    return words;
  };
}
