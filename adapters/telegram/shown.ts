/**
 * One growing answer: "typing", then its text so far, as a draft where Telegram offers that, else as a message that
 * is edited. The newest text counts; what comes faster than Telegram takes it is skipped.
 */
import type { Api } from "grammy";
import type { Growing, Log } from "../../runtime/ports.ts";
import type { Reply, TurnEvent } from "../../schemas/turn.ts";
import { failureOf, limit } from "./bot_api.ts";
import type { Budget } from "./budget.ts";
import { type Chat, inTopic, notedMessage } from "./chat.ts";
import { format } from "./format.ts";

/** "Typing" ends after 5 s by itself. */
const TYPING_MS = 4_500;
/** A draft ends after 30 s by itself. */
const DRAFT_MS = 20_000;
/** A call of a preview may take so long; the reply waits for it. */
const CALL_MS_MAX = 8_000;
/** Of a long answer only the end is shown. */
const SHOWN_CHARS_MAX = 3_500;

/** How fast what is shown follows the answer, in milliseconds. Tests play it faster. */
export interface Pace {
  /** An answer that is complete before needs no showing. @default 1_000 */
  readonly first: number;
  /** Between two updates. @default 1_100 */
  readonly gap: number;
  /** The same in groups, where Telegram takes 20 a minute. @default 3_100 */
  readonly groupGap: number;
  /** A new message waits so long after the last delivery in its chat: another piece may follow. @default 2_000 */
  readonly quiet: number;
  /** Replies of an earlier process may still be on their way so long after the start. @default 5_000 */
  readonly grace: number;
}

/** Unless a test says otherwise. */
export const PACE: Pace = {
  first: 1_000,
  gap: 1_100,
  groupGap: 3_100,
  quiet: 2_000,
  grace: 5_000,
};

interface ShownParts {
  readonly pace: Pace;
  readonly api: Api;
  readonly budget: Budget;
  readonly log: Log;
  readonly previews: { hasDrafts: boolean | undefined; readonly isBusy: (chat: Chat) => boolean };
}

/** One growing answer in one chat. */
export class Shown {
  readonly #parts: ShownParts;
  readonly #growing: Growing;
  readonly #chat: Chat;
  #text = "";
  #status = "";
  /** What is shown now. */
  #last = "";
  #shownAt = 0;
  /** The message that shows it. */
  #message: number | undefined;
  /** Perhaps there is a message that shows it, and its id is not known: there must be no second one. */
  #isUnsure: boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #typing: ReturnType<typeof setInterval> | undefined;
  #onItsWay: Promise<void> | undefined;
  #isOver = false;

  constructor(parts: ShownParts, growing: Growing, chat: Chat) {
    this.#parts = parts;
    this.#growing = growing;
    this.#chat = chat;
    this.#message = notedMessage(growing.noted);
    this.#isUnsure = growing.noted !== undefined && this.#message === undefined;
  }

  /** Shows the turn until its events end; its reply, if it has ended. Never rejects. */
  async follow(): Promise<Reply | undefined> {
    this.#type();
    this.#typing = setInterval(() => this.#type(), TYPING_MS);
    let done: Reply | undefined;
    try {
      for await (const event of this.#growing.events) {
        if (event.type === "done") done = event.reply;
        else this.#see(event);
      }
    } finally {
      await this.stop();
    }
    if (done?.outcome === "cancelled") await this.#sayStopped();
    return done;
  }

  /** Shows nothing more; resolves when nothing is on its way. */
  async stop(): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearInterval(this.#typing);
    await this.#onItsWay;
  }

  #see(event: TurnEvent): void {
    if (event.type === "token") this.#text += event.text;
    else if (event.type === "tool_call") this.#status = event.name;
    else if (event.type === "tool_result") this.#status = "";
    else return;
    if (this.#timer === undefined) this.#lookIn(this.#parts.pace.first);
  }

  #type(): void {
    const { api } = this.#parts;
    void api
      .sendChatAction(this.#chat.id, "typing", inTopic(this.#chat), limit(CALL_MS_MAX))
      .catch((error: unknown) => this.#heed(error));
  }

  #lookIn(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#isOver) return;
    this.#timer = setTimeout(() => {
      this.#onItsWay = this.#look().finally(() => (this.#onItsWay = undefined));
    }, ms);
  }

  /** Shows the newest text if there is one and Telegram takes it; comes back later in any case. */
  async #look(): Promise<void> {
    const isDraft = this.#usesDraft();
    const text = this.#compose();
    const waitMs = this.#isDue(text, isDraft) ? this.#parts.budget.take(this.#chat.id, true) : -1;
    try {
      if (waitMs === 0) {
        await (isDraft ? this.#draft(text) : this.#put(text));
        this.#last = text;
        this.#shownAt = performance.now();
      }
    } catch (error) {
      this.#heed(error, isDraft);
    }
    const { gap, groupGap } = this.#parts.pace;
    this.#lookIn(Math.max(waitMs, this.#chat.id < 0 ? groupGap : gap));
  }

  #isDue(text: string, isDraft: boolean): boolean {
    const mayShow = isDraft || this.#message !== undefined || this.#mayBegin();
    if (text === "" || !mayShow) return false;
    return text !== this.#last || (isDraft && this.#isFading());
  }

  #isFading(): boolean {
    return performance.now() - this.#shownAt > DRAFT_MS;
  }

  /** A second message for one answer, or one before an older reply, would be worse than none. */
  #mayBegin(): boolean {
    return !this.#isUnsure && !this.#parts.previews.isBusy(this.#chat);
  }

  #usesDraft(): boolean {
    const isPrivate = this.#chat.id > 0;
    return isPrivate && this.#message === undefined && this.#parts.previews.hasDrafts !== false;
  }

  #compose(): string {
    const text = this.#text.trim();
    const end = text.length > SHOWN_CHARS_MAX ? `…${text.slice(-SHOWN_CHARS_MAX)}` : text;
    const status = this.#status === "" ? "" : `⏳ ${this.#status}`;
    return [end.toWellFormed(), status].filter((part) => part !== "").join("\n\n");
  }

  async #draft(shown: string): Promise<void> {
    const { api, previews } = this.#parts;
    const { text, entities } = format(shown);
    const { id } = this.#chat;
    const options = { entities, ...inTopic(this.#chat) };
    await api.sendMessageDraft(id, draftOf(this.#growing.turn), text, options, limit(CALL_MS_MAX));
    previews.hasDrafts = true;
  }

  /** Into the message; the first time, it is written down that there may be one before there is. */
  async #put(shown: string): Promise<void> {
    const { api } = this.#parts;
    const { text, entities } = format(`${shown} …`);
    const { id } = this.#chat;
    if (this.#message !== undefined) {
      await api.editMessageText(id, this.#message, text, { entities }, limit(CALL_MS_MAX));
      return;
    }
    await this.#growing.note({ intent: true });
    this.#isUnsure = true;
    const options = { entities, ...inTopic(this.#chat), disable_notification: true };
    try {
      const sent = await api.sendMessage(id, text, options, limit(CALL_MS_MAX));
      await this.#growing.note({ message: sent.message_id });
      this.#message = sent.message_id;
    } catch (error) {
      if (failureOf(error).kind !== "unanswered") this.#isUnsure = false;
      throw error;
    }
  }

  /** Nobody gets a reply of a turn that was cancelled; what is shown must not look as if it went on. */
  async #sayStopped(): Promise<void> {
    if (this.#message === undefined) return;
    const { text, entities } = format(`${this.#compose()}\n\n(stopped)`);
    await this.#parts.api
      .editMessageText(this.#chat.id, this.#message, text, { entities }, limit(CALL_MS_MAX))
      .catch(() => undefined);
  }

  /** Waits as Telegram says; does without what it does not have. */
  #heed(error: unknown, isDraft = false): void {
    const { budget, previews, log } = this.#parts;
    const failure = failureOf(error);
    if (failure.kind !== "refused") return;
    if (failure.status === 429) {
      budget.block(this.#chat.id, failure.retryAfterMs ?? 1_000);
      return;
    }
    if (isDraft && failure.status < 500 && previews.hasDrafts === undefined) {
      previews.hasDrafts = false;
    } else if (failure.status === 403) {
      this.#isOver = true;
    }
    log.debug({ channel: "telegram", reason: failure.text }, "A growing answer was not shown");
  }
}

/** The same number for the same turn, in every process; never 0. */
function draftOf(turn: string): number {
  return Bun.hash.crc32(turn) & 0x7fffffff || 1;
}
