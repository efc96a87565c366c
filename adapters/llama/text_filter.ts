/** Ends text before what must not be in it: the syntax of a call, or a text that was named as the end. */

/** Passes text on, without the first of its tags and what follows it. */
export class TextFilter {
  readonly #tags: readonly string[];
  readonly #tagChars: number;
  /** First characters of the tags. */
  readonly #firsts: ReadonlySet<string>;
  readonly #pass: (text: string) => void;
  /** The end of what came, as long as it may be the beginning of a tag. */
  #held = "";
  /** A tag came. */
  cut = false;

  constructor(tags: string | readonly string[], pass: (text: string) => void) {
    this.#tags = [tags].flat().filter((tag) => tag !== "");
    this.#tagChars = Math.max(0, ...this.#tags.map(({ length }) => length));
    this.#firsts = new Set(this.#tags.map((tag) => tag.charAt(0)));
    this.#pass = pass;
  }

  push(chunk: string): void {
    if (this.cut) return;
    const text = this.#held + chunk;
    if (!this.#mayBegin(text)) return this.#emit(text);
    const at = this.#first(text);
    if (at !== -1) {
      this.cut = true;
      this.#held = "";
      return this.#emit(text.slice(0, at));
    }
    const held = this.#beginning(text);
    this.#held = text.slice(held);
    this.#emit(text.slice(0, held));
  }

  /** Passes on what was held back: no more is coming. */
  flush(): void {
    const held = this.#held;
    this.#held = "";
    this.#emit(held);
  }

  /** Whether a tag, or a beginning of one, may be in it: nearly never. */
  #mayBegin(text: string): boolean {
    for (const first of this.#firsts) if (text.includes(first)) return true;
    return false;
  }

  /** Where the first tag is; -1: there is none. */
  #first(text: string): number {
    let first = -1;
    for (const tag of this.#tags) {
      const at = text.indexOf(tag);
      if (at !== -1 && (first === -1 || at < first)) first = at;
    }
    return first;
  }

  /** From where on the end of `text` may be a tag's beginning. */
  #beginning(text: string): number {
    for (let at = Math.max(0, text.length - this.#tagChars + 1); at < text.length; at++) {
      if (!this.#firsts.has(text.charAt(at))) continue;
      const end = text.slice(at);
      if (this.#tags.some((tag) => tag.startsWith(end))) return at;
    }
    return text.length;
  }

  #emit(text: string): void {
    if (text !== "") this.#pass(text);
  }
}
