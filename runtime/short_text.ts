/** Texts that have to end somewhere. */

/** The text, or its first `charsMax` characters and `…`. Never half of a character. */
export function shortText(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  return `${text.slice(0, charsMax).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
