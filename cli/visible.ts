/** Texts of strangers on a terminal: what would move the cursor, change colours, retitle the window or turn the order of the text around is shown instead. */

/** Colours as `paint` writes them, which harm nobody. */
const PAINT = String.raw`\u001B\[(?:0|1|2|31|32|33|36)m`;
/** What a terminal obeys, but for line ends and tabs; and what lets text seem to stand in another place. */
const OBEYED = new RegExp(
  String.raw`${PAINT}|\r\n|[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]`,
  "g",
);

/** Where the pictures of control characters begin. */
const PICTURES = 0x2400;
const DELETE = 0x7f;

/** The text with a picture in place of each control character: `␛` for escape. */
export function visible(text: string): string {
  return text.replaceAll(OBEYED, (found) => {
    if (found === "\r\n") return "\n";
    if (found.length > 1) return found;
    const code = found.charCodeAt(0);
    if (code === DELETE) return "␡";
    return code < DELETE ? String.fromCharCode(PICTURES + code) : "�";
  });
}
