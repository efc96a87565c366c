/** From an update to a turn: protocols, keys, channel functions, order. */
import { expect, test } from "bun:test";
import type { Delivery, Store, Transport } from "../../../runtime/ports.ts";
import { MoultError } from "../../../schemas/error.ts";
import { FakeFunctions, fetched, lines, openAgent } from "../turn/fakes.ts";

const yes = lines({ text: "Yes." });

function pushed(sent: Delivery[]): Transport {
  return {
    ...fetched,
    channel: "mqtt",
    send: (delivery) => {
      sent.push(delivery);
      return Promise.resolve();
    },
  };
}

test("an unknown protocol is refused by name", async () => {
  await using bench = await openAgent(yes);
  await expect(bench.agent.route("smtp", {})).rejects.toMatchObject({
    code: "channel/unsupported",
    message: 'Unsupported protocol: "smtp"',
  });
});

test("a protocol has one transport", async () => {
  await using bench = await openAgent(yes);
  expect(() => bench.agent.register("http", fetched)).toThrow('"http" has a transport already');
});

test("what a transport cannot read is refused and counted", async () => {
  const strict: Transport = {
    ...fetched,
    accept: () => {
      throw new MoultError("input/invalid", "No text");
    },
  };
  await using bench = await openAgent(yes, undefined, { transports: { strict } });
  await expect(bench.agent.route("strict", {})).rejects.toMatchObject({ code: "input/invalid" });
  const key = 'moult_inbox_messages_total{"channel":"rest","result":"rejected"}';
  expect(bench.meter.counts.get(key)).toBe(1);
});

test.each([
  ["a bad session name", { session: "no spaces", text: "x" }, "session/invalid"],
  ["an empty text", { session: "s", text: "  " }, "input/invalid"],
  ["a text without end", { session: "s", text: "x".repeat(100_001) }, "body/too-large"],
])("%s is refused, and nothing is kept", async (_name, payload, code) => {
  await using bench = await openAgent(yes);
  await expect(bench.agent.route("http", payload)).rejects.toMatchObject({ code });
  expect(await bench.store.sessions()).toEqual([]);
});

test("the same message gives the first turn, under any of its keys; another text is a conflict", async () => {
  await using bench = await openAgent(yes);
  const send = (text: string, ...keys: string[]) =>
    bench.agent.route("http", { session: "s", text, keys });
  const first = await send("hi", "a", "b");
  expect(first).toMatchObject({ duplicate: false });
  const turn = "turn" in first ? first.turn : "";
  expect(await send("hi", "a")).toEqual({ turn, session: "s", duplicate: true });
  expect(await send("hi", "c", "b")).toMatchObject({ turn, duplicate: true });
  await expect(send("bye", "b")).rejects.toMatchObject({ code: "message/conflict" });
  await bench.agent.wait(turn);
  expect(await send("hi", "c")).toMatchObject({ turn, duplicate: true });
  expect(bench.model.requests).toHaveLength(1);
});

test("without a channel function the transport's reading counts", async () => {
  await using bench = await openAgent(yes);
  await bench.say("hello", "kitchen");
  expect(await bench.agent.sessions()).toMatchObject([{ session: "kitchen", turns: 1 }]);
  expect(await bench.agent.history("kitchen")).toMatchObject([
    { role: "user", content: "hello" },
    { role: "assistant", content: "Yes." },
  ]);
});

test("a channel function translates what comes in and what goes out", async () => {
  const functions = new FakeFunctions().add(
    "panel",
    { kind: "channel", via: "mqtt", renders: true },
    (input) =>
      typeof input === "string"
        ? { output: `<<${input}>>` }
        : { output: { conversation: "hall", sender: "panel-1", text: "translated" } },
  );
  const sent: Delivery[] = [];
  const transports = { mqtt: pushed(sent) };
  await using bench = await openAgent(yes, functions, { transports });
  const routed = await bench.agent.route("mqtt", { session: "raw", text: "raw" });
  expect(routed).toMatchObject({ session: "panel:hall" });
  const reply = await bench.agent.wait("turn" in routed ? routed.turn : "");
  expect(reply.reply).toBe("<<Yes.>>");
  expect(bench.model.requests[0]?.messages.at(-1)?.content).toBe("translated");
  while (sent.length === 0) await Bun.sleep(1);
  expect(sent).toMatchObject([{ conversation: "hall", text: "<<Yes.>>", attempt: 1 }]);
  // The session keeps what the model said.
  expect((await bench.agent.history("panel:hall")).at(-1)?.content).toBe("Yes.");
});

test("a client that fetches its reply keeps the session it named", async () => {
  const functions = new FakeFunctions().add("rest", { kind: "channel", via: "http" }, () => ({
    output: { conversation: "other", sender: "me", text: "translated" },
  }));
  await using bench = await openAgent(yes, functions);
  expect((await bench.say("x", "mine")).session).toBe("mine");
});

test("a conversation whose name a session cannot have goes by its hash", async () => {
  const functions = new FakeFunctions().add("panel", { kind: "channel", via: "mqtt" }, () => ({
    output: { conversation: "Küche / oben", sender: "p", text: "x" },
  }));
  const transports = { mqtt: pushed([]) };
  await using bench = await openAgent(yes, functions, { transports });
  const routed = await bench.agent.route("mqtt", { session: "s", text: "x" });
  expect("turn" in routed ? routed.session : "").toMatch(/^panel:[0-9a-f]{24}$/);
});

test("a dropped update is no message, unless another channel takes it", async () => {
  const functions = new FakeFunctions()
    .add("a_deaf", { kind: "channel", via: "mqtt" }, () => ({ output: { drop: "not for me" } }))
    .add("b_ear", { kind: "channel", via: "mqtt" }, (update) => ({
      output:
        (update as { text: string }).text === "psst"
          ? { drop: "too quiet" }
          : { conversation: "c", sender: "s", text: "loud" },
    }));
  const transports = { mqtt: pushed([]) };
  await using bench = await openAgent(yes, functions, { transports });
  expect(await bench.agent.route("mqtt", { session: "s", text: "psst" })).toEqual({
    dropped: "a_deaf: not for me",
  });
  expect(await bench.store.sessions()).toEqual([]);
  const routed = await bench.agent.route("mqtt", { session: "s", text: "HEY" });
  expect(routed).toMatchObject({ session: "b_ear:c" });
});

test("a channel function that fails is the sender's to know, and nothing is kept", async () => {
  const error = { code: "function/crashed", message: "panel ended: exit code 3" } as const;
  const functions = new FakeFunctions().add("panel", { kind: "channel", via: "http" }, () => ({
    error,
  }));
  await using bench = await openAgent(yes, functions);
  await expect(bench.send("x")).rejects.toMatchObject(error);
  expect(await bench.store.sessions()).toEqual([]);
});

test("a reply that cannot be rendered goes out as it is", async () => {
  const functions = new FakeFunctions().add(
    "rest",
    { kind: "channel", via: "http", renders: true },
    (input) =>
      typeof input === "string"
        ? { error: { code: "function/crashed", message: "gone" } }
        : { output: { conversation: "s", sender: "s", text: "x" } },
  );
  await using bench = await openAgent(yes, functions);
  expect((await bench.say("x")).reply).toBe("Yes.");
});

test("turns of one session run in order, those of two side by side", async () => {
  const running = new Set<string>();
  const heard: string[] = [];
  const both = Promise.withResolvers<void>();
  await using bench = await openAgent(async ({ session = "", messages }) => {
    expect(running.has(session)).toBe(false);
    running.add(session);
    heard.push(`${session} ${messages.at(-1)?.content ?? ""}`);
    // Each session's first turn waits for the other session's: alone it would never end.
    if (running.size === 2) both.resolve();
    await both.promise;
    running.delete(session);
    return { text: "Yes." };
  });
  const turns: string[] = [];
  for (const text of ["1", "2", "3"]) {
    for (const session of ["a", "b"]) turns.push(await bench.send(text, session));
  }
  await Promise.all(turns.map((turn) => bench.agent.wait(turn)));
  const of = (session: string) => heard.filter((line) => line.startsWith(session));
  expect(of("a")).toEqual(["a 1", "a 2", "a 3"]);
  expect(of("b")).toEqual(["b 1", "b 2", "b 3"]);
});

test("a full lane refuses before anything is kept; other sessions go on", async () => {
  const go = Promise.withResolvers<void>();
  const script = async () => {
    await go.promise;
    return { text: "Yes." };
  };
  const lanes = { waitingPerLaneMax: 2 };
  await using bench = await openAgent(script, undefined, { lanes });
  const turns = [await bench.send("1"), await bench.send("2"), await bench.send("3")];
  await expect(bench.send("4")).rejects.toMatchObject({ code: "queue/full" });
  turns.push(await bench.send("1", "other"));
  expect(await bench.store.unfinished()).toHaveLength(4);
  const queued = bench.agent.follow(turns[2]!, 0)[Symbol.asyncIterator]();
  await queued.next();
  expect((await queued.next()).value).toMatchObject({ type: "queued", position: 2 });
  go.resolve();
  for (const turn of turns) await bench.agent.wait(turn);
  expect((await bench.say("4")).outcome).toBe("answered");
});

test("a message that the daemon's end overtakes is refused before anything is kept", async () => {
  const asked = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const functions = new FakeFunctions().add("slow", { kind: "channel", via: "http" }, async () => {
    asked.resolve();
    await go.promise;
    return { output: { conversation: "s", sender: "s", text: "x" } };
  });
  await using bench = await openAgent(yes, functions);
  const sent = bench.send("x").catch((error: unknown) => error);
  await asked.promise;
  await bench.agent.close();
  go.resolve();
  expect(await sent).toMatchObject({ code: "model/unavailable" });
  expect(await bench.store.sessions()).toEqual([]);
});

test("a message that is written down while the daemon ends is told to wait for the next start", async () => {
  await using other = await openAgent(yes);
  const asked = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const accept: Store["accept"] = async (message) => {
    asked.resolve();
    await go.promise;
    return await other.store.accept(message);
  };
  const store = { ...other.store, accept, close: () => undefined };
  await using bench = await openAgent(yes, undefined, { store });
  const sent = bench.say("x").catch((error: unknown) => error);
  await asked.promise;
  await bench.agent.close();
  go.resolve();
  expect(await sent).toMatchObject({ code: "model/unavailable" });
  expect(await other.store.unfinished()).toMatchObject([{ text: "x", attempts: 0 }]);
});

test("a turn nobody knows is not found", async () => {
  await using bench = await openAgent(yes);
  const missing = { code: "turn/not-found" };
  await expect(bench.agent.wait("nope")).rejects.toMatchObject(missing);
  await expect(bench.agent.trace("nope")).rejects.toMatchObject(missing);
  await expect(Array.fromAsync(bench.agent.follow("nope", 0))).rejects.toMatchObject(missing);
  expect(await bench.agent.cancel("nope")).toBe(false);
});

test("who stops waiting stops nothing else", async () => {
  const go = Promise.withResolvers<void>();
  await using bench = await openAgent(async () => {
    await go.promise;
    return { text: "Yes." };
  });
  const turn = await bench.send("hi");
  const leaves = new AbortController();
  const left = bench.agent.wait(turn, leaves.signal).catch((error: unknown) => error);
  const events = bench.agent.follow(turn, 0, leaves.signal)[Symbol.asyncIterator]();
  expect((await events.next()).value).toMatchObject({ type: "turn" });
  const next = events.next();
  leaves.abort();
  expect(await left).toMatchObject({ name: "AbortError" });
  expect(await next).toMatchObject({ done: true });
  go.resolve();
  expect((await bench.agent.wait(turn)).reply).toBe("Yes.");
});

test("forgetting a session ends its turns and deletes what it knew", async () => {
  const started = Promise.withResolvers<void>();
  let isFirst = true;
  await using bench = await openAgent(async ({ messages }, signal) => {
    if (isFirst) {
      isFirst = false;
      started.resolve();
      await new Promise((resolve) => signal?.addEventListener("abort", resolve));
    }
    return { text: `${messages.length} messages` };
  });
  const running = await bench.send("remember me");
  const waiting = await bench.send("me too");
  await started.promise;
  expect(await bench.agent.forget("s")).toBe(true);
  expect(await bench.agent.sessions()).toEqual([]);
  await expect(bench.agent.wait(running)).rejects.toMatchObject({ code: "turn/not-found" });
  await expect(bench.agent.wait(waiting)).rejects.toMatchObject({ code: "turn/not-found" });
  expect(await bench.agent.forget("s")).toBe(false);
  expect((await bench.say("hello")).reply).toBe("2 messages");
});

test("a store that fails is told to who waits, and the turn is answered when it works again", async () => {
  await using bench = await openAgent(yes);
  let broken = true;
  const store = {
    ...bench.store,
    finish: (...args: Parameters<typeof bench.store.finish>) => {
      if (!broken) return bench.store.finish(...args);
      broken = false;
      return Promise.reject(
        new MoultError("internal", "Cannot end the turn: the disk is full", { storage: "FULL" }),
      );
    },
  };
  await using other = await openAgent(yes, undefined, {
    store: { ...store, close: () => undefined },
  });
  const turn = await other.send("hi");
  await expect(other.agent.wait(turn)).rejects.toMatchObject({ code: "internal" });
  while ((await bench.store.reply(turn)) === undefined) await Bun.sleep(20);
  expect(await bench.store.reply(turn)).toMatchObject({ outcome: "answered", reply: "Yes." });
});

test("what happens is told to the daemon's listeners", async () => {
  await using bench = await openAgent(yes);
  const { turn } = await bench.say("hi");
  const facts = { turn, session: "s" };
  expect(bench.hub.since(0)).toMatchObject([
    { type: "turn.started", ...facts },
    { type: "turn.done", ...facts, outcome: "answered" },
  ]);
  expect(bench.meter.counts.get('moult_turns_total{"outcome":"answered"}')).toBe(1);
});
