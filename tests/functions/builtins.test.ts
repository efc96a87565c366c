/** What holds for every built-in function. */
import { expect, test } from "bun:test";
import { basename, join } from "node:path";
import { toJsonSchema } from "@valibot/to-json-schema";
import { type Definition, type ToolDefinition, v } from "moult";
import { FUNCTION_NAME } from "../../schemas/function.ts";
import { isMoultError } from "../../schemas/error.ts";
import { callContext } from "moult/testing";

const ROOT = join(import.meta.dir, "../../functions");
const files = [...new Bun.Glob("{tools,skills,channels}/[!_]*.ts").scanSync(ROOT)].toSorted();

const load = async (file: string) =>
  ((await import(join(ROOT, file))) as { default: Definition }).default;

const tools = async () => {
  const found: { name: string; tool: ToolDefinition }[] = [];
  for (const file of files) {
    const definition = await load(file);
    if (definition.kind === "tool") found.push({ name: basename(file, ".ts"), tool: definition });
  }
  return found;
};

test("the built-in functions are those that the documentation names", () => {
  expect(files.map((file) => basename(file, ".ts"))).toEqual([
    "rest",
    "telegram",
    "terminal",
    "assistant",
    "summarize",
    "calculate",
    "clock",
    "convert_units",
    "home",
    "notes",
    "read_file",
  ]);
});

test.each(files)(
  "%s is a definition in the usual order, imports only moult, and asks for little",
  async (file) => {
    const definition = await load(file);
    expect(basename(file, ".ts")).toMatch(FUNCTION_NAME);
    expect(`${definition.kind}s`).toBe(file.split("/")[0] ?? "");
    const order = [
      "kind",
      "description",
      "via",
      "tools",
      "input",
      "output",
      "permissions",
      "secrets",
      "limits",
    ];
    const rest = ["isolate", "examples", "instructions", "receive", "render", "run"];
    const places = Object.keys(definition).map((key) => [...order, ...rest].indexOf(key));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    const imports = new Bun.Transpiler({ loader: "ts" }).scanImports(
      await Bun.file(join(ROOT, file)).text(),
    );
    expect(imports.map(({ path }) => path)).toEqual(["moult"]);
    const { net, write, exec, call } = definition.permissions ?? {};
    expect([net, write, exec, call, definition.secrets]).toEqual(Array(5).fill(undefined));
  },
);

test("every example of a tool fits its input, and runs", async () => {
  for (const { name, tool } of await tools()) {
    expect(tool.examples ?? []).not.toBeEmpty();
    for (const { input } of tool.examples ?? [])
      expect(await outcome(tool, input), name).toMatch(/^(?:ran|tool\/failed)$/);
  }

  // An empty store has nothing to delete, and no folder was made: saying so is right.
  async function outcome(tool: ToolDefinition, input: unknown): Promise<string> {
    try {
      const output = await tool.run(v.parse(tool.input, input), callContext());
      v.parse(tool.output ?? v.unknown(), output);
      return "ran";
    } catch (error) {
      return isMoultError(error) ? error.code : String(error);
    }
  }
});

test("a tool's input is flat, small and made of plain types: a small model fills it in", async () => {
  for (const { tool } of await tools()) {
    const { properties = {}, type } = toJsonSchema(tool.input, { typeMode: "input" });
    expect(type).toBe("object");
    expect(Object.keys(properties).length).toBeLessThanOrEqual(3);
    for (const property of Object.values(properties)) {
      expect(property).toMatchObject({ type: expect.stringMatching(/^(?:string|number)$/) });
      // Longer lists are not shown to the small model.
      if (typeof property === "object") expect(property.enum?.length ?? 0).toBeLessThanOrEqual(8);
    }
  }
});

test("no tool's name begins with another's", async () => {
  const names = (await tools()).map(({ name }) => name);
  for (const name of names)
    expect(names.filter((other) => other !== name && other.startsWith(name))).toEqual([]);
});

test("the assistant's instructions stay short and begin as every prompt does", async () => {
  const { default: assistant } = await import("../../functions/skills/assistant.ts");
  expect(assistant.instructions).toStartWith("You are Moult, a helpful assistant.");
  expect(assistant.instructions.split(/\s+/).length).toBeLessThanOrEqual(120);
});
