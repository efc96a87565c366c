/** Whatever paths and hosts a manifest names: it does not load and says why, or gets no more than it names. */
import { afterAll, beforeAll, expect } from "bun:test";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveFiles } from "../../../runtime/isolate/files.ts";
import { isMoultError } from "../../../schemas/error.ts";
import { type Check, holds } from "../../property.ts";

let base: string;
let root: string;
let home: string;

beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "moult-paths-")));
  root = join(base, "root");
  home = join(root, ".moult");
  for (const dir of [".moult/kv", "a/b", "a b", "ünï", "..x"])
    mkdirSync(join(root, dir), { recursive: true });
  mkdirSync(join(base, "beside"));
  for (const file of ["a/f.txt", ".moult/owner.key", "../beside/secret"])
    writeFileSync(join(root, file), "x");
  for (const [name, target] of [
    ["sly", ".moult"],
    ["slier", "a/../.moult/owner.key"],
    ["out", "../beside"],
    ["up", ".."],
    ["same", "."],
    ["in", "a/b"],
    ["loop", "loop"],
    ["gone", "nowhere"],
    ["etc", "/etc"],
    ["a/top", "/"],
    ["a/back", "../sly/kv"],
  ] as const)
    symlinkSync(target, join(root, name));
});
afterAll(() => rmSync(base, { recursive: true }));

const PARTS = [
  "a",
  "b",
  "f.txt",
  "a b",
  "ünï",
  "u\u0308nï",
  "..x",
  ".",
  "..",
  "",
  "~",
  "sly",
  "slier",
  "out",
  "up",
  "same",
  "in",
  "loop",
  "gone",
  "etc",
  "top",
  "back",
  ".moult",
  "owner.key",
  ".MOULT",
  "root",
  "beside",
  "new",
  "n".repeat(300),
  "x\0y",
  "\n",
  "%2e%2e",
  "..\\..",
  "*",
];

/** Paths, relative and absolute; none lies outside of the test's own folder by its name alone. */
function naming(fc: Check) {
  const way = fc
    .array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join("/"));
  const start = fc.constantFrom(
    "",
    "",
    "",
    "./",
    "BASE/",
    "BASE/root/",
    "BASE/root/./",
    "//BASE/root/",
    "/proc/self/cwd/",
    "/proc/self/root/BASE/",
  );
  return fc.oneof(
    { weight: 9, arbitrary: fc.tuple(start, way).map(([from, to]) => from + to) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "/",
        "//",
        "/.",
        "~",
        "~root",
        "~/.ssh",
        ".",
        "./",
        "..",
        "/proc/self/root",
        "/dev/fd/0",
        "/proc/1/root",
      ),
    },
  );
}

/** Where the kernel says that a path leads, without anything of ours; `undefined`: nowhere. */
function kernelSays(entry: string): string | undefined {
  const PATH_ONLY = 0o10000000;
  try {
    const file = openSync(entry.startsWith("/") ? entry : `${root}/${entry}`, PATH_ONLY);
    try {
      return readlinkSync(`/proc/self/fd/${String(file)}`);
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

const isUnder = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`);

function listed(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true }).map(String).toSorted();
}

holds(
  "a path that is given is the one that was named, and none that must not be given",
  700,
  (fc) =>
    fc.property(
      fc.array(naming(fc), { maxLength: 3 }),
      fc.array(naming(fc), { maxLength: 2 }),
      (reads, writes) => {
        const named = (paths: readonly string[]) =>
          paths.map((one) => one.replaceAll("BASE", base.slice(1)).replace(/^(?=tmp\/)/, "/"));
        const [read, write] = [named(reads), named(writes)];
        const own = listed(home);
        const before = listed(join(base, "beside"));
        // Only in the test's own folder anything may be made.
        const isTrial = write.some(
          (one) =>
            one.includes("..") || one.includes("proc") || /etc|top/.test(one) || /^[~/.]/.test(one),
        );
        try {
          const { policy, links, missing } = resolveFiles(
            { net: [], call: [], exec: [], read, write },
            { root, home },
            isTrial,
          );
          for (const given of [...policy.read, ...policy.write]) {
            expect(given.startsWith("/")).toBe(true);
            expect(given.includes("\0")).toBe(false);
            expect(isUnder(given, home) || isUnder(home, given)).toBe(false);
          }
          const asked = read.filter((entry) => !missing.includes(entry));
          expect(policy.read.length).toBe(asked.length);
          expect(policy.write.length).toBe(write.length);
          for (const [entry, given] of [
            ...asked.map((one, n) => [one, policy.read[n]] as const),
            ...write.map((one, n) => [one, policy.write[n]] as const),
          ]) {
            const truth = kernelSays(entry);
            if (truth !== undefined) expect(given).toBe(truth);
            if (!entry.startsWith("/"))
              expect(given !== root && isUnder(given ?? "", root)).toBe(true);
          }
          for (const { name, target } of links) {
            expect(name.split("/")).not.toContain("..");
            expect(name.startsWith("/")).toBe(false);
            expect([...policy.read, ...policy.write]).toContain(target);
          }
        } catch (error) {
          if (!isMoultError(error)) throw error;
          expect(error.code).toBe("function/invalid");
          expect(error.message).toStartWith("Cannot give access to ");
        }
        expect(listed(home)).toEqual(own);
        expect(listed(join(base, "beside"))).toEqual(before);
      },
    ),
);
