/** Texts that have to end somewhere. */

/** The text, or its first `charsMax` characters and `…`. Never half of a character. */
export function shortText(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  return `${text.slice(0, charsMax).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** The text, or where it begins and where it ends, each half of `charsMax` characters. */
export function beginAndEnd(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const half = charsMax / 2;
  return `${text.slice(0, half)}\n${text.slice(-half)}`;
}
