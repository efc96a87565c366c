/** Writes one answer on a slot: text, thoughts and checked calls, up to whatever ends it. Knows no queue and no prompt's making. */
import {
  type Llama,
  type LlamaChatResponse,
  type LlamaChatResponseChunk,
  type LlamaModel,
  LlamaText,
  SpecialTokensText,
  TokenBias,
} from "node-llama-cpp";
import { CheckedText } from "./checked.ts";
import { emitJson, finishOf, isUnreadableCall } from "./ending.ts";
import { fill } from "./filling/fill.ts";
import { answerGrammar } from "./gbnf/for_library.ts";
import { misfit } from "./gbnf/misfit.ts";
import type { toHistory } from "./history.ts";
import { missingOf, questionFor } from "./missing.ts";
import { type Offer, readsArguments } from "./offer.ts";
import { type PlainRules, plainRules, writePlain } from "./plain.ts";
import type { Rendered } from "./prompt_wrapper.ts";
import { samplingOf } from "./sampling.ts";
import type { Slot } from "./slots.ts";
import { TextFilter } from "./text_filter.ts";
import { type OfferedTools, sourcesOf } from "./tools.ts";
import type { EngineAnswer, EngineOptions, Sink } from "../../runtime/model/engine.ts";
import type { GenerateRequest, ToolCall } from "../../schemas/model.ts";

const TOKENS_DEFAULT = 512;
/** With thoughts, which take most of it: an answer that is only thought is none. */
const TOKENS_THINKING = 2_048;
const THOUGHT_SHARE = 0.75;
/** What opens and closes a thought, at most. */
const THOUGHT_TAG_TOKENS = 32;
/** With these log-odds of a call, words say neither that a call is due nor that it is not. */
const CALL_SCORE = -0.3;
/** How much more words say than the model itself, whose judgement is a weak one. */
const CALL_SLOPE = 2;
const CALL_LOGIT_MIN = -2;
const CALL_LOGIT_MAX = 5;
/** Where no model reads along, control tags are words like any other. */
const AS_SAID = { text: (text: string): string => text };
/** Calls of one answer. The embedded model was trained on one. */
const CALLS_MAX = 4;

/** A request with its prompt. */
export interface Asked {
  readonly request: GenerateRequest;
  readonly offer: Offer;
  readonly history: ReturnType<typeof toHistory>;
  readonly rendered: Rendered;
  /** Of the whole prompt. */
  readonly tokens: Uint32Array;
  /** Tokens that the answer may have. */
  readonly room: number;
  readonly sink: Sink;
  readonly signal: AbortSignal;
}

/** What of a model is needed to write. */
export interface AnsweringModel {
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly options: EngineOptions;
  /** What a call begins with; text from there on is never for people. */
  readonly callTag: string;
  /** The model thinks before it answers. */
  readonly thinks: boolean;
}

/** Writes the answers of one model. */
export class Answering {
  readonly #llama: Llama;
  readonly #model: LlamaModel;
  readonly #options: EngineOptions;
  readonly #callTag: string;
  readonly #thinks: boolean;

  constructor({ llama, model, options, callTag, thinks }: AnsweringModel) {
    this.#llama = llama;
    this.#model = model;
    this.#options = options;
    this.#callTag = callTag;
    this.#thinks = thinks;
  }

  /** Writes one. Resolves when it has ended, by itself, at a limit, or by its signal. */
  async answer(slot: Slot, asked: Asked): Promise<Pick<EngineAnswer, "finish">> {
    const { offer, request } = asked;
    const isText = offer.callable === undefined && request.jsonSchema === undefined;
    const rules =
      isText && !this.#options.embedded && !slot.sequence.needsCheckpoints
        ? plainRules(this.#model, slot.prompt.wrapper, asked.rendered)
        : undefined;
    if (rules !== undefined) return await this.#plain(slot, asked, rules);
    const { finish, unfit } = await this.#chat(slot, asked);
    if (!unfit || finish !== "length" || offer.uncopied === undefined) return { finish };
    // What was said holds nothing that fits, and a call there must be: the model makes something up.
    slot.prompt.adopt(asked.rendered);
    const { finish: made } = await this.#chat(slot, { ...asked, offer: offer.uncopied() });
    return { finish: made };
  }

  /** With all that the library's chat can do. `unfit`: a call was left out. */
  async #chat(
    slot: Slot,
    asked: Asked,
  ): Promise<{ readonly finish: EngineAnswer["finish"]; readonly unfit: boolean }> {
    const { offer, request, sink, signal } = asked;
    const checked = new CheckedText(request, this.#options.embedded, sink.token);
    const text = new TextFilter(this.#callTag, (piece) => checked.push(piece));
    const json = request.jsonSchema;
    let calls = 0;
    let [began, unfit] = [false, false];
    const ended = await this.#respond(slot, asked, {
      // Half a JSON document helps nobody; it is handed over when it is whole.
      onTextChunk: (chunk: string) => {
        began = true;
        if (json === undefined) text.push(chunk);
      },
      onResponseChunk: ({ segmentType, text: thought }: LlamaChatResponseChunk) => {
        if (segmentType === "thought" && thought !== "") sink.thought?.(thought);
      },
      ...(json === undefined ? {} : { grammar: await this.#grammarOf(json) }),
      ...(offer.callable === undefined
        ? {}
        : {
            functions: offer.callable,
            maxParallelFunctionCalls: this.#callsMax(request),
            onFunctionCall: (call: { functionName: string; params: unknown }) => {
              text.flush();
              const { made, missing } = this.#completed(request, toCall(offer.tools, call), offer);
              if (missing !== "") return checked.push(missing);
              if (isUnfit(made, request)) {
                unfit = true;
                return;
              }
              calls++;
              sink.call(made);
            },
            ...this.#inclination(offer.score, () => began),
          }),
    });
    text.flush();
    checked.end(calls);
    let finish = finishOf(ended, calls, text.cut || unfit, signal);
    if (json !== undefined && finish === "stop")
      finish = emitJson(ended?.response ?? "", json, sink);
    return { finish, unfit };
  }

  /** Text alone goes a shorter way. */
  async #plain(
    slot: Slot,
    { request, room, tokens, sink, signal }: Asked,
    rules: PlainRules,
  ): Promise<Pick<EngineAnswer, "finish">> {
    const text = new TextFilter(this.#callTag, sink.token);
    const { stop = [] } = request;
    try {
      const ended = await writePlain(this.#model, slot, {
        tokens,
        rules,
        stop,
        tokensMax: Math.min(room, request.tokensMax ?? TOKENS_DEFAULT),
        sampling: samplingOf(request),
        pass: (piece) => text.push(piece),
      });
      text.flush();
      if (signal.aborted) return { finish: "cancelled" };
      return { finish: text.cut ? "length" : ended };
    } catch (error) {
      if (signal.aborted) return { finish: "cancelled" };
      throw error;
    }
  }

  /** Who says how long an answer may be has thoughts counted in; else they never take all of it. */
  #lengthOf({ tokensMax }: GenerateRequest, room: number) {
    if (!this.#thinks) return { maxTokens: Math.min(room, tokensMax ?? TOKENS_DEFAULT) };
    const free = Math.max(1, room - THOUGHT_TAG_TOKENS);
    if (tokensMax !== undefined) return { maxTokens: Math.min(free, tokensMax) };
    const thoughtTokens = Math.floor(Math.min(TOKENS_THINKING * THOUGHT_SHARE, free / 4));
    // A thought that is cut is read again, and may have up to three times as many tokens then.
    const maxTokens = Math.min(TOKENS_THINKING, free - 2 * thoughtTokens);
    return { maxTokens, budgets: { thoughtTokens } };
  }

  #callsMax({ callsMax = CALLS_MAX }: GenerateRequest): number {
    return this.#options.embedded ? 1 : Math.min(callsMax, CALLS_MAX);
  }

  /** A call with what was said in its arguments, and what has to be asked first; empty when nothing is missing. */
  #completed({ tools = [], messages }: GenerateRequest, call: ToolCall, offer: Offer) {
    const { sources, forced } = offer;
    const spec = tools.find(({ name }) => name === call.name);
    if (spec === undefined || sources.length === 0) return { made: call, missing: "" };
    const filled = readsArguments(this.#options.embedded, messages)
      ? fill(spec, sourcesOf(messages, AS_SAID), call.arguments)
      : undefined;
    const made = filled === undefined ? call : { ...call, arguments: filled.args };
    // Whoever wants a call gets one, and no question.
    if (forced) return { made, missing: "" };
    const missing = filled?.missing ?? missingOf(spec, call.arguments, sources);
    return { made, missing: missing.length === 0 ? "" : questionFor(missing, sources) };
  }

  /** How much likelier a call is when words speak for a tool. */
  #inclination(score: number | undefined, began: () => boolean) {
    if (score === undefined) return {};
    const none = TokenBias.for(this.#model);
    const logit = Math.max(
      CALL_LOGIT_MIN,
      Math.min(CALL_LOGIT_MAX, CALL_SLOPE * (score - (this.#options.callScore ?? CALL_SCORE))),
    );
    const bias = TokenBias.for(this.#model).set(LlamaText(new SpecialTokensText(this.#callTag)), {
      logit,
    });
    return { tokenBias: () => (began() ? none : bias) };
  }

  #grammarOf(schema: NonNullable<GenerateRequest["jsonSchema"]>) {
    return this.#llama.createGrammar({
      grammar: answerGrammar(schema),
      trimWhitespaceSuffix: true,
    });
  }

  /** `undefined`: aborted before anything was said, or the model wrote a call that can not be read. */
  async #respond(
    slot: Slot,
    { history, request, room, signal }: Asked,
    how: Readonly<Record<string, unknown>>,
  ): Promise<LlamaChatResponse | undefined> {
    try {
      return await slot.chat.generateResponse(history, {
        ...how,
        ...samplingOf(request),
        ...stopsOf(request),
        signal,
        ...this.#lengthOf(request, room),
        stopOnAbortSignal: true,
        repeatPenalty: false,
      });
    } catch (error) {
      if (signal.aborted || isUnreadableCall(error)) return undefined;
      throw error;
    }
  }
}

/** Texts that end the answer. Of a JSON document no text is the end. */
function stopsOf({ stop = [], jsonSchema }: GenerateRequest) {
  const customStopTriggers = stop.filter((text) => text !== "");
  return customStopTriggers.length > 0 && jsonSchema === undefined ? { customStopTriggers } : {};
}

/** Whether whoever asked does not want a call like this. */
function isUnfit(call: ToolCall, { strict = false, tools = [] }: GenerateRequest): boolean {
  const spec = strict ? tools.find(({ name }) => name === call.name) : undefined;
  return spec !== undefined && misfit(call.arguments, spec.parameters) !== undefined;
}

function toCall(tools: OfferedTools, call: { functionName: string; params: unknown }): ToolCall {
  return {
    id: `call_${crypto.randomUUID().replaceAll("-", "").slice(0, 16)}`,
    name: tools.toolName(call.functionName),
    arguments: tools.read(call.functionName, call.params),
  };
}
