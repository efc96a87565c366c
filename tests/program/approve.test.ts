/** Approvals as their owner has them: under `start` what asks for something waits, and every place says the command. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import type { FunctionInfo } from "../../schemas/function.ts";
import { until } from "../waiting.ts";
import { makePlace, type Place } from "./program.ts";
import { atTerminal, dev } from "./terminal.ts";

const fn = (
  name: string,
  fields: string,
  run: string,
): string => `import { defineTool, v } from "moult";
export default defineTool({
  description: "Looks up the ${name} of a city.",
  input: v.object({}),
  ${fields}
  run: ${run},
});
`;
const TIDES = fn("tides", `permissions: { net: ["api.example:443"] },`, `() => "high"`);
const ASKER = fn(
  "asker",
  `permissions: { call: ["tides"] },`,
  `(_input, ctx) => ctx.call("tides", {})`,
);

let place: Place;
beforeEach(() => {
  place = makePlace([
    { match: "^call tides$", call: { name: "tides", arguments: {} } },
    { onTool: "tides", reply: "{{error}}" },
    { match: "tides in Rome", call: { name: "calculate", arguments: { expression: "Rome" } } },
    { match: "tides in 1", call: { name: "calculate", arguments: { expression: "1" } } },
    { onTool: "calculate", reply: "Here you are." },
    { reply: "I cannot look that up." },
  ]);
});
afterEach(() => place.remove(), 120_000);

test("a function that asks for a host waits until moult approve, and everybody says so", async () => {
  place.write("functions/tides.ts", TIDES);
  place.write("functions/asker.ts", ASKER);
  const daemon = await place.start();
  const call = (name: string) => daemon.ask(`/fn/${name}`, { method: "POST", body: "{}" });
  const refused = await call("tides");
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({
    error: { code: "function/pending", message: expect.stringContaining("moult approve tides") },
  });
  const listed = await place.moult("list");
  expect(listed.out).toMatch(/tides +tool +[0-9a-f]{12} +pending/);
  expect(listed.out).toContain("may reach api.example:443; to allow it: moult approve tides");
  expect((await place.moult("describe", "tides")).out).toContain("moult approve tides");
  const { reply } = await daemon.say("s", "what are the tides in Oslo?");
  expect(reply).toStartWith("I cannot look that up.");
  expect(reply).toEndWith("moult approve tides");
  const { reply: other } = await daemon.say("s", "hello");
  expect(other).toBe("I cannot look that up.");
  const mistaken = await daemon.say("s", "what are the tides in Rome?");
  expect(mistaken.reply).toEndWith("moult approve tides");
  const done = await daemon.say("s", "what are the tides in 1?");
  expect(done.reply).toBe("Here you are.");
  const asked = await daemon.say("s", "call tides");
  expect(asked.toolCalls[0]?.error).toMatchObject({ code: "function/pending" });

  const unasked = await place.moult("approve", "tides");
  expect(unasked.code).toBe(2);
  expect(unasked.out).toContain("new: may reach api.example:443");
  expect((await call("tides")).status).toBe(403);
  // Its caller is approved, which gives nothing to whom it calls.
  expect((await place.moult("approve", "asker", "--yes")).code).toBe(0);
  const laundered = await call("asker");
  expect(await laundered.text()).toContain("function/pending");
  const approved = await place.moult("approve", "tides", "--yes");
  expect(approved).toMatchObject({ code: 0, err: "" });
  expect(await (await call("asker")).json()).toBe("high");
  expect((await place.moult("approve", "tides", "--yes")).out).toContain("approved already");
  await daemon.kill();

  const again = await place.start();
  expect((await again.ask("/fn/tides", { method: "POST", body: "{}" })).status).toBe(200);
  const revoked = await place.moult("approve", "--revoke", "tides");
  expect(revoked.out).toContain("no longer approved");
  expect((await again.ask("/fn/tides", { method: "POST", body: "{}" })).status).toBe(403);
}, 120_000);

test("a damaged approval approves nothing, and the daemon says what to do", async () => {
  place.write("functions/tides.ts", TIDES);
  place.write(".moult/grants/tides.json", "{");
  await place.start();
  expect((await place.moult("describe", "tides")).out).toContain("is damaged");
  expect((await place.moult("approve", "tides", "--yes")).code).toBe(0);
}, 120_000);

test("policy.reapprove is read, and a wrong word for it is refused", async () => {
  const yaml = (word: string) =>
    place.write(
      "moult.yaml",
      `model:\n  path: scripted:script.jsonl\nserver:\n  port: 0\npolicy:\n  reapprove: ${word}\n`,
    );
  yaml("sometimes");
  const broken = await place.moult("start");
  expect(broken.code).toBe(78);
  expect(broken.err).toContain("policy.reapprove");
  yaml("any");
  place.write("functions/tides.ts", TIDES);
  const daemon = await place.start();
  await daemon.approve("tides");
  place.write("functions/tides.ts", TIDES.replace("high", "low"));
  await until(async () => {
    const info = (await (await daemon.ask("/api/functions/tides")).json()) as FunctionInfo;
    return info.waiting !== undefined && info.state === "ready";
  });
  const { out } = await place.moult("approve", "tides", "--yes");
  expect(out).toContain("asks for nothing new");
}, 120_000);

test("dev grants its own folder on sight and prints it, and start accepts the same", async () => {
  const { child, type, shows, text } = dev(place.dir);
  await shows("owner.key");
  place.write("functions/tides.ts", TIDES);
  await shows("✓ tides");
  expect(text()).toContain("tides may reach api.example:443 (granted");
  type("\u0004");
  await child.exited;
  const daemon = await place.start();
  expect((await daemon.ask("/fn/tides", { method: "POST", body: "{}" })).status).toBe(200);
}, 120_000);

test("a chat on a terminal asks, and what is approved there serves", async () => {
  place.write("functions/tides.ts", TIDES);
  const daemon = await place.start();
  const { child, type, shows, text } = atTerminal(place.dir, ["chat"]);
  await shows("Approve tides? [y/N]");
  expect(text()).toContain("new: may reach api.example:443");
  type("y\r");
  await shows("tides is approved");
  expect((await daemon.ask("/fn/tides", { method: "POST", body: "{}" })).status).toBe(200);
  type("hello\r");
  await shows("I cannot look that up.");
  type("\u0004");
  await child.exited;
}, 120_000);
