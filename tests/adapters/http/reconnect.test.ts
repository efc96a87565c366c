/** The real daemon, killed while its clients listen: with the last id they saw, they get all that they miss. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Place, type Started, makePlace } from "../../program/program.ts";
import { type Client, connect } from "./ws_client.ts";
import { isAlive, until } from "../../waiting.ts";

const WORDS = "one two three four five six seven eight nine ten eleven twelve";
const SCRIPT = [{ match: "^count", reply: WORDS, tokenMs: 20 }, { reply: "{{text}}" }];

let place: Place;
beforeEach(() => {
  place = makePlace(SCRIPT);
});
afterEach(() => place.remove(), 120_000);

const dial = (daemon: Started): Promise<Client> => {
  const key = readFileSync(join(place.home, "owner.key"), "utf8").trim();
  return connect(daemon.url, { headers: { authorization: `Bearer ${key}` } });
};

/** One server-sent event. */
interface Event {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly text?: string; readonly reply?: string };
}

/**
 * Reads events as they come; a connection that breaks ends them.
 *
 * @yields {Event} each event
 */
async function* eventsOf(answer: Response): AsyncGenerator<Event> {
  let rest = "";
  const decoder = new TextDecoder();
  try {
    for await (const chunk of answer.body ?? []) {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
      rest = blocks.pop() ?? "";
      yield* blocks.flatMap(parse);
    }
  } catch {
    // The daemon was killed.
  }
}

function parse(block: string): readonly Event[] {
  const [, id, type = "", data = "{}"] = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(block) ?? [];
  return id === undefined ? [] : [{ id, type, data: JSON.parse(data) as Event["data"] }];
}

/** `ask` of the test's daemon sends only its own key; this one says more. */
function send(
  daemon: Started,
  path: string,
  lastEventId: string,
  body?: object,
): Promise<Response> {
  const key = readFileSync(join(place.home, "owner.key"), "utf8").trim();
  return fetch(new URL(path, daemon.url), {
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    headers: { authorization: `Bearer ${key}`, "last-event-id": lastEventId },
  });
}

/** What a client holds that begins anew at each `turn`. */
const textOf = (events: readonly Event[]): string =>
  events.reduce((text, { type, data }) => (type === "turn" ? "" : text + (data.text ?? "")), "");

describe("server-sent events of a turn", () => {
  const path = "/api/sessions/me/messages";
  const body = { text: "count", id: "m1", stream: true };

  test("go on in the middle of the tokens, each of which comes once", async () => {
    const daemon = await place.start();
    const seen: Event[] = [];
    while (seen.at(-1)?.type !== "done") {
      const from = seen.length;
      for await (const event of eventsOf(await send(daemon, path, seen.at(-1)?.id ?? "", body))) {
        seen.push(event);
        // The client leaves after some events, and comes back.
        if (seen.length - from === 4) break;
      }
    }
    expect(textOf(seen)).toBe(WORDS);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
    expect(seen.at(-1)?.data.reply).toBe(WORDS);
    // Who comes back once more, with what it saw, misses the end only.
    const again = await Array.fromAsync(
      eventsOf(await send(daemon, path, seen.at(-2)?.id ?? "", body)),
    );
    expect(again.map(({ type }) => type)).toEqual(["done"]);
  });

  test("go on after the daemon was killed: `turn` says that the tokens come anew", async () => {
    const first = await place.start();
    const seen: Event[] = [];
    for await (const event of eventsOf(await send(first, path, "", body))) {
      seen.push(event);
      if (textOf(seen).includes("three")) await first.kill();
    }
    expect(textOf(seen)).not.toContain("twelve");
    const second = await place.start();
    const rest = await Array.fromAsync(
      eventsOf(await send(second, path, seen.at(-1)?.id ?? "", body)),
    );
    expect(rest.map(({ type }) => type).slice(0, 2)).toEqual(["turn", "token"]);
    expect(textOf([...seen, ...rest])).toBe(WORDS);
    expect(rest.at(-1)).toMatchObject({ type: "done", data: { reply: WORDS } });
  }, 120_000);
});

describe("server-sent events of the daemon", () => {
  test("go on with all that the next process tells, however few it has told", async () => {
    const first = await place.start();
    let lastEventId = "";
    void first.say("me", "hello");
    for await (const event of eventsOf(await send(first, "/api/events", "0"))) {
      lastEventId = event.id;
      if (event.type === "turn.done") break;
    }
    await first.kill();
    const second = await place.start();
    const types: string[] = [];
    void second.say("me", "hello again");
    for await (const { id, type } of eventsOf(await send(second, "/api/events", lastEventId))) {
      expect(Number(id)).toBeGreaterThan(Number(lastEventId));
      types.push(type);
      if (type === "turn.done") break;
    }
    expect(types).toContain("model.state");
    expect(types.filter((type) => type.startsWith("turn."))).toEqual(["turn.started", "turn.done"]);
  }, 120_000);
});

describe("a WebSocket", () => {
  const message = { type: "message", session: "me", text: "count", id: "m1" };
  const textIn = (client: Client): string =>
    textOf(
      client.frames.map(({ type, text }) => ({
        id: "",
        type,
        data: typeof text === "string" ? { text } : {},
      })),
    );

  test("that was cut off by a kill goes on with the id and the last event of its message", async () => {
    const first = await place.start();
    const before = await dial(first);
    before.send(message);
    before.send({ type: "subscribe", topics: ["turn"], id: "s" });
    await until(() => textIn(before).includes("three"));
    await first.kill();
    await before.closed;
    const seen = before.frames.findLast(({ turn, type }) => turn !== undefined && type === "token");
    const second = await place.start();
    const after = await dial(second);
    after.send({ ...message, lastEventId: seen?.id });
    const done = await after.first("done");
    expect(done).toMatchObject({ turn: String(seen?.turn), reply: WORDS });
    expect(after.frames[0]).toMatchObject({ type: "turn", message: "m1" });
    expect(textIn(after)).toBe(WORDS);
    await after.close();
  }, 120_000);

  test("is closed in order when the daemon stops; its turn goes on at the next start", async () => {
    const first = await place.start();
    const idle = await dial(first);
    const busy = await dial(first);
    busy.send(message);
    await busy.first("token");
    await first.ask("/api/stop", { method: "POST" });
    expect(await idle.closed).toMatchObject({ code: 1001 });
    expect((await busy.closed).code).toBe(1001);
    // Either it ended within the time that the daemon gives, or it says what to do.
    expect(["done", "error"]).toContain(busy.frames.at(-1)?.type ?? "");
    await until(() => !isAlive(first.pid));
    const second = await place.start();
    const after = await dial(second);
    after.send(message);
    expect(await after.first("done")).toMatchObject({ reply: WORDS });
    await after.close();
  }, 120_000);
});
