import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { type Asking, Grants, type Reapprove } from "../../../runtime/policy/grants.ts";
import { Manifest } from "../../../schemas/function.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "moult-grants-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const open = (reapprove?: Reapprove) => new Grants(home, { now: () => 5 }, reapprove);
const file = () => join(home, "grants/tool.json");

/** A version of "tool" whose code is `code`. */
function asking(fields: object, code = "1", more: Partial<Asking> = {}): Asking {
  const path = join(home, `${Bun.hash(code)}.js`);
  writeFileSync(path, code);
  const manifest = v.parse(Manifest, { kind: "tool", description: "Does it.", ...fields });
  return { name: "tool", version: code, path, origin: "user", manifest, ...more };
}

const net = (...hosts: string[]) => ({ permissions: { net: hosts } });

test("who asks for nothing needs no approval, and limits are nothing", () => {
  const grants = open();
  const tool = asking({ limits: { memoryMiB: 1_024, timeMs: 60_000 } });
  expect(grants.permitted(tool)).toMatchObject({ net: [], write: [] });
  expect(grants.waiting(tool)).toBeUndefined();
});

test.each([
  ["a host", net("a.example:443"), "may reach a.example:443"],
  ["a file", { permissions: { read: ["notes"] } }, "may read notes"],
  ["a folder", { permissions: { write: ["out"] } }, "may read and write out"],
  ["a program", { permissions: { exec: ["/bin/ls"] } }, "may start /bin/ls"],
  ["a function", { permissions: { call: ["other"] } }, "may call other"],
  ["a program by name", { permissions: { exec: ["git"] } }, "may start git"],
  ["a secret", { secrets: ["TOKEN"] }, "gets the secret TOKEN"],
  [
    "a secret for one host",
    { secrets: ["TOKEN@a.example:443"] },
    "has the secret TOKEN sent to a.example:443, and never sees it",
  ],
  [
    "a secret without encryption",
    { secrets: ["TOKEN@http://127.0.0.1:80"] },
    "has the secret TOKEN sent to http://127.0.0.1:80, and never sees it",
  ],
  ["a clock", { triggers: [{ cron: "0 7 * * *" }] }, "starts by itself: at 0 7 * * *"],
  ["a path", { triggers: [{ http: "GET /bell" }] }, "starts by itself: GET /hooks/bell"],
])("who asks for %s waits, and runs once that is approved", (_what, fields, words) => {
  const grants = open();
  const tool = asking(fields);
  expect(grants.permitted(tool)).toBeUndefined();
  expect(grants.waiting(tool)).toMatchObject({ wants: [words], drops: [], keeps: [], runs: false });
  grants.approve(tool, "owner");
  expect(grants.waiting(tool)).toBeUndefined();
  // Another process reads the same.
  expect(open("any").permitted(tool)).toEqual(tool.manifest.permissions);
});

test("built-ins ship approved", () => {
  const tool = asking(net("a.example:443"), "1", { origin: "builtin" });
  expect(open().permitted(tool)?.net).toEqual(["a.example:443"]);
  expect(open().waiting(tool)).toBeUndefined();
});

test("with widening, other code and fewer permissions pass, one more host does not", () => {
  const grants = open();
  grants.approve(asking(net("a:1", "b:1")), "owner");
  expect(grants.permitted(asking(net("a:1", "b:1"), "2"))).toBeDefined();
  expect(grants.permitted(asking(net("a:1"), "3"))).toBeDefined();
  const wider = asking({ ...net("a:1", "c:1"), description: "Other." }, "4");
  expect(grants.permitted(wider)).toBeUndefined();
  expect(grants.waiting(wider)).toMatchObject({
    wants: ["may reach c:1"],
    drops: ["may reach b:1"],
    keeps: ["may reach a:1"],
    descriptionBefore: "Does it.",
    description: "Other.",
  });
});

test("a path below an approved one is another path: a link may lie there", () => {
  const grants = open();
  grants.approve(asking({ permissions: { write: ["data"] } }), "owner");
  expect(grants.permitted(asking({ permissions: { write: ["data/in"] } }, "2"))).toBeUndefined();
});

test("no longer asking a person is wider", () => {
  const grants = open();
  grants.approve(asking({ ...net("a:1"), confirm: "always" }), "owner");
  const silent = asking({ ...net("a:1"), confirm: "never" }, "2");
  expect(grants.permitted(silent)).toBeUndefined();
  expect(grants.waiting(silent)?.wants).toEqual(["asks nobody before it runs"]);
});

describe("with any", () => {
  test("one changed byte of code, description, manifest or lock file waits", () => {
    const grants = open("any");
    const tool = asking(net("a:1"));
    grants.approve(tool, "owner");
    expect(grants.permitted(tool)).toBeDefined();
    expect(grants.permitted(asking(net("a:1"), "2"))).toBeUndefined();
    const { manifest } = tool;
    const other = { ...tool, manifest: { ...manifest, description: "Does it!" } };
    expect(grants.permitted(other)).toBeUndefined();
    expect(
      grants.permitted({
        ...tool,
        manifest: { ...manifest, limits: { ...manifest.limits, timeMs: 1 } },
      }),
    ).toBeUndefined();
    const packaged = { ...tool, projects: [home] };
    writeFileSync(join(home, "bun.lock"), "{}");
    grants.approve(packaged, "owner");
    expect(grants.permitted(packaged)).toBeDefined();
    writeFileSync(join(home, "bun.lock"), "{ }");
    expect(grants.permitted(packaged)).toBeUndefined();
  });

  test("a lock file without an end is none", () => {
    const grants = open("any");
    symlinkSync("/dev/zero", join(home, "bun.lock"));
    Bun.spawnSync(["mkfifo", join(home, "yarn.lock")]);
    const packaged = { ...asking(net("a:1")), projects: [home] };
    grants.approve(packaged, "owner");
    expect(grants.permitted(packaged)).toBeDefined();
  });

  test("what asks for nothing still needs no approval", () => {
    const grants = open("any");
    grants.approve(asking(net("a:1")), "owner");
    expect(grants.permitted(asking({}, "2"))).toMatchObject({ net: [] });
  });
});

describe("optional permissions", () => {
  const fields = { permissions: { net: ["a:1"], optional: { net: ["b:1"], read: ["x"] } } };

  test("alone they keep nothing waiting, and are withheld", () => {
    const tool = asking({ permissions: { optional: { net: ["b:1"] } } });
    expect(open().permitted(tool)).toMatchObject({ net: [] });
    expect(open().waiting(tool)).toMatchObject({ wants: ["may reach b:1"], runs: true });
  });

  test("of an approved function those are given that were approved", () => {
    const grants = open();
    grants.approve(asking({ permissions: { net: ["a:1", "b:1"] } }), "owner");
    expect(grants.permitted(asking(fields, "2"))).toMatchObject({ net: ["a:1", "b:1"], read: [] });
    expect(grants.waiting(asking(fields, "2"))).toMatchObject({
      wants: ["may read x"],
      runs: true,
    });
    grants.approve(asking(fields, "2"), "owner");
    expect(grants.permitted(asking(fields, "2"))).toMatchObject({
      net: ["a:1", "b:1"],
      read: ["x"],
    });
    expect(grants.waiting(asking(fields, "2"))).toBeUndefined();
  });
});

test("an approval is private, and can be taken back", () => {
  const grants = open();
  const tool = asking(net("a:1"));
  expect(grants.revoke("tool")).toBe(false);
  grants.approve(tool, "dev");
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(statSync(join(home, "grants")).mode & 0o777).toBe(0o700);
  expect(grants.get("tool")).toMatchObject({ version: "1", by: "dev", approvedAt: 5 });
  expect(grants.revoke("tool")).toBe(true);
  expect(grants.permitted(tool)).toBeUndefined();
  expect(open().get("tool")).toBeUndefined();
});

test.each(["", "{", "[]", `{"asks":{"net":["a:1"]}}`])(
  "a damaged record approves nothing and says what to do: %p",
  (text) => {
    const tool = asking(net("a:1"));
    open().approve(tool, "owner");
    writeFileSync(file(), text);
    const grants = open();
    expect(grants.permitted(tool)).toBeUndefined();
    expect(grants.waiting(tool)?.damaged).toContain("an approval writes it anew");
    grants.approve(tool, "owner");
    expect(open().permitted(tool)).toBeDefined();
  },
);

test("a record that promises more than the owner saw approves only what it names", () => {
  const tool = asking(net("a:1"));
  open().approve(tool, "owner");
  const stored = JSON.parse(readFileSync(file(), "utf8")) as { asks: { net: string[] } };
  expect(stored.asks.net).toEqual(["a:1"]);
  expect(open().permitted(asking(net("a:1"), "2", { name: "other" }))).toBeUndefined();
});

test("a description cannot hide what is asked for from a terminal", () => {
  const tool = asking({
    permissions: { read: ["x\u001B[2K\u202Ey"] },
    description: "a\u001B[1Ab\nc",
  });
  const waiting = open().waiting(tool);
  expect(waiting?.description).toBe("a\\u{1b}[1Ab\\u{a}c");
  expect(waiting?.wants).toEqual(["may read x\\u{1b}[2K\\u{202e}y"]);
});

test.each([
  ["spaces that fill a line", `x${" ".repeat(120)}as before: y`, "x\\u{20}×120as before: y"],
  ["a space that is none of ASCII", "x\u00A0y\u2003z", "x\\u{a0}y\\u{2003}z"],
  ["letters without a shape", "x\u3164\u2800y", "x\\u{3164}\\u{2800}y"],
  ["a few spaces, which hide nothing", "x   y", "x   y"],
])("what is asked for is shown with %s", (_what, name, shown) => {
  expect(open().waiting(asking({ permissions: { read: [name] } }))?.wants).toEqual([
    `may read ${shown}`,
  ]);
});

test("nobody has to read more than is read", () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => `tool_${String(i)}`);
  const of = (permissions: object) =>
    v.safeParse(Manifest, { kind: "tool", description: "Does it.", permissions }).issues?.[0];
  expect(of({ call: many(64) })).toBeUndefined();
  expect(of({ call: many(65) })?.message).toContain("64 at most");
  expect(of({ call: many(40), optional: { read: many(25) } })?.message).toContain("64 at most");
});

test("a skill that is only instructions runs nothing, so that its permissions need no approval", () => {
  const skill = asking({ kind: "skill", runs: false, permissions: { call: ["other"] } });
  expect(open().waiting(skill)).toBeUndefined();
  const timed = asking({ kind: "skill", runs: false, triggers: [{ cron: "0 7 * * *" }] });
  expect(open().permitted(timed)).toBeUndefined();
});

test("a channel waits for its owner: it says what was written, and who gets the answer", () => {
  const grants = open();
  const channel = asking({ kind: "channel", via: "telegram" });
  expect(grants.permitted(channel)).toBeUndefined();
  expect(grants.waiting(channel)?.wants).toEqual([
    "reads what comes by telegram, and says what it means and who gets the answer",
  ]);
  grants.approve(channel, "owner");
  expect(grants.permitted(channel)).toBeDefined();
  expect(grants.permitted(asking({ kind: "channel", via: "http" }, "2"))).toBeUndefined();
});

test("only a skill may say that it runs nothing", () => {
  const tool = asking({ runs: false, permissions: { net: ["a:1"] } });
  expect(open().permitted(tool)).toBeUndefined();
});

test("what was approved with a person asked is not given without, optional or not", () => {
  const grants = open();
  const optional = { permissions: { optional: { call: ["other"] } } };
  grants.approve(asking({ ...optional, confirm: "always" }), "owner");
  const silent = asking({ ...optional, confirm: "never" }, "2");
  expect(grants.permitted(silent)).toMatchObject({ call: [] });
  expect(grants.waiting(silent)?.wants).toEqual(["asks nobody before it runs"]);
});
