/**
 * Whoever changes a verdict changes a file in `verdicts/`, and says why:
 * `bun tests/attacks/verdicts.ts > tests/attacks/verdicts/B.txt`.
 */
import { describe, expect, test } from "bun:test";
import { closeSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openBun } from "../../adapters/linux/program.ts";
import { judge, readTable, tableOf, type Verdicts } from "./verdicts.ts";

const ROOT = join(import.meta.dir, "../..");
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

const LEFT_BY_KERNEL = [
  "learn whether a file is there, and how long",
  "read a program's command line",
  "run machine code of its own",
];
/** Attacks that work in full, by tier, as docs/security.md says. */
const LEFT: Readonly<Record<string, readonly string[]>> = {
  A: LEFT_BY_KERNEL,
  B: LEFT_BY_KERNEL,
  // Work folders that are not in memory have no size of their own, and may hold libraries.
  C: [
    ...LEFT_BY_KERNEL,
    "load a library of its own",
    "give a program a library (LD_PRELOAD)",
    "give a program a library (LD_LIBRARY_PATH)",
    "give a program a library (LD_AUDIT)",
    "run what it carries by the dynamic linker",
    "fill the disk with many files (64 MiB)",
    "start threads without end (300)",
  ],
};

/** Bounded by the layer of control groups on machines that have the controller for it. */
const VARIES = "start threads without end (300)";

/** Names with a result, in one column. */
function withResult(outcomes: Verdicts["twins"], result: string): readonly string[] {
  return Object.keys(outcomes).filter((name) => outcomes[name]?.result === result);
}

function check(verdicts: Verdicts): void {
  const { tier, columns, twins } = verdicts;
  const names = Object.keys(columns.none);
  expect(names.length).toBeGreaterThanOrEqual(100);
  // An attack that fails without a sandbox proves nothing, and so does one whose harmless twin fails with it.
  expect(withResult(columns.none, "succeeds")).toEqual(names);
  expect(withResult(twins, "succeeds")).toEqual(names);
  const golden = join(import.meta.dir, "verdicts", `${tier}.txt`);
  if (!existsSync(golden)) {
    process.stderr.write(`SKIPPED: verdicts of tier ${tier}: there is no ${golden}\n`);
    return;
  }
  expect(withResult(columns.full, "succeeds").toSorted()).toEqual(LEFT[tier]?.toSorted() ?? []);
  const wanted = readTable(readFileSync(golden, "utf8"));
  // What this machine can not try (multipath TCP, …) is not in its table.
  const found = readTable(tableOf(verdicts));
  const same = (name: string) => name in found && name !== VARIES;
  const compared = (table: typeof found) => Object.entries(table).filter(([name]) => same(name));
  expect(Object.fromEntries(compared(found))).toEqual(Object.fromEntries(compared(wanted)));
}

/** What another user's program is made of; this checkout, and Bun's folder, may be closed to that user. */
function copyProgram(folder: string): string {
  const packages = ["valibot", "@valibot"].map((name) => join("node_modules", name));
  for (const part of ["adapters/linux", "runtime", "schemas", "tests/attacks", ...packages])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  Bun.spawnSync(["chmod", "-R", "a+rX", folder]); // A clone made under umask 077 is closed throughout.
  return join(folder, "tests/attacks/verdicts.ts");
}

describe.skipIf(process.platform !== "linux")("each attack is judged as before", () => {
  test("as the user who runs the tests", async () => {
    check(await judge());
  }, 120_000);

  test.skipIf(!isRoot)(
    "by a daemon without root's rights",
    async () => {
      const folder = mkdtempSync("/tmp/moult-verdicts-");
      const bun = openBun();
      const script = copyProgram(folder);
      const child = Bun.spawn([`/proc/self/fd/${String(bun)}`, "--no-install", script, "--json"], {
        cwd: folder,
        uid: NOBODY,
        gid: NOBODY,
        env: { HOME: folder },
        stdout: "pipe",
      } as object);
      const text = await new Response(child.stdout as ReadableStream).text();
      closeSync(bun);
      rmSync(folder, { recursive: true });
      rmSync(`/tmp/moult-${String(NOBODY)}`, { recursive: true, force: true });
      const verdicts = JSON.parse(text) as Verdicts;
      expect(verdicts.tier).toBe("C");
      check(verdicts);
    },
    120_000,
  );
});
