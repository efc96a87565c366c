/** Values of enums in other words, and switches that are implied. */
import { expect, test } from "bun:test";
import { fill } from "../../../../adapters/llama/filling/fill.ts";
import type { JsonSchema } from "../../../../schemas/function.ts";

/** What a tool with one parameter takes from a request. */
function read(said: string, name: string, schema: JsonSchema): unknown {
  const parameters = { type: "object", properties: { [name]: schema }, required: [name] };
  return fill({ name: "device_do", description: "", parameters }, [said])?.args[name];
}

test.each([
  ["put the hood on full blast", ["low", "medium", "high"], "high"],
  ["in Word format please", ["pdf", "docx", "html"], "docx"],
  ["two lattes for me", ["espresso", "latte"], "latte"],
  ["she reacted severely", ["none", "mild", "severe"], "severe"],
  ["the bike was stolen", ["fire", "theft"], "theft"],
  ["冷藏室调一下", ["冷藏", "冷冻"], "冷藏"],
  ["用蒸烤", ["蒸", "烤", "蒸烤"], "蒸烤"],
  ["左耳那只", ["left", "right", "both"], "left"],
  ["下个月再说", ["next_month", "immediately"], "next_month"],
  ["take the 92 profile", ["IV68", "IV92"], "IV92"],
  ["it is on the second port", ["hdmi1", "hdmi2"], "hdmi2"],
  ["two bags of O negative", ["O+", "O-"], "O-"],
  ["back to its charging station", ["start", "pause", "dock"], "dock"],
])("%p is of %p: %p", (said, values, value) => {
  expect(read(said, "choice", { type: "string", enum: values })).toBe(value);
});

test("what a description says of the values in their order are words for them", () => {
  const kind = { type: "string", enum: ["crown", "bridge", "denture"] };
  const described = { ...kind, description: "牙冠、牙桥、活动假牙" };
  expect(read("给周大爷做一副活动假牙", "kind", described)).toBe("denture");
});

test("a value of one letter is no article, and nothing said chooses nothing", () => {
  const record = { type: "string", enum: ["A", "CNAME"] };
  expect(read("make mail a CNAME", "record", record)).toBe("CNAME");
  expect(read("the bridge is long", "side", { type: "string", enum: ["left", "right"] })).toBe(
    undefined,
  );
});

test.each([
  ["delete it for good, no trash", "permanent", true],
  ["can the field get water without fertiliser", "fertilizer", false],
  ["a password, digits included, no symbols", "symbols", false],
  ["a password, digits included, no symbols", "digits", true],
  ["twenty muffins, unsliced", "sliced", false],
  ["print it on both sides", "double_sided", true],
  ["匿名评价一下", "anonymous", true],
  ["要弄个只能用一次的密码", "one_time", true],
  ["密码可以反复用", "one_time", false],
  ["不用推送", "push", false],
  ["drive me there, but no toll roads", "avoid_tolls", true],
  ["toll roads are fine", "avoid_tolls", false],
  ["direct flights only", "nonstop", true],
  ["shut the dome", "open", false],
  ["stop the coolant on Haas-1", "on", false],
  ["a reply, right away", "urgent", true],
  ["后门没锁，帮我锁一下", "locked", true],
])("%p tells %p: %p", (said, name, value) => {
  expect(read(said, name, { type: "boolean" })).toBe(value);
});

test("an optional switch that nobody spoke of is left alone", () => {
  const properties = { text: { type: "string" }, reply_all: { type: "boolean" } };
  const parameters = { type: "object", properties, required: ["text"] };
  const tool = { name: "answer_mail", description: "", parameters };
  expect(fill(tool, ['reply "see you on Monday"'])?.args).toEqual({ text: "see you on Monday" });
});

test.each([
  ["is the cellar door locked?", "status"],
  ["is the stove off", "status"],
  ["地窖门锁了吗", "status"],
  ["lock the cellar door", "lock"],
  ["can you lock the cellar door?", "lock"],
])("whoever asks how something is switches nothing: %p is %p", (said, deed) => {
  const deeds = { type: "string", enum: ["on", "off", "lock", "unlock", "status"] };
  expect(read(said, "action", deeds)).toBe(deed);
});

test.each([
  ["what recipes do I have?", "list"],
  ["pancakes: two eggs, flour, milk", "create"],
])(
  "of a tool that keeps and shows things, asking shows and telling keeps: %p is %p",
  (said, deed) => {
    expect(read(said, "action", { type: "string", enum: ["create", "list", "delete"] })).toBe(deed);
  },
);
