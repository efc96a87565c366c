/** What crosses a WebSocket: the frames a client may send, and the events and refusals it gets. Knows no connection. */
import * as v from "valibot";
import { MoultError, type WireError, isMoultError, toWire } from "../../schemas/error.ts";
import { MessageBody } from "../../schemas/message.ts";
import { RUNTIME_EVENT_TYPES, type RuntimeEvent } from "../../schemas/turn.ts";
import { explain } from "./body.ts";
import type { StreamEvent } from "./sse.ts";

/** Bytes of one frame of a client. */
export const FRAME_BYTES_MAX = 1_048_576;
/** Topics of one subscription. */
const TOPICS_MAX = 32;

/** `function`, `turn`, …: what stands before the dot of a type. */
const FAMILIES = [...new Set(RUNTIME_EVENT_TYPES.map((type) => type.replace(/\..*/, "")))];
const TOPICS: ReadonlySet<string> = new Set(["*", ...FAMILIES, ...RUNTIME_EVENT_TYPES]);

const id = v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200)));

const Message = v.strictObject({
  type: v.literal("message"),
  session: v.string(),
  text: MessageBody.entries.text,
  /** Makes the message idempotent: the same id with the same text gives the first turn. */
  id,
  /** `id` of the last event seen of this message's turn: only later ones are sent. */
  lastEventId: v.optional(v.pipe(v.string(), v.maxLength(300))),
});

const Cancel = v.strictObject({
  type: v.literal("cancel"),
  turn: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  id,
});

const Subscribe = v.strictObject({
  type: v.literal("subscribe"),
  /** Replaces the topics before; none ends it. */
  topics: v.pipe(
    v.array(
      v.pipe(
        v.string(),
        v.check(
          (topic) => TOPICS.has(topic),
          `there is no such topic; there are "*", ${FAMILIES.map((name) => `"${name}"`).join(", ")}, and single types as "turn.done"`,
        ),
      ),
    ),
    v.maxLength(TOPICS_MAX),
  ),
  /** `id` of the last event seen: kept later ones are sent first. */
  lastEventId: v.optional(v.union([v.pipe(v.string(), v.maxLength(300)), v.number()])),
  id,
});

/** A frame that a client sends. */
export const ClientFrame = v.variant("type", [Message, Cancel, Subscribe]);
/** See the schema of the same name. */
export type ClientFrame = v.InferOutput<typeof ClientFrame>;
/** A message of a client. */
export type MessageFrame = v.InferOutput<typeof Message>;

/** A frame that cannot be taken, with the id it had, so that the client knows which one. */
export interface BadFrame {
  readonly error: MoultError;
  readonly id?: string;
}

/** Reads a frame of a client. */
export function readFrame(data: string | Uint8Array): ClientFrame | BadFrame {
  if (typeof data !== "string") return bad("Binary frames are not taken; send JSON as text");
  // No character takes less than a byte, so most frames need no counting.
  if (data.length * 3 > FRAME_BYTES_MAX && Buffer.byteLength(data) > FRAME_BYTES_MAX) {
    const text = `A frame may have at most ${FRAME_BYTES_MAX} bytes`;
    return { error: new MoultError("body/too-large", text, { bytesMax: FRAME_BYTES_MAX }) };
  }
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return bad(
      'The frame is not JSON; send for example {"type":"message","session":"me","text":"hello"}',
    );
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return bad('The frame must be a JSON object with a "type"');
  }
  const parsed = v.safeParse(ClientFrame, json);
  if (parsed.success) return parsed.output;
  const given = "id" in json && typeof json.id === "string" ? json.id.slice(0, 200) : undefined;
  return { error: explain(parsed.issues), ...(given === undefined ? {} : { id: given }) };
}

/** Whether an event belongs to the topics. */
export function isWanted(topics: readonly string[]): (event: RuntimeEvent) => boolean {
  const wanted = new Set(topics);
  return ({ type }) => wanted.has("*") || wanted.has(type) || wanted.has(type.replace(/\..*/, ""));
}

/**
 * An event of a turn: the object of the SSE stream with its type, its event id and its turn. A tool call's own id
 * becomes `call`. The `turn` event tells which message it answers.
 */
export function turnFrame(
  event: StreamEvent,
  { turn, message }: { readonly turn: string; readonly message: string | undefined },
): string {
  const { id: eventId, type } = event;
  const data = event.data as Readonly<Record<string, unknown>>;
  const head = { type, id: eventId, turn };
  if (type === "error") return JSON.stringify({ ...head, error: data });
  if (type === "turn") return JSON.stringify({ ...head, ...data, message });
  const { id: call, ...facts } = data;
  return JSON.stringify({ ...head, ...(call === undefined ? {} : { call }), ...facts });
}

/** A refusal of something the client sent. */
export function errorFrame(error: unknown, message: string | undefined): string {
  const wire: WireError = isMoultError(error) ? toWire(error) : toWire(undefined);
  return JSON.stringify({ type: "error", error: wire, id: message });
}

function bad(message: string): BadFrame {
  return { error: new MoultError("input/invalid", message) };
}
