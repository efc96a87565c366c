/** Keeps tool-call syntax out of text for people: from its first tag on nothing is text any more. */

/** Passes text on, without the tag and what follows it. */
export class TextFilter {
  readonly #tag: string;
  readonly #pass: (text: string) => void;
  /** The end of what came, as long as it may be the beginning of the tag. */
  #held = "";
  /** The tag came. */
  cut = false;

  constructor(tag: string, pass: (text: string) => void) {
    this.#tag = tag;
    this.#pass = pass;
  }

  push(chunk: string): void {
    if (this.cut) return;
    const text = this.#held + chunk;
    const at = this.#tag === "" ? -1 : text.indexOf(this.#tag);
    if (at !== -1) {
      this.cut = true;
      this.#held = "";
      return this.#emit(text.slice(0, at));
    }
    const held = this.#beginning(text);
    this.#held = text.slice(text.length - held);
    this.#emit(text.slice(0, text.length - held));
  }

  /** Passes on what was held back: no more is coming. */
  flush(): void {
    const held = this.#held;
    this.#held = "";
    this.#emit(held);
  }

  /** How many characters at the end of `text` may be the tag's beginning. */
  #beginning(text: string): number {
    for (let length = Math.min(this.#tag.length - 1, text.length); length > 0; length--)
      if (text.endsWith(this.#tag.slice(0, length))) return length;
    return 0;
  }

  #emit(text: string): void {
    if (text !== "") this.#pass(text);
  }
}
