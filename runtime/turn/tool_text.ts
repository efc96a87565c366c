/**
 * The text of a model's answer, without anything that looks like a broken-off tool call.
 *
 * A call that was cut at the token limit, or that a model wrote outside of its grammar, comes as text. It is held
 * back while it may become one, so that a client that reads along never sees the beginning of it either.
 */

/** How the chat templates in use begin a call. */
const MARKERS = ["<tool_call", "<|tool_call", "[TOOL_CALLS]", "<function="] as const;

/** Collects an answer piece by piece. */
export class AnswerText {
  readonly #heads: readonly string[];
  #text = "";
  #shown = 0;
  #cut = false;

  /** @param tools Names a call could have. */
  constructor(tools: readonly string[]) {
    this.#heads = tools.map((name) => `{"name":"${name}"`);
  }

  /** The text up to the call, if one was broken off. */
  get text(): string {
    return this.#text;
  }

  /** A call was broken off. */
  get cut(): boolean {
    return this.#cut;
  }

  /** Adds a piece; returns what may be shown now. */
  push(piece: string): string {
    if (this.#cut) return "";
    this.#text += piece;
    const call = this.#callAt();
    if (call === -1) return this.#showUpTo(this.#text.length - this.#held());
    this.#text = this.#text.slice(0, call);
    this.#cut = true;
    return this.#showUpTo(call);
  }

  /** No more pieces will come; returns what was held back for nothing. */
  end(): string {
    return this.#showUpTo(this.#text.length);
  }

  #showUpTo(end: number): string {
    const piece = this.#text.slice(this.#shown, end);
    this.#shown = Math.max(this.#shown, end);
    return piece;
  }

  /** Where a call begins, or -1. */
  #callAt(): number {
    const head = this.#head();
    if (head !== undefined && this.#heads.some((start) => head.startsWith(start))) return 0;
    const found = MARKERS.map((marker) => this.#text.indexOf(marker, this.#shown));
    return found.filter((at) => at !== -1).toSorted((a, b) => a - b)[0] ?? -1;
  }

  /** How many characters at the end may be the beginning of a call. */
  #held(): number {
    const head = this.#head();
    if (head !== undefined && this.#heads.some((start) => start.startsWith(head))) {
      return this.#text.length;
    }
    const longest = Math.max(...MARKERS.map((marker) => marker.length - 1));
    const tail = this.#text.slice(Math.max(this.#shown, this.#text.length - longest));
    for (let from = 0; from < tail.length; from++) {
      const end = tail.slice(from);
      if (MARKERS.some((marker) => marker.startsWith(end))) return end.length;
    }
    return 0;
  }

  /** The beginning without white space, if nothing is shown yet and it may be an object's. */
  #head(): string | undefined {
    if (this.#shown > 0) return undefined;
    const head = this.#text.slice(0, 200).replaceAll(/\s/g, "");
    return head === "" || head.startsWith("{") ? head : undefined;
  }
}
