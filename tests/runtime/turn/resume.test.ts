/**
 * A turn that is killed anywhere goes on where its journal ends: one reply, each finished effect once.
 *
 * The death of the process is played by copying the database file, as it is at that moment, to a new place, and by
 * starting another agent there. Effects outside of the database stay as they were at that moment too.
 */
import { expect, test } from "bun:test";
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { openStore } from "../../../adapters/sqlite/store.ts";
import type { Delivery, Store, Transport } from "../../../runtime/ports.ts";
import { FakeFunctions, type Script, fetched, openAgent } from "./fakes.ts";
import { temporary } from "../../temporary.ts";

/** The world outside of the database. */
interface World {
  /** Runs of a tool whose effect cannot be taken back. */
  effects: number;
  /** Ids of deliveries the platform has seen; it drops a second one. */
  readonly sent: Set<string>;
}

/** A moment at which the process may die. */
interface Cut {
  readonly at: string;
  readonly file: string;
  readonly world: World;
}

/** Counts with its own durable value, then rings a bell outside, then answers. */
const script: Script = ({ messages }) => {
  const results = messages.filter(({ role }) => role === "tool");
  if (results.length === 0) return { calls: [{ name: "count", arguments: {} }] };
  if (results.length === 1) return { text: "Now. ", calls: [{ name: "ring", arguments: {} }] };
  return { text: `Done: ${results.map(({ content }) => content).join(" ")}` };
};

function functionsIn(world: World, store: Store, onEffect: () => void): FakeFunctions {
  return new FakeFunctions()
    .add("count", {}, async () => {
      const count = Number((await store.kvGet("count", "n")) ?? 0) + 1;
      return { output: { count }, writes: [{ key: "n", value: count }] };
    })
    .add("ring", { permissions: { net: ["bell.lan:80"] } }, () => {
      onEffect();
      world.effects++;
      onEffect();
      return { output: { rung: true } };
    });
}

function platformIn(world: World, onSend: () => void): Transport {
  return {
    ...fetched,
    channel: "push",
    idempotent: true,
    send: ({ id }: Delivery) => {
      onSend();
      world.sent.add(id);
      onSend();
      return Promise.resolve();
    },
  };
}

/** Calls back after each change of the database. */
function watched(store: Store, changed: (method: string) => void): Store {
  const watch = <A extends unknown[], R>(
    method: string,
    run: (...args: A) => Promise<R>,
  ): ((...args: A) => Promise<R>) => {
    return async (...args) => {
      const result = await run(...args);
      changed(method);
      return result;
    };
  };
  return {
    ...store,
    accept: watch("accept", store.accept),
    begin: watch("begin", store.begin),
    journal: watch("journal", store.journal),
    finish: watch("finish", store.finish),
    due: watch("due", store.due),
    delivered: watch("delivered", store.delivered),
  };
}

/** Waits until nothing is on its way any more. */
async function delivered(store: Store): Promise<void> {
  while ((await store.outboxPending()) > 0) await Bun.sleep(1);
}

/** Plays the turn once and keeps what a killed process would have left at each moment. */
async function cutsOf(folder: string): Promise<readonly Cut[]> {
  const file = join(folder, "moult.sqlite");
  const world: World = { effects: 0, sent: new Set() };
  const cuts: Cut[] = [];
  const cut = (what: string): void => {
    if (cuts.length === 0 && what !== "accept") return;
    const copy = join(folder, `cut-${cuts.length}.sqlite`);
    for (const end of ["", "-wal"]) {
      if (existsSync(file + end)) copyFileSync(file + end, copy + end);
    }
    const then = { effects: world.effects, sent: new Set(world.sent) };
    cuts.push({ at: `${cuts.length}: ${what}`, file: copy, world: then });
  };
  const store = watched(openStore(file), cut);
  const functions = functionsIn(world, store, () => cut("effect"));
  const transports = { push: platformIn(world, () => cut("send")) };
  await using bench = await openAgent(script, functions, { store, transports });
  const message = { session: "s", text: "go", keys: ["update:1", "message:1"] };
  const routed = await bench.agent.route("push", message);
  if ("turn" in routed) await bench.agent.wait(routed.turn);
  await delivered(store);
  return cuts;
}

test("a turn killed at any moment is answered once, and no finished effect happens twice", async () => {
  using folder = temporary();
  const cuts = await cutsOf(folder.path);
  expect(cuts.length).toBeGreaterThan(10);
  for (const { at, file, world } of cuts) {
    const store = openStore(file);
    const functions = functionsIn(world, store, () => undefined);
    const transports = { push: platformIn(world, () => undefined) };
    await using bench = await openAgent(script, functions, { store, transports });
    // The platform repeats the message, as it does when it saw no acknowledgement.
    const message = { session: "s", text: "go", keys: ["update:2", "message:1"] };
    const routed = await bench.agent.route("push", message);
    if (!("turn" in routed)) throw new TypeError("It was dropped");
    expect([at, routed.duplicate]).toEqual([at, true]);
    const reply = await bench.agent.wait(routed.turn);
    await delivered(store);

    expect([at, reply.outcome]).toEqual([at, "answered"]);
    expect([at, await store.kvGet("count", "n")]).toEqual([at, 1]);
    expect([at, world.effects <= 1]).toEqual([at, true]);
    const ring = reply.toolCalls.find(({ name }) => name === "ring");
    const error = ring?.error;
    // Either it is known to have happened, once, or the model was told that nobody knows.
    expect([at, error === undefined ? world.effects : 1]).toEqual([at, 1]);
    if (error !== undefined) expect([at, error.code]).toEqual([at, "function/crashed"]);
    expect([at, world.sent.size]).toEqual([at, 1]);
    const history = await store.history("s", 100_000);
    expect([at, history.map(({ role }) => role)]).toEqual([
      at,
      ["user", "assistant", "tool", "assistant", "tool", "assistant"],
    ]);
    const { events } = await bench.agent.trace(routed.turn);
    const ids = events.flatMap(({ type, ["id"]: id }) => (type === "tool_result" ? [id] : []));
    expect([at, ids.length]).toEqual([at, new Set(ids).size]);
    expect([at, events.filter(({ type }) => type === "done").length]).toEqual([at, 1]);
    expect([at, await store.unfinished()]).toEqual([at, []]);
  }
});

test("turns that wait when the process dies are answered in their order", async () => {
  using folder = temporary();
  const file = join(folder.path, "moult.sqlite");
  const store = openStore(file);
  for (const text of ["one", "two", "three"]) {
    const message = { session: "s", protocol: "http", channel: "rest", conversation: "s", text };
    const principal = { id: "owner", role: "owner" } as const;
    await store.accept({ ...message, sender: "owner", principal, keys: [text] });
  }
  const heard: string[] = [];
  const listen: Script = ({ messages }) => {
    heard.push(messages.at(-1)?.content ?? "");
    return { text: "Yes." };
  };
  await using bench = await openAgent(listen, undefined, { store });
  await bench.say("four");
  expect(heard).toEqual(["one", "two", "three", "four"]);
});

test("what is asked before the start waits for the turns of the last process", async () => {
  using folder = temporary();
  const store = openStore(join(folder.path, "moult.sqlite"));
  const old = { session: "s", protocol: "http", channel: "rest", conversation: "s", text: "old" };
  const principal = { id: "owner", role: "owner" } as const;
  await store.accept({ ...old, sender: "owner", principal, keys: ["1"] });
  const heard: string[] = [];
  const listen: Script = ({ messages }) => {
    heard.push(messages.at(-1)?.content ?? "");
    return { text: "Yes." };
  };
  const functions = new FakeFunctions();
  await using bench = await openAgent(listen, functions, { store, isStarted: false });
  const asked = [
    bench.say("new"),
    bench.agent.route("http", { session: "s", text: "old", keys: ["1"] }),
  ] as const;
  await bench.agent.start();
  expect(await asked[0]).toMatchObject({ outcome: "answered" });
  expect(await asked[1]).toMatchObject({ duplicate: true });
  expect(heard).toEqual(["old", "new"]);
});

test("a message that was begun a hundred times is given up, so that it ends nothing any more", async () => {
  using folder = temporary();
  const store = openStore(join(folder.path, "moult.sqlite"));
  const message = { session: "s", protocol: "http", channel: "rest", conversation: "s", text: "x" };
  const principal = { id: "owner", role: "owner" } as const;
  const { turn } = await store.accept({ ...message, sender: "owner", principal, keys: [] });
  for (let seq = 1; seq <= 100; seq++) await store.begin(turn, { seq, type: "resumed", at: seq });
  await using bench = await openAgent(() => ({ text: "never" }), new FakeFunctions(), { store });
  expect(await bench.agent.wait(turn)).toMatchObject({ outcome: "failed" });
  expect(bench.model.requests).toEqual([]);
});

test("closing leaves a running turn to the next start", async () => {
  using folder = temporary();
  const file = join(folder.path, "moult.sqlite");
  const called = Promise.withResolvers<void>();
  const hangs = new FakeFunctions().add("wait", {}, async (_input, { signal }) => {
    called.resolve();
    await new Promise((resolve) => signal?.addEventListener("abort", resolve));
    return { error: { code: "function/crashed", message: "It was aborted" } };
  });
  const calls: Script = ({ messages }) =>
    messages.at(-1)?.role === "tool"
      ? { text: "Waited." }
      : { calls: [{ name: "wait", arguments: {} }] };
  let turn = "";
  {
    await using first = await openAgent(calls, hangs, { store: openStore(file), closeMsMax: 10 });
    turn = await first.send("wait");
    await called.promise;
    const waiting = first.agent.wait(turn).catch((error: unknown) => error);
    await first.agent.close();
    expect(await waiting).toMatchObject({ code: "model/unavailable" });
  }
  const functions = new FakeFunctions().add("wait", {}, () => ({ output: "waited" }));
  await using second = await openAgent(calls, functions, { store: openStore(file) });
  expect(await second.agent.wait(turn)).toMatchObject({ outcome: "answered", reply: "Waited." });
  const types = (await second.agent.trace(turn)).events.map(({ type }) => type);
  expect(types.slice(0, 4)).toEqual(["turn", "model", "tool_call", "resumed"]);
  // A client that comes back with what it saw of the first attempt is told to begin anew.
  const told = await Array.fromAsync(second.agent.follow(turn, 99), ({ type }) => type);
  expect([told[0], told.at(-1)]).toEqual(["turn", "done"]);
});
