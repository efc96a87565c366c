import { expect, test } from "bun:test";
import { misfit } from "../../../../adapters/llama/gbnf/misfit.ts";

test.each<[unknown, object | boolean, string | undefined]>([
  [1, { type: "integer" }, undefined],
  [1.5, { type: "integer" }, "The value is no integer"],
  [3, { type: ["string", "null"] }, "The value is no string or null"],
  [5, { exclusiveMaximum: 5 }, "The value is 5 and out of bounds"],
  [5, { maximum: 5, exclusiveMaximum: true }, "The value is 5 and out of bounds"],
  [0.3, { multipleOf: 0.1 }, undefined],
  [0.35, { multipleOf: 0.1 }, "The value is no multiple of 0.1"],
  ["😀", { maxLength: 1 }, undefined],
  ["ab", { pattern: "^b" }, "The value does not match ^b"],
  ["ab", { pattern: "^(?=a)" }, undefined],
  ["bb", { pattern: "^(?=a)" }, "The value does not match ^(?=a)"],
  ["b", { pattern: "(" }, undefined],
  [[1, 1], { uniqueItems: true }, "The value has the same item twice"],
  [[1, "x"], { prefixItems: [{ type: "integer" }], items: { type: "null" } }, "`[1]` is no null"],
  [[1], { contains: { const: 2 } }, "The value has 0 items that it must have"],
  [{}, { required: ["a"] }, "`a` is missing"],
  [{ b: 1 }, { additionalProperties: false }, "`b` is not asked for"],
  [
    { a: { b: "x" } },
    { properties: { a: { properties: { b: { type: "null" } } } } },
    "`a.b` is no null",
  ],
  [{ ab: 1 }, { patternProperties: { "^a": { type: "string" } } }, "`ab` is no string"],
  [{ a: 1 }, { dependentRequired: { a: ["b"] } }, "`b` is missing"],
  [{ a: 1 }, JSON.parse('{"if":{"required":["a"]},"then":{"required":["b"]}}'), "`b` is missing"],
  [3, { not: { const: 3 } }, "The value is what it must not be"],
  [
    3,
    { oneOf: [{ type: "number" }, { type: "integer" }] },
    "The value does not fit one alternative alone",
  ],
  [3, { anyOf: [{ type: "null" }, false] }, "The value fits no alternative"],
  [3, { enum: [1, 2] }, "The value is none of the values that it may have"],
  [{ x: 1 }, { const: { x: 1 } }, undefined],
  [3, { $ref: "#/$defs/a~1b", $defs: { "a/b": { type: "null" } } }, "The value is no null"],
  [3, false, "The value is not asked for"],
  [3, true, undefined],
])("%p in %p: %p", (value, schema, expected) => {
  expect(misfit(value, schema)).toBe(expected);
});

test("a pattern that would take for ever is judged at once", () => {
  expect(misfit(`${"a".repeat(5_000)}!`, { pattern: "^(a+)+$" })).toBeDefined();
});

test("a schema that refers to itself without end ends", () => {
  expect(misfit(1, { $ref: "#" })).toBeUndefined();
});
