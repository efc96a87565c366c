/** What people say for options and switches of tools: lines that are read, and values that nobody says as they are called. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fill } from "../../../../adapters/llama/filling/fill.ts";

const FOLDER = join(import.meta.dir, "../../../../adapters/llama/filling");
const linesOf = (name: string): readonly string[] =>
  readFileSync(join(FOLDER, name), "utf8").trimEnd().split("\n");
const WORDS_MAX = 4;

function argsOf(message: string, properties: Record<string, unknown>): Record<string, unknown> {
  const parameters = { type: "object", properties, required: Object.keys(properties) };
  const filled = fill({ name: "note_it", description: "Notes it down", parameters }, [message]);
  return { ...filled?.args };
}

const oneOf = (...values: readonly string[]) => ({ type: "string", enum: values });

test.each(["option_words.txt", "switch_words.txt"])(
  "%s has one colon a line, and short words",
  (name) => {
    for (const line of linesOf(name)) {
      const [keys = "", words = "", ...more] = line.split(": ");
      expect([line, more]).toEqual([line, []]);
      expect(keys.split("/").every((key) => key.trim() !== "")).toBe(true);
      const all = words.split(/, | \| /u);
      expect([line, all.filter((one) => one === "" || one !== one.trim())]).toEqual([line, []]);
      const long = all.filter((one) => one.split(" ").length > WORDS_MAX);
      expect([line, long]).toEqual([line, []]);
    }
  },
);

test("a line has something before and behind its bar", () => {
  for (const line of linesOf("switch_words.txt"))
    expect([line, line.split(" | ").length < 3]).toEqual([line, true]);
});

test.each([
  ["the tank gets lye this time", { agent: oneOf("acid", "caustic", "sanitizer") }, "caustic"],
  ["Mrs Koch peed 300 ml", { direction: oneOf("intake", "output") }, "output"],
  ["two bales of newspapers", { material: oneOf("glass", "metal", "paper") }, "paper"],
  ["牛棚那头一瘸一拐", { problem: oneOf("mastitis", "lameness", "bloat") }, "lameness"],
])("%p says %j by another word", (message, properties, value) => {
  expect(Object.values(argsOf(message, properties))).toEqual([value]);
});

test.each([
  ["Rita may see the plan, but she mustn't change anything", "can_edit", false],
  ["weld 17 leaked, write that down", "passed", false],
  ["weld 18 held, write that down", "passed", true],
])("%p says what %p is", (message, key, value) => {
  expect(argsOf(message, { [key]: { type: "boolean" } })).toEqual({ [key]: value });
});

test.each([
  ["change 75 dollars to Norwegian kroner", "ISO code", { from: "USD", to: "NOK" }],
  ["两千五百块人民币能换多少日元", "三字母代码", { from: "CNY", to: "JPY" }],
])("%p is said in codes where they are wanted", (message, description, codes) => {
  const code = { type: "string", description };
  const tool = {
    name: "convert_currency",
    description: "Converts money",
    parameters: {
      type: "object",
      properties: { amount: { type: "number" }, from: code, to: code },
      required: ["amount", "from", "to"],
    },
  };
  expect(fill(tool, [message])?.args).toMatchObject(codes);
});

test("the scale of a number is not the number, and what counts says which it is", () => {
  const score = { score: { type: "integer" } };
  expect(argsOf("his knee is a seven out of ten", score)).toEqual({ score: 7 });
  const place = { row: { type: "integer" }, seat: { type: "integer" } };
  expect(argsOf("给我留5排12座", place)).toEqual({ row: 5, seat: 12 });
});
