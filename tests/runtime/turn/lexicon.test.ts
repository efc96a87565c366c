/** What words are about. */
import { expect, test } from "bun:test";
import { lexicon, unitsOf } from "../../../runtime/turn/lexicon.ts";
import { stem } from "../../../runtime/turn/tool_choice.ts";

const { names, opposites } = lexicon(stem);
const thingsIn = (text: string) =>
  new Set(unitsOf(text, stem).flatMap((one) => one.meaning.things));
const actionsIn = (text: string) =>
  new Set(unitsOf(text, stem).flatMap((one) => one.meaning.actions));
const sharesThing = (one: string, other: string) => !thingsIn(one).isDisjointFrom(thingsIn(other));
const does = (text: string, action: string) => actionsIn(text).has(names.get(action) ?? -1);

test.each([
  ["lawnmower", "割草机"],
  ["umbrella", "天气"],
  ["prescription", "药房"],
  ["calf", "奶牛"],
])("%p and %p are about the same thing", (english, chinese) => {
  expect(sharesThing(english, chinese)).toBe(true);
});

test("words of different things share nothing", () => {
  expect(sharesThing("violin", "tractor")).toBe(false);
  expect(sharesThing("电话", "电影")).toBe(false);
});

test("a plural, a compound and an ending mean what the word means", () => {
  expect(sharesThing("tractors", "tractor")).toBe(true);
  expect(sharesThing("pianoschool", "piano")).toBe(true);
  expect(does("unlocking", "unlock")).toBe(true);
});

test("news are no new things, and a shower is no show", () => {
  expect(sharesThing("news", "new")).toBe(false);
  expect(sharesThing("shower", "show")).toBe(false);
});

test("a verb is found when its particle stands further on", () => {
  expect(does("turn the green lamp off", "off")).toBe(true);
  expect(does("turn the green lamp off", "on")).toBe(false);
  expect(does("garden pump on please", "on")).toBe(true);
});

test("Chinese verbs are found with what stands within them", () => {
  expect(sharesThing("订个位", "餐厅")).toBe(true);
  expect(sharesThing("查一下天气", "forecast")).toBe(true);
});

test("every opposite is known, in both directions", () => {
  for (const [action, others] of opposites)
    for (const other of others) expect(opposites.get(other)?.has(action)).toBe(true);
  const off = names.get("off") ?? -1;
  expect(opposites.get(names.get("on") ?? -1)?.has(off)).toBe(true);
});
