/** One chat wrapper per model, seen through by each slot: it shows other tool schemas than the grammar uses. */
import {
  type ChatHistoryItem,
  type ChatModelResponse,
  type ChatModelFunctions,
  type ChatWrapper,
  type ChatWrapperGenerateContextStateOptions,
  type ChatWrapperGeneratedContextState,
  type ChatWrapperSettings,
  JinjaTemplateChatWrapper,
  type LlamaModel,
  LlamaText,
  resolveChatWrapper,
  SpecialTokensText,
} from "node-llama-cpp";
import type { FromTemplate } from "./chat_template.ts";

/** How a model is talked to. */
export interface Talking {
  readonly wrapper: ChatWrapper;
  /** Of the template in its file; absent: there is none that the library's renderer understands. */
  readonly jinja: JinjaTemplateChatWrapper | undefined;
}

/** Every template that the library has a wrapper for has one of these in it. A test holds all of them against it. */
export const KNOWN_MARKS = [
  "<|im_start|>",
  "<|start_header_id|>",
  "<|start|>",
  "<|turn>",
  "<start_of_turn>",
  "<seed:bos>",
  "<｜User｜>",
  "[INST]",
  "###",
  "User:",
];

/**
 * The wrapper for a model. Its own template directly where it says how tools are called, or is none that the library knows:
 * that takes 30 ms, while trying every wrapper takes a second.
 */
export function wrapperFor(model: LlamaModel): Talking {
  const template = model.fileInfo.metadata.tokenizer?.chat_template;
  if (typeof template !== "string") return { wrapper: resolveChatWrapper(model), jinja: undefined };
  const jinja = jinjaFor(model, template);
  const isOwn =
    jinja?.usingJinjaFunctionCallTemplate === true ||
    !KNOWN_MARKS.some((mark) => template.includes(mark));
  const wrapper = jinja !== undefined && isOwn ? jinja : resolveChatWrapper(model);
  return { wrapper, jinja };
}

function jinjaFor(model: LlamaModel, template: string): JinjaTemplateChatWrapper | undefined {
  try {
    return new JinjaTemplateChatWrapper({ template, tokenizer: model.tokenizer });
  } catch {
    // Not a template that this renderer understands; the library has others.
    return undefined;
  }
}

/** What a thought begins with, as text; `undefined`: the model has none, or nobody knows how it ends. */
export function thoughtOf({ settings }: ChatWrapper): string | undefined {
  const thought = settings.segments?.thought;
  if (thought?.suffix === undefined) return undefined;
  const { prefix, suffix } = thought;
  const isKnown = typeof prefix === "string" || LlamaText.isLlamaText(prefix);
  // Where the template alone knows it, it is what the end is without its slash.
  return isKnown ? textOf(prefix) : textOf(suffix).trim().replace("/", "");
}

function textOf(text: string | LlamaText): string {
  return LlamaText(text)
    .values.map((value) => (value instanceof SpecialTokensText ? value.value : String(value)))
    .join("");
}

/** A prompt, before anybody knows where it will be read. */
export interface Rendered {
  readonly state: ChatWrapperGeneratedContextState;
  readonly shown: ChatModelFunctions | undefined;
  /** What the model's own template said; absent: the library's wrapper did. */
  readonly own: OwnPrompt | undefined;
}

/** A prompt of the model's own template, and what of an answer it holds already. */
interface OwnPrompt {
  readonly text: LlamaText;
  /** Calls with their results and the like, at the end of the conversation. */
  readonly answered: number;
}

/** How a prompt is rendered. */
export interface RenderOptions {
  /** Tools as they are shown; absent: none are. */
  readonly shown: ChatModelFunctions | undefined;
  /** The answer begins with a call. */
  readonly forced: boolean;
  /** What the model's own template says. Absent: the library's wrapper says it. */
  readonly own?: FromTemplate | undefined;
}

/** Renders a prompt with the tools as they are shown. */
export function renderPrompt(
  wrapper: ChatWrapper,
  history: readonly ChatHistoryItem[],
  { shown, forced, own: template }: RenderOptions,
): Rendered {
  const state =
    template === undefined
      ? wrapper.generateContextState({
          chatHistory: history,
          ...(shown === undefined ? {} : { availableFunctions: shown }),
        })
      : stateOf(wrapper, template);
  const own = template && { text: template.text, answered: responseOf(history).length };
  if (!forced) return { state, shown, own };
  const { contextText, stopGenerationTriggers } = state;
  // With nothing that could disengage it, the chat goes on as if the model had begun a call by itself.
  const functionCall = { initiallyEngaged: true, disengageInitiallyEngaged: [] };
  return { state: { contextText, stopGenerationTriggers, functionCall }, shown, own };
}

function responseOf(history: readonly ChatHistoryItem[]): ChatModelResponse["response"] {
  const last = history.at(-1);
  return last?.type === "model" ? last.response : [];
}

/** What ends an answer and the like is the same for every prompt of a model. */
const ENDINGS = new WeakMap<ChatWrapper, ChatWrapperGeneratedContextState>();

function stateOf(
  wrapper: ChatWrapper,
  { text, opening }: FromTemplate,
): ChatWrapperGeneratedContextState {
  let known = ENDINGS.get(wrapper);
  if (known === undefined) {
    known = wrapper.generateContextState({
      chatHistory: [
        { type: "user", text: "Hello" },
        { type: "model", response: [] },
      ],
    });
    ENDINGS.set(wrapper, known);
  }
  if (opening === undefined) return { ...known, contextText: text };
  const { stopGenerationTriggers } = known;
  const thought = { type: "segment", segmentType: "thought", inject: opening } as const;
  return { contextText: text, stopGenerationTriggers, noPrefixTrigger: thought };
}

/** What one slot puts between its chat and the model's wrapper. */
export class PromptWrapper {
  /** For `LlamaChat`: the model's wrapper, but with the tools as they are shown. */
  readonly wrapper: ChatWrapper;
  #shown: ChatModelFunctions | undefined;
  #own: OwnPrompt | undefined;
  /** Rendered already, for the chat's first look; it looks with the same history. */
  #ready: ChatWrapperGeneratedContextState | undefined;

  constructor(model: ChatWrapper) {
    const render = (options: ChatWrapperGenerateContextStateOptions) =>
      this.#own === undefined
        ? model.generateContextState({
            ...options,
            ...(this.#shown === undefined ? {} : { availableFunctions: this.#shown }),
          })
        : stateOf(model, { text: this.#goneOn(this.#own, options.chatHistory) });
    const quiet = withoutGuesses(model.settings, thoughtOf(model));
    this.wrapper = Object.create(model, {
      settings: { get: () => (this.#own === undefined ? model.settings : quiet) },
      generateContextState: {
        value: (options: ChatWrapperGenerateContextStateOptions) => {
          const ready = this.#ready;
          this.#ready = undefined;
          return ready ?? render(options);
        },
      },
    }) as ChatWrapper;
  }

  /** The prompt of the next generation, rendered already by `renderPrompt`. */
  adopt({ state, shown, own }: Rendered): void {
    this.#shown = shown;
    this.#own = own;
    this.#ready = state;
  }

  /** The same prompt with what was answered since: the chat looks again in the middle of an answer. */
  #goneOn({ text, answered }: OwnPrompt, history: readonly ChatHistoryItem[]): LlamaText {
    const since = responseOf(history).slice(answered);
    if (since.length === 0) return text;
    return LlamaText([text, this.wrapper.generateModelResponseText(since)]);
  }
}

/** The same, where nothing is opened but what the prompt says. */
function withoutGuesses(
  settings: ChatWrapperSettings,
  thought: string | undefined,
): ChatWrapperSettings {
  const { segments } = settings;
  if (segments?.thought === undefined || thought === undefined) return settings;
  const prefix = LlamaText(new SpecialTokensText(thought));
  const { suffix } = segments.thought;
  return {
    ...settings,
    segments: { ...segments, thought: { prefix, ...(suffix !== undefined && { suffix }) } },
  };
}
