/** Text that may become a broken-off call is held back; all other text is shown as it comes. */
import { expect, test } from "bun:test";
import { AnswerText } from "../../../runtime/turn/tool_text.ts";

function read(pieces: readonly string[]): { shown: string; text: string; cut: boolean } {
  const answer = new AnswerText(["weather", "clock"]);
  const shown = pieces.map((piece) => answer.push(piece)).join("") + answer.end();
  return { shown, text: answer.text, cut: answer.cut };
}

/** Every way of cutting matters to a stream; single characters are the hardest. */
function characters(text: string): readonly string[] {
  return Array.from(text);
}

test.each([
  "Hello, it is 5 < 6 and that is [TOOL] enough.",
  '{"name": "Ada", "age": 36}',
  '{"name": "weatherman"}',
  "{ not json",
  "今天天气很好。",
  "a <tool",
  "",
])("passes %p on, whole and in order", (text) => {
  const plain = { shown: text, text, cut: false };
  expect(read([text])).toEqual(plain);
  expect(read(characters(text))).toEqual(plain);
});

test.each([
  ['<tool_call>\n{"name": "weather", "argu', ""],
  ['Let me look. <tool_call>{"name"', "Let me look. "],
  ['{"name": "weather", "arguments": {"city": "O', ""],
  ['\n {\n  "name" : "clock"', ""],
  ["One moment. [TOOL_CALLS][{", "One moment. "],
  ["<function=clock>", ""],
])("cuts %p where the call begins", (text, kept) => {
  const cut = { shown: kept, text: kept, cut: true };
  expect(read([text])).toEqual(cut);
  expect(read(characters(text))).toEqual(cut);
});

test("shows what cannot become a call at once", () => {
  const answer = new AnswerText([]);
  expect(answer.push("Hello <")).toBe("Hello ");
  expect(answer.push("b> you")).toBe("<b> you");
});
