import { expect, test } from "bun:test";
import {
  fullArguments,
  grammarSchema,
  hasParameters,
  shownSchema,
} from "../../../adapters/llama/tool_schema.ts";
import { tidyArguments } from "../../../adapters/llama/tidy.ts";

/** One property's schema as the grammar gets it. */
function grammarOf(schema: object, required = true, root: object = {}): unknown {
  const converted = grammarSchema({
    ...root,
    type: "object",
    properties: { x: schema },
    required: required ? ["x"] : [],
  });
  return (converted["properties"] as Record<string, unknown>)["x"];
}

test.each<[string, object, unknown]>([
  ["a string", { type: "string", minLength: 1, pattern: "^a" }, { type: "string" }],
  ["a number", { type: "number", minimum: 0 }, { type: "number" }],
  ["an integer", { type: "integer" }, { type: "number" }],
  ["an enum", { enum: ["a", "b", 1, null] }, { enum: ["a", "b", 1, null] }],
  ["an enum with NUL", { enum: ["a", "b\0"] }, { enum: ["a"] }],
  ["an enum of nothing writable", { enum: ["\0"] }, { type: ["string", "number", "boolean"] }],
  ["a constant", { const: "on" }, { enum: ["on"] }],
  ["several types", { type: ["string", "integer"] }, { type: ["string", "number"] }],
  [
    "anyOf scalars",
    { anyOf: [{ type: "string" }, { type: "null" }] },
    { type: ["string", "null"] },
  ],
  ["oneOf constants", { oneOf: [{ const: "a" }, { const: "b" }] }, { enum: ["a", "b"] }],
  ["an enum or null", { anyOf: [{ enum: ["a"] }, { type: "null" }] }, { enum: ["a", null] }],
  [
    "an object or a string",
    { anyOf: [{ type: "object", properties: {} }, { type: "string" }] },
    { oneOf: [{ type: "object", properties: {} }, { type: "string" }] },
  ],
  ["an open object", { type: "object" }, { type: "object", additionalProperties: true }],
  [
    "a record",
    { type: "object", additionalProperties: { type: "number" } },
    { type: "object", additionalProperties: { type: "number" } },
  ],
  [
    "a list",
    { type: "array", items: { type: "string" }, maxItems: 3 },
    { type: "array", items: { type: "string" }, maxItems: 3 },
  ],
  [
    "a long list",
    { type: "array", items: { type: "string" }, maxItems: 5_000 },
    { type: "array", items: { type: "string" } },
  ],
  [
    "a tuple",
    { type: "array", items: [{ type: "string" }, { type: "number" }] },
    {
      type: "array",
      prefixItems: [{ type: "string" }, { type: "number" }],
      minItems: 2,
      maxItems: 2,
    },
  ],
  ["nothing said", {}, { type: ["string", "number", "boolean"] }],
  ["a reference to nowhere", { $ref: "#/$defs/none" }, { type: ["string", "number", "boolean"] }],
])("the grammar of %s", (_, schema, expected) => {
  expect(grammarOf(schema)).toEqual(expected);
});

test("an optional value may be null, and only then", () => {
  expect(grammarOf({ type: "string" }, false)).toEqual({ type: ["string", "null"] });
  expect(grammarOf({ enum: ["a"] }, false)).toEqual({ enum: ["a", null] });
});

test("references are followed, and one to itself ends", () => {
  const root = {
    $defs: {
      Tree: {
        type: "object",
        properties: { kids: { type: "array", items: { $ref: "#/$defs/Tree" } } },
      },
    },
  };
  expect(JSON.stringify(grammarOf({ $ref: "#/$defs/Tree" }, true, root)).length).toBeLessThan(
    2_000,
  );
});

test("allOf is merged", () => {
  const schema = {
    allOf: [
      { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
      { properties: { b: { type: "number" } } },
    ],
  };
  expect(grammarOf(schema)).toEqual({
    type: "object",
    properties: { a: { type: "string" }, b: { type: ["number", "null"] } },
  });
});

test("copied values replace free strings and numbers, not enums", () => {
  const schema = {
    type: "object",
    properties: { s: { type: "string" }, n: { type: "integer" }, e: { enum: ["on"] } },
    required: ["s", "e"],
  };
  expect(grammarSchema(schema, { strings: ["Oslo"], numbers: [7] })["properties"]).toEqual({
    s: { enum: ["Oslo"] },
    n: { enum: [7, null] },
    e: { enum: ["on"] },
  });
});

test("what is shown keeps its hints and does not depend on the message", () => {
  const schema = {
    type: "object",
    properties: { when: { type: "string", format: "date", description: "The day" } },
  };
  expect(shownSchema(schema)["properties"]).toEqual({
    when: { type: ["string", "null"], format: "date", description: "The day" },
  });
});

test("tidyArguments() drops nulls of optional keys at every depth and keeps those that are meant", () => {
  const schema = {
    type: "object",
    properties: {
      a: { type: "string" },
      b: { type: ["string", "null"] },
      c: {
        type: "object",
        properties: { d: { type: "string" }, e: { type: "string" } },
        required: ["e"],
      },
      l: { type: "array", items: { type: "object", properties: { x: { type: "string" } } } },
    },
    required: ["b"],
  };
  const value = { a: null, b: null, c: { d: null, e: "e" }, l: [{ x: null }] };
  expect(tidyArguments(value, schema)).toEqual({ b: null, c: { e: "e" }, l: [{}] });
});

test.each([
  [3.7, 3],
  [-3.7, -3],
  [1e300, Number.MAX_SAFE_INTEGER],
  [Number.NEGATIVE_INFINITY, Number.MIN_SAFE_INTEGER],
])("an integer of %p becomes %p", (written, whole) => {
  const schema = { type: "object", properties: { n: { type: "integer" } }, required: ["n"] };
  expect(tidyArguments({ n: written }, schema)).toEqual({ n: whole });
});

test("fullArguments() writes every key in order, null where there was nothing", () => {
  const schema = { type: "object", properties: { a: {}, b: {}, c: {} } };
  expect(JSON.stringify(fullArguments({ c: 1, a: 2 }, schema))).toBe('{"a":2,"b":null,"c":1}');
});

test("hasParameters() is false only for an object without properties", () => {
  expect(hasParameters({ type: "object", properties: {} })).toBe(false);
  expect(hasParameters({ type: "object", properties: { a: {} } })).toBe(true);
  expect(hasParameters({ type: "object" })).toBe(true);
});

test("a model is shown a few thousand parts of a schema, however many a few references mean", () => {
  const ref = (n: number) => ({ $ref: `#/$defs/${n}` });
  const $defs: Record<number, object> = { 0: { type: "string" } };
  for (let n = 1; n <= 8; n++) {
    const keys = Array.from({ length: 50 }, (_, key) => [`k${key}`, ref(n - 1)]);
    $defs[n] = { type: "object", properties: Object.fromEntries(keys), required: [] };
  }
  const schema = { type: "object", $defs, properties: { all: ref(8) } };
  expect(JSON.stringify(shownSchema(schema)).length).toBeLessThan(2_000_000);
});
