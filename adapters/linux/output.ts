/** What a process prints, as bounded log lines: long lines are cut, floods are dropped and counted. */
import { shortText } from "../../runtime/short_text.ts";

/** Characters kept of one line. */
const LINE_CHARS_MAX = 16_384;
/** Lines kept per second. */
const LINES_PER_SECOND = 100;
const FLOOD_PAUSE_MS = 5;

/** Cuts a process's output into lines. */
export class OutputLines {
  readonly #onLine: (line: string) => void;
  readonly #now: () => number;
  readonly #decoder = new TextDecoder();
  #open = "";
  #second = 0;
  #kept = 0;
  #dropped = 0;

  constructor(onLine: (line: string) => void, now: () => number = Date.now) {
    this.#onLine = onLine;
    this.#now = now;
  }

  /** Takes bytes as they come. */
  feed(bytes: Uint8Array): void {
    const text = this.#decoder.decode(bytes, { stream: true });
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      this.#keep(this.#open + text.slice(from, Math.min(end, from + LINE_CHARS_MAX + 1)));
      this.#open = "";
      from = end + 1;
    }
    if (this.#open.length <= LINE_CHARS_MAX)
      this.#open += text.slice(from, from + LINE_CHARS_MAX + 1);
  }

  /** Whether lines of this second are being dropped. */
  get isFlooded(): boolean {
    return this.#dropped > 0;
  }

  /** Nothing more comes. */
  end(): void {
    if (this.#open !== "") this.#keep(this.#open);
    this.#open = "";
    this.#tellDropped();
  }

  #keep(line: string): void {
    const second = Math.floor(this.#now() / 1_000);
    if (second !== this.#second) {
      this.#tellDropped();
      this.#second = second;
      this.#kept = 0;
    }
    if (this.#kept >= LINES_PER_SECOND) {
      this.#dropped++;
      return;
    }
    this.#kept++;
    this.#onLine(shortText(line, LINE_CHARS_MAX));
  }

  #tellDropped(): void {
    if (this.#dropped > 0) this.#onLine(`(${String(this.#dropped)} more lines were dropped)`);
    this.#dropped = 0;
  }
}

/** Reads a stream to its end. */
export async function readOutput(
  stream: ReadableStream<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  const lines = new OutputLines(onLine);
  try {
    for await (const bytes of stream) {
      lines.feed(bytes);
      // Reading costs us CPU: whoever floods waits for its pipe.
      if (lines.isFlooded) await Bun.sleep(FLOOD_PAUSE_MS);
    }
  } catch {
    // The process is gone; what it printed last is what we have.
  }
  lines.end();
}

/** A signal as people write it. */
export function signalName(signal: number | string | null): string | null {
  return typeof signal === "number" ? `signal ${String(signal)}` : signal;
}
