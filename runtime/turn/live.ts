/** A turn as it can be watched and stopped while this process runs it. It knows events, not what causes them. */
import type { Clock } from "../ports.ts";
import type { Reply, TraceEvent, TurnEvent } from "../../schemas/turn.ts";

/**
 * Each attempt numbers from its own hundred thousand: a client that saw an attempt die never mistakes an event of
 * the next one for something it knows. No attempt has that many events.
 */
const SEQ_PER_ATTEMPT = 100_000;

/** Why a turn is stopped: its client asked, it ran too long, or the daemon ends and will resume it. */
export type StopReason = "cancelled" | "time" | "closing";

type Fields<E> = E extends unknown ? Omit<E, "turn" | "seq" | "at"> : never;

/** What clients see, before it is numbered. */
export type Shown = Fields<TurnEvent>;

/** Events of a turn that clients see; the trace has more. */
const SHOWN: ReadonlySet<string> = new Set([
  "turn",
  "tool_call",
  "tool_result",
  "compacted",
  "recalled",
  "pinned",
  "refusal",
  "error",
]);

/** One attempt at a turn. Events are kept until it is let go, so a follower may come late and may be slow. */
export class LiveTurn {
  readonly turn: string;
  readonly session: string;
  readonly #clock: Clock;
  readonly #events: TurnEvent[];
  readonly #abort = new AbortController();
  readonly #ended = Promise.withResolvers<Reply>();
  readonly #followers = new Set<() => void>();
  #seq: number;
  #stopped: StopReason | undefined;
  /** Set once nothing more will come. */
  #closed: { readonly error?: Error } | undefined;

  /** `attempts`: how often the turn was begun before. `past`: what these attempts wrote down. */
  constructor(
    identity: { readonly turn: string; readonly session: string; readonly attempts: number },
    clock: Clock,
    past: readonly TraceEvent[] = [],
  ) {
    this.turn = identity.turn;
    this.session = identity.session;
    this.#clock = clock;
    this.#seq = identity.attempts * SEQ_PER_ATTEMPT;
    this.#events = past.flatMap((event) => toTurnEvent(identity.turn, event));
    // The tokens of this attempt begin anew: who saw those of the one before is told to forget them.
    if (identity.attempts > 0) this.show(this.next({ type: "turn", session: identity.session }));
    // Nobody has to wait for a turn; its failure is not an unhandled one.
    this.#ended.promise.catch(() => undefined);
  }

  /** The reply. Rejects when this attempt is given up. */
  get ended(): Promise<Reply> {
    return this.#ended.promise;
  }

  /** Aborts when the turn is stopped. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Why it was stopped; `undefined` while it was not. */
  get stopped(): StopReason | undefined {
    return this.#stopped;
  }

  /** Asks the turn to end. The first reason counts. */
  stop(reason: StopReason): void {
    this.#stopped ??= reason;
    this.#abort.abort();
  }

  /** Numbers an event. It is not shown yet: what is durable is written down first. */
  next<E extends { readonly type: string }>(event: E): E & { seq: number; at: number } {
    return { seq: ++this.#seq, at: this.#clock.now(), ...event };
  }

  /** Shows a numbered event to all who follow. */
  show(event: Shown & { readonly seq: number; readonly at: number }): void {
    this.#events.push({ turn: this.turn, ...event });
    this.#wake();
  }

  /** Ends it: the last event is shown, followers end, waiters have their reply. */
  end(reply: Reply, seq: number): void {
    this.show({ type: "done", reply, seq, at: this.#clock.now() });
    this.#closed = {};
    this.#ended.resolve(reply);
    this.#wake();
  }

  /**
   * Gives this attempt up: followers and waiters get the error; the turn itself is still in the inbox.
   * An attempt that has ended stays as it is.
   */
  giveUp(error: Error): void {
    if (this.#closed !== undefined) return;
    this.#closed = { error };
    this.#ended.reject(error);
    this.#wake();
  }

  /**
   * Follows the turn.
   *
   * @yields {TurnEvent} events above `afterSeq`, then live ones
   * @throws {Error} what the attempt was given up for
   */
  async *follow(afterSeq: number, signal?: AbortSignal): AsyncGenerator<TurnEvent> {
    for (let at = 0; ;) {
      if (signal?.aborted === true) return;
      const event = this.#events[at];
      if (event !== undefined) {
        at++;
        if (event.seq > afterSeq) yield event;
      } else if (this.#closed === undefined) {
        await this.#change(signal);
      } else if (this.#closed.error === undefined) {
        return;
      } else {
        throw this.#closed.error;
      }
    }
  }

  #change(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#followers.delete(wake);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      this.#followers.add(wake);
      signal?.addEventListener("abort", wake);
    });
  }

  #wake(): void {
    for (const wake of this.#followers) wake();
  }
}

/** The journal's event as clients see it; empty when it is only for the trace. */
export function toTurnEvent(turn: string, event: TraceEvent): TurnEvent[] {
  // The journal is our own: what stands under these types was shown once.
  return SHOWN.has(event.type) ? [{ turn, ...event } as unknown as TurnEvent] : [];
}
