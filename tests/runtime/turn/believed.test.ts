/** What a very small model may say in the end, where the user has told the answer before and where not. */
import { expect, test } from "bun:test";
import { believed } from "../../../runtime/turn/believed.ts";

const asked = "What is my shoe size?";
const told = "My shoe size is 43.";
const base = { name: "notes", input: {} };

test.each([
  ["no call was made", []],
  ["a call failed", [{ ...base, error: { code: "tool/failed", message: "Nothing" } as const }]],
  ["a call found nothing", [{ ...base, output: { notes: [] } }]],
  ["a call gave the question back", [{ ...base, output: { text: "my shoe size" } }]],
])("what was told is the answer when %s", (_, results) => {
  const say = believed({ asked, told, results });
  expect(say?.("I do not know.")).toBe("You told me before: My shoe size is 43.");
});

test("a result goes before what was told, and without it the model's words stand", () => {
  const results = [{ ...base, output: { notes: [{ text: "size 44" }] } }];
  expect(believed({ asked, told, results })?.("It is size 44.")).toBe("It is size 44.");
  expect(believed({ asked, told: undefined, results: [] })).toBeUndefined();
});
