/** What every Store must do. An adapter's test calls `storeContract()` with the way to open one. */
import { describe, expect, test } from "bun:test";
import type { Store } from "../../runtime/ports.ts";
import { OWNER } from "../../schemas/message.ts";
import type { Reply } from "../../schemas/turn.ts";

/** Opens an empty store; `reopen` gives the same data as another process would see it. */
export type OpenStore = () => {
  readonly store: Store;
  readonly reopen: () => Store;
  readonly [Symbol.dispose]: () => void;
};

type Message = Parameters<Store["accept"]>[0];

/** A message as a transport hands it over. */
export function message(differs: Partial<Message> = {}): Message {
  const session = differs.session ?? "rest:a";
  return {
    session,
    protocol: "http",
    channel: "rest",
    conversation: session,
    sender: "owner",
    principal: OWNER,
    text: "hello",
    keys: [],
    ...differs,
  };
}

/** What a turn ended with. */
export function replyOf(turn: string, differs: Partial<Reply> = {}): Reply {
  return {
    turn,
    session: "rest:a",
    outcome: "answered",
    reply: "Hello.",
    toolCalls: [],
    usage: {
      promptTokens: 1,
      cachedTokens: 0,
      completionTokens: 1,
      firstTokenMs: 1,
      totalMs: 2,
    },
    ...differs,
  };
}

/** The first event of a turn. */
export const begun = { seq: 1, type: "turn", at: 1, session: "rest:a" };
const ended = { seq: 9, type: "done", at: 2, outcome: "answered" };

async function answer(store: Store, text: string, session = "rest:a"): Promise<string> {
  const { turn } = await store.accept(message({ session }));
  await store.begin(turn, begun);
  await store.finish(replyOf(turn, { session }), { history: [], events: [], outbox: [text] });
  return turn;
}

/** Runs the suite. */
export function storeContract(name: string, open: OpenStore): void {
  describe(name, () => {
    inbox(open);
    journal(open);
    sessions(open);
    outbox(open);
    values(open);
  });
}

function inbox(open: OpenStore): void {
  test("a message is there for another process as soon as it is accepted", async () => {
    using opened = open();
    const { turn, result } = await opened.store.accept(message({ text: "bell? ☎", keys: ["1"] }));
    expect(result).toBe("accepted");
    expect(await opened.reopen().unfinished()).toMatchObject([
      { turn, session: "rest:a", text: "bell? ☎", principal: OWNER, attempts: 0 },
    ]);
  });

  test("a message under a known key is a duplicate, with another text a conflict", async () => {
    using opened = open();
    const { store } = opened;
    const first = await store.accept(message({ keys: ["update:1", "chat:7"] }));
    const again = await store.accept(message({ keys: ["update:2", "chat:7"] }));
    expect(again).toMatchObject({ turn: first.turn, result: "duplicate" });
    // The second one's other key is known from now on.
    const third = await store.accept(message({ keys: ["update:2"] }));
    expect(third).toMatchObject({ turn: first.turn, result: "duplicate" });
    const other = await store.accept(message({ keys: ["update:2"], text: "bye" }));
    expect(other).toMatchObject({ turn: first.turn, result: "conflict" });
    expect(await store.unfinished()).toHaveLength(1);
  });

  test("keys of one protocol say nothing about another's, and no key is never known", async () => {
    using opened = open();
    const { store } = opened;
    const turns = [
      await store.accept(message({ keys: ["1"] })),
      await store.accept(message({ keys: ["1"], protocol: "telegram" })),
      await store.accept(message()),
      await store.accept(message()),
    ];
    expect(new Set(turns.map(({ turn }) => turn)).size).toBe(4);
  });

  test("unfinished messages come oldest first, without those that ended", async () => {
    using opened = open();
    const { store } = opened;
    const turns: string[] = [];
    for (const text of ["a", "b", "c"]) turns.push((await store.accept(message({ text }))).turn);
    await store.begin(turns[0]!, begun);
    await store.begin(turns[1]!, begun);
    await store.finish(replyOf(turns[1]!), { history: [], events: [ended] });
    const rows = await opened.reopen().unfinished();
    expect(rows.map(({ text, attempts }) => [text, attempts])).toEqual([
      ["a", 1],
      ["c", 0],
    ]);
  });

  test("a turn nobody accepted cannot be begun", async () => {
    using opened = open();
    await expect(opened.store.begin("nope", begun)).rejects.toMatchObject({
      code: "turn/not-found",
    });
    expect(await opened.store.trace("nope")).toBeUndefined();
    expect(await opened.store.reply("nope")).toBeUndefined();
  });
}

function journal(open: OpenStore): void {
  test("a turn's events come back as they were, in order", async () => {
    using opened = open();
    const { store } = opened;
    const { turn } = await store.accept(message());
    const result = { seq: 3, type: "tool_result", at: 5, id: "c", output: { deep: [null, "é"] } };
    await store.begin(turn, begun);
    await store.journal(turn, [{ seq: 2, type: "tool_call", at: 4, id: "c", input: {} }, result]);
    const events = await opened.reopen().events(turn);
    expect(events).toHaveLength(3);
    expect(events[2]).toEqual(result);
  });

  test("a result and the function's values are written together or not at all", async () => {
    using opened = open();
    const { store } = opened;
    const { turn } = await store.accept(message());
    await store.begin(turn, begun);
    const writes = [{ key: "n", value: 1 }];
    // The number is taken already: the event cannot be written.
    const taken = { seq: 1, type: "tool_result", at: 5 };
    await expect(store.journal(turn, [taken], { fn: "count", writes })).rejects.toMatchObject({
      code: "internal",
    });
    expect(await store.kvGet("count", "n")).toBeUndefined();
    await store.journal(turn, [{ ...taken, seq: 2 }], { fn: "count", writes });
    expect(await opened.reopen().kvGet("count", "n")).toBe(1);
  });

  test("a failure names no text of a user", async () => {
    using opened = open();
    const { store } = opened;
    const { turn } = await store.accept(message());
    await store.begin(turn, begun);
    const secret = { seq: 1, type: "tool_call", at: 1, input: "my pin is 4711" };
    const error: unknown = await store.journal(turn, [secret]).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).not.toContain("4711");
    expect((error as Error).message).not.toContain("insert");
  });

  test("a turn ends once; a second ending changes nothing", async () => {
    using opened = open();
    const { store } = opened;
    const { turn } = await store.accept(message());
    await store.begin(turn, begun);
    const history = [{ role: "user", content: "hello" }] as const;
    await store.finish(replyOf(turn), { history, events: [ended], outbox: ["Hello."] });
    const second = replyOf(turn, { reply: "Twice?", outcome: "failed" });
    await store.finish(second, { history, events: [], outbox: ["Twice?"] });
    expect(await store.reply(turn)).toEqual(replyOf(turn));
    expect(await store.history("rest:a", 1_000)).toHaveLength(1);
    expect(await store.outboxPending()).toBe(1);
    const trace = await opened.reopen().trace(turn);
    expect(trace).toMatchObject({ ...replyOf(turn), state: "done", events: [begun, ended] });
  });
}

function sessions(open: OpenStore): void {
  test("history keeps calls and results, and gives the newest that fit", async () => {
    using opened = open();
    const { store } = opened;
    const { turn } = await store.accept(message());
    const call = { id: "c1", name: "clock", arguments: { zone: "UTC" } };
    const history = [
      { role: "user", content: "12345" },
      { role: "assistant", content: "", toolCalls: [call] },
      { role: "tool", content: "12345", id: "c1", name: "clock" },
      { role: "assistant", content: "12345" },
    ] as const;
    await store.finish(replyOf(turn), { history, events: [] });
    const items = await opened.reopen().history("rest:a", 1_000);
    expect(items).toEqual(
      history.map((item) => Object.assign({ turn, at: expect.any(Number) }, item)),
    );
    expect(await store.history("rest:a", 10)).toEqual(items.slice(1));
    expect(await store.history("rest:a", 4)).toEqual([]);
    expect(await store.history("rest:b", 1_000)).toEqual([]);
  });

  test("sessions are listed with their turns", async () => {
    using opened = open();
    const { store } = opened;
    await store.accept(message({ session: "a" }));
    await store.accept(message({ session: "b" }));
    await store.accept(message({ session: "a" }));
    const list = (await store.sessions()).toSorted((a, b) => (a.session < b.session ? -1 : 1));
    expect(list.map(({ session, turns }) => [session, turns])).toEqual([
      ["a", 2],
      ["b", 1],
    ]);
    expect(await store.session("a")).toEqual(list[0]);
    expect(await store.session("c")).toBeUndefined();
  });

  test("forgetting a session deletes all of it and nothing else", async () => {
    using opened = open();
    const { store } = opened;
    const kept = await store.accept(message({ session: "b", keys: ["b"] }));
    const { turn } = await store.accept(message({ session: "a", keys: ["a"] }));
    await store.begin(turn, begun);
    const history = [{ role: "user", content: "secret" }] as const;
    const reply = replyOf(turn, { session: "a" });
    await store.finish(reply, { history, events: [ended], outbox: ["x"] });
    expect(await store.forget("a")).toBe(true);
    expect(await store.forget("a")).toBe(false);
    expect(await store.history("a", 1_000)).toEqual([]);
    expect(await store.trace(turn)).toBeUndefined();
    expect(await store.events(turn)).toEqual([]);
    expect(await store.outboxPending()).toBe(0);
    expect((await store.accept(message({ session: "a", keys: ["a"] }))).result).toBe("accepted");
    expect((await store.trace(kept.turn))?.state).toBe("queued");
  });
}

function outbox(open: OpenStore): void {
  test("deliveries come in order, one at a time of each session", async () => {
    using opened = open();
    const { store } = opened;
    await answer(store, "a1", "a");
    await answer(store, "a2", "a");
    await answer(store, "b1", "b");
    const now = Date.now() + 1_000;
    const first = await store.due(now);
    expect(first.map(({ text, attempt }) => [text, attempt])).toEqual([
      ["a1", 1],
      ["b1", 1],
    ]);
    expect(await store.due(now)).toEqual([]);
    await store.delivered(first[0]!.id, { outcome: "sent" });
    expect((await store.due(now)).map(({ text }) => text)).toEqual(["a2"]);
    expect(await store.outboxPending()).toBe(2);
  });

  test("a retry waits for its time, and holds later replies of its session back", async () => {
    using opened = open();
    const { store } = opened;
    await answer(store, "a1", "a");
    await answer(store, "a2", "a");
    const now = Date.now() + 1_000;
    const [first] = await store.due(now);
    await store.delivered(first!.id, { outcome: "retry", retryAt: now + 500, error: "busy" });
    expect(await store.due(now)).toEqual([]);
    expect(await store.dueNext()).toBe(now + 500);
    expect(await store.due(now + 500)).toMatchObject([{ id: first!.id, text: "a1", attempt: 2 }]);
  });

  test("what was no try does not count as one", async () => {
    using opened = open();
    const { store } = opened;
    await answer(store, "a1");
    const now = Date.now() + 1_000;
    const [row] = await store.due(now);
    await store.delivered(row!.id, { outcome: "later", retryAt: now + 500, error: "full" });
    expect(await store.due(now)).toEqual([]);
    expect(await store.due(now + 500)).toMatchObject([{ id: row!.id, attempt: 1 }]);
  });

  test("a protocol whose places are taken gets no more; when it is due does not count then", async () => {
    using opened = open();
    const { store } = opened;
    for (const session of ["a", "b", "c"]) await answer(store, session, session);
    const now = Date.now() + 1_000;
    const [first, ...others] = await store.due(now, { tg: 0, push: 1, http: 1, rest: 1 });
    expect(first).toBeDefined();
    expect(others).toEqual([]);
    const { protocol } = first!;
    expect(await store.due(now, { [protocol]: 0 })).toEqual([]);
    expect(await store.dueNext([protocol])).toBeUndefined();
    expect(await store.dueNext()).toBeDefined();
    expect(await store.due(now)).toHaveLength(2);
  });

  test("what was on its way when the process died is known as such", async () => {
    using opened = open();
    await answer(opened.store, "a1");
    const [row] = await opened.store.due(Date.now() + 1_000);
    const later = opened.reopen();
    expect(await later.interrupted()).toMatchObject([{ id: row!.id, text: "a1" }]);
    await later.delivered(row!.id, { outcome: "unknown", error: "died" });
    expect(await later.interrupted()).toEqual([]);
    expect(await later.dueNext()).toBeUndefined();
  });

  test("what was given up can be seen, newest first, and no longer counts as pending", async () => {
    using opened = open();
    const { store } = opened;
    await answer(store, "a1", "a");
    await answer(store, "b1", "b");
    for (const row of await store.due(Date.now() + 1_000)) {
      await store.delivered(row.id, { outcome: "dead", error: `no chat ${row.session}` });
    }
    const letters = await store.letters(10);
    expect(letters.map(({ text, state, error }) => [text, state, error])).toEqual([
      ["b1", "dead", "no chat b"],
      ["a1", "dead", "no chat a"],
    ]);
    expect(await store.letters(1)).toHaveLength(1);
    expect(await store.outboxPending()).toBe(0);
  });
}

function values(open: OpenStore): void {
  test("values are kept by function and key, whatever JSON they are", async () => {
    using opened = open();
    const { store } = opened;
    const all = { text: "é", zero: 0, no: false, nothing: null, deep: { a: [1, { b: 2 }] } };
    const writes = Object.entries(all).map(([key, value]) => ({ key, value }));
    await store.kvCommit("f", writes);
    const later = opened.reopen();
    for (const { key, value } of writes) expect(await later.kvGet("f", key)).toEqual(value);
    expect(await later.kvGet("g", "text")).toBeUndefined();
    await later.kvCommit("f", [{ key: "text" }, { key: "zero", value: 1 }]);
    expect(await later.kvGet("f", "text")).toBeUndefined();
    expect(await later.kvGet("f", "zero")).toBe(1);
  });

  test("values are listed by prefix, in key order, up to the limit", async () => {
    using opened = open();
    const { store } = opened;
    const keys = ["note:b", "note:a", "note:%", "notes", "other", "note:ü"];
    await store.kvCommit(
      "f",
      keys.map((key) => ({ key, value: key })),
    );
    await store.kvCommit("g", [{ key: "note:z", value: 1 }]);
    const listed = await store.kvList("f", "note:", 10);
    expect(listed.map(({ key }) => key)).toEqual(["note:%", "note:a", "note:b", "note:ü"]);
    expect(await store.kvList("f", "", 2)).toHaveLength(2);
    expect(await store.kvList("f", "note:%", 10)).toEqual([{ key: "note:%", value: "note:%" }]);
  });
}
