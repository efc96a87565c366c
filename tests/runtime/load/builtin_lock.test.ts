import { expect, test } from "bun:test";
import { join } from "node:path";
import { contentHash } from "../../../runtime/content_hash.ts";
import {
  BUILTIN_LOCK,
  BUILTIN_MANIFESTS,
  builtinLock,
  readBuiltinLock,
  readBuiltinManifests,
} from "../../../runtime/load/builtin_lock.ts";
import { builtinManifests } from "../../builtin_lock.ts";
import { functionsFolder, tool } from "./functions_folder.ts";

test("the shipped lock is that of the shipped functions; bun tests/builtin_lock.ts writes it anew", async () => {
  expect(await Bun.file(BUILTIN_LOCK).text()).toBe(builtinLock(join(BUILTIN_LOCK, "..")));
});

test("the shipped manifests are what the shipped functions say of themselves", async () => {
  expect(await Bun.file(BUILTIN_MANIFESTS).text()).toBe(await builtinManifests());
  expect(readBuiltinManifests().size).toBe(readBuiltinLock().size);
});

test("a lock names each function by its content", async () => {
  await using folder = functionsFolder();
  folder.save("tools/b.ts", tool("2"));
  folder.save("a.ts", tool("1"));
  folder.save("_helper.ts", "");
  const lock = builtinLock(folder.dir);
  expect(lock).toBe(`${contentHash(tool("1"))}  a.ts\n${contentHash(tool("2"))}  tools/b.ts\n`);
  folder.save("builtin.lock", `${lock}not a hash  c.ts\n`);
  expect([...readBuiltinLock(folder.path("builtin.lock"))]).toEqual([
    contentHash(tool("1")),
    contentHash(tool("2")),
  ]);
});

test("without a lock every function is the user's", () => {
  expect(readBuiltinLock("/nowhere/builtin.lock").size).toBe(0);
});
