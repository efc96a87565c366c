/**
 * Asks Telegram for updates, for as long as the transport is open. An update counts as read only when it was taken
 * in; the number that says so is kept by Telegram, and what comes twice is recognised.
 */
import type { Api } from "grammy";
import { pause } from "../../runtime/pause.ts";
import type { Inbound } from "../../runtime/ports.ts";
import { failureOf, limit } from "./bot_api.ts";
import type { Intake } from "./intake.ts";
import type { Link } from "./link.ts";
import { chatOf } from "./updates.ts";

/** Updates of one answer; Telegram gives no more. */
const UPDATES_MAX = 100;

/** Pause before updates that could not be taken in are asked for again. */
const HELD_MS_FIRST = 100;
const HELD_MS_MAX = 5_000;

/** Servers that do not wait for updates are not asked faster than this. */
const UNHURRIED_MS = 300;

/** What polling needs. */
export interface PollingParts {
  readonly api: Api;
  readonly intake: Intake;
  readonly link: Link;
  /** Seconds that Telegram waits for updates. */
  readonly pollSeconds: number;
  /** An answer may be late by so many milliseconds before its connection is given up. */
  readonly lateMs: number;
  /** Says who the bot is, once. Rejects when Telegram does not tell. */
  readonly identify: (inbound: Inbound) => Promise<void>;
  /** Called at the first answer. */
  readonly onUp: (inbound: Inbound) => void;
}

/** Polls until `closing` aborts. Never rejects. */
export async function poll(
  parts: PollingParts,
  inbound: Inbound,
  closing: AbortSignal,
): Promise<void> {
  const { link, api } = parts;
  const progress = new Progress(parts, inbound);
  while (!closing.aborted) {
    let pauseMs: number;
    try {
      pauseMs = await progress.step(closing);
    } catch (error) {
      if (closing.aborted) return;
      progress.isQuick = true;
      const failure = failureOf(error);
      pauseMs = link.failed(failure);
      if (failure.kind === "refused" && failure.status === 409 && /webhook/i.test(failure.text)) {
        await api.deleteWebhook({}, limit(undefined, closing)).catch(() => undefined);
      }
    }
    await pause(pauseMs, closing);
  }
}

class Progress {
  readonly #parts: PollingParts;
  readonly #inbound: Inbound;
  /** Taken in, but behind one that was not. */
  readonly #ahead = new Set<number>();
  /** All below are read. `undefined`: Telegram knows. */
  #offset: number | undefined;
  #heldMs = 0;
  #isIdentified = false;
  /** The next answer should come at once: to see that all is well, or because updates wait. */
  isQuick = true;

  constructor(parts: PollingParts, inbound: Inbound) {
    this.#parts = parts;
    this.#inbound = inbound;
  }

  /** Asks once; milliseconds until it should ask again. Rejects with what the call failed with. */
  async step(closing: AbortSignal): Promise<number> {
    const { api, link, pollSeconds, lateMs, onUp } = this.#parts;
    await this.#identify();
    const timeout = this.isQuick ? 0 : pollSeconds;
    const began = performance.now();
    const updates = await api.getUpdates(
      {
        ...(this.#offset === undefined ? {} : { offset: this.#offset }),
        limit: UPDATES_MAX,
        timeout,
        allowed_updates: ["message"],
      },
      limit(timeout * 1_000 + lateMs, closing),
    );
    const wasUp = link.health.state === "up";
    link.up();
    if (!wasUp) onUp(this.#inbound);
    // Telegram numbers them in the order in which they were written.
    const inOrder = updates.toSorted((a, b) => a.update_id - b.update_id);
    const isHeld = await this.#takeAll(inOrder);
    this.isQuick = isHeld;
    this.#heldMs = isHeld ? Math.min(Math.max(this.#heldMs * 2, HELD_MS_FIRST), HELD_MS_MAX) : 0;
    if (isHeld) return this.#heldMs;
    const wasHasty =
      updates.length === 0 && timeout > 0 && performance.now() - began < UNHURRIED_MS;
    return wasHasty ? UNHURRIED_MS : 0;
  }

  /** A wrong token shows here; anything else shows in the polling itself. */
  async #identify(): Promise<void> {
    if (this.#isIdentified) return;
    try {
      await this.#parts.identify(this.#inbound);
      this.#isIdentified = true;
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind === "refused" && (failure.status === 401 || failure.status === 404))
        throw error;
    }
  }

  /** Chats side by side, each in its order. `true`: some could not be taken in. */
  async #takeAll(updates: readonly { readonly update_id: number }[]): Promise<boolean> {
    const byChat = Map.groupBy(
      updates.filter(({ update_id: id }) => !this.#ahead.has(id)),
      (update) => chatOf(update),
    );
    await Promise.all([...byChat.values()].map((ofChat) => this.#takeInOrder(ofChat)));
    const held = updates.find(({ update_id: id }) => !this.#ahead.has(id));
    const last = updates.at(-1);
    const offset = held?.update_id ?? (last === undefined ? undefined : last.update_id + 1);
    if (offset !== undefined) this.#offset = offset;
    for (const id of this.#ahead) if (id < (this.#offset ?? 0)) this.#ahead.delete(id);
    return held !== undefined;
  }

  async #takeInOrder(updates: readonly { readonly update_id: number }[]): Promise<void> {
    for (const update of updates) {
      if (!(await this.#parts.intake.take(update, this.#inbound))) return;
      this.#ahead.add(update.update_id);
    }
  }
}
