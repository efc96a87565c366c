/** Text alone: characters come whole, texts that end it are no part of it, and it says what it says on the long way. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { LlamaModel } from "node-llama-cpp";
import { startLlama } from "../../../adapters/llama/engine.ts";
import { openLlama } from "../../../adapters/llama/library.ts";
import { TextFilter } from "../../../adapters/llama/text_filter.ts";
import { TokenText } from "../../../adapters/llama/token_text.ts";
import type { Engine } from "../../../runtime/model/engine.ts";
import type { GenerateRequest } from "../../../schemas/model.ts";

const MODEL = join(import.meta.dir, "../../../models/moult-mini.gguf");
const OPTIONS = { path: MODEL, slots: 2, gpu: false, contextTokens: 1_024, threads: 1 } as const;

let short: Engine;
let long: Engine;
beforeAll(async () => {
  // The embedded model's answers go the long way.
  [short, long] = await Promise.all([
    startLlama({ ...OPTIONS, embedded: false }),
    startLlama({ ...OPTIONS, embedded: true }),
  ]);
});
afterAll(async () => void (await Promise.all([short.close(), long.close()])));

async function say(engine: Engine, content: string, changes: Partial<GenerateRequest> = {}) {
  const pieces: string[] = [];
  const answer = await engine.generate(
    { lane: "api", messages: [{ role: "user", content }], tokensMax: 48, ...changes },
    { token: (text) => void pieces.push(text), call() {} },
    new AbortController().signal,
  );
  return { said: pieces.join(""), pieces, ...answer };
}

test.each(["Who are you?", "你好", "What can you do?"])(
  "%p is answered as it is on the long way",
  async (text) => {
    const [one, other] = [await say(short, text), await say(long, text)];
    expect(one.said).not.toBe("");
    expect(one.said).toBe(other.said);
    expect(one.finish).toBe(other.finish);
    expect(one.usage.completionTokens).toBe(other.usage.completionTokens);
  },
);

test("an answer ends before a text that ends it, however that is cut into tokens", async () => {
  const { said } = await say(short, "What can you do?");
  const at = Math.floor(said.length / 2);
  const stop = said.slice(at, at + 7);
  const cut = await say(short, "What can you do?", { stop: ["never said", stop] });
  expect(cut.said).toBe(said.slice(0, said.indexOf(stop)));
  expect(cut.finish).toBe("stop");
});

test("an answer that may have no more tokens says so, and the next one is whole", async () => {
  const cut = await say(short, "Who are you?", { tokensMax: 2 });
  expect(cut.finish).toBe("length");
  expect(cut.usage.completionTokens).toBe(2);
  expect((await say(short, "Who are you?")).finish).toBe("stop");
});

test("the same seed draws the same, another one something else", async () => {
  const draw = async (seed: number) =>
    (await say(short, "Tell me a story", { temperature: 2, seed })).said;
  expect(await draw(7)).toBe(await draw(7));
  const others = await Promise.all([draw(8), draw(9)]);
  expect(new Set([await draw(7), ...others]).size).toBeGreaterThan(1);
});

test.each(["Grüße 你好 🦊!", "🏳️‍🌈", "a\nb  c", "ﷺ é"])(
  "%p comes in whole characters",
  async (text) => {
    const llama = await openLlama(false, 1);
    try {
      const model: LlamaModel = await llama.loadModel({
        modelPath: MODEL,
        gpuLayers: 0,
        useMmap: false,
      });
      // The second time what is known of each token is used.
      for (let time = 0; time < 2; time++) {
        const tokens = model.tokenize(`x${text}`);
        const written = new TokenText(model, tokens.slice(0, 1));
        const pieces = tokens.slice(1).map((token) => written.push(token));
        expect(model.detokenize(tokens.slice(0, 1)) + pieces.join("")).toBe(`x${text}`);
        for (const piece of pieces) expect(piece).not.toContain("\uFFFD");
      }
    } finally {
      await llama.dispose();
    }
  },
);

test.each([
  [["one two", " three"], "one ", true],
  [["a <st", "op", "> b"], "a ", true],
  [["x", "y<", "s"], "xy<s", false],
  [["", "three"], "", true],
])("the first of several texts ends it: %p", (chunks, expected, cut) => {
  let passed = "";
  const filter = new TextFilter(["<stop>", "two", "three"], (text) => (passed += text));
  for (const chunk of chunks) filter.push(chunk);
  filter.flush();
  expect([passed, filter.cut]).toEqual([expected, cut]);
});
