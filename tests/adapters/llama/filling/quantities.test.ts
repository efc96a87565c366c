/** Amounts in the unit that a parameter takes. */
import { expect, test } from "bun:test";
import { quantitiesIn, unitOf } from "../../../../adapters/llama/filling/quantities.ts";

/** In the unit of a parameter with this name. */
function read(said: string, name: string): number | undefined {
  const unit = unitOf(name);
  const found = quantitiesIn(said).find(({ measure }) => measure === unit?.measure);
  return found && unit && found.amount / unit.factor;
}

test.each([
  ["soak it for half an hour", "minutes", 30],
  ["an hour and a half", "minutes", 90],
  ["three minutes", "seconds", 180],
  ["ninety minutes", "duration in hours", 1.5],
  ["a kilo of plums", "grams", 1000],
  ["750 g", "kg", 0.75],
  ["一个半小时", "minutes", 90],
  ["半小时", "分钟", 30],
  ["两公里", "metres", 2000],
  ["pull it up halfway", "position", 50],
  ["拉下一半", "percent", 50],
])("%p is as many %p: %p", (said, name, amount) => {
  expect(read(said, name)).toBe(amount);
});

test("what is measured otherwise says nothing, and a rate has no unit of its own", () => {
  expect(read("three kilos", "minutes")).toBeUndefined();
  expect(read("half past six", "minutes")).toBeUndefined();
  expect(unitOf("litres per hour")).toBeUndefined();
  expect(unitOf("title")).toBeUndefined();
});
