/** Accepted messages and their turns: started in order, watched, cancelled, ended in one transaction. */
import type { EventHub } from "../events.ts";
import { pause } from "../pause.ts";
import type { InboxRow, Meter, Transport } from "../ports.ts";
import { LiveTurn, toTurnEvent } from "../turn/live.ts";
import type { TurnParts } from "../turn/parts.ts";
import { Summaries } from "../turn/summaries.ts";
import { type Ending, SUSPENDED, runTurn } from "../turn/turn.ts";
import { MoultError, isMoultError } from "../../schemas/error.ts";
import type { Reply, TraceEvent, TurnEvent } from "../../schemas/turn.ts";
import { answerCommand } from "./commands.ts";
import type { Lanes } from "./lanes.ts";
import { showGrowing } from "./previews.ts";

/** Ended turns whose tokens can still be read, for a client that follows a moment too late. */
const ENDED_KEPT = 16;

/** Pause before a turn is tried again that could not be written down. */
const PAUSE_MS_FIRST = 1_000;
const PAUSE_MS_MAX = 60_000;

/** Time that running turns have when the daemon ends. */
const CLOSE_MS_DEFAULT = 4_000;

/** What turns need beyond their steps. */
export interface TurnsParts extends TurnParts {
  readonly lanes: Lanes;
  readonly meter: Meter;
  readonly hub: EventHub;
  /** The reply as its channel wants it. Must not reject. */
  readonly render: (row: InboxRow, text: string) => Promise<string>;
  /** Whether somebody has to deliver the replies of this protocol. */
  readonly delivers: (protocol: string) => boolean;
  /** The transport of a protocol, if one is registered. */
  readonly transport: (protocol: string) => Transport | undefined;
  /** Says that a reply is in the outbox. */
  readonly wakeDelivery: () => void;
  /** Milliseconds that running turns have when the daemon ends. @default 4_000 */
  readonly closeMsMax?: number;
}

/** One try at a turn: the first, or one that goes on where the journal ends. */
interface Attempt {
  readonly row: InboxRow;
  readonly live: LiveTurn;
  /** The journal of the attempts before. */
  readonly past: readonly TraceEvent[];
  /** What the journal says of this one. */
  readonly first: TraceEvent;
}

/** The turns of this process. */
export class Turns {
  readonly #parts: TurnsParts;
  /** Waiting and running turns, and the last ones that ended. */
  readonly #live = new Map<string, LiveTurn>();
  readonly #ended: string[] = [];
  readonly #closing = new AbortController();
  readonly #summaries: Summaries;

  constructor(parts: TurnsParts) {
    this.#parts = parts;
    this.#summaries = new Summaries(parts, this.#closing.signal);
  }

  /** Puts an accepted message into its lane. Its row exists. One that is there already stays as it is. */
  add(row: InboxRow, past: readonly TraceEvent[] = []): void {
    if (this.#live.has(row.turn)) return;
    const attempt = this.#open(row, past);
    const { live } = attempt;
    const before = this.#parts.lanes.push(row.session, () => this.#run(attempt));
    if (before > 0) live.show(live.next({ type: "queued", position: before }));
    // Written down while the daemon ended: no lane starts it any more.
    if (this.#closing.signal.aborted) live.giveUp(suspended());
  }

  /** The reply of a turn. @throws {MoultError} `turn/not-found`, `model/unavailable` when the daemon ends first */
  async wait(turn: string, signal?: AbortSignal): Promise<Reply> {
    const live = this.#live.get(turn);
    if (live !== undefined) return await unlessAborted(live.ended, signal);
    const reply = await this.#parts.store.reply(turn);
    return reply ?? (await this.#notRunning(turn));
  }

  /**
   * Follows a turn.
   *
   * @yields {TurnEvent} events above `afterSeq`, then live ones; of a turn of an earlier process those in its journal
   * @throws {MoultError} as `wait()`
   */
  async *follow(turn: string, afterSeq: number, signal?: AbortSignal): AsyncGenerator<TurnEvent> {
    const live = this.#live.get(turn);
    if (live !== undefined) {
      yield* live.follow(afterSeq, signal);
      return;
    }
    const reply = (await this.#parts.store.reply(turn)) ?? (await this.#notRunning(turn));
    for (const event of await this.#parts.store.events(turn)) {
      if (event.seq <= afterSeq) continue;
      const { seq, at } = event;
      if (event.type === "done") yield { turn, seq, at, type: "done", reply };
      else yield* toTurnEvent(turn, event);
    }
  }

  /** Ends a turn that waits or runs. `false`: there is none. */
  cancel(turn: string): boolean {
    const live = this.#live.get(turn);
    if (live === undefined || this.#ended.includes(turn)) return false;
    live.stop("cancelled");
    return true;
  }

  /** Cancels whatever waits or runs in a session, and waits for it to end. */
  async cancelAll(session: string): Promise<void> {
    const lives = [...this.#live.values()].filter((live) => live.session === session);
    for (const live of lives) live.stop("cancelled");
    await Promise.allSettled(lives.map(({ ended }) => ended));
    for (const { turn } of lives) this.#live.delete(turn);
    this.#parts.memory.forget(session);
  }

  /** Lets running turns end, then stops them; the next start resumes what is left. */
  async close(): Promise<void> {
    this.#closing.abort();
    const idle = this.#parts.lanes.close();
    const { closeMsMax = CLOSE_MS_DEFAULT } = this.#parts;
    const timer = setTimeout(() => this.#stopAll(), closeMsMax);
    await idle;
    await this.#summaries.idle();
    clearTimeout(timer);
    for (const live of this.#live.values()) live.giveUp(suspended());
  }

  #stopAll(): void {
    for (const live of this.#live.values()) live.stop("closing");
  }

  /** Runs a turn until it has ended or the daemon ends. A store that is out of order is waited for. */
  async #run(first: Attempt): Promise<void> {
    const { store, log } = this.#parts;
    const { turn, session } = first.row;
    let attempt = first;
    for (let pauseMs = PAUSE_MS_FIRST; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
      try {
        await this.#attempt(attempt);
        return;
      } catch (error) {
        const failure = error instanceof Error ? error : new TypeError("A turn threw no error");
        attempt.live.giveUp(failure);
        // Its session was forgotten while it waited.
        if (isMoultError(error) && error.code === "turn/not-found") return;
        const text = "A turn could not be written down; it is tried again";
        log.error({ turn, session, error: failure }, text);
      }
      await pause(pauseMs, this.#closing.signal);
      if (this.#closing.signal.aborted) return;
      const past = await store.events(turn).catch(() => undefined);
      const row = { ...attempt.row, attempts: attempt.row.attempts + 1 };
      if (past !== undefined) attempt = this.#open(row, past);
    }
  }

  async #attempt({ row, live, past, first }: Attempt): Promise<void> {
    const { store, hub, meter } = this.#parts;
    const { turn, session, channel } = row;
    await store.begin(turn, first);
    const { work } = row;
    // Whose call it is, for turns that no message began.
    const given = work?.kind === "call" ? { function: work.name } : {};
    hub.publish("turn.started", { turn, session, channel, ...given });
    const transport = this.#parts.transport(row.protocol);
    if (work === undefined && transport?.preview !== undefined) {
      showGrowing(this.#parts, transport, { row, live, past });
    }
    const ending =
      work?.kind === "command"
        ? answerCommand(work.command, this.#parts.functions)
        : await runTurn(this.#parts, row, live, past);
    if (ending === SUSPENDED) {
      live.giveUp(suspended());
      return;
    }
    const reply = await this.#finish(row, live, ending);
    const { outcome, usage } = reply;
    hub.publish("turn.done", { turn, session, outcome, ms: usage.totalMs, ...given });
    meter.count("moult_turns_total", { outcome });
    meter.observe("moult_turn_duration_seconds", usage.totalMs / 1_000);
  }

  async #finish(row: InboxRow, live: LiveTurn, ending: Ending): Promise<Reply> {
    const { store, clock, memory, render, delivers, wakeDelivery } = this.#parts;
    const { turn, session, protocol } = row;
    const { outcome, toolCalls, history, reset = false } = ending;
    const text = await render(row, ending.text);
    const done = live.next({ type: "done", outcome });
    const usage = { ...ending.usage, totalMs: Math.max(clock.now() - row.acceptedAt, 0) };
    const reply: Reply = { turn, session, outcome, reply: text, toolCalls, usage };
    // Who cancelled does not wait for an answer.
    const isSent = delivers(protocol) && outcome !== "cancelled" && text !== "";
    const events = [...ending.events, done];
    const outbox = isSent ? (this.#parts.transport(protocol)?.split?.(text) ?? [text]) : [];
    await store.finish(reply, { history, events, outbox, reset });
    if (reset) memory.forget(session);
    memory.append(
      session,
      history.map((item) => Object.assign({ turn, at: done.at }, item)),
    );
    if (isSent) wakeDelivery();
    this.#retire(turn);
    live.end(reply, done.seq);
    // A model that has just failed is not asked for more.
    if (outcome === "answered") this.#summaries.look(session);
    return reply;
  }

  #open(row: InboxRow, past: readonly TraceEvent[]): Attempt {
    const live = new LiveTurn(row, this.#parts.clock, past);
    this.#live.set(row.turn, live);
    if (row.attempts > 0) {
      const first = live.next({ type: "resumed", attempt: row.attempts + 1 });
      return { row, live, past, first };
    }
    const event = live.next({ type: "turn" as const, session: row.session });
    live.show(event);
    return { row, live, past, first: { ...event } };
  }

  #retire(turn: string): void {
    this.#ended.push(turn);
    if (this.#ended.length <= ENDED_KEPT) return;
    const oldest = this.#ended.shift();
    if (oldest !== undefined) this.#live.delete(oldest);
  }

  async #notRunning(turn: string): Promise<never> {
    if ((await this.#parts.store.trace(turn)) !== undefined) throw suspended();
    throw new MoultError("turn/not-found", `There is no turn "${turn}"`);
  }
}

function suspended(): MoultError {
  return new MoultError(
    "model/unavailable",
    "The daemon stopped before the turn ended; it goes on at the next start, ask again then",
  );
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
