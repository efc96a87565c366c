/** A function whose calls a person is asked about, in the real program. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { makePlace, type Place } from "./program.ts";
import { atTerminal } from "./terminal.ts";

const UNLOCK = (confirm: string): string => `import { defineTool, v } from "moult";
export default defineTool({
  description: "Unlock a door",
  input: v.object({ door: v.string() }),
  confirm: ${confirm},
  async run({ door }, { kv }) {
    await kv.set(door, true);
    return { unlocked: (await kv.list()).map(({ key }) => key) };
  },
});
`;
/** It may call the other one, and cannot say yes for a person. */
const BUTLER = `import { defineTool, v } from "moult";
export default defineTool({
  description: "Do as the butler does",
  input: v.object({ door: v.string() }),
  permissions: { call: ["unlock"] },
  run: async ({ door }, { call }) => await call("unlock", { door }),
});
`;
const calls = (name: string, door: string) => ({
  match: `^${name} ${door}$`,
  call: { name, arguments: { door } },
});
const SCRIPT = [
  calls("unlock", "front"),
  calls("unlock", "shed"),
  calls("butler", "front"),
  { onTool: "unlock", reply: "It is open." },
  { onTool: "butler", reply: "He could not." },
  { reply: "{{text}}" },
];

let place: Place;
beforeEach(() => {
  place = makePlace(SCRIPT);
});
afterEach(async () => await place.remove());

test("asks in its conversation, in those of functions not at all, and not whoever calls it by name", async () => {
  const daemon = await place.dev();
  place.write("functions/unlock.ts", UNLOCK(`({ door }) => door !== "shed"`));
  place.write("functions/butler.ts", BUTLER);
  await Promise.all([daemon.serves("unlock"), daemon.serves("butler")]);
  const asked = await daemon.say("s", "unlock front");
  expect(asked.reply).toBe('May I call unlock with {"door":"front"}? Answer yes or no.');
  expect((await daemon.say("s", "yes")).reply).toBe("It is open.");
  // Its own predicate needs nobody here.
  const { toolCalls } = await daemon.say("s", "unlock shed");
  expect(toolCalls).toMatchObject([{ output: { unlocked: ["front", "shed"] } }]);
  const refused = await daemon.say("s", "butler front");
  expect(refused.toolCalls).toMatchObject([
    { error: { message: expect.stringContaining("asks a person before it runs") } },
  ]);
  const body = JSON.stringify({ door: "back" });
  const direct = await daemon.ask("/fn/unlock", { method: "POST", body });
  expect(await direct.json()).toEqual({ unlocked: ["back", "front", "shed"] });
}, 120_000);

test.each([
  ["y", "It is open."],
  ["n", "Then I leave it."],
])(
  "moult chat with a text asks at the terminal: %s",
  async (key, said) => {
    const daemon = await place.dev();
    place.write("functions/unlock.ts", UNLOCK(`"always"`));
    await daemon.serves("unlock");
    const chat = atTerminal(place.dir, ["chat", "unlock front"]);
    await chat.shows("Call it? [y/N]");
    expect(chat.text()).toContain('May I call unlock with {"door":"front"}?');
    chat.type(`${key}\r`);
    await chat.shows(said);
    expect(await chat.child.exited).toBe(0);
    expect(existsSync(join(place.home, "daemon.json"))).toBe(true);
  },
  120_000,
);
