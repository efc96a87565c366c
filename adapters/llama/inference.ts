/** One loaded model: requests in, tokens and checked tool calls out. Runs inside the Worker; knows no queue. */
import { availableParallelism } from "node:os";
import path from "node:path";
import {
  type ChatWrapper,
  type Llama,
  type LlamaChatResponse,
  type LlamaModel,
  LlamaText,
  SpecialTokensText,
  TokenBias,
} from "node-llama-cpp";
import { CheckedText } from "./checked.ts";
import { emitJson, finishOf, isUnreadableCall } from "./ending.ts";
import { checkFit } from "./fit.ts";
import { fill } from "./filling/fill.ts";
import { toHistory } from "./history.ts";
import { openLlama } from "./library.ts";
import { openStore } from "./kv_open.ts";
import { missingOf, questionFor } from "./missing.ts";
import { readingFor } from "./filling/reading.ts";
import { type Neutral, neutralFor } from "./neutral.ts";
import { renderPrompt, type Rendered, wrapperFor } from "./prompt_wrapper.ts";
import { type Slot, Slots } from "./slots.ts";
import { callTag, specialTexts } from "./special_texts.ts";
import { TextFilter } from "./text_filter.ts";
import { rememberTokens } from "./token_cache.ts";
import { answerSchema } from "./tool_schema.ts";
import { type OfferedTools, offerTools, sourcesOf } from "./tools.ts";
import { contentHash } from "../../runtime/content_hash.ts";
import { fittingTools } from "../../runtime/turn/fitting_tools.ts";
import type {
  EngineAnswer,
  EngineInfo,
  EngineLimits,
  EngineOptions,
  EngineStats,
  KvTier,
  Sink,
} from "../../runtime/model/engine.ts";
import { MoultError } from "../../schemas/error.ts";
import type { GenerateRequest, ToolCall, ToolSpec } from "../../schemas/model.ts";

const TOKENS_DEFAULT = 512;
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
/** With these log-odds of a call, words say neither that a call is due nor that it is not. */
const CALL_SCORE = -0.3;
const CALL_LOGIT_MIN = -2;
const CALL_LOGIT_MAX = 5;
/** Where no model reads along, control tags are words like any other. */
const AS_SAID = { text: (text: string): string => text };
/** Calls of one answer. The embedded model was trained on one. */
const CALLS_MAX = 4;

/** A prompt, and what it was made of. */
interface Prompt {
  readonly offer: {
    readonly tools: OfferedTools;
    readonly sources: readonly string[];
    readonly score: number | undefined;
  };
  readonly history: ReturnType<typeof toHistory>;
  readonly hasTools: boolean;
  readonly rendered: Rendered;
  readonly tokens: Uint32Array;
  /** Tokens that the answer may have. */
  readonly room: number;
}

/** A request with its prompt. */
interface Asked extends Prompt {
  readonly request: GenerateRequest;
  readonly sink: Sink;
  readonly signal: AbortSignal;
}

/** A model in memory. */
export class Inference {
  readonly info: EngineInfo;
  readonly #options: EngineOptions;
  readonly #llama: Llama;
  readonly #model: LlamaModel;
  readonly #slots: Slots;
  readonly #neutral: Neutral;
  /** What a call begins with; text from there on is never for people. */
  readonly #callTag: string;
  /** Slots at work: a limit holds for them at once, and for others when they begin. */
  readonly #busy = new Set<Slot>();
  #limits: Partial<EngineLimits> = {};
  readonly #wrapper: ChatWrapper;
  readonly #tokens = { hot: 0, warm: 0, cold: 0, miss: 0 };

  private constructor(options: EngineOptions, llama: Llama, model: LlamaModel, info: EngineInfo) {
    this.#options = options;
    this.#llama = llama;
    this.#model = model;
    this.info = info;
    const specials = specialTexts(model);
    const wrapper = wrapperFor(model);
    this.#wrapper = wrapper;
    this.#neutral = neutralFor(specials);
    this.#callTag = callTag(wrapper.settings.functions.call.prefix, specials);
    this.#slots = new Slots(model, wrapper, {
      contextTokens: info.contextTokens,
      slots: info.slots,
      threads: { max: info.threads, fixed: options.embedded || options.threads !== undefined },
      batchTokens: options.embedded ? BATCH_TOKENS_EMBEDDED : BATCH_TOKENS,
      lazy: options.embedded,
      whole: llama.gpu !== false,
      store: (context) => openStore(options, llama, context),
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
      ...(llama.gpu === false ? { gpuLayers: 0 } : {}),
    });
    rememberTokens(model);
    const inference = new Inference(options, llama, model, {
      name: path.basename(options.path),
      contextTokens: Math.min(model.trainContextSize, contextTokens),
      slots,
      threads,
    });
    await inference.#slots.open();
    await inference.#warmUp();
    await inference.#slots.measure();
    return inference;
  }

  /** Generates one answer. @throws {MoultError} `input/invalid` when the prompt does not fit. */
  async generate(request: GenerateRequest, sink: Sink, signal: AbortSignal): Promise<EngineAnswer> {
    const startedAt = performance.now();
    const prompt = this.#render(request);
    // What is asked within a turn, or in the background, is part of something that may be removed.
    const [{ session, lane }, { tokens }] = [request, prompt];
    const slot = await this.#slots.take({ session, nameless: !session && lane === "api", tokens });
    this.#busy.add(slot);
    slot.stream.limit(this.#limits);
    slot.prompt.adopt(prompt.rendered);
    slot.stream.begin({ lane, signal });
    try {
      const answer = await this.#generate(slot, { ...prompt, request, sink, signal });
      const usage = usageOf(slot, tokens.length, startedAt);
      this.#count(slot.from, usage);
      return { ...answer, promptHash: hashOf(tokens), usage };
    } finally {
      await slot.stream.settle();
      this.#busy.delete(slot);
      this.#slots.give(slot);
    }
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
    const offer = this.#offer(request);
    const history = toHistory(request.messages, offer.tools, this.#neutral);
    const hasTools = Object.keys(offer.tools.shown).length > 0;
    const shown = hasTools ? offer.tools.shown : undefined;
    const rendered = renderPrompt(this.#wrapper, history, shown);
    const tokens = Uint32Array.from(rendered.state.contextText.tokenize(this.#model.tokenizer));
    return {
      offer,
      history,
      hasTools,
      rendered,
      tokens,
      room: this.#roomFor(tokens.length, hasTools),
    };
  }

  #count(from: KvTier, { promptTokens, cachedTokens }: EngineAnswer["usage"]): void {
    this.#tokens[from] += cachedTokens;
    this.#tokens.miss += promptTokens - cachedTokens;
  }

  async #generate(
    slot: Slot,
    { offer, history, hasTools, room, request, sink, signal }: Asked,
  ): Promise<Pick<EngineAnswer, "finish">> {
    const { tools, sources, score } = offer;
    const checked = new CheckedText(request, this.#options.embedded, sink.token);
    const text = new TextFilter(this.#callTag, (piece) => checked.push(piece));
    const json = request.jsonSchema;
    let calls = 0;
    let began = false;
    const ended = await this.#respond(slot, {
      history,
      signal,
      maxTokens: Math.min(room, request.tokensMax ?? TOKENS_DEFAULT),
      temperature: request.temperature ?? 0,
      // Half a JSON document helps nobody; it is handed over when it is whole.
      onTextChunk: (chunk: string) => {
        began = true;
        if (json === undefined) text.push(chunk);
      },
      ...(json === undefined ? {} : { grammar: await this.#grammarOf(json) }),
      ...(hasTools
        ? {
            functions: tools.grammar,
            maxParallelFunctionCalls: this.#options.embedded ? 1 : CALLS_MAX,
            onFunctionCall: (call: { functionName: string; params: unknown }) => {
              text.flush();
              const { made, asked } = this.#completed(request, toCall(tools, call), sources);
              if (asked !== "") return checked.push(asked);
              calls++;
              sink.call(made);
            },
            ...(score === undefined ? {} : { tokenBias: this.#inclination(score, () => began) }),
          }
        : {}),
    });
    text.flush();
    checked.end(calls);
    let finish = finishOf(ended, calls, text.cut, signal);
    if (json !== undefined && finish === "stop")
      finish = emitJson(ended?.response ?? "", json, sink);
    return { finish };
  }

  /** A call with what was said in its arguments, and what has to be asked first; empty when nothing is missing. */
  #completed(
    { tools = [], messages }: GenerateRequest,
    call: ToolCall,
    sources: readonly string[],
  ) {
    const spec = tools.find(({ name }) => name === call.name);
    if (spec === undefined || sources.length === 0) return { made: call, asked: "" };
    const filled = this.#reads(messages)
      ? fill(spec, sourcesOf(messages, AS_SAID), call.arguments)
      : undefined;
    const made = filled === undefined ? call : { ...call, arguments: filled.args };
    const missing = filled?.missing ?? missingOf(spec, call.arguments, sources);
    return { made, asked: missing.length === 0 ? "" : questionFor(missing, sources) };
  }

  /** Whether arguments are read by rule. What a result said is no request: there the model's own count. */
  #reads(messages: GenerateRequest["messages"]): boolean {
    return this.#options.embedded && messages.at(-1)?.role === "user";
  }

  /** How much likelier a call is when words speak for a tool: the model's own judgement is a weak one. */
  #inclination(score: number, began: () => boolean): () => TokenBias {
    const none = TokenBias.for(this.#model);
    const logit = Math.max(
      CALL_LOGIT_MIN,
      Math.min(CALL_LOGIT_MAX, score - (this.#options.callScore ?? CALL_SCORE)),
    );
    const bias = TokenBias.for(this.#model).set(LlamaText(new SpecialTokensText(this.#callTag)), {
      logit,
    });
    return () => (began() ? none : bias);
  }

  #offer(request: GenerateRequest) {
    const copies = this.#options.copyArguments ?? this.#options.embedded;
    const sources = copies ? sourcesOf(request.messages, this.#neutral) : undefined;
    const { tools = [], messages } = request;
    const reading = (tool: ToolSpec) => readingFor(tool, sources ?? []);
    const fitting = this.#options.embedded
      ? fittingTools(tools, messages, reading)
      : { tools, score: undefined };
    const isAnswer = messages.at(-1)?.role === "tool";
    return {
      tools: offerTools(fitting.tools, this.#neutral, sources, this.#reads(messages)),
      sources: sources ?? [],
      score: isAnswer ? undefined : fitting.score,
    };
  }

  #grammarOf(schema: NonNullable<GenerateRequest["jsonSchema"]>) {
    type Schema = Parameters<Llama["createGrammarForJsonSchema"]>[0];
    return this.#llama.createGrammarForJsonSchema(answerSchema(schema) as Schema);
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

  /** `undefined`: aborted before anything was said, or the model wrote a call that can not be read. */
  async #respond(
    slot: Slot,
    options: Record<string, unknown> & { history: Parameters<Slot["chat"]["generateResponse"]>[0] },
  ): Promise<LlamaChatResponse | undefined> {
    const { history, ...rest } = options;
    const signal = options["signal"] as AbortSignal;
    try {
      return await slot.chat.generateResponse(history, {
        ...rest,
        stopOnAbortSignal: true,
        repeatPenalty: false,
      });
    } catch (error) {
      if (signal.aborted || isUnreadableCall(error)) return undefined;
      throw error;
    }
  }
}

function toCall(tools: OfferedTools, call: { functionName: string; params: unknown }): ToolCall {
  return {
    id: `call_${crypto.randomUUID().replaceAll("-", "").slice(0, 16)}`,
    name: tools.toolName(call.functionName),
    arguments: tools.read(call.functionName, call.params),
  };
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

/** As many as may help: how many do is measured as they decode. */
function defaultThreads(embedded: boolean): number {
  return embedded ? 1 : Math.min(availableParallelism(), THREADS_MAX);
}
