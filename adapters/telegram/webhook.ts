/** Takes what Telegram posts. The secret is compared before anything is read; the answer comes after the commit. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Api } from "grammy";
import { pause } from "../../runtime/pause.ts";
import type { Inbound } from "../../runtime/ports.ts";
import { failureOf, limit } from "./bot_api.ts";
import type { Intake } from "./intake.ts";
import type { Link } from "./link.ts";

/** Where the front has it. */
const PATH = "/hooks/telegram";

/** Deliveries at once: more could overtake each other. */
const CONNECTIONS_MAX = 1;

const HEADER = "x-telegram-bot-api-secret-token";

/** What a webhook needs. */
export interface WebhookParts {
  readonly api: Api;
  readonly intake: Intake;
  readonly link: Link;
  readonly url: string | undefined;
  readonly secret: string | undefined;
  readonly identify: (inbound: Inbound) => Promise<void>;
  readonly onUp: (inbound: Inbound) => void;
}

/** The webhook of one opening of the transport. */
export class Webhook {
  readonly #parts: WebhookParts;
  readonly #inbound: Inbound;
  readonly #secret: Promise<string>;

  constructor(parts: WebhookParts, inbound: Inbound) {
    this.#parts = parts;
    this.#inbound = inbound;
    this.#secret = secretOf(parts.secret, inbound);
    this.#secret.catch(() => undefined);
  }

  /** Tells Telegram where to post, until it has understood. Never rejects. */
  async announce(closing: AbortSignal): Promise<void> {
    const { api, link, url, identify, onUp } = this.#parts;
    while (!closing.aborted) {
      try {
        await identify(this.#inbound);
        if (url !== undefined) {
          const at = url.endsWith(PATH) ? url : `${url.replace(/\/+$/, "")}${PATH}`;
          const options = {
            secret_token: await this.#secret,
            allowed_updates: ["message"] as const,
            max_connections: CONNECTIONS_MAX,
          };
          await api.setWebhook(at, options, limit(undefined, closing));
        }
        link.up();
        onUp(this.#inbound);
        return;
      } catch (error) {
        if (closing.aborted) return;
        const pauseMs = link.failed(failureOf(error));
        await pause(pauseMs, closing);
      }
    }
  }

  /** Answers one delivery. */
  async answer(request: Request): Promise<Response> {
    if (!isSame(request.headers.get(HEADER) ?? "", await this.#secret)) {
      return new Response(null, { status: 401 });
    }
    let update: unknown;
    try {
      update = await request.json();
    } catch {
      return new Response(null, { status: 400 });
    }
    const isTaken = await this.#parts.intake.take(update, this.#inbound);
    // Telegram delivers again what was not answered with 200.
    return new Response(
      null,
      isTaken ? { status: 200 } : { status: 503, headers: { "retry-after": "1" } },
    );
  }
}

async function secretOf(configured: string | undefined, inbound: Inbound): Promise<string> {
  if (configured !== undefined) return configured;
  const kept = await inbound.get("webhook secret");
  if (typeof kept === "string") return kept;
  const made = randomBytes(32).toString("base64url");
  await inbound.set("webhook secret", made);
  return made;
}

/** In the same time wherever they differ, also in length. */
function isSame(given: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}
