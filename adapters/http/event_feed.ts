/** Runtime events for one reader at its own pace. What it cannot take yet stays in the hub; it has no queue without end. */
import type { EventHub } from "../../runtime/events.ts";
import type { RuntimeEvent } from "../../schemas/turn.ts";

/** Events that wait for one reader. Beyond it they are read from the hub again, as long as that keeps them. */
const WAITING_MAX = 256;

/** What a reader wants. */
export interface FeedOptions {
  /** Begins with the kept events above this id. Absent: with the next event. */
  readonly after?: number;
  /** Which events. @default all */
  readonly wanted?: (event: RuntimeEvent) => boolean;
}

/** A place in the stream of events. */
export interface EventFeed {
  /** Ends after `close()`. A number says how many events were lost, because the reader came too late for them. */
  readonly events: AsyncIterable<RuntimeEvent | number>;
  readonly close: () => void;
}

/** Listens from now on, so that nothing is lost between the request and the first read. */
export function openFeed(hub: EventHub, { after, wanted = () => true }: FeedOptions): EventFeed {
  let waiting = after === undefined ? [] : hub.since(after).filter(wanted);
  let last = waiting.at(-1)?.id ?? 0;
  /** Events that found no room since `last`. */
  let skipped = 0;
  const end = new AbortController();
  let wake = (): void => {};
  const unsubscribe = hub.subscribe((event) => {
    if (!wanted(event)) return;
    if (skipped > 0 || waiting.length >= WAITING_MAX) skipped++;
    else {
      waiting.push(event);
      last = event.id;
    }
    wake();
  });
  /** Takes from the hub what found no room; returns how many of them it no longer has. */
  const catchUp = (): number => {
    waiting = hub.since(last).filter(wanted);
    const lost = skipped - waiting.length;
    last = waiting.at(-1)?.id ?? last;
    skipped = 0;
    return lost;
  };
  async function* read(): AsyncGenerator<RuntimeEvent | number> {
    while (!end.signal.aborted) {
      const event = waiting.shift();
      if (event !== undefined) yield event;
      else if (skipped > 0) {
        const lost = catchUp();
        if (lost > 0) yield lost;
      } else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  return {
    events: read(),
    close: () => {
      end.abort();
      unsubscribe();
      // Its reader may be held back for long by whoever does not read.
      waiting = [];
      wake();
    },
  };
}

/** An id that a returning client gives, as text or number; `undefined` when it is none of ours. */
export function seenId(lastEventId: string | number | null | undefined): number | undefined {
  const text = String(lastEventId ?? "");
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
