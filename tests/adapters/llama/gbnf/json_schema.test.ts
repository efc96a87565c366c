import { expect, test } from "bun:test";
import { schemaRules } from "../../../../adapters/llama/gbnf/json_schema.ts";
import { misfit } from "../../../../adapters/llama/gbnf/misfit.ts";
import { type CheckedSchema, misfit as checked } from "../../../../bench/json_check.ts";
import { sampler } from "./samples.ts";

const STYLE = { lines: true, nulls: false };
const DRAWN = 60;

/** The same numbers every time. */
function dice(): () => number {
  let seed = 11;
  return () => {
    seed = (seed * 1_103_515_245 + 12_345) & 0x7f_ff_ff_ff;
    return seed / 0x80_00_00_00;
  };
}

function draw(schema: unknown, style = STYLE): readonly string[] {
  const rules = schemaRules(schema, "root", style);
  if (rules === undefined) throw new Error("Nothing fits");
  const next = sampler(rules, dice());
  return Array.from({ length: DRAWN }, () => next("root"));
}

const TREE = {
  type: "object",
  properties: {
    n: { type: "integer" },
    kids: { type: "array", items: { $ref: "#/$defs/Tree" }, maxItems: 2 },
  },
  required: ["n", "kids"],
};

test.each<[string, object]>([
  ["an integer between bounds", { type: "integer", minimum: 0, maximum: 23 }],
  ["a negative integer", { type: "integer", minimum: -117, maximum: -3 }],
  [
    "an integer below a bound that it must not be",
    { type: "integer", minimum: 100, exclusiveMaximum: 10_000 },
  ],
  ["a number between bounds", { type: "number", minimum: -1e6, maximum: 1e6 }],
  [
    "a number above zero and below one",
    { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 },
  ],
  ["a number with bounds in fractions", { type: "number", minimum: 0.125, maximum: 99.5 }],
  ["a very small number", { type: "number", minimum: 1e-9, maximum: 2e-9 }],
  ["a very large number", { type: "number", minimum: 1e21 }],
  ["a multiple", { type: "integer", multipleOf: 7 }],
  ["a multiple of a fraction", { type: "number", multipleOf: 0.25, minimum: -10, maximum: 10 }],
  [
    "few multiples between bounds",
    { type: "integer", multipleOf: 500, minimum: 0, maximum: 9_000 },
  ],
  ["any number", { type: "number" }],
  ["a short text", { type: "string", maxLength: 24 }],
  ["no text", { type: "string", maxLength: 0 }],
  ["a long text", { type: "string", minLength: 70, maxLength: 400 }],
  ["a text of a pattern", { type: "string", pattern: "^[A-Z]{2}-\\d{3,5}$" }],
  [
    "a pattern that may be anywhere, and a length",
    { type: "string", pattern: "fo+|^b[ae]r$", maxLength: 12 },
  ],
  ["a pattern with quotes and backslashes", { type: "string", pattern: '^[^/\\s]+\\\\(x|y"z)$' }],
  ["a pattern of letters", { type: "string", pattern: "^\\p{Lu}\\p{Ll}+$" }],
  ["two patterns", { type: "string", allOf: [{ pattern: "^a" }, { pattern: "z$" }], maxLength: 6 }],
  [
    "a day",
    { type: "string", format: "date", pattern: "^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$" },
  ],
  ["an address", { type: "string", format: "email", pattern: "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$" }],
  [
    "values of all kinds",
    { enum: ["a", 'b"\\', 1, null, true, { a: [1] }, "é", "\0", "日本", "\ud800"] },
  ],
  ["values of which some are of the wrong type", { type: "string", enum: ["a", 1] }],
  ["a constant object", { const: { x: [1, null] } }],
  [
    "a list",
    { type: "array", items: { type: "integer", minimum: 1, maximum: 3 }, minItems: 1, maxItems: 3 },
  ],
  ["an empty list", { type: "array", items: { type: "string" }, maxItems: 0 }],
  ["a long list", { type: "array", items: { type: "null" }, minItems: 70, maxItems: 300 }],
  [
    "a tuple",
    {
      type: "array",
      prefixItems: [{ type: "string", maxLength: 3 }, { type: "integer" }],
      items: false,
    },
  ],
  [
    "a tuple of the old draft",
    { type: "array", items: [{ type: "boolean" }], additionalItems: false },
  ],
  [
    "a closed object",
    {
      type: "object",
      properties: { a: { type: "integer" }, b: { type: "null" }, c: { type: "boolean" } },
      required: ["b"],
      additionalProperties: false,
    },
  ],
  [
    "an object that must not be empty",
    {
      type: "object",
      properties: { a: { type: "integer" }, b: { type: "null" } },
      minProperties: 1,
      additionalProperties: false,
    },
  ],
  [
    "other keys beside known ones",
    {
      type: "object",
      properties: { a: { type: "integer" }, ab: { type: "boolean" } },
      additionalProperties: { type: "string", maxLength: 3 },
    },
  ],
  [
    "keys of a pattern",
    {
      type: "object",
      patternProperties: { "^x-[a-z]{1,5}$": { type: "number" } },
      additionalProperties: false,
    },
  ],
  [
    "keys with a length",
    {
      type: "object",
      propertyNames: { minLength: 1, maxLength: 3 },
      additionalProperties: { type: "null" },
    },
  ],
  [
    "a key that only `required` names",
    { type: "object", required: ["q"], additionalProperties: { type: "boolean" } },
  ],
  ["an object that has no keys", { type: "object", additionalProperties: false }],
  ["alternatives", { anyOf: [{ type: "string", maxLength: 2 }, { type: "integer" }] }],
  [
    "alternatives that share something",
    {
      type: "object",
      properties: { k: { type: "string" } },
      required: ["k"],
      anyOf: [
        { properties: { k: { const: "a" }, v: { type: "integer" } }, required: ["v"] },
        { properties: { k: { const: "b" } } },
      ],
    },
  ],
  [
    "one of several objects",
    {
      oneOf: [
        { type: "object", properties: { t: { const: "x" } }, required: ["t"] },
        {
          type: "object",
          properties: { t: { const: "y" }, z: { type: "number" } },
          required: ["t", "z"],
        },
      ],
    },
  ],
  [
    "all of several",
    {
      allOf: [
        { type: "object", properties: { a: { type: "integer", minimum: 3 } }, required: ["a"] },
        {
          properties: { a: { type: "integer", maximum: 9 }, b: { type: "boolean" } },
          required: ["b"],
        },
      ],
    },
  ],
  [
    "several types with bounds",
    { type: ["string", "integer", "null"], maxLength: 2, minimum: 5, maximum: 7 },
  ],
  ["what refers to itself", { $defs: { Tree: TREE }, $ref: "#/$defs/Tree" }],
  [
    "a reference with something beside it",
    {
      $defs: { S: { type: "string", minLength: 2 } },
      type: "object",
      properties: { a: { $ref: "#/$defs/S", maxLength: 3 } },
      required: ["a"],
    },
  ],
  ["any object", { type: "object" }],
  ["anything", {}],
])("%s is all that its grammar allows", (_, schema) => {
  for (const text of draw(schema)) {
    expect([text, misfit(JSON.parse(text), schema)]).toEqual([text, undefined]);
    expect(text).not.toContain("\n\n\n");
  }
});

test("another judge agrees", () => {
  const text: CheckedSchema = { type: "string", minLength: 1, maxLength: 9 };
  const schema: CheckedSchema = {
    type: "object",
    properties: {
      a: { type: "number", minimum: -3.5, maximum: 12 },
      b: { type: "array", items: text, minItems: 1, maxItems: 4 },
      c: { anyOf: [{ enum: ["x", "é"] }, { type: "null" }] },
    },
    required: ["b"],
    additionalProperties: false,
  };
  for (const one of draw(schema)) expect(checked(JSON.parse(one), schema)).toBeUndefined();
});

test("keys that may be left out may be null where they were shown so, and no others", () => {
  const schema = {
    type: "object",
    properties: { a: { type: "integer" }, b: { type: "integer" } },
    required: ["a"],
  };
  const values = draw(schema, { lines: false, nulls: true }).map((text): unknown =>
    JSON.parse(text),
  );
  expect(values).toContainEqual({ a: expect.any(Number), b: null });
  expect(values).not.toContainEqual(expect.objectContaining({ a: null }));
});

test("objects and lists of anything have anything in them", () => {
  const kinds = draw({ type: "array" }).flatMap((text): readonly unknown[] => JSON.parse(text));
  expect(new Set(kinds.map((one) => (one === null ? "null" : typeof one))).size).toBe(5);
  const keys = draw({ type: "object" }).flatMap((text) => Object.keys(JSON.parse(text)));
  expect(keys).not.toBeEmpty();
  const schema = { type: "object", properties: { ab: {} }, additionalProperties: true };
  const others = draw(schema).flatMap((text) => Object.keys(JSON.parse(text)));
  expect(others.filter((key) => key !== "ab")).not.toBeEmpty();
});

test("without lines there are none, and never two spaces", () => {
  const schema = { type: "array", items: { type: "object", required: ["a"] } };
  for (const text of draw(schema, { lines: false, nulls: false }).map(withoutTexts))
    expect(text).not.toMatch(/\n|\t|[^{[] {2}/);
});

function withoutTexts(json: string): string {
  return json.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
}

test.each<[string, object | boolean]>([
  ["false", false],
  ["bounds that cross", { type: "integer", minimum: 5, maximum: 4 }],
  ["a bound between two integers", { type: "integer", exclusiveMinimum: 4, exclusiveMaximum: 5 }],
  ["types that nothing has", { allOf: [{ type: "string" }, { type: "integer" }] }],
  [
    "an object that must hold itself",
    { type: "object", properties: { a: { $ref: "#" } }, required: ["a"] },
  ],
  ["a pattern that no text of its length has", { type: "string", pattern: "^abc$", maxLength: 2 }],
])("nothing fits %s", (_, schema) => {
  expect(schemaRules(schema, "root", STYLE)).toBeUndefined();
});

test("what nothing fits is left out where it may be", () => {
  const schema = {
    type: "object",
    properties: { a: { enum: [] }, b: { type: "null" } },
    required: ["b"],
  };
  for (const text of draw(schema)) expect(JSON.parse(text)).toEqual({ b: null });
  expect(new Set(draw({ anyOf: [false, { const: 1 }] }))).toEqual(new Set(["1"]));
});

test("a schema may refer to itself in circles", () => {
  expect(schemaRules({ $ref: "#" }, "root", STYLE)).toBeUndefined();
  expect(schemaRules({ allOf: [{ $ref: "#" }, { type: "null" }] }, "root", STYLE)).toBeDefined();
  expect(schemaRules({ anyOf: [{ $ref: "#" }, { type: "null" }] }, "root", STYLE)).toBeDefined();
});

test("a schema that grows without end is refused", () => {
  const layer = (depth: number): object => ({
    type: "object",
    anyOf: Array.from({ length: 8 }, () => (depth === 0 ? { type: "object" } : layer(depth - 1))),
  });
  expect(() => schemaRules(layer(5), "root", STYLE)).toThrow(/too large/);
  const both = { allOf: [{ $ref: "#/$defs/a" }, { $ref: "#/$defs/b" }] };
  const circles = { $ref: "#/$defs/a", $defs: { a: both, b: both } };
  expect(() => schemaRules(circles, "root", STYLE)).toThrow(/too large/);
  expect(misfit(1, circles)).toBeUndefined();
});
