/** Telegram under the hand of the transport contract: the strict server, and the real transport on it. */
import { createTelegram, type TelegramParts } from "../../../adapters/telegram/transport.ts";
import type { Log, Transport } from "../../../runtime/ports.ts";
import type { TelegramConfig } from "../../../schemas/config.ts";
import type { Platform, Trouble, Written } from "../../contract/transport.ts";
import { type Options, TOKEN, TelegramServer } from "../../fixtures/telegram_server.ts";
import { until } from "../../waiting.ts";

const ignore = (): void => undefined;

/** A log that keeps its lines. */
export function keepingLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (facts: object, text: string): void =>
    void lines.push(`${text} ${JSON.stringify(facts)}`);
  return { lines, debug: ignore, info: keep, warn: keep, error: keep };
}

/** A transport on a server, in a hurry. */
export function connect(
  server: Pick<TelegramServer, "url">,
  config: Partial<TelegramConfig> = {},
  parts: Partial<TelegramParts> = {},
): Transport {
  return createTelegram(
    { token: TOKEN, mode: "polling", apiRoot: server.url, allow: [], ...config },
    {
      log: keepingLog(),
      clock: { now: Date.now },
      pauses: { first: 10, max: 50, refused: 100 },
      pace: { first: 20, gap: 20, groupGap: 20, quiet: 0, grace: 0 },
      pollSeconds: 1,
      ...parts,
    },
  );
}

const TROUBLES: { readonly [kind in Trouble]: Parameters<TelegramServer["trouble"]>[1] } = {
  permanent: { kind: "refuse", status: 403, text: "Forbidden: bot was blocked by the user" },
  retry: { kind: "refuse", status: 429, text: "Too Many Requests: retry after 1", retryAfter: 1 },
  unknown: { kind: "cut-after" },
};

const ALLOW = ["101", "102", "-500"];

/** Telegram asked by long polling. */
export async function polled(options: Options = {}): Promise<Platform> {
  const server = await TelegramServer.start(options);
  const transport = connect(server, { allow: ALLOW });
  const numbers = new Map<string, number>();
  const write = async ({ conversation, text, id }: Written): Promise<boolean> => {
    const number = numbers.get(id) ?? numbers.size + 1;
    numbers.set(id, number);
    const update = server.write(Number(conversation), text, { id: number });
    await until(() => server.confirmed >= update);
    return true;
  };
  return {
    protocol: "telegram",
    transport,
    write,
    rewrite: write,
    strange: async (message) => void (await write(message)),
    read: (conversation) =>
      Promise.resolve(server.seen(Number(conversation)).map(({ text }) => text)),
    trouble: (kind) => server.trouble("sendMessage", TROUBLES[kind]),
    vanish: () => server.stop(),
    returns: () => server.start(),
    measure: (text) => text.length,
    longest: 4_096,
    close: () => server.stop(),
  };
}

const SECRET = "a-secret-of-the-webhook";

/** Telegram that posts to a webhook. */
export async function posted(): Promise<Platform> {
  const server = await TelegramServer.start();
  const url = "https://bot.example.org";
  const transport = connect(server, { allow: ALLOW, mode: "webhook", secret: SECRET, url });
  let count = 1_000;
  const numbers = new Map<string, number>();
  const post = async ({ conversation, text, id }: Written, secret: string): Promise<number> => {
    const number = numbers.get(id) ?? numbers.size + 1;
    numbers.set(id, number);
    const chat = Number(conversation);
    server.know(chat);
    const from = { id: chat, is_bot: false, first_name: "Somebody" };
    const message = { message_id: number, from, chat: { id: chat, type: "private" }, text };
    const request = new Request("http://localhost/hooks/telegram", {
      method: "POST",
      headers: { "x-telegram-bot-api-secret-token": secret },
      body: JSON.stringify({ update_id: count++, message }),
    });
    const response = await transport.webhook?.(request, new AbortController().signal);
    return response?.status ?? 0;
  };
  const write = async (message: Written): Promise<boolean> =>
    (await post(message, SECRET).catch(() => 503)) === 200;
  return {
    protocol: "telegram",
    transport,
    write,
    rewrite: write,
    forge: (message) => post(message, "not the secret"),
    read: (conversation) =>
      Promise.resolve(server.seen(Number(conversation)).map(({ text }) => text)),
    close: () => server.stop(),
  };
}
