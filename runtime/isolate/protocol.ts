/**
 * What a function host and the daemon say to each other beside the calls themselves, one JSON object a line.
 * What comes from a host is hostile: the daemon reads it through `HostFrame` and ends a host that breaks it.
 */
import * as v from "valibot";
import { MoultError, WireError } from "../../schemas/error.ts";
import type { Principal } from "../../schemas/message.ts";

/** Bytes of one line from a host. */
export const FRAME_BYTES_MAX = 1_048_576;
/** Bytes that may wait for a host that does not read. */
export const QUEUE_BYTES_MAX = 8 * 1_048_576;
/** Bytes of one chunk of a body that goes over the control channel, before base64. */
export const CHUNK_BYTES = 192 * 1_024;
/** JSON characters of one value of `ctx.kv`. */
export const VALUE_CHARS_MAX = 256 * 1_024;
/** Characters of one key of `ctx.kv`. */
export const KEY_CHARS_MAX = 512;
/** Values that one call may set. */
export const WRITES_MAX = 1_000;
/** JSON characters of all values that one call may set. */
export const WRITES_CHARS_MAX = 8 * 1_048_576;

/** JSON characters of the facts of a log line. */
const FACTS_CHARS_MAX = 40_000;

/**
 * Calls and answers up to this many characters go as frames of the control channel: many share one write, which costs
 * a fraction of an HTTP request. Longer ones and streams go over the unix socket, where they have backpressure.
 */
export const CALL_CHARS_MAX = 8_192;
/** See `CALL_CHARS_MAX`. */
export const ANSWER_CHARS_MAX = 16_384;

/** Header with the facts of a call, as JSON of `CallFacts`. */
export const CALL_HEADER = "x-moult-call";
/** Header of an answer: how many values the call has set; absent = none. */
export const WRITES_HEADER = "x-moult-writes";
/** Header of an answer: its body is the function's own stream, not JSON. */
export const STREAM_HEADER = "x-moult-stream";

/** What the daemon tells a host with each call. */
export interface CallFacts {
  readonly id: number;
  readonly principal: Principal;
  readonly session?: string | undefined;
  readonly turn?: string | undefined;
  /** Wait for this revision of the secrets first. */
  readonly secrets?: number | undefined;
}

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const key = v.pipe(v.string(), v.minLength(1), v.maxLength(KEY_CHARS_MAX));
const name = v.pipe(v.string(), v.maxLength(200));
const ask = { type: v.literal("ask"), id, call: id } as const;

const Question = v.variant("op", [
  v.object({ ...ask, op: v.literal("kv.get"), key }),
  v.object({
    ...ask,
    op: v.literal("kv.list"),
    prefix: v.pipe(v.string(), v.maxLength(KEY_CHARS_MAX)),
    limit: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000)),
  }),
  v.object({
    ...ask,
    op: v.literal("fetch"),
    url: v.pipe(v.string(), v.maxLength(8_192)),
    method: v.pipe(v.string(), v.regex(/^[A-Z]{1,20}$/)),
    headers: v.pipe(
      v.array(
        v.tuple([v.pipe(v.string(), v.maxLength(256)), v.pipe(v.string(), v.maxLength(8_192))]),
      ),
      v.maxLength(100),
    ),
    redirect: v.optional(v.picklist(["follow", "manual", "error"])),
    /** How many chunks of a body came before. */
    chunks: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000)),
    /** Instead, its chunks are sent as they are wanted; an empty one ends it. */
    streamed: v.optional(v.boolean()),
    /** How long such a body is, where that is known. */
    bytes: v.optional(id),
  }),
  v.object({
    ...ask,
    op: v.literal("model"),
    prompt: v.string(),
    system: v.optional(v.string()),
    tokensMax: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_536))),
    temperature: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(5))),
  }),
  v.object({ ...ask, op: v.literal("call"), name, input: v.unknown() }),
]);
/** A question of `ctx.*` to the daemon. */
export type Question = v.InferOutput<typeof Question>;

const KvWrites = v.pipe(
  v.array(v.object({ key, value: v.optional(v.unknown()) })),
  v.maxLength(WRITES_MAX),
);

/** The answer to a call that came as a frame. Without `text` it waits at `/answer/{call}` of the unix socket. */
export interface Answered {
  readonly type: "answered";
  readonly call: number;
  /** The function ran: `text` is its output, else an error document. */
  readonly ok: boolean;
  /** How many values the call has set; their frames came before. */
  readonly writes: number;
  readonly text?: string;
}

function isAnswered(data: unknown): data is Answered {
  if (typeof data !== "object" || data === null) return false;
  const { type, call, ok, writes, text } = data as Partial<Answered>;
  return (
    type === "answered" &&
    Number.isSafeInteger(call) &&
    typeof ok === "boolean" &&
    Number.isSafeInteger(writes) &&
    (text === undefined || typeof text === "string")
  );
}

const HostFrame = v.union([
  Question,
  v.variant("type", [
    v.object({ type: v.literal("up") }),
    v.object({ type: v.literal("ready"), manifest: v.unknown() }),
    v.object({ type: v.literal("failed"), error: WireError }),
    v.object({ type: v.literal("pong") }),
    /** The answer to a `describe`; without a manifest the file has to be asked alone. */
    v.object({ type: v.literal("described"), id, manifest: v.optional(v.unknown()) }),
    v.object({
      type: v.literal("log"),
      level: v.picklist(["info", "warn", "error"]),
      facts: v.pipe(
        v.record(v.string(), v.unknown()),
        v.check((facts) => JSON.stringify(facts).length <= FACTS_CHARS_MAX),
      ),
      text: v.pipe(v.string(), v.maxLength(16_384)),
    }),
    v.object({
      type: v.literal("denied"),
      /** What the daemon refuses itself it knows without being told. */
      kind: v.picklist(["secret", "exec", "net"]),
      text: v.pipe(v.string(), v.maxLength(1_000)),
      /** Its name; empty where no name in the manifest would help. */
      wanted: v.pipe(v.string(), v.maxLength(200)),
    }),
    /** A piece of the body of the `fetch` that follows under the same id, or of one that is streamed; base64. */
    v.object({ type: v.literal("chunk"), id, data: v.string() }),
    /** The host wants the next piece of a body. */
    v.object({ type: v.literal("more"), id }),
    v.object({ type: v.literal("cancel"), id }),
    v.object({ type: v.literal("writes"), call: id, writes: KvWrites }),
    /** The stream that a call answered with broke off. */
    v.object({ type: v.literal("broke"), call: id, error: WireError }),
  ]),
]);
/** A frame from a host, checked. */
export type HostFrame = v.InferOutput<typeof HostFrame> | Answered;

/** Reads a frame of a host; `undefined` when it is none. */
export function readHostFrame(data: unknown): HostFrame | undefined {
  // By hand: there may be tens of thousands a second.
  if (isAnswered(data)) return data;
  const isAsk = typeof data === "object" && data !== null && "type" in data && data.type === "ask";
  const parsed = isAsk ? v.safeParse(Question, data) : v.safeParse(HostFrame, data);
  return parsed.success ? parsed.output : undefined;
}

/** A frame from the daemon; hosts trust it. */
export type DaemonFrame =
  | { readonly type: "load"; readonly path: string; readonly name: string }
  /** What does the file declare? Answered in the order of asking; a host that was asked this gets no calls. */
  | { readonly type: "describe"; readonly id: number; readonly text: string }
  | { readonly type: "ping" }
  | {
      readonly type: "call";
      readonly handler: string;
      readonly facts: CallFacts;
      /** The body. */
      readonly text: string;
    }
  /** Nobody waits for this call any more. */
  | { readonly type: "abort"; readonly call: number }
  | {
      readonly type: "secrets";
      readonly revision: number;
      readonly values: Readonly<Record<string, string>>;
    }
  | { readonly type: "answer"; readonly id: number; readonly value?: unknown }
  | { readonly type: "refusal"; readonly id: number; readonly error: WireError }
  /** A piece of an answer that comes in pieces: a token of the model, or base64 of a body. */
  | { readonly type: "piece"; readonly id: number; readonly text: string }
  | { readonly type: "end"; readonly id: number }
  /** The next piece of a body that is streamed. */
  | { readonly type: "want"; readonly id: number };

/** Parses one line of the control channel. Throws `internal` when it is not JSON. */
export function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (error) {
    throw new MoultError(
      "internal",
      "The control channel carried something that is not JSON",
      undefined,
      error,
    );
  }
}

/** A line of so many characters can not be too deep. */
const SHALLOW_CHARS = 8_192;
/** Objects within objects. Who goes through more of them runs out of stack. */
const DEPTH_MAX = 500;

/** Whether a line that may be JSON has more levels than anybody should go through. */
export function isDeep(line: string): boolean {
  if (line.length <= SHALLOW_CHARS) return false;
  let depth = 0;
  // By hand: a regular expression takes the square of the length for some lines.
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (code === QUOTE) at = endOfText(line, at);
    else if (code === OPEN_LIST || code === OPEN_OBJECT) depth++;
    else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--;
    if (depth > DEPTH_MAX) return true;
  }
  return false;
}

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [
  ...Buffer.from('"\\[]{}'),
];

/** Where the text ends that begins at `at`. */
function endOfText(line: string, at: number): number {
  let end = line.indexOf('"', at + 1);
  while (end !== -1 && isEscaped(line, end)) end = line.indexOf('"', end + 1);
  return end === -1 ? line.length : end;
}

/** Whether an odd number of backslashes stands before a place. */
function isEscaped(line: string, at: number): boolean {
  let before = at;
  while (line.charCodeAt(before - 1) === BACKSLASH) before--;
  return (at - before) % 2 === 1;
}

/** A control channel as a host sees it. */
export interface HostChannel {
  readonly send: (frame: HostFrame) => void;
  readonly receive: (listener: (frame: DaemonFrame) => void) => void;
}
