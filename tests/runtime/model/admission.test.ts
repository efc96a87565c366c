/** Who starts and who waits: rules alone, and a real host that follows them. */
import { afterEach, expect, test } from "bun:test";
import { collect, finishOf, openModel, requestOf, textOf, until } from "./answers.ts";
import { Answer } from "../../../runtime/model/answer.ts";
import { Durations, mayStart, refusalOf, type Room } from "../../../runtime/model/admission.ts";
import type { Readings } from "../../../runtime/model/device.ts";
import { LANE_LENGTH_MAX, LaneQueue } from "../../../runtime/model/queue.ts";
import { pendingAnswer } from "../../../runtime/model/pending.ts";
import type { Governing } from "../../../runtime/model/governor.ts";
import type { Model } from "../../../runtime/ports.ts";
import { LANES, type Lane } from "../../../schemas/model.ts";

const open: Model[] = [];
function scripted(options: Parameters<typeof openModel>[0] = {}): Model {
  const model = openModel(options);
  open.push(model);
  return model;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((model) => model.close()));
});

function room(change: Partial<Room> = {}): Room {
  return { slots: 4, limit: 4, running: 0, patient: 0, ...change };
}

test("patient requests leave one slot free, urgent ones use all", () => {
  expect(mayStart("background", false, room({ running: 2, patient: 2 }))).toBe(true);
  expect(mayStart("background", false, room({ running: 3, patient: 3 }))).toBe(false);
  expect(mayStart("cron", false, room({ running: 3 }))).toBe(false);
  expect(mayStart("interactive", false, room({ running: 3, patient: 3 }))).toBe(true);
  expect(mayStart("api", false, room({ running: 3 }))).toBe(true);
  expect(mayStart("interactive", false, room({ running: 4 }))).toBe(false);
});

test("where people talk with the model, programs leave one slot free for them", () => {
  const talking = room({ people: true });
  expect(mayStart("api", false, { ...talking, running: 2 })).toBe(true);
  expect(mayStart("api", true, { ...talking, running: 3 })).toBe(false);
  expect(mayStart("interactive", false, { ...talking, running: 3 })).toBe(true);
  // With one slot there is nothing to leave.
  expect(mayStart("api", false, { ...talking, slots: 1, limit: 1 })).toBe(true);
});

test("where one slot may be used, a patient request runs alone, and an urgent one starts beside it", () => {
  const hot = room({ limit: 1 });
  expect(mayStart("background", false, hot)).toBe(true);
  expect(mayStart("background", false, { ...hot, running: 1 })).toBe(false);
  expect(mayStart("interactive", false, { ...hot, running: 1 })).toBe(false);
  expect(mayStart("interactive", false, { ...hot, running: 1, patient: 1 })).toBe(true);
  expect(mayStart("interactive", false, room({ slots: 1, limit: 1, running: 1, patient: 1 }))).toBe(
    false,
  );
});

/** Plays a host of four slots with endless urgent work; returns how many of each lane were served. */
function served(steps: number, lanes: readonly Lane[]): ReadonlyMap<Lane, number> {
  const queue = new LaneQueue<Lane>();
  const running: Lane[] = [];
  const counts = new Map<Lane, number>();
  for (let step = 0; step < steps; step++) {
    for (const lane of lanes) if (queue.lengths()[lane] < 8) queue.push(lane, lane);
    if (running.length === 4) running.splice(step % 4, 1);
    for (;;) {
      const patient = running.filter((lane) => lane === "cron" || lane === "background").length;
      const now = room({ running: running.length, patient });
      const lane = queue.take((next, due) => mayStart(next, due, now));
      if (lane === undefined) break;
      running.push(lane);
      counts.set(lane, (counts.get(lane) ?? 0) + 1);
    }
  }
  return counts;
}

test("no lane starves, however much urgent work there is, and urgent work gets most", () => {
  const counts = served(1_000, ["interactive", "api", "cron", "background"]);
  for (const lane of ["api", "cron", "background"] as const)
    expect(counts.get(lane)).toBeGreaterThan(20);
  expect(counts.get("interactive")).toBeGreaterThan(500);
});

test("the estimate grows with the place in the queue and shrinks with more slots", () => {
  const durations = new Durations();
  expect(durations.etaMs(1, [], 2)).toBeUndefined();
  durations.learn(1_000);
  expect(durations.etaMs(1, [], 2)).toBe(0);
  expect(durations.etaMs(1, [200, 600], 2)).toBe(400);
  expect(durations.etaMs(2, [200, 600], 2)).toBe(800);
  expect(durations.etaMs(3, [200, 600], 2)).toBe(1_400);
  expect(durations.etaMs(3, [200, 600, 0, 0], 4)).toBe(1_000);
  // Longer than usual already: still some time.
  expect(durations.etaMs(1, [9_000], 1)).toBe(250);
});

test("of slots and queue the headroom is kept for conversations, whatever the others ask for", () => {
  const asked = (lane: Lane, count: number) => Array.from({ length: count }, () => lane);
  const most = Math.floor(0.7 * (4 + LANE_LENGTH_MAX));
  const host = { name: "big.gguf", slots: 4, waitMs: 12_345 };
  const others = [...asked("api", most - 60), ...asked("cron", 60)];
  expect(refusalOf("api", others.slice(1), host)).toBeUndefined();
  expect(refusalOf("background", others, host)).toMatchObject({
    code: "queue/full",
    details: { lane: "background", retryAfterMs: 12_345 },
    message: expect.stringMatching(/^The model "big.gguf" .*; try again in 13 s$/),
  });
  expect(refusalOf("interactive", others, host)).toBeUndefined();
  expect(refusalOf("api", asked("interactive", 250), host)).toBeUndefined();
  const burst = [...others, ...asked("interactive", LANE_LENGTH_MAX + 4)];
  expect(refusalOf("interactive", burst, host)?.message).toMatch(
    /interactive lane of the model "big.gguf".*; try again in 13 s$/,
  );
});

test("who is refused comes again between a second and a minute later", () => {
  const after = (waitMs: number) =>
    refusalOf("api", ["api"], { name: "", slots: 1, waitMs }, 1)?.details?.["retryAfterMs"];
  expect([after(3), after(5_000), after(9_000_000)]).toEqual([1_000, 5_000, 60_000]);
  expect(refusalOf("api", [], { name: "", slots: 1 }, 1)).toBeUndefined();
});

test("an interactive request starts at once although background work fills the queue", async () => {
  const model = scripted({ slots: 2 });
  await until(model, "ready");
  const abort = new AbortController();
  const held = Array.from({ length: 4 }, () =>
    collect(model.generate(requestOf("hold", { lane: "background" }), abort.signal)),
  );
  expect(textOf(await collect(model.generate(requestOf("hello Flo"))))).toContain("Flo");
  abort.abort();
  for (const events of await Promise.all(held)) expect(finishOf(events)).toBe("cancelled");
});

test("with one slot, background work makes way for who waits, and nothing else does", async () => {
  const model = scripted({ slots: 1 });
  await until(model, "ready");
  const abort = new AbortController();
  const hold = (lane: Lane) => collect(model.generate(requestOf("hold", { lane }), abort.signal));
  const made = hold("background").catch((error: unknown) => error);
  expect(textOf(await collect(model.generate(requestOf("hello Gus"))))).toContain("Gus");
  expect(await made).toMatchObject({
    code: "queue/full",
    message: expect.stringMatching(/"scripted".*try again in 1 s$/),
  });
  const cron = hold("cron");
  const late = hold("interactive");
  abort.abort();
  for (const held of [cron, late]) expect(finishOf(await held)).toBe("cancelled");
});

test("a request that may not wait for long is given up while it waits, and says so", async () => {
  const model = scripted({ slots: 1 });
  await until(model, "ready");
  const abort = new AbortController();
  const held = collect(model.generate(requestOf("hold"), abort.signal));
  await expect(
    collect(model.generate(requestOf("hello", { waitMsMax: 20 }))),
  ).rejects.toMatchObject({
    code: "queue/full",
    message: expect.stringMatching(/has waited .* the model "scripted".*try again in \d+ s$/),
    details: { retryAfterMs: expect.any(Number) as number },
  });
  abort.abort();
  await held;
  expect(
    textOf(await collect(model.generate(requestOf("hello Gus", { waitMsMax: 60_000 })))),
  ).toContain("Gus");
});

test("people wait for as long as they like, everybody else for a bounded time", () => {
  const waits = LANES.map((lane) => {
    const wanted = { id: 1, signal: undefined, onAbort: () => {} };
    const pending = pendingAnswer(wanted, requestOf("hello", { lane }), new Answer(() => {}));
    const frame = pending.frame();
    pending.release();
    return [lane, frame.type === "generate" && frame.request.waitMsMax !== undefined];
  });
  expect(Object.fromEntries(waits)).toEqual({
    interactive: false,
    api: true,
    cron: true,
    background: true,
  });
});

test("who waits is told how long, once something was measured", async () => {
  const model = scripted({ slots: 1 });
  await collect(model.generate(requestOf("hello Hal")));
  const abort = new AbortController();
  const held = collect(model.generate(requestOf("hold"), abort.signal));
  const told: (number | undefined)[] = [];
  for await (const event of model.generate(requestOf("hello Ida"))) {
    if (event.type !== "queued") continue;
    told.push(event.etaMs);
    abort.abort();
  }
  await held;
  expect(told).toEqual([expect.any(Number)]);
});

test("a hot machine admits fewer at once", async () => {
  const hot = { sensor: "cpu", celsius: 95, limit: 90 };
  const machine: { readings: Readings } = {
    readings: { temperatures: [hot], powers: [], gpus: [], onBattery: false, memory: {} },
  };
  const changed = Promise.withResolvers<Governing>();
  const model = scripted({
    slots: 4,
    device: { read: () => machine.readings },
    onGoverned: changed.resolve,
  });
  await until(model, "ready");
  const abort = new AbortController();
  const held = ["a", "b", "c"].map(() => collect(model.generate(requestOf("hold"), abort.signal)));
  expect((await changed.promise).limits).toEqual({
    threads: 1,
    batchTokens: 64,
    slots: 1,
    rest: 0.4,
  });
  expect(model.status().governed).toMatchObject({ because: ["cpu has 95 °C (limit 90)"] });
  // One runs; whoever comes later waits although there are slots.
  const seen: string[] = [];
  for await (const event of model.generate(requestOf("hello Jo"))) {
    seen.push(event.type);
    if (event.type === "queued") abort.abort();
  }
  expect(seen[0]).toBe("queued");
  expect(seen.at(-1)).toBe("done");
  await Promise.all(held);
});

test("where the governor is switched off nothing is slowed down", async () => {
  let reads = 0;
  const read = (): Readings => {
    reads++;
    return { temperatures: [], powers: [], gpus: [], onBattery: true, memory: {} };
  };
  const model = scripted({ device: { read }, governor: { enabled: false } });
  await collect(model.generate(requestOf("hello Kim")));
  expect(model.status().governed).toBeUndefined();
  expect(reads).toBe(0);
});
