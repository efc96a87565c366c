import { expect, test } from "bun:test";
import calculate from "../../../functions/tools/calculate.ts";
import { callTool } from "moult/testing";

test.each([
  ["17 * 23", 391],
  ["(12 + 8) * 4", 80],
  ["2 + 3 * 4 - 10 / 4", 11.5],
  ["0.1 + 0.2", 0.3],
  ["-2^2", -4],
  ["2^3^2", 512],
  ["2^-1", 0.5],
  ["2 * -3", -6],
  ["17 % 5", 2],
  ["10 mod 4", 2],
  ["sqrt(2)^2", 2],
  ["round(2.567, 2)", 2.57],
  ["max(1, 200, 3)", 200],
  ["min(1,200)", 1],
  ["abs(-3) + floor(2.9)", 5],
  ["2 * pi", 6.28318530717959],
  ["1.5e3 + 1", 1501],
])("calculate reads %p", async (expression, result) => {
  expect(await callTool(calculate, { expression })).toEqual({ result });
});

test.each([
  ["17 times 23", 391],
  ["12 divided by 5", 2.4],
  ["100 minus 37 plus 1", 64],
  ["7 x 8", 56],
  ["7x8", 56],
  ["6 × 7", 42],
  ["84 ÷ 2", 42],
  ["5 squared", 25],
  ["the square root of 625", 25],
  ["√16 + 9", 13],
  ["2 to the power of 10", 1024],
  ["2**10", 1024],
  ["1,250 + 3,499", 4749],
  ["1,000,000 / 4", 250_000],
  ["17 * 23 = ?", 391],
])("calculate understands how people write it: %p", async (expression, result) => {
  expect(await callTool(calculate, { expression })).toEqual({ result });
});

test.each([
  ["15% of 80", 12],
  ["20 percent of 50", 10],
  ["50% of 50% of 80", 20],
  ["250 + 19%", 297.5],
  ["250 plus 19%", 297.5],
  ["200 - 10%", 180],
  ["10% * 50", 5],
  ["1,250 * 19%", 237.5],
])("calculate takes percent as a share: %p", async (expression, result) => {
  expect(await callTool(calculate, { expression })).toEqual({ result });
});

test.each([
  ["1/0", "no finite result"],
  ["9^9^9^9", "no finite result"],
  ["sqrt(-1)", "no finite result"],
  ["2 +", "a number is missing"],
  ["(1 + 2", '")" is missing'],
  ["1 2", '"2" was not expected'],
  ["1.2.3", '".3" was not expected'],
  ["two plus two", '"two" is not a number'],
  ["constructor", '"constructor" is not a number'],
  ["toString(1)", '"tostring" is not a number'],
  ["process.exit(1)", "is not arithmetic"],
  ["5; 6", '"; 6" is not arithmetic'],
  ["max()", '")" is not a number'],
  ["(".repeat(500), "a number is missing"],
])("calculate refuses %p and says why", async (expression, why) => {
  await expect(callTool(calculate, { expression })).rejects.toMatchObject({
    code: "tool/failed",
    message: expect.stringContaining(why),
  });
});

test.each([[""], ["1".repeat(501)]])("calculate takes 1 to 500 characters", async (expression) => {
  await expect(callTool(calculate, { expression })).rejects.toMatchObject({
    code: "input/invalid",
  });
});
