/** Cuts long replies where a reader would: between paragraphs, lines, sentences, words. Code stays code in each piece. */

/** Telegram takes 4096 UTF-16 units; formatting never adds any. */
export const PIECE_CHARS_MAX = 4_000;

/** Pieces of one reply; the rest of a longer one can be read elsewhere. */
const PIECES_MAX = 20;

const CUT_NOTE = "\n\n[…] The answer goes on; all of it is in the records of the agent.";

/** Below this share of the room a piece is too short to end there. */
const SHARE_MIN = 0.4;

const CLOSING = "\n```";
const FENCE = /^ {0,3}(?:```+|~~~+)[^`\n]*$/gm;
const SENTENCE = /[.!?…]["')\]]?\s|[。！？]/g;

/** A reply in pieces that one message can hold. */
export function split(text: string): readonly string[] {
  const pieces: string[] = [];
  let rest = text;
  /** The opening line of the code block that the rest begins in. */
  let open: string | undefined;
  while (rest.trim() !== "") {
    const prefix = open === undefined ? "" : `${open}\n`;
    if (prefix.length + rest.length <= PIECE_CHARS_MAX) {
      pieces.push((prefix + rest).trimEnd());
      break;
    }
    const isLast = pieces.length === PIECES_MAX - 1;
    const reserved = prefix.length + CLOSING.length + (isLast ? CUT_NOTE.length : 0);
    const at = cutAt(rest, PIECE_CHARS_MAX - reserved);
    const head = rest.slice(0, at).trimEnd();
    const after = openAfter(open, head);
    const piece = `${prefix}${head}${after === undefined ? "" : CLOSING}`;
    if (head.trim() !== "") pieces.push(isLast ? piece + CUT_NOTE : piece);
    if (isLast) break;
    ({ rest, open } = resume(rest.slice(at), after));
  }
  return pieces.length === 0 ? [text] : pieces;
}

/** Where the rest begins: its indentation counts inside of code only; a block that only had its end left is over. */
function resume(
  rest: string,
  open: string | undefined,
): { rest: string; open: string | undefined } {
  if (open === undefined) return { rest: rest.trimStart(), open };
  const inside = rest.replace(/^\n+/, "");
  const closing = /^ {0,3}(?:```+|~~~+)\s*(?:\n|$)/.exec(inside);
  if (closing === null) return { rest: inside, open };
  return { rest: inside.slice(closing[0].length).trimStart(), open: undefined };
}

/** The opening line of the block that is open at the end of `head`. */
function openAfter(before: string | undefined, head: string): string | undefined {
  let open = before;
  for (const [line] of head.matchAll(FENCE))
    open = open === undefined ? line.trim().slice(0, 60) : undefined;
  return open;
}

function cutAt(text: string, room: number): number {
  const window = text.slice(0, room);
  const least = room * SHARE_MIN;
  const paragraph = window.lastIndexOf("\n\n");
  if (paragraph > least) return paragraph;
  const line = window.lastIndexOf("\n");
  if (line > least) return line;
  let sentence = 0;
  for (const found of window.matchAll(SENTENCE)) sentence = found.index + found[0].length;
  if (sentence > least) return sentence;
  const word = Math.max(window.search(/\s\S*$/), line);
  return word > 0 ? word : graphemeAt(text, room);
}

/** The last border between characters as people count them; at least never inside of a surrogate pair. */
function graphemeAt(text: string, room: number): number {
  const segments = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  let border = 0;
  for (const { index } of segments.segment(text.slice(0, room + 64))) {
    if (index > room) break;
    border = index;
  }
  if (border > 0) return border;
  return /[\uD800-\uDBFF]/.test(text.charAt(room - 1)) ? room - 1 : room;
}
