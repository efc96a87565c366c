/** How much Telegram takes, per chat and in all, so that nothing is ever sent too fast. Knows times, not messages. */
import { dropOldest } from "../../runtime/drop_oldest.ts";
import type { Clock } from "../../runtime/ports.ts";

/** "Avoid sending more than one message per second in a chat; short bursts are fine." */
const CHAT_BURST = 4;
const CHAT_REFILL_MS = 1_000;
/** "Not more than 20 messages per minute to the same group." */
const GROUP_MAX = 20;
const GROUP_WINDOW_MS = 60_000;
/** "About 30 messages per second" of a bot: a burst, and what comes back within a second. */
const ALL_BURST = 10;
const ALL_REFILL_MS = 50;
/** What a growing answer leaves for final ones. */
const CHAT_RESERVE = 1;
const GROUP_RESERVE = 6;
/** Nobody remembers what an earlier process sent just before it ended; so long it may count. */
const EARLIER_MS = 10_000;
/** Chats that are remembered; those unused the longest go first. */
const CHATS_MAX = 2_000;

interface ChatUse {
  /** Telegram said to wait until then. */
  blockedUntil: number;
  readonly bucket: Bucket;
  /** When the last ones left, of groups. */
  readonly sent: number[];
}

/** What may be sent, and when. */
export class Budget {
  readonly #clock: Clock;
  readonly #chats = new Map<number, ChatUse>();
  readonly #all: Bucket;
  #gentleUntil = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#all = new Bucket(ALL_BURST, ALL_REFILL_MS, clock.now());
  }

  /**
   * Takes a place. Returns 0, or the milliseconds after which there may be one; nothing is taken then.
   *
   * @param isPreview leaves places for what matters more. @default false
   */
  take(chat: number, isPreview = false): number {
    const now = this.#clock.now();
    const use = this.#use(chat, now);
    const waitMs = Math.max(
      use.blockedUntil - now,
      use.bucket.waitMs(now, isPreview ? 1 + CHAT_RESERVE : 1),
      groupWaitMs(chat, use.sent, now, isPreview),
      this.#all.waitMs(now, 1),
    );
    if (waitMs > 0) return Math.ceil(waitMs);
    use.bucket.take();
    this.#all.take();
    if (chat < 0) use.sent.push(now);
    return 0;
  }

  /** An earlier process may have sent something a moment ago: no bursts at first. */
  resume(): void {
    this.#gentleUntil = this.#clock.now() + EARLIER_MS;
    for (const { bucket } of this.#chats.values()) bucket.drain();
  }

  /** Telegram said to wait. */
  block(chat: number, ms: number): void {
    const now = this.#clock.now();
    const use = this.#use(chat, now);
    use.blockedUntil = Math.max(use.blockedUntil, now + ms);
  }

  #begin(now: number): ChatUse {
    const bucket = new Bucket(CHAT_BURST, CHAT_REFILL_MS, now);
    if (now < this.#gentleUntil) bucket.drain();
    return { blockedUntil: 0, bucket, sent: [] };
  }

  #use(chat: number, now: number): ChatUse {
    const use = this.#chats.get(chat) ?? this.#begin(now);
    // Moved to the end: the map keeps the order of use.
    this.#chats.delete(chat);
    this.#chats.set(chat, use);
    dropOldest(this.#chats, CHATS_MAX);
    return use;
  }
}

function groupWaitMs(chat: number, sent: number[], now: number, isPreview: boolean): number {
  if (chat >= 0) return 0;
  while ((sent[0] ?? Infinity) <= now - GROUP_WINDOW_MS) sent.shift();
  const max = isPreview ? GROUP_MAX - GROUP_RESERVE : GROUP_MAX;
  const first = sent[sent.length - max];
  return first === undefined ? 0 : first + GROUP_WINDOW_MS - now;
}

/** Places that come back one by one. */
class Bucket {
  readonly #burst: number;
  readonly #refillMs: number;
  #left: number;
  #at: number;

  constructor(burst: number, refillMs: number, now: number) {
    this.#burst = burst;
    this.#refillMs = refillMs;
    this.#left = burst;
    this.#at = now;
  }

  /** Milliseconds until `count` are left. */
  waitMs(now: number, count: number): number {
    const passed = Math.max(now - this.#at, 0);
    this.#left = Math.min(this.#left + passed / this.#refillMs, this.#burst);
    this.#at = now;
    return this.#left >= count ? 0 : (count - this.#left) * this.#refillMs;
  }

  take(): void {
    this.#left--;
  }

  /** Leaves one. */
  drain(): void {
    this.#left = Math.min(this.#left, 1);
  }
}
