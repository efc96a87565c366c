/** How commands print: plain when piped, with colour on a terminal. */
import { visible } from "./visible.ts";
import { shortText } from "../runtime/short_text.ts";

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
  process.stdout.write(`${visible(text)}\n`);
}

/** Writes a line to standard error: progress and asides that are not the command's result. */
export function aside(text: string): void {
  process.stderr.write(`${visible(text)}\n`);
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
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

/** A field of an event as text; empty when it is missing. */
export function word(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

/** Below this a terminal is too narrow to care for. */
const COLUMNS_MIN = 40;

/** Characters that fit into a line; no bound where nobody looks at it. */
function columnsOf(stream: NodeJS.WriteStream): number {
  return !plain && stream.isTTY ? Math.max(stream.columns, COLUMNS_MIN) : Number.POSITIVE_INFINITY;
}

/**
 * Breaks lines between words to the width of the terminal; what goes on begins below column `indent`. A word that is
 * longer than a line stays whole, so that addresses and paths can be copied. Unchanged when piped. Takes no colours.
 *
 * @param taken columns in use before the first word @default indent
 */
export function wrapped(
  text: string,
  indent = 0,
  taken = indent,
  stream: NodeJS.WriteStream = process.stdout,
): string {
  const columns = columnsOf(stream);
  const begins = `\n${" ".repeat(indent)}`;
  const wrapLine = (whole: string, before: number): string => {
    if (before + whole.length <= columns) return whole;
    const [first = "", ...words] = whole.split(" ");
    let used = before + first.length;
    let out = first;
    for (const next of words) {
      const fits = used + 1 + next.length <= columns;
      out += `${fits ? " " : begins}${next}`;
      used = (fits ? used + 1 : indent) + next.length;
    }
    return out;
  };
  const [head = "", ...rest] = text.split("\n");
  return [wrapLine(head, taken), ...rest.map((one) => wrapLine(one, 0))].join("\n");
}

/** Lines up cells in columns; the last one is not padded, and on a terminal it is cut to what fits. */
export function table(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  const rest = Math.max(columnsOf(process.stdout) - before, COLUMNS_MIN / 2);
  for (const row of rows) {
    const cells = row.map((cell, i) =>
      i === row.length - 1 ? shortText(cell, rest - 1) : cell.padEnd(widths[i] ?? 0),
    );
    line(cells.join("  ").trimEnd());
  }
}

/** Local time to the minute, the same width always. */
export function localTime(at: number): string {
  const date = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 16).replace("T", " ");
}
