/**
 * Replies on their way to transports: in order within a session, again where that is safe, given up visibly where not.
 * It is woken by new replies and by one timer; when nothing is due it does nothing.
 */
import { backOffMs } from "../back_off.ts";
import type { Clock, Delivery, Log, Meter, OutboxRow, Store, Transport } from "../ports.ts";
import { within } from "../within.ts";
import { notedIn } from "./previews.ts";
import { MoultError, isMoultError } from "../../schemas/error.ts";

/** Between two tries. */
const PAUSE = { firstMs: 1_000, maxMs: 600_000 };

/** With these pauses about a day. */
const ATTEMPTS_MAX = 150;

/** Deliveries on their way at once. */
const SENDING_MAX = 32;

/** A transport that has not answered by then may or may not have delivered. */
const SEND_MS_MAX = 120_000;

/** Time that deliveries have when the daemon ends. */
const CLOSE_MS_DEFAULT = 4_000;

/** Pause after the store failed. */
const STORE_PAUSE_MS = 10_000;

/** Longest wait of `setTimeout`. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** What a failed delivery means. */
type Verdict =
  /** `later`: nothing failed, the platform just takes no more for a moment. */
  | { readonly outcome: "retry" | "later"; readonly retryAt: number; readonly error: string }
  | { readonly outcome: "dead" | "unknown"; readonly error: string };

/** What delivering needs. */
export interface DeliveryParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  /** The transport of a protocol, if one is registered. */
  readonly transport: (protocol: string) => Transport | undefined;
  /** The protocols that have one. */
  readonly protocols: () => Iterable<string>;
  /** Milliseconds that deliveries have when the daemon ends. @default 4_000 */
  readonly closeMsMax?: number;
}

/** How a delivery ended, as the store wants it. */
type Result = Parameters<Store["delivered"]>[1];

/** The loop behind the outbox. */
export class DeliveryLoop {
  readonly #parts: DeliveryParts;
  readonly #sending = new Map<Promise<void>, string>();
  /** Results that could not be written down yet, by delivery. */
  readonly #unwritten = new Map<string, Result>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isLooking = false;
  /** Woken while it looked: it looks again. */
  #isWoken = false;
  #closed = false;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  /** Settles deliveries that a crash interrupted, and sends what is due. */
  async start(): Promise<void> {
    for (const row of await this.#parts.store.interrupted()) {
      const error = "The daemon ended while it was being sent";
      await this.#settle(row, this.#afterUnknown(row, await this.#deliveryOf(row), error));
    }
    this.wake();
  }

  /** Looks for due deliveries. */
  wake(): void {
    this.#isWoken = true;
    if (this.#isLooking || this.#closed) return;
    this.#isLooking = true;
    clearTimeout(this.#timer);
    void this.#look().finally(() => {
      this.#isLooking = false;
      if (this.#isWoken) this.wake();
    });
  }

  /** Starts nothing more; gives what is being sent a few seconds. The next start settles the rest. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const { closeMsMax = CLOSE_MS_DEFAULT } = this.#parts;
    await within(Promise.all(this.#sending.keys()), closeMsMax);
  }

  async #look(): Promise<void> {
    const { store, clock, meter, log } = this.#parts;
    try {
      while (this.#isWoken && !this.#closed) {
        this.#isWoken = false;
        for (const [id, result] of this.#unwritten) {
          await store.delivered(id, result);
          this.#unwritten.delete(id);
        }
        // Each that ends wakes this loop again.
        if (this.#sending.size >= SENDING_MAX) return;
        for (const row of await store.due(clock.now(), this.#places())) this.#begin(row);
      }
      meter.gauge("moult_outbox_pending", await store.outboxPending());
      const places = this.#places();
      const full = Object.keys(places).filter((protocol) => places[protocol] === 0);
      this.#sleepUntil(await store.dueNext(full));
    } catch (error) {
      // The store is out of order, a full disk for example. The rows are safe; look again later.
      log.error({ code: isMoultError(error) ? error.code : "internal" }, "Cannot use the outbox");
      this.#sleepUntil(clock.now() + STORE_PAUSE_MS);
    }
  }

  #sleepUntil(at: number | undefined): void {
    if (at === undefined || this.#closed) return;
    const ms = Math.min(Math.max(at - this.#parts.clock.now(), 0), TIMER_MS_MAX);
    this.#timer = setTimeout(() => this.wake(), ms);
    this.#timer.unref();
  }

  /** How many more may be on their way, of protocols that have deliveries there and a bound. */
  #places(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const protocol of this.#parts.protocols()) {
      const max = this.#parts.transport(protocol)?.sendingMax;
      if (max === undefined) continue;
      const sending = [...this.#sending.values()].filter((one) => one === protocol).length;
      counts[protocol] = Math.max(max - sending, 0);
    }
    return counts;
  }

  #begin(row: OutboxRow): void {
    const sending = this.#deliver(row).finally(() => {
      this.#sending.delete(sending);
      this.wake();
    });
    this.#sending.set(sending, row.protocol);
  }

  async #deliver(row: OutboxRow): Promise<void> {
    const { meter, transport } = this.#parts;
    const send = transport(row.protocol)?.send;
    if (send === undefined) {
      const error = `No transport is registered for "${row.protocol}"`;
      await this.#settle(row, this.#afterRetry(row, error));
      return;
    }
    let delivery: Delivery | undefined;
    try {
      delivery = await this.#deliveryOf(row);
      await withinTime(send(delivery));
    } catch (error) {
      await this.#settle(row, this.#judge(row, delivery, error));
      return;
    }
    await this.#write(row.id, { outcome: "sent" });
    meter.count("moult_outbox_messages_total", { channel: row.channel, result: "sent" });
  }

  /** With what the transport noted while the answer grew. */
  async #deliveryOf(row: OutboxRow): Promise<Delivery> {
    const { store, transport } = this.#parts;
    const { id, turn, session, conversation, text, attempt, part } = row;
    const delivery = { id, turn, session, conversation, text, attempt, part };
    if (part > 0 || transport(row.protocol)?.preview === undefined) return delivery;
    const noted = notedIn(await store.events(turn));
    return noted === undefined ? delivery : { ...delivery, noted };
  }

  /** A result that cannot be written down now is kept: losing it would mean sending twice. */
  async #write(id: string, result: Result): Promise<void> {
    try {
      await this.#parts.store.delivered(id, result);
    } catch {
      this.#unwritten.set(id, result);
    }
  }

  #judge(row: OutboxRow, delivery: Delivery | undefined, error: unknown): Verdict {
    // Not even begun: the store is out of order.
    if (delivery === undefined) return this.#afterRetry(row, "The outbox could not be read");
    // What was not foreseen may hold secrets, a token in a URL for example.
    const text = isMoultError(error) ? error.message : "The transport broke while sending";
    const details = isMoultError(error) ? (error.details ?? {}) : {};
    if (details["outcome"] === "permanent") return { outcome: "dead", error: text };
    const after = details["retryAfterMs"];
    const afterMs = typeof after === "number" ? after : undefined;
    if (details["outcome"] === "later" && afterMs !== undefined) {
      return { outcome: "later", retryAt: this.#parts.clock.now() + afterMs, error: text };
    }
    if (details["outcome"] !== "retry") return this.#afterUnknown(row, delivery, text);
    return this.#afterRetry(row, text, afterMs);
  }

  #afterRetry(row: OutboxRow, error: string, afterMs?: number): Verdict {
    if (row.attempt >= ATTEMPTS_MAX) return { outcome: "dead", error };
    const pauseMs = afterMs ?? backOffMs(row.attempt, PAUSE);
    return { outcome: "retry", retryAt: this.#parts.clock.now() + pauseMs, error };
  }

  /** It may have arrived: sending again is only right where the platform drops the second one. */
  #afterUnknown(row: OutboxRow, delivery: Delivery, error: string): Verdict {
    const { idempotent = false } = this.#parts.transport(row.protocol) ?? {};
    const isIdempotent = typeof idempotent === "boolean" ? idempotent : idempotent(delivery);
    return isIdempotent ? this.#afterRetry(row, error) : { outcome: "unknown", error };
  }

  async #settle(row: OutboxRow, verdict: Verdict): Promise<void> {
    const { meter, log } = this.#parts;
    const { outcome, error } = verdict;
    await this.#write(row.id, verdict);
    if (outcome === "later") return;
    const { channel, turn, session, attempt } = row;
    meter.count("moult_outbox_messages_total", { channel, result: outcome });
    log.warn({ channel, turn, session, attempt, outcome, error }, "A reply was not delivered");
  }
}

function withinTime(sending: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = new MoultError("internal", "The transport did not answer in time");
    const timer = setTimeout(() => reject(late), SEND_MS_MAX);
    sending.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
