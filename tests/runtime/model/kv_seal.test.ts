import { afterEach, expect, test } from "bun:test";
import { renameSync } from "node:fs";
import { join } from "node:path";
import {
  keep,
  newFolder,
  openStore,
  removeFolders,
  restore,
  statesIn,
  stateOf,
  tokensOf,
} from "./kv_folder.ts";

afterEach(removeFolders);

const TOKENS = tokensOf(1);
const STATE_BYTES = 10_000;

/** A kept state in a folder of its own, and its bytes. */
async function kept(key?: string) {
  const folder = newFolder();
  const options = { folder, ...(key === undefined ? {} : { key }) };
  await keep(openStore(options).store, "anna", TOKENS, STATE_BYTES);
  const [name = ""] = statesIn(folder);
  const file = join(folder, name);
  return { folder, file, options, bytes: Buffer.from(await Bun.file(file).bytes()) };
}

test("what is kept comes back as it was, also for a store that is opened later", async () => {
  const { options } = await kept();
  const back = await restore(openStore(options).store, "anna", TOKENS);
  expect(back?.tokens).toEqual(TOKENS);
  expect(back?.bytes.subarray(0, STATE_BYTES).equals(stateOf(TOKENS, STATE_BYTES))).toBe(true);
});

test("a file is read by its owner only", async () => {
  const { file, folder } = await kept();
  const { mode } = await Bun.file(file).stat();
  expect(mode & 0o777).toBe(0o600);
  expect((await Bun.file(folder).stat()).mode & 0o777).toBe(0o700);
});

for (const key of [undefined, "a key of sixteen characters or more"]) {
  const how = key === undefined ? "sealed" : "encrypted";
  test(`a changed bit anywhere in a file that is ${how} is noticed, and the file is gone`, async () => {
    const { file, folder, options, bytes } = await kept(key);
    const end = bytes.length;
    const places = [
      [0, 4, 11, 500, 5_000, STATE_BYTES - 1],
      [STATE_BYTES, STATE_BYTES + 40, STATE_BYTES + 300, end - 45],
      Array.from({ length: 44 }, (_, i) => end - 44 + i),
    ].flat();
    for (const place of places) {
      const changed = Buffer.from(bytes);
      changed[place] = (changed[place] ?? 0) ^ 1;
      await Bun.write(file, changed);
      const { store } = openStore(options);
      expect([place, await restore(store, "anna", TOKENS)]).toEqual([place, undefined]);
      expect([place, store.refused]).toEqual([place, 1]);
      expect(statesIn(folder)).toEqual([]);
    }
  });
}

test("a file that was cut, lengthened, emptied or replaced is not used", async () => {
  const { file, options, bytes } = await kept();
  const others = [
    bytes.subarray(0, -1),
    bytes.subarray(0, 5_000),
    bytes.subarray(1),
    Buffer.concat([bytes, Buffer.alloc(1)]),
    Buffer.alloc(0),
    Buffer.alloc(bytes.length),
  ];
  for (const other of others) {
    await Bun.write(file, other);
    expect(await restore(openStore(options).store, "anna", TOKENS)).toBeUndefined();
  }
});

test("a file under another session's name is not used", async () => {
  const { folder, file, options } = await kept();
  const first = openStore(options).store;
  await keep(first, "ben", tokensOf(2));
  const ofBen = statesIn(folder).find((name) => join(folder, name) !== file) ?? "";
  renameSync(file, join(folder, ofBen));
  const { store } = openStore(options);
  expect(await restore(store, "ben", TOKENS)).toBeUndefined();
  expect(store.refused).toBe(1);
});

test("a file of another home is not used", async () => {
  const { file } = await kept();
  const { store, folder } = openStore();
  await Bun.write(join(folder, file.split("/").at(-1) ?? ""), await Bun.file(file).bytes());
  expect(await restore(openStore({ folder }).store, "anna", TOKENS)).toBeUndefined();
  expect(await restore(store, "anna", TOKENS)).toBeUndefined();
});

test("with a key nothing can be read without it: neither what was said nor what was kept before", async () => {
  const { folder } = await kept();
  const encrypted = openStore({ folder, key: "a key of sixteen characters or more" }).store;
  expect(statesIn(folder)).toEqual([]);
  await keep(encrypted, "anna", TOKENS, STATE_BYTES);
  const [name = ""] = statesIn(folder);
  const bytes = Buffer.from(await Bun.file(join(folder, name)).bytes());
  expect(bytes.includes(Buffer.from(TOKENS.buffer, 0, 32))).toBe(false);
  expect(bytes.includes(Buffer.alloc(32, TOKENS[0]))).toBe(false);
  const back = await restore(encrypted, "anna", TOKENS);
  expect(back?.bytes.equals(stateOf(TOKENS, STATE_BYTES))).toBe(true);
  const other = openStore({ folder, key: "another key of as many characters" }).store;
  expect(await restore(other, "anna", TOKENS)).toBeUndefined();
  expect(await restore(openStore({ folder }).store, "anna", TOKENS)).toBeUndefined();
});
