/** What is told of a model from its header: read against the embedded model and changed copies of it. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspectModel, readFacts } from "../../../adapters/llama/inspect.ts";
import { EMBEDDED } from "../../runtime/model/answers.ts";

const PLAN = { slots: 4 };

let folder: string;
let model: Buffer;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "moult-inspect-"));
  model = readFileSync(EMBEDDED);
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, bytes: Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** Every `from` in the header becomes `to`, of the same length. */
function renamed(from: string, to: string): Buffer {
  const copy = Buffer.from(model);
  for (let at = copy.indexOf(from); at !== -1; at = copy.indexOf(from, at + 1)) copy.write(to, at);
  return copy;
}

/** Changes the number behind a key. */
function withNumber(key: string, value: number): Buffer {
  const copy = Buffer.from(model);
  copy.writeUInt32LE(value, copy.indexOf(key) + key.length + 4);
  return copy;
}

test("the embedded model is known in full, and the library has no objection", async () => {
  const facts = await inspectModel(EMBEDDED, PLAN);
  expect(facts).toMatchObject({
    path: EMBEDDED,
    title: "moult-mini",
    architecture: "llama",
    quantisation: "Q8_0",
    contextTokens: 4096,
    chatTemplate: "tools",
    files: 1,
    bytes: model.length,
    problems: [],
    warnings: [],
  });
  const inTensors = facts.mix.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(inTensors).toBeLessThan(model.length);
  // Q8_0 has 34 bytes for 32 parameters.
  expect(facts.parameters).toBeGreaterThan((inTensors / 34) * 32 * 0.99);
  expect(facts.parameters).toBeLessThan(inTensors);
});

test("memory is weights, keys and values, and the process; of several conversations at once", () => {
  const { tokenBytes, memory, here, bytes } = readFacts(EMBEDDED, PLAN);
  const one = memory[0];
  expect(one?.contextTokens).toBe(2_048);
  expect(one?.bytes).toBeGreaterThan(bytes + 2_048 * tokenBytes);
  const alone = readFacts(EMBEDDED, { slots: 1 }).here;
  expect(here.bytes - alone.bytes).toBe(3 * 4_096 * tokenBytes);
  expect(readFacts(EMBEDDED, { slots: 1, contextTokens: 512 }).here.bytes).toBeLessThan(
    alone.bytes - 3_584 * tokenBytes,
  );
});

test("a context that no machine has room for does not fit, and the next smaller step may", () => {
  const path = write("long.gguf", withNumber("llama.context_length", 1_000_000_000));
  const facts = readFacts(path, { slots: 64, contextTokens: 1_000_000_000 });
  expect(facts.here.fits).toBe("no");
  expect(readFacts(path, { slots: 1, contextTokens: 512 }).here.fits).not.toBe("no");
  expect(facts.memory.map(({ contextTokens }) => contextTokens)).toEqual([
    2_048, 8_192, 32_768, 131_072,
  ]);
});

test("an architecture that the library does not know is a problem, said before anything is loaded", async () => {
  const path = write("strange.gguf", renamed("llama", "lllll"));
  expect((await inspectModel(path, PLAN)).problems).toEqual([
    'its architecture "lllll" is unknown to this version of llama.cpp',
  ]);
});

test("a file that is a part of a model, or writes no text, is a problem", () => {
  const path = write("encoder.gguf", renamed("llama", "xbert"));
  expect(readFacts(path, PLAN).problems).toEqual(['its architecture "xbert" writes no text']);
});

test("a missing template is a warning: it talks, but calls no tools", () => {
  const path = write("plain.gguf", renamed("tokenizer.chat_template", "tokenizer.chat_temptate"));
  const facts = readFacts(path, PLAN);
  expect(facts.chatTemplate).toBe("none");
  expect(facts.warnings).toEqual(["It has no chat template: it will call tools badly, if at all"]);
});

test("a model in several files is counted together, and wants all of them", () => {
  const first = write("big-00001-of-00002.gguf", model);
  expect(() => readFacts(first, PLAN)).toThrow(/big-00002-of-00002.gguf": there is no such file/);
  const second = write("big-00002-of-00002.gguf", model);
  const facts = readFacts(first, PLAN);
  expect(facts).toMatchObject({ files: 2, bytes: 2 * model.length });
  expect(facts.parameters).toBe(2 * readFacts(EMBEDDED, PLAN).parameters);
  expect(() => readFacts(second, PLAN)).toThrow(/Name the first file/);
});

test("what is no model is refused", () => {
  expect(() => readFacts(write("page.gguf", Buffer.from("<html>")), PLAN)).toThrow(/no GGUF file/);
  expect(() => readFacts(join(folder, "nowhere.gguf"), PLAN)).toThrow(/no such file/);
});
