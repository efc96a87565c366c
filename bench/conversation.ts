/** A client that does not give up: it sends every message again, with the same id, until it has the reply. */
import type { Reply } from "../schemas/turn.ts";
import type { Daemon } from "./daemon.ts";
import { events } from "./sse.ts";

/** Messages that one session has accepted but not answered. */
export const IN_FLIGHT = 3;

/** One session as its client saw it: the turn of every reply, in the order of sending. */
export interface Conversation {
  readonly session: string;
  readonly marks: readonly string[];
  readonly replies: readonly Reply[];
  readonly retries: number;
}

/** Sends all messages in order, a few ahead of their replies, each again and again until it has its reply. */
export async function converse(
  current: () => Daemon,
  session: string,
  marks: readonly string[],
): Promise<Conversation> {
  let retries = 0;
  const pending: Promise<Reply>[] = [];
  const replies: Promise<Reply>[] = [];
  for (const mark of marks) {
    const accepted = Promise.withResolvers<void>();
    const reply = (async () => {
      for (;;) {
        try {
          return await exchange(current(), session, mark, accepted.resolve);
        } catch (error) {
          if (error instanceof Refused) throw error;
          retries++;
          await Bun.sleep(20);
        }
      }
    })();
    replies.push(reply);
    pending.push(reply);
    // The next message is sent only after this one was accepted, so the order of the session is known.
    await Promise.race([accepted.promise, reply]);
    if (pending.length >= IN_FLIGHT) await pending.shift();
  }
  return { session, marks, replies: await Promise.all(replies), retries };
}

/** An answer that repeating cannot mend. */
class Refused extends Error {}

/** Sends one message; calls back when it was accepted, resolves with its reply, throws when the daemon dies. */
async function exchange(
  daemon: Daemon,
  session: string,
  mark: string,
  onAccepted: () => void,
): Promise<Reply> {
  const response = await daemon.ask(`/api/sessions/${session}/messages`, {
    method: "POST",
    body: JSON.stringify({ text: mark, id: mark, stream: true }),
    signal: AbortSignal.timeout(60_000),
  });
  if (response.status >= 400 && response.status < 500 && response.status !== 429)
    throw new Refused(`${response.status} ${await response.text()}`);
  if (!response.ok) throw new Error(`${response.status}`);
  for await (const { event, data } of events(response)) {
    onAccepted();
    if (event === "done") return data as Reply; // The contract's shape.
    if (event === "error") throw new Refused(JSON.stringify(data));
  }
  throw new Error("The stream ended without a reply");
}
