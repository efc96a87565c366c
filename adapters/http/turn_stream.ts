/** A turn as its clients read it, over whatever connection: numbered events, from the last one seen on. */
import { toWire } from "../../schemas/error.ts";
import type { TurnEvent } from "../../schemas/turn.ts";
import type { HttpAgent } from "./services.ts";
import type { StreamEvent } from "./sse.ts";

/**
 * Follows a turn to its end. Ids are `<turn>:<seq>`.
 *
 * @yields {StreamEvent} events above `after`; a last one of type `error` when the turn cannot be followed
 */
export async function* followTurn(
  agent: HttpAgent,
  turn: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent> {
  let seq = after;
  try {
    for await (const event of agent.follow(turn, after, signal)) {
      seq = event.seq;
      yield { id: `${turn}:${seq}`, type: event.type, data: dataOf(event) };
    }
  } catch (error) {
    if (!signal.aborted) yield { id: `${turn}:${seq}`, type: "error", data: toWire(error) };
  }
}

/** The last `seq` that a returning client has seen of this very turn, else 0. */
export function seenSeq(lastEventId: string | null | undefined, turn: string): number {
  if (!lastEventId?.startsWith(`${turn}:`)) return 0;
  const seq = Number(lastEventId.slice(turn.length + 1));
  return Number.isSafeInteger(seq) && seq > 0 ? seq : 0;
}

function dataOf(event: TurnEvent): object {
  if (event.type === "done") return event.reply;
  if (event.type === "error") return event.error;
  const { type: _type, seq: _seq, turn, at: _at, ...facts } = event;
  return event.type === "turn" ? { turn, ...facts } : facts;
}
