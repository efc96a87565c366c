import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { modelId, ModelPool, type PoolOptions } from "../../../runtime/model/pool.ts";
import type { PoolSource } from "../../../runtime/model/pooled.ts";
import type { Model } from "../../../runtime/ports.ts";
import { collect, openModel, recordingMeter, requestOf, textOf } from "./answers.ts";

// Each model is a process of its own.
setDefaultTimeout(120_000);

const ROOT = join(import.meta.dir, "../../..");
const silent = (): void => {};
const log = { debug: silent, info: silent, warn: silent, error: silent };
const folder = mkdtempSync(join(tmpdir(), "moult-pool-"));
const closing: { close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const part of closing.splice(0)) await part.close();
});
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** A model that says its name, or waits before it does. */
function source(id: string, changes: Partial<PoolSource> = {}, delayMs = 0): PoolSource {
  const file = join(folder, `${id}.jsonl`);
  writeFileSync(file, JSON.stringify({ match: ".*", reply: `I am ${id}`, delayMs }));
  return {
    id,
    created: 1,
    ownedBy: "moult",
    options: {
      path: `scripted:${file}`,
      embedded: false,
      slots: 2,
      gpu: false,
      hostEntry: join(ROOT, "adapters/scripted/host.ts"),
    },
    keepAliveMs: 60_000,
    needBytes: () => 0,
    ...changes,
  };
}

function open(sources: readonly PoolSource[], options: Partial<PoolOptions> = {}) {
  const resident = openModel();
  const meter = recordingMeter();
  const created = 7;
  const pool = new ModelPool({ resident, created, log, meter, sources: () => sources, ...options });
  closing.push(pool, resident);
  const ask = async (id: string, signal?: AbortSignal): Promise<string> =>
    textOf(await collect(need(pool, id).generate(requestOf("who are you?"), signal)));
  const loaded = (): readonly string[] =>
    pool
      .list()
      .filter((entry) => entry.loaded && entry.ownedBy === "moult")
      .map(({ id }) => id);
  return { pool, resident, meter, ask, loaded };
}

function need(pool: ModelPool, id: string): Model {
  const model = pool.find(id);
  if (model === undefined) throw new TypeError(`There is no ${id}`);
  return model;
}

/** Waits until something holds that others bring about. */
async function eventually(holds: () => boolean): Promise<void> {
  while (!holds()) await Bun.sleep(5);
}

const failureOf = async (failing: Promise<unknown>): Promise<unknown> =>
  await failing.then(
    () => undefined,
    (error: unknown) => error,
  );

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test("names are files without their folder and ending, or a provider's whole", () => {
  expect(modelId("/a/b/Some-7B.Q4_K_M.gguf")).toBe("Some-7B.Q4_K_M");
  expect(modelId("big-00001-of-00003.gguf")).toBe("big");
  expect(modelId("hf:user/repo:Q4_K_M")).toBe("repo:Q4_K_M");
  expect(modelId("house/some/model")).toBe("house/some/model");
});

test("a model is asked by its name, the resident one by default too, and of several the first", async () => {
  const { pool, resident, ask } = open([source("a"), { ...source("b"), id: "a" }, source("b")]);
  expect(pool.find()).toBe(resident);
  expect(pool.find("default")).toBe(resident);
  expect(pool.find("scripted")).toBe(resident);
  expect(pool.find("c")).toBeUndefined();
  expect(pool.list().map(({ id }) => id)).toEqual(["scripted", "a", "b"]);
  expect(await ask("a")).toBe("I am a");
  expect(await ask("b")).toBe("I am b");
});

test("requests that come at once share one load, and it is counted", async () => {
  const { pool, ask, meter, loaded } = open([source("a")]);
  expect(need(pool, "a").status()).toMatchObject({ state: "stopped", pid: 0 });
  expect(await Promise.all([ask("a"), ask("a"), ask("a")])).toEqual(["I am a", "I am a", "I am a"]);
  const { pid } = need(pool, "a").status();
  expect(await ask("a")).toBe("I am a");
  expect(need(pool, "a").status()).toMatchObject({ state: "ready", pid });
  expect(loaded()).toContain("a");
  meter.collectNow();
  expect(meter.seen.get('moult_model_loaded{"model":"a"}')).toBe(1);
  expect(meter.seen.get('moult_model_loads_total{"model":"a","result":"loaded"}')).toBe(1);
});

test("a model that nobody asks any more is ended, and loaded again for the next one", async () => {
  const { pool, ask, loaded } = open([source("a", { keepAliveMs: 1 })]);
  expect(await ask("a")).toBe("I am a");
  await eventually(() => !loaded().includes("a"));
  expect(need(pool, "a").status().pid).toBe(0);
  expect(await ask("a")).toBe("I am a");
});

test("where memory is short, the one asked longest ago makes room, and none that answers", async () => {
  const sources = ["a", "b", "c"].map((id) => source(id, { needBytes: () => 40 }));
  const slow = source("slow", { needBytes: () => 40 }, 60_000);
  const { pool, ask, loaded } = open([...sources, slow], {
    // What is loaded has taken its share.
    room: () => ({
      machineBytes: 1_000,
      freeBytes:
        90 -
        40 *
          ["a", "b", "c", "slow"].filter((id) => need(pool, id).status().state === "ready").length,
    }),
  });
  await ask("a");
  await ask("b");
  await ask("a");
  await ask("c");
  expect(loaded()).toEqual(expect.arrayContaining(["a", "c"]));
  expect(loaded()).not.toContain("b");

  const abort = new AbortController();
  const waiting = ask("slow", abort.signal);
  await eventually(() => need(pool, "slow").status().running > 0);
  expect(loaded()).not.toContain("a");
  // Another one takes the room of `c`, never that of the one that answers.
  expect(await ask("b")).toBe("I am b");
  expect(loaded()).toContain("slow");
  abort.abort();
  await waiting;
});

test("more models than may run at once take turns: the one asked longest ago ends, and none that answers", async () => {
  const sources = ["a", "b", "c"].map((id) => source(id));
  const slow = source("slow", {}, 60_000);
  const { pool, ask, loaded } = open([...sources, slow], { loadedMax: 2 });
  await ask("a");
  await ask("b");
  await ask("a");
  await ask("c");
  expect(loaded()).toEqual(expect.arrayContaining(["a", "c"]));
  expect(loaded()).not.toContain("b");

  const abort = new AbortController();
  const waiting = [ask("slow", abort.signal)];
  await eventually(() => need(pool, "slow").status().running > 0);
  // Those that come at once do not take the one free place twice.
  const asked = await Promise.allSettled([ask("b"), ask("c")]);
  expect(asked.map(({ status }) => status)).toContain("fulfilled");
  expect(loaded()).toContain("slow");
  expect(loaded()).toHaveLength(2 + 1);
  abort.abort();
  await Promise.all(waiting);
});

test("where as many answer as may run, one more is refused by its name, with when to come again", async () => {
  const { pool, ask } = open([source("slow", {}, 60_000), source("a")], { loadedMax: 1 });
  const abort = new AbortController();
  const waiting = ask("slow", abort.signal);
  await eventually(() => need(pool, "slow").status().running > 0);
  const refused = await failureOf(ask("a"));
  expect(refused).toMatchObject({
    code: "queue/full",
    details: { model: "a", retryAfterMs: expect.any(Number) as number },
  });
  expect(String(refused)).toContain('"a"');
  abort.abort();
  await waiting;
  expect(await ask("a")).toBe("I am a");
});

test("what does not fit is refused with what to do, and asked again it is tried again", async () => {
  let freeBytes = 10_000_000;
  const big = source("big", { needBytes: () => 4_000_000_000 });
  const { ask } = open([big], { room: () => ({ machineBytes: 8e9, freeBytes }) });
  const refused = await failureOf(ask("big"));
  expect(refused).toMatchObject({ code: "model/unavailable" });
  expect(String(refused)).toContain('Cannot load model "big": it needs about');
  expect(String(refused)).toContain("contextTokens");
  freeBytes = 8e9;
  expect(await ask("big")).toBe("I am big");
});

test("a load that fails says why to all who wait, and is tried again later or with another file", async () => {
  const good = source("a");
  const bad = { ...good, options: { ...good.options, path: "scripted:/nowhere.jsonl" } };
  let now: PoolSource = bad;
  const options = { sources: () => [now], againMs: 60_000 };
  const { pool, ask } = open([], options);
  const failures = await Promise.all([failureOf(ask("a")), failureOf(ask("a"))]);
  for (const failure of failures) {
    expect(failure).toMatchObject({ code: "model/unavailable" });
    expect(String(failure)).toContain("/nowhere.jsonl");
  }
  expect(String(await failureOf(ask("a")))).toMatch(/nowhere.*in \d+ s has it tried again/);
  expect(need(pool, "a").status().state).toBe("failed");
  now = { ...good, created: 2 };
  expect(await ask("a")).toBe("I am a");

  const late = source("late");
  rmSync(join(folder, "late.jsonl"));
  const impatient = open([late], { againMs: 0 });
  expect(await failureOf(impatient.ask("late"))).toMatchObject({ code: "model/unavailable" });
  source("late");
  expect(await impatient.ask("late")).toBe("I am late");
});

test("another model's crash takes nobody along", async () => {
  const { pool, resident, ask } = open([source("a")]);
  await ask("a");
  const { pid } = resident.status();
  process.kill(need(pool, "a").status().pid, "SIGKILL");
  expect(await ask("a")).toBe("I am a");
  expect(need(pool, "a").status().restarts).toBe(1);
  expect(resident.status().pid).toBe(pid);
});

test("closing ends every process, also of a model that just loads", async () => {
  const { pool, ask } = open([source("a"), source("b", {}, 60_000)]);
  await ask("a");
  const { pid } = need(pool, "a").status();
  const waiting = failureOf(ask("b"));
  await Promise.resolve();
  await pool.close();
  expect(isAlive(pid)).toBe(false);
  expect(await waiting).toMatchObject({ code: "model/unavailable" });
  expect(need(pool, "b").status().pid).toBe(0);
});
