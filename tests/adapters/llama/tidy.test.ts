import { expect, test } from "bun:test";
import { tidyArguments } from "../../../adapters/llama/tidy.ts";

const KEYS = { type: "object", properties: { a: { type: "string" } } };

test.each<[string, unknown, object, unknown]>([
  ["the same item twice", [1, 2, 1], { type: "array", uniqueItems: true }, [1, 2]],
  ["the same item where it may be", [1, 1], { type: "array" }, [1, 1]],
  ["nulls in a tuple", [{ a: null }], { prefixItems: [KEYS] }, [{}]],
  ["nulls under other keys", { x: { a: null } }, { additionalProperties: KEYS }, { x: {} }],
  ["a null that is another key's value", { x: null }, { additionalProperties: true }, { x: null }],
  [
    "nulls in the alternative that fits",
    { t: "y", a: null },
    {
      oneOf: [
        { ...KEYS, required: ["a"] },
        { ...KEYS, required: ["t"] },
      ],
    },
    { t: "y" },
  ],
])("%s", (_, value, schema, expected) => {
  expect(tidyArguments(value, schema)).toEqual(expected);
});

test("a schema that refers to itself without end ends", () => {
  const schema = { allOf: [{ $ref: "#" }], properties: { a: { type: "string" } } };
  expect(tidyArguments({ a: null }, schema)).toEqual({});
});

test("alternatives that refer to each other without end end", () => {
  const part = { anyOf: [{ $ref: "#" }, { $ref: "#" }, { type: "null" }] };
  expect(tidyArguments({ a: 1 }, { ...part })).toEqual({ a: 1 });
});
