/**
 * Delivers replies. A message that may have arrived is never sent again; one that shows a growing answer is edited
 * instead, which may be done any number of times.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Api } from "grammy";
import { backOffMs } from "../../runtime/back_off.ts";
import { dropOldest } from "../../runtime/drop_oldest.ts";
import type { Delivery } from "../../runtime/ports.ts";
import { type Failure, failureOf, limit } from "./bot_api.ts";
import type { Budget } from "./budget.ts";
import { type Chat, chatNamed, inTopic, notedMessage, undelivered } from "./chat.ts";
import { type Formatted, format } from "./format.ts";
import type { Previews } from "./previews.ts";

/** Deliveries remembered whose edit became a new message; groups remembered that have moved. */
const REMEMBERED_MAX = 500;

/** A shorter wait is not worth giving up the place on the way out. */
const SHORT_MS = 60;

/** Pauses while Telegram cannot be reached. */
const UNREACHED = { firstMs: 500, maxMs: 15_000 };

/** What sending needs. */
export interface SenderParts {
  readonly api: Api;
  readonly budget: Budget;
  readonly previews: Previews;
}

/** Delivers replies. */
export class Sender {
  readonly #parts: SenderParts;
  /** Deliveries that were sent as a new message although one to edit was noted. */
  readonly #anew = new Set<string>();
  /** Groups that have become supergroups. */
  readonly #moved = new Map<number, number>();
  /** Tries in a row that did not reach Telegram. */
  #unreached = 0;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** Delivers a piece of a reply. Rejects as `Transport.send` says. */
  async send(delivery: Delivery): Promise<void> {
    const { previews, budget } = this.#parts;
    const named = chatNamed(delivery.conversation);
    if (named === undefined) {
      const text = `"${delivery.conversation.slice(0, 60)}" is no Telegram chat; a channel's receive names one by its id`;
      throw undelivered("permanent", text);
    }
    const chat = { ...named, id: this.#moved.get(named.id) ?? named.id };
    // Nothing of the growing answer may come after the whole one.
    await previews.settle(delivery.turn);
    let waitMs = budget.take(chat.id);
    for (; waitMs > 0 && waitMs <= SHORT_MS; waitMs = budget.take(chat.id)) await sleep(waitMs);
    if (waitMs > 0) {
      previews.defer(chat, waitMs);
      throw undelivered("later", "Telegram takes no more in this chat just now", waitMs);
    }
    try {
      await this.#deliver(delivery, chat);
    } catch (error) {
      const failure = failureOf(error);
      const refusal = this.#refusal(failure, chat);
      const outcome = refusal.details?.["outcome"];
      if (outcome === "permanent" || outcome === "unknown") previews.delivered(delivery.turn, chat);
      throw refusal;
    }
    this.#unreached = 0;
    previews.delivered(delivery.turn, chat);
  }

  /** Whether sending it again changes nothing: it is an edit. */
  readonly idempotent = (delivery: Delivery): boolean =>
    notedMessage(delivery.noted) !== undefined && !this.#anew.has(delivery.id);

  async #deliver(delivery: Delivery, chat: Chat): Promise<void> {
    const formatted = whole(delivery.text);
    const message = delivery.part === 0 ? notedMessage(delivery.noted) : undefined;
    if (message !== undefined && !this.#anew.has(delivery.id)) {
      if (await this.#edit(chat, message, formatted)) return;
      dropOldest(this.#anew.add(delivery.id), REMEMBERED_MAX);
    }
    await this.#send(chat, formatted);
  }

  async #send(chat: Chat, { text, entities }: Formatted): Promise<void> {
    const { api } = this.#parts;
    try {
      await api.sendMessage(chat.id, text, { entities, ...inTopic(chat) }, limit());
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind !== "refused") throw error;
      if (failure.movedTo !== undefined) {
        dropOldest(this.#moved.set(chat.id, failure.movedTo), REMEMBERED_MAX);
        await api.sendMessage(failure.movedTo, text, { entities }, limit());
      } else if (failure.status === 400 && /entit|parse/i.test(failure.text)) {
        await api.sendMessage(chat.id, text, inTopic(chat), limit());
      } else throw error;
    }
  }

  /** `false`: the message is not there any more, and nothing was done. */
  async #edit(chat: Chat, message: number, { text, entities }: Formatted): Promise<boolean> {
    try {
      await this.#parts.api.editMessageText(chat.id, message, text, { entities }, limit());
      return true;
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind !== "refused" || failure.status !== 400) throw error;
      // It was delivered before.
      return /not modified/i.test(failure.text);
    }
  }

  #refusal(failure: Failure, chat: Chat): ReturnType<typeof undelivered> {
    const { text } = failure;
    if (failure.kind === "unreachable") {
      // However long it lasts: nothing has left, and it says nothing about this reply.
      return undelivered("later", text, backOffMs(++this.#unreached, UNREACHED));
    }
    if (failure.kind === "unanswered") return undelivered("unknown", text);
    if (failure.status === 429) {
      const waitMs = failure.retryAfterMs ?? 1_000;
      this.#parts.budget.block(chat.id, waitMs);
      this.#parts.previews.defer(chat, waitMs);
      return undelivered("retry", text, waitMs);
    }
    // A wrong token is put right one day; a busy or broken server, too.
    const mayPass = failure.status >= 500 || [401, 404, 408, 409].includes(failure.status);
    return undelivered(mayPass ? "retry" : "permanent", text);
  }
}

/** What is nothing but markup is sent as it was written. */
function whole(source: string): Formatted {
  const formatted = format(source);
  return formatted.text === "" ? { text: source, entities: [] } : formatted;
}
