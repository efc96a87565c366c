/** What happens in the daemon, for whoever listens: the last events are kept, so a client that comes back misses none. */
import type { Clock } from "./ports.ts";
import type { RuntimeEvent } from "../schemas/turn.ts";

/** Events kept for clients that reconnect: so many of each kind below. */
const EVENTS_KEPT = 1_000;

/** What a single function can cause without end; kept apart, so that it pushes nothing else out. */
const CHATTER: ReadonlySet<RuntimeEvent["type"]> = new Set(["function.log", "function.denied"]);

/** A bounded log of runtime events with live listeners. */
export class EventHub {
  readonly #clock: Clock;
  readonly #kept: RuntimeEvent[] = [];
  readonly #chatter: RuntimeEvent[] = [];
  readonly #listeners = new Set<(event: RuntimeEvent) => void>();
  #lastId: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    // A client may come back after a restart: what it saw before is below everything that this process tells.
    this.#lastId = clock.now();
  }

  /** Numbers an event and hands it to every listener. Listeners must not throw. */
  publish(type: RuntimeEvent["type"], facts: Readonly<Record<string, unknown>>): RuntimeEvent {
    const event: RuntimeEvent = { ...facts, id: ++this.#lastId, type, at: this.#clock.now() };
    const kept = CHATTER.has(type) ? this.#chatter : this.#kept;
    kept.push(event);
    if (kept.length > EVENTS_KEPT) kept.shift();
    for (const listener of this.#listeners) listener(event);
    return event;
  }

  /** Kept events with an id above `seen`, oldest first; all of them when `seen` is of a process whose clock was ahead. */
  since(seen: number): readonly RuntimeEvent[] {
    const id = seen > this.#lastId ? 0 : seen;
    return [...this.#kept, ...this.#chatter]
      .filter((event) => event.id > id)
      .toSorted((a, b) => a.id - b.id);
  }

  /** Calls back at each event. Returns the way to stop. */
  subscribe(listener: (event: RuntimeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
