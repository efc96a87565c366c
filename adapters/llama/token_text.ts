/** Tokens → text as it comes: characters are handed over whole, however many tokens they take. */
import { type LlamaModel, LlamaVocabularyType, type Token } from "node-llama-cpp";

/** What stands for bytes that are no character, or not yet. */
const INCOMPLETE = "\uFFFD";
/** A character has four bytes at most, and a token at least one: what is longer is no character. */
const TOKENS_MAX = 8;
/** What the text of a token depends on: whether it begins with a space. */
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
    if (whole !== undefined) {
      this.#follow([token]);
      return whole;
    }
    this.#held.push(token);
    const text = this.#model.detokenize(this.#held, false, this.#before);
    if (text.endsWith(INCOMPLETE) && this.#held.length < TOKENS_MAX) return "";
    const isWhole = this.#held.length === 1 && !text.includes(INCOMPLETE);
    if (isWhole && this.#known !== undefined && this.#known.size < KNOWN_MAX)
      this.#known.set(token, text);
    this.#follow(this.#held);
    this.#held = [];
    return text;
  }

  #follow(tokens: readonly Token[]): void {
    this.#before.push(...tokens);
    this.#before.splice(0, this.#before.length - BEFORE_MAX);
  }
}
