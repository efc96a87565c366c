import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { startLlama } from "../../../../adapters/llama/engine.ts";
import type { Engine } from "../../../../runtime/model/engine.ts";
import type { Lane } from "../../../../schemas/model.ts";

const MODEL = join(import.meta.dir, "../../../../models/moult-mini.gguf");
const LONG = Array.from({ length: 160 }, (_, i) => `item ${i} is red`).join(", ");

let engine: Engine;
beforeAll(async () => {
  engine = await startLlama({
    path: MODEL,
    embedded: false,
    slots: 4,
    gpu: false,
    contextTokens: 2_048,
    threads: 1,
  });
});
afterAll(() => engine.close());

interface Asked {
  readonly lane?: Lane;
  readonly session?: string;
  readonly tokensMax?: number;
  readonly signal?: AbortSignal;
  readonly onText?: () => void;
}

async function ask(
  text: string,
  { lane = "interactive", session, tokensMax = 24, signal, onText }: Asked = {},
) {
  let said = "";
  const messages = [{ role: "user" as const, content: text }];
  const answer = await engine.generate(
    { lane, messages, tokensMax, ...(session === undefined ? {} : { session }) },
    {
      token: (piece) => {
        said += piece;
        onText?.();
      },
      call() {},
    },
    signal ?? new AbortController().signal,
  );
  return { said, ...answer };
}

test("more streams than slots, begun at different times, each say what they say alone", async () => {
  const texts = [
    "Hello!",
    "Who are you?",
    "What can you do?",
    "Thanks a lot",
    "Good morning",
    "Bye",
  ];
  const alone: string[] = [];
  for (const text of texts) alone.push((await ask(text)).said);
  // The queue never gives an engine more than its slots.
  const together: string[] = [];
  for (const some of [texts.slice(0, 4), texts.slice(4)])
    together.push(
      ...(await Promise.all(
        some.map(async (text, i) => (await Bun.sleep(i), (await ask(text)).said)),
      )),
    );
  expect(together).toEqual(alone);
});

test("whoever writes goes on writing while a long text is read", async () => {
  let pieces = 0;
  const writing = ask("Who are you?", { tokensMax: 200, onText: () => void pieces++ });
  const reading = ask(`Hello ${LONG}`, { lane: "background", tokensMax: 1 });
  await reading;
  expect(pieces).toBeGreaterThan(0);
  expect((await writing).finish).toBe("stop");
});

test("a text that is cancelled while it is read frees its slot, and what was read is not read again", async () => {
  const abort = new AbortController();
  const cancelled = ask(`Good evening ${LONG}`, {
    session: "a",
    lane: "background",
    signal: abort.signal,
  });
  setTimeout(() => abort.abort(), 5);
  expect((await cancelled).finish).toBe("cancelled");
  const again = await ask(`Good evening ${LONG}`, { session: "a", tokensMax: 2 });
  expect(again.finish).toBe("length");
  expect(again.usage.promptTokens).toBeGreaterThan(1_000);
});

test("an answer that was cut leaves nothing behind: the next one of its session is the same as on a fresh slot", async () => {
  const fresh = await ask("What can you do?", { session: "fresh" });
  await ask("What can you do?", { session: "cut", tokensMax: 3 });
  const next = await ask("What can you do?", { session: "cut" });
  expect(next.said).toBe(fresh.said);
  expect(next.usage.cachedTokens).toBe(next.usage.promptTokens - 1);
});

test("a model that is closed while it writes ends its answers before it goes", async () => {
  const other = await startLlama({
    path: MODEL,
    embedded: false,
    slots: 2,
    gpu: false,
    contextTokens: 1_024,
    threads: 1,
  });
  const messages = [{ role: "user" as const, content: `Who are you? ${LONG.slice(0, 800)}` }];
  const answers = ["a", "b"].map(async (session) => {
    const sink = { token() {}, call() {} };
    const { signal } = new AbortController();
    const request = { lane: "api" as const, messages, session, tokensMax: 200 };
    return (await other.generate(request, sink, signal)).finish;
  });
  await other.close();
  expect(await Promise.all(answers)).toEqual(["cancelled", "cancelled"]);
});
