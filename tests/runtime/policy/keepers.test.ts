import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Keepers, type Keeping } from "../../../runtime/policy/keepers.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "moult-keepers-"));
});
afterEach(() => rmSync(home, { recursive: true }));

const user = (place: string, name = "notes"): Keeping => ({ name, place, origin: "user" });
const builtin = (name = "notes"): Keeping => ({
  name,
  place: `tools/${name}.ts`,
  origin: "builtin",
});

/** As after a start, with what the store holds and what lies in the functions folders. */
async function opened(
  stored: readonly string[] = [],
  found: readonly Keeping[] = [],
  shipped: readonly string[] = ["clock"],
): Promise<Keepers> {
  const keepers = new Keepers(home, { kvOwners: () => Promise.resolve(stored) });
  await keepers.begin(found, (one) => one.origin, new Set(shipped));
  return keepers;
}

const denied = expect.objectContaining({ code: "policy/denied" });

describe("values", () => {
  test("belong to the file that stored the first of them, and to no other of that name", async () => {
    const keepers = await opened();
    expect(keepers.taken(user("tools/notes.ts"))).toBeUndefined();
    keepers.check(user("a/notes.ts"));
    keepers.claim(user("tools/notes.ts"));
    keepers.claim(user("tools/notes.ts"));
    expect(keepers.taken(user("a/notes.ts"))).toBe(
      "would read what notes (tools/notes.ts) has stored",
    );
    for (const act of ["check", "claim"] as const)
      expect(() => keepers[act](user("a/notes.ts"))).toThrow(denied);
    // Another start is no way around, nor is a file whose place nobody knows.
    const again = await opened(["notes"]);
    expect(() => again.check(user("a/notes.ts"))).toThrow(denied);
    expect(() => again.check({ name: "notes", origin: "user" })).toThrow(denied);
    again.check(user("tools/notes.ts"));
    expect(statSync(join(home, "kv/keepers.json")).mode & 0o777).toBe(0o600);
  });

  test("go on to another file when the owner says so, and back when that is revoked", async () => {
    const keepers = await opened();
    keepers.claim(user("tools/notes.ts"));
    keepers.give(user("a/notes.ts"));
    keepers.check(user("a/notes.ts"));
    expect(() => keepers.check(user("tools/notes.ts"))).toThrow(denied);
    keepers.takeBack("notes");
    keepers.takeBack("notes");
    expect(() => keepers.check(user("a/notes.ts"))).toThrow(denied);
    keepers.check(user("tools/notes.ts"));
  });

  test("of a function that came with moult are its own again whenever it stores some", async () => {
    const keepers = await opened();
    keepers.give(user("a/clock.ts", "clock"));
    keepers.check(builtin("clock"));
    keepers.claim(builtin("clock"));
    expect(() => keepers.check(user("a/clock.ts", "clock"))).toThrow(denied);
  });

  test("are not read by a copy of what came with moult under their name", async () => {
    const keepers = await opened();
    keepers.claim(user("tools/notes.ts"));
    expect(() => keepers.check({ ...builtin(), place: "a/notes.ts" })).toThrow(denied);
  });

  test("of functions with names that every object has are kept like others", async () => {
    for (const name of ["constructor", "prototype", "valueOf".toLowerCase(), "hasownproperty"]) {
      (await opened()).claim(user("a.ts", name));
      const again = await opened([name]);
      again.check(user("a.ts", name));
      expect(() => again.check(user("b.ts", name))).toThrow(denied);
    }
  });

  test("and the name of one that came with moult are nobody else's, even before it stores any", async () => {
    const keepers = await opened();
    expect(keepers.taken(user("clock.ts", "clock"))).toBe(
      "takes the place of the clock that came with moult, and its values",
    );
    expect(keepers.taken(builtin("clock"))).toBeUndefined();
  });

  test("show no character that hides or moves text", async () => {
    const keepers = await opened();
    keepers.claim(user("tools/\u202Enotes.ts"));
    expect(keepers.taken(user("a/notes.ts"))).toBe(
      "would read what notes (tools/\\u{202e}notes.ts) has stored",
    );
  });
});

describe("a home from before this was noted", () => {
  test("gives each file what is stored under its name, once", async () => {
    const keepers = await opened(
      ["notes", "gone", "mine"],
      [user("tools/notes.ts"), builtin("mine"), user("own/clock.ts", "clock")],
    );
    keepers.check(user("tools/notes.ts"));
    keepers.check(user("own/clock.ts", "clock"));
    expect(() => keepers.check(user("a/notes.ts"))).toThrow(denied);
    expect(() => keepers.check(user("mine.ts", "mine"))).toThrow(denied);
    keepers.check(builtin("mine"));
    expect(keepers.taken(user("gone.ts", "gone"))).toBe(
      "would read what an earlier gone has stored",
    );
    const again = await opened(["gone"], [user("gone.ts", "gone")]);
    expect(() => again.check(user("gone.ts", "gone"))).toThrow(denied);
    again.give(user("gone.ts", "gone"));
    again.check(user("gone.ts", "gone"));
  });

  test("keeps what is no function's out of it", async () => {
    await opened(["trigger:cron", "channel:telegram"]);
    expect(readFileSync(join(home, "kv/keepers.json"), "utf8")).not.toContain(":cron");
  });
});

test.each(["", "{", '{"keepers":{"notes":7},"before":{}}', "[]", "null"])(
  "a damaged record (%j) gives nobody what is stored",
  async (text) => {
    (await opened()).claim(user("tools/notes.ts"));
    writeFileSync(join(home, "kv/keepers.json"), text);
    const keepers = await opened(["notes"], [user("tools/notes.ts")]);
    expect(() => keepers.check(user("tools/notes.ts"))).toThrow(denied);
    keepers.give(user("tools/notes.ts"));
    keepers.check(user("tools/notes.ts"));
  },
);
