/** How much one function may store. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase, type Opened } from "../../../adapters/sqlite/database.ts";
import { kvQueries } from "../../../adapters/sqlite/kv.ts";
import { kvRoom } from "../../../adapters/sqlite/kv_room.ts";
import type { KvWrite } from "../../../runtime/ports.ts";

const BYTES_MAX = 1_048_576;
const value = "x".repeat(BYTES_MAX / 8);

let folder: string;
let opened: Opened;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "moult-room-"));
  opened = openDatabase(join(folder, "moult.sqlite"));
});
afterEach(() => {
  opened.client.close();
  rmSync(folder, { recursive: true });
});

/** Stores as a call does. */
function keeper() {
  const room = kvRoom(opened.db, BYTES_MAX);
  const { write } = kvQueries(opened.db);
  return (fn: string, ...writes: KvWrite[]) => {
    room(fn, writes);
    write(fn, writes);
  };
}

test("a function that has stored all it may has to delete first, and others go on", () => {
  const keep = keeper();
  for (let i = 0; i < 7; i++) keep("f", { key: String(i), value });
  expect(() => keep("f", { key: "7", value })).toThrow("has to delete some values first");
  keep("f", { key: "small", value: 1 });
  keep("f", { key: "0", value });
  keep("g", { key: "7", value });
  keep("f", { key: "0" });
  keep("f", { key: "7", value });
  expect(() => keep("f", { key: "0", value })).toThrow("which is the most");
  // What was stored before counts after a restart too.
  expect(() => keeper()("f", { key: "0", value })).toThrow("which is the most");
});

test("empty values are not for nothing", () => {
  const keep = keeper();
  const many = (from: number) =>
    Array.from({ length: 1_000 }, (_, i) => ({ key: String(from + i), value: 0 }));
  const fill = () => {
    for (let from = 0; from < 20_000; from += 1_000) keep("f", ...many(from));
  };
  expect(fill).toThrow("which is the most");
});
