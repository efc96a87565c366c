/** Calls that a person is asked about first. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { openStore } from "../../../adapters/sqlite/store.ts";
import { OWNER } from "../../../schemas/message.ts";
import { temporary } from "../../temporary.ts";
import { FakeFunctions, type FakeResult, lines, openAgent } from "./fakes.ts";

const INPUT = { door: "front" };
const unlocks = { calls: [{ name: "unlock", arguments: INPUT }] };
const QUESTION = 'May I call unlock with {"door":"front"}? Answer yes or no.';

/** A door, and every input that it was opened with. */
function door(confirm = "always", predicate: () => FakeResult = () => ({ output: true })) {
  const opened: unknown[] = [];
  const functions = new FakeFunctions().add("unlock", { confirm }, (input, _call, handler) => {
    if (handler === "confirm") return predicate();
    opened.push(input);
    return { output: "open" };
  });
  return { opened, functions };
}

test("nothing is called before a person has said yes, and then exactly what was asked about", async () => {
  const { opened, functions } = door();
  await using bench = await openAgent(lines(unlocks, { text: "It is open." }), functions);
  const asked = await bench.say("open the door");
  expect(asked).toMatchObject({ outcome: "refused", reply: QUESTION });
  expect(asked.toolCalls).toMatchObject([{ name: "unlock", error: { code: "policy/denied" } }]);
  expect(opened).toEqual([]);
  const trace = await bench.agent.trace(asked.turn);
  expect(trace.events).toContainEqual(
    expect.objectContaining({ type: "question", name: "unlock", input: INPUT }),
  );
  const done = await bench.say("Yes.");
  expect(done).toMatchObject({ outcome: "answered", reply: "It is open." });
  expect(done.toolCalls).toMatchObject([{ name: "unlock", input: INPUT, output: "open" }]);
  expect(opened).toEqual([INPUT]);
  // What was answered is over: this is another request, and another question.
  await bench.say("yes");
  expect(opened).toEqual([INPUT]);
});

test("no is an answer, and anything else is another request after which yes means nothing", async () => {
  const { opened, functions } = door();
  const script = lines(unlocks, unlocks, { text: "Hello." }, { text: "Yes what?" });
  await using bench = await openAgent(script, functions);
  await bench.say("open the door");
  expect(await bench.say("no")).toMatchObject({ outcome: "answered", reply: "Then I leave it." });
  expect(await bench.say("open the door")).toMatchObject({ reply: QUESTION });
  expect((await bench.say("yes please, but say hello first")).reply).toBe("Hello.");
  expect((await bench.say("yes")).reply).toBe("Yes what?");
  expect(opened).toEqual([]);
});

test("a yes of another conversation is none", async () => {
  const { opened, functions } = door();
  await using bench = await openAgent(lines(unlocks, { text: "Yes what?" }), functions);
  await bench.say("open the door", "mine");
  expect((await bench.say("yes", "another")).reply).toBe("Yes what?");
  expect(opened).toEqual([]);
});

test("a question outlives the daemon, but not the version that it was about", async () => {
  using folder = temporary();
  const { opened, functions } = door();
  const script = lines(unlocks, { text: "It is open." });
  const open = async (change: Partial<{ version: string }> = {}) => {
    const get: FakeFunctions["get"] = (name) => {
      const info = functions.get(name);
      return info && { ...info, ...change };
    };
    const now = Object.assign(Object.create(functions) as FakeFunctions, { get });
    return await openAgent(script, now, { store: openStore(join(folder.path, "moult.sqlite")) });
  };
  {
    await using bench = await open();
    await bench.say("open the door");
  }
  {
    await using bench = await open({ version: "ffffffffffff" });
    expect(await bench.say("yes")).toMatchObject({ outcome: "refused", reply: QUESTION });
    expect(opened).toEqual([]);
  }
  await using bench = await open({ version: "ffffffffffff" });
  expect(await bench.say("yes")).toMatchObject({ reply: "It is open." });
  expect(opened).toEqual([INPUT]);
});

test("of several calls those before the question are made, and none after it", async () => {
  const { opened, functions } = door();
  const rung: unknown[] = [];
  functions.add("ring", {}, (input) => ({ output: rung.push(input) }));
  const ring = (n: number) => ({ name: "ring", arguments: { n } });
  const script = lines({ calls: [ring(1), ...unlocks.calls, ring(2)] });
  await using bench = await openAgent(script, functions);
  const { reply, toolCalls } = await bench.say("ring, open, ring");
  expect(reply).toBe(QUESTION);
  expect(toolCalls.map(({ name, error }) => [name, error?.code])).toEqual([
    ["ring", undefined],
    ["unlock", "policy/denied"],
    ["ring", "policy/denied"],
  ]);
  expect([rung, opened]).toEqual([[{ n: 1 }], []]);
});

test.each([
  ["true", { output: true }, 0],
  ["false", { output: false }, 1],
  ["nonsense", { output: "no" }, 0],
  ["an error", { error: { code: "tool/failed", message: "?" } }, 0],
  ["that its process is gone", { error: { code: "function/crashed", message: "?" } }, 0],
] as const)("a predicate that answers %s", async (_, answer, times) => {
  const { opened, functions } = door("asks", () => answer);
  await using bench = await openAgent(lines(unlocks, { text: "It is open." }), functions);
  await bench.say("open the door");
  expect(opened).toHaveLength(times);
});

test("a call that a time or a request begins is a question, too", async () => {
  const { opened, functions } = door();
  await using bench = await openAgent(lines({ text: "It is open." }), functions);
  const { turn } = await bench.agent.begin({
    protocol: "http",
    channel: "rest",
    conversation: "s",
    session: "s",
    text: "[cron] unlock",
    work: { kind: "call", name: "unlock", input: INPUT },
    sender: "cron",
    principal: OWNER,
    keys: [],
  });
  expect(await bench.agent.wait(turn)).toMatchObject({ outcome: "refused", reply: QUESTION });
  expect(opened).toEqual([]);
  expect(await bench.say("ja")).toMatchObject({ reply: "It is open." });
  expect(opened).toEqual([INPUT]);
});
