/** Asks one provider by HTTP: its key, its silence, and what it says when it says no. Knows no answer's meaning. */
import * as v from "valibot";
import { refusal, unreachable } from "./failure.ts";
import type { Complaint } from "./wire.ts";
import { boundedText } from "../../runtime/bounded_text.ts";
import type { ProviderOptions } from "../../runtime/model/engine.ts";
import { MoultError } from "../../schemas/error.ts";

/** One request. */
export interface Call {
  /** Below the provider's url, or whole. */
  readonly path: string;
  /** Absent: a GET. */
  readonly body?: object;
  /** Milliseconds that it may say nothing. */
  readonly silenceMsMax: number;
  readonly signal: AbortSignal;
  /** Told what the provider says when it refuses, before that becomes a failure. */
  readonly onRefused?: (complaint: Complaint) => void;
}

/** An answer whose body is read piece by piece. */
export interface Open {
  readonly headers: Headers;
  readonly body: AsyncIterable<Uint8Array>;
  /** From now on it may say nothing for so many milliseconds. */
  readonly expect: (silenceMsMax: number) => void;
  /** Ends the connection, if it has not ended. */
  readonly close: () => void;
}

/**
 * Asks. Aborting the signal ends the connection at once, and rejects with the signal's reason.
 *
 * @throws {MoultError} what `failure.ts` makes of it
 */
export async function open(provider: ProviderOptions, call: Call): Promise<Open> {
  const silence = new Silence(provider, call);
  try {
    const response = await fetch(
      call.path.startsWith("http") ? call.path : provider.url + call.path,
      {
        method: call.body === undefined ? "GET" : "POST",
        headers: {
          accept: "text/event-stream, application/json",
          "user-agent": "moult",
          ...(call.body !== undefined && { "content-type": "application/json" }),
          ...(provider.key !== undefined && { authorization: `Bearer ${provider.key}` }),
        },
        ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
        // The key is for this address alone.
        redirect: "manual",
        signal: silence.signal,
        // Reading a long prompt takes as long as it takes; silence is measured here.
        timeout: false,
      },
    );
    if (!response.ok) {
      const { error, complaint } = await refusal(provider, response);
      call.onRefused?.(complaint);
      throw error;
    }
    return {
      headers: response.headers,
      body: silence.over(response.body),
      expect: (ms) => silence.expect(ms),
      close: () => silence.end(),
    };
  } catch (error) {
    silence.end();
    throw silence.reasonFor(error);
  }
}

/**
 * Asks for a JSON document.
 *
 * @throws {MoultError} as `open` does, and `model/unavailable` when it is no such document
 */
export async function ask<S extends v.GenericSchema>(
  provider: ProviderOptions,
  call: Call,
  { schema, bytesMax }: { readonly schema: S; readonly bytesMax: number },
): Promise<v.InferOutput<S>> {
  const { body, close } = await open(provider, call);
  try {
    const text = await boundedText(body, bytesMax, () => unreadable(provider, "it has no end"));
    return v.parse(schema, JSON.parse(text));
  } catch (error) {
    throw error instanceof SyntaxError || v.isValiError(error)
      ? unreadable(provider, "it is something else")
      : error;
  } finally {
    close();
  }
}

/** An answer that is not of this API. */
export function unreadable({ name }: ProviderOptions, why: string): MoultError {
  const text = `The provider "${name}" does not answer as OpenAI's API does: ${why}; check its url under providers in moult.yaml`;
  return new MoultError("model/unavailable", text);
}

/** Ends a connection on which nothing comes any more, or which nobody wants any more. */
class Silence {
  readonly #provider: ProviderOptions;
  readonly #wanted: AbortSignal;
  readonly #abort = new AbortController();
  readonly #onAbort = (): void => this.#abort.abort(this.#wanted.reason);
  #ms: number;
  #timer: NodeJS.Timeout | undefined;
  #late: MoultError | undefined;

  constructor(provider: ProviderOptions, { silenceMsMax, signal }: Call) {
    this.#provider = provider;
    this.#wanted = signal;
    this.#ms = silenceMsMax;
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener("abort", this.#onAbort, { once: true });
    this.#heard();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  expect(ms: number): void {
    this.#ms = ms;
    this.#heard();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#wanted.removeEventListener("abort", this.#onAbort);
    this.#abort.abort();
  }

  /**
   * The bytes of a body, with its failures in our words.
   *
   * @yields {Uint8Array} as they come
   */
  async *over(body: AsyncIterable<Uint8Array> | null): AsyncGenerator<Uint8Array> {
    try {
      for await (const bytes of body ?? []) {
        this.#heard();
        yield bytes;
      }
    } catch (error) {
      throw this.reasonFor(error);
    }
  }

  /** Why it failed: nobody wants it, nothing came, or the connection itself. */
  reasonFor(error: unknown): unknown {
    if (error instanceof MoultError) return error;
    if (this.#wanted.aborted) return this.#wanted.reason;
    return this.#late ?? unreachable(this.#provider, error);
  }

  #heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const seconds = Math.round(this.#ms / 1_000);
      const text = `The provider "${this.#provider.name}" has said nothing for ${seconds} s`;
      this.#late = new MoultError("model/unavailable", text);
      this.#abort.abort();
    }, this.#ms);
  }
}
