/** The agent loop, with a model that plays a script. */
import { expect, test } from "bun:test";
import { MoultError } from "../../../schemas/error.ts";
import type { TurnEvent } from "../../../schemas/turn.ts";
import { FakeFunctions, lastContent, lines, openAgent } from "./fakes.ts";

const CITY = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
};

function weather(): FakeFunctions {
  return new FakeFunctions().add("weather", { input: CITY }, (input) => ({
    output: { of: input, degrees: 21 },
  }));
}

const callWeather = { calls: [{ name: "weather", arguments: { city: "Oslo" } }] };

test("answers with the model's text when no tool is called", async () => {
  await using bench = await openAgent(lines({ text: "Hello there." }));
  const reply = await bench.say("hi");
  expect(reply).toMatchObject({ session: "s", outcome: "answered", reply: "Hello there." });
  expect(reply.toolCalls).toEqual([]);
  expect(reply.usage).toMatchObject({ promptTokens: 10, cachedTokens: 4, completionTokens: 2 });
});

test("what a model thinks is no part of what it says, shows or remembers", async () => {
  const said = { thought: "They greet me. I greet back.", text: "Hello there." };
  await using bench = await openAgent(lines(said));
  const turn = await bench.send("hi");
  const events: TurnEvent[] = [];
  for await (const event of bench.agent.follow(turn, 0)) events.push(event);
  expect(events.map(({ type }) => type)).toEqual(["turn", "token", "token", "done"]);
  expect((await bench.say("again")).reply).toBe("Hello there.");
  expect(JSON.stringify([events, bench.model.requests])).not.toContain("greet back");
});

test("calls the tool the model chose and gives the model its result", async () => {
  await using bench = await openAgent(lines(callWeather, { text: "21 degrees." }), weather());
  const reply = await bench.say("weather in Oslo?");
  expect(reply.reply).toBe("21 degrees.");
  expect(reply.toolCalls).toEqual([
    {
      id: "call_1",
      name: "weather",
      version: "0123456789ab",
      input: { city: "Oslo" },
      output: { of: { city: "Oslo" }, degrees: 21 },
      ms: 1,
    },
  ]);
  const second = bench.model.requests[1]?.messages ?? [];
  expect(second.map(({ role }) => role)).toEqual(["system", "user", "assistant", "tool"]);
  expect(JSON.parse(second[3]?.content ?? "")).toEqual({ of: { city: "Oslo" }, degrees: 21 });
});

test("shows events in order, each with its number, and the same ones in the trace", async () => {
  await using bench = await openAgent(lines(callWeather, { text: "It is 21." }), weather());
  const turn = await bench.send("weather?");
  const events: TurnEvent[] = [];
  for await (const event of bench.agent.follow(turn, 0)) events.push(event);
  expect(events.map(({ type }) => type)).toEqual([
    "turn",
    "tool_call",
    "tool_result",
    "token",
    "token",
    "token",
    "done",
  ]);
  const seqs = events.map(({ seq }) => seq);
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
  expect(seqs[0]).toBe(1);
  const trace = await bench.agent.trace(turn);
  expect(trace).toMatchObject({ turn, session: "s", state: "done", outcome: "answered" });
  expect(trace.events.map(({ type }) => type)).toEqual([
    "turn",
    "model",
    "tool_call",
    "tool_result",
    "model",
    "done",
  ]);
  expect(trace.events[1]).toMatchObject({ promptHash: "00", cachedTokens: 4, tools: ["weather"] });
});

test("a follower that comes back gets only what it has not seen", async () => {
  await using bench = await openAgent(lines(callWeather, { text: "It is 21." }), weather());
  const turn = await bench.send("weather?");
  const { reply } = await bench.agent.wait(turn);
  const late = await Array.fromAsync(bench.agent.follow(turn, 3));
  expect(late.map(({ type }) => type)).not.toContain("tool_call");
  expect(late.at(-1)).toMatchObject({ type: "done", reply: { reply } });
});

test("tells the model about an unknown tool and bad arguments instead of failing", async () => {
  const script = lines(
    { calls: [{ name: "teleport", arguments: {} }] },
    { calls: [{ name: "weather", arguments: "Oslo" }] },
    { text: "I cannot." },
  );
  await using bench = await openAgent(script, weather());
  const reply = await bench.say("beam me up");
  expect(reply.outcome).toBe("answered");
  expect(reply.toolCalls.map(({ error }) => error?.code)).toEqual([
    "function/not-found",
    "input/invalid",
  ]);
  expect(lastContent(bench.model.requests[1]!)).toContain('There is no tool \\"teleport\\"');
});

test("a tool's error reaches the model without details", async () => {
  const error = {
    code: "tool/failed",
    message: "No rate today",
    details: { token: "x1" },
  } as const;
  const functions = new FakeFunctions().add("rate", {}, () => ({ error }));
  const script = lines({ calls: [{ name: "rate", arguments: {} }] }, { text: "No rate." });
  await using bench = await openAgent(script, functions);
  await bench.say("rate?");
  expect(lastContent(bench.model.requests[1]!)).toBe('{"error":"No rate today"}');
});

test("stops when the model repeats a call that failed", async () => {
  const error = { code: "tool/failed", message: "The bridge is closed" } as const;
  const functions = new FakeFunctions().add("cross", {}, () => ({ error }));
  await using bench = await openAgent(
    lines({ calls: [{ name: "cross", arguments: {} }] }),
    functions,
  );
  const reply = await bench.say("cross it");
  expect(reply).toMatchObject({ outcome: "failed" });
  expect(reply.reply).toContain("The bridge is closed");
  expect(bench.model.requests).toHaveLength(2);
});

test("ends after eight steps, and makes at most eight calls in one", async () => {
  let at = 0;
  const functions = new FakeFunctions().add("count");
  const script = () => ({
    calls: Array.from({ length: 9 }, () => ({ name: "count", arguments: { n: at++ } })),
  });
  await using bench = await openAgent(script, functions);
  const reply = await bench.say("count");
  expect(reply.outcome).toBe("failed");
  expect(reply.toolCalls).toHaveLength(64);
  expect(new Set(reply.toolCalls.map(({ id }) => id)).size).toBe(64);
});

test("a refused call is an event of its own, and a turn in which nothing was allowed is refused", async () => {
  const error = { code: "policy/denied", message: "Not granted" } as const;
  const functions = new FakeFunctions().add("unlock", {}, () => ({ error }));
  const script = lines({ calls: [{ name: "unlock", arguments: {} }] }, { text: "I may not." });
  await using bench = await openAgent(script, functions);
  const turn = await bench.send("unlock");
  const events = await Array.fromAsync(bench.agent.follow(turn, 0));
  expect(events.find(({ type }) => type === "refusal")).toMatchObject({ code: "policy/denied" });
  expect((await bench.agent.wait(turn)).outcome).toBe("refused");
});

test("a call that was broken off never reaches the user", async () => {
  const pieces = ["<tool", "_call>\n", '{"name": "wea'];
  await using bench = await openAgent(lines({ pieces, finish: "length" }), weather());
  const turn = await bench.send("weather?");
  const events = await Array.fromAsync(bench.agent.follow(turn, 0));
  const reply = await bench.agent.wait(turn);
  expect(events.filter(({ type }) => type === "token")).toEqual([]);
  expect(events.find(({ type }) => type === "refusal")).toMatchObject({ code: "output/invalid" });
  expect(reply.outcome).toBe("failed");
  expect(reply.reply).not.toContain("tool");
});

test("asks again while the model's process restarts, and shows no token twice", async () => {
  const restarting = new MoultError("model/unavailable", "The model restarts", {
    restarting: true,
  });
  const script = lines(
    { text: "Back ", fails: restarting },
    { fails: restarting },
    { text: "Back again." },
  );
  await using bench = await openAgent(script);
  const turn = await bench.send("hi");
  const events = await Array.fromAsync(bench.agent.follow(turn, 0));
  const shown = events.flatMap((event) => (event.type === "token" ? [event.text] : []));
  expect(shown.join("")).toBe("Back again.");
  expect(await bench.agent.wait(turn)).toMatchObject({ outcome: "answered", reply: "Back again." });
});

test("ends with a text for people when the model is gone for good", async () => {
  const script = () => {
    throw new MoultError("model/unavailable", "The file models/x.gguf is damaged");
  };
  await using bench = await openAgent(script);
  const turn = await bench.send("hi");
  const reply = await bench.agent.wait(turn);
  expect(reply.outcome).toBe("failed");
  expect(reply.reply).toContain("The file models/x.gguf is damaged");
  const types = (await bench.agent.trace(turn)).events.map(({ type }) => type);
  expect(types).toContain("error");
});

test("waits for a full model as long as it may be free again in time, and no longer", async () => {
  const full = (retryAfterMs: number) => new MoultError("queue/full", "Full", { retryAfterMs });
  await using soon = await openAgent(lines({ fails: full(1) }, { text: "Here." }));
  expect(await soon.say("hi")).toMatchObject({ outcome: "answered", reply: "Here." });
  await using late = await openAgent(lines({ fails: full(3_600_000) }, { text: "Here." }));
  expect(await late.say("hi")).toMatchObject({ outcome: "failed" });
});

test("what was not foreseen ends the turn without its text", async () => {
  const script = () => {
    throw new TypeError("token=hunter2");
  };
  await using bench = await openAgent(script);
  const reply = await bench.say("hi");
  expect(reply.outcome).toBe("failed");
  expect(JSON.stringify(reply)).not.toContain("hunter2");
});

test("a cancelled turn ends with that outcome, whether it runs or waits", async () => {
  const started = Promise.withResolvers<void>();
  const script = async (_request: unknown, signal?: AbortSignal) => {
    started.resolve();
    await new Promise((resolve) => signal?.addEventListener("abort", resolve));
    return {};
  };
  await using bench = await openAgent(script);
  const running = await bench.send("one");
  const waiting = await bench.send("two");
  await started.promise;
  expect(await bench.agent.cancel(waiting)).toBe(true);
  expect(await bench.agent.cancel(running)).toBe(true);
  expect((await bench.agent.wait(running)).outcome).toBe("cancelled");
  expect((await bench.agent.wait(waiting)).outcome).toBe("cancelled");
  expect(await bench.agent.cancel(running)).toBe(false);
  expect(bench.model.requests).toHaveLength(1);
});

test("a turn that takes too long ends", async () => {
  const script = async (_request: unknown, signal?: AbortSignal) => {
    await new Promise((resolve) => signal?.addEventListener("abort", resolve));
    return {};
  };
  await using bench = await openAgent(script, undefined, { turnMsMax: 20 });
  expect(await bench.say("wait")).toMatchObject({ outcome: "failed" });
});

test("a large result is cut for the model and says so", async () => {
  const functions = new FakeFunctions().add("dump", {}, () => ({ output: "x".repeat(50_000) }));
  const script = lines({ calls: [{ name: "dump", arguments: {} }] }, { text: "Long." });
  await using bench = await openAgent(script, functions);
  const reply = await bench.say("dump");
  const read = lastContent(bench.model.requests[1]!);
  expect(read.length).toBeLessThan(8_400);
  expect(read).toContain("cut here: 50002 characters in all");
  expect(String(reply.toolCalls[0]?.output)).toHaveLength(50_000);
});

test("a message that does not fit the model's context gets a clear answer", async () => {
  const options = { status: { contextTokens: 1_024 } };
  await using bench = await openAgent(lines({ text: "never" }), undefined, options);
  const reply = await bench.say("word ".repeat(3_000));
  expect(reply).toMatchObject({ outcome: "failed" });
  expect(reply.reply).toContain("too long for the model");
  expect(bench.model.requests).toEqual([]);
});

test("a skill's own run gets the request, and instructions bring their tools", async () => {
  const functions = new FakeFunctions()
    .add("assistant", { kind: "skill", instructions: "Be brief.", tools: ["clock"], runs: false })
    .add("clock")
    .add("budget")
    .add("shorten", { kind: "skill" }, (request) => ({ output: `short: ${String(request)}` }))
    .add("travel", {
      kind: "skill",
      instructions: "State prices.",
      tools: ["budget"],
      runs: false,
    });
  const script = lines(
    { calls: [{ name: "shorten", arguments: { request: "a tale" } }] },
    { calls: [{ name: "travel", arguments: {} }] },
    { text: "Done." },
  );
  await using bench = await openAgent(script, functions);
  const reply = await bench.say("plan a trip");
  expect(reply.toolCalls.map(({ output }) => output)).toEqual([
    "short: a tale",
    { instructions: "State prices." },
  ]);
  const offered = bench.model.requests.map(({ tools }) => tools?.map(({ name }) => name));
  expect(offered[0]).toEqual(["clock", "shorten", "travel"]);
  expect(offered[2]).toEqual(["budget", "clock", "shorten", "travel"]);
  expect(bench.model.requests[0]?.messages[0]?.content).toBe("Be brief.");
});
