/** Tokens → text as it comes: characters are handed over whole, however many tokens they take. */
import type { LlamaModel, Token } from "node-llama-cpp";

/** What stands for bytes that are no character, or not yet. */
const INCOMPLETE = "\uFFFD";
/** A character has four bytes at most, and a token at least one: what is longer is no character. */
const TOKENS_MAX = 8;
/** What the text of a token depends on: whether it begins with a space. */
const BEFORE_MAX = 3;

/** The text of one answer. */
export class TokenText {
  readonly #model: LlamaModel;
  readonly #before: Token[];
  #held: Token[] = [];

  /** @param before the tokens that the answer follows; the last few count */
  constructor(model: LlamaModel, before: readonly Token[]) {
    this.#model = model;
    this.#before = before.slice(-BEFORE_MAX);
  }

  /** The text that a token completes; empty while a character is incomplete. */
  push(token: Token): string {
    this.#held.push(token);
    const text = this.#model.detokenize(this.#held, false, this.#before);
    if (text.endsWith(INCOMPLETE) && this.#held.length < TOKENS_MAX) return "";
    this.#before.push(...this.#held);
    this.#before.splice(0, this.#before.length - BEFORE_MAX);
    this.#held = [];
    return text;
  }
}
