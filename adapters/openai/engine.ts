/**
 * A model that another program or service runs, behind the API of OpenAI: llama-server, vLLM, Ollama, LM Studio, a
 * cloud. Runs wherever an engine runs; knows no queue and no session.
 */
import * as v from "valibot";
import { ComingAnswer } from "./answer.ts";
import { ask, open, type Open, unreadable } from "./connection.ts";
import { brokenOff, isPassing, isUnreachable } from "./failure.ts";
import { look } from "./models.ts";
import { bodyOf, type Quirk, quirkIn } from "./request.ts";
import { eventData } from "./sse.ts";
import { Chunk, Embeddings } from "./wire.ts";
import { backOffMs } from "../../runtime/back_off.ts";
import { boundedText } from "../../runtime/bounded_text.ts";
import { contentHash } from "../../runtime/content_hash.ts";
import {
  type Engine,
  type EngineAnswer,
  type EngineOptions,
  NO_USAGE,
  type ProviderOptions,
  type Sink,
} from "../../runtime/model/engine.ts";
import { pause } from "../../runtime/pause.ts";
import type { Embedded } from "../../runtime/ports.ts";
import { isMoultError, MoultError, messageOf } from "../../schemas/error.ts";
import type { GenerateRequest } from "../../schemas/model.ts";
import { isOnLoopback } from "../../schemas/provider.ts";

/** How long it is waited for what. Milliseconds. */
export interface Patience {
  /** Until the first token: a long prompt on a slow machine. */
  readonly firstMs: number;
  /** Between two pieces of an answer. */
  readonly nextMs: number;
  /** After an answer's end, for its usage. */
  readonly lastMs: number;
  /** Pauses between tries of a request: each twice as long as the one before. */
  readonly again: { readonly firstMs: number; readonly maxMs: number };
  /** Pauses between looks whether the provider is there. */
  readonly look: { readonly firstMs: number; readonly maxMs: number };
}

const PATIENCE: Patience = {
  firstMs: 300_000,
  nextMs: 120_000,
  lastMs: 5_000,
  again: { firstMs: 250, maxMs: 4_000 },
  look: { firstMs: 1_000, maxMs: 30_000 },
};
/** Times that a request is tried before its first token. */
const TRIES_MAX = 4;
/** What a model holds when nobody says it, and what is used of one that holds more: prompts cost time, or money. */
const CONTEXT_TOKENS_DEFAULT = 8_192;
const CONTEXT_TOKENS_MAX = 32_768;
/** Every provider takes as many texts in one request. */
const TEXTS_AT_ONCE = 32;
const ANSWER_BYTES_MAX = 16_777_216;
const VECTORS_BYTES_MAX = 67_108_864;

/** Waits until the provider is there. Rejects when it does not take our key. */
export async function startOpenai(
  options: EngineOptions,
  tell: (waitingFor: string | undefined) => void,
  patience: Patience = PATIENCE,
): Promise<Engine> {
  const { provider } = options;
  if (provider === undefined)
    throw new MoultError("model/unavailable", `No provider is configured for ${options.path}`);
  if (provider.loopbackOnly && !isOnLoopback(provider.url))
    throw new MoultError(
      "model/unavailable",
      `The provider "${provider.name}" is at ${new URL(provider.url).host}, and --offline lets moult ask no other machine`,
    );
  const closed = new AbortController();
  const waiting = { provider, tell, patience, signal: closed.signal };
  const known = await lookUntilThere(waiting);
  const contextTokens =
    options.contextTokens ??
    Math.min(known.contextTokens ?? CONTEXT_TOKENS_DEFAULT, CONTEXT_TOKENS_MAX);
  let looking = false;
  const remote = new Remote(provider, patience, (lost) => {
    if (looking) return;
    looking = true;
    tell(`${lost.message}. It is looked for`);
    void untilThereAgain(waiting).finally(() => (looking = false));
  });
  return {
    info: {
      name: `${provider.name}/${provider.model}`,
      contextTokens,
      slots: Math.min(options.slots, known.slots ?? options.slots),
      threads: 1,
    },
    generate: async (request, sink, signal) => await remote.generate(request, sink, signal),
    embed: async (texts, signal) => await remote.embed(texts, signal),
    embedsAtOnce: TEXTS_AT_ONCE,
    close: async () => closed.abort(),
  };
}

interface Waiting {
  readonly provider: ProviderOptions;
  readonly tell: (waitingFor: string | undefined) => void;
  readonly patience: Patience;
  readonly signal: AbortSignal;
}

async function lookUntilThere(waiting: Waiting): ReturnType<typeof look> {
  const { provider, tell, patience, signal } = waiting;
  for (let failures = 1; ; failures++) {
    try {
      return await look(provider, signal);
    } catch (error) {
      if (!isMoultError(error) || error.details?.["status"] === 401) throw error;
      tell(`${error.message}. It is looked for`);
    }
    await pause(backOffMs(failures, patience.look), signal);
    signal.throwIfAborted();
  }
}

/** Whatever else is wrong by then, requests will hear themselves. */
async function untilThereAgain(waiting: Waiting): Promise<void> {
  const { patience, signal, tell } = waiting;
  await pause(patience.look.firstMs, signal);
  await lookUntilThere(waiting).catch(() => undefined);
  if (!signal.aborted) tell(undefined);
}

/** One provider's model. */
class Remote {
  readonly #provider: ProviderOptions;
  readonly #patience: Patience;
  /** Told when tries in a row did not reach it. */
  readonly #onLost: (error: MoultError) => void;
  readonly #quirks = new Set<Quirk>();
  /** Refused until then, by `Date.now()`: the provider said when to come again. */
  #closedUntil = 0;

  constructor(provider: ProviderOptions, patience: Patience, onLost: (error: MoultError) => void) {
    this.#provider = provider;
    this.#patience = patience;
    this.#onLost = onLost;
  }

  async generate(request: GenerateRequest, sink: Sink, signal: AbortSignal): Promise<EngineAnswer> {
    const startedAt = performance.now();
    const coming = new ComingAnswer(sink);
    try {
      await this.#patiently(signal, coming, async () => {
        await this.#tryOnce(request, coming, signal);
      });
      const finish = coming.end();
      return answerOf(request, coming, { startedAt, finish });
    } catch (error) {
      if (signal.aborted) return answerOf(request, coming, { startedAt, finish: "cancelled" });
      throw error;
    }
  }

  async embed(texts: readonly string[], signal: AbortSignal): Promise<Embedded> {
    if (texts.includes(""))
      throw new MoultError("input/invalid", "An empty text has no vector; leave it out");
    const body = { model: this.#provider.model, input: texts, encoding_format: "float" };
    const call = { path: "/embeddings", body, silenceMsMax: this.#patience.firstMs, signal };
    const shape = { schema: Embeddings, bytesMax: VECTORS_BYTES_MAX };
    return await this.#patiently(signal, undefined, async () => {
      const { data, usage } = await ask(this.#provider, call, shape);
      const vectors = data
        .toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0))
        .map(({ embedding }) => unit(embedding));
      if (vectors.length !== texts.length)
        throw unreadable(this.#provider, `it gives ${vectors.length} vectors of ${texts.length}`);
      return { vectors, tokens: usage?.prompt_tokens ?? usage?.total_tokens ?? 0 };
    });
  }

  /** Tries again what may pass by itself, as long as nothing of an answer was handed over. */
  async #patiently<T>(
    signal: AbortSignal,
    coming: ComingAnswer | undefined,
    attempt: () => Promise<T>,
  ): Promise<T> {
    this.#refuseWhileClosed();
    for (let tries = 1; ; tries++) {
      const known = this.#quirks.size;
      try {
        return await attempt();
      } catch (error) {
        this.#remember(error);
        const learned = this.#quirks.size > known;
        const again = learned || (isPassing(error) && tries < TRIES_MAX);
        if (isUnreachable(error) && !again) this.#onLost(error);
        if (!again || signal.aborted || coming?.firstAt) throw error;
        if (!learned) await pause(backOffMs(tries, this.#patience.again), signal);
        signal.throwIfAborted();
      }
    }
  }

  async #tryOnce(
    request: GenerateRequest,
    coming: ComingAnswer,
    signal: AbortSignal,
  ): Promise<void> {
    const stream = await open(this.#provider, {
      path: "/chat/completions",
      body: bodyOf(this.#provider.model, request, this.#quirks),
      silenceMsMax: this.#patience.firstMs,
      signal,
      onRefused: (complaint) => {
        const quirk = quirkIn(complaint);
        if (quirk !== undefined) this.#quirks.add(quirk);
      },
    });
    try {
      await this.#read(stream, coming);
    } finally {
      stream.close();
    }
    if (coming.withheld)
      throw new MoultError(
        "model/unavailable",
        `The provider "${this.#provider.name}" withholds its answer (content_filter)`,
      );
  }

  async #read(stream: Open, coming: ComingAnswer): Promise<void> {
    const { nextMs, lastMs } = this.#patience;
    try {
      for await (const data of dataOf(stream)) {
        if (data.trim() === "[DONE]") return;
        coming.push(this.#parse(data));
        if (coming.ended) stream.expect(lastMs);
        else if (coming.firstAt > 0) stream.expect(nextMs);
      }
    } catch (error) {
      // It is whole: what does not follow any more is its usage only.
      if (!coming.ended || !isMoultError(error)) throw this.#broken(error, coming);
    }
    if (!coming.ended) throw this.#broken(new Error("the connection ended"), coming);
  }

  #parse(data: string): Chunk {
    let chunk: Chunk;
    try {
      chunk = v.parse(Chunk, JSON.parse(data));
    } catch {
      throw unreadable(this.#provider, "an event is no chunk of an answer");
    }
    if (chunk.error) throw brokenOff(this.#provider, chunk.error);
    return chunk;
  }

  #broken(error: unknown, { firstAt }: ComingAnswer): unknown {
    if (isMoultError(error) && firstAt === 0) return error;
    if (!isMoultError(error) && !(error instanceof Error)) return error;
    const { name } = this.#provider;
    const why = messageOf(error).replace(`The provider "${name}" `, "it ");
    const text = `The provider "${name}" broke off its answer: ${why}`;
    return new MoultError("model/unavailable", text, { retry: firstAt === 0 }, error);
  }

  #remember(error: unknown): void {
    if (!isMoultError(error) || error.code !== "queue/full") return;
    const afterMs = error.details?.["retryAfterMs"];
    if (typeof afterMs === "number") this.#closedUntil = Date.now() + afterMs;
  }

  /** Whoever asks again before its time is only told to wait longer. */
  #refuseWhileClosed(): void {
    const retryAfterMs = this.#closedUntil - Date.now();
    if (retryAfterMs <= 0) return;
    const { name, model } = this.#provider;
    const text = `The provider "${name}" takes no more requests for "${model}" just now; try again in ${Math.ceil(retryAfterMs / 1_000)} s`;
    throw new MoultError("queue/full", text, { retryAfterMs });
  }
}

/**
 * What comes as an answer.
 *
 * @yields {string} chunks; or the whole answer at once, of a provider that does not stream
 */
async function* dataOf({ headers, body }: Open): AsyncGenerator<string> {
  if (headers.get("content-type")?.includes("application/json") !== true) yield* eventData(body);
  else yield await boundedText(body, ANSWER_BYTES_MAX, () => new Error("the answer has no end"));
}

function answerOf(
  { messages, tools = [] }: GenerateRequest,
  coming: ComingAnswer,
  { startedAt, finish }: { readonly startedAt: number; readonly finish: EngineAnswer["finish"] },
): EngineAnswer {
  const { firstAt, usage, tokens } = coming;
  const now = performance.now();
  const first = firstAt || now;
  const { prompt_tokens, prompt_tokens_details, prompt_cache_hit_tokens } = usage ?? {};
  return {
    finish,
    promptHash: contentHash(JSON.stringify({ messages, tools })).slice(0, 16),
    usage: {
      ...NO_USAGE,
      promptTokens: prompt_tokens ?? estimateOf(messages),
      cachedTokens: prompt_tokens_details?.cached_tokens ?? prompt_cache_hit_tokens ?? 0,
      completionTokens: tokens,
      prefillMs: first - startedAt,
      decodeMs: now - first,
    },
  };
}

/** Tokens, about, of a provider that does not count. */
function estimateOf(messages: GenerateRequest["messages"]): number {
  const CHARS_PER_TOKEN = 4;
  const chars = messages.reduce((sum, { content }) => sum + content.length, 0);
  return Math.ceil(chars / CHARS_PER_TOKEN);
}

/** The vector of the same direction and of length 1. */
function unit(vector: readonly number[]): readonly number[] {
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
