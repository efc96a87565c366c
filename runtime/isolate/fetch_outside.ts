/** `ctx.fetch` inside of a host: a request as `fetch` takes it, asked of the daemon, and its answer as `fetch` gives it. */
import { MoultError } from "../../schemas/error.ts";
import type { Feeder, Questions } from "./asking.ts";
import { type CallFacts, CHUNK_BYTES, type HostChannel } from "./protocol.ts";
import { toBytes } from "./stream.ts";

/** Bytes of a body that is sent ahead of its request, and again after a redirect; a longer one is streamed. */
const AHEAD_BYTES_MAX = 1_048_576;

/** What a call fetches with. */
export interface FetchParts {
  readonly facts: CallFacts;
  readonly signal: () => AbortSignal;
  readonly questions: Questions;
  readonly channel: HostChannel;
}

interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: [string, string][];
  readonly url: string;
  readonly redirected: boolean;
  readonly hasBody: boolean;
}

/** Fetches through the daemon. Rejects as `fetch` does, and with what the daemon refuses. */
export async function fetchOutside(
  parts: FetchParts,
  input: string | URL | Request,
  init?: RequestInit,
): Promise<Response> {
  const { facts, questions, channel } = parts;
  const request = requestOf(input, init);
  // Reading the body may take its type from it.
  const headers = headersOf(request, init);
  const broken = new AbortController();
  const signals = [broken.signal, parts.signal(), signalOf(input, init)];
  const signal = AbortSignal.any(signals.filter((one) => one !== undefined && one !== null));
  signal.throwIfAborted();
  const body = await bodyOf(request, init?.body);
  signal.throwIfAborted();
  const id = questions.nextId();
  const { url, method, redirect } = request;
  try {
    // What is sent ahead is followed by its question in the same breath.
    const sent = sendBody({ channel, questions, id, broken }, body);
    const asked = { op: "fetch", call: facts.id, url, method, headers, redirect, ...sent } as const;
    const answer = (await questions.ask(asked, { id, signal })) as Answer;
    if (!answer.hasBody) questions.unfeed(id);
    return responseOf(answer, answer.hasBody ? questions.body(id, signal) : null);
  } catch (error) {
    questions.unfeed(id);
    throw error;
  }
}

function responseOf(answer: Answer, body: ReadableStream<Uint8Array> | null): Response {
  const { status, statusText, headers, url, redirected } = answer;
  const response = new Response(body, { status, statusText, headers });
  Object.defineProperties(response, { url: { value: url }, redirected: { value: redirected } });
  return response;
}

function requestOf(input: string | URL | Request, init: RequestInit | undefined): Request {
  const wanted = init?.method;
  // A copy would leave the body unread.
  const request = input instanceof Request && init === undefined ? input : copyOf(input, init);
  if (request.bodyUsed) throw new TypeError("Cannot fetch a Request whose body was read already");
  // Bun takes GET for what it does not know.
  if (wanted !== undefined && wanted.toUpperCase() !== request.method)
    throw new MoultError("tool/failed", `Cannot fetch with the method "${wanted}": there is none`);
  return request;
}

function copyOf(input: string | URL | Request, init: RequestInit | undefined): Request {
  return input instanceof Request ? new Request(input, init) : new Request(String(input), init);
}

function headersOf(request: Request, init: RequestInit | undefined): [string, string][] {
  const headers = new Headers(request.headers);
  if (typeof init?.body === "string" && !headers.has("content-type"))
    headers.set("content-type", "text/plain;charset=UTF-8");
  return [...headers];
}

function signalOf(input: string | URL | Request, init: RequestInit | undefined) {
  return init?.signal ?? (input instanceof Request ? input.signal : undefined);
}

interface Sending {
  readonly channel: HostChannel;
  readonly questions: Questions;
  readonly id: number;
  /** Ends the request when its body breaks off. */
  readonly broken: AbortController;
}

/** What the question says of a body. */
interface Sent {
  readonly chunks: number;
  readonly streamed?: boolean;
  readonly bytes?: number;
}

async function bodyOf(
  request: Request,
  given: unknown,
): Promise<Uint8Array<ArrayBuffer> | ReadableStream> {
  if (given instanceof ReadableStream && request.body !== null) return request.body;
  return new Uint8Array(await request.arrayBuffer());
}

function sendBody(sending: Sending, body: Uint8Array<ArrayBuffer> | ReadableStream): Sent {
  const { channel, questions, id } = sending;
  if (body instanceof ReadableStream) {
    questions.feed(id, feeder(sending, body));
    return { chunks: 0, streamed: true };
  }
  if (body.length > AHEAD_BYTES_MAX) {
    questions.feed(id, feeder(sending, new Blob([body]).stream()));
    return { chunks: 0, streamed: true, bytes: body.length };
  }
  let chunks = 0;
  for (let from = 0; from < body.length; from += CHUNK_BYTES, chunks++)
    channel.send({ type: "chunk", id, data: base64(body.subarray(from, from + CHUNK_BYTES)) });
  return { chunks };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}

/** Takes from a stream what is wanted, and no more. */
function feeder({ channel, id, broken }: Sending, stream: ReadableStream<unknown>): Feeder {
  const reader = stream.getReader();
  let rest: Uint8Array = new Uint8Array(0);
  const send = async () => {
    let ended = false;
    while (rest.length === 0 && !ended) {
      const { done, value } = await reader.read();
      ended = done;
      if (!done) rest = toBytes(value);
    }
    channel.send({ type: "chunk", id, data: base64(rest.subarray(0, CHUNK_BYTES)) });
    rest = rest.subarray(CHUNK_BYTES);
  };
  return {
    next: () => void send().catch((error: unknown) => broken.abort(error)),
    stop: () => void reader.cancel().catch(() => undefined),
  };
}
