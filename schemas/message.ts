/** Messages, sessions and principals as they cross the border of the runtime. */
import * as v from "valibot";

/** Characters of one message. Longer ones are refused with `body/too-large`. */
export const TEXT_CHARS_MAX = 100_000;

/** Who is asking, after proof. Today only the owner exists; every call carries one all the same. */
export interface Principal {
  /** Stable id, e.g. `owner`. */
  readonly id: string;
  readonly role: "owner" | "operator" | "invoker" | "viewer";
}

/** The one principal there is until pairing and roles arrive. */
export const OWNER: Principal = { id: "owner", role: "owner" };

/** A session's name: `<channel>:<conversation>`, or whatever a client of the HTTP API chose. */
export const SessionName = v.pipe(
  v.string(),
  v.regex(
    /^[A-Za-z0-9:_.@-]{1,128}$/,
    "This is not a session name; use 1 to 128 of the characters A-Z a-z 0-9 : _ . @ -",
  ),
);

/** A file that came with a message and is kept in the home. */
export const Attachment = v.object({
  /** Also its name on disk, below `<home>/attachments`. */
  id: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]{0,127}$/)),
  kind: v.picklist(["photo", "voice", "audio", "video", "document"]),
  /** As the sender called it; for people, never a path. */
  name: v.pipe(v.string(), v.maxLength(256)),
  mime: v.pipe(v.string(), v.maxLength(128)),
  bytes: v.number(),
});
/** See the schema of the same name. */
export type Attachment = v.InferOutput<typeof Attachment>;

/** Work of a turn that is not a message to the model. */
export type Work =
  /** A line like `/reset`, answered by the gateway. */
  | { readonly kind: "command"; readonly command: string }
  /** What a trigger starts: one call, without a model; a skill without `run` then goes on with it. */
  | { readonly kind: "call"; readonly name: string; readonly input: unknown };

/** What a channel function makes of an update: one text of one sender in one conversation. */
export const InboundMessage = v.object({
  /** The chat inside the channel; the session becomes `<channel>:<conversation>`. */
  conversation: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
  /** Who the channel says is speaking, before proof. */
  sender: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
  text: v.pipe(v.string(), v.minLength(1), v.maxLength(TEXT_CHARS_MAX)),
});
/** See the schema of the same name. */
export type InboundMessage = v.InferOutput<typeof InboundMessage>;

/** Why a channel did not take an update; written to the log, never sent. */
export const Drop = v.object({ drop: v.pipe(v.string(), v.minLength(1), v.maxLength(200)) });
/** See the schema of the same name. */
export type Drop = v.InferOutput<typeof Drop>;

/** Body of `POST /api/sessions/{session}/messages`. */
export const MessageBody = v.strictObject({
  text: v.pipe(
    v.string(),
    v.check((text) => text.trim().length > 0, "the text is empty"),
    v.maxLength(TEXT_CHARS_MAX),
  ),
  /** Makes the message idempotent: the same id with the same text gives the first turn's reply. */
  id: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200))),
  /** Answer as server-sent events. @default false */
  stream: v.optional(v.boolean(), false),
});
/** See the schema of the same name. */
export type MessageBody = v.InferOutput<typeof MessageBody>;
