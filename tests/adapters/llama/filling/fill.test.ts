/** Arguments read out of a request by rule. */
import { expect, test } from "bun:test";
import { fill } from "../../../../adapters/llama/filling/fill.ts";
import { piecesOf } from "../../../../adapters/llama/filling/pieces.ts";
import type { ToolSpec } from "../../../../schemas/model.ts";

const TEXT = { type: "string" };
const COUNT = { type: "integer" };

/** A tool; a `?` after the name of a parameter: it is optional. */
function tool(name: string, description: string, shapes: Record<string, object>): ToolSpec {
  const entries = Object.entries(shapes);
  const properties = Object.fromEntries(
    entries.map(([key, shape]) => [key.replace("?", ""), shape]),
  );
  const required = entries.map(([key]) => key).filter((key) => !key.endsWith("?"));
  return { name, description, parameters: { type: "object", properties, required } };
}

const TOOLS = [
  tool("dim_lamp", "Dims a lamp", { lamp: TEXT, "percent?": COUNT }),
  tool("write_to", "Sends a text message to a person", { recipient: TEXT, message: TEXT }),
  tool("route", "Route between two places", { origin: TEXT, destination: TEXT }),
  tool("todo", "Adds a reminder", { task: TEXT, time: TEXT }),
  tool("rectangle", "Area of a rectangle", { width: COUNT, height: COUNT }),
  tool("order_food", "Orders food", { dish: TEXT, "count?": COUNT }),
  tool("sprinkler", "Waters a part of the garden", { part: TEXT, on: { type: "boolean" } }),
  tool("pay_in", "Converts money", {
    amount: { type: "number" },
    from: { type: "string", enum: ["CNY", "USD"], description: "人民币 CNY, 美元 USD" },
    to: { type: "string", enum: ["CNY", "USD"], description: "人民币 CNY, 美元 USD" },
  }),
];

function read(name: string, ...said: string[]) {
  const one = TOOLS.find((candidate) => candidate.name === name);
  return one === undefined ? undefined : fill(one, said);
}

test.each([
  ["dim_lamp", "dim the piano lamp to 35 percent", { lamp: "piano lamp", percent: 35 }],
  ["dim_lamp", "把露台灯调到百分之40", { lamp: "露台灯", percent: 40 }],
  [
    "write_to",
    "tell Odile the ferry leaves at noon",
    { recipient: "Odile", message: "the ferry leaves at noon" },
  ],
  ["write_to", "给司马懿发消息说船晚点了", { recipient: "司马懿", message: "船晚点了" }],
  [
    "route",
    "how do I get from Mill Lane to the old harbour?",
    { origin: "Mill Lane", destination: expect.stringMatching(/^(?:the )?old harbour$/u) },
  ],
  ["route", "从沈阳去丹东怎么走", { origin: "沈阳", destination: "丹东" }],
  ["todo", "remind me to feed the geese at 6pm", { task: "feed the geese", time: "6pm" }],
  ["rectangle", "a rectangle with a height of 4 and a width of 9", { width: 9, height: 4 }],
  ["order_food", "来两份饺子", { dish: "饺子", count: 2 }],
  ["order_food", "order three spring rolls", { dish: "spring rolls", count: 3 }],
  ["sprinkler", "stop watering the rose beds", { part: "rose beds", on: false }],
  ["pay_in", "30美元是多少人民币", { amount: 30, from: "USD", to: "CNY" }],
])("of %p %p is read rightly", (name, said, expected) => {
  expect(read(name, said)?.args).toEqual(expected);
  expect(read(name, said)?.missing).toEqual([]);
});

test("what was not said is missing, and no number goes to two parameters", () => {
  expect(read("rectangle", "the width is 9")).toMatchObject({
    args: { width: 9 },
    missing: ["height"],
  });
  expect(read("todo", "set a reminder for 5pm")).toMatchObject({ missing: ["task"] });
  expect(read("write_to", "write to someone")?.missing).toContain("recipient");
});

test("a short answer goes on with what was asked before", () => {
  expect(read("todo", "at 7pm", "remind me to feed the geese")?.args).toEqual({
    task: "feed the geese",
    time: "7pm",
  });
});

test("the model's own choice decides where words do not", () => {
  const [lamp] = TOOLS;
  const said = ["dim Orla Finch"];
  expect(lamp && fill(lamp, said, { lamp: "Orla Finch" })?.args).toEqual({ lamp: "Orla Finch" });
});

test("objects are the model's", () => {
  const one = tool("tag", "Tags a file", { file: TEXT, marks: { type: "object" } });
  expect(fill(one, ["tag notes.md"], { marks: { a: 1 } })?.args).toEqual({
    marks: { a: 1 },
    file: "notes.md",
  });
});

test("quotations, times and numbers with units are one piece, Chinese words come whole", () => {
  const pieces = (text: string) => piecesOf(text).map((piece) => piece.text);
  expect(pieces('say "see you soon" at 7:30 pm')).toEqual(["say", "see you soon", "at", "7:30 pm"]);
  expect(pieces("a 7-minute egg")).toEqual(["a", "7", "minute", "egg"]);
  expect(pieces("调到二十二度")).toEqual(["调", "到", "二十二", "度"]);
  expect(piecesOf("Dr. Finch")[1]?.opens).toBe(false);
});
