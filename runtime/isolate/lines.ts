/** JSON frames as lines of bytes, in and out, both bounded. It knows sockets only as something that takes bytes. */

const NEWLINE = 10;

/** Cuts bytes into lines. Bytes of a line that has not ended are kept, up to a limit. */
export class LineReader {
  readonly #bytesMax: number;
  readonly #onLine: (line: string) => void;
  readonly #onTooLong: () => void;
  #parts: Uint8Array[] = [];
  #length = 0;
  #broken = false;

  constructor(options: {
    readonly bytesMax: number;
    readonly onLine: (line: string) => void;
    /** Called once; nothing is read after it. */
    readonly onTooLong: () => void;
  }) {
    this.#bytesMax = options.bytesMax;
    this.#onLine = options.onLine;
    this.#onTooLong = options.onTooLong;
  }

  /** Takes bytes; calls back for each line that they end. */
  feed(bytes: Uint8Array): void {
    let from = 0;
    while (!this.#broken) {
      const end = bytes.indexOf(NEWLINE, from);
      if (end < 0) break;
      const line = this.#take(bytes.subarray(from, end));
      from = end + 1;
      if (line !== undefined) this.#onLine(line);
    }
    if (this.#broken || from === bytes.length) return;
    const rest = bytes.slice(from);
    this.#length += rest.length;
    this.#parts.push(rest);
    if (this.#length > this.#bytesMax) this.#overflow();
  }

  #take(last: Uint8Array): string | undefined {
    if (this.#length + last.length > this.#bytesMax) {
      this.#overflow();
      return undefined;
    }
    const whole = this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
    this.#parts = [];
    this.#length = 0;
    return Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength).toString("utf8");
  }

  #overflow(): void {
    this.#broken = true;
    this.#parts = [];
    this.#onTooLong();
  }
}

/** What a writer writes to: takes some of the bytes now, and calls `LineWriter.drain()` when it takes more. */
export type Sink = (bytes: Uint8Array) => number;

/**
 * Queues lines for a sink that may be slow. Each byte is copied a fixed number of times, however many wait. The first
 * line of an event-loop turn goes at once, the others of that turn together: a burst costs two writes.
 */
export class LineWriter {
  readonly #sink: Sink;
  readonly #bytesMax: number;
  readonly #onFull: () => void;
  #writing: Uint8Array = new Uint8Array(0);
  #waiting: string[] = [];
  #waitingChars = 0;
  /** A line was written in this turn of the event loop. */
  #isBurst = false;

  constructor(options: {
    readonly sink: Sink;
    readonly bytesMax: number;
    /** Called when the other side does not read; the line at hand is dropped. */
    readonly onFull: () => void;
  }) {
    this.#sink = options.sink;
    this.#bytesMax = options.bytesMax;
    this.#onFull = options.onFull;
  }

  /** Sends one frame, now or when the sink takes it. */
  send(frame: object): void {
    const line = `${JSON.stringify(frame)}\n`;
    if (this.#isBurst || this.#writing.length > 0) {
      if (this.#writing.length + this.#waitingChars + line.length > this.#bytesMax) {
        this.#onFull();
        return;
      }
      this.#waiting.push(line);
      this.#waitingChars += line.length;
      return;
    }
    this.#isBurst = true;
    setImmediate(() => {
      this.#isBurst = false;
      this.drain();
    });
    this.#write(Buffer.from(line));
  }

  /** Continues after the sink was full. */
  drain(): void {
    if (this.#writing.length > 0) this.#write(this.#writing);
    if (this.#writing.length > 0 || this.#waiting.length === 0) return;
    const lines = this.#waiting.join("");
    this.#waiting = [];
    this.#waitingChars = 0;
    this.#write(Buffer.from(lines));
  }

  #write(bytes: Uint8Array): void {
    const taken = Math.max(0, this.#sink(bytes));
    this.#writing = bytes.subarray(taken);
  }
}
