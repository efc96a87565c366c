/** Tokens → text as it comes: characters are handed over whole, however many tokens they take. */
import { type LlamaModel, LlamaVocabularyType, type Token } from "node-llama-cpp";

/** What stands for bytes that are no character, or not yet. */
const INCOMPLETE = "\uFFFD";
/** A character has four bytes at most, and a token at least one: what is longer is no character. */
const TOKENS_MAX = 8;
/** What the text of a token may depend on: whether it begins with a space. Of tokens that are bytes it does not. */
const BEFORE_MAX = 3;

/** Tokens remembered of a model. */
const KNOWN_MAX = 16_384;

/** Texts of tokens whose text does not depend on what is before them, by model. */
const known = new WeakMap<LlamaModel, Map<Token, string>>();

/** The text of one answer. */
export class TokenText {
  readonly #model: LlamaModel;
  readonly #before: Token[];
  #held: Token[] = [];
  readonly #known: Map<Token, string> | undefined;

  /** @param before the tokens that the answer follows; the last few count */
  constructor(model: LlamaModel, before: readonly Token[]) {
    this.#model = model;
    this.#before = before.slice(-BEFORE_MAX);
    if (model.vocabularyType !== LlamaVocabularyType.bpe) return;
    this.#known = known.get(model) ?? new Map();
    known.set(model, this.#known);
  }

  /** The text that a token completes; empty while a character is incomplete. */
  push(token: Token): string {
    const whole = this.#held.length === 0 ? this.#known?.get(token) : undefined;
    if (whole !== undefined) return whole;
    this.#held.push(token);
    const before = this.#known === undefined ? this.#before : undefined;
    const text = this.#model.detokenize(this.#held, false, before);
    if (text.endsWith(INCOMPLETE) && this.#held.length < TOKENS_MAX) return "";
    const isWhole = this.#held.length === 1 && !text.includes(INCOMPLETE);
    if (isWhole && this.#known !== undefined && this.#known.size < KNOWN_MAX)
      this.#known.set(token, text);
    this.#before.push(...this.#held);
    this.#before.splice(0, this.#before.length - BEFORE_MAX);
    this.#held = [];
    return text;
  }
}
