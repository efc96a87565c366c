/** Tells what a model thinks aloud before it answers from its answer, where its server does not. Knows texts only. */

const BEGIN = "<think>";
const END = "</think>";

/** The text of one answer without the thoughts that it begins with. Feed it pieces as they come. */
export class Thoughts {
  readonly #onThought: (text: string) => void;
  #state: "unknown" | "thinking" | "ended" | "answering" = "unknown";
  #held = "";

  /** `onThought` is told what is no part of the answer. */
  constructor(onThought: (text: string) => void) {
    this.#onThought = onThought;
  }

  /** What of the text may be shown now. */
  push(piece: string): string {
    this.#held += piece;
    if (this.#state === "unknown") this.#begin();
    if (this.#state === "thinking") this.#think();
    if (this.#state === "ended") this.#skip();
    return this.#isAnswering() ? this.end() : "";
  }

  /** What was held back, once there is no more. */
  end(): string {
    const text = this.#held;
    this.#held = "";
    if (this.#state !== "thinking") return text;
    // Thoughts that were cut off are no answer.
    this.#onThought(text);
    return "";
  }

  #isAnswering(): boolean {
    return this.#state === "answering";
  }

  #begin(): void {
    const text = this.#held.trimStart();
    if (text.startsWith(BEGIN)) {
      this.#state = "thinking";
      this.#held = text.slice(BEGIN.length);
    } else if (!BEGIN.startsWith(text)) this.#state = "answering";
  }

  #think(): void {
    const at = this.#held.indexOf(END);
    // What may be the beginning of the end is held back.
    const until = at === -1 ? Math.max(0, this.#held.length - END.length + 1) : at;
    if (until > 0) this.#onThought(this.#held.slice(0, until));
    if (at !== -1) this.#state = "ended";
    this.#held = this.#held.slice(at === -1 ? until : at + END.length);
  }

  #skip(): void {
    this.#held = this.#held.trimStart();
    if (this.#held !== "") this.#state = "answering";
  }
}
