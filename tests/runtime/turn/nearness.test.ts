/** How near requests are to tools by what their words mean. */
import { expect, test } from "bun:test";
import { nearness, plainWords, toolWords } from "../../../runtime/turn/nearness.ts";

const TOOLS = [
  toolWords("order_couch", "Orders a couch", ["color"]),
  toolWords("reserveCab", "Books a ride in a cab", ["pickup place"]),
  toolWords("tianqi", "查询天气预报", ["城市"]),
];

function nearest(message: string): number {
  const sums = nearness(message, TOOLS, []).map((one) => one["alikeAny"] ?? 0);
  return sums.indexOf(Math.max(...sums));
}

test.each([
  ["I want a new sofa", 0],
  ["买个沙发", 0],
  ["a taxi to the airport, please", 1],
  ["打车去机场", 1],
  ["will it rain tomorrow?", 2],
  ["明天气温怎么样", 2],
])("%p is nearest to the tool that says it in other words", (message, expected) => {
  expect(nearest(message)).toBe(expected);
});

test("what was read as a value need find nothing in a tool", () => {
  const left = (values: readonly string[]) =>
    nearness("taxi to Reykjavik", TOOLS, [[], values])[1]?.["alikeLeft"] ?? 1;
  expect(left(["Reykjavik"])).toBeLessThan(left([]));
});

test("nothing said and nothing told are near to nothing", () => {
  const [one] = nearness("", [toolWords("", "", [])], []);
  for (const [name, value] of Object.entries(one ?? {}))
    expect(value, name).toBe(name === "alikeLeft" ? 1 : 0);
});

test("words are small, in order, cut at marks, and say something", () => {
  expect(plainWords("Turn the desk-lamp on: getStatus_now")).toEqual([
    "turn",
    "desk",
    "lamp",
    "get",
    "status",
    "now",
  ]);
  expect(plainWords("打开客厅的灯")).toContain("客厅");
});
