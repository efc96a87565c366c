import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startLlama } from "../../../adapters/llama/engine.ts";
import type { Engine, EngineOptions } from "../../../runtime/model/engine.ts";
import { isNameless, parseName } from "../../../runtime/model/kv_files.ts";
import type { GenerateRequest } from "../../../schemas/model.ts";
import { newFolder, removeFolders, statesIn } from "../../runtime/model/kv_folder.ts";

// Loading a model takes its time where others work too.
setDefaultTimeout(120_000);

const MODEL = join(import.meta.dir, "../../../models/moult-mini.gguf");

/** Tokens of a text that nobody has read yet, at least. */
const READ_MIN = 120;

const engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
  removeFolders();
});

async function start(kv: Partial<EngineOptions["kv"]> = {}, options: Partial<EngineOptions> = {}) {
  const folder = kv.folder ?? newFolder();
  const whole = { ramMiB: 0, diskMiB: 64, ...kv, folder };
  const engine = await startLlama({
    path: MODEL,
    embedded: false,
    slots: 2,
    gpu: false,
    contextTokens: 1_024,
    threads: 1,
    kv: whole,
    ...options,
  });
  engines.push(engine);
  return { engine, folder };
}

async function stop(engine: Engine): Promise<void> {
  engines.splice(engines.indexOf(engine), 1);
  await engine.close();
}

/** More than a hundred tokens that nobody else begins with. */
function long(name: string, items = 18): string {
  return `${name} says: ${Array.from({ length: items }, (_, i) => `${name} ${i} is red`).join(", ")}`;
}
/** Its answer names what was read, and is another one when some of that is damaged. */
const ANNA = `repeat: ${long("anna", 40)}`;

async function ask(
  engine: Engine,
  session: string | undefined,
  content: string,
  { signal, ...more }: Partial<GenerateRequest> & { signal?: AbortSignal } = {},
) {
  let said = "";
  const request: GenerateRequest = {
    lane: "interactive",
    messages: [{ role: "user", content }],
    tokensMax: 16,
    ...(session === undefined ? {} : { session }),
    ...more,
  };
  const sink = { token: (text: string) => void (said += text), call() {} };
  const answer = await engine.generate(request, sink, signal ?? new AbortController().signal);
  const { promptTokens, cachedTokens } = answer.usage;
  return { said, read: promptTokens - cachedTokens, promptTokens, finish: answer.finish };
}

/** Others take all slots, so that who was there before has made room. */
async function crowd(engine: Engine, slots = 2): Promise<void> {
  for (let i = 0; i < slots; i++) await ask(engine, `other ${i}`, long(`number ${i}`));
}

test("a conversation that made room comes back without being read again, and says the same", async () => {
  const { engine } = await start();
  const text = ANNA;
  const first = await ask(engine, "anna", text);
  const hot = await ask(engine, "anna", text);
  await crowd(engine);
  const back = await ask(engine, "anna", text);
  expect(first.read).toBe(first.promptTokens);
  expect(first.said).toContain("anna");
  expect([hot.read, back.read]).toEqual([1, 1]);
  expect(back.said).toBe(first.said);
  expect(engine.stats?.()?.kvTokens.cold).toBe(back.promptTokens - 1);
  const more = await ask(engine, "anna", `${text}, and that is all`);
  expect(more.read).toBeLessThan(20);
});

test("it comes back from memory, and after a restart from disk", async () => {
  const folder = newFolder();
  const before = await start({ folder, ramMiB: 64 });
  const first = await ask(before.engine, "anna", ANNA);
  await crowd(before.engine);
  const back = await ask(before.engine, "anna", ANNA);
  expect([back.read, back.said]).toEqual([1, first.said]);
  expect(before.engine.stats?.()?.kvTokens.warm).toBe(back.promptTokens - 1);
  expect(statesIn(folder)).toEqual([]);
  await stop(before.engine);
  const { engine } = await start({ folder, ramMiB: 64 });
  const again = await ask(engine, "anna", ANNA);
  expect([again.read, again.said]).toEqual([1, first.said]);
  expect(engine.stats?.()?.kvTokens.cold).toBe(again.promptTokens - 1);
});

test("encrypted it comes back as well", async () => {
  const folder = newFolder();
  const key = "a key of sixteen characters or more";
  const before = await start({ folder, key });
  const first = await ask(before.engine, "anna", ANNA);
  await stop(before.engine);
  const { engine } = await start({ folder, key });
  const back = await ask(engine, "anna", ANNA);
  expect([back.read, back.said]).toEqual([1, first.said]);
});

test("a state that was changed is not used: it is read again, silently, and the answer is the same", async () => {
  const folder = newFolder();
  const before = await start({ folder });
  const first = await ask(before.engine, "anna", ANNA);
  await stop(before.engine);
  const [name = ""] = statesIn(folder);
  const bytes = readFileSync(join(folder, name));
  // In the midst of keys and values, which llama.cpp does not check itself.
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0x10;
  writeFileSync(join(folder, name), bytes);
  const { engine } = await start({ folder });
  const back = await ask(engine, "anna", ANNA);
  expect([back.read, back.said]).toEqual([back.promptTokens, first.said]);
  expect(engine.stats?.()?.kvRefused).toBe(1);
});

test("a state of another number of slots is left alone", async () => {
  const folder = newFolder();
  const before = await start({ folder });
  const first = await ask(before.engine, "anna", ANNA);
  await stop(before.engine);
  const { engine } = await start({ folder }, { slots: 3 });
  const again = await ask(engine, "anna", ANNA);
  expect([again.read, again.said]).toEqual([again.promptTokens, first.said]);
  expect(engine.stats?.()?.kvRefused).toBe(0);
});

test("what several begin with is read once: a new conversation copies it, also from one that is just being read", async () => {
  const { engine } = await start({ diskMiB: 0 }, { slots: 3 });
  const system = { role: "system" as const, content: long("the agent") };
  const asked = (session: string, content: string) =>
    ask(engine, session, "", { messages: [system, { role: "user", content }] });
  const alone = await asked("a", "Hello!");
  expect(alone.read).toBeGreaterThan(READ_MIN);
  const together = await Promise.all([asked("b", "Hello!"), asked("c", "Who are you?")]);
  for (const { read } of together) expect(read).toBeLessThan(40);
  expect(together[0].said).toBe(alone.said);
  const again = await asked("c", "Who are you?");
  expect([again.read, again.said]).toEqual([1, together[1].said]);
});

test("a copy that was asked for and not yet done is done before its source is used for something else", async () => {
  const { engine } = await start();
  const ben = await ask(engine, "ben", long("ben"));
  const anna = await ask(engine, "anna", ANNA);
  // Carl gets ben's slot and a copy of anna's, and goes away; ben then comes back into anna's slot.
  await ask(engine, "carl", ANNA, { signal: AbortSignal.abort() });
  const back = await ask(engine, "ben", long("ben"));
  expect([back.read, back.said]).toEqual([1, ben.said]);
  const carl = await ask(engine, "carl", ANNA);
  expect([carl.read, carl.said]).toEqual([1, anna.said]);
});

test("of a session that is forgotten nothing is found: not in the context, in memory or on disk", async () => {
  const { engine, folder } = await start();
  await ask(engine, "anna", long("anna"));
  await ask(engine, "ben", long("ben"));
  engine.forget?.("anna");
  const hot = await ask(engine, "anna", long("anna"));
  expect(hot.read).toBeGreaterThan(READ_MIN);
  await crowd(engine);
  engine.forget?.("anna");
  const cold = await ask(engine, "carl", long("anna"));
  expect(cold.read).toBeGreaterThan(READ_MIN);
  expect((await ask(engine, "ben", long("ben"))).read).toBe(1);
  expect(statesIn(folder).length).toBeGreaterThan(0);
});

test("who names no session over the API comes back too, as one conversation; what the background asks is not kept", async () => {
  const { engine, folder } = await start();
  const api = { lane: "api" as const };
  await ask(engine, undefined, long("zoe"), { lane: "background" });
  const first = await ask(engine, undefined, ANNA, api);
  await crowd(engine);
  const back = await ask(engine, undefined, ANNA, api);
  expect([back.read, back.said]).toEqual([1, first.said]);
  await ask(engine, undefined, `${ANNA}, and that is all`, api);
  await crowd(engine);
  await stop(engine);
  const says = statesIn(folder).map((name) => parseName(name));
  expect(says.filter((name) => name && isNameless(name))).toHaveLength(1);
  const again = await start({ folder });
  expect((await ask(again.engine, undefined, long("zoe"), api)).read).toBeGreaterThan(READ_MIN);
});

test("nameless conversations that begin alike stay apart: each comes back whole", async () => {
  const { engine, folder } = await start();
  const api = { lane: "api" as const };
  const texts = ["one", "two", "three", "four"].map(
    (name) => `${ANNA}. And then ${long(name, 30)}`,
  );
  const said: string[] = [];
  for (const text of texts) said.push((await ask(engine, undefined, text, api)).said);
  for (const [i, text] of texts.entries()) {
    const back = await ask(engine, undefined, text, api);
    expect([i, back.read, back.said]).toEqual([i, 1, said[i] ?? ""]);
  }
  await stop(engine);
  expect(statesIn(folder)).toHaveLength(texts.length);
});

test("where nothing is to be kept, nothing of before stays", async () => {
  const { engine, folder } = await start();
  await ask(engine, "anna", ANNA);
  await stop(engine);
  expect(statesIn(folder)).toHaveLength(1);
  const { engine: none } = await start({ folder, diskMiB: 0 });
  expect(statesIn(folder)).toEqual([]);
  expect((await ask(none, "anna", ANNA)).said).toContain("anna");
});

test("without a folder that takes files, conversations are read again and answered", async () => {
  const { engine, folder } = await start();
  const first = await ask(engine, "anna", long("anna"));
  rmSync(folder, { recursive: true });
  await crowd(engine);
  const again = await ask(engine, "anna", long("anna"));
  expect(again.said).toBe(first.said);
  expect(again.read).toBeGreaterThan(READ_MIN);
});
