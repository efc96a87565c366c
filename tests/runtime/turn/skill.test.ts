/** Skills in a turn: known by a line, read when used, with their files and tools at hand from then on. */
import { expect, test } from "bun:test";
import { prefixFor, PREFIX_TOKENS_MAX } from "../../../runtime/turn/prefix.ts";
import { FakeFunctions, FakeModel, lastContent, openAgent } from "./fakes.ts";

const FILE_INPUT = { type: "object", properties: { file: { type: "string" } } };

/** A skill as it comes from a folder. */
const FORMS = {
  kind: "skill",
  description: "Fills in forms.",
  instructions: "Read fields.md first.",
  runs: false,
  tools: ["stamp"],
  files: [{ path: "fields.md", bytes: 9 }],
  input: FILE_INPUT,
};

test("a skill's folder is offered by its description alone, called for its instructions, then for a file", async () => {
  const read: unknown[] = [];
  const functions = new FakeFunctions()
    .add("forms", FORMS, (input) => {
      read.push(input);
      const { file } = input as { readonly file?: string };
      return {
        output: file === undefined ? { instructions: "Read fields.md first." } : { text: "A B" },
      };
    })
    .add("stamp");
  for (let n = 0; n < 20; n++) functions.add(`other_${n}`);
  const script = (request: Parameters<typeof lastContent>[0]) => {
    const said = lastContent(request);
    if (said.includes("instructions"))
      return { calls: [{ name: "forms", arguments: { file: "fields.md" } }] };
    if (said.includes("A B")) return { text: "Filled in." };
    return { calls: [{ name: "forms", arguments: {} }] };
  };
  await using bench = await openAgent(script, functions);
  const reply = await bench.say("fill in these forms");
  expect(reply.reply).toBe("Filled in.");
  expect(read).toEqual([{}, { file: "fields.md" }]);
  const [first, second, third] = bench.model.requests;
  expect(JSON.stringify(first)).not.toContain("Read fields.md first");
  expect(first?.tools?.find(({ name }) => name === "forms")?.parameters).toEqual(FILE_INPUT);
  for (const request of [second, third]) {
    const names = request?.tools?.map(({ name }) => name) ?? [];
    expect(names).toContain("stamp");
    expect(names).toContain("forms");
  }
});

/** Fifty skills whose descriptions say little, tools beside them, and another one. */
function fifty(): FakeFunctions {
  const functions = new FakeFunctions();
  for (let n = 0; n < 50; n++)
    functions.add(`case_${n}`, { ...FORMS, description: `Handles matter ${n} of the office` });
  for (let n = 0; n < 10; n++) functions.add(`tool_${n}`);
  return functions.add("stamp");
}

test("of fifty skills the model knows every one, and opens the one it wants", async () => {
  const open = (name: string) => ({ calls: [{ name: "use_skill", arguments: { name } }] });
  const script = (request: Parameters<typeof lastContent>[0]) => {
    const said = lastContent(request);
    if (said.startsWith("hello")) return open("nobody");
    return said.includes("no such skill") ? open("case-37") : { text: "Done." };
  };
  await using bench = await openAgent(script, fifty());
  const reply = await bench.say("hello");
  expect(reply.toolCalls.map(({ name }) => name)).toEqual(["use_skill", "case_37"]);
  const [first = [], , third = []] = bench.model.requests.map(({ tools = [] }) => tools);
  // The request has no word of a skill: none is offered for itself, and the tools keep their places.
  expect(first).toHaveLength(12);
  expect(first.filter(({ name }) => name.startsWith("case_"))).toEqual([]);
  const list = first.find(({ name }) => name === "use_skill");
  for (let n = 0; n < 50; n++) expect(list?.description).toContain(`\ncase_${n}: Handles`);
  // Once it is followed, its tools are there and its files can be asked for; the catalogue has not changed.
  expect(third.map(({ name }) => name)).toEqual(expect.arrayContaining(["stamp", "case_37"]));
  expect(third.find(({ name }) => name === "use_skill")).toEqual(list);
});

test("a request that has a word of a skill is offered that one with its whole description", () => {
  const description = "Prepares the yearly declaration for the revenue.";
  const functions = fifty().add("taxes", { ...FORMS, description });
  const request = { text: "my yearly declaration, please", last: [], active: [] };
  const { tools, tokens } = prefixFor(functions, new FakeModel(() => ({})).status(), request);
  expect(tools.find(({ name }) => name === "taxes")?.description).toBe(description);
  expect(tokens).toBeLessThanOrEqual(PREFIX_TOKENS_MAX);
});

test("a thousand skills take no more room than the catalogue has", () => {
  const functions = new FakeFunctions();
  for (let n = 0; n < 1_000; n++) functions.add(`skill_number_${n}`, FORMS);
  const request = { text: "x", last: [], active: [] };
  const { tokens, listed } = prefixFor(functions, new FakeModel(() => ({})).status(), request);
  expect(tokens).toBeLessThan(800);
  expect(listed.size).toBeGreaterThan(80);
});

test("skills at great length do not crowd the tools out", () => {
  const functions = new FakeFunctions();
  const description = `Reads and writes forms. ${"It also does very many other things, at length. ".repeat(20)}`;
  for (let n = 0; n < 50; n++) functions.add(`skill_${n}`, { ...FORMS, description });
  for (let n = 0; n < 6; n++) functions.add(`tool_${n}`);
  const request = { text: "use tool 3", last: [], active: [] };
  const status = new FakeModel(() => ({})).status();
  const { tools, tokens } = prefixFor(functions, status, request);
  expect(tokens).toBeLessThanOrEqual(PREFIX_TOKENS_MAX);
  expect(tools.map(({ name }) => name)).toContain("tool_3");
  expect(tools.map(({ name }) => name)).toContain("use_skill");
  for (const { name, description: text } of tools)
    if (name !== "use_skill") expect(text.length).toBeLessThanOrEqual(240);
});
