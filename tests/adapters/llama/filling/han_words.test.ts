/** Chinese as words: likely ones, their parts of speech, and what no list has. */
import { expect, test } from "bun:test";
import { akinIn } from "../../../../adapters/llama/filling/akin.ts";
import { piecesOf } from "../../../../adapters/llama/filling/pieces.ts";
import { roleOf } from "../../../../adapters/llama/filling/roles.ts";
import { hanWords, partOfSpeech } from "../../../../runtime/turn/han_words.ts";

test("a sentence is cut into its likeliest words", () => {
  expect(hanWords("把停车费交了")).toEqual(["把", "停车费", "交", "了"]);
  expect(hanWords("床头音箱调到二十")).toEqual(["床头", "音箱", "调到", "二十"]);
  expect(hanWords("我们明天去张家界")).toEqual(["我们", "明天", "去", "张家界"]);
});

test("what is in no list is single characters, and nothing is lost", () => {
  for (const text of ["龘靐齉", "魔兽㐀世界", "", "啊"]) expect(hanWords(text).join("")).toBe(text);
  expect(hanWords("龘靐")).toEqual(["龘", "靐"]);
});

test("words know their part of speech, others say that they do not", () => {
  expect(partOfSpeech("停车费")).toBe("N");
  expect(partOfSpeech("调整")).toMatch(/[VW]/u);
  expect(partOfSpeech("贵阳")).toBe("S");
  expect(partOfSpeech("龘靐")).toBe("X");
  expect(partOfSpeech("hello")).toBe("X");
});

test("a word with a number in it is no number", () => {
  const numbers = (text: string) =>
    piecesOf(text).flatMap(({ number }) => (number === undefined ? [] : [number]));
  expect(numbers("等一下，第三天统一安排")).toEqual([]);
  expect(numbers("来三十二杯")).toEqual([32]);
  expect(numbers("改成-22度")).toEqual([-22]);
});

test("keys, arrows and equal signs are no part of a value", () => {
  const texts = (text: string) => piecesOf(text).map((piece) => piece.text);
  expect(texts("owner=mtl repo=bus-api")).toEqual(["owner", "mtl", "repo", "bus-api"]);
  expect(texts("Orchard View → Museum")).toEqual(["Orchard", "View", "Museum"]);
});

test("a word beside a value is told by the names and the description of parameters", () => {
  const parameters = [
    { key: "password", role: roleOf("password", { type: "string" }) },
    { key: "host", role: roleOf("host", { type: "string", description: "会议的主持人" }) },
  ];
  const kin = akinIn(piecesOf("密码990011，主持人老周"), parameters);
  expect(kin.get("password")?.[0]?.before).toBe("before akin 20");
  expect(kin.get("host")?.[0]?.before).toBe("before akin 02");
  expect(kin.get("host")?.some((how) => /akin [12]0/u.test(how?.first ?? ""))).toBe(true);
  expect(kin.get("password")?.[1]).toBeUndefined();
});
