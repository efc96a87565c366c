/**
 * Remembers what short and long texts are in tokens. Rendering a prompt and following a call tokenises the same few
 * texts over and over: the tools' list three times per request, a call's beginning with every token of it.
 */
import type { LlamaModel, Token } from "node-llama-cpp";
import { dropOldest } from "../../runtime/drop_oldest.ts";

/** Texts remembered; about the pieces of the prompts of all slots. */
const TEXTS_MAX = 128;
const TEXT_CHARS_MAX = 16_384;

/** Makes `model.tokenize()` remember. */
export function rememberTokens(model: LlamaModel): void {
  const tokenize = model.tokenize.bind(model) as (...args: unknown[]) => Token[];
  const known = new Map<string, readonly Token[]>();
  const remembering = (text: unknown, ...options: unknown[]): Token[] => {
    if (typeof text !== "string" || text.length > TEXT_CHARS_MAX) return tokenize(text, ...options);
    const key = `${options.join()}\n${text}`;
    const tokens = known.get(key) ?? tokenize(text, ...options);
    // The oldest goes; what is used stays young.
    known.delete(key);
    known.set(key, tokens);
    dropOldest(known, TEXTS_MAX);
    // Callers change their lists.
    return [...tokens];
  };
  // The function carries its companions, and is known under two names.
  const tokenizer = Object.assign(remembering, model.tokenizer);
  Object.defineProperty(model, "tokenize", { value: tokenizer });
  Object.defineProperty(model, "tokenizer", { value: tokenizer });
}
