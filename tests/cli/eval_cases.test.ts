/** Cases of `moult eval`: how they are read and judged. */
import { expect, test } from "bun:test";
import { judge, readCases, wilson } from "../../cli/eval_cases.ts";

const TOOL = {
  type: "function",
  function: { name: "wait", description: "Waits", parameters: { type: "object", properties: {} } },
};
const line = (more: object): string =>
  JSON.stringify({ category: "a", tools: [TOOL], message: "hi", expect: null, ...more });
const [plain] = readCases(line({}), "f");
const called = (args: object) => ({
  text: "",
  calls: [{ id: "1", name: "wait", arguments: args }],
});

function one(more: object) {
  const [read = plain] = readCases(line(more), "f");
  if (read === undefined) throw new TypeError("No case");
  return read;
}

test("a case has tools, messages and what is expected; empty lines are none", () => {
  expect(readCases(`\n${line({})}\n\n`, "f")).toHaveLength(1);
  expect(plain?.tools[0]?.name).toBe("wait");
  expect(plain?.messages.map(({ role }) => role)).toEqual(["system", "user"]);
});

test.each([
  ["nothing", "{}", 'f:1: a case needs "category"'],
  ["no JSON", "{", "f:1: this line is not JSON"],
  ["no message", line({ message: 3 }), 'a case needs "message"'],
  ["no expectation", '{"category":"a","tools":[],"message":"x"}', 'a case needs "expect"'],
  ["a list", "[1]", "f:1: a case is an object"],
  ["null", "null", "f:1: a case is an object"],
  ["an expected text", line({ expect: "wait" }), '"expect" needs "name"'],
  [
    "expected arguments in a list",
    line({ expect: { name: "wait", arguments: [1] } }),
    "is an object",
  ],
  [
    "a call whose arguments are no JSON",
    line({
      messages: [
        {
          role: "assistant",
          tool_calls: [{ id: "1", function: { name: "wait", arguments: "{" } }],
        },
      ],
    }),
    'the arguments of a call in "messages" are not JSON',
  ],
  ["tools without names", line({ tools: [{}] }), 'needs "function.name"'],
])("%s is refused with the line that is wrong", (_, text, why) => {
  expect(() => readCases(text, "f")).toThrow(why);
});

test("a call is right when name and arguments are; a list means any of them; null is nothing", () => {
  const wanted = one({ expect: { name: "wait", arguments: { for: ["ten", "10"] } } });
  expect(judge(wanted, called({ for: "10", why: null }))).toEqual({ right: true, named: true });
  expect(judge(wanted, called({ for: "9" }))).toEqual({ right: false, named: true });
  expect(judge(wanted, called({ for: "10", why: "x" })).right).toBe(false);
  expect(judge(wanted, called({})).right).toBe(false);
  expect(judge(wanted, { text: "ten", calls: [] })).toEqual({ right: false, named: false });
});

test("odd spacing, other line ends and keys that no one knows do not matter", () => {
  const text = `\ufeff  ${line({ id: 7, note: "mine" })}  \r\n\r\n\t${line({})}\r\n`;
  expect(readCases(text, "f")).toHaveLength(2);
});

test("null among the expected values: it may be left out", () => {
  const wanted = one({ expect: { name: "wait", arguments: { for: [null, "10"], why: null } } });
  expect(judge(wanted, called({})).right).toBe(true);
  expect(judge(wanted, called({ for: "10" })).right).toBe(true);
  expect(judge(wanted, called({ for: "9" })).right).toBe(false);
  expect(judge(wanted, called({ why: "x" })).right).toBe(false);
});

test("no call is right where none is expected, and the text has to say what it must", () => {
  expect(judge(one({}), { text: "no", calls: [] }).right).toBe(true);
  expect(judge(one({}), called({})).right).toBe(false);
  const says = one({ says: ["17", ["dry", "sunny"]] });
  expect(judge(says, { text: "Sunny, 17 degrees", calls: [] }).right).toBe(true);
  expect(judge(says, { text: "17 degrees", calls: [] }).right).toBe(false);
});

test("the messages of a dialogue keep calls and results together", () => {
  const call = { id: "c", type: "function", function: { name: "wait", arguments: '{"a":1}' } };
  const read = one({
    message: undefined,
    messages: [
      { role: "user", content: "go" },
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "c", content: "done" },
    ],
  });
  expect(read.messages.slice(2)).toEqual([
    { role: "assistant", content: "", toolCalls: [{ id: "c", name: "wait", arguments: { a: 1 } }] },
    { role: "tool", id: "c", name: "wait", content: "done" },
  ]);
});

test("the Wilson interval contains the share and is never empty", () => {
  expect(wilson(0, 0)).toEqual([0, 1]);
  const [low, high] = wilson(190, 200);
  expect(low).toBeCloseTo(0.91, 2);
  expect(high).toBeCloseTo(0.973, 2);
  expect(wilson(5, 5)[1]).toBeLessThanOrEqual(1);
});
