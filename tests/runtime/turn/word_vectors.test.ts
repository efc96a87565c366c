/** Which words mean nearly the same, in English, in Chinese and between them. */
import { expect, test } from "bun:test";
import { DIMENSIONS, likeness, rarityOf, vectorOf } from "../../../runtime/turn/word_vectors.ts";

const ALIKE =
  "sofa/couch taxi/cab buy/purchase film/movie 打车/taxi 沙发/couch 天气/weather 闹钟/alarm 歌/音乐 预订/订";
const APART = "sofa/invoice taxi/forecast buy/weather 天气/invoice 闹钟/money";

test("words for the same thing are alike, in either language and between them", () => {
  for (const pair of ALIKE.split(" ")) {
    const [a = "", b = ""] = pair.split("/");
    expect(likeness(a, b) ?? 0, pair).toBeGreaterThan(0.55);
  }
});

test("words of other things are not", () => {
  for (const pair of APART.split(" ")) {
    const [a = "", b = ""] = pair.split("/");
    expect(likeness(a, b) ?? 1, pair).toBeLessThan(0.35);
  }
});

test("forms of a word are that word", () => {
  for (const [form, word] of [
    ["sofas", "sofa"],
    ["taxi's", "taxi"],
    ["translates", "translate"],
  ] as const)
    expect(vectorOf(form)).toEqual(vectorOf(word));
});

test("what is no word has no vector, and none is made up", () => {
  for (const text of ["qzxv", "", "Sofa", "沙发沙发沙发沙", "a very long text of several words"]) {
    expect(vectorOf(text)).toBeUndefined();
    expect(likeness(text, "sofa")).toBeUndefined();
    expect(rarityOf(text)).toBeUndefined();
  }
});

test("a vector is one long, and seldom words are told from common ones", () => {
  const vector = vectorOf("lamp") ?? new Float32Array();
  expect(vector.length).toBe(DIMENSIONS);
  expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
  expect(rarityOf("the") ?? 1).toBeLessThan(rarityOf("kiln") ?? 0);
});
