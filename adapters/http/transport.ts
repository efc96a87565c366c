/** The `http` transport: messages posted to a session. Replies are fetched by the client, so there is no `send`. */
import * as v from "valibot";
import type { HttpUpdate } from "../../schemas/channel.ts";
import { MoultError } from "../../schemas/error.ts";
import { type Principal, SessionName, TEXT_CHARS_MAX } from "../../schemas/message.ts";
import type { Arrival, Transport } from "../../runtime/ports.ts";

/** What the API hands to `route("http", …)`. */
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

/** Refuses a name that no session can have. Throws `session/invalid`. */
export function checkSession(session: string): string {
  if (v.is(SessionName, session)) return session;
  throw new MoultError(
    "session/invalid",
    "This is not a session name; use 1 to 128 of the characters A-Z a-z 0-9 : _ . @ -",
  );
}

/** The transport behind `POST /api/sessions/{session}/messages`. */
export const httpTransport: Transport = {
  channel: "rest",
  accept: (payload): Arrival => {
    const parsed = v.safeParse(Payload, payload);
    if (!parsed.success) {
      throw new MoultError("input/invalid", "A message needs a session, a text and a principal");
    }
    const { text, id, principal } = parsed.output;
    const session = checkSession(parsed.output.session);
    const update: HttpUpdate = { session, text, sender: principal.id };
    return {
      update,
      session,
      text,
      sender: principal.id,
      principal,
      // A session name may hold colons but no blank, so two pairs never meet in one key.
      keys: id === undefined ? [] : [`${session} ${id}`],
    };
  },
};
