import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkLines } from "../../cli/check_lines.ts";
import type { Checked } from "../../cli/checks.ts";
import { differences } from "../../cli/differences.ts";
import type { Tried } from "../../runtime/load/examples.ts";
import { temporary } from "../temporary.ts";

const tests = (more: Partial<NonNullable<Checked["tests"]>> = {}) => ({
  file: "/nowhere/greet.test.ts",
  cwd: "/nowhere",
  passed: 2,
  failures: [],
  printed: "",
  ms: 5,
  ...more,
});
const examples = (...tried: Tried[]) => ({ version: "1", tried, withheld: [] });
const passed: Tried = { say: "a", input: {}, passed: true };
const shown = (checked: Partial<Checked>): string =>
  checkLines({ name: "greet", ms: 12.3, ...checked }).join("\n");

describe("checkLines()", () => {
  test.each([
    [{ tests: tests() }, "  ✓ greet: 2 tests pass (12 ms)"],
    [{ tests: tests({ passed: 1 }) }, "  ✓ greet: 1 test passes (12 ms)"],
    [{ examples: examples(passed) }, "  ✓ greet: 1 example passes (12 ms)"],
    [
      { examples: examples(passed), tests: tests() },
      "  ✓ greet: 1 example and 2 tests pass (12 ms)",
    ],
  ])("says in one line that all is well", (checked, line) => {
    expect(shown(checked)).toBe(line);
  });

  test("shows what tests printed, and no more than fits", () => {
    const printed = Array.from({ length: 50 }, (_, i) => `line ${i}`).join("\n");
    const lines = shown({ tests: tests({ printed }) }).split("\n");
    expect(lines).toHaveLength(11);
    expect(lines[9]).toBe("  │ line 49");
  });

  test("of long values, only where they differ", () => {
    const items = Array.from({ length: 60 }, (_, n) => ({ n, price: n * 2 }));
    const expected = { items };
    const got = { items: items.with(41, { n: 41, price: 1 }) };
    const tried = { say: "a", input: {}, passed: false, expected, got };
    expect(shown({ examples: examples(passed, tried) })).toBe(
      [
        '  ✗ example "a"',
        "      input     {}",
        "      at        items[41].price",
        "      expected  82",
        "      got       1",
        "  ✗ greet: 1 of 2 examples failed (12 ms)",
      ].join("\n"),
    );
  });

  test.each([
    ["Expected: 1\nReceived: 2", ["expected  1", "got       2"]],
    ['Expected to contain: "x"\nReceived: "y"', ['expected  to contain "x"', 'got       "y"']],
    [
      '  {\n-   "a": 1,\n+   "a": 2,\n  }\n\n- Expected  - 1\n+ Received  + 1',
      ['expected  "a": 1', 'got       "a": 2'],
    ],
    [
      "  [\n-   1,\n-   2,\n+   3,\n  ]\n\n- Expected  - 2\n+ Received  + 1",
      ["- expected  + got", "  [", "-   1,", "-   2,", "+   3,", "  ]"],
    ],
    ["Expected promise that rejects", ["Expected promise that rejects"]],
  ])("reads what a matcher says: %p", (said, lines) => {
    const message = `expect(received).toBe(expected)\n\n${said}`;
    const text = shown({ tests: tests({ failures: [{ name: "is", message }] }) });
    expect(text).toBe(
      [
        "  ✗ test is  greet.test.ts",
        "      expect(received).toBe(expected)",
        ...lines.map((line) => `      ${line}`),
        "  ✗ greet: 1 of 3 tests failed (12 ms)",
      ].join("\n"),
    );
  });

  test("shows the line of code, when it can be read", () => {
    using folder = temporary();
    writeFileSync(join(folder.path, "greet.test.ts"), "one\n  expect(1).toBe(2);\n");
    const message = "expect(received).toBe(expected)\n\nExpected: 2\nReceived: 1";
    const failure = { name: "is", message, at: "greet.test.ts:2:3" };
    const text = shown({ tests: tests({ cwd: folder.path, failures: [failure] }) });
    expect(text).toContain("greet.test.ts:2\n      expect(1).toBe(2);\n      expected  2");
  });

  test("a file that broke is not well, whatever passed", () => {
    const text = shown({ tests: tests({ trouble: "error: oh no" }) });
    expect(text).toContain("  ✗ greet.test.ts\n      error: oh no");
    expect(text).toContain("  ✗ greet: 2 tests pass, the test file broke (12 ms)");
  });
});

describe("differences()", () => {
  test("names at most five places, by path", () => {
    expect(differences({ a: 1, b: [1, { c: 2 }] }, { a: 1, b: [1, { c: 3 }] })).toEqual([
      { path: "b[1].c", expected: 2, got: 3 },
    ]);
    expect(differences([1], { 0: 1 })).toEqual([{ path: "", expected: [1], got: { 0: 1 } }]);
    expect(differences({ a: 1 }, {})).toEqual([{ path: "a", expected: 1, got: undefined }]);
    const many = Array.from({ length: 100 }, (_, n) => n);
    expect(differences(many, [])).toHaveLength(5);
  });
});
