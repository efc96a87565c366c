/** A host's questions to the daemon and their answers: whole, or in pieces. It does not know what is asked. */
import { fromWire } from "../../schemas/error.ts";
import type { DaemonFrame, HostChannel, HostFrame } from "./protocol.ts";

/** Who waits for an answer. */
interface Asked {
  readonly answer: (value: unknown) => void;
  readonly refuse: (error: Error) => void;
  readonly piece: (text: string) => void;
  readonly end: () => void;
}

/** A body that is sent as it is wanted. */
export interface Feeder {
  /** Sends the next piece, or the end. Never rejects. */
  readonly next: () => void;
  /** Nothing more is wanted. */
  readonly stop: () => void;
}

type WithoutId<Frame> = Frame extends { type: "ask" } ? Omit<Frame, "id" | "type"> : never;
/** A question before it has a number. */
export type Asking = WithoutId<HostFrame>;

const ignore = () => undefined;

/** Numbers questions and hands answers to those who asked. */
export class Questions {
  readonly #send: HostChannel["send"];
  readonly #asked = new Map<number, Asked>();
  readonly #feeders = new Map<number, Feeder>();
  #lastId = 0;

  constructor(send: HostChannel["send"]) {
    this.#send = send;
  }

  /** A number for a question, known before it is asked. */
  nextId(): number {
    return ++this.#lastId;
  }

  /** Sends a body with the question of this number, until `unfeed`. */
  feed(id: number, feeder: Feeder): void {
    this.#feeders.set(id, feeder);
  }

  /** No more of a body is sent. */
  unfeed(id: number): void {
    this.#feeders.get(id)?.stop();
    this.#feeders.delete(id);
  }

  /** Asks and waits for the one answer. */
  async ask(
    question: Asking,
    options: { signal?: AbortSignal; id?: number } = {},
  ): Promise<unknown> {
    const { signal } = options;
    signal?.throwIfAborted();
    const id = options.id ?? this.nextId();
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const abort = () => {
      this.#send({ type: "cancel", id });
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
    this.#asked.set(id, { answer: resolve, refuse: reject, piece: ignore, end: ignore });
    this.#send({ type: "ask", id, ...question });
    try {
      return await promise;
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#asked.delete(id);
    }
  }

  /**
   * Asks for an answer that comes in pieces by itself. Leaving the loop cancels the rest.
   * @yields the pieces as they come
   */
  async *pieces(question: Asking, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
    const id = this.nextId();
    const queue: string[] = [];
    let ended = false;
    let failure: Error | undefined;
    let wake: () => void = ignore;
    const finish = (error?: Error) => {
      ended = true;
      failure = error;
      wake();
    };
    const abort = () =>
      finish(signal.reason instanceof Error ? signal.reason : new Error("cancelled"));
    signal.throwIfAborted();
    signal.addEventListener("abort", abort, { once: true });
    this.#asked.set(id, {
      answer: ignore,
      refuse: finish,
      piece: (text) => {
        queue.push(text);
        wake();
      },
      end: finish,
    });
    this.#send({ type: "ask", id, ...question });
    let complete = false;
    try {
      for (;;) {
        yield* queue.splice(0);
        if (queue.length > 0) continue;
        if (ended) break;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      complete = failure === undefined;
      if (failure !== undefined) throw failure;
    } finally {
      this.#asked.delete(id);
      signal.removeEventListener("abort", abort);
      if (!complete) this.#send({ type: "cancel", id });
    }
  }

  /** The rest of an answer that comes in pieces when asked for: base64, decoded, with backpressure. */
  body(id: number, signal: AbortSignal): ReadableStream<Uint8Array> {
    // Asked for one at a time: `pull` waits for its piece.
    let came: () => void = ignore;
    let forget: () => void = ignore;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        const finish = (act: () => void) => {
          forget();
          act();
          came();
        };
        const abort = () => {
          this.#send({ type: "cancel", id });
          finish(() => controller.error(signal.reason));
        };
        forget = () => {
          this.#asked.delete(id);
          this.unfeed(id);
          signal.removeEventListener("abort", abort);
        };
        signal.addEventListener("abort", abort, { once: true });
        this.#asked.set(id, {
          answer: ignore,
          refuse: (error) => finish(() => controller.error(error)),
          piece: (text) => {
            controller.enqueue(Buffer.from(text, "base64"));
            came();
          },
          end: () => finish(() => controller.close()),
        });
      },
      pull: async () => {
        const next = new Promise<void>((resolve) => {
          came = resolve;
        });
        this.#send({ type: "more", id });
        await next;
      },
      cancel: () => {
        forget();
        this.#send({ type: "cancel", id });
      },
    });
  }

  /** Takes an answer of the daemon. */
  hear(frame: DaemonFrame): void {
    if (!("id" in frame)) return;
    if (frame.type === "want") {
      this.#feeders.get(frame.id)?.next();
      return;
    }
    const asked = this.#asked.get(frame.id);
    if (frame.type === "answer") asked?.answer(frame.value);
    else if (frame.type === "refusal") asked?.refuse(fromWire(frame.error));
    else if (frame.type === "piece") asked?.piece(frame.text);
    else asked?.end();
  }
}
