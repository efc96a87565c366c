/**
 * What the Worker has to say, in as few messages as may be: each costs more than a small model's token, at every border
 * that it crosses. Text waits for more of it and for that of others; all else goes at once, and takes along what waited.
 */
import type { FromWorker } from "./worker_frames.ts";
import type { EngineStats } from "../../runtime/model/engine.ts";

/** Between two messages with text. Of many answers fewer pieces a second each: so many milliseconds for each of them. */
const TEXT_INTERVAL_MS = 8;
const TEXT_INTERVAL_MS_MAX = 32;
const ANSWER_MS = 4;

type TextFrame = Extract<FromWorker, { type: "token" | "thought" }>;

/** Collects frames. Their order, within an answer, stays. */
export class Outbox {
  readonly #post: (frames: readonly FromWorker[]) => void;
  #frames: FromWorker[] = [];
  /** Text that waits, by the answer that it is the end of. */
  readonly #waiting = new Map<number, { -readonly [K in keyof TextFrame]: TextFrame[K] }>();
  /** Answers of which there was some text. */
  readonly #begun = new Set<number>();
  #postedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #isDue = false;

  constructor(post: (frames: readonly FromWorker[]) => void) {
    this.#post = post;
  }

  /** Text of an answer. Its first piece does not wait. */
  text(id: number, type: TextFrame["type"], text: string): void {
    const waiting = this.#waiting.get(id);
    if (waiting?.type === type) {
      waiting.text += text;
      return;
    }
    const frame = { type, id, text };
    this.#frames.push(frame);
    this.#waiting.set(id, frame);
    const isFirst = !this.#begun.has(id);
    this.#begun.add(id);
    const waitMs = isFirst ? 0 : this.#postedAt + this.#intervalMs() - performance.now();
    if (waitMs <= 0) this.#postSoon();
    else this.#timer ??= setTimeout(() => this.#flush(), waitMs);
  }

  /** The end of an answer, with what was counted until then. */
  end(id: number, frame: FromWorker, stats?: EngineStats): void {
    this.#begun.delete(id);
    if (stats !== undefined) this.#frames.push({ type: "stats", stats });
    this.send(frame);
  }

  /** What can not wait. */
  send(frame: FromWorker): void {
    this.#frames.push(frame);
    this.#flush();
  }

  #intervalMs(): number {
    const ms = this.#begun.size * ANSWER_MS;
    return Math.min(TEXT_INTERVAL_MS_MAX, Math.max(TEXT_INTERVAL_MS, ms));
  }

  /** With what others say in the same moment. */
  #postSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isDue = false;
    const frames = this.#frames;
    if (frames.length === 0) return;
    this.#frames = [];
    this.#waiting.clear();
    this.#postedAt = performance.now();
    this.#post(frames);
  }
}
