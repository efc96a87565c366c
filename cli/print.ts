/** How commands print: plain when piped, with colour on a terminal. */

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

let plain = false;

/** Switches colour and progress off for good: whoever asks for JSON is a program. */
export function printPlainly(): void {
  plain = true;
}

/**
 * Whether a stream takes colour: a terminal does, a pipe and `TERM=dumb` do not. `$NO_COLOR` switches it off,
 * `$FORCE_COLOR` (but for `0`) on, also for a pipe; it is the stronger one.
 */
function colourful(stream: NodeJS.WriteStream): boolean {
  if (plain) return false;
  const { FORCE_COLOR: forced = "", NO_COLOR: none = "", TERM: terminal } = process.env;
  if (forced !== "") return forced !== "0" && forced !== "false";
  return none === "" && stream.isTTY && terminal !== "dumb";
}

/** Colours `text` for standard output (or standard error) when that takes colour. */
export function paint(
  style: keyof typeof CODES,
  text: string,
  stream: NodeJS.WriteStream = process.stdout,
): string {
  return colourful(stream) ? `\u001B[${CODES[style]}m${text}\u001B[0m` : text;
}

/** Writes a line to standard output. */
export function line(text = ""): void {
  process.stdout.write(`${text}\n`);
}

/** Writes a line to standard error: progress and asides that are not the command's result. */
export function aside(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Makes a terminal forget the line that its cursor is in. */
export const CLEAR_LINE = "\r\u001B[K";

/** A terminal's last line, which is written over and over. */
export interface LiveLine {
  readonly show: (text: string) => void;
  /** Print anything else only after it. */
  readonly clear: () => void;
}

/** The last line of standard error; `undefined` where nobody would see it: in a pipe, and with `--json`. */
export function liveLine(): LiveLine | undefined {
  if (plain || !process.stderr.isTTY || process.env["TERM"] === "dumb") return undefined;
  let shown = false;
  return {
    show(text) {
      process.stderr.write(`${CLEAR_LINE}${text}`);
      shown = true;
    },
    clear() {
      if (shown) process.stderr.write(CLEAR_LINE);
      shown = false;
    },
  };
}

/** After so long without a word people wonder. */
const SILENT_MS = 1_000;
const FRAME_MS = 100;
const FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

/**
 * Shows on a terminal's last line that something takes long, after a second. Elsewhere nothing: neither in
 * a pipe nor with `--json`. Print only after the returned function was called; it clears the line.
 *
 * @param say what is waited for, asked anew for each frame
 */
export function progress(say: () => string): () => void {
  const last = liveLine();
  if (last === undefined) return () => {};
  const began = Date.now();
  let frame = 0;
  const timer = setInterval(() => {
    const ms = Date.now() - began;
    if (ms < SILENT_MS) return;
    const text = `${FRAMES.charAt(frame++ % FRAMES.length)} ${say()} ${Math.floor(ms / 1_000)} s`;
    last.show(paint("dim", text, process.stderr));
  }, FRAME_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    last.clear();
  };
}

/** Writes one JSON document. */
export function json(document: unknown): void {
  line(JSON.stringify(document));
}

/** A field of an event as text; empty when it is missing. */
export function word(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

/** Lines up cells in columns; the last column is not padded. */
export function table(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  for (const row of rows) {
    line(
      row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join("  "),
    );
  }
}
