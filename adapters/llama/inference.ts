/** One loaded model: requests in, tokens and checked tool calls out. Runs inside the Worker; knows no queue. */
import { availableParallelism } from "node:os";
import path from "node:path";
import { type ChatWrapper, type Llama, type LlamaModel } from "node-llama-cpp";
import { Answering } from "./answering.ts";
import { ChatTemplate, type ToRender } from "./chat_template.ts";
import { Embeddings } from "./embeddings.ts";
import { checkFit } from "./fit.ts";
import { toHistory } from "./history.ts";
import { openLlama } from "./library.ts";
import { openStore } from "./kv_open.ts";
import { type Neutral, neutralFor } from "./neutral.ts";
import { type Offer, offerOf } from "./offer.ts";
import { checkChars, TextSize } from "./prompt_size.ts";
import { renderPrompt, type Rendered, thoughtOf, wrapperFor } from "./prompt_wrapper.ts";
import { type Slot, Slots } from "./slots.ts";
import { callTag, specialTexts } from "./special_texts.ts";
import { rememberTokens } from "./token_cache.ts";
import { contentHash } from "../../runtime/content_hash.ts";
import type {
  EngineAnswer,
  EngineInfo,
  EngineLimits,
  EngineOptions,
  EngineStats,
  KvTier,
  Sink,
} from "../../runtime/model/engine.ts";
import type { Embedded } from "../../runtime/ports.ts";
import { MoultError } from "../../schemas/error.ts";
import type { GenerateRequest } from "../../schemas/model.ts";

/** An answer shorter than this is not worth a prompt. */
const ANSWER_TOKENS_MIN = 16;
/** Tokens that the library adds around calls without counting them as generated. */
const CALL_TOKENS_SPARE = 48;
const CONTEXT_TOKENS_EMBEDDED = 2_048;
const CONTEXT_TOKENS_MAX = 8_192;
/** Compute buffers grow with the batch; a small model is fast enough with a small one. */
const BATCH_TOKENS_EMBEDDED = 128;
const BATCH_TOKENS = 512;
/** Beyond this, threads wait for memory instead of computing. */
const THREADS_MAX = 8;
/** A prompt, and what it was made of. */
interface Prompt {
  readonly offer: Offer;
  readonly history: ReturnType<typeof toHistory>;
  readonly rendered: Rendered;
  readonly tokens: Uint32Array;
  /** Tokens that the answer may have. */
  readonly room: number;
}

/** A model in memory. */
export class Inference {
  readonly info: EngineInfo;
  readonly #options: EngineOptions;
  readonly #llama: Llama;
  readonly #model: LlamaModel;
  readonly #slots: Slots;
  readonly #embeddings: Embeddings;
  readonly #size: TextSize;
  readonly #neutral: Neutral;
  readonly #answering: Answering;
  /** Slots at work: a limit holds for them at once, and for others when they begin. */
  readonly #busy = new Set<Slot>();
  #limits: Partial<EngineLimits> = {};
  readonly #wrapper: ChatWrapper;
  readonly #template: ChatTemplate | undefined;
  readonly #tokens = { hot: 0, warm: 0, cold: 0, miss: 0 };

  private constructor(options: EngineOptions, llama: Llama, model: LlamaModel, info: EngineInfo) {
    this.#options = options;
    this.#llama = llama;
    this.#model = model;
    this.info = info;
    const specials = specialTexts(model);
    const { wrapper, jinja } = wrapperFor(model);
    this.#wrapper = wrapper;
    this.#neutral = neutralFor(specials);
    // The embedded model was trained on prompts as the library renders them.
    if (jinja !== undefined && !options.embedded)
      this.#template = new ChatTemplate(model, jinja, this.#neutral);
    const tag = callTag(wrapper.settings.functions.call.prefix, specials);
    const thinks = thoughtOf(wrapper) !== undefined;
    this.#answering = new Answering({ llama, model, options, callTag: tag, thinks });
    this.#slots = new Slots(model, wrapper, {
      contextTokens: info.contextTokens,
      slots: info.slots,
      threads: { max: info.threads, fixed: options.embedded || options.threadsFixed === true },
      batchTokens: options.embedded ? BATCH_TOKENS_EMBEDDED : BATCH_TOKENS,
      lazy: options.embedded,
      whole: llama.gpu !== false,
      store: (context) => openStore(options, llama, context),
    });
    this.#size = new TextSize(model.tokenizer);
    this.#embeddings = new Embeddings(model, {
      contextTokens: info.contextTokens,
      threads: () => (this.#busy.size > 0 ? 1 : (this.#limits.threads ?? info.threads)),
    });
  }

  /** Loads a model and runs it once. @throws {MoultError} `model/unavailable` */
  static async load(options: EngineOptions): Promise<Inference> {
    const standard = options.embedded ? CONTEXT_TOKENS_EMBEDDED : CONTEXT_TOKENS_MAX;
    const { contextTokens = standard, slots } = options;
    checkFit(options, { contextTokens, slots, batchTokens: BATCH_TOKENS });
    const threads = options.threads ?? defaultThreads(options.embedded);
    const llama = await openLlama(options.gpu, threads);
    const model = await llama.loadModel({
      modelPath: options.path,
      // On the CPU the weights are repacked into memory of their own; a mapped file would only double them.
      useMmap: llama.gpu !== false,
      // As many layers go to a GPU as leave room there for all conversations.
      gpuLayers: llama.gpu === false ? 0 : { fitContext: { contextSize: contextTokens * slots } },
    });
    rememberTokens(model);
    const inference = new Inference(options, llama, model, {
      name: path.basename(options.path),
      contextTokens: Math.min(model.trainContextSize, contextTokens),
      slots,
      threads,
    });
    // What was made to read alone gets no room to write in.
    if (inference.#embeddings.isAll) return inference;
    await inference.#slots.open();
    await inference.#warmUp();
    await inference.#slots.measure();
    return inference;
  }

  /** Generates one answer. @throws {MoultError} `input/invalid` when the prompt does not fit. */
  async generate(request: GenerateRequest, sink: Sink, signal: AbortSignal): Promise<EngineAnswer> {
    const startedAt = performance.now();
    if (this.#embeddings.isAll) throw writesNothing(this.info.name);
    // Before any of it is read, and again with all tools that are shown.
    await this.#size.check(request.messages, request.tools ?? [], this.info.contextTokens);
    const prompt = this.#render(request);
    // What is asked within a turn, or in the background, is part of something that may be removed.
    const [{ session, lane }, { tokens }] = [request, prompt];
    const slot = await this.#slots.take({ session, nameless: !session && lane === "api", tokens });
    this.#busy.add(slot);
    slot.stream.limit(this.#limits);
    slot.prompt.adopt(prompt.rendered);
    slot.stream.begin({ lane, signal });
    try {
      const answer = await this.#answering.answer(slot, { ...prompt, request, sink, signal });
      const usage = usageOf(slot, tokens.length, startedAt);
      this.#count(slot.from, usage);
      return { ...answer, promptHash: hashOf(tokens), usage };
    } finally {
      await slot.stream.settle();
      this.#busy.delete(slot);
      this.#slots.give(slot);
    }
  }

  /** Vectors of texts. @throws {MoultError} `input/invalid` when one is empty or does not fit. */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Embedded> {
    return this.#embeddings.embed(texts, signal);
  }

  /** Uses no more of the machine than this from the next step on. */
  limit(limits: Partial<EngineLimits>): void {
    this.#limits = { ...this.#limits, ...limits };
    for (const { stream } of this.#busy) stream.limit(this.#limits);
  }

  /** What it counted since it was loaded. */
  stats(): EngineStats {
    return { ...this.#slots.stats(), kvTokens: { ...this.#tokens } };
  }

  /** Nothing stays of what it has read of a session. */
  forget(session: string): void {
    this.#slots.forget(session);
  }

  async close(): Promise<void> {
    await this.#embeddings.close();
    await this.#slots.close();
    await this.#model.dispose();
    await this.#llama.dispose();
  }

  /** The first generation compiles and touches much; a newcomer's first question should not pay for it. */
  async #warmUp(): Promise<void> {
    const parameters = {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
    };
    const tool = { name: "get_weather", description: "Get the weather for a city", parameters };
    const request: GenerateRequest = {
      lane: "interactive",
      messages: [{ role: "user", content: "What is the weather in Paris?" }],
      // A large model takes seconds for what costs a small one milliseconds.
      ...(this.#options.embedded ? { tools: [tool], tokensMax: 24 } : { tokensMax: 1 }),
    };
    await this.generate(request, { token() {}, call() {} }, new AbortController().signal);
  }

  /** The prompt, before anybody knows which slot reads it: that depends on what it begins with. */
  #render(request: GenerateRequest): Prompt {
    const { contextTokens } = this.info;
    const offer = this.#offer(request);
    checkChars(request.messages, [offer.tools.shown], contextTokens);
    const history = toHistory(request.messages, offer.tools, this.#neutral);
    const hasTools = Object.keys(offer.tools.shown).length > 0;
    const shown = hasTools ? offer.tools.shown : undefined;
    const thought = thoughtOf(this.#wrapper);
    const own = this.#template?.render(toRender(request, offer), thought);
    const rendered = renderPrompt(this.#wrapper, history, { shown, forced: offer.forced, own });
    const tokens = Uint32Array.from(rendered.state.contextText.tokenize(this.#model.tokenizer));
    return {
      offer,
      history,
      rendered,
      tokens,
      room: this.#roomFor(tokens.length, hasTools),
    };
  }

  #count(from: KvTier, { promptTokens, cachedTokens }: EngineAnswer["usage"]): void {
    this.#tokens[from] += cachedTokens;
    this.#tokens.miss += promptTokens - cachedTokens;
  }

  #offer(request: GenerateRequest): Offer {
    const { embedded, copyArguments = embedded } = this.#options;
    return offerOf(request, { embedded, copies: copyArguments, neutral: this.#neutral });
  }

  /** Tokens left for the answer. The context is never shifted: what is forgotten is the caller's decision. */
  #roomFor(promptTokens: number, hasTools: boolean): number {
    const spare = hasTools ? CALL_TOKENS_SPARE : 2;
    const room = this.info.contextTokens - promptTokens - spare;
    if (room >= ANSWER_TOKENS_MIN) return room;
    throw new MoultError(
      "input/invalid",
      `The prompt has ${promptTokens} tokens and the model's context holds ${this.info.contextTokens}; shorten it or raise \`model.contextTokens\``,
      { promptTokens, contextTokens: this.info.contextTokens },
    );
  }
}

function usageOf(slot: Slot, promptTokens: number, startedAt: number): EngineAnswer["usage"] {
  const { generated, evaluated, firstAt } = slot.stream;
  const endedAt = performance.now();
  return {
    promptTokens,
    // The last token is always evaluated: what follows it is what is asked for.
    cachedTokens: firstAt === 0 ? 0 : clamp(promptTokens - evaluated, promptTokens - 1),
    completionTokens: generated,
    prefillMs: (firstAt === 0 ? endedAt : firstAt) - startedAt,
    decodeMs: firstAt === 0 ? 0 : endedAt - firstAt,
  };
}

function clamp(value: number, max: number): number {
  return Math.max(0, Math.min(value, max));
}

function hashOf(tokens: Uint32Array): string {
  return contentHash(tokens).slice(0, 16);
}

/** A request as the model's own template takes it, with the tools that are shown. */
function toRender(
  { messages, tools = [], jsonSchema }: GenerateRequest,
  { tools: offered, forced }: Offer,
): ToRender {
  const shown = tools.filter(({ name }) => Object.hasOwn(offered.shown, offered.wireName(name)));
  // What has to be a document or a call leaves no room for thoughts.
  return { messages, tools: shown, offered, thinks: jsonSchema === undefined && !forced };
}

function writesNothing(name: string): MoultError {
  return new MoultError(
    "input/invalid",
    `The model "${name}" makes embeddings and writes no text; ask another one`,
  );
}

/** As many as may help: how many do is measured as they decode. */
function defaultThreads(embedded: boolean): number {
  return embedded ? 1 : Math.min(availableParallelism(), THREADS_MAX);
}
