import { expect, test } from "bun:test";
import convertUnits from "../../../functions/tools/convert_units.ts";
import { callTool } from "moult/testing";

test.each([
  [5, "miles", "km", { result: 8.04672, unit: "km" }],
  [10, "kg", "pounds", { result: 22.0462, unit: "lb" }],
  [100, "fahrenheit", "celsius", { result: 37.7778, unit: "°C" }],
  [-40, "°C", "F", { result: -40, unit: "°F" }],
  [0, "kelvin", "celsius", { result: -273.15, unit: "°C" }],
  [2.5, "liters", "gallons", { result: 0.66043, unit: "gal" }],
  [50, "mph", "km/h", { result: 80.4672, unit: "km/h" }],
  [2, "acres", "square meters", { result: 8093.7128, unit: "m²" }],
  [1024, "MB", "GB", { result: 1.024, unit: "GB" }],
  [1, "GiB", "MiB", { result: 1024, unit: "MiB" }],
  [1, "MB", "Mbit", { result: 8, unit: "Mbit" }],
  [72, "hours", "days", { result: 3, unit: "d" }],
  [500, "kcal", "kJ", { result: 2092, unit: "kJ" }],
  [30, "psi", "bar", { result: 2.06843, unit: "bar" }],
  [0, "km", "m", { result: 0, unit: "m" }],
  [123_456_789, "m", "km", { result: 123_456.789, unit: "km" }],
])("convert_units converts %p %s to %s", async (value, from, to, output) => {
  expect(await callTool(convertUnits, { value, from, to })).toEqual(output);
});

test.each([
  ["5 miles", "kilometres", "km"],
  ["a mile", "Kilometer", "km"],
  ["degrees celsius", "degrees F", "°F"],
  ["INCHES", "cm.", "cm"],
  ["feet", "meters?", "m"],
  ["miles per hour", "meters per second", "m/s"],
  ["sq ft", "m2", "m²"],
  ["centuries", "years", "year"],
])("convert_units reads %p and %p", async (from, to, unit) => {
  expect(await callTool(convertUnits, { value: 1, from, to })).toMatchObject({ unit });
});

test("convert_units takes one when no value is given", async () => {
  expect(await callTool(convertUnits, { from: "mile", to: "feet" })).toMatchObject({
    result: 5280,
  });
});

test("convert_units names both quantities when they differ", async () => {
  await expect(callTool(convertUnits, { value: 1, from: "kg", to: "km" })).rejects.toMatchObject({
    code: "tool/failed",
    message: 'Cannot convert mass ("kg") to length ("km")',
  });
});

test.each(["florb", "toString", "", "5"])(
  "convert_units lists what it knows for %p",
  async (from) => {
    await expect(callTool(convertUnits, { value: 1, from, to: "km" })).rejects.toMatchObject({
      code: "tool/failed",
      message: expect.stringContaining("length (m, km"),
    });
  },
);

test("convert_units refuses what a number cannot hold", async () => {
  const input = { value: 1e305, from: "km", to: "nm" };
  await expect(callTool(convertUnits, input)).rejects.toMatchObject({ code: "tool/failed" });
});
