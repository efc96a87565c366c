/** Which tools a very small model is shown. */
import { expect, test } from "bun:test";
import { fittingTools } from "../../../runtime/turn/fitting_tools.ts";
import { rankTools } from "../../../runtime/turn/tool_choice.ts";
import type { ChatMessage, ToolSpec } from "../../../schemas/model.ts";

function tool(name: string, description: string, ...keys: string[]): ToolSpec {
  const properties = Object.fromEntries(keys.map((key) => [key, { type: "string" }]));
  return { name, description, parameters: { type: "object", properties, required: keys } };
}

const TOOLS = [
  tool("get_forecast", "Weather forecast for a place", "place"),
  tool("send_letter", "Sends an email", "to", "text"),
  tool("lock_gate", "Locks or unlocks the gate", "state"),
  tool("evaluate", "Evaluates an arithmetic expression", "term"),
];

const user = (content: string): ChatMessage => ({ role: "user", content });
const names = (...messages: ChatMessage[]) =>
  fittingTools(TOOLS, messages).tools.map((t) => t.name);

test.each([
  ["will it rain in Oslo?", "get_forecast"],
  ["奥斯陆会下雨吗", "get_forecast"],
  ["write to ann@example.com: the gate is locked", "send_letter"],
  ["17 * 23", "evaluate"],
  ["把大门锁上", "lock_gate"],
])("%p is shown the tool that fits, in words or in sense", (text, expected) => {
  expect(names(user(text))).toEqual([expected]);
});

test("what shall be remembered is for a tool that keeps notes, not for one that only finds them", () => {
  const keeps = tool("notes", "Saves a note, or finds saved notes", "text");
  const finds = tool("note_search", "Searches saved notes", "keyword");
  const text = "remember that Anna's birthday is on May 4";
  const shownOf = (one: ToolSpec) => fittingTools([one, ...TOOLS], [user(text)]).tools;
  expect(shownOf(keeps)).toEqual([keeps]);
  expect(shownOf(finds)).toEqual([]);
  for (const talk of ["remember that time we got lost in Rome?", "do you remember when we met?"])
    expect(fittingTools([keeps], [user(talk)]).tools).toEqual([]);
});

test("where nothing fits no tool is shown", () => {
  expect(names(user("who painted the night watch?"))).toEqual([]);
});

test("asked about the tools themselves, all are shown", () => {
  expect(names(user("what can you do?"))).toHaveLength(TOOLS.length);
  expect(names(user("你会什么"))).toHaveLength(TOOLS.length);
});

test("a short message goes on with what the one before was about", () => {
  const call = { id: "1", name: "get_forecast", arguments: { place: "Oslo" } };
  expect(
    names(
      user("will it rain in Oslo?"),
      { role: "assistant", content: "", toolCalls: [call] },
      { role: "tool", id: "1", name: "get_forecast", content: '"dry"' },
      { role: "assistant", content: "It stays dry." },
      user("and in Rome?"),
    ),
  ).toEqual(["get_forecast"]);
});

test("a tool that was called for this request stays, whatever fits", () => {
  const call = { id: "1", name: "send_letter", arguments: {} };
  expect(
    names(
      user("will it rain in Oslo?"),
      { role: "assistant", content: "", toolCalls: [call] },
      { role: "tool", id: "1", name: "send_letter", content: "{}" },
    ),
  ).toEqual(["get_forecast", "send_letter"]);
});

test("what a message hands over does not speak for a tool", () => {
  const [best] = rankTools('translate "lock the gate"', [
    { name: "translate", manifest: { description: "Translates a text", examples: [] } },
    { name: "lock_gate", manifest: { description: "Locks the gate", examples: [] } },
  ]);
  expect(best?.name).toBe("translate");
});

const HOME = [
  tool("blinds_up", "Opens the blinds of a room", "room"),
  tool("AcmeHeatingSet", "Sets the heating of a room", "room"),
  tool("order_goods", "Orders goods of a shop", "goods"),
];
const shown = (tools: readonly ToolSpec[], text: string) =>
  fittingTools(tools, [user(text)]).tools.map(({ name }) => name);

test.each([
  ["it's freezing in the attic", "AcmeHeatingSet"],
  ["厨房太冷了，开暖气", "AcmeHeatingSet"],
  ["把卧室的窗帘拉开", "blinds_up"],
])("%p finds a tool that is described in other words, or in another language", (text, expected) => {
  expect(shown(HOME, text)).toContain(expected);
});

test("the contrary of what a tool does speaks against it, and so does another thing to do", () => {
  const lock = [tool("unlock_safe", "Unlocks the safe of an office", "office")];
  const scoreOf = (text: string) => fittingTools(lock, [user(text)]).score ?? 0;
  expect(scoreOf("unlock the safe of the north office")).toBeGreaterThan(
    scoreOf("lock the safe of the north office"),
  );
  expect(scoreOf("unlock the safe of the north office")).toBeGreaterThan(
    scoreOf("paint the safe of the north office"),
  );
});

test("why something is wanted does not speak against the tool", () => {
  const long = "My bones ache from all this damp, so please warm the attic room";
  expect(shown(HOME, long)).toEqual(["AcmeHeatingSet"]);
});
