/** Texts on their way to becoming vectors, as whoever asked sees them. Knows no process. */
import type { Embedded } from "../ports.ts";
import { MoultError } from "../../schemas/error.ts";

/** Texts that may be asked for at once. */
export const TEXTS_MAX = 2_048;

/** The vectors of one request. They come in the order of the texts. */
export class Embedding {
  readonly promise: Promise<Embedded>;
  readonly #texts: readonly string[];
  readonly #vectors: (readonly number[])[] = [];
  readonly #settle = Promise.withResolvers<Embedded>();
  #tokens = 0;

  constructor(texts: readonly string[]) {
    this.#texts = texts;
    this.promise = this.#settle.promise;
    if (texts.length === 0) this.#settle.resolve({ vectors: [], tokens: 0 });
  }

  /** Texts whose vectors have not come. */
  left(): readonly string[] {
    return this.#texts.slice(this.#vectors.length);
  }

  /** Takes the next vector. Returns whether it was the last. */
  push(vector: readonly number[], tokens: number): boolean {
    this.#vectors.push(vector);
    this.#tokens += tokens;
    if (this.#vectors.length < this.#texts.length) return false;
    this.#settle.resolve({ vectors: this.#vectors, tokens: this.#tokens });
    return true;
  }

  /** None come any more. */
  fail(error: unknown): void {
    this.#settle.reject(error);
  }
}

/** Why these texts cannot be asked for; `undefined`: they can. */
export function textsRefusal(texts: readonly string[]): MoultError | undefined {
  // Whoever reads them gets a few at a time, and would count anew.
  const empty = texts.indexOf("");
  if (empty !== -1)
    return new MoultError("input/invalid", `Text ${empty + 1} is empty; write something`);
  if (texts.length <= TEXTS_MAX) return undefined;
  return new MoultError(
    "input/invalid",
    `These are ${texts.length} texts, and ${TEXTS_MAX} are the most at once; ask for them in parts`,
  );
}
