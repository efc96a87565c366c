import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkGguf } from "../../../adapters/llama/gguf.ts";
import { collect, EMBEDDED, finishOf, openModel, requestOf } from "../../runtime/model/answers.ts";

let folder: string;
let real: Buffer;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "moult-gguf-"));
  real = Buffer.from(await Bun.file(EMBEDDED).arrayBuffer());
});
afterAll(() => rm(folder, { recursive: true }));

/** Renames a key in place, which is as good as removing it: same length, same offsets. */
function without(key: string): Buffer {
  const copy = Buffer.from(real);
  const name = Buffer.from(key);
  const prefixed = Buffer.concat([lengthOf(name), name]);
  const at = copy.indexOf(prefixed);
  if (at === -1) throw new Error(`the model has no ${key}`);
  copy.write("x", at + prefixed.length - 1);
  return copy;
}

function lengthOf(text: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return length;
}

/** Changes the number behind a key. */
function withNumber(key: string, value: number): Buffer {
  const copy = Buffer.from(real);
  copy.writeUInt32LE(value, copy.indexOf(key) + key.length + 4);
  return copy;
}

function patched(at: number, bytes: readonly number[]): Buffer {
  const copy = Buffer.from(real);
  copy.set(bytes, at);
  return copy;
}

async function write(bytes: Buffer): Promise<string> {
  const file = path.join(folder, `${crypto.randomUUID()}.gguf`);
  await Bun.write(file, bytes);
  return file;
}

test("checkGguf() reads the embedded model", () => {
  const header = checkGguf(EMBEDDED);
  expect(header.architecture).toBe("llama");
  expect(header.tensors).toBeGreaterThan(10);
  expect(header.metadata.get("tokenizer.chat_template")).toContain("<tool_call>");
});

const broken: readonly [why: string, make: () => Buffer, message: string][] = [
  ...[
    "llama.context_length",
    "llama.embedding_length",
    "llama.block_count",
    "llama.feed_forward_length",
    "llama.attention.head_count",
    "llama.attention.layer_norm_rms_epsilon",
    "tokenizer.ggml.model",
    "tokenizer.ggml.tokens",
    "tokenizer.ggml.merges",
    "general.architecture",
  ].map((key): [string, () => Buffer, string] => [`no ${key}`, () => without(key), "is missing"]),
  [
    "no token types",
    () => without("tokenizer.ggml.token_type"),
    'the key "tokenizer.ggml.token_type" is missing',
  ],
  ["no attention heads", () => withNumber("llama.attention.head_count", 0), "must be above 0"],
  ["another file type", () => Buffer.from("#!/bin/sh\necho hello\n"), "no GGUF file"],
  ["an empty file", () => Buffer.alloc(0), "cut off inside its header"],
  ["an unknown version", () => patched(4, [9, 0, 0, 0]), "GGUF version 9"],
  [
    "a claim of endless keys",
    () => patched(16, [255, 255, 255, 255, 255, 255, 0, 0]),
    "claims to have",
  ],
  [
    "a claim of endless tensors",
    () => patched(8, [255, 255, 255, 255, 255, 0, 0, 0]),
    "claims to have",
  ],
  ["a header cut off", () => real.subarray(0, 5_000), "cut off inside its header"],
  ["tensors cut off", () => real.subarray(0, real.length - 100_000), "bytes of tensor"],
  [
    "a text longer than the file",
    () => patched(24, [255, 255, 255, 0, 0, 0, 0, 0]),
    "cut off inside its header",
  ],
];

test.each(broken)("a model file with %s is refused with a reason", async (_, make, message) => {
  const file = await write(make());
  expect(() => checkGguf(file)).toThrow(
    expect.objectContaining({
      code: "model/unavailable",
      message: expect.stringContaining(message),
    }),
  );
});

test("a header that is nothing but long texts is refused before they fill the memory", async () => {
  const file = path.join(folder, "texts.gguf");
  const bytes = 15 * 1_048_576;
  const numbers = (...values: readonly (readonly [bytes: 4 | 8, value: number])[]): Buffer =>
    Buffer.concat(
      values.map(([size, value]) => {
        const one = Buffer.alloc(size);
        one.writeUInt32LE(value);
        return one;
      }),
    );
  const handle = await open(file, "w");
  await handle.write(Buffer.concat([Buffer.from("GGUF"), numbers([4, 3], [8, 0], [8, 5])]));
  for (let n = 0, at = 24; n < 5; n++) {
    // A key of one character, the type of a text, and its length; what it says is a hole in the file.
    const key = Buffer.concat([numbers([8, 1]), Buffer.from("k"), numbers([4, 8], [8, bytes])]);
    await handle.write(key, 0, key.length, at);
    at += key.length + bytes;
    await handle.truncate(at);
  }
  await handle.close();
  expect(() => checkGguf(file)).toThrow("bytes of texts");
});

test("a missing file, a folder and a pipe are refused with a reason", () => {
  expect(() => checkGguf(path.join(folder, "none.gguf"))).toThrow("there is no such file");
  expect(() => checkGguf(folder)).toThrow("it is no file");
  const pipe = path.join(folder, "pipe.gguf");
  Bun.spawnSync(["mkfifo", pipe]);
  expect(() => checkGguf(pipe)).toThrow("it is no file");
});

test("a broken model leaves the model failed, with the reason, and requests are refused with it", async () => {
  const model = openModel({ path: await write(without("llama.feed_forward_length")) });
  await expect(collect(model.generate(requestOf("hi")))).rejects.toThrow("feed_forward_length");
  expect({ ...model.status() }).toMatchObject({
    state: "failed",
    reason: expect.stringContaining("GGUF"),
  });
  await expect(collect(model.generate(requestOf("hi")))).rejects.toThrow("feed_forward_length");
  await model.close();
});

test("a model that only the library finds broken is refused with a reason too", async () => {
  const copy = Buffer.from(real);
  copy.write("output_nork", copy.indexOf("output_norm.weight"));
  const model = openModel({ path: await write(copy) });
  await expect(collect(model.generate(requestOf("hi")))).rejects.toThrow("Cannot load model");
  expect(model.status()).toMatchObject({ state: "failed", restarts: 0 });
  await model.close();
});

test("a model of any other kind, without a template, loads with all its slots and answers", async () => {
  const model = openModel({ path: await write(without("tokenizer.chat_template")), slots: 3 });
  const tools = [
    { name: "ping", description: "Ping", parameters: { type: "object", properties: {} } },
  ];
  const asked = Array.from({ length: 4 }, () =>
    collect(model.generate(requestOf("hello", { tools, tokensMax: 8 }))),
  );
  for (const events of await Promise.all(asked))
    expect(finishOf(events)).toBeOneOf(["stop", "length", "tool_calls"]);
  expect(model.status()).toMatchObject({ slots: 3, embedded: false, contextTokens: 4_096 });
  await model.close();
});

const vulkan = path.join(import.meta.dir, "../../../node_modules/@node-llama-cpp/linux-x64-vulkan");
test.skipIf(existsSync(vulkan))(
  "a GPU whose package is not installed is refused with the command that installs it",
  async () => {
    const model = openModel({ path: EMBEDDED, gpu: "vulkan" });
    await expect(collect(model.generate(requestOf("hi")))).rejects.toThrow("bun run gpu:vulkan");
    await model.close();
  },
);
