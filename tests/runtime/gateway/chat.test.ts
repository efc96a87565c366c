/** What the gateway does for transports that hold a connection: commands, strangers, pieces, growing answers. */
import { expect, test } from "bun:test";
import type { Arrival, Delivery, Growing, Transport } from "../../../runtime/ports.ts";
import { MoultError } from "../../../schemas/error.ts";
import { OWNER } from "../../../schemas/message.ts";
import { type Bench, FakeFunctions, lines, openAgent } from "../turn/fakes.ts";

interface Update {
  readonly from: string;
  readonly text: string;
  readonly key?: string;
}

/** A chat platform in memory that lets everybody in but "666". */
function chat(differs: Partial<Transport> = {}) {
  const sent: Delivery[] = [];
  const transport: Transport = {
    channel: "chat",
    commands: true,
    accept: (payload): Arrival => {
      const { from, text, key } = payload as Update;
      return {
        update: { text },
        session: `chat:${from}`,
        conversation: from,
        text,
        sender: from,
        principal: OWNER,
        keys: key === undefined ? [] : [key],
        ...(from.startsWith("666")
          ? { stranger: { conversation: from, text: `Your id is ${from}.` } }
          : {}),
      };
    },
    send: (delivery) => {
      sent.push(delivery);
      return Promise.resolve();
    },
    ...differs,
  };
  return { sent, transport };
}

async function write(bench: Bench, text: string, from = "1"): Promise<void> {
  const routed = await bench.agent.route("chat", { from, text });
  if ("turn" in routed) await bench.agent.wait(routed.turn);
}

async function settled({ store }: Bench): Promise<void> {
  while ((await store.outboxPending()) > 0) await Bun.sleep(1);
}

const yes = lines({ text: "Yes." });

test("a command is answered without the model, in its place, and leaves no trace in the conversation", async () => {
  const { sent, transport } = chat();
  const functions = new FakeFunctions()
    .add("ring", { description: "Rings the bell." })
    .add("greeting", { kind: "skill", description: "Greets.", instructions: "Greet." });
  await using bench = await openAgent(yes, functions, { transports: { chat: transport } });
  await write(bench, "hello");
  await write(bench, "/tools");
  await write(bench, "/start@my_bot payload");
  await write(bench, "/help");
  await write(bench, "more");
  await settled(bench);
  const texts = sent.map(({ text }) => text);
  expect(texts[0]).toBe("Yes.");
  expect(texts[1]).toBe("ring: Rings the bell.\ngreeting: Greets.");
  expect(texts[2]).toContain("/reset");
  expect(texts[3]).toContain("/tools");
  expect(texts[4]).toBe("Yes.");
  expect(bench.model.requests).toHaveLength(2);
  expect(JSON.stringify(bench.model.requests[1])).not.toContain("/tools");
});

test("what only looks like a command goes to the model", async () => {
  const { transport } = chat();
  await using bench = await openAgent(yes, undefined, { transports: { chat: transport } });
  for (const text of [
    "/unknown",
    "/reset everything you know now",
    "tools",
    "/Tools",
    "a /reset",
  ]) {
    await write(bench, text);
  }
  expect(bench.model.requests).toHaveLength(5);
});

test("a transport without commands leaves them to the model", async () => {
  await using bench = await openAgent(yes);
  await bench.say("/reset");
  expect(bench.model.requests).toHaveLength(1);
});

test("after /reset the model no longer sees what was said before, and clients still do", async () => {
  const { transport } = chat();
  await using bench = await openAgent(yes, undefined, { transports: { chat: transport } });
  await write(bench, "my name is Ada");
  await write(bench, "and another", "2");
  await write(bench, "/reset");
  await write(bench, "who am I?");
  await write(bench, "who am I?", "2");
  const asked = bench.model.requests.map((request) => JSON.stringify(request.messages));
  expect(asked[2]).not.toContain("Ada");
  expect(asked[3]).toContain("and another");
  const shown = await bench.agent.history("chat:1");
  expect(shown.map(({ content }) => content)).toContain("my name is Ada");
  // What the store gives to a model that starts anew.
  expect(JSON.stringify(await bench.store.history("chat:1", 10_000))).not.toContain("Ada");
});

test("a stranger is told once, ever, and nothing of theirs is kept", async () => {
  const { sent, transport } = chat();
  await using bench = await openAgent(yes, undefined, { transports: { chat: transport } });
  expect(await bench.agent.route("chat", { from: "666", text: "s3cret" })).toHaveProperty(
    "dropped",
  );
  await settled(bench);
  expect(await bench.agent.route("chat", { from: "666", text: "hello?" })).toHaveProperty(
    "dropped",
  );
  await settled(bench);
  expect(sent).toMatchObject([{ conversation: "666", text: "Your id is 666." }]);
  expect(bench.model.requests).toHaveLength(0);
  expect(await bench.agent.history("chat:666")).toEqual([]);
  expect(
    bench.meter.counts.get('moult_inbox_messages_total{"channel":"chat","result":"dropped"}'),
  ).toBe(2);
});

test("of very many strangers only some are told, so that replies to others do not wait for theirs", async () => {
  const { sent, transport } = chat();
  await using bench = await openAgent(yes, undefined, { transports: { chat: transport } });
  const many = Array.from({ length: 200 }, (_, n) => ({ from: `666${n % 100}`, text: "hello?" }));
  await Promise.all(many.map((update) => bench.agent.route("chat", update)));
  await write(bench, "well?");
  await settled(bench);
  const [reply, ...others] = sent.filter(({ conversation }) => !conversation.startsWith("666"));
  expect(reply?.text).toBe("Yes.");
  expect(others).toEqual([]);
  expect(new Set(sent.map(({ conversation }) => conversation)).size).toBe(sent.length);
  expect(sent.length).toBeLessThanOrEqual(21);
  expect(await bench.agent.sessions()).toHaveLength(sent.length);
});

test("a reply is delivered in the pieces its transport cuts, each with a fate of its own", async () => {
  const tries: Delivery[] = [];
  const failing = new MoultError("internal", "No", { outcome: "permanent" });
  const { transport } = chat({
    split: (text) => text.split(" "),
    send: (delivery) => {
      tries.push(delivery);
      return delivery.part === 1 ? Promise.reject(failing) : Promise.resolve();
    },
  });
  const model = lines({ text: "one two three" }, { text: "four" });
  await using bench = await openAgent(model, undefined, { transports: { chat: transport } });
  await write(bench, "a");
  await write(bench, "b");
  await settled(bench);
  expect(tries.map(({ text, part }) => [text, part])).toEqual([
    ["one", 0],
    ["two", 1],
    ["three", 2],
    ["four", 0],
  ]);
  expect(await bench.agent.letters()).toMatchObject([{ text: "two", state: "dead" }]);
});

test("a transport that shows the growing answer gets its events, and its note comes with the delivery", async () => {
  const shown: string[] = [];
  const noted = Promise.withResolvers<void>();
  const preview = async ({ events, note, conversation }: Growing): Promise<void> => {
    for await (const event of events) {
      if (event.type === "token") shown.push(`${conversation}:${event.text}`);
      if (event.type !== "turn") continue;
      await note({ message: 1 });
      await note({ message: 7 });
      noted.resolve();
    }
  };
  const { sent, transport } = chat({ preview, split: (text) => text.split("|") });
  const model = async () => {
    await noted.promise;
    return { text: "Yes. I |do." };
  };
  await using bench = await openAgent(model, undefined, { transports: { chat: transport } });
  await write(bench, "well?");
  await settled(bench);
  expect(shown.join("")).toBe("1:Yes. 1:I 1:|do.");
  expect(sent.map(({ noted: facts }) => facts)).toEqual([{ message: 7 }, undefined]);
});

test("a growing answer that cannot be shown harms nothing", async () => {
  const { sent, transport } = chat({ preview: () => Promise.reject(new TypeError("broken")) });
  await using bench = await openAgent(yes, undefined, { transports: { chat: transport } });
  await write(bench, "hello");
  await settled(bench);
  expect(sent).toMatchObject([{ text: "Yes." }]);
});

test("an order happens once, as one call without the model, and its answer goes where it is to go", async () => {
  const { sent, transport } = chat();
  let rung = 0;
  const functions = new FakeFunctions().add("ring", {}, (input) => {
    rung++;
    return { output: { input } };
  });
  await using bench = await openAgent(yes, functions, { transports: { chat: transport } });
  const order = {
    session: "chat:1",
    protocol: "chat",
    channel: "chat",
    conversation: "1",
    sender: "ring",
    principal: OWNER,
    text: "ring",
    keys: ["tick 1"],
    work: { kind: "call", name: "ring", input: { times: 2 } },
  } as const;
  const first = await bench.agent.begin(order);
  expect(await bench.agent.begin(order)).toEqual({ ...first, duplicate: true });
  const reply = await bench.agent.wait(first.turn);
  await settled(bench);
  expect(rung).toBe(1);
  expect(reply).toMatchObject({
    outcome: "answered",
    toolCalls: [{ name: "ring", output: { input: { times: 2 } } }],
  });
  expect(sent).toMatchObject([{ conversation: "1", text: '{"input":{"times":2}}' }]);
  expect(bench.model.requests).toHaveLength(0);
});

test("an order for a function that is not there or fails ends as failed", async () => {
  const functions = new FakeFunctions().add("ring", {}, () => ({
    error: { code: "tool/failed", message: "No bell" },
  }));
  await using bench = await openAgent(yes, functions);
  const run = async (name: string) => {
    const { turn } = await bench.agent.begin({
      session: "cron:x",
      protocol: "http",
      channel: "rest",
      conversation: "cron:x",
      sender: name,
      principal: OWNER,
      text: name,
      keys: [],
      work: { kind: "call", name, input: {} },
    });
    return await bench.agent.wait(turn);
  };
  expect(await run("gone")).toMatchObject({ outcome: "failed" });
  expect(await run("ring")).toMatchObject({ outcome: "failed", reply: "ring failed: No bell" });
});

test("an order for a skill of instructions goes on with the model", async () => {
  const functions = new FakeFunctions().add("brief", {
    kind: "skill",
    description: "The morning's brief.",
    instructions: "Say good morning.",
    runs: false,
  });
  await using bench = await openAgent(lines({ text: "Good morning!" }), functions);
  const { turn } = await bench.agent.begin({
    session: "cron:brief",
    protocol: "http",
    channel: "rest",
    conversation: "cron:brief",
    sender: "brief",
    principal: OWNER,
    text: "brief",
    keys: [],
    work: { kind: "call", name: "brief", input: { request: "now" } },
  });
  expect((await bench.agent.wait(turn)).reply).toBe("Good morning!");
  expect(JSON.stringify(bench.model.requests[0]?.messages)).toContain("Say good morning.");
});

test("transports are opened when turns can run, and closed before the turns end", async () => {
  const seen: string[] = [];
  const { transport } = chat({
    open: (inbound) => {
      seen.push("open");
      void inbound.set("offset", 5).then(async () => {
        seen.push(`offset ${String(await inbound.get("offset"))}`);
        await inbound.route({ from: "1", text: "hi" });
        seen.push("routed");
      });
    },
    close: () => {
      seen.push("close");
      return Promise.resolve();
    },
    health: () => ({ state: "down", reason: "No network" }),
  });
  await using bench = await openAgent(yes, undefined, {
    transports: { chat: transport },
    isStarted: false,
  });
  expect(seen).toEqual([]);
  await bench.agent.start();
  while (!seen.includes("routed")) await Bun.sleep(1);
  expect(bench.agent.health()).toEqual([{ channel: "chat", state: "down", reason: "No network" }]);
  await bench.agent.close();
  expect(seen).toEqual(["open", "offset 5", "routed", "close"]);
});

test("a webhook reaches its transport only, and one that is not there is an error", async () => {
  const { transport } = chat({ webhook: async (request) => new Response(await request.text()) });
  await using bench = await openAgent(yes, undefined, { transports: { chat: transport } });
  const request = () => new Request("http://localhost/hooks/chat", { method: "POST", body: "x" });
  const { signal } = new AbortController();
  expect(await (await bench.agent.webhook("chat", request(), signal)).text()).toBe("x");
  for (const name of ["rest", "nobody"]) {
    await expect(bench.agent.webhook(name, request(), signal)).rejects.toMatchObject({
      code: "channel/unsupported",
    });
  }
});
