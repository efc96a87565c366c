/** Replies on their way to a platform that is slow, down, or unclear. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { openStore } from "../../../adapters/sqlite/store.ts";
import type { Delivery, Transport } from "../../../runtime/ports.ts";
import { MoultError } from "../../../schemas/error.ts";
import { type Bench, fetched, lines, openAgent } from "../turn/fakes.ts";
import { temporary } from "../../temporary.ts";

/** A platform that fails as it is told, then takes everything. */
function platform(failures: readonly Error[], idempotent = false) {
  const tries: Delivery[] = [];
  const transport: Transport = {
    ...fetched,
    channel: "push",
    idempotent,
    send: (delivery) => {
      const failure = failures[tries.length];
      tries.push(delivery);
      return failure === undefined ? Promise.resolve() : Promise.reject(failure);
    },
  };
  return { tries, transport };
}

const soon = { outcome: "retry", retryAfterMs: 1 };
const busy = new MoultError("internal", "The platform is busy", soon);
const noChat = new MoultError("internal", "There is no such chat", { outcome: "permanent" });
const unclear = new MoultError("internal", "The connection broke", { outcome: "unknown" });

async function push(bench: Bench, text: string, session = "s"): Promise<void> {
  const routed = await bench.agent.route("push", { session, text });
  if ("turn" in routed) await bench.agent.wait(routed.turn);
}

async function settled({ store }: Bench): Promise<void> {
  while ((await store.outboxPending()) > 0) await Bun.sleep(1);
}

const echo = () => lines({ text: "one" }, { text: "two" }, { text: "three" });

test("a reply is sent again until it arrives, and later ones of the session wait", async () => {
  const { tries, transport } = platform([busy, busy]);
  await using bench = await openAgent(echo(), undefined, { transports: { push: transport } });
  await push(bench, "a");
  await push(bench, "b");
  await settled(bench);
  expect(tries.map(({ text, attempt }) => [text, attempt])).toEqual([
    ["one", 1],
    ["one", 2],
    ["one", 3],
    ["two", 1],
  ]);
  expect(new Set(tries.slice(0, 3).map(({ id }) => id)).size).toBe(1);
  expect(await bench.agent.letters()).toEqual([]);
  const key = 'moult_outbox_messages_total{"channel":"push","result":"sent"}';
  expect(bench.meter.counts.get(key)).toBe(2);
});

test("what the platform does not take just now is no failed try, and nobody is told of it", async () => {
  const later = new MoultError("internal", "Too soon", { outcome: "later", retryAfterMs: 1 });
  const { tries, transport } = platform([later, later, later]);
  await using bench = await openAgent(echo(), undefined, { transports: { push: transport } });
  await push(bench, "a");
  await settled(bench);
  expect(tries.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1]);
  expect(await bench.agent.letters()).toEqual([]);
  const key = 'moult_outbox_messages_total{"channel":"push","result":"later"}';
  expect(bench.meter.counts.has(key)).toBeFalse();
});

test("a transport that sends one at a time is never given two; others are not held up", async () => {
  let sending = 0;
  let most = 0;
  const one: Transport = {
    ...fetched,
    channel: "one",
    sendingMax: 1,
    send: async () => {
      most = Math.max(most, ++sending);
      await Bun.sleep(5);
      sending--;
    },
  };
  const { tries, transport } = platform([]);
  const transports = { one, push: transport };
  await using bench = await openAgent(lines({ text: "x" }), undefined, { transports });
  const routed = ["a", "b", "c", "d", "e"].map(async (session) => {
    await bench.agent.route("one", { session, text: "hi" });
  });
  await Promise.all(routed);
  await push(bench, "hello", "other");
  await settled(bench);
  expect(most).toBe(1);
  expect(tries).toHaveLength(1);
});

test("a permanent failure is tried once, is visible, and holds nothing back", async () => {
  const { tries, transport } = platform([noChat]);
  await using bench = await openAgent(echo(), undefined, { transports: { push: transport } });
  await push(bench, "a");
  await push(bench, "b");
  await settled(bench);
  expect(tries.map(({ text }) => text)).toEqual(["one", "two"]);
  expect(await bench.agent.letters()).toMatchObject([
    { text: "one", state: "dead", error: "There is no such chat", attempt: 1 },
  ]);
});

test.each([
  ["is never sent again blindly", false, 1],
  ["is sent again where the platform drops the second one", true, 2],
])("a reply of unknown fate %s", async (_name, idempotent, count) => {
  const { tries, transport } = platform([unclear], idempotent);
  await using bench = await openAgent(echo(), undefined, { transports: { push: transport } });
  await push(bench, "a");
  await settled(bench);
  expect(tries).toHaveLength(count);
  const states = (await bench.agent.letters()).map(({ state }) => state);
  expect(states).toEqual(idempotent ? [] : ["unknown"]);
});

test("what was not foreseen counts as unknown, and its text stays inside", async () => {
  const { transport } = platform([new TypeError("GET /bot123:TOKEN/send failed")]);
  await using bench = await openAgent(echo(), undefined, { transports: { push: transport } });
  await push(bench, "a");
  await settled(bench);
  const letters = await bench.agent.letters();
  expect(letters).toMatchObject([{ state: "unknown" }]);
  expect(JSON.stringify(letters)).not.toContain("TOKEN");
});

test("a slow platform holds only its own session back", async () => {
  const release = Promise.withResolvers<void>();
  const arrived: string[] = [];
  const transport: Transport = {
    ...fetched,
    channel: "push",
    send: async ({ session }) => {
      if (session === "slow") await release.promise;
      arrived.push(session);
    },
  };
  await using bench = await openAgent(echo(), undefined, { transports: { push: transport } });
  await push(bench, "a", "slow");
  await push(bench, "b", "quick");
  while (arrived.length === 0) await Bun.sleep(1);
  expect(arrived).toEqual(["quick"]);
  release.resolve();
  await settled(bench);
  expect(arrived).toEqual(["quick", "slow"]);
});

test("replies written before a restart are sent after it, without a new message", async () => {
  using folder = temporary();
  const file = join(folder.path, "moult.sqlite");
  const never = platform([
    new MoultError("internal", "down", { outcome: "retry", retryAfterMs: 50 }),
  ]);
  {
    const options = { store: openStore(file), transports: { push: never.transport } };
    await using first = await openAgent(echo(), undefined, options);
    await push(first, "a");
  }
  const { tries, transport } = platform([]);
  const options = { store: openStore(file), transports: { push: transport } };
  await using second = await openAgent(echo(), undefined, options);
  await settled(second);
  expect(tries.map(({ text }) => text)).toEqual(["one"]);
});

test("replies of a protocol without a transport wait for it", async () => {
  using folder = temporary();
  const file = join(folder.path, "moult.sqlite");
  const store = openStore(file);
  const { tries, transport } = platform([]);
  {
    await using first = await openAgent(echo(), undefined, {
      store: { ...store, due: () => Promise.resolve([]), close: () => undefined },
      transports: { push: transport },
    });
    await push(first, "a");
  }
  {
    await using second = await openAgent(echo(), undefined, {
      store: { ...store, close: () => undefined },
    });
    while ((await store.dueNext()) === undefined) await Bun.sleep(1);
    expect(await second.agent.letters()).toEqual([]);
  }
  expect(tries).toEqual([]);
  expect(await store.outboxPending()).toBe(1);
  store.close();
});

test("a platform that does not answer keeps the daemon from ending only for a moment", async () => {
  using folder = temporary();
  const file = join(folder.path, "moult.sqlite");
  const asked = Promise.withResolvers<void>();
  const silent: Transport = {
    ...fetched,
    channel: "push",
    send: () => {
      asked.resolve();
      return Promise.withResolvers<void>().promise;
    },
  };
  {
    const options = { store: openStore(file), transports: { push: silent }, closeMsMax: 10 };
    await using first = await openAgent(echo(), undefined, options);
    await push(first, "a");
    await asked.promise;
  }
  const { transport } = platform([]);
  const options = { store: openStore(file), transports: { push: transport } };
  await using second = await openAgent(echo(), undefined, options);
  expect(await second.agent.letters()).toMatchObject([{ text: "one", state: "unknown" }]);
});
