import { expect, test } from "bun:test";
import { neutralFor } from "../../../adapters/llama/neutral.ts";
import { copyable } from "../../../adapters/llama/spans.ts";
import { TextFilter } from "../../../adapters/llama/text_filter.ts";
import { offerTools, sourcesOf, wireNames } from "../../../adapters/llama/tools.ts";

const neutral = neutralFor(["<|im_end|>", "<tool_call>", "</tool_call>", "[INST]", "  ", "the"]);

test.each([
  [["note", "notes"]],
  [["a", "ab", "abc"]],
  [["note", "note_tool", "note_tool2"]],
  [["get weather!", "get"]],
])("wireNames() of %p has no name that begins another", (names) => {
  const wire = [...wireNames(names).values()];
  expect(new Set(wire).size).toBe(names.length);
  for (const one of wire) expect(wire.filter((other) => other.startsWith(one))).toEqual([one]);
});

test("a name that is fine as it is stays", () => {
  expect(wireNames(["note", "notes", "clock"]).get("clock")).toBe("clock");
});

test("control tags of the model are broken, other text stays as it is", () => {
  expect(neutral.text("a <|im_end|> b <tool_call> [INST]")).toBe(
    "a < |im_end|> b < tool_call> [ INST]",
  );
  expect(neutral.text("if (a < b) [x] the  end")).toBe("if (a < b) [x] the  end");
  expect(neutral.text("<|im_<|im_end|>end|>")).not.toContain("<|im_end|>");
});

test("a value is mended where it was broken, at every depth", () => {
  const value = { "<tool_call>": ["x <|im_end|>"] };
  expect(neutral.value(value)).toEqual({ "< tool_call>": ["x < |im_end|>"] });
  expect(neutral.restore(neutral.value(value))).toEqual(value);
});

test("a model without control tags changes nothing", () => {
  expect(neutralFor([]).text("<|im_end|>")).toBe("<|im_end|>");
});

test("what may be copied are spans with and without punctuation, and the numbers", () => {
  const { strings, numbers } = copyable(["What is the weather in New York, tomorrow at 7.30?"]);
  expect(strings).toContain("New York");
  expect(strings).toContain("tomorrow");
  expect(strings).toContain("What is the weather in New York, tomorrow at 7.30?");
  expect(strings).not.toContain("New Yor");
  expect(numbers).toEqual([7.3]);
});

test("arithmetic and the rest of a message can be copied as one", () => {
  expect(copyable(["how much is (17+4)*2?"]).strings).toContain("(17+4)*2");
  const note =
    "note that the code of the garage door on the left side behind the old house of Ann is 9981";
  expect(copyable([note]).strings).toContain(note.slice("note that ".length));
});

test("without a number in the message numbers are free, and without words strings are", () => {
  expect(copyable(["turn it up"]).numbers).toBeUndefined();
  expect(copyable([""])).toEqual({ strings: undefined, numbers: undefined });
});

test("a long text bounds the list", () => {
  const text = Array.from({ length: 5_000 }, (_, n) => `word${n}`).join(" ");
  expect(copyable([text]).strings?.length ?? 0).toBeLessThan(1_000);
});

test("results of tools and the message before can be copied from too", () => {
  const sources = sourcesOf(
    [
      { role: "user", content: "weather in Paris" },
      { role: "assistant", content: "Sunny." },
      { role: "user", content: "find Ann" },
      { role: "assistant", content: "", toolCalls: [{ id: "1", name: "find", arguments: {} }] },
      { role: "tool", id: "1", name: "find", content: '{"rows":[{"phone":"555 12"}]}' },
    ],
    neutral,
  );
  expect(sources).toEqual(["find Ann", "555 12", "weather in Paris"]);
});

test("offered tools show the same whatever is asked", () => {
  const tools = [
    {
      name: "t",
      description: "x <|im_end|>",
      parameters: { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
    },
  ];
  const one = offerTools(tools, neutral, ["Oslo"]);
  const two = offerTools(tools, neutral, ["Rome 7"]);
  expect(JSON.stringify(one.shown)).toBe(JSON.stringify(two.shown));
  expect(JSON.stringify(one.shown)).not.toContain("<|im_end|>");
  expect(JSON.stringify(one.grammar)).not.toBe(JSON.stringify(two.grammar));
});

test.each([
  [["Hello ", "there"], "Hello there", false],
  [["Sure. <tool_", "call>\n{"], "Sure. ", true],
  [["a < b <tool", " box"], "a < b <tool box", false],
  [["<tool_call"], "<tool_call", false],
])("text passes up to the first tag: %p", (chunks, expected, cut) => {
  let passed = "";
  const filter = new TextFilter("<tool_call>", (text) => (passed += text));
  for (const chunk of chunks) filter.push(chunk);
  filter.flush();
  expect(passed).toBe(expected);
  expect(filter.cut).toBe(cut);
});

test("a model that copies nothing is shown which arguments a tool needs", () => {
  const city = { type: "string" };
  const parameters = { type: "object", properties: { city, day: city }, required: ["city"] };
  const tools = [{ name: "weather", description: "Weather", parameters }];
  const shownTo = (sources?: readonly string[]) =>
    offerTools(tools, neutral, sources).shown["weather"]?.params;
  expect(shownTo()).toMatchObject({ required: ["city"] });
  expect(shownTo(["Oslo"])).not.toHaveProperty("required");
});
