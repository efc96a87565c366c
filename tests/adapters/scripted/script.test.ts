import { expect, test } from "bun:test";
import { parseScript, play } from "../../../adapters/scripted/script.ts";
import type { ChatMessage } from "../../../schemas/model.ts";

const user = (content: string): ChatMessage => ({ role: "user", content });
const result = (name: string, content: string): ChatMessage => ({
  role: "tool",
  id: "c1",
  name,
  content,
});
const played = (lines: string, ...messages: ChatMessage[]) =>
  play(parseScript(lines, "s.jsonl"), messages);

test("the first step that fits is played", () => {
  const script = '{"match":"a","reply":"first"}\n{"match":"a","reply":"second"}';
  expect(played(script, user("A")).reply).toBe("first");
});

test("groups, the user's text and parts of a result fill the placeholders", () => {
  const script = [
    '{"match":"from (\\\\w+) to (\\\\w+)","reply":"{{1}}>{{2}} of {{text}}"}',
    '{"onTool":"find","reply":"{{result.rows.0.name}}, {{result.total}}, {{result.none}}, {{text}}"}',
  ].join("\n");
  expect(played(script, user("from A to B")).reply).toBe("A>B of from A to B");
  const found = result("find", '{"rows":[{"name":"Ann"}],"total":1}');
  expect(played(script, user("who?"), found).reply).toBe("Ann, 1, , who?");
});

test("a reply may come from anywhere in the prompt, the last place counts", () => {
  const script =
    '{"match":"^code","find":"code is (\\\\d+)","reply":"It is {{found}}."}\n{"reply":"I do not know."}';
  const told = [user("My code is 12."), user("The code is 34 now.")];
  expect(played(script, ...told, user("code?")).reply).toBe("It is 34.");
  expect(played(script, user("code?")).reply).toBe("I do not know.");
  expect(played(script, ...told, user("And?")).reply).toBe("I do not know.");
});

test("arguments are filled at every depth, and a number stays a number", () => {
  const script =
    '{"match":"(\\\\d+)","call":{"name":"t","arguments":{"n":"{{1:number}}","deep":[{"s":"<{{1}}>"}]}}}';
  expect(played(script, user("wait 25")).calls).toEqual([
    { name: "t", arguments: { n: 25, deep: [{ s: "<25>" }] } },
  ]);
});

test("a step for a result does not fit a message, nor the other way round", () => {
  const script = '{"onTool":"*","reply":"result"}\n{"reply":"message"}';
  expect(played(script, user("x")).reply).toBe("message");
  expect(played(script, user("x"), result("any", "{}")).reply).toBe("result");
});

test("a message that no step fits is named in the answer", () => {
  expect(played('{"match":"x","reply":"y"}', user("abc")).reply).toContain("abc");
});

test.each([
  ['{"reply":', "s.jsonl:1"],
  ['\n{"match":"("}', "s.jsonl:2: match"],
  ['{"replay":"x"}', "s.jsonl:1: replay"],
  ['{"delayMs":"soon"}', "s.jsonl:1: delayMs"],
  ["// nothing", "no steps"],
])("a script that is wrong says where: %s", (lines, where) => {
  expect(() => parseScript(lines, "s.jsonl")).toThrow(where);
});
