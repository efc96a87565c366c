/** Takes out what a model thinks aloud before it answers, where its server does not. Knows texts only. */

const BEGIN = "<think>";
const END = "</think>";

/** The text of one answer without the thoughts that it begins with. Feed it pieces as they come. */
export class Thoughts {
  #state: "unknown" | "thinking" | "ended" | "answering" = "unknown";
  #held = "";

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
    // Thoughts that were cut off are no answer.
    const text = this.#state === "thinking" ? "" : this.#held;
    this.#held = "";
    return text;
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
    if (at === -1) {
      // Only what may be the begin of the end is kept.
      this.#held = this.#held.slice(-END.length + 1);
      return;
    }
    this.#state = "ended";
    this.#held = this.#held.slice(at + END.length);
  }

  #skip(): void {
    this.#held = this.#held.trimStart();
    if (this.#held !== "") this.#state = "answering";
  }
}
