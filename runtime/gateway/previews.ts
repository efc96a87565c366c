/** Growing answers: hands a running turn to a transport that can show it, and keeps what the transport notes. */
import type { InboxRow, Log, Store, Transport } from "../ports.ts";
import type { LiveTurn } from "../turn/live.ts";
import type { TraceEvent, TurnEvent } from "../../schemas/turn.ts";

/** Type of the journal's entries that hold a transport's notes. */
const NOTED = "preview";

/** What the transport wrote down last for a turn. */
export function notedIn(events: readonly TraceEvent[]): unknown {
  return events.findLast(({ type }) => type === NOTED)?.["noted"];
}

/** Shows a turn while it runs. Returns at once; nothing of it can fail the turn. */
export function showGrowing(
  parts: { readonly store: Store; readonly log: Log },
  transport: Transport,
  turn: { readonly row: InboxRow; readonly live: LiveTurn; readonly past: readonly TraceEvent[] },
): void {
  const { row, live, past } = turn;
  const noted = notedIn(past);
  const showing = transport.preview?.({
    turn: row.turn,
    session: row.session,
    conversation: row.conversation,
    events: untilGivenUp(live),
    ...(noted === undefined ? {} : { noted }),
    note: async (facts) => {
      await parts.store.journal(row.turn, [{ ...live.next({ type: NOTED, noted: facts }) }]);
    },
  });
  showing?.catch((error: unknown) => {
    const facts = { channel: transport.channel, turn: row.turn, error };
    parts.log.warn(facts, "A growing answer could not be shown");
  });
}

/**
 * An attempt that was given up ends the preview; the next attempt begins another one.
 *
 * @yields {TurnEvent} the events of this attempt
 */
async function* untilGivenUp(live: LiveTurn): AsyncGenerator<TurnEvent> {
  try {
    yield* live.follow(0);
  } catch {
    // The turn says elsewhere why.
  }
}
