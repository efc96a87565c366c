/** How the connection to Telegram is, who the bot is, and when to try again. One log line per change, not per try. */
import { backOffMs } from "../../runtime/back_off.ts";
import type { Log, TransportHealth } from "../../runtime/ports.ts";
import type { Failure } from "./bot_api.ts";
import type { Bot } from "./updates.ts";

/** Pauses in milliseconds; tests play them faster. */
export interface Pauses {
  /** After the first failure; twice as long after each further one, with jitter. @default 500 */
  readonly first: number;
  /** @default 30_000 */
  readonly max: number;
  /** Between looks at a token that Telegram refused. @default 300_000 */
  readonly refused: number;
}

/** Unless a test says otherwise. */
export const PAUSES: Pauses = { first: 500, max: 30_000, refused: 300_000 };

/** The state of the connection. */
export class Link {
  readonly #log: Log;
  readonly #mode: string;
  readonly #pauses: Pauses;
  #health: TransportHealth = { state: "connecting", reason: "Telegram has not answered yet" };
  #failures = 0;
  bot: Bot;

  constructor(log: Log, mode: string, bot: Bot, pauses: Pauses) {
    this.#log = log;
    this.#mode = mode;
    this.bot = bot;
    this.#pauses = pauses;
  }

  get health(): TransportHealth {
    return this.#health;
  }

  /** It is there. */
  up(): void {
    this.#failures = 0;
    const name = this.bot.username === undefined ? `bot ${this.bot.id}` : `@${this.bot.username}`;
    this.#say({ state: "up", as: `${name}, ${this.#mode}` });
  }

  /** It is not. Returns the milliseconds to wait before the next try. */
  failed(failure: Failure): number {
    this.#failures++;
    const status = failure.kind === "refused" ? failure.status : undefined;
    if (status === 401 || status === 404) {
      this.#say({ state: "off", reason: refusedToken(failure.text) });
      return this.#pauses.refused;
    }
    this.#say({ state: "down", reason: reasonOf(failure) });
    if (failure.kind === "refused" && failure.retryAfterMs !== undefined) {
      return failure.retryAfterMs;
    }
    const pause = { firstMs: this.#pauses.first, maxMs: this.#pauses.max };
    return backOffMs(this.#failures, pause) * (0.5 + Math.random() / 2);
  }

  #say(health: TransportHealth): void {
    const before = this.#health;
    this.#health = health;
    if (before.state === health.state && before.reason === health.reason) return;
    const facts = { channel: "telegram", ...health };
    if (health.state === "up") this.#log.info(facts, "Telegram is connected");
    else this.#log.warn(facts, "Telegram is not connected");
  }
}

function refusedToken(text: string): string {
  return `${text}; Telegram does not know this token: copy it again from @BotFather into channels.telegram.token and start moult again`;
}

function reasonOf(failure: Failure): string {
  if (failure.kind !== "refused" || failure.status !== 409) {
    return `${failure.text}; it is tried again`;
  }
  return /webhook/i.test(failure.text)
    ? `${failure.text}; the webhook is removed, because mode is polling`
    : `${failure.text}; another program polls this bot: end it, or give moult a bot of its own`;
}
