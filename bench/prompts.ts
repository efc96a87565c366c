/**
 * Prompts of a wanted number of tokens, each unlike all others from its first word on: no cache of any server knows any
 * part of them. The words are single tokens of the models that `bench/gguf` makes.
 */
import { seeded } from "./harness.ts";
import { benchTokenizer, wholeWords } from "./gguf/tokenizer.ts";

/** Words that open a prompt, so that hardly any two begin alike: what is unlike behind the first words is cached before. */
const OPENING_WORDS = 4;

/** An endless source of prompts. The same seed gives the same ones. */
export class Prompts {
  readonly #words = wholeWords(benchTokenizer());
  readonly #random: () => number;
  readonly #opened = new Set<string>();

  constructor(seed: number) {
    this.#random = seeded(seed);
  }

  /** Some `tokens` tokens of text, give or take one; what the chat template adds comes on top. */
  next(tokens: number): string {
    const words = Array.from({ length: tokens }, () => this.#word());
    while (this.#opened.has(opening(words))) words.unshift(this.#word());
    this.#opened.add(opening(words));
    return words.slice(0, tokens).join(" ");
  }

  #word(): string {
    return this.#words[Math.floor(this.#random() * this.#words.length)] ?? "";
  }
}

const opening = (words: readonly string[]): string => words.slice(0, OPENING_WORDS).join(" ");
