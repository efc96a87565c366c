/** What each argument of one tool may be, given what was said. */
import { expect, test } from "bun:test";
import { narrowing } from "../../../adapters/llama/narrow.ts";
import { copyable } from "../../../adapters/llama/spans.ts";
import { kindsOf, valuesIn } from "../../../adapters/llama/value_kinds.ts";

const TEXT = { type: "string" };
const NUMBER = { type: "number" };

function narrowed(text: string, properties: object, required: readonly string[] = []) {
  const parameters = { type: "object", properties, required };
  const tool = { name: "book_table", description: "Books a table", parameters };
  const of = narrowing(tool, [text], copyable([text]));
  return (key: string) => of(key);
}

test.each([
  ["dinner at 11:30 on 9 August", "time:11:30 date:9 August"],
  ["8点半开会，9月14日", "time:8点半 date:9月14日"],
  ["write to ann@example.org about notes.md", "email:ann@example.org file:notes.md"],
  ["see https://example.org/x now", "url:https://example.org/x"],
  ["wake me up at 7", "time:7"],
])("in %p the values %p show by their form what they are", (text, expected) => {
  const found = valuesIn(text).map(({ kind, text: value }) => `${kind}:${value}`);
  expect(found.join(" ")).toBe(expected);
});

test.each([
  ["start_time", ["time"]],
  ["dueDate", ["date"]],
  ["when", ["time", "date"]],
  ["tracking_number", ["code"]],
  ["title", []],
] as const)("a parameter called %p takes %p", (key, kinds) => {
  expect(kindsOf(key, undefined)).toEqual([...kinds]);
});

test("a time goes to `time`, and to nothing else", () => {
  const of = narrowed("Chez Odile at 19:30 please", { place: TEXT, time: TEXT }, ["place", "time"]);
  expect(of("time")).toEqual({ values: ["19:30"], certain: true });
  expect(of("place")?.values).toContain("Chez Odile");
  expect(of("place")?.values.some((value) => String(value).includes("19"))).toBe(false);
});

test("what was not said can only be left out", () => {
  const of = narrowed("Chez Odile please", { place: TEXT, date: TEXT, guests: NUMBER }, ["place"]);
  expect(of("date")).toEqual({ values: [], certain: false });
  expect(of("guests")).toEqual({ values: [], certain: false });
});

test("a number that another argument needs is no name", () => {
  const of = narrowed("4 seats at Lupo", { place: TEXT, guests: NUMBER }, ["place", "guests"]);
  expect(of("place")?.values).toContain("Lupo");
  expect(of("place")?.values).not.toContain("4 seats");
});

test("a value of an enum that is named is the one", () => {
  const kind = { type: "string", enum: ["first_class", "business", "off", "on"] };
  expect(narrowed("first class, please", { kind })("kind")?.values).toEqual(["first_class"]);
  expect(narrowed("turn it off", { kind })("kind")?.values).toEqual(["off"]);
  expect(narrowed("把灯关掉", { kind })("kind")?.values).toEqual(["off"]);
  expect(narrowed("a seat on Friday", { kind })("kind")).toBeUndefined();
});

test("the words that ask for the tool are no value, but in a text they may be", () => {
  const of = narrowed("book a table, note: the table shakes", { place: TEXT, note: TEXT });
  expect(of("place")?.values).not.toContain("table");
  expect(of("note")?.values).toContain("the table shakes");
});
