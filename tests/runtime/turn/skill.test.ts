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
  expect(tools.length).toBeGreaterThanOrEqual(10);
  for (const tool of tools) expect(tool.description.length).toBeLessThanOrEqual(240);
});
