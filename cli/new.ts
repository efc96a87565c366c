/** `moult new tool|skill|channel NAME`: writes a function and its test, both of which work at once. */
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { FUNCTION_NAME } from "../schemas/function.ts";
import { text } from "./client.ts";
import { json, line } from "./print.ts";
import { UsageError, type Command } from "./program.ts";

const TOOL = `import { defineTool, v } from "moult";

export default defineTool({
  description: "Greet a person by name",
  input: v.object({ name: v.string() }),
  output: v.object({ greeting: v.string() }),
  examples: [{ say: "greet Ada", input: { name: "Ada" } }],

  run({ name }) {
    return { greeting: \`Hello, \${name}!\` };
  },
});
`;

const TOOL_TEST = `import { expect, test } from "bun:test";
import { callTool } from "moult/testing";
import tool from "./NAME.ts";

test("NAME greets by name", async () => {
  expect(await callTool(tool, { name: "Ada" })).toEqual({ greeting: "Hello, Ada!" });
});
`;

const SKILL = `import { defineSkill } from "moult";

export default defineSkill({
  description: "Answer in rhyme",
  instructions: "Answer in two lines that rhyme. Say nothing else.",
});
`;

const SKILL_TEST = `import { expect, test } from "bun:test";
import skill from "./NAME.ts";

test("NAME tells the model what to do", () => {
  expect(skill.instructions).toContain("rhyme");
});
`;

const CHANNEL = `import { defineChannel } from "moult";

export default defineChannel({
  description: "Takes messages over HTTP, but none that are shouted",
  via: "http",

  receive({ session, sender, text }) {
    if (text === text.toUpperCase()) return { drop: "shouted" };
    return { conversation: session, sender, text };
  },
});
`;

const CHANNEL_TEST = `import { expect, test } from "bun:test";
import { callContext } from "moult/testing";
import channel from "./NAME.ts";

test("NAME drops what is shouted", async () => {
  const update = { session: "kitchen", sender: "owner", text: "HELLO" };
  expect(await channel.receive(update, callContext())).toEqual({ drop: "shouted" });
});
`;

const TEMPLATES: Readonly<Record<string, readonly [string, string]>> = {
  tool: [TOOL, TOOL_TEST],
  skill: [SKILL, SKILL_TEST],
  channel: [CHANNEL, CHANNEL_TEST],
};

/** `moult new` */
export const command: Command = {
  usage: "tool|skill|channel NAME [--functions DIR]",
  options: { functions: { type: "string", short: "f" } },
  help: "  --functions DIR  your functions (default: ./functions)",
  async run(_program, [kind, name, ...rest], values) {
    const template = kind === undefined ? undefined : TEMPLATES[kind];
    if (!template || name === undefined || rest.length > 0) {
      throw new UsageError(
        "Write: moult new tool NAME, moult new skill NAME, or moult new channel NAME",
      );
    }
    if (!FUNCTION_NAME.test(name)) {
      throw new UsageError(
        `"${name}" is not a name for a function; use a-z, 0-9 and _, at most 48, for example "exchange_rate"`,
      );
    }
    const folder = join(resolve(text(values["functions"]) ?? "functions"), `${kind}s`);
    mkdirSync(folder, { recursive: true });
    const files = [join(folder, `${name}.ts`), join(folder, `${name}.test.ts`)];
    const taken = files.find((file) => existsSync(file));
    if (taken)
      throw new UsageError(`${relative(process.cwd(), taken)} exists already; choose another name`);
    files.forEach((file, index) => appear(file, (template[index] ?? "").replaceAll("NAME", name)));
    const shown = files.map((file) => relative(process.cwd(), file));
    if (values["json"] === true) json({ files: shown });
    else {
      for (const file of shown) line(`wrote ${file}`);
      line(`Edit it while "moult dev" runs; test it with: bun test ./${shown[1]}`);
    }
    return 0;
  },
};

/** Writes a file that is there whole or not at all: a daemon may be watching, and an empty file is a broken function. */
function appear(file: string, content: string): void {
  const draft = join(dirname(file), `.${basename(file)}.new`);
  writeFileSync(draft, content);
  renameSync(draft, file);
}
