import { afterEach, expect, test } from "bun:test";
import { existsSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import {
  keep,
  newFolder,
  openStore,
  removeFolders,
  restore,
  statesIn,
  tokensOf,
} from "./kv_folder.ts";
import { forgetStates, memoryFolder } from "../../../runtime/model/kv_files.ts";
import { until } from "../../waiting.ts";
import { blocksOf, sharedBlocks, sharedTokens } from "../../../runtime/model/kv_prefix.ts";

afterEach(removeFolders);

const MIB = 1024 * 1024;

/** A prompt that begins like `tokens` for so long. */
function like(tokens: Uint32Array, shared: number): Uint32Array {
  return tokens.map((token, i) => (i < shared ? token : token + 7));
}

function bytesIn(folder: string): number {
  // One may go while they are counted.
  const size = (name: string) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  return statesIn(folder).reduce((sum, name) => sum + size(name), 0);
}

test("what two lists share is known to the block, and to the token", () => {
  const tokens = tokensOf(1, 1_000);
  for (const shared of [0, 1, 63, 64, 65, 128, 640, 999, 1_000]) {
    const other = like(tokens, shared);
    expect(sharedTokens(tokens, other)).toBe(shared);
    expect(sharedBlocks(blocksOf(tokens), blocksOf(other))).toBe(
      Math.min(Math.floor(shared / 64) * 64, 960),
    );
  }
});

test("a state is found by how it begins: of several the one that shares most, whoever's it is", async () => {
  const { store } = openStore();
  const tokens = tokensOf(1, 640);
  await keep(store, "anna", like(tokens, 128));
  await keep(store, "ben", like(tokens, 512));
  await keep(store, "carl", tokensOf(3, 640));
  expect((await store.find({ session: "dora" }, tokens))?.tokens).toBe(512);
  expect((await store.find({ session: "anna" }, tokens))?.tokens).toBe(512);
  expect((await restore(store, undefined, tokens))?.tokens).toEqual(like(tokens, 512));
  expect(await store.find({ session: "carl" }, tokensOf(4, 640))).toBeUndefined();
});

test("a session has one state: the last", async () => {
  const { store, folder } = openStore();
  const tokens = tokensOf(1, 640);
  await keep(store, "anna", tokens.subarray(0, 256));
  await keep(store, "anna", tokens);
  expect(statesIn(folder)).toHaveLength(1);
  expect((await store.find({ session: "anna" }, tokens))?.tokens).toBe(640);
});

test("a state of another model, or of another shape of context, is not found", async () => {
  const { folder, store } = openStore({}, "2 sequences");
  await keep(store, "anna", tokensOf(1));
  expect(
    await openStore({ folder }, "3 sequences").store.find({ session: "anna" }, tokensOf(1)),
  ).toBeUndefined();
});

test("memory and disk keep to their room: the oldest goes from memory to disk, and then for good", async () => {
  const folder = newFolder();
  const { store } = openStore({ folder, ramMiB: 2, diskMiB: 3 });
  const memory = memoryFolder(folder) ?? "";
  for (let i = 1; i <= 20; i++) {
    await keep(store, `session ${i}`, tokensOf(i), 400_000);
    expect(bytesIn(memory)).toBeLessThanOrEqual(2 * MIB);
    expect(bytesIn(folder)).toBeLessThanOrEqual(3 * MIB);
  }
  // Room for the next one is made when nobody waits for it.
  await until(() => store.bytes("warm") === bytesIn(memory));
  expect(bytesIn(memory) + bytesIn(folder)).toBeGreaterThan(3 * MIB);
  expect(await store.find({ session: "session 1" }, tokensOf(1))).toBeUndefined();
  expect((await store.find({ session: "session 20" }, tokensOf(20)))?.file.tier).toBe("warm");
  const old = await store.find({ session: "session 14" }, tokensOf(14));
  expect(old?.file.tier).toBe("cold");
  expect((await restore(store, "session 14", tokensOf(14)))?.tokens).toEqual(tokensOf(14));
});

test("states that are kept at the same time cost no other its place while there is room on disk", async () => {
  const folder = newFolder();
  const { store } = openStore({ folder, ramMiB: 2, diskMiB: 16 });
  const memory = memoryFolder(folder) ?? "";
  // How much room a token takes is known from the first.
  await keep(store, "session 0", tokensOf(100), 400_000);
  for (let round = 0; round < 4; round++) {
    const names = [1, 2, 3, 4].map((i) => 4 * round + i);
    await Promise.all(names.map((name) => keep(store, `session ${name}`, tokensOf(name), 400_000)));
    expect(bytesIn(memory)).toBeLessThanOrEqual(2 * MIB);
  }
  for (let name = 1; name <= 16; name++) {
    const found = await store.find({ session: `session ${name}` }, tokensOf(name));
    expect(found?.tokens).toBe(256);
  }
});

test("what was of use stays longest", async () => {
  const { store } = openStore({ diskMiB: 1 });
  for (let i = 1; i <= 2; i++) {
    await keep(store, `session ${i}`, tokensOf(i), 400_000);
    await Bun.sleep(2);
  }
  await restore(store, "session 1", tokensOf(1));
  await keep(store, "session 3", tokensOf(3), 400_000);
  expect(await store.find({ session: "session 1" }, tokensOf(1))).toBeDefined();
  expect(await store.find({ session: "session 2" }, tokensOf(2))).toBeUndefined();
});

test("a state that is larger than all the room is not kept, and costs no other its place", async () => {
  const { store, folder } = openStore({ diskMiB: 1 });
  await keep(store, "small", tokensOf(1), 100_000);
  expect(await keep(store, "large", tokensOf(2), 2 * MIB)).toBe(false);
  expect(statesIn(folder)).toHaveLength(1);
});

test("what memory holds is on disk when the model ends, and memory is empty", async () => {
  const folder = newFolder();
  const { store } = openStore({ folder, ramMiB: 16 });
  const memory = memoryFolder(folder) ?? "";
  await keep(store, "anna", tokensOf(1));
  expect(statesIn(folder)).toEqual([]);
  await store.close();
  expect(existsSync(memory)).toBe(false);
  const again = openStore({ folder, ramMiB: 16 }).store;
  expect((await restore(again, "anna", tokensOf(1)))?.tokens).toEqual(tokensOf(1));
});

test("after a kill what memory holds is still found", async () => {
  const folder = newFolder();
  await keep(openStore({ folder, ramMiB: 16 }).store, "anna", tokensOf(1));
  const again = openStore({ folder, ramMiB: 16 }).store;
  expect((await again.find({ session: "anna" }, tokensOf(1)))?.file.tier).toBe("warm");
});

test("of a session that is forgotten nothing stays, also not what is just being written", async () => {
  const folder = newFolder();
  const { store } = openStore({ folder, ramMiB: 16 });
  await keep(store, "anna", tokensOf(1));
  await keep(store, "ben", tokensOf(2));
  const slow = store.keep({ session: "anna" }, 256, async (file) => {
    await Bun.write(file, "x".repeat(100));
    store.forget("anna");
    return { bytes: 100, tokens: tokensOf(1) };
  });
  expect(await slow).toBe(false);
  expect(statesIn(memoryFolder(folder) ?? "")).toHaveLength(1);
  // Whoever has no model at hand can do it too.
  forgetStates(folder, "ben");
  expect(statesIn(memoryFolder(folder) ?? "")).toEqual([]);
  expect(await restore(store, "ben", tokensOf(2))).toBeUndefined();
});

test("a full disk costs the state and nothing else, and is told once", async () => {
  const { store, said, folder } = openStore();
  await keep(store, "anna", tokensOf(1));
  for (let i = 0; i < 3; i++) {
    // The engine believes that all was written.
    const short = await store.keep({ session: "ben" }, 256, async (file) => {
      await Bun.write(file, "x".repeat(100));
      return { bytes: 200, tokens: tokensOf(2) };
    });
    const refused = await store.keep({ session: "ben" }, 256, () =>
      Promise.reject(new Error("ENOSPC: no space")),
    );
    expect([short, refused]).toEqual([false, false]);
  }
  expect(said).toHaveLength(1);
  expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  expect((await restore(store, "anna", tokensOf(1)))?.tokens).toEqual(tokensOf(1));
});

test("a folder that is removed while it is used costs what was kept and nothing else", async () => {
  const { store, folder } = openStore();
  await keep(store, "anna", tokensOf(1));
  const found = await store.find({ session: "anna" }, tokensOf(1));
  rmSync(folder, { recursive: true });
  expect(found && (await store.restore(found, async () => true))).toBeUndefined();
  expect(await keep(store, "anna", tokensOf(1))).toBe(false);
  expect(await store.find({ session: "anna" }, tokensOf(1))).toBeUndefined();
});

test("with less room than before, the oldest go at once", async () => {
  const { store, folder } = openStore({ diskMiB: 4 });
  for (let i = 1; i <= 3; i++) {
    // File systems count time in steps.
    for (const name of statesIn(folder)) utimesSync(join(folder, name), i, i);
    await keep(store, `session ${i}`, tokensOf(i), MIB);
  }
  const { store: smaller } = openStore({ folder, diskMiB: 2 });
  expect(bytesIn(folder)).toBeLessThanOrEqual(2 * MIB);
  expect(await smaller.find({ session: "session 3" }, tokensOf(3))).toBeDefined();
  openStore({ folder, diskMiB: 0 });
  expect(statesIn(folder)).toEqual([]);
});

test("what memory holds after a kill goes when there is to be none in memory", async () => {
  const { store, folder } = openStore({ ramMiB: 16 });
  await keep(store, "anna", tokensOf(1));
  const memory = memoryFolder(folder) ?? "";
  openStore({ folder, ramMiB: 0 });
  expect(existsSync(memory)).toBe(false);
});

test("a clock that was ahead once makes no state the youngest for ever", async () => {
  const { store, folder } = openStore();
  for (const name of ["old", "new"]) await keep(store, name, tokensOf(name.length + 1), MIB);
  await keep(store, "old one", tokensOf(1), MIB);
  const inTenYears = new Date(Date.now() + 3e11);
  for (const name of statesIn(folder)) utimesSync(join(folder, name), inTenYears, inTenYears);
  const { store: later } = openStore({ folder, diskMiB: 4 });
  await keep(later, "now", tokensOf(9), MIB);
  await keep(later, "and now", tokensOf(10), MIB);
  expect(await later.find({ session: "now" }, tokensOf(9))).toBeDefined();
});

test("where the key is lost, what was sealed with it is removed: nobody could tell whose it is", async () => {
  const { store, folder } = openStore({ ramMiB: 16 });
  await keep(store, "anna", tokensOf(1));
  const before = memoryFolder(folder) ?? "";
  await Bun.write(join(folder, `${"1".repeat(16)}.${"1".repeat(16)}.${"1".repeat(12)}.state`), "x");
  rmSync(join(folder, "states.key"));
  openStore({ folder, ramMiB: 16 });
  expect(statesIn(folder)).toEqual([]);
  expect(existsSync(before)).toBe(false);
});

test("what memory still holds of a folder that is gone is removed by the next one", async () => {
  const { store, folder } = openStore({ ramMiB: 16 });
  await keep(store, "anna", tokensOf(1));
  const memory = memoryFolder(folder) ?? "";
  expect(existsSync(memory)).toBe(true);
  rmSync(folder, { recursive: true });
  openStore({ ramMiB: 16 });
  expect(existsSync(memory)).toBe(false);
});

test("two homes never share what is kept, also when one is a copy of the other", async () => {
  const [one, other] = [newFolder(), newFolder()];
  await keep(openStore({ folder: one, ramMiB: 16 }).store, "anna", tokensOf(1));
  await Bun.write(join(other, "states.key"), await Bun.file(join(one, "states.key")).bytes());
  expect(memoryFolder(other)).not.toBe(memoryFolder(one));
  const copy = openStore({ folder: other, ramMiB: 16 }).store;
  expect(await copy.find({ session: "anna" }, tokensOf(1))).toBeUndefined();
});

test("a process that is killed while it keeps leaves nothing that is used, and what it left is removed", async () => {
  const folder = newFolder();
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "kv_child_main.ts"), folder], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const reader = child.stdout.getReader();
  await reader.read();
  // It is in the middle of one of many.
  while (!readdirSync(folder).some((name) => name.endsWith(".tmp"))) await Bun.sleep(0);
  child.kill("SIGKILL");
  await child.exited;
  const { store } = openStore({ folder });
  expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  expect(statesIn(folder).length).toBeGreaterThan(0);
  for (let i = 0; i < 4; i++) await restore(store, `session ${i}`, tokensOf(i + 1));
  expect(store.refused).toBe(0);
});
