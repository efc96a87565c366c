/**
 * Whether a text is far beyond a context, before it is turned into tokens at once: megabytes take seconds, and of some
 * vocabularies minutes, in which nothing else of the model goes on. Knows no template.
 */
import { contentHash } from "../../runtime/content_hash.ts";
import { dropOldest } from "../../runtime/drop_oldest.ts";
import { MoultError } from "../../schemas/error.ts";
import type { ChatMessage } from "../../schemas/model.ts";

/** Characters of a token on average: no text has half as many, but runs of spaces may. */
const TOKEN_CHARS_MAX = 32;
/** Counted at once, in 20 ms; shorter texts are not counted beforehand. Longer than what the library's tokens are remembered of. */
const PIECE_CHARS = 20_000;
/** Tokens that a cut in the middle of a text may add. */
const CUT_TOKENS = 16;
/** Of the tokens of JSON, so many are in the prompt at the least, however its template writes calls and tools. */
const WRITTEN_SHARE = 0.5;
/** Texts whose tokens are known: a long one is part of every prompt of its conversation. */
const KNOWN_MAX = 64;

/** What turns text into tokens. */
type Tokenize = (text: string) => { readonly length: number };

/** How large texts are for one model. */
export class TextSize {
  readonly #tokenize: Tokenize;
  /** Tokens that texts have at the least, by their hash. */
  readonly #known = new Map<string, number>();

  constructor(tokenize: Tokenize) {
    this.#tokenize = tokenize;
  }

  /**
   * Checks what a prompt is made of. Others go on meanwhile.
   *
   * @param tools of which it may be shown one; all that it is shown count as one
   * @throws {MoultError} `input/invalid` when parts of it alone do not fit
   */
  async check(
    messages: readonly ChatMessage[],
    tools: readonly object[],
    contextTokens: number,
  ): Promise<void> {
    checkChars(messages, tools, contextTokens);
    let promptTokens = 0;
    for (const { text, share } of partsOf(messages, tools)) {
      const enough = (contextTokens - promptTokens) / share;
      promptTokens += Math.floor((await this.atLeast(text, enough)) * share);
      if (promptTokens <= contextTokens) continue;
      throw new MoultError(
        "input/invalid",
        `The prompt has at least ${promptTokens} tokens and the model's context holds ${contextTokens}; shorten it or raise \`model.contextTokens\``,
        { promptTokens, contextTokens },
      );
    }
  }

  /**
   * Tokens that a text has at the least; 0 of a short one. Counts no further than just beyond `enough`, piece by piece, with
   * room for others in between.
   */
  async atLeast(text: string, enough: number): Promise<number> {
    if (text.length <= PIECE_CHARS) return 0;
    if (text.length > enough * TOKEN_CHARS_MAX) return Math.ceil(text.length / TOKEN_CHARS_MAX);
    const key = contentHash(text);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    let tokens = 0;
    for (let at = 0; at < text.length;) {
      const end = cutAt(text, at + PIECE_CHARS);
      const found = this.#tokenize(text.slice(at, end)).length;
      tokens += Math.max(0, found - CUT_TOKENS);
      at = end;
      if (tokens > enough) return tokens;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    this.#known.set(key, tokens);
    dropOldest(this.#known, KNOWN_MAX);
    return tokens;
  }
}

/** Checks by characters alone, which takes no time. @throws {MoultError} `input/invalid` */
export function checkChars(
  messages: readonly ChatMessage[],
  tools: readonly object[],
  contextTokens: number,
): void {
  const said = messages.reduce((sum, message) => sum + charsOf(message), 0);
  const longest = tools.reduce((most, one) => Math.max(most, JSON.stringify(one).length), 0);
  const chars = said + longest;
  const promptTokens = Math.ceil(chars / TOKEN_CHARS_MAX);
  if (promptTokens <= contextTokens) return;
  throw new MoultError(
    "input/invalid",
    `The prompt has ${chars} characters, far more than the model's context of ${contextTokens} tokens holds; shorten it`,
    { promptTokens, contextTokens },
  );
}

/** Texts of a prompt, and how much of what they are here they are in it at the least. */
function partsOf(messages: readonly ChatMessage[], tools: readonly object[]) {
  const longest = tools
    .map((tool) => JSON.stringify(tool))
    .reduce((most, text) => (text.length > most.length ? text : most), "");
  const said = messages.flatMap((message) => {
    const calls = message.role === "assistant" ? (message.toolCalls ?? []) : [];
    const content = { text: message.content.trim(), share: 1 };
    return [content, ...calls.map((call) => writtenOf(JSON.stringify(call)))];
  });
  return [...said, writtenOf(longest)];
}

function writtenOf(text: string) {
  return { text, share: WRITTEN_SHARE };
}

function charsOf(message: ChatMessage): number {
  const { content } = message;
  const calls = message.role === "assistant" ? (message.toolCalls ?? []) : [];
  return calls.length === 0 ? content.length : content.length + JSON.stringify(calls).length;
}

/** Where a text may be cut: not within a character. */
function cutAt(text: string, at: number): number {
  const code = text.charCodeAt(at - 1);
  const isHalf = code >= 0xd8_00 && code < 0xdc_00;
  return Math.min(isHalf ? at - 1 : at, text.length);
}
