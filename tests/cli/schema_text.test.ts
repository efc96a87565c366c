/** How `moult describe` shows what a function takes and gives. */
import { expect, test } from "bun:test";
import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { schemaText } from "../../cli/schema_text.ts";

test.each([
  [v.object({ sides: v.optional(v.number(), 6) }), "{ sides?: number = 6 }"],
  [v.object({ to: v.pipe(v.number(), v.integer(), v.minValue(1)) }), "{ to: number }"],
  [v.object({ unit: v.picklist(["km", "mi"]) }), '{ unit: "km" | "mi" }'],
  [v.array(v.union([v.string(), v.null()])), "(string | null)[]"],
  [v.array(v.object({ a: v.boolean() })), "{ a: boolean }[]"],
  [v.record(v.string(), v.number()), "{ [name]: number }"],
  [v.object({}), "{}"],
  [v.string(), "string"],
  [v.unknown(), "unknown"],
  [v.literal(3), "3"],
])("a schema reads as a type does: %#", (schema, text) => {
  expect(schemaText(toJsonSchema(schema))).toBe(text);
});

test("what is no schema, and one without end, are bounded", () => {
  expect(schemaText(undefined)).toBe("unknown");
  expect(schemaText({ anyOf: 3 })).toBe("unknown");
  const loop: Record<string, unknown> = { type: "array" };
  loop["items"] = loop;
  expect(schemaText(loop)).toBe("…[][][][][][][]");
});
