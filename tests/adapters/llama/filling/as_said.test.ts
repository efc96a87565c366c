/** Requests as people say them: lists, corrections, amounts in other units, choices in other words. */
import { expect, test } from "bun:test";
import { fill } from "../../../../adapters/llama/filling/fill.ts";
import { spokenNumbers } from "../../../../adapters/llama/number_words.ts";
import type { ToolSpec } from "../../../../schemas/model.ts";

const TEXT = { type: "string" };
const NUMBER = { type: "number" };

function tool(name: string, description: string, shapes: Record<string, object>): ToolSpec {
  const entries = Object.entries(shapes);
  const properties = Object.fromEntries(
    entries.map(([key, shape]) => [key.replace("?", ""), shape]),
  );
  const required = entries.map(([key]) => key).filter((key) => !key.endsWith("?"));
  return { name, description, parameters: { type: "object", properties, required } };
}

const PACK = tool("pack", "Adds things to the packing list", {
  things: { type: "array", items: TEXT },
});
const SMOKE = tool("smoker", "Runs the smoker", { minutes: NUMBER });
const CHILL = tool("chill", "Sets the temperature of a cold store", {
  store: TEXT,
  degrees: NUMBER,
});
const GONG = tool("gong", "Strikes the gong", { time: { ...TEXT, description: "HH:MM" } });
const WASH = tool("wash", "Starts the washer", {
  program: { type: "string", enum: ["gentle", "quick"] },
});

test("a list has as many values as were said", () => {
  expect(fill(PACK, ["add socks, two towels and a torch to the packing list"])?.args).toEqual({
    things: ["socks", "two towels", "a torch"],
  });
  expect(fill(PACK, ["打包清单加上袜子、毛巾和手电筒"])?.args).toEqual({
    things: ["袜子", "毛巾", "手电筒"],
  });
});

test("a list that nobody read is the model's", () => {
  expect(fill(PACK, ["add it to the packing list"], { things: ["socks"] })?.args).toEqual({
    things: ["socks"],
  });
});

test("whoever converts says how much, where a moment might be meant, too", () => {
  const CONVERT = tool("convert_units", "Convert a value between units", {
    "value?": NUMBER,
    from: TEXT,
    to: TEXT,
  });
  expect(fill(CONVERT, ["how many seconds are in 4 days?"])?.args).toEqual({
    value: 4,
    from: "days",
    to: "seconds",
  });
});

test("amounts are given in the unit of the parameter", () => {
  expect(fill(SMOKE, ["run the smoker for half an hour"])?.args).toEqual({ minutes: 30 });
  expect(fill(SMOKE, ["烟熏炉开两个小时"])?.args).toEqual({ minutes: 120 });
  expect(fill(SMOKE, ["run the smoker for 45 minutes"])?.args).toEqual({ minutes: 45 });
});

test("numbers below zero keep their sign", () => {
  expect(fill(CHILL, ["set the fish store to -18 degrees"])?.args["degrees"]).toBe(-18);
  expect(fill(CHILL, ["set the fish store to minus 18 degrees"])?.args["degrees"]).toBe(-18);
});

test("a number with a point is one number where a time might stand, too", () => {
  expect(fill(CHILL, ["keep the fish store at 2.5 degrees"])?.args["degrees"]).toBe(2.5);
  expect(fill(CHILL, ["the fish store should be at 3.5"])?.args["degrees"]).toBe(3.5);
  expect(fill(GONG, ["strike the gong at 4.15 in the afternoon"])?.args).toEqual({ time: "16:15" });
});

test("a value is what it is called without what its kind is called", () => {
  const TUNE = tool("tune_radio", "Tune the radio", { channel: { type: "string" } });
  expect(fill(TUNE, ["put the radio on channel 24"])?.args).toEqual({ channel: "24" });
  const SEND = tool("refer", "Send somebody to a doctor", { specialist: { type: "string" } });
  expect(fill(SEND, ["he should see a cardiologist"])?.args).toEqual({
    specialist: "cardiologist",
  });
});

test("what is enabled stands in what the tool is called", () => {
  const QUIET = tool("do_not_disturb", "Do not disturb", { enabled: { type: "boolean" } });
  expect(fill(QUIET, ["no notifications, please"])?.args).toEqual({ enabled: true });
  expect(fill(QUIET, ["let my notifications through again"])?.args).toEqual({ enabled: false });
});

test("what is taken back is no value", () => {
  expect(fill(SMOKE, ["run the smoker for 40, no, 50 minutes"])?.args).toEqual({ minutes: 50 });
  expect(fill(SMOKE, ["烟熏炉开40分钟，不对，50分钟"])?.args).toEqual({ minutes: 50 });
});

test("a time is written as the parameter wants it", () => {
  expect(fill(GONG, ["strike the gong at half past six in the evening"])?.args).toEqual({
    time: "18:30",
  });
  expect(fill(GONG, ["早上七点敲锣"])?.args).toEqual({ time: "07:00" });
});

test("a choice may be said in other words or in the other language", () => {
  expect(fill(WASH, ["wash it on delicate"])?.args).toEqual({ program: "gentle" });
  expect(fill(WASH, ["用快速模式洗"])?.args).toEqual({ program: "quick" });
  expect(fill(WASH, ["start the washer"])?.missing).toEqual(["program"]);
});

test("numbers are read from words of both languages", () => {
  expect(spokenNumbers("two hundred and fifty")).toEqual([250]);
  expect(spokenNumbers("a thousand and one")).toEqual([1001]);
  expect(spokenNumbers("一百零五")).toEqual([105]);
  expect(spokenNumbers("两万三")).toEqual([23_000]);
  expect(spokenNumbers("a cat")).toEqual([]);
});
