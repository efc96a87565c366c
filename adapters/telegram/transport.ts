/** Telegram as a way in and out: joins the Bot API, what comes in, what goes out, and what is shown meanwhile. */
import type { Clock, Inbound, Log, Transport } from "../../runtime/ports.ts";
import { COMMANDS } from "../../runtime/gateway/commands.ts";
import { MoultError } from "../../schemas/error.ts";
import type { TelegramConfig } from "../../schemas/config.ts";
import { createApi, failureOf, limit } from "./bot_api.ts";
import { Budget } from "./budget.ts";
import { fetchFile } from "./files.ts";
import { Intake } from "./intake.ts";
import { Link, PAUSES, type Pauses } from "./link.ts";
import { poll } from "./polling.ts";
import { Previews } from "./previews.ts";
import { Sender } from "./sender.ts";
import { PACE, type Pace } from "./shown.ts";
import { split } from "./split.ts";
import type { Bot } from "./updates.ts";
import { Webhook } from "./webhook.ts";

/** Seconds that Telegram may wait for updates before it answers that there are none. */
const POLL_SECONDS = 30;

/** A connection that is silent for so much longer is dead. */
const LATE_MS_MAX = 10_000;

/** What the transport needs besides its configuration. */
export interface TelegramParts {
  readonly log: Log;
  readonly clock: Clock;
  /** Between tries, for tests. */
  readonly pauses?: Partial<Pauses>;
  /** Of growing answers, for tests. */
  readonly pace?: Partial<Pace>;
  /** How long Telegram may wait for updates. @default 30 */
  readonly pollSeconds?: number;
  /** How late its answer may be. @default 10_000 */
  readonly lateMs?: number;
}

/** Makes the transport. It connects when it is opened, and may be opened again after it was closed. */
export function createTelegram(config: TelegramConfig, parts: TelegramParts): Transport {
  const { mode, url, secret } = config;
  const { pollSeconds = POLL_SECONDS, lateMs = LATE_MS_MAX } = parts;
  const { previews, sender, budget, ...common } = join(config, parts);
  const { intake, link } = common;
  let closing = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let webhook: Webhook | undefined;
  const connect = async (inbound: Inbound, signal: AbortSignal): Promise<void> => {
    if (await recall(link, inbound)) budget.resume();
    if (webhook === undefined) await poll({ ...common, pollSeconds, lateMs }, inbound, signal);
    else await webhook.announce(signal);
  };
  return {
    channel: "telegram",
    commands: true,
    // What is on its way when the daemon is killed may have arrived or not: one message at most.
    sendingMax: 1,
    accept: (payload) => intake.accept(payload),
    split,
    send: (delivery) => sender.send(delivery),
    idempotent: sender.idempotent,
    preview: (growing) => previews.show(growing),
    health: () => link.health,
    open: (inbound) => {
      closing = new AbortController();
      previews.open();
      if (mode === "webhook") webhook = new Webhook({ ...common, url, secret }, inbound);
      running = connect(inbound, closing.signal);
    },
    close: async () => {
      closing.abort();
      webhook = undefined;
      await Promise.allSettled([running, previews.close()]);
    },
    ...(mode === "webhook"
      ? {
          webhook: async (request) => {
            if (webhook !== undefined) return await webhook.answer(request);
            throw new MoultError("model/unavailable", "The daemon is starting or stopping");
          },
        }
      : {}),
  };
}

/** The parts, joined. */
function join(config: TelegramConfig, parts: TelegramParts) {
  const { log, clock } = parts;
  const { token, apiRoot, mode, allow } = config;
  const api = createApi(token, apiRoot);
  const own = botOf(token);
  const link = new Link(log, mode, own, { ...PAUSES, ...parts.pauses });
  const budget = new Budget(clock);
  const previews = new Previews({ api, budget, clock, log, pace: { ...PACE, ...parts.pace } });
  const sender = new Sender({ api, budget, previews });
  const files = { api, root: `${apiRoot}/file/bot${token}`, log };
  const identify = async (inbound: Inbound): Promise<void> => {
    const { id, username } = await api.getMe(limit());
    link.bot = { ...own, id, username };
    await inbound.set("username", username).catch(() => undefined);
  };
  const intake = new Intake({
    allow,
    log,
    bot: () => link.bot,
    identify,
    fetchFile: (waiting, inbound) => fetchFile(files, waiting, inbound),
  });
  const onUp = (inbound: Inbound): void => void offerCommands(api, inbound, log);
  if (allow.includes("anyone")) {
    log.warn({ channel: "telegram" }, "Anyone may write to this bot, and use every tool by it");
  }
  return { api, intake, link, identify, onUp, previews, sender, budget };
}

/** What a token tells of its bot. Those of other servers may have no id in them. */
function botOf(token: string): Bot {
  const id = Number(token.split(":", 1)[0]);
  if (Number.isSafeInteger(id)) return { id, key: String(id) };
  const key = new Bun.CryptoHasher("sha256").update(token).digest("hex").slice(0, 12);
  return { id: 0, key };
}

/** The username of an earlier process, until Telegram tells it: who is mentioned in a group is told by it. `false`: there was none. */
async function recall(link: Link, inbound: Inbound): Promise<boolean> {
  const username = await inbound.get("username").catch(() => undefined);
  if (typeof username !== "string") return false;
  link.bot = { ...link.bot, username };
  return true;
}

/** Puts the commands into the menu of the chats, once for each list of them. */
async function offerCommands(
  api: ReturnType<typeof createApi>,
  inbound: Inbound,
  log: Log,
): Promise<void> {
  const commands = Object.entries(COMMANDS).map(([command, description]) => ({
    command,
    description,
  }));
  const list = JSON.stringify(commands);
  try {
    if ((await inbound.get("commands")) === list) return;
    await api.setMyCommands(commands, {}, limit());
    await inbound.set("commands", list);
  } catch (error) {
    const reason = failureOf(error).text;
    log.debug({ channel: "telegram", reason }, "The menu of commands was not set");
  }
}
