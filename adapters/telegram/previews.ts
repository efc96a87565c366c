/**
 * Growing answers: which turns are shown, and when a chat is free for showing one. What is shown never overtakes or
 * follows what is delivered.
 */
import type { Api } from "grammy";
import { dropOldest } from "../../runtime/drop_oldest.ts";
import type { Clock, Growing, Log } from "../../runtime/ports.ts";
import type { Budget } from "./budget.ts";
import { type Chat, chatNamed } from "./chat.ts";
import { type Pace, Shown } from "./shown.ts";

const REMEMBERED_MAX = 500;

/** What growing answers need. */
export interface PreviewsParts {
  readonly api: Api;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly log: Log;
  readonly pace: Pace;
}

/** The growing answers of this process. */
export class Previews {
  readonly #parts: PreviewsParts;
  readonly #shown = new Map<string, Shown>();
  /** Turns that have ended and whose reply has not left, by chat. */
  readonly #owed = new Map<number, Set<string>>();
  /** Turns whose reply has left, the newest last. */
  readonly #left = new Set<string>();
  /** When something was last delivered, or will be, by chat. */
  readonly #busyUntil = new Map<number, number>();
  #openedAt: number;
  /** Whether Telegram offers drafts: `undefined` until one was tried. */
  hasDrafts: boolean | undefined;

  constructor(parts: PreviewsParts) {
    this.#parts = parts;
    this.#openedAt = parts.clock.now();
  }

  /** Begins anew, after the connection was opened. */
  open(): void {
    this.#openedAt = this.#parts.clock.now();
  }

  /** Shows a turn until its events end. Never rejects. */
  async show(growing: Growing): Promise<void> {
    const chat = chatNamed(growing.conversation);
    if (chat === undefined) return;
    const shown = new Shown({ ...this.#parts, previews: this }, growing, chat);
    this.#shown.set(growing.turn, shown);
    try {
      const done = await shown.follow();
      const isOwed = done !== undefined && done.outcome !== "cancelled" && done.reply !== "";
      if (isOwed && !this.#left.has(growing.turn)) this.#owe(chat.id, growing.turn);
    } finally {
      if (this.#shown.get(growing.turn) === shown) this.#shown.delete(growing.turn);
    }
  }

  /** Ends the showing of a turn; resolves when nothing of it is on its way. */
  async settle(turn: string): Promise<void> {
    await this.#shown.get(turn)?.stop();
  }

  /** A reply, or a piece of it, has left, or never will. */
  delivered(turn: string, chat: Chat): void {
    const owed = this.#owed.get(chat.id);
    owed?.delete(turn);
    if (owed?.size === 0) this.#owed.delete(chat.id);
    this.#left.add(turn);
    dropOldest(this.#left, REMEMBERED_MAX);
    this.defer(chat, 0);
  }

  /** Nothing new is begun in a chat while a delivery waits. */
  defer({ id }: Chat, ms: number): void {
    const until = this.#parts.clock.now() + ms + this.#parts.pace.quiet;
    this.#busyUntil.set(id, Math.max(this.#busyUntil.get(id) ?? 0, until));
    dropOldest(this.#busyUntil, REMEMBERED_MAX);
  }

  /** Whether a new message in a chat would come before a reply that is older. */
  isBusy({ id }: Chat): boolean {
    const now = this.#parts.clock.now();
    return (
      this.#owed.has(id) ||
      now < (this.#busyUntil.get(id) ?? 0) ||
      now < this.#openedAt + this.#parts.pace.grace
    );
  }

  /** Ends all; resolves when nothing is on its way. */
  async close(): Promise<void> {
    await Promise.all([...this.#shown.values()].map((shown) => shown.stop()));
  }

  #owe(chat: number, turn: string): void {
    const owed = this.#owed.get(chat) ?? new Set();
    this.#owed.set(chat, owed.add(turn));
    // A reply that never leaves must not stop the showing for ever.
    dropOldest(owed, REMEMBERED_MAX);
  }
}
