/** What becomes of the answers of functions that started by themselves, and of skills that did. */
import { expect, test } from "bun:test";
import type { Delivery, Transport } from "../../../runtime/ports.ts";
import { FakeFunctions, fetched } from "../turn/fakes.ts";
import { HOURLY, counted, counting, machine, ran, settled } from "./clockwork.ts";
import { until } from "../../waiting.ts";

/** A transport that delivers. */
function chatting(): { readonly chat: Transport; readonly sent: Delivery[] } {
  const sent: Delivery[] = [];
  const send = (delivery: Delivery): Promise<void> => {
    sent.push(delivery);
    return Promise.resolve();
  };
  return { chat: { ...fetched, channel: "chat", send }, sent };
}

test("a skill without a handler is followed by the model, with its description as the request", async () => {
  using disk = machine();
  const functions = new FakeFunctions().add("plan_day", {
    kind: "skill",
    description: "Plan the day.",
    instructions: "List three things.",
    runs: false,
    triggers: [HOURLY],
  });
  await using bench = await disk.open(functions);
  await settled(disk.store);
  disk.clock.set("07:00");
  await until(async () => (await ran(disk.store, "cron:plan_day")).length > 0);
  expect(bench.model.requests).toHaveLength(1);
  const [request] = bench.model.requests;
  expect(request?.lane).toBe("cron");
  expect(request?.messages.find(({ role }) => role === "user")?.content).toBe("Plan the day.");
  expect(request?.messages.at(-1)?.content).toContain("List three things.");
  expect((await bench.agent.history("cron:plan_day")).at(-1)?.content).toBe("Yes.");
});

test("a skill with a handler gets the request of its trigger", async () => {
  using disk = machine();
  const asked: unknown[] = [];
  const functions = new FakeFunctions().add(
    "plan_day",
    { kind: "skill", triggers: [{ ...HOURLY, input: { request: "only the morning" } }] },
    (input) => {
      asked.push(input);
      return { output: "Breakfast." };
    },
  );
  await using bench = await disk.open(functions);
  await settled(disk.store);
  disk.clock.set("07:00");
  await until(async () => (await ran(disk.store, "cron:plan_day")).length > 0);
  expect(asked).toEqual(["only the morning"]);
  expect((await bench.agent.history("cron:plan_day")).at(-1)?.content).toBe("Breakfast.");
});

test("an answer goes to the conversation that a trigger names", async () => {
  using disk = machine();
  const { chat, sent } = chatting();
  const functions = new FakeFunctions().add(
    "report",
    { triggers: [{ ...HOURLY, to: "chat:12345" }] },
    () => ({ output: "Rain." }),
  );
  await using bench = await disk.open(functions, { transports: { chat } });
  await settled(disk.store);
  disk.clock.set("07:00");
  await until(() => sent.length > 0);
  expect(sent).toMatchObject([{ conversation: "12345", session: "chat:12345", text: "Rain." }]);
  // The person who answers is understood: it is the same conversation.
  expect((await bench.agent.history("chat:12345")).at(-1)?.content).toBe("Rain.");
});

test("a conversation that nobody can deliver to is told of when the function loads; the answer is kept", async () => {
  using disk = machine();
  await using bench = await disk.open(counting([{ ...HOURLY, to: "pigeon:1" }]));
  await settled(disk.store);
  expect(bench.hub.since(0)).toMatchObject([
    { type: "function.log", name: "report", text: expect.stringContaining('"pigeon:1"') },
  ]);
  disk.clock.set("07:00");
  await until(async () => (await ran(disk.store)).length > 0);
  expect(await disk.store.outboxPending()).toBe(0);
});

test.each([[""], [null], [undefined]])(
  "an answer of %p is no message to anybody",
  async (output) => {
    using disk = machine();
    const { chat, sent } = chatting();
    const functions = new FakeFunctions().add(
      "report",
      { triggers: [{ ...HOURLY, to: "chat:1" }] },
      () => ({ output }),
    );
    await using bench = await disk.open(functions, { transports: { chat } });
    await settled(disk.store);
    disk.clock.set("07:00");
    await until(async () => (await ran(disk.store, "chat:1")).length > 0);
    expect(await disk.store.outboxPending()).toBe(0);
    expect(sent).toEqual([]);
    expect((await bench.agent.sessions())[0]).toMatchObject({ session: "chat:1", turns: 1 });
  },
);

test("a failure is an answer too: who waits for one is told", async () => {
  using disk = machine();
  const { chat, sent } = chatting();
  const functions = new FakeFunctions().add(
    "report",
    { triggers: [{ ...HOURLY, to: "chat:1" }] },
    () => ({ error: { code: "tool/failed", message: "no paper" } }),
  );
  await using _bench = await disk.open(functions, { transports: { chat } });
  await settled(disk.store);
  disk.clock.set("07:00");
  await until(() => sent.length > 0);
  expect(sent).toMatchObject([{ text: "report failed: no paper" }]);
});

test("a tool starts at its time while the model still loads", async () => {
  using disk = machine();
  const status = { state: "loading", contextTokens: 0 } as const;
  await using _bench = await disk.open(counting(), { status });
  await settled(disk.store);
  disk.clock.set("07:00");
  await until(async () => (await counted(disk.store)).length > 0);
  expect(await ran(disk.store)).toEqual(["07:00"]);
});
