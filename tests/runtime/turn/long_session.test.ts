/** Sessions that outgrow their window: what stands for older turns, what is brought back, what never changes. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { openStore } from "../../../adapters/sqlite/store.ts";
import { estimateTokens } from "../../../runtime/turn/window.ts";
import { MoultError } from "../../../schemas/error.ts";
import { OWNER } from "../../../schemas/message.ts";
import type { GenerateRequest } from "../../../schemas/model.ts";
import { temporary } from "../../temporary.ts";
import { type Bench, type Script, lastContent, openAgent } from "./fakes.ts";

const CONTEXT = 2_000;
const small = { status: { contextTokens: CONTEXT } };

/** Answers turns with a few words, and writes summaries where it is asked for one. */
function talk(summary: () => string = () => "They talked about days."): Script {
  return ({ lane }) => ({
    text: lane === "background" ? summary() : "That sounds like a good day.",
  });
}

/** Says what fills windows and holds no fact. */
async function chat(bench: Bench, from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n++) {
    await bench.say(
      `On day ${n} it was windy, and the ferry came ${"very ".repeat(20)}late again.`,
    );
  }
}

function asked(bench: Bench): readonly GenerateRequest[] {
  return bench.model.requests.filter(({ lane }) => lane === "interactive");
}

function sizeOf({ messages }: GenerateRequest): number {
  return messages.reduce((sum, { content }) => sum + estimateTokens(content) + 5, 0);
}

async function events(bench: Bench, turn: string, type: string) {
  return (await bench.agent.trace(turn)).events.filter((event) => event.type === type);
}

test("a prompt never outgrows the context, and its beginning changes only when the window moves on", async () => {
  await using bench = await openAgent(talk(), undefined, small);
  let before: readonly string[] = [];
  let moves = 0;
  for (let n = 0; n < 60; n++) {
    const turn = await bench.send(`On day ${n} the ferry came ${"very ".repeat(n % 23)}late.`);
    await bench.agent.wait(turn);
    const request = asked(bench).at(-1);
    const contents = (request?.messages ?? []).slice(0, -1).map(({ content }) => content);
    if (request !== undefined) expect(sizeOf(request)).toBeLessThanOrEqual(CONTEXT);
    const [move] = await events(bench, turn, "compacted");
    if (move === undefined) expect(contents.slice(0, before.length)).toEqual([...before]);
    else moves++;
    before = contents;
  }
  expect(moves).toBeGreaterThan(1);
  expect(moves).toBeLessThan(20);
  expect(await bench.agent.history("s")).toHaveLength(120);
});

test("what leaves the window is summarised by the model, behind everybody else, and counted", async () => {
  let written = 0;
  await using bench = await openAgent(
    talk(() => `Notes ${++written}`),
    undefined,
    small,
  );
  await chat(bench, 0, 40);
  expect(written).toBeGreaterThan(1);
  expect(new Set(bench.model.requests.map(({ lane }) => lane))).toEqual(
    new Set(["interactive", "background"]),
  );
  const { summarisedTurns = 0 } = (await bench.agent.session("s")) ?? {};
  expect(summarisedTurns).toBeGreaterThan(10);
  const { summary } = await bench.store.context("s");
  expect(summary).toMatchObject({ by: "model", turns: summarisedTurns });
  const head = asked(bench).at(-1)?.messages[1];
  expect(head).toEqual({
    role: "user",
    content: `What was said before, in short:\n${summary?.text ?? ""}`,
  });
});

test("where the model writes no summary, rules pick what tells most", async () => {
  const broken = talk(() => {
    throw new TypeError("No summary");
  });
  await using bench = await openAgent(broken, undefined, small);
  await bench.say("My sister Olga must have the report on Friday 14 March.");
  await chat(bench, 0, 40);
  const { summary } = await bench.store.context("s");
  expect(summary).toMatchObject({ by: "rules" });
  expect(summary?.text).toContain("User: My sister Olga must have the report on Friday 14 March.");
  expect(estimateTokens(summary?.text ?? "")).toBeLessThanOrEqual(CONTEXT / 12);
});

test("a summary that made way for a turn is written by the model later, and not by rules", async () => {
  let tries = 0;
  const interrupted = talk(() => {
    tries++;
    if (tries === 1) throw new MoultError("queue/full", "It made way");
    return "Notes.";
  });
  await using bench = await openAgent(interrupted, undefined, small);
  await chat(bench, 0, 40);
  expect(tries).toBeGreaterThan(1);
  expect((await bench.store.context("s")).summary).toMatchObject({ by: "model" });
});

test.each([
  ["My locker code is 7741 at the pool.", "What was the code of my locker?", "7741"],
  ["我的护照放在书房的蓝色抽屉里。", "我的护照放在哪儿了？", "蓝色抽屉"],
])("%p is brought back when it is asked for, and not otherwise", async (fact, question, value) => {
  await using bench = await openAgent(
    talk(() => "Nothing."),
    undefined,
    small,
  );
  await bench.say(fact);
  await chat(bench, 0, 40);
  const turn = await bench.send(question);
  await bench.agent.wait(turn);
  const request = asked(bench).at(-1);
  expect(request === undefined ? "" : lastContent(request)).toStartWith(
    `Earlier in this conversation:\n> User: ${fact}\n`,
  );
  expect(JSON.stringify(request)).toContain(value);
  expect(await events(bench, turn, "recalled")).toHaveLength(1);
  // What was brought back is no message of the session.
  const [kept] = (await bench.agent.history("s")).slice(-2);
  expect(kept?.content).toBe(question);
  await bench.say("Thank you, that sounds good.");
  expect(asked(bench).at(-1)?.messages.at(-1)?.content).toBe("Thank you, that sounds good.");
});

test("what is in the window is not brought back", async () => {
  await using bench = await openAgent(talk(), undefined, small);
  await chat(bench, 0, 30);
  await bench.say("My locker code is 7741 at the pool.");
  await bench.say("What was the code of my locker?");
  expect(asked(bench).at(-1)?.messages.at(-1)?.content).toBe("What was the code of my locker?");
});

test("what is pinned stays in sight when it has left the window, until it is taken back", async () => {
  await using bench = await openAgent(talk(), undefined, small);
  const turn = await bench.send("Remember: I am allergic to nuts.");
  await bench.agent.wait(turn);
  await bench.say("记住：我住在成都。");
  expect(await events(bench, turn, "pinned")).toMatchObject([
    { pinned: ["I am allergic to nuts."] },
  ]);
  await chat(bench, 0, 40);
  const head = (): string => asked(bench).at(-1)?.messages[1]?.content ?? "";
  expect(head()).toStartWith("Keep in mind:\n- I am allergic to nuts.\n- 我住在成都。\n");
  expect(await bench.agent.session("s")).toMatchObject({
    pinned: ["I am allergic to nuts.", "我住在成都。"],
  });
  await bench.say("Forget: allergic to nuts");
  expect(head()).toStartWith("Keep in mind:\n- 我住在成都。\n");
});

test("a restart changes nothing of how a prompt begins", async () => {
  using folder = temporary();
  const open = () =>
    openAgent(talk(), undefined, { ...small, store: openStore(join(folder.path, "db")) });
  const first = await open();
  await chat(first, 0, 33);
  const before = asked(first).at(-1)?.messages.slice(0, -1);
  await first[Symbol.asyncDispose]();
  await using second = await open();
  const turn = await second.send("And then?");
  await second.agent.wait(turn);
  expect(await events(second, turn, "compacted")).toEqual([]);
  expect(asked(second).at(-1)?.messages.slice(0, before?.length)).toEqual(before ?? []);
});

test("after a reset nothing of before is seen, but what is pinned", async () => {
  await using bench = await openAgent(talk(), undefined, small);
  await bench.say("Remember: call me Kim.");
  await bench.say("My locker code is 7741 at the pool.");
  await chat(bench, 0, 30);
  const { turn } = await bench.agent.begin({
    protocol: "http",
    channel: "rest",
    conversation: "s",
    session: "s",
    sender: "owner",
    principal: OWNER,
    text: "/reset",
    keys: [],
    work: { kind: "command", command: "reset" },
  });
  await bench.agent.wait(turn);
  await bench.say("What was the code of my locker?");
  expect(asked(bench).at(-1)?.messages.slice(1)).toEqual([
    { role: "user", content: "Keep in mind:\n- call me Kim." },
    { role: "assistant", content: "OK." },
    { role: "user", content: "What was the code of my locker?" },
  ]);
  expect(await bench.agent.session("s")).not.toHaveProperty("summarisedTurns");
});

test("the embedded model is shown no summary, and one short exchange as if it had just been said", async () => {
  const status = { contextTokens: CONTEXT, embedded: true };
  await using bench = await openAgent(talk(), undefined, { status });
  await bench.say("My locker code is 7741 at the pool.");
  await chat(bench, 0, 12);
  await bench.say("What was the code of my locker?");
  const messages = asked(bench).at(-1)?.messages ?? [];
  expect(messages.slice(1, 3)).toEqual([
    { role: "user", content: "My locker code is 7741 at the pool." },
    { role: "assistant", content: "That sounds like a good day." },
  ]);
  expect(messages).toHaveLength(8);
  expect(bench.model.requests.every(({ lane }) => lane === "interactive")).toBe(true);
});

test("the embedded model is shown earlier turns by their beginnings, and a message itself whole", async () => {
  const status = { contextTokens: CONTEXT, embedded: true };
  await using bench = await openAgent(() => ({ text: "long ".repeat(100) }), undefined, { status });
  await bench.say("Tell me.");
  const message = `${"What now? ".repeat(70)}Really.`;
  await bench.say(message);
  const [, earlier, answer, own] = asked(bench).at(-1)?.messages ?? [];
  expect(earlier?.content).toBe("Tell me.");
  expect(answer?.content).toBe(`${"long ".repeat(32)}…`);
  expect(own?.content).toBe(message);
  await bench.say("And then?");
  const shown = asked(bench).at(-1)?.messages ?? [];
  expect(shown.at(-3)?.content).toBe(`${"What now? ".repeat(60)}…`);
});

test("where the embedded model has no answer, what the user has told before is one", async () => {
  const status = { contextTokens: CONTEXT, embedded: true };
  await using bench = await openAgent(() => ({ text: "I have no tool for that." }), undefined, {
    status,
  });
  await bench.say("It rained all day. My locker code is 7741 at the pool. Then we went home.");
  await bench.say("我的护照放在书房的蓝色抽屉里。");
  await chat(bench, 0, 8);
  const answer = await bench.say("What was the code of my locker?");
  expect(answer.reply).toBe("You told me before: My locker code is 7741 at the pool.");
  const chinese = await bench.say("我的护照放在哪儿了？");
  expect(chinese.reply).toBe("你之前说过：我的护照放在书房的蓝色抽屉里。");
  expect((await bench.say("Turn on the pool light")).reply).toBe("I have no tool for that.");
  expect((await bench.say("Who won the match?")).reply).toBe("I have no tool for that.");
});

test("a daemon that ends waits for no summary", async () => {
  const started = Promise.withResolvers<void>();
  const slow: Script = async ({ lane }, signal) => {
    if (lane !== "background") return { text: "Yes." };
    started.resolve();
    await new Promise((resolve) => signal?.addEventListener("abort", resolve));
    return { text: "Too late" };
  };
  const bench = await openAgent(slow, undefined, small);
  await chat(bench, 0, 20);
  await started.promise;
  await bench[Symbol.asyncDispose]();
  expect(bench.model.requests.filter(({ lane }) => lane === "background")).toHaveLength(1);
});
