/**
 * A model's own chat template, as its file has it: rendered whole, with the tools and what an answer begins with. What people
 * and tools said is put in afterwards, as plain text: no control token can be made of it.
 */
import {
  type JinjaTemplateChatWrapper,
  type LlamaModel,
  LlamaText,
  SpecialTokensText,
} from "node-llama-cpp";
import type { Neutral } from "./neutral.ts";
import type { OfferedTools } from "./tools.ts";
import type { JsonSchema } from "../../schemas/function.ts";
import type { ChatMessage, ToolSpec } from "../../schemas/model.ts";

/** A prompt as the template says it. */
export interface FromTemplate {
  readonly text: LlamaText;
  /** The answer begins with a thought, which this opens; it is not part of `text`. */
  readonly opening?: LlamaText;
}

/** What is rendered. */
export interface ToRender {
  readonly messages: readonly ChatMessage[];
  /** Those that are shown. */
  readonly tools: readonly ToolSpec[];
  readonly offered: OfferedTools;
  /** The model may think before it answers. */
  readonly thinks: boolean;
}

/** The library's renderer. Not public: a test pins its behaviour. */
interface Renderer {
  readonly render: (parameters: Readonly<Record<string, unknown>>) => string;
}

/** Stands for what somebody said, while the template is rendered. No tokenizer, language or template has it. */
const MARK = "Qx7Zk";
const MARKS = new RegExp(`("?)${MARK}(\\d+)e\\1`, "g");

/** The template of one model. */
export class ChatTemplate {
  /** It says how tools are called, in a way that the library can check. */
  readonly hasCalls: boolean;
  readonly #model: LlamaModel;
  readonly #neutral: Neutral;
  readonly #renderer: Renderer;
  /** Arguments of calls are given as JSON text: the template does not write them as JSON itself. */
  readonly #writesText: boolean;

  constructor(model: LlamaModel, jinja: JinjaTemplateChatWrapper, neutral: Neutral) {
    this.#model = model;
    this.#neutral = neutral;
    this.#renderer = (jinja as unknown as { readonly _jinjaTemplate: Renderer })._jinjaTemplate;
    this.hasCalls = jinja.usingJinjaFunctionCallTemplate;
    this.#writesText = this.hasCalls && !this.#writesJson();
  }

  /**
   * Renders a prompt; `undefined` where the template refuses such a conversation, or leaves something out of it.
   * @param thought what a thought begins with
   */
  render(asked: ToRender, thought: string | undefined): FromTemplate | undefined {
    const { messages, tools } = asked;
    const isAnswer = messages.at(-1)?.role === "assistant";
    const usesTools = tools.length > 0 || messages.some(({ role }) => role === "tool");
    if (isAnswer || (usesTools && !this.hasCalls)) return undefined;
    try {
      return this.#compose(asked, thought);
    } catch {
      // Templates throw where roles do not alternate as they want, or at a system message.
      return undefined;
    }
  }

  #compose(asked: ToRender, thought = ""): FromTemplate | undefined {
    const { messages, tools, offered, thinks } = asked;
    const said: string[] = [];
    const rendered = this.#rendered({
      messages: messages.map((message) => this.#shown(message, offered, said)),
      enable_thinking: thinks,
      ...(tools.length > 0 && { tools: tools.map((tool) => this.#tool(tool, offered)) }),
    });
    const { bosString: bos, shouldPrependBosToken: beginsWithBos } = this.#model.tokens;
    const whole = beginsWithBos && bos && !rendered.startsWith(bos) ? bos + rendered : rendered;
    // A thought that the template opens at the end is opened by whoever tells thoughts from text.
    const opened = thought.trim() === "" ? -1 : whole.lastIndexOf(thought.trim());
    const isOpen = opened !== -1 && whole.slice(opened).trim() === thought.trim();
    const text = this.#withSaid(isOpen ? whole.slice(0, opened) : whole, said);
    if (text === undefined) return undefined;
    return isOpen && thinks
      ? { text, opening: LlamaText(new SpecialTokensText(whole.slice(opened))) }
      : { text };
  }

  /** Puts what was said in its places; `undefined`: some of it has none, or two. */
  #withSaid(rendered: string, said: readonly string[]): LlamaText | undefined {
    const parts: (string | SpecialTokensText)[] = [];
    const seen = new Set<number>();
    let at = 0;
    for (const { 0: mark, 1: quote = "", 2: digits, index } of rendered.matchAll(MARKS)) {
      const number = Number(digits);
      const text = said[number];
      if (text === undefined || seen.has(number)) return undefined;
      seen.add(number);
      const before = rendered.slice(at, index) + quote;
      if (before !== "") parts.push(new SpecialTokensText(before));
      // In quotes it is a value of JSON.
      parts.push(quote === "" ? text : JSON.stringify(text).slice(1, -1));
      if (quote !== "") parts.push(new SpecialTokensText(quote));
      at = index + mark.length;
    }
    if (at < rendered.length) parts.push(new SpecialTokensText(rendered.slice(at)));
    return seen.size === said.length ? LlamaText(parts) : undefined;
  }

  #rendered(parameters: Readonly<Record<string, unknown>>): string {
    const { bosString, eosString } = this.#model.tokens;
    return this.#renderer.render({
      ...parameters,
      add_generation_prompt: true,
      bos_token: bosString ?? "",
      eos_token: eosString ?? "",
      // Templates that ask for it name a day of their own training where nobody says what day it is.
      date_string: today(),
    });
  }

  #shown(message: ChatMessage, offered: OfferedTools, said: string[]): object {
    const content = this.#mark(message.content, said);
    if (message.role === "tool") {
      const { id, name } = message;
      return { role: "tool", tool_call_id: id, name: offered.wireName(name), content };
    }
    if (message.role !== "assistant" || message.toolCalls === undefined)
      return { role: message.role, content };
    const calls = message.toolCalls.map(({ id, name, arguments: args }) => {
      const written = offered.write(name, args);
      const shown = this.#writesText ? JSON.stringify(written) : written;
      return { id, type: "function", function: { name: offered.wireName(name), arguments: shown } };
    });
    return { role: "assistant", content, ...(calls.length > 0 && { tool_calls: calls }) };
  }

  #mark(content: string, said: string[]): string {
    if (content === "") return "";
    said.push(this.#neutral.text(content));
    return `${MARK}${said.length - 1}e`;
  }

  #tool({ name, description, parameters }: ToolSpec, offered: OfferedTools): object {
    const { $schema: _schema, ...shown } = this.#neutral.value(parameters) as JsonSchema;
    const text = this.#neutral.text(description);
    const described = { name: offered.wireName(name), description: text, parameters: shown };
    return { type: "function", function: described };
  }

  /** Whether arguments that are given as values are written as JSON. */
  #writesJson(): boolean {
    const call = { name: "f", arguments: { needle: 1 } };
    try {
      const rendered = this.#rendered({
        messages: [
          { role: "user", content: "u" },
          {
            role: "assistant",
            content: "",
            tool_calls: [{ id: "abcdefghi", type: "function", function: call }],
          },
          { role: "tool", tool_call_id: "abcdefghi", name: "f", content: "r" },
        ],
      });
      return /"needle"\s*:\s*1/.test(rendered);
    } catch {
      return false;
    }
  }
}

const DAY = new Intl.DateTimeFormat("en-US", { day: "2-digit", month: "short", year: "numeric" });

/** `23 Nov 2026` */
function today(): string {
  const parts = new Map(DAY.formatToParts(new Date()).map(({ type, value }) => [type, value]));
  return `${parts.get("day")} ${parts.get("month")} ${parts.get("year")}`;
}
