/** A host's answer to a call, read with bounds: what a function sends is not trusted to be what it says. */
import { boundedText } from "../bounded_text.ts";
import { isRecord } from "../record.ts";
import type { KvWrite } from "../ports.ts";
import { ERROR_STATUS, fromWire, isMoultError, MoultError, toWire } from "../../schemas/error.ts";
import type { HostAnswer, LiveCall, LiveHost } from "./live_host.ts";
import { STREAM_HEADER, WRITES_HEADER } from "./protocol.ts";
import { NETWORK_HINT } from "./thrown.ts";

/** Bytes of one JSON answer. */
const JSON_BYTES_MAX = 8 * 1_048_576;
const ERROR_BYTES_MAX = 65_536;
/** An output, or an error, of so many characters can not be too deep. */
const SHALLOW_CHARS = 8_192;
/** Refusals that an error names. */
const REFUSALS_TOLD_MAX = 3;
/** In the line for a host whose name nobody knows. */
const UNNAMED = '"HOST:443"';
/** A refusal that says what the function wanted of the network. */
const NAMED = /^Cannot (reach|connect to|look up|open a WebSocket to|listen)\b/;
/** Answers up to this size are read at once, which is quicker than passing a stream on. */
const SMALL_BYTES = 65_536;

/** Headers of a version's answers, made once. */
export interface AnswerHeaders {
  readonly json: Headers;
  readonly stream: Headers;
}

/** Headers of the answers of a version. */
export function answerHeaders(version: string): AnswerHeaders {
  const of = (type: string) => new Headers({ "content-type": type, "x-function-version": version });
  return { json: of("application/json"), stream: of("application/octet-stream") };
}

/** An answer whose call is still open. End it by reading it, or with `end()`. */
export class Answer {
  readonly #host: LiveHost;
  readonly #live: LiveCall;
  readonly #response: HostAnswer;
  readonly #onEnd: () => void;
  #ended = false;

  constructor(host: LiveHost, live: LiveCall, response: HostAnswer, onEnd: () => void) {
    this.#host = host;
    this.#live = live;
    this.#response = response;
    this.#onEnd = onEnd;
  }

  /** The call is over. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#host.end(this.#live);
    this.#onEnd();
  }

  /** What the call was refused on its way here. */
  get refusals(): readonly string[] {
    return this.#live.refusals;
  }

  /** Whether passing the answer on is all there is to do: no error to read, no values to commit. */
  get isPlain(): boolean {
    const answer = this.#response;
    if (!(answer instanceof Response)) return answer.ok && answer.writes === 0;
    return answer.status === 200 && !answer.headers.has(WRITES_HEADER);
  }

  /** The values the call has set. Throws the error that the function answered with, if it is one. */
  async writes(): Promise<readonly KvWrite[]> {
    const answer = this.#response;
    if (!(answer instanceof Response)) {
      if (!answer.ok) throw this.#explained(errorIn(answer.text));
      return await this.#host.writesOf(this.#live, answer.writes);
    }
    if (answer.status !== 200) {
      const text = await readText(answer, ERROR_BYTES_MAX).catch(() => "");
      throw this.#explained(errorIn(text));
    }
    const count = answer.headers.get(WRITES_HEADER);
    return count === null ? [] : await this.#host.writesOf(this.#live, Number(count));
  }

  /** An error that a function did not foresee says what it was refused on the way: that is why, most often. */
  #explained(error: MoultError): MoultError {
    const { code, message, details } = error;
    // Of programs the host has told itself; of the network it has not always known the name.
    const isNamed = this.refusals.some((text) => NAMED.test(text));
    const isTold = (text: string) =>
      (message.includes(NETWORK_HINT) && text.includes(UNNAMED)) ||
      (message.includes("exec: [") && text.includes("exec: ["));
    const why = this.refusals.filter((text) => !isTold(text)).slice(0, REFUSALS_TOLD_MAX);
    if (code !== "tool/failed" || why.length === 0) return error;
    const what = isNamed ? message.replace(`; ${NETWORK_HINT}`, "") : message;
    return new MoultError(code, `${what} (${why.join("; ")})`, details);
  }

  /** The output as a value; a stream becomes its text. Ends the call. */
  async value(): Promise<unknown> {
    try {
      const answer = this.#response;
      const text =
        answer instanceof Response
          ? await this.#guard(readText(answer, JSON_BYTES_MAX))
          : answer.text;
      if (this.#isStream) return text;
      return parseOutput(text);
    } catch (error) {
      if (isMoultError(error)) throw error;
      throw new MoultError(
        "output/invalid",
        `"${this.#host.name}" answered with broken JSON`,
        undefined,
        error,
      );
    } finally {
      this.end();
    }
  }

  /** The answer for the caller of `/fn/{tool}`. The call ends with the last byte, or when the caller leaves. */
  async toResponse(version: AnswerHeaders): Promise<Response> {
    const answer = this.#response;
    if (!(answer instanceof Response)) {
      this.end();
      return new Response(answer.text, { headers: version.json });
    }
    const headers = this.#isStream ? version.stream : version.json;
    if (isShort(answer, SMALL_BYTES)) {
      try {
        return new Response(await this.#guard(answer.arrayBuffer()), { headers });
      } finally {
        this.end();
      }
    }
    if (answer.body === null) {
      this.end();
      return new Response(null, { headers });
    }
    return new Response(this.#passOn(answer.body), { headers });
  }

  get #isStream(): boolean {
    return this.#response instanceof Response && this.#response.headers.has(STREAM_HEADER);
  }

  /** A body that breaks off means that the host has ended. */
  async #guard<T>(body: Promise<T>): Promise<T> {
    try {
      return await body;
    } catch (error) {
      if (isMoultError(error)) throw error;
      if (this.#live.call.signal?.aborted === true)
        throw new MoultError(
          "tool/failed",
          `The call of "${this.#host.name}" was cancelled`,
          undefined,
          error,
        );
      throw await this.#host.whyGone(this.#live);
    }
  }

  #passOn(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#live.stopStream = (error) => {
            this.end();
            controller.error(error);
            void cancelQuietly(reader, error);
          };
        },
        pull: async (controller) => {
          try {
            const { done, value } = await this.#guard(reader.read());
            if (this.#ended) return;
            if (!done) {
              controller.enqueue(value);
              return;
            }
            this.end();
            controller.close();
          } catch (error) {
            if (this.#ended) return;
            this.end();
            controller.error(error);
          }
        },
        cancel: async (reason) => {
          this.end();
          await reader.cancel(reason);
        },
      },
      // Nothing is fetched ahead of the caller.
      { highWaterMark: 0 },
    );
  }
}

async function cancelQuietly(
  reader: { cancel(reason: unknown): Promise<unknown> },
  reason: unknown,
): Promise<void> {
  try {
    await reader.cancel(reason);
  } catch {
    // It broke off before.
  }
}

/** What can be parsed but not written again, because it is too deep, would break whoever keeps it. Throws then. */
function parseOutput(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (text.length > SHALLOW_CHARS) JSON.stringify(value);
  return value;
}

/** The error in an error document. Details that may be too deep to be written again are left out. */
function errorIn(text: string): MoultError {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    document = undefined;
  }
  const error = fromWire(isRecord(document) ? document["error"] : undefined);
  return text.length <= SHALLOW_CHARS ? error : new MoultError(error.code, error.message);
}

/** Whether a body can not have more bytes than that. Where it comes in chunks, the length it is said to have means nothing. */
function isShort({ headers }: Response, bytesMax: number): boolean {
  const length = headers.get("content-length");
  return length !== null && Number(length) <= bytesMax && !headers.has("transfer-encoding");
}

async function readText(response: Response, bytesMax: number): Promise<string> {
  if (isShort(response, bytesMax)) return await response.text();
  const text = `The answer has more than ${bytesMax} bytes`;
  return await boundedText(response.body, bytesMax, () => new MoultError("output/invalid", text));
}

/** An error as `/fn/{tool}` answers it. */
export function errorResponse(error: unknown, version: string): Response {
  const wire = toWire(error);
  return Response.json(
    { error: wire },
    { status: ERROR_STATUS[wire.code], headers: { "x-function-version": version } },
  );
}
