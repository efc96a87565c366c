import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { collect, EMBEDDED, openModel, recordingMeter, requestOf, until } from "./answers.ts";
import { newFolder, removeFolders, statesIn } from "./kv_folder.ts";
import { memoryFolder } from "../../../runtime/model/kv_files.ts";
import type { Model } from "../../../runtime/ports.ts";
import type { GenerateUsage } from "../../../schemas/model.ts";

// Loading a model takes its time where others work too.
setDefaultTimeout(120_000);

const models: Model[] = [];
afterEach(async () => {
  for (const model of models.splice(0)) await model.close();
  removeFolders();
});

function open(folder: string, meter = recordingMeter()) {
  const kv = { folder, ramMiB: 16, diskMiB: 16 };
  const model = openModel({
    path: EMBEDDED,
    embedded: false,
    contextTokens: 512,
    threads: 1,
    kv,
    meter,
  });
  models.push(model);
  return { model, meter };
}

async function ask(model: Model, session: string): Promise<GenerateUsage> {
  const text = Array.from({ length: 20 }, (_, i) => `${session} ${i} is red`).join(", ");
  const events = await collect(model.generate(requestOf(text, { session, tokensMax: 4 })));
  const done = events.at(-1);
  if (done?.type !== "done") throw new Error("no done");
  return done.usage;
}

/** Waits until a session's state lies somewhere. */
async function kept(folder: string): Promise<readonly string[]> {
  for (;;) {
    const names = [folder, memoryFolder(folder) ?? folder].flatMap((place) => statesIn(place));
    if (names.length > 0) return names;
    await Bun.sleep(10);
  }
}

test("what a session left goes when the session does, also while no model runs", async () => {
  const folder = newFolder();
  const { model } = open(folder);
  await ask(model, "anna");
  await kept(folder);
  await model.close();
  expect(statesIn(folder)).toHaveLength(1);
  model.forget?.("ben");
  expect(statesIn(folder)).toHaveLength(1);
  model.forget?.("anna");
  expect(statesIn(folder)).toEqual([]);
});

test("after the host was killed a conversation goes on without being read again, and metrics say where it was", async () => {
  const folder = newFolder();
  const { model, meter } = open(folder);
  await until(model, "ready");
  const first = await ask(model, "anna");
  await kept(folder);
  process.kill(model.status().pid, "SIGKILL");
  await until(model, "loading");
  const back = await ask(model, "anna");
  expect([first.cachedTokens < 20, back.cachedTokens]).toEqual([true, back.promptTokens - 1]);
  await ask(model, "anna");
  for (const name of [
    'moult_kv_cache_tokens_total{"tier":"miss"}',
    'moult_kv_cache_tokens_total{"tier":"warm"}',
    'moult_kv_cache_bytes{"tier":"hot"}',
    'moult_kv_cache_bytes{"tier":"warm"}',
    'moult_kv_cache_bytes{"tier":"cold"}',
  ])
    expect([...meter.seen.keys()]).toContain(name);
  expect(meter.seen.get('moult_kv_cache_bytes{"tier":"hot"}')).toBeGreaterThan(0);
});
