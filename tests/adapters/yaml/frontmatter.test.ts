/** YAML that a stranger wrote: plain data, within bounds, or the place of the mistake. */
import { describe, expect, test } from "bun:test";
import { parseYaml } from "../../../adapters/yaml/frontmatter.ts";

describe("parseYaml()", () => {
  test("gives plain data", () => {
    const text = "a: 1\nb: [x, 'y']\nc:\n  d: >-\n    two\n    lines\nwhen: 2026-03-09";
    const value = { a: 1, b: ["x", "y"], c: { d: "two lines" }, when: "2026-03-09" };
    expect(parseYaml(text)).toEqual({ value });
    expect(parseYaml("")).toEqual({ value: null });
  });

  test("says where a mistake is, in one line and without repeating the place", () => {
    expect(parseYaml("a: 1\nb: x: y")).toEqual({
      problem: "Nested mappings are not allowed in compact mappings",
      line: 2,
      column: 4,
    });
  });

  test("the last of equal keys counts, and keys of all objects are keys like others", () => {
    expect(parseYaml("a: 1\na: 2")).toEqual({ value: { a: 2 } });
    const parsed = parseYaml("__proto__: { polluted: yes }\nconstructor: 1");
    expect(Object.keys("value" in parsed ? (parsed.value as object) : {})).toEqual([
      "__proto__",
      "constructor",
    ]);
    expect("polluted" in {}).toBeFalse();
  });

  test.each([
    ["aliases that multiply", `a: &a [1,1,1]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b]`, "alias"],
    ["an alias of nothing", "a: *b", "alias"],
    ["depth without end", `a: ${"[".repeat(10_000)}`, "stack"],
    ["too much of it", `a: ${"x".repeat(20_000)}`, "more than 16384 characters"],
    ["two documents", "a: 1\n---\nb: 2", "multiple documents"],
    ["lists as keys", "? [a, b]\n: c", "keys must be strings"],
  ])("refuses %s", (_what, text, because) => {
    const parsed = parseYaml(text);
    expect("problem" in parsed ? parsed.problem : "").toContain(because);
  });
});
