/** Functions that start by themselves: one turn per tick, whatever the clock does and whatever is killed. */
import { expect, test } from "bun:test";
import type { Store } from "../../../runtime/ports.ts";
import { type Bench, FakeFunctions } from "../turn/fakes.ts";
import {
  HOUR_MS,
  HOURLY,
  MINUTE_MS,
  START,
  counted,
  counting,
  machine,
  mortal,
  ran,
  reloaded,
  settled,
} from "./clockwork.ts";
import { until } from "../../waiting.ts";

test("a tick starts one turn, which can be read as a session", async () => {
  using disk = machine();
  await using bench = await disk.open(counting([{ ...HOURLY, input: { city: "Kyoto" } }]));
  await settled(disk.store);
  expect(await ran(disk.store)).toEqual([]);
  disk.clock.set("07:00");
  await until(async () => (await counted(disk.store)).length > 0);
  disk.clock.set("07:59");
  await settled(disk.store);
  expect(await ran(disk.store)).toEqual(["07:00"]);
  expect(await counted(disk.store)).toEqual([{ city: "Kyoto" }]);
  const history = await bench.agent.history("cron:report");
  expect(history.at(-1)).toMatchObject({ content: '{"input":{"city":"Kyoto"}}' });
  expect(bench.model.requests).toEqual([]);
  expect(await disk.store.outboxPending()).toBe(0);
});

test("triggered turns say whose they are, and one that failed is logged", async () => {
  using disk = machine();
  const functions = new FakeFunctions().add("report", { triggers: [HOURLY] }, () => ({
    error: { code: "tool/failed", message: "no paper" },
  }));
  await using bench = await disk.open(functions);
  await settled(disk.store);
  disk.clock.set("07:00");
  await until(() => disk.logged.some((line) => line.includes("no paper")));
  const events = bench.hub.since(0).filter(({ type }) => type.startsWith("turn."));
  expect(events).toMatchObject([
    { type: "turn.started", session: "cron:report", function: "report" },
    { type: "turn.done", outcome: "failed", function: "report" },
  ]);
});

test("wherever a process dies, the tick is run once, and its effect happens once", async () => {
  using disk = machine();
  let hour = 7;
  for (let calls = 0; calls < 14; calls++) {
    for (const isApplied of [false, true]) {
      disk.clock.at = START + (hour++ - 6.5) * HOUR_MS;
      const dying = mortal(disk.store, calls, isApplied);
      const doomed = await disk.open(counting(), { store: dying.store, isStarted: false });
      // It may die while it starts.
      void doomed.agent.start().catch(() => undefined);
      await Promise.race([dying.died, settled(disk.store).then(() => Bun.sleep(10))]);
      const bench = await disk.open(counting());
      await until(async () => (await ran(disk.store)).length >= hour - 8 || hour === 8);
      await settled(disk.store);
      await bench[Symbol.asyncDispose]();
      dying.bury();
      await doomed[Symbol.asyncDispose]();
    }
  }
  const ticks = await disk.store.history("cron:report", 1_000_000, true);
  const texts = ticks.filter(({ role }) => role === "user").map(({ content }) => content);
  expect(new Set(texts).size).toBe(texts.length);
  // The first start only sees the trigger for the first time.
  expect(texts).toHaveLength(27);
  expect(await counted(disk.store)).toHaveLength(27);
}, 120_000);

test.each([
  ["once", ["10:00", "11:00"]],
  ["none", ["11:00"]],
] as const)("after a time without moult, catch-up %s runs %j", async (catchUp, expected) => {
  using disk = machine();
  const functions = () => counting([{ ...HOURLY, catchUp }]);
  await using first = await disk.open(functions());
  await settled(disk.store);
  await first.agent.close();
  disk.clock.set("10:20");
  for (let restart = 0; restart < 3; restart++) {
    await using bench = await disk.open(functions());
    await settled(disk.store);
    await bench.agent.close();
  }
  await using last = await disk.open(functions());
  await settled(disk.store);
  disk.clock.set("11:00");
  await until(async () => (await ran(disk.store)).includes("11:00"));
  expect(await ran(disk.store)).toEqual([...expected]);
  await last.agent.close();
});

test("a tick that comes a moment late is not missed: catch-up none runs it", async () => {
  using disk = machine();
  await using first = await disk.open(counting([{ ...HOURLY, catchUp: "none" }]));
  await settled(disk.store);
  await first.agent.close();
  disk.clock.at = START + 30 * MINUTE_MS + 5_000;
  await using _second = await disk.open(counting([{ ...HOURLY, catchUp: "none" }]));
  await until(async () => (await ran(disk.store)).length > 0);
  expect(await ran(disk.store)).toEqual(["07:00"]);
});

test("a machine that slept runs the newest tick it missed", async () => {
  using disk = machine();
  await using _bench = await disk.open(
    counting([HOURLY, { cron: "30 * * * *", timezone: "UTC", catchUp: "none" }]),
  );
  await settled(disk.store);
  disk.clock.set("12:45");
  await until(async () => (await ran(disk.store)).length > 0);
  await settled(disk.store);
  expect(await ran(disk.store)).toEqual(["12:00"]);
});

test("a clock that is set back runs nothing twice and goes on at once", async () => {
  using disk = machine();
  await using _bench = await disk.open(counting());
  await settled(disk.store);
  disk.clock.set("09:00");
  await until(async () => (await ran(disk.store)).includes("09:00"));
  disk.clock.set("08:30");
  await settled(disk.store);
  disk.clock.set("09:00");
  await settled(disk.store);
  disk.clock.set("10:00");
  await until(async () => (await ran(disk.store)).includes("10:00"));
  expect(await ran(disk.store)).toEqual(["09:00", "10:00"]);
  expect(await counted(disk.store)).toHaveLength(2);
});

test("a clock that was years ahead does not silence a trigger for years", async () => {
  using disk = machine();
  const right = disk.clock.at;
  disk.clock.at = Date.parse("2036-01-01T00:00:00Z");
  await using first = await disk.open(counting());
  await settled(disk.store);
  await first.agent.close();
  disk.clock.at = right;
  await using _second = await disk.open(counting());
  await settled(disk.store);
  disk.clock.set("07:00");
  await until(async () => (await ran(disk.store)).length > 0);
  expect(await ran(disk.store)).toEqual(["07:00"]);
});

test("a reload with the same trigger changes nothing; another trigger begins with what comes next", async () => {
  using disk = machine();
  const functions = counting();
  await using bench = await disk.open(functions);
  await settled(disk.store);
  disk.clock.set("07:00");
  await until(async () => (await ran(disk.store)).length === 1);
  reloaded(bench.hub);
  await settled(disk.store);
  functions.add("report", { triggers: [{ cron: "45 * * * *", timezone: "UTC" }] });
  disk.clock.set("07:50");
  reloaded(bench.hub);
  await settled(disk.store);
  // Back to the first: what came due meanwhile was not its own.
  disk.clock.set("08:10");
  functions.add("report", { triggers: [HOURLY] });
  bench.hub.publish("function.rolled_back", { name: "report" });
  await settled(disk.store);
  expect(await ran(disk.store)).toEqual(["07:00"]);
  disk.clock.set("09:00");
  await until(async () => (await ran(disk.store)).length === 2);
  expect(await ran(disk.store)).toEqual(["07:00", "09:00"]);
});

test("a function that is gone is not started, and begins anew when it returns", async () => {
  using disk = machine();
  const functions = counting();
  let isThere = true;
  const { run, fetch, rollback } = functions;
  await using bench = await disk.open({
    run,
    fetch,
    rollback,
    get: (name) => (isThere ? functions.get(name) : undefined),
    list: () => (isThere ? functions.list() : []),
  });
  await settled(disk.store);
  isThere = false;
  bench.hub.publish("function.removed", { name: "report" });
  await settled(disk.store);
  disk.clock.set("09:30");
  await settled(disk.store);
  isThere = true;
  reloaded(bench.hub);
  await settled(disk.store);
  expect(await ran(disk.store)).toEqual([]);
  expect(await disk.store.kvList("trigger:cron", "", 10)).toHaveLength(1);
});

test("two triggers of a function are two, also when only their inputs differ", async () => {
  using disk = machine();
  const triggers = [
    { ...HOURLY, input: { city: "Kyoto" } },
    { ...HOURLY, input: { city: "Oslo" } },
    { ...HOURLY, input: { city: "Oslo" } },
  ];
  await using _bench = await disk.open(counting(triggers));
  await settled(disk.store);
  disk.clock.set("07:00");
  await until(async () => (await counted(disk.store)).length === 2);
  await settled(disk.store);
  expect(await counted(disk.store)).toEqual([{ city: "Kyoto" }, { city: "Oslo" }]);
});

test("while a run does not end, one more waits and further ticks are skipped, also after a restart", async () => {
  using disk = machine();
  const release = Promise.withResolvers<void>();
  let begun = 0;
  const slow = () =>
    new FakeFunctions().add("report", { triggers: [HOURLY] }, async (_input, { signal }) => {
      begun++;
      const stopped = new Promise((resolve) => signal?.addEventListener("abort", resolve));
      await Promise.race([release.promise, stopped]);
      return { output: {} };
    });
  const first = await disk.open(slow(), { closeMsMax: 0 });
  await settled(disk.store);
  const skips = (): number => disk.logged.filter((line) => line.includes("is skipped")).length;
  for (const time of ["07:00", "08:00"]) {
    disk.clock.set(time);
    await until(async () => (await disk.store.unfinished()).length === Number(time[1]) - 6);
  }
  disk.clock.set("09:00");
  await until(() => skips() === 1);
  expect(begun).toBe(1);
  await first.agent.close();
  await using second = await disk.open(slow());
  disk.clock.set("10:00");
  await until(() => skips() === 2);
  release.resolve();
  await settled(disk.store);
  expect(await ran(disk.store)).toEqual(["07:00", "08:00"]);
  const told = second.hub.since(0).filter(({ type }) => type === "function.log");
  expect(told).toMatchObject([{ name: "report", level: "warn" }]);
  await first[Symbol.asyncDispose]();
});

test("a trigger of another kind loads and says that it does not run", async () => {
  using disk = machine();
  await using bench = await disk.open(counting([{ mqtt: "house/#" }, { event: "x" }]));
  await until(() => bench.hub.since(0).length === 2);
  expect(bench.hub.since(0)).toMatchObject([
    { text: expect.stringContaining('"mqtt"') },
    { text: expect.stringContaining('"event"') },
  ]);
});

test("hundreds of functions due at once leave room for people, and all run", async () => {
  using disk = machine();
  const functions = new FakeFunctions();
  let done = 0;
  let most = 0;
  let now = 0;
  for (let n = 0; n < 200; n++) {
    functions.add(`f${n}`, { triggers: [HOURLY] }, async () => {
      most = Math.max(most, ++now);
      await Bun.sleep(0);
      now--;
      done++;
      return { output: {} };
    });
  }
  await using bench: Bench = await disk.open(functions);
  await settled(disk.store);
  disk.clock.set("07:00");
  await until(() => done > 0);
  expect((await bench.say("hello")).outcome).toBe("answered");
  await until(() => done === 200);
  expect(most).toBeLessThanOrEqual(16);
  await settled(disk.store);
  expect(done).toBe(200);
});

test("a store that is out of order delays a tick and loses none", async () => {
  using disk = machine();
  let isBroken = false;
  const store: Store = {
    ...disk.store,
    accept: (message) =>
      isBroken ? Promise.reject(new Error("disk full")) : disk.store.accept(message),
  };
  await using bench = await disk.open(counting(), { store });
  await settled(disk.store);
  isBroken = true;
  disk.clock.set("07:00");
  await until(() => disk.logged.some((line) => line.includes("tried again")));
  isBroken = false;
  // Any change of a function is a reason to look again.
  reloaded(bench.hub);
  await until(async () => (await ran(disk.store)).length > 0);
  expect(await ran(disk.store)).toEqual(["07:00"]);
});
