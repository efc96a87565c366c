/** WebSockets: what is taken and refused, turns and events side by side, and the end. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { MoultError } from "../../../schemas/error.ts";
import type { TurnEvent } from "../../../schemas/turn.ts";
import { KEY, type TestServer, serve } from "./server.ts";
import { type Client, type ConnectOptions, type Frame, connect, handshake } from "./ws_client.ts";

const BEARER = { authorization: `Bearer ${KEY}` };

let server: TestServer;
beforeAll(() => {
  server = serve();
});
afterAll(() => server.stop());

const open = (options: ConnectOptions = { headers: BEARER }): Promise<Client> =>
  connect(server.url, options);

const errorIn = ({ error }: Frame): { code: string; message: string } =>
  error as { code: string; message: string };

/** A server of its own, and a client of it; both are closed at the end. */
async function withClient(
  work: (client: Client, own: TestServer) => Promise<void>,
  changes: Parameters<typeof serve>[0] = {},
): Promise<void> {
  const own = serve(changes);
  const client = await connect(own.url, { headers: BEARER });
  try {
    await work(client, own);
  } finally {
    await client.close();
    await own.stop();
  }
}

describe("a message", () => {
  test("becomes a turn whose events come as over server-sent events, with type, id and turn", async () => {
    const client = await open();
    client.send({ type: "message", session: "me", text: "hi", id: "m1" });
    const done = await client.first("done");
    const turn = String(done.turn);
    expect(client.frames).toMatchObject([
      { type: "turn", id: `${turn}:1`, turn, session: "me", message: "m1" },
      { type: "queued", id: `${turn}:2`, turn, position: 0 },
      { type: "token", id: `${turn}:3`, turn, text: "line\nbreak" },
      { type: "done", id: `${turn}:4`, turn, session: "me", outcome: "answered", reply: "HI" },
    ]);
    await client.close();
  });

  test("that calls tools keeps the call's id apart from the event's", async () => {
    await withClient(async (client, own) => {
      own.agent.follow = async function* follow(turn) {
        const base = { turn, at: 1 };
        const call = { id: "call_1", name: "add" };
        yield { ...base, seq: 1, type: "tool_call", ...call, input: { a: 1 } };
        yield { ...base, seq: 2, type: "tool_result", ...call, version: "v", output: 3, ms: 1 };
      };
      client.send({ type: "message", session: "me", text: "hi" });
      const common = { turn: "t1", call: "call_1", name: "add" };
      const result = await client.first("tool_result");
      expect(await client.first("tool_call")).toEqual({
        type: "tool_call",
        id: "t1:1",
        ...common,
        input: { a: 1 },
      });
      expect(result).toMatchObject({ id: "t1:2", ...common, output: 3 });
    });
  });

  test("goes beside others of the same socket, and those of one session keep their order", async () => {
    await withClient(async (client, own) => {
      const taken: string[] = [];
      const { route } = own.agent;
      own.agent.route = async (protocol, payload) => {
        const { text } = payload as { text: string };
        if (text === "first") await Bun.sleep(20);
        taken.push(text);
        return await route(protocol, payload);
      };
      for (const text of ["first", "second", "third"]) {
        client.send({ type: "message", session: "me", text, id: text });
      }
      for (const reply of ["FIRST", "SECOND", "THIRD"]) {
        await client.find((frame) => frame["reply"] === reply);
      }
      expect(taken).toEqual(["first", "second", "third"]);
      const messages = client.frames.filter(({ type }) => type === "turn");
      expect(messages.map((frame) => frame["message"])).toEqual(taken);
    });
  });

  test("with the same id from two sockets is one turn, and both see it", async () => {
    const message = { type: "message", session: "both", text: "hi", id: "same" };
    const clients = [await open(), await open()];
    for (const client of clients) client.send(message);
    const turns = await Promise.all(
      clients.map(async (client) => (await client.first("done")).turn),
    );
    expect(turns[0]).toBe(turns[1]);
    clients[0]?.send({ ...message, text: "other", id: "same" });
    const refused = await clients[0]?.first("error");
    expect(refused).toMatchObject({ id: "same", error: { code: "message/conflict" } });
    for (const client of clients) await client.close();
  });

  test("sent twice on one socket while its turn runs is shown once", async () => {
    await withClient(async (client, own) => {
      const gate = Promise.withResolvers<void>();
      own.agent.gate = gate.promise;
      const message = { type: "message", session: "me", text: "hi", id: "1" };
      client.send(message);
      client.send(message);
      client.send({ type: "subscribe", topics: [], id: "after" });
      await client.first("queued");
      gate.resolve();
      await client.first("done");
      expect(client.frames.filter(({ type }) => type === "token")).toHaveLength(1);
    });
  });

  test("that was cut off goes on after the last event seen", async () => {
    const message = { type: "message", session: "cut", text: "hi", id: "c1" };
    const before = await open();
    before.send(message);
    const queued = await before.first("queued");
    await before.first("done");
    await before.close();
    const after = await open();
    after.send({ ...message, lastEventId: queued.id });
    await after.first("done");
    expect(after.frames.map(({ type }) => type)).toEqual(["token", "done"]);
    await after.close();
  });

  test("keeps its turn when the socket closes", async () => {
    await withClient(async (client, own) => {
      own.agent.gate = new Promise(() => {});
      const message = { type: "message", session: "gone", text: "slow", id: "g" };
      client.send(message);
      await client.first("queued");
      await client.close();
      while (own.agent.left === 0) await Bun.sleep(2);
      expect(own.agent.cancelled).toEqual([]);
      own.agent.gate = Promise.resolve();
      const again = await connect(own.url, { headers: BEARER });
      again.send(message);
      expect(await again.first("done")).toMatchObject({ turn: "t1", reply: "SLOW" });
      await again.close();
    });
  });

  test("whose turn cannot be followed any more says so, and what to do", async () => {
    await withClient(async (client, own) => {
      own.agent.follow = async function* follow(turn): AsyncGenerator<TurnEvent> {
        yield { turn, seq: 1, at: 1, type: "turn", session: "me" };
        throw new MoultError("model/unavailable", "It goes on at the next start");
      };
      client.send({ type: "message", session: "me", text: "hi", id: "m" });
      expect(await client.first("error")).toEqual({
        type: "error",
        id: "t1:1",
        turn: "t1",
        error: { code: "model/unavailable", message: "It goes on at the next start" },
      });
    });
  });
});

describe("a mistake", () => {
  test.each<[string, unknown, string, string]>([
    ["broken JSON", '{"type":', "input/invalid", "not JSON"],
    ["no object", "[1]", "input/invalid", "JSON object"],
    ["null", "null", "input/invalid", "JSON object"],
    ["no type", {}, "input/invalid", '"type"'],
    ["an unknown type", { type: "shout" }, "input/invalid", '"message" | "cancel"'],
    ["no text", { type: "message", session: "me" }, "input/invalid", '"text": missing'],
    ["an empty text", { type: "message", session: "me", text: " " }, "input/invalid", "empty"],
    ["an unknown field", { type: "cancel", turn: "t", now: 1 }, "input/invalid", "unknown field"],
    [
      "a session that cannot be",
      { type: "message", session: "a b", text: "x" },
      "session/invalid",
      "session name",
    ],
    [
      "a text that is too long",
      { type: "message", session: "me", text: "x".repeat(100_001) },
      "body/too-large",
      "100000",
    ],
    ["a frame that is too long", `{"type":"${"ü".repeat(600_000)}"}`, "body/too-large", "1048576"],
    ["a topic that is none", { type: "subscribe", topics: ["turns"] }, "input/invalid", '"turn"'],
    ["a turn that is none", { type: "cancel", turn: "nothing" }, "turn/not-found", "No turn"],
    [
      "an end without a beginning",
      '{"type":"message","session":"me","text":"x","lastEventId":"t:1"}',
      "input/invalid",
      '"id"',
    ],
    ["a bug of ours", { type: "message", session: "me", text: "break" }, "internal", "its log"],
  ])(
    "(%s) is answered with what to do, and the socket stays open",
    async (_, frame, code, text) => {
      const client = await open();
      client.send(typeof frame === "string" ? frame : { ...(frame as object), ...idOf(frame) });
      const refused = await client.first("error");
      expect(errorIn(refused)).toMatchObject({ code, message: expect.stringContaining(text) });
      if (typeof frame === "object" && frame !== null) expect(refused.id).toBe("mine");
      expect(JSON.stringify(refused)).not.toContain("secret internals");
      client.send({ type: "message", session: "me", text: "still here" });
      expect(await client.first("done")).toMatchObject({ reply: "STILL HERE" });
      await client.close();
    },
  );

  test("(a binary frame) is refused as well", async () => {
    const client = await open();
    client.socket.send(new Uint8Array([1, 2, 3]));
    expect(errorIn(await client.first("error")).message).toContain("JSON as text");
    await client.close();
  });

  test("(a frame beyond all bounds) closes the socket with 1009", async () => {
    const client = await open();
    client.send("x".repeat(3_000_000));
    expect((await client.closed).code).toBe(1009);
  });

  test("(too many messages at once) refuses the next one until one has ended", async () => {
    await withClient(async (client, own) => {
      const gate = Promise.withResolvers<void>();
      own.agent.gate = gate.promise;
      for (let n = 0; n < 65; n++) {
        client.send({ type: "message", session: `s${n}`, text: "x", id: String(n) });
      }
      expect(await client.first("error")).toMatchObject({
        id: "64",
        error: { code: "queue/full" },
      });
      gate.resolve();
      await client.find((frame) => frame["session"] === "s63" && frame.type === "done");
      client.send({ type: "message", session: "s64", text: "x", id: "64" });
      await client.find((frame) => frame["session"] === "s64" && frame.type === "done");
    });
  });

  const idOf = (frame: unknown): object => (typeof frame === "object" ? { id: "mine" } : {});
});

describe("a turn", () => {
  test("is cancelled by its id; one that has ended is not", async () => {
    const client = await open();
    for (const text of ["x", "y"])
      client.send({ type: "message", session: "c", text, id: `c${text}` });
    const { turn } = await client.find((frame) => frame["message"] === "cy");
    client.send({ type: "cancel", turn, id: "a" });
    expect(await client.find(({ id }) => id === "a")).toEqual({
      type: "cancelled",
      turn: String(turn),
      cancelled: true,
      id: "a",
    });
    expect(server.agent.cancelled).toContain(String(turn));
    // The stand-in says of its first turn that it has ended.
    client.send({ type: "cancel", turn: "t1", id: "b" });
    expect(await client.find(({ id }) => id === "b")).toMatchObject({ cancelled: false });
    await client.close();
  });
});

describe("events", () => {
  test("come for the topics of the last subscription, and no others", async () => {
    const client = await open();
    client.send({ type: "subscribe", topics: ["function", "turn.done"], id: "s" });
    expect(await client.first("subscribed")).toMatchObject({ id: "s" });
    server.hub.publish("turn.started", { turn: "a" });
    server.hub.publish("model.state", { state: "ready" });
    const loaded = server.hub.publish("function.loaded", { name: "f" });
    server.hub.publish("turn.done", { turn: "a" });
    await client.first("turn.done");
    expect(client.frames.map(({ type }) => type)).toEqual([
      "subscribed",
      "function.loaded",
      "turn.done",
    ]);
    expect(client.frames[1]).toEqual({ ...loaded });
    client.send({ type: "subscribe", topics: [], id: "none" });
    await client.find(({ id }) => id === "none");
    server.hub.publish("turn.done", { turn: "b" });
    client.send({ type: "subscribe", topics: ["model"], id: "other" });
    await client.find(({ id }) => id === "other");
    server.hub.publish("model.state", { state: "stopped" });
    await client.first("model.state");
    expect(client.frames.filter(({ type }) => type === "turn.done")).toHaveLength(1);
    await client.close();
  });

  test("missed since the last one seen come first", async () => {
    const seen = server.hub.publish("model.state", { state: "a" });
    server.hub.publish("turn.done", { turn: "no" });
    server.hub.publish("model.state", { state: "b" });
    for (const lastEventId of [seen.id, String(seen.id)]) {
      const client = await open();
      client.send({ type: "subscribe", topics: ["model"], lastEventId });
      expect(await client.first("model.state")).toMatchObject({ state: "b" });
      await client.close();
    }
  });
});

describe("the end", () => {
  test("closes idle sockets with 1001, and others when their turns have ended", async () => {
    const own = serve();
    const gate = Promise.withResolvers<void>();
    own.agent.gate = gate.promise;
    const idle = await connect(own.url, { headers: BEARER });
    const busy = await connect(own.url, { headers: BEARER });
    busy.send({ type: "message", session: "me", text: "last words" });
    await busy.first("queued");
    const stopped = own.stop();
    expect(await idle.closed).toMatchObject({ code: 1001 });
    gate.resolve();
    expect(await busy.first("done")).toMatchObject({ reply: "LAST WORDS" });
    expect(await busy.closed).toMatchObject({ code: 1001 });
    await stopped;
  });

  test("an open socket counts as use", async () => {
    let used = 0;
    const own = serve({ onRequest: () => used++ });
    const client = await connect(own.url, { headers: BEARER });
    expect([own.waitingRequests(), used]).toEqual([1, 1]);
    client.send({ type: "message", session: "me", text: "x" });
    await client.first("done");
    expect(used).toBe(2);
    await client.close();
    while (own.waitingRequests() > 0) await Bun.sleep(2);
    await own.stop();
  });

  test("the metrics count handshakes by their route", async () => {
    await withClient(async (_, own) => {
      await handshake(own.url, {});
      const text = await (await own.ask("/metrics")).text();
      expect(text).toContain('http_requests_total{method="GET",route="/ws",status="101"} 1');
      expect(text).toContain('http_requests_total{method="GET",route="/ws",status="401"} 1');
    });
  });
});
