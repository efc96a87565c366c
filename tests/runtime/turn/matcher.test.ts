/** How a request and a tool match, word by word: as it was learned, for any words, and by what is asked rather than by topic. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { agreements } from "../../../runtime/turn/agreement.ts";
import { withoutCodes } from "../../../runtime/turn/fitting_tools.ts";
import { Matcher } from "../../../runtime/turn/matcher.ts";
import { requestWords, toolWordsInOrder } from "../../../runtime/turn/match_words.ts";
import type { ToolSpec } from "../../../schemas/model.ts";

interface Shown {
  readonly message: string;
  readonly tools: readonly ToolSpec[];
  /** By tool: its score in PyTorch. */
  readonly points: readonly number[];
}

const SHOWN = readFileSync(join(import.meta.dir, "matcher_points.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Shown);
const TEXT = { type: "string" };
const matcher = new Matcher();

function tool(name: string, description: string, properties: Record<string, unknown> = {}) {
  return { name, description, parameters: { type: "object", properties } } satisfies ToolSpec;
}

const HEATING = tool("set_heating", "Set the temperature of a room", {
  room: TEXT,
  degrees: { type: "integer", description: "in Celsius" },
});
const LOCK = tool("lock_door", "Lock or unlock a door", {
  door: TEXT,
  action: { type: "string", enum: ["lock", "unlock"] },
});
const TRAINS = tool("train_times", "When trains leave from one station to another", {
  from: TEXT,
  to: TEXT,
});

test("the score is the one that was learned", () => {
  for (const { message, tools, points } of SHOWN)
    for (const [nth, one] of tools.entries())
      expect(matcher.score(withoutCodes(message, tools), one)).toBeCloseTo(
        points[nth] ?? Number.NaN,
        2,
      );
});

test.each([
  ["heat the bathroom to 23 degrees", "why does the bathroom heat up so slowly?", HEATING],
  ["set the bedroom to 19 degrees", "it was 19 degrees in the bedroom last night", HEATING],
  ["please lock the garage door", "I locked the garage door already", LOCK],
  ["unlock the front door", "who invented the door lock?", LOCK],
  ["把卧室调到二十度", "卧室昨天晚上才二十度", HEATING],
])("%p asks for the tool rather than %p", (asks, tells, one) => {
  expect(matcher.score(asks, one)).toBeGreaterThan(matcher.score(tells, one) + 1);
});

test("other words than the tool's are understood", () => {
  const chinese = "从柏林到汉堡的火车几点开";
  for (const text of ["next train from Berlin to Hamburg?", chinese]) {
    const [right, ...others] = [TRAINS, HEATING, LOCK].map((one) => matcher.score(text, one));
    expect(right).toBeGreaterThan(Math.max(...others));
  }
});

test("a request is looked at again as it was the first time, whatever came between", () => {
  const first = matcher.score("lock the cellar", LOCK);
  matcher.score("a train to Rome", TRAINS);
  expect(matcher.score("lock the cellar", LOCK)).toBe(first);
  expect(new Matcher().score("lock the cellar", LOCK)).toBe(first);
});

test("any words have a score, and none has 0", () => {
  const strange = ["?!", "zxqv wrrt ʘʘ", "去𠮷野家", "\u0000 \u202E", "a ".repeat(500), "7"];
  const odd = [tool("", ""), tool("🙂", "…", { "": null }), LOCK];
  for (const text of strange)
    for (const one of odd) expect(Number.isFinite(matcher.score(text, one))).toBe(true);
  expect(matcher.score("", LOCK)).toBe(0);
});

test("of a long request its beginning and its end are seen", () => {
  const words = requestWords(`lock ${"so ".repeat(200)} door`).map(({ text }) => text);
  expect(words.length).toBeLessThan(60);
  expect([words[0], words.at(-1)]).toEqual(["lock", "door"]);
});

test("small words and marks are seen in their order, names apart", () => {
  const words = requestWords("Did I lock it?").map(({ text }) => text);
  expect(words).toEqual(["did", "i", "lock", "it", "?"]);
  const own = toolWordsInOrder(tool("lockDoor_now", "Locks.")).map(({ text }) => text);
  expect(own).toEqual(["lock", "door", "now", "locks", "."]);
});

test("of very many tools the one that was meant has the highest number all the same", () => {
  const many = Array.from({ length: 60 }, (_, nth) => tool(`pump_${nth}`, `Fill tank ${nth}`));
  const numbers = agreements("lock the front door", [...many, LOCK], () => undefined);
  const matches = numbers.map(({ match = 0 }) => match);
  expect(matches.indexOf(Math.max(...matches))).toBe(60);
});
