/** Arguments that a small model made up of what stood nearby are asked for. */
import { expect, test } from "bun:test";
import { missingOf, questionFor } from "../../../adapters/llama/missing.ts";
import { copyable } from "../../../adapters/llama/spans.ts";
import { spokenNumbers } from "../../../adapters/llama/number_words.ts";

const tool = {
  name: "text_person",
  description: "Sends a text",
  parameters: {
    type: "object",
    properties: {
      to: { type: "string" },
      message: { type: "string" },
      minutes: { type: "number" },
      kind: { type: "string", enum: ["sms", "mail"] },
    },
    required: ["to", "message"],
  },
};

test("what repeats another argument is missing, unless it was said twice", () => {
  const args = { to: "Ann", message: "Ann" };
  expect(missingOf(tool, args, ["text Ann"])).toEqual(["message"]);
  expect(missingOf(tool, args, ["text Ann: Ann"])).toEqual([]);
});

test("a word that stands for something else is no value", () => {
  expect(missingOf(tool, { to: "someone", message: "hi" }, ["text someone hi"])).toEqual(["to"]);
});

test("a required number that nobody said is missing, an optional one is not asked for", () => {
  const args = { to: "Ann", message: "hi", minutes: 5 };
  expect(missingOf(tool, args, ["text Ann hi"])).toEqual([]);
  const needed = { ...tool, parameters: { ...tool.parameters, required: ["minutes"] } };
  expect(missingOf(needed, args, ["text Ann hi"])).toEqual(["minutes"]);
  expect(missingOf(needed, args, ["text Ann hi in five minutes"])).toEqual([]);
});

test("it is asked for in the language of the request", () => {
  expect(questionFor(["due_date", "phoneNumber"], ["add it"])).toBe(
    "Please tell me the due date and the phone number.",
  );
  expect(questionFor(["title"], ["加一个活动"])).toBe("请告诉我title。");
});

test("numbers are copied from words, too", () => {
  expect(spokenNumbers("Five eggs, twenty-one cups, ninety; someone")).toEqual([5, 21, 90]);
  expect(spokenNumbers("三十分钟，十五个，二十一，两杯")).toEqual([30, 15, 21, 2]);
});

test.each([
  ["book The Gilded Pear for Ann", "The Gilded Pear", "Gilded"],
  ["call 020 7946 0018 now", "020 7946 0018", "7946"],
  ['translate "the ferry is late" to Dutch', "the ferry is late", "the ferry"],
  ["wash the car in the yard", "car", "the car in the"],
])("of %p %p can be copied, %p can not", (text, whole, part) => {
  const { strings = [] } = copyable([text]);
  expect(strings).toContain(whole);
  expect(strings).not.toContain(part);
});
