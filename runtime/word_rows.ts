/** Finds words in the bytes of a file as they stand, without a text or a list of them. Knows UTF-8, and no file. */

/** Between lines. */
export const LINE_END = 0x0a;
/** Longer words are in no list. */
const BYTES_MAX = 256;

const encoder = new TextEncoder();
const asked = new Uint8Array(BYTES_MAX);

/** Words of as many bytes each, one after the other, in the order of their bytes. */
export interface WordRow {
  /** Where the first one begins. */
  readonly from: number;
  readonly count: number;
  /** Bytes of a word. */
  readonly width: number;
}

/** Where a word is in its row, from 0; `undefined`: it is not there. */
export function findInRow(bytes: Uint8Array, row: WordRow, word: string): number | undefined {
  const { from, count, width } = row;
  const { read, written } = encoder.encodeInto(word, asked);
  if (read !== word.length || written !== width) return undefined;
  let [low, high] = [0, count - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const start = from + middle * width;
    const order = compare(bytes, start, start + width, width);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

/**
 * The same of words of any length with one byte between two.
 *
 * @param starts Where each begins, and where one more would
 */
export function findInList(
  bytes: Uint8Array,
  starts: Uint32Array,
  word: string,
): number | undefined {
  const { read, written } = encoder.encodeInto(word, asked);
  if (read !== word.length) return undefined;
  let [low, high] = [0, starts.length - 2];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const order = compare(bytes, starts[middle] ?? 0, (starts[middle + 1] ?? 0) - 1, written);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

/** Below 0: these bytes are before the word that is asked for. */
function compare(bytes: Uint8Array, from: number, to: number, length: number): number {
  const both = Math.min(to - from, length);
  for (let at = 0; at < both; at++) {
    const order = (bytes[from + at] ?? 0) - (asked[at] ?? 0);
    if (order !== 0) return order;
  }
  return to - from - length;
}

/** Where the parts of some bytes begin that have a mark between them, and where one more would. */
export function startsIn(
  bytes: Uint8Array,
  mark: number,
  from = 0,
  to = bytes.length,
): Uint32Array {
  const starts = [from];
  for (let at = bytes.indexOf(mark, from); at >= 0 && at < to; at = bytes.indexOf(mark, at + 1))
    starts.push(at + 1);
  return Uint32Array.from([...starts, to + 1]);
}
