import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keep } from "./children.ts";
import { temporary } from "./temporary.ts";

const PASSES = `import { test } from "bun:test";
test("passes", () => {});
test.skip("is skipped", () => {});
`;
/** Which of its tests fails depends on how often it has been run. */
const FAILS_ONCE = `import { expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
const isFirst = !existsSync("ran");
writeFileSync("ran", "");
test("passes beside others", () => {});
test("fails \\"once\\" <when> others run & is (fail)", () => expect(isFirst).toBe(false));
`;
const FAILS_ALWAYS = `import { expect, test } from "bun:test";
test("passes", () => {});
test("fails always", () => expect(1).toBe(2));
`;
/** Left out, it has not passed. */
const FAILS_THEN_HIDES = `import { expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
const isFirst = !existsSync("hidden");
writeFileSync("hidden", "");
test.skipIf(!isFirst)("fails and hides", () => expect(1).toBe(2));
`;
const ENDS_ONCE = `import { test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
test("ends its process", () => {
  if (existsSync("ended")) return;
  writeFileSync("ended", "");
  process.kill(process.pid, "SIGKILL");
});
`;
const CANNOT_LOAD = `import "./nothing.ts";
`;

async function outcomeOf(files: Readonly<Record<string, string>>) {
  using root = temporary();
  mkdirSync(join(root.path, "tests"));
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(root.path, "tests", `${name}.test.ts`), text);
  const suite = { root: root.path, workers: 2, options: ["--timeout=20000"], again: true };
  const module = JSON.stringify(join(import.meta.dir, "suite.ts"));
  const script = `const { runSuite } = await import(${module});
console.log("\\n" + JSON.stringify(await runSuite(${JSON.stringify(suite)})));`;
  // A test runner in a test runner would take over its parent's place among its workers.
  const { PATH = "", TMPDIR = "" } = process.env;
  const child = keep(
    Bun.spawn([process.execPath, "--no-install", "-e", script], {
      env: { PATH, ...(TMPDIR && { TMPDIR }) },
      stdio: ["ignore", "pipe", "ignore"],
    }),
  );
  const lines = (await child.stdout.text()).trim().split("\n");
  return JSON.parse(lines.at(-1) ?? "") as object;
}

test("what fails beside others and passes alone is a flaky test, and the suite passes", async () => {
  expect(await outcomeOf({ passes: PASSES, fails_once: FAILS_ONCE })).toMatchObject({
    code: 0,
    passed: 3,
    failed: 0,
    skipped: 1,
    flaky: ['tests/fails_once.test.ts: fails "once" <when> others run & is (fail)'],
  });
});

test("what fails alone, too, has failed, whatever else passes then", async () => {
  expect(
    await outcomeOf({
      fails_once: FAILS_ONCE,
      fails_always: FAILS_ALWAYS,
      hides: FAILS_THEN_HIDES,
    }),
  ).toMatchObject({ code: 1, passed: 3, failed: 2, skipped: 0, flaky: [expect.any(String)] });
});

test("a process that ended beside others and not alone counts as what its file comes to", async () => {
  expect(await outcomeOf({ passes: PASSES, ends_once: ENDS_ONCE })).toMatchObject({
    code: 0,
    passed: 2,
    failed: 0,
    skipped: 1,
    flaky: ["tests/ends_once.test.ts: (worker crashed)"],
  });
});

test("nothing is run again when a file cannot be loaded, or when many fail", async () => {
  expect(await outcomeOf({ cannot: CANNOT_LOAD, fails_once: FAILS_ONCE })).toMatchObject({
    code: 1,
    failed: 2,
    flaky: [],
  });
  const many = Array.from({ length: 6 }, (_, n) => [
    `fails_${n}`,
    FAILS_ONCE.replaceAll('"ran"', `"ran${n}"`),
  ]);
  expect(await outcomeOf(Object.fromEntries(many))).toMatchObject({
    code: 1,
    failed: 6,
    flaky: [],
  });
});
