/** One test file in a process of its own: what is reported of it, and that nothing of it stays. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTests, type TestRun, type TestRunOptions } from "../../cli/test_run.ts";

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "moult-cli-"));
});
afterAll(() => rmSync(dir, { recursive: true }));

let count = 0;
async function running(source: string, options: Partial<TestRunOptions> = {}) {
  const file = join(dir, `t${(count += 1)}.test.ts`);
  writeFileSync(file, `import { describe, expect, test } from "bun:test";\n${source}`);
  const signal = new AbortController().signal;
  return await runTests(file, { cwd: dir, signal, ...options });
}

async function run(source: string, options: Partial<TestRunOptions> = {}): Promise<TestRun> {
  const result = await running(source, options);
  if (result === undefined) throw new TypeError("It was aborted");
  return result;
}

/** Waits until a process is gone. */
async function gone(pid: number): Promise<void> {
  const state = () => {
    try {
      return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.[0];
    } catch {
      return undefined;
    }
  };
  while (![undefined, "Z"].includes(state())) await Bun.sleep(5);
}

async function pidIn(file: string): Promise<number> {
  while (!existsSync(file) || readFileSync(file, "utf8") === "") await Bun.sleep(5);
  return Number(readFileSync(file, "utf8"));
}

describe("runTests()", () => {
  test("counts what passed, and says of a failure what was expected and where", async () => {
    const report = await run(`
test("adds", () => expect(1 + 1).toBe(2));
describe("a <tool> & co", () => test('says "hi"', () => { expect({ a: "hi" }).toEqual({ a: "ho" }); }));
test.skip("later", () => {});
`);
    expect(report.trouble).toBeUndefined();
    expect(report.passed).toBe(1);
    expect(report.failures).toEqual([
      {
        name: 'a <tool> & co > says "hi"',
        message: expect.stringContaining('-   "a": "ho",\n+   "a": "hi",'),
        at: expect.stringMatching(/^t\d+\.test\.ts:4:\d+$/),
      },
    ]);
  });

  test.each([
    ["does not parse", "test(", /Unexpected end of file\n.*:2:\d+/],
    ["throws while it is loaded", 'throw new Error("oh no");', /error: oh no/],
    ["imports what is not there", 'import x from "./gone.ts"; test("a", () => x);', /gone\.ts/],
    ["ends its process", 'test("a", () => process.exit(3));', /exit code 3/],
    ["has no tests", "export {};", /has no tests/],
  ])("says why a file %s", async (_, source, why) => {
    const report = await run(source);
    expect(report.trouble).toMatch(why);
    expect(report.passed).toBe(0);
  });

  test("knows moult and moult/testing wherever the file lies, and keeps what tests print", async () => {
    const report = await run(`
import { defineTool, v } from "moult";
import { callTool } from "moult/testing";
const hi = defineTool({ description: "Hi", input: v.object({}), run: () => "hi" });
test("says hi", async () => { console.log("I was here"); expect(await callTool(hi, {})).toBe("hi"); });
`);
    expect(report).toMatchObject({ passed: 1, failures: [] });
    expect(report.printed.trim()).toBe("I was here");
  });

  const CHILD = (name: string) => `
const child = Bun.spawn(["sleep", "600"]);
require("node:fs").writeFileSync(${JSON.stringify("PID")}.replace("PID", "${name}"), String(child.pid));
test("hangs", async () => { for (;;); });
`;

  test("ends a file that never ends, with the processes it started", async () => {
    const pid = join(dir, "late.pid");
    const report = await run(CHILD(pid), { msMax: 700 });
    expect(report.trouble).toBe("The tests took longer than 0.7 s and were ended");
    await gone(await pidIn(pid));
  });

  test("ends at once when nobody waits any more, with the processes it started", async () => {
    const pid = join(dir, "aborted.pid");
    const abort = new AbortController();
    const going = running(CHILD(pid), { signal: abort.signal });
    const child = await pidIn(pid);
    abort.abort();
    expect(await going).toBeUndefined();
    await gone(child);
  });

  test("does not wait for a process that a test left running, and ends it", async () => {
    const pid = join(dir, "left.pid");
    const report = await run(CHILD(pid).replace("for (;;);", ""));
    expect(report.passed).toBe(1);
    await gone(await pidIn(pid));
  });

  test("leaves no folder behind", async () => {
    const { TMPDIR: before } = process.env;
    const empty = mkdtempSync(join(dir, "tmp-"));
    process.env["TMPDIR"] = empty;
    try {
      await run('test("a", () => {});');
      expect(readdirSync(empty)).toEqual([]);
    } finally {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
    }
  });
});
