/** Messages over HTTP: JSON, server-sent events, idempotent ids, clients that leave. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { MoultError } from "../../../schemas/error.ts";
import type { Reply } from "../../../schemas/turn.ts";
import { type TestServer, errorOf, serve } from "./server.ts";
import { until } from "../../waiting.ts";

let server: TestServer;
beforeAll(() => {
  server = serve();
});
afterAll(() => server.stop());

const messages = (session: string): string => `/api/sessions/${session}/messages`;

/** Events of a stream as `[id, type, data]`. */
function parse(text: string): [string, string, unknown][] {
  const blocks = text.split("\n\n").filter((block) => block !== "" && !block.startsWith(":"));
  return blocks.map((block) => {
    const [id, event, data, ...rest] = block.split("\n");
    expect(rest).toEqual([]);
    return [
      id?.replace("id: ", "") ?? "",
      event?.replace("event: ", "") ?? "",
      JSON.parse(data?.replace("data: ", "") ?? ""),
    ];
  });
}

describe("a message", () => {
  test("is answered with the reply of its turn", async () => {
    const answer = await server.post(messages("me"), { text: "hi" });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      session: "me",
      outcome: "answered",
      reply: "HI",
      toolCalls: [],
    });
  });

  test("with a known id gets the first turn's reply, and 409 with another text", async () => {
    const first = (await (
      await server.post(messages("i"), { text: "a", id: "1" })
    ).json()) as Reply;
    const again = (await (
      await server.post(messages("i"), { text: "a", id: "1" })
    ).json()) as Reply;
    expect(again.turn).toBe(first.turn);
    const other = await server.post(messages("i"), { text: "b", id: "1" });
    expect([other.status, (await errorOf(other)).code]).toEqual([409, "message/conflict"]);
  });

  test.each(["queue/full", "model/unavailable"] as const)(
    "that is refused with %s for now says when to come again",
    async (code) => {
      const { route } = server.agent;
      server.agent.route = () => Promise.reject(new MoultError(code, "Not now"));
      const answer = await server.post(messages("later"), { text: "a" });
      server.agent.route = route;
      expect((await errorOf(answer)).code).toBe(code);
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    },
  );

  test("with the same id in another session is another message", async () => {
    const send = async (session: string, id: string): Promise<string> =>
      ((await (await server.post(messages(session), { text: "x", id })).json()) as Reply).turn;
    expect(await send("a:b", "c")).not.toBe(await send("a", "b:c"));
  });

  test("keeps its turn when the client leaves", async () => {
    let open = (): void => {};
    server.agent.gate = new Promise((resolve) => (open = resolve));
    const leave = new AbortController();
    const before = server.agent.left;
    const asked = server.ask(messages("gone"), {
      method: "POST",
      body: JSON.stringify({ text: "slow", id: "g1" }),
      signal: leave.signal,
    });
    asked.catch(() => {});
    await until(() => server.waitingRequests() > 0);
    leave.abort();
    await until(() => server.agent.left > before);
    open();
    expect(server.agent.cancelled).toEqual([]);
    const again = await server.post(messages("gone"), { text: "slow", id: "g1" });
    expect(((await again.json()) as Reply).reply).toBe("SLOW");
    expect(server.logged.filter(({ level }) => level === "error")).toEqual([]);
  });

  test("counts for the terminal where it says so, and for no other transport", async () => {
    const other = serve();
    const protocols: string[] = [];
    const route = other.agent.route;
    other.agent.route = (protocol, payload) => {
      protocols.push(protocol);
      return route("http", payload);
    };
    for (const query of ["", "?via=http", "?via=terminal"]) {
      expect((await other.post(messages("me") + query, { text: "hi" })).status).toBe(200);
    }
    expect(protocols).toEqual(["http", "http", "terminal"]);
    const strange = await other.post(`${messages("me")}?via=telegram`, { text: "hi" });
    expect(strange.status).toBe(400);
    expect(await errorOf(strange)).toEqual({
      code: "channel/unsupported",
      message: 'Unsupported protocol: "telegram"',
    });
    await other.stop();
  });

  test("that a channel function drops says why", async () => {
    const other = serve();
    other.agent.route = async () => ({ dropped: "not for us" });
    const answer = await other.post(messages("me"), { text: "hi" });
    expect(answer.status).toBe(400);
    expect((await errorOf(answer)).message).toContain("not for us");
    await other.stop();
  });
});

describe("a stream", () => {
  test("frames every event with its id and type, and ends with the reply", async () => {
    const answer = await server.post(messages("s"), { text: "hi", stream: true });
    expect(answer.headers.get("content-type")).toContain("text/event-stream");
    const events = parse(await answer.text());
    const turn = events[0]?.[0].split(":")[0] ?? "";
    expect(events.map(([id, type]) => [id, type])).toEqual([
      [`${turn}:1`, "turn"],
      [`${turn}:2`, "queued"],
      [`${turn}:3`, "token"],
      [`${turn}:4`, "done"],
    ]);
    expect(events.map(([, , data]) => data)).toMatchObject([
      { turn, session: "s" },
      { position: 0 },
      { text: "line\nbreak" },
      { turn, session: "s", outcome: "answered", reply: "HI" },
    ]);
  });

  test("goes on after the last event that a returning client has seen", async () => {
    const body = { text: "again", id: "r1", stream: true };
    const first = parse(await (await server.post(messages("r"), body)).text());
    const turn = first[0]?.[0].split(":")[0] ?? "";
    const rest = await server.post(messages("r"), body, { "last-event-id": `${turn}:2` });
    expect(parse(await rest.text()).map(([id]) => id)).toEqual([`${turn}:3`, `${turn}:4`]);
    const strange = await server.post(messages("r"), body, { "last-event-id": "other:2" });
    expect(parse(await strange.text())).toHaveLength(4);
  });

  test("sends what there is before the turn ends, and stops watching when the client leaves", async () => {
    server.agent.gate = new Promise(() => {});
    const before = server.agent.left;
    const answer = await server.post(messages("w"), { text: "slow", stream: true });
    const reader = answer.body?.getReader();
    let text = "";
    const decoder = new TextDecoder();
    while (!text.includes("event: queued")) {
      text += decoder.decode((await reader?.read())?.value);
    }
    await reader?.cancel();
    await until(() => server.agent.left > before);
    server.agent.gate = Promise.resolve();
    expect(server.agent.cancelled).toEqual([]);
  });

  test("that fails midway says so as an event", async () => {
    const other = serve();
    other.agent.follow = async function* follow(turn) {
      yield { turn, seq: 1, at: 1, type: "turn", session: "x" };
      throw new Error("secret internals");
    };
    const text = await (await other.post(messages("x"), { text: "hi", stream: true })).text();
    expect(parse(text).at(-1)).toMatchObject(["t1:1", "error", { code: "internal" }]);
    expect(text).not.toContain("secret internals");
    await other.stop();
  });
});

describe("sessions and turns", () => {
  test("are listed, shown, read and deleted", async () => {
    await server.post(messages("kept"), { text: "hi" });
    const list = (await (await server.ask("/api/sessions")).json()) as { session: string }[];
    expect(list.map(({ session }) => session)).toContain("kept");
    expect(await (await server.ask("/api/sessions/kept")).json()).toMatchObject({
      session: "kept",
    });
    expect(await (await server.ask(messages("kept"))).json()).toHaveLength(1);
    const gone = await server.ask("/api/sessions/kept", { method: "DELETE" });
    expect(await gone.json()).toEqual({ removed: true });
  });

  test("take every character that a session may have", async () => {
    const name = "Telegram:-100_1.x@y";
    expect((await server.post(messages(encodeURIComponent(name)), { text: "x" })).status).toBe(200);
    expect((await server.ask(`/api/sessions/${name}`)).status).toBe(200);
  });

  test("show a trace, and cancel what runs", async () => {
    const reply = (await (await server.post(messages("t"), { text: "x" })).json()) as Reply;
    expect(await (await server.ask(`/api/turns/${reply.turn}`)).json()).toMatchObject({
      turn: reply.turn,
      state: "done",
    });
    const cancel = async (turn: string) =>
      await (await server.post(`/api/turns/${turn}/cancel`)).json();
    expect(await cancel(reply.turn)).toEqual({ cancelled: true });
    // The stand-in says of its first turn that it has ended.
    expect(await cancel("t1")).toEqual({ cancelled: false });
  });

  test("show the letters that reached nobody", async () => {
    const letters = await (await server.ask("/api/letters")).json();
    expect(letters).toEqual([
      expect.objectContaining({ session: "pigeon:1", state: "dead", error: "The chat is closed" }),
    ]);
  });
});
