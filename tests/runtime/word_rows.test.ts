/** Words are found in the bytes of a file as they stand there. */
import { expect, test } from "bun:test";
import { findInList, findInRow, startsIn } from "../../runtime/word_rows.ts";

const TAB = 0x09;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const sorted = (words: readonly string[]): readonly string[] =>
  words.toSorted((a, b) => Buffer.compare(bytesOf(a), bytesOf(b)));

test("each word of a list is found where it stands, whatever its script", () => {
  const words = sorted(["a", "ab", "zebra", "grün", "北京", "🙂", "ﬀ", "Ａ"]);
  const bytes = bytesOf(words.join("\t"));
  const starts = startsIn(bytes, TAB);
  for (const [at, word] of words.entries()) expect(findInList(bytes, starts, word)).toBe(at);
});

test("a word that is not in a list is not found, nor is a part of one or a longer one", () => {
  const bytes = bytesOf("ab\tabc\tb");
  const starts = startsIn(bytes, TAB);
  for (const word of ["a", "abcd", "c", "", "ab\tabc", "x".repeat(300), "北".repeat(100)])
    expect(findInList(bytes, starts, word)).toBeUndefined();
});

test("words of one width are found in their row, and no others", () => {
  const words = sorted(["北京", "上海", "广州"]);
  const bytes = bytesOf(`xx${words.join("")}yy`);
  const row = { from: 2, count: words.length, width: 6 };
  for (const [at, word] of words.entries()) expect(findInRow(bytes, row, word)).toBe(at);
  for (const word of ["深圳", "京上", "北", "北京市", ""])
    expect(findInRow(bytes, row, word)).toBeUndefined();
  expect(findInRow(bytes, { ...row, count: 0 }, "北京")).toBeUndefined();
});
