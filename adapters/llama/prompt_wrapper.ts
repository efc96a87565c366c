/** One chat wrapper per model, seen through by each slot: it shows other tool schemas than the grammar uses. */
import {
  type ChatHistoryItem,
  type ChatModelFunctions,
  type ChatWrapper,
  type ChatWrapperGenerateContextStateOptions,
  type ChatWrapperGeneratedContextState,
  JinjaTemplateChatWrapper,
  type LlamaModel,
  resolveChatWrapper,
} from "node-llama-cpp";

/**
 * The wrapper for a model. Its own template directly where it says how tools are called: that takes 30 ms, while
 * trying every wrapper that the library knows takes a second.
 */
export function wrapperFor(model: LlamaModel): ChatWrapper {
  const template = model.fileInfo.metadata.tokenizer?.chat_template;
  if (typeof template === "string") {
    try {
      const wrapper = new JinjaTemplateChatWrapper({ template, tokenizer: model.tokenizer });
      if (wrapper.usingJinjaFunctionCallTemplate) return wrapper;
    } catch {
      // Not a template that this renderer understands; the library has others.
    }
  }
  return resolveChatWrapper(model);
}

/** A prompt, before anybody knows where it will be read. */
export interface Rendered {
  readonly state: ChatWrapperGeneratedContextState;
  readonly shown: ChatModelFunctions | undefined;
}

/** Renders a prompt with the tools as they are shown. @param forced the answer begins with a call */
export function renderPrompt(
  wrapper: ChatWrapper,
  history: readonly ChatHistoryItem[],
  { shown, forced }: { readonly shown: ChatModelFunctions | undefined; readonly forced: boolean },
): Rendered {
  const state = wrapper.generateContextState({
    chatHistory: history,
    ...(shown === undefined ? {} : { availableFunctions: shown }),
  });
  if (!forced) return { state, shown };
  const { contextText, stopGenerationTriggers } = state;
  // With nothing that could disengage it, the chat goes on as if the model had begun a call by itself.
  const functionCall = { initiallyEngaged: true, disengageInitiallyEngaged: [] };
  return { state: { contextText, stopGenerationTriggers, functionCall }, shown };
}

/** What one slot puts between its chat and the model's wrapper. */
export class PromptWrapper {
  /** For `LlamaChat`: the model's wrapper, but with the tools as they are shown. */
  readonly wrapper: ChatWrapper;
  #shown: ChatModelFunctions | undefined;
  /** Rendered already, for the chat's first look; it looks with the same history. */
  #ready: ChatWrapperGeneratedContextState | undefined;

  constructor(model: ChatWrapper) {
    const render = (options: ChatWrapperGenerateContextStateOptions) =>
      model.generateContextState({
        ...options,
        ...(this.#shown === undefined ? {} : { availableFunctions: this.#shown }),
      });
    this.wrapper = Object.create(model, {
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
  adopt({ state, shown }: Rendered): void {
    this.#shown = shown;
    this.#ready = state;
  }
}
