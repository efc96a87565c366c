/** One answer as its reader sees it: events in order, tokens merged while the reader is busy. Knows no process. */
import type { GenerateEvent } from "../../schemas/model.ts";

/** An iteration over the events of one request. It has one reader. */
export class Answer implements AsyncIterableIterator<GenerateEvent> {
  readonly #events: GenerateEvent[] = [];
  readonly #onReturn: () => void;
  #failure: { readonly error: Error } | undefined;
  #ended = false;
  #wake: (() => void) | undefined;

  /** `onReturn` is called when the reader stops before the end. */
  constructor(onReturn: () => void) {
    this.#onReturn = onReturn;
  }

  /** Appends an event; `done` ends the iteration. Bounded: waiting tokens are one event, and so is a waiting position. */
  push(event: GenerateEvent): void {
    if (this.#ended) return;
    const last = this.#events.at(-1);
    const isText = event.type === "token" || event.type === "thought";
    if (isText && last?.type === event.type) {
      this.#events.splice(-1, 1, { type: event.type, text: last.text + event.text });
    } else if (event.type === "queued" && last?.type === "queued") {
      this.#events.splice(-1, 1, event);
    } else this.#events.push(event);
    if (event.type === "done") this.#ended = true;
    this.#wake?.();
  }

  /** Ends the iteration with a failure, after what was pushed before. */
  fail(error: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = { error };
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<GenerateEvent>> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) return { done: false, value: event };
      const failure = this.#failure;
      this.#failure = undefined;
      if (failure !== undefined) throw failure.error;
      if (this.#ended) return { done: true, value: undefined };
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async return(): Promise<IteratorResult<GenerateEvent>> {
    if (!this.#ended) this.#onReturn();
    this.#ended = true;
    this.#events.length = 0;
    // Who still waits for the next one waits in vain.
    this.#wake?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
