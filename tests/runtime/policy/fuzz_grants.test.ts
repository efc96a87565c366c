/** Any two manifests, any record: whoever may do more than was approved waits, or is given no more than that. */
import { afterAll, beforeAll, expect } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { canonicalJson } from "../../../runtime/policy/asks.ts";
import { type Asking, Grants, type Reapprove } from "../../../runtime/policy/grants.ts";
import { Manifest, type Permissions } from "../../../schemas/function.ts";
import { type Check, holds } from "../../property.ts";

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "moult-fuzz-grants-"));
  mkdirSync(join(home, "grants"));
  for (const code of ["1", "2"]) writeFileSync(join(home, `${code}.js`), code);
});
afterAll(() => rmSync(home, { recursive: true }));

const file = (): string => join(home, "grants/tool.json");
const open = (reapprove: Reapprove = "widening"): Grants =>
  new Grants(home, { now: () => 5 }, reapprove);
const asking = (manifest: Manifest, code = "1"): Asking => ({
  name: "tool",
  version: code,
  path: join(home, `${code}.js`),
  origin: "user",
  manifest,
});

const TOUCHES = ["net", "read", "write", "exec", "call"] as const;
/** What there is in the world of these tests. */
const WORLD = {
  net: ["a:1", "b:1"],
  read: ["x", "x/y"],
  write: ["x", "x/y"],
  exec: ["/bin/a", "/bin/b"],
  call: ["f", "g"],
};

/** Manifests out of that world. */
function manifests(fc: Check) {
  const some = <T>(from: readonly T[]) => fc.subarray([...from], { maxLength: 2 });
  const touches = fc.record(
    {
      net: some(WORLD.net),
      read: some(WORLD.read),
      write: some(WORLD.write),
      exec: some(WORLD.exec),
      call: some(WORLD.call),
    },
    { requiredKeys: [] },
  );
  return fc
    .record(
      {
        kind: fc.constantFrom("tool", "skill", "channel"),
        description: fc.constantFrom("One.", "Another."),
        permissions: fc
          .tuple(touches, fc.option(touches, { nil: undefined }))
          .map(([needed, optional]) => (optional ? Object.assign(needed, { optional }) : needed)),
        secrets: some(["S", "T", "T@a:1"]),
        triggers: some([
          { cron: "0 7 * * *" },
          { cron: "0 7 * * *", to: "telegram:1" },
          { http: "GET /x" },
          { http: "POST /x" },
        ]),
        confirm: fc.constantFrom("always", "asks", "never"),
        runs: fc.boolean(),
        via: fc.constantFrom("http", "telegram"),
        limits: fc.constantFrom({}, { timeMs: 9 }),
      },
      { requiredKeys: ["kind", "description"] },
    )
    .map((fields) => v.parse(Manifest, fields));
}

/** Everything that somebody who is given `given` can do, one word each. */
function powers(
  given: Permissions,
  { kind, secrets, triggers, confirm, runs, via }: Manifest,
): ReadonlySet<string> {
  const isIdle = kind === "skill" && !runs;
  const touches = isIdle
    ? []
    : TOUCHES.flatMap((what) => given[what].map((name) => `${what} ${name}`));
  const told = isIdle ? [] : secrets.map((name) => `secret ${name}`);
  const starts = triggers.map((trigger) => `starts ${canonicalJson(trigger)}`);
  const channel = via === undefined ? [] : [`via ${via}`];
  const able = [...touches, ...told, ...starts, ...channel];
  // Who can do nothing asks nobody for it, either.
  const alone =
    able.length === 0
      ? []
      : { always: [], asks: ["at times alone"], never: ["at times alone", "always alone"] }[
          confirm
        ];
  return new Set([...able, ...alone]);
}

/** All that a manifest names. */
function whole(of: Manifest): ReadonlySet<string> {
  const { optional, ...needed } = of.permissions;
  const all = { ...needed };
  for (const what of TOUCHES) all[what] = [...needed[what], ...(optional?.[what] ?? [])];
  return powers(all, of);
}

const beyond = (more: ReadonlySet<string>, less: ReadonlySet<string>): readonly string[] =>
  [...more].filter((one) => !less.has(one));

/** What a version may do now. */
function now(grants: Grants, version: Asking): ReadonlySet<string> | undefined {
  const given = grants.permitted(version);
  return given && powers(given, version.manifest);
}

holds("who was never approved can do nothing", 200, (fc) =>
  fc.property(manifests(fc), (one) => {
    rmSync(file(), { force: true });
    const grants = open();
    const able = now(grants, asking(one)) ?? new Set();
    expect(beyond(able, new Set(["at times alone", "always alone"]))).toEqual([]);
    if (whole(one).size > 0) expect(grants.waiting(asking(one))).toBeDefined();
  }),
);

holds("a change that may do more than was approved waits for that", 80, (fc) =>
  fc.property(
    manifests(fc),
    fc.array(manifests(fc), { minLength: 5, maxLength: 15 }),
    (first, others) => {
      rmSync(file(), { force: true });
      open().approve(asking(first), "owner");
      const approved = whole(first);
      expect(open().waiting(asking(first))).toBeUndefined();
      for (const other of others) {
        const grants = open();
        const able = now(grants, asking(other, "2"));
        // Alone, once it has nothing else, is what an approval never was about.
        const free = beyond(able ?? new Set(), approved).filter(
          (one) => approved.size > 0 || !one.endsWith("alone"),
        );
        expect([first, other, free]).toEqual([first, other, []]);
        const waiting = grants.waiting(asking(other, "2"));
        if (beyond(whole(other), approved).length > 0 && able?.size !== 0)
          expect(waiting?.wants).not.toEqual([]);
        if (beyond(whole(other), approved).length === 0) expect(waiting).toBeUndefined();
      }
    },
  ),
);

holds("with any, other content waits, whatever it names", 100, (fc) =>
  fc.property(manifests(fc), manifests(fc), fc.constantFrom("1", "2"), (first, other, code) => {
    rmSync(file(), { force: true });
    open().approve(asking(first), "owner");
    const able = now(open("any"), asking(other, code)) ?? new Set();
    const isSame = code === "1" && Bun.deepEquals(first, other);
    if (!isSame) expect(beyond(able, new Set(["at times alone", "always alone"]))).toEqual([]);
    else expect(beyond(whole(first), able)).toEqual([]);
  }),
);

/** Changes one value of a record, wherever in it. */
const put = (text: string, at: "asks" | "record", key: string, by: unknown): string => {
  const record = JSON.parse(text) as Record<string, object>;
  const into = at === "asks" ? (record["asks"] ?? {}) : record;
  Object.defineProperty(into, key, { value: by, enumerable: true, configurable: true });
  return JSON.stringify(record);
};

/** What may have become of a record. */
function damage(fc: Check) {
  const at = fc.nat(2_000);
  const odd = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(["5"], ["null"], ["{}"], ["["], ['{"http":5}'], [["a:1"]]),
  );
  const ask = fc.constantFrom(...TOUCHES, "secrets", "triggers", "via", "confirm", "__proto__");
  const key = fc.constantFrom("asks", "hashes", "version", "by", "approvedAt", "description");
  const by = fc.string({ maxLength: 3 });
  return fc.oneof(
    at.map((end) => (text: string) => text.slice(0, end)),
    fc.tuple(at, by).map(
      ([from, piece]) =>
        (text: string) =>
          text.slice(0, from) + piece + text.slice(from + piece.length),
    ),
    fc.tuple(key, odd).map(
      ([name, value]) =>
        (text: string) =>
          put(text, "record", name, value),
    ),
    fc.tuple(ask, odd).map(
      ([name, value]) =>
        (text: string) =>
          put(text, "asks", name, value),
    ),
    fc.json().map((all) => () => all),
    fc.uint8Array().map((all) => () => Buffer.from(all).toString("latin1")),
  );
}

holds("a record that is cut, changed or somebody else's approves no more than it says", 250, (fc) =>
  fc.property(manifests(fc), manifests(fc), damage(fc), (first, other, harm) => {
    rmSync(file(), { force: true });
    open().approve(asking(first), "owner");
    const says = harm(readFileSync(file(), "utf8"));
    writeFileSync(file(), says);
    const grants = open();
    const able = now(grants, asking(other, "2")) ?? new Set<string>();
    const waiting = grants.waiting(asking(other, "2"));
    grants.get("tool");
    if (waiting?.damaged !== undefined)
      expect(beyond(able, new Set(["at times alone", "always alone"]))).toEqual([]);
    // What the record still says, letter by letter.
    for (const power of able) {
      const [kind, name = ""] = power.split(" ");
      if (kind === "net" || kind === "secret" || kind === "call") expect(says).toContain(name);
    }
    expect(grants.revoke("tool")).toBe(true);
  }),
);
