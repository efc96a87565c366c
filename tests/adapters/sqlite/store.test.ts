/** The SQLite store keeps the Store contract, and says what to do when its file is not usable. */
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storageFailure } from "../../../adapters/sqlite/failure.ts";
import { openStore } from "../../../adapters/sqlite/store.ts";
import type { Store } from "../../../runtime/ports.ts";
import { OWNER } from "../../../schemas/message.ts";
import { searchContract } from "../../contract/session_search.ts";
import { type OpenStore, storeContract } from "../../contract/store.ts";

function folder(): { readonly file: string; readonly [Symbol.dispose]: () => void } {
  const path = mkdtempSync(join(tmpdir(), "moult-test-"));
  return {
    file: join(path, "moult.sqlite"),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

const opener: OpenStore = () => {
  const place = folder();
  const opened: Store[] = [];
  const reopen = (): Store => {
    const store = openStore(place.file);
    opened.push(store);
    return store;
  };
  return {
    store: reopen(),
    reopen,
    [Symbol.dispose]: () => {
      for (const store of opened) store.close();
      place[Symbol.dispose]();
    },
  };
};

storeContract("sqlite", opener);
searchContract(opener);

const message = {
  session: "s",
  protocol: "http",
  channel: "rest",
  conversation: "s",
  sender: "owner",
  principal: OWNER,
  text: "hello",
} as const;

test("keys are kept for eight days at least, and not for ever", async () => {
  using place = folder();
  let now = 0;
  const open = (): Store => openStore(place.file, { now: () => now });
  const first = open();
  await first.accept({ ...message, keys: ["k"] });
  first.close();
  now = 8 * 24 * 3_600_000;
  const second = open();
  expect((await second.accept({ ...message, keys: ["k"] })).result).toBe("duplicate");
  second.close();
  now = 20 * 24 * 3_600_000;
  const third = open();
  expect((await third.accept({ ...message, keys: ["k"] })).result).toBe("accepted");
  third.close();
});

test("a damaged file is an error that says what to do, and stays as it was", () => {
  using place = folder();
  const bytes = "this is not a database, ".repeat(300);
  writeFileSync(place.file, bytes);
  expect(() => openStore(place.file)).toThrow(/^Cannot open the database ".+": .*move it away/);
  expect(readFileSync(place.file, "utf8")).toBe(bytes);
});

test("a file that cannot be there is an error that says what to do", () => {
  using place = folder();
  expect(() => openStore(join(place.file, "no/such/folder.sqlite"))).toThrow(
    /^Cannot open the database ".+": .*check that its folder exists and is writable$/,
  );
  mkdirSync(place.file);
  expect(() => openStore(place.file)).toThrow(/^Cannot open the database/);
});

test("a database of a newer moult is refused and left as it was", async () => {
  using place = folder();
  const store = openStore(place.file);
  await store.kvCommit("f", [{ key: "k", value: 1 }]);
  store.close();
  const client = new Database(place.file);
  client.run("INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('x', 9999999999999)");
  client.close();
  expect(() => openStore(place.file)).toThrow(/a newer moult wrote it; update moult/);
  const after = new Database(place.file);
  expect(after.query("SELECT count(*) AS n FROM kv").get()).toEqual({ n: 1 });
  after.close();
});

test("a listing of more than 4 MiB is refused before it is read", async () => {
  using place = folder();
  const store = openStore(place.file);
  const value = "x".repeat(250_000);
  await store.kvCommit(
    "f",
    Array.from({ length: 20 }, (_, i) => ({ key: `k${i}`, value })),
  );
  await expect(store.kvList("f", "k", 1_000)).rejects.toThrow(/too much at once, use a limit/);
  expect(await store.kvList("f", "k", 10)).toHaveLength(10);
  expect(await store.kvList("f", "none", 1_000)).toEqual([]);
  store.close();
});

test("a full disk and a read-only file are errors that say what to do", () => {
  using place = folder();
  const client = new Database(place.file);
  client.run("CREATE TABLE t (x)");
  client.run("PRAGMA max_page_count = 2");
  const full = failureOf(() => client.run("INSERT INTO t VALUES (zeroblob(1000000))"));
  expect(full.message).toBe(
    "Cannot accept the message: the disk is full; free some space, then send it again",
  );
  // What the disk did is hidden by a transaction that SQLite has taken back by itself.
  const hidden = failureOf(() => client.run("ROLLBACK"));
  expect(hidden.message).toContain("check the disk and the free space");
  client.close();
  const readOnly = new Database(place.file, { readonly: true });
  const refused = failureOf(() => readOnly.run("INSERT INTO t VALUES (1)"));
  expect(refused.message).toContain("read-only; make it writable");
  readOnly.close();
});

function failureOf(run: () => void): Error {
  try {
    run();
  } catch (error) {
    return storageFailure("accept the message", error);
  }
  throw new TypeError("It did not fail");
}

test("history that an older moult wrote is found after the upgrade", async () => {
  using place = folder();
  const old = openStore(place.file);
  const { turn } = await old.accept({ ...message, keys: [] });
  await old.begin(turn, { seq: 1, type: "turn", at: 1 });
  const usage = {
    promptTokens: 1,
    cachedTokens: 0,
    completionTokens: 1,
    firstTokenMs: 1,
    totalMs: 1,
  };
  const reply = {
    turn,
    session: "s",
    outcome: "answered",
    reply: "",
    toolCalls: [],
    usage,
  } as const;
  const history = [{ role: "user", content: "the boat is called Alma" }] as const;
  await old.finish(reply, { history, events: [] });
  old.close();
  // What the migration brought, taken back.
  const client = new Database(place.file);
  client.run("DROP TRIGGER history_search_forget");
  client.run("DROP TABLE history_search");
  for (const column of ["indexed_to", "summary", "summary_next", "pinned"])
    client.run(`ALTER TABLE sessions DROP COLUMN ${column}`);
  client.run(
    "DELETE FROM __drizzle_migrations WHERE created_at = (SELECT max(created_at) FROM __drizzle_migrations)",
  );
  client.close();
  const upgraded = openStore(place.file);
  const { exchanges } = await upgraded.search("s", { terms: ["boat"], limit: 1 });
  expect(exchanges).toMatchObject([{ turn, asked: "the boat is called Alma" }]);
  upgraded.close();
});
