/** Amounts in the unit that a parameter takes. */
import { expect, test } from "bun:test";
import { quantitiesIn } from "../../../../adapters/llama/filling/quantities.ts";
import { unitOf } from "../../../../adapters/llama/filling/units.ts";

/** In the unit of a parameter with this name. */
function read(said: string, name: string): number | undefined {
  const unit = unitOf(name);
  const found = quantitiesIn(said).find(({ measure }) => measure === unit?.measure);
  return found && unit && found.amount / unit.factor;
}

test.each([
  ["soak it for half an hour", "minutes", 30],
  ["an hour and a half", "minutes", 90],
  ["an hour and a quarter", "minutes", 75],
  ["three minutes", "seconds", 180],
  ["ninety minutes", "duration in hours", 1.5],
  ["a kilo of plums", "grams", 1000],
  ["750 g", "kg", 0.75],
  ["一个半小时", "minutes", 90],
  ["半小时", "分钟", 30],
  ["两公里", "metres", 2000],
  ["给我一刻钟", "minutes", 15],
  ["三个半小时", "hours", 3.5],
  ["半小时以后", "hours", 0.5],
  ["二十二点五公斤", "kg", 22.5],
  ["一年", "months", 12],
  ["一个月", "days", 30],
  ["two full days", "hours", 48],
  ["for a fortnight", "nights", 14],
  ["another week", "days", 7],
  ["看星星,两个半小时", "hours", 2.5],
  ["32 gigs of RAM", "memory gb", 32],
  ["500 megs", "size in gigabytes", 0.5],
  ["给它16G内存", "memory gb", 16],
  ["a 2 kW heater", "power watts", 2000],
  ["steady at 60 km/h", "kmh", 60],
  ["a quarter-hour soak", "hold minutes", 15],
  ["Shut the blinds in the bedroom all the way", "position", 0],
  ["open the shutters completely", "position", 100],
  ["at full brightness", "brightness in percent", 100],
  ["pull it up halfway", "position", 50],
  ["拉下一半", "percent", 50],
])("%p is as many %p: %p", (said, name, amount) => {
  expect(read(said, name)).toBe(amount);
});

test("what is measured otherwise says nothing, and a rate has no unit of its own", () => {
  expect(read("three kilos", "minutes")).toBeUndefined();
  expect(read("half past six", "minutes")).toBeUndefined();
  expect(read("60 km/h", "km")).toBeUndefined();
  expect(read("16 g of salt", "memory gb")).toBeUndefined();
  expect(unitOf("litres per hour")).toBeUndefined();
  expect(unitOf("title")).toBeUndefined();
});

/** Numbers that are written in other ways. */
function plain(said: string): readonly number[] {
  return quantitiesIn(said).flatMap(({ measure, amount }) => (measure === "plain" ? [amount] : []));
}

test.each([
  ["汇款1.2万元", [12_000]],
  ["1.5k for the venue", [1500]],
  ["2.5 billion", [2_500_000_000]],
  ["twenty-five million people", [25_000_000]],
  ["some million people", []],
  ["改成3百万", [3_000_000]],
  ["it costs 1,499 dollars", [1499]],
  ["invoice 1,250.50, please", [1250.5]],
  ["冷冻要-19度", [-19]],
  ["三十七度五", [37.5]],
  ["两杯半", [2.5]],
  ["半杯", [0.5]],
  ["half a dozen eggs", [6]],
  ["two and a half", [2.5]],
  ["thirty-eight and a half", [38.5]],
  ["这盘贴七目半", [7.5]],
  ["the buyer gets eight fifty back", [8.5]],
  ["twelve ninety-nine", [12.99]],
  ["a fifty note", []],
  ["Second jab, please", [2]],
  ["wait a second", []],
  ["triplets", [3]],
  ["run it at 25 below", [-25]],
  ["a couple of pens", [2]],
  ["早上八点五十", []],
  ["seven", []],
])("%p has the numbers %p", (said, numbers) => {
  expect(plain(said)).toEqual(numbers);
});
