/** What a prompt begins with: stable bytes, a bounded size, and the tools that fit the request. */
import { expect, test } from "bun:test";
import { prefixFor, PREFIX_TOKENS_MAX } from "../../../runtime/turn/prefix.ts";
import { rankTools, termsOf } from "../../../runtime/turn/tool_choice.ts";
import type { ModelStatus } from "../../../schemas/model.ts";
import { FakeFunctions, FakeModel, lines, openAgent } from "./fakes.ts";

const VERBS = ["list", "create", "delete", "archive", "rename"];
const NOUNS = ["invoice", "contract", "ticket", "customer", "shipment", "recipe", "playlist"];

/** 40 tools: 35 that nobody asks for here, and 5 that somebody does. */
function forty(): FakeFunctions {
  const functions = new FakeFunctions();
  for (const verb of VERBS) {
    for (const noun of NOUNS) {
      const properties = { [noun]: { type: "string" }, page: { type: "number" } };
      const input = { type: "object", properties };
      functions.add(`${verb}_${noun}`, {
        description: `${verb}s one ${noun} of the owner.`,
        input,
      });
    }
  }
  const city = { type: "object", properties: { city: { type: "string" } } };
  const device = {
    type: "object",
    properties: { device: { enum: ["kitchen_light", "heating", "garage_door"] } },
  };
  const say = "how much is 20 EUR in USD?";
  return functions
    .add("weather", { description: "Tells the weather of a city.", input: city })
    .add("switch_device", { description: "Turns a device on or off.", input: device })
    .add("exchange_rate", { description: "Converts money.", examples: [{ say, input: {} }] })
    .add("clock", { description: "Tells the time in a time zone." })
    .add("tianqi", { description: "查询城市的天气预报。" });
}

function status(differs: Partial<ModelStatus> = {}): ModelStatus {
  return new FakeModel(lines({}), differs).status();
}

function offered(text: string, last: readonly string[] = [], differs: Partial<ModelStatus> = {}) {
  const { tools } = prefixFor(forty(), status(differs), { text, last, active: [] });
  return tools.map(({ name }) => name);
}

test.each([
  ["What's the weather like in Oslo?", "weather"],
  ["please switch the kitchen lights on", "switch_device"],
  ["open the garage door", "switch_device"],
  ["20 EUR in USD", "exchange_rate"],
  ["what time is it in Tokyo", "clock"],
  ["archive my invoices", "archive_invoice"],
  ["renaming a playlist", "rename_playlist"],
  ["北京明天天气怎么样?", "tianqi"],
])("offers the tool that %p asks for, among 40", (text, name) => {
  for (const embedded of [false, true]) {
    const names = offered(text, [], { embedded });
    expect(names).toContain(name);
    expect(names).toHaveLength(embedded ? 8 : 12);
    expect(names).toEqual(names.toSorted());
  }
});

test("the same request gets the same tools, in whatever order they were loaded", () => {
  const names = offered("archive my invoices");
  expect(offered("archive my invoices")).toEqual(names);
  const backwards = new FakeFunctions();
  for (const { name, manifest } of forty().list().toReversed())
    backwards.add(name, { ...manifest });
  const request = { text: "archive my invoices", last: [], active: [] };
  expect(prefixFor(backwards, status(), request).tools.map(({ name }) => name)).toEqual(names);
});

test("a follow-up that names no tool keeps the last ones", () => {
  const last = offered("weather in Oslo?");
  expect(offered("and in Rome?", last)).toEqual(last);
  expect(offered("archive my invoices", last)).toContain("archive_invoice");
});

test("all tools are offered while they are few, and what cannot run is not", () => {
  const functions = new FakeFunctions()
    .add("b")
    .add("a")
    .add("chan", { kind: "channel", via: "x" });
  const request = { text: "anything", last: [], active: [] };
  const { tools } = prefixFor(functions, status(), request);
  expect(tools.map(({ name }) => name)).toEqual(["a", "b"]);
});

test("system text and tools stay within their budget, however long descriptions are", () => {
  const functions = new FakeFunctions();
  for (let n = 0; n < 10; n++) functions.add(`tool_${n}`, { description: "long ".repeat(200) });
  const { tools, tokens } = prefixFor(functions, status(), { text: "x", last: [], active: [] });
  expect(tokens).toBeLessThanOrEqual(PREFIX_TOKENS_MAX);
  expect(tools.length).toBeGreaterThan(1);
});

test("the embedded model gets the sentence it was trained with, and two exchanges", async () => {
  const functions = new FakeFunctions().add("assistant", {
    kind: "skill",
    instructions: "Be brief.",
    runs: false,
  });
  const options = { status: { embedded: true } };
  await using bench = await openAgent(lines({ text: "Yes." }), functions, options);
  for (const text of ["1", "2", "3", "4"]) await bench.say(text);
  const last = bench.model.requests.at(-1)?.messages ?? [];
  expect(last[0]).toEqual({ role: "system", content: "You are Moult, a helpful assistant." });
  expect(last.map(({ content }) => content).slice(1)).toEqual(["2", "Yes.", "3", "Yes.", "4"]);
});

test("a session's prompts begin with the same bytes, turn after turn and after a restart", async () => {
  const functions = forty();
  const texts = ["weather in Oslo?", "and in Rome?", "thanks"];
  await using bench = await openAgent(lines({ text: "Mild." }), functions);
  for (const text of texts) await bench.say(text);
  const prompts = bench.model.requests.map(({ messages, tools }) => ({
    tools: JSON.stringify(tools),
    messages: JSON.stringify(messages).slice(0, -1),
  }));
  for (const [at, prompt] of prompts.entries()) {
    expect(prompt.tools).toBe(prompts[0]!.tools);
    // Each prompt is the one before, with more behind it.
    if (at > 0) expect(prompt.messages).toStartWith(prompts[at - 1]!.messages);
  }
  const { model } = bench;
  await using restarted = await openAgent(lines({ text: "Mild." }), functions, {
    store: { ...bench.store, close: () => undefined },
  });
  await restarted.say("once more");
  const again = JSON.stringify(restarted.model.requests[0]?.messages).slice(0, -1);
  expect(again).toStartWith(JSON.stringify(model.requests.at(-1)?.messages).slice(0, -1));
});

test("words meet whatever their endings, and names are several words", () => {
  expect(termsOf("Lights lighting light")).toEqual(["light", "light", "light"]);
  expect(termsOf("switchDevice set_timer")).toEqual([...termsOf("switch device set timer")]);
  expect(termsOf("what is the")).toEqual([]);
});

test("a word that every tool has decides nothing against one that few have", () => {
  const candidates = forty()
    .list()
    .flatMap(({ name, manifest }) => (manifest === undefined ? [] : [{ name, manifest }]));
  const [best] = rankTools("the owner's weather", candidates);
  expect(best?.name).toBe("weather");
});
