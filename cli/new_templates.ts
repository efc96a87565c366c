/** The texts of new functions and of their tests. `NAME` stands for the name. Knows no disk. */
import type { Updates } from "../schemas/channel.ts";

/** A function and its test. */
export interface Template {
  readonly code: string;
  readonly test: string;
  /** An input to see it at work with, as JSON; tools only. */
  readonly input?: string;
  /** What `moult.yaml` must have before it loads; absent: nothing. */
  readonly configuration?: string;
}

const TOOL: Template = {
  input: '{"person":"Ada"}',
  code: `import { defineTool, v } from "moult";

export default defineTool({
  // The model chooses by this line, the name, and the examples.
  description: "Greet a person",
  input: v.object({ person: v.string() }),
  output: v.object({ greeting: v.string() }),
  // Tried at each save while "moult dev" runs.
  examples: [
    {
      say: "greet Ada",
      input: { person: "Ada" },
      output: { greeting: "Hello, Ada!" },
    },
  ],

  run({ person }) {
    return { greeting: \`Hello, \${person}!\` };
  },
});
`,
  test: `import { expect, test } from "bun:test";
import { callTool } from "moult/testing";
import tool from "./NAME.ts";

test("greets by name", async () => {
  const output = await callTool(tool, { person: "Bo" });
  expect(output).toEqual({ greeting: "Hello, Bo!" });
});
`,
};

const SKILL: Template = {
  code: `import { defineSkill } from "moult";

export default defineSkill({
  // The model activates it by this line and the name.
  description: "Answer in rhyme",
  instructions: "Answer in two lines that rhyme. Say nothing else.",
});
`,
  test: `import { expect, test } from "bun:test";
import skill from "./NAME.ts";

test("says how long an answer is", () => {
  expect(skill.instructions).toContain("two lines");
});
`,
};

/** A channel with what its transport reports: fields of `receive`, the message they make, and an update to test with. */
function channel(parts: {
  readonly via: keyof Updates;
  readonly fields: string;
  readonly message: string;
  readonly update: string;
  readonly expected: string;
}): Template {
  return {
    code: `import { defineChannel } from "moult";

export default defineChannel({
  description: "Keeps replies to 500 characters",
  via: "${parts.via}",

  // What reaches the agent; { drop: "why" } leaves the update to the next channel of this transport.
  receive(${parts.fields}) {
    if (text.trim() === "") return { drop: "nothing was said" };
    return ${parts.message};
  },

  // What goes back.
  render(reply) {
    return reply.length > 500 ? \`\${reply.slice(0, 499)}…\` : reply;
  },
});
`,
    test: `import { expect, test } from "bun:test";
import { callContext } from "moult/testing";
import channel from "./NAME.ts";

/** What the channel makes of a text. */
function said(text: string) {
  const update = ${parts.update};
  return channel.receive(update, callContext());
}

test("makes a message of what was said", async () => {
  const message = ${parts.expected};
  expect(await said(" hello ")).toEqual(message);
  expect(await said(" ")).toHaveProperty("drop");
});

test("shortens long replies", async () => {
  const reply = await channel.render?.("x".repeat(1_000), callContext());
  expect(reply).toHaveLength(500);
});
`,
  };
}

/** By transport: one that is added and not here does not compile. */
const CHANNELS: Readonly<Record<keyof Updates, Template>> = {
  http: channel({
    via: "http",
    fields: "{ session, sender, text }",
    message: "{ conversation: session, sender, text: text.trim() }",
    update: '{ session: "kitchen", sender: "owner", text }',
    expected: '{ conversation: "kitchen", sender: "owner", text: "hello" }',
  }),
  terminal: channel({
    via: "terminal",
    fields: "{ session, user, text }",
    message: "{ conversation: session, sender: user, text: text.trim() }",
    update: '{ session: "tty", user: "owner", text }',
    expected: '{ conversation: "tty", sender: "owner", text: "hello" }',
  }),
  telegram: {
    configuration: "channels: { telegram: { token: … } }",
    ...channel({
      via: "telegram",
      fields: "{ chat, from, text }",
      message: `{
      // A topic of a forum is a conversation of its own.
      conversation: [chat.id, chat.topic].filter(Boolean).join(":"),
      sender: String(from.id),
      text: text.trim(),
    }`,
      update: `{
    chat: { id: 7, kind: "private" as const },
    from: { id: 42, name: "Ada" },
    text,
    extras: [],
    files: [],
  }`,
      expected: '{ conversation: "7", sender: "42", text: "hello" }',
    }),
  },
};

/** Kinds of functions that can be written. */
export const KINDS = ["tool", "skill", "channel"] as const;

/** Transports that a channel can be written for. */
export const TRANSPORTS = Object.keys(CHANNELS);

/** The template of a kind, with the function's name in it; `undefined` when there is no such kind or transport. */
export function templateFor(kind: string, via: string, name: string): Template | undefined {
  const found =
    kind === "channel" ? byName(CHANNELS, via) : byName({ tool: TOOL, skill: SKILL }, kind);
  return found && { ...found, test: found.test.replaceAll("NAME", name) };
}

function byName(templates: Readonly<Record<string, Template>>, name: string): Template | undefined {
  return Object.hasOwn(templates, name) ? templates[name] : undefined;
}
