/** `ctx.fetch` inside of a host: a request as `fetch` takes it, asked of the daemon, and its answer as `fetch` gives it. */
import { MoultError } from "../../schemas/error.ts";
import type { Questions } from "./asking.ts";
import { type CallFacts, CHUNK_BYTES, type HostChannel } from "./protocol.ts";

/** Bytes of one request body. */
const BODY_BYTES_MAX = 8 * 1_048_576;

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
  const signals = [parts.signal(), signalOf(input, init)].filter((one) => one !== undefined);
  const signal = AbortSignal.any(signals);
  signal.throwIfAborted();
  const body = await bytesOf(request);
  const id = questions.nextId();
  let chunks = 0;
  for (let from = 0; from < body.length; from += CHUNK_BYTES, chunks++) {
    const data = Buffer.from(body.subarray(from, from + CHUNK_BYTES)).toString("base64");
    channel.send({ type: "chunk", id, data });
  }
  const question = {
    op: "fetch",
    call: facts.id,
    url: request.url,
    method: request.method,
    headers: [...request.headers] as [string, string][],
    redirect: request.redirect,
    chunks,
  } as const;
  const answer = (await questions.ask(question, { id, signal })) as Answer;
  const { status, statusText, headers, hasBody, url, redirected } = answer;
  const content = hasBody ? questions.body(id, signal) : null;
  const response = new Response(content, { status, statusText, headers });
  Object.defineProperties(response, { url: { value: url }, redirected: { value: redirected } });
  return response;
}

function requestOf(input: string | URL | Request, init: RequestInit | undefined): Request {
  const request =
    input instanceof Request ? new Request(input, init) : new Request(String(input), init);
  const wanted = init?.method;
  // Bun takes GET for what it does not know.
  if (wanted !== undefined && wanted.toUpperCase() !== request.method)
    throw new MoultError("tool/failed", `Cannot fetch with the method "${wanted}": there is none`);
  return request;
}

function signalOf(input: string | URL | Request, init: RequestInit | undefined) {
  return init?.signal ?? (input instanceof Request ? input.signal : undefined);
}

async function bytesOf(request: Request): Promise<Uint8Array> {
  const body = new Uint8Array(await request.arrayBuffer());
  if (body.length <= BODY_BYTES_MAX) return body;
  throw new MoultError("tool/failed", `Cannot send more than ${String(BODY_BYTES_MAX)} bytes`);
}
