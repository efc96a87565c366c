/** How commands print: plain when piped, with colour on a terminal. */

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** Whether a stream is a terminal that wants colour (`NO_COLOR` is honoured). */
function colourful(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && !process.env["NO_COLOR"];
}

/** Colours `text` for standard output (or standard error) when that is a terminal. */
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
