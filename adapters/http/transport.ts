/** The transports behind the API: messages of HTTP clients, and lines of `moult chat`. Clients fetch replies, so none has `send`. */
import * as v from "valibot";
import type { HttpUpdate, TerminalUpdate } from "../../schemas/channel.ts";
import { MoultError } from "../../schemas/error.ts";
import { type Principal, TEXT_CHARS_MAX } from "../../schemas/message.ts";
import { checkSession } from "../../runtime/gateway/session_name.ts";
import type { Arrival, Transport } from "../../runtime/ports.ts";

/** What the API hands to `route("http", …)` and `route("terminal", …)`. */
export interface HttpPayload {
  readonly session: string;
  readonly text: string;
  /** Chosen by the client; makes the message idempotent within its session. */
  readonly id?: string;
  readonly principal: Principal;
}

const Payload = v.object({
  session: v.string(),
  text: v.pipe(v.string(), v.maxLength(TEXT_CHARS_MAX)),
  id: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200))),
  principal: v.object({
    id: v.string(),
    role: v.picklist(["owner", "operator", "invoker", "viewer"]),
  }),
});

/** A transport whose clients name the session and fetch the reply themselves. */
function clientTransport(channel: string, toUpdate: (payload: HttpPayload) => object): Transport {
  return {
    channel,
    accept: (payload): Arrival => {
      const parsed = v.safeParse(Payload, payload);
      if (!parsed.success) {
        throw new MoultError("input/invalid", "A message needs a session, a text and a principal");
      }
      const { text, id, principal } = parsed.output;
      const session = checkSession(parsed.output.session);
      return {
        update: toUpdate({ session, text, principal }),
        session,
        text,
        sender: principal.id,
        principal,
        // A session name may hold colons but no blank, so two pairs never meet in one key.
        keys: id === undefined ? [] : [`${session} ${id}`],
      };
    },
  };
}

/** Messages of HTTP clients: `POST /api/sessions/{session}/messages`. */
export const httpTransport: Transport = clientTransport(
  "rest",
  ({ session, text, principal }): HttpUpdate => ({ session, text, sender: principal.id }),
);

/** Lines typed in a terminal: the same route with `?via=terminal`. */
export const terminalTransport: Transport = {
  ...clientTransport("terminal", ({ session, text, principal }): TerminalUpdate => ({
    session,
    text,
    user: principal.id,
  })),
  // A person types here, as in a chat; programs that send "/reset" over the API mean those words.
  commands: true,
};
