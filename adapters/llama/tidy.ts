/** Generated JSON → what its schema meant by it, where that is certain. Knows values and schemas, and no model. */
import { distinct, itemsOf, misfit } from "./gbnf/misfit.ts";
import { asObject, requiredOf, resolved } from "./tool_schema.ts";
import { isRecord } from "../../runtime/record.ts";
import type { JsonSchema } from "../../schemas/function.ts";

/** Deeper values stay as they are. */
const DEPTH_MAX = 16;
/** Alternatives of alternatives are tried in few layers: what refers to itself several times grows fast. */
const ALTERNATIVE_DEPTH = 6;

/**
 * What the schema meant: nulls of optional keys dropped, the same item only once where items must differ, integers whole
 * and within what JSON can hold.
 */
export function tidyArguments(
  value: unknown,
  schema: unknown,
  root?: JsonSchema,
  depth = 0,
): unknown {
  if (!isRecord(schema) || depth > DEPTH_MAX) return value;
  const top = root ?? schema;
  const meant = alternativeFor(value, resolved(schema, top), top, depth);
  const tidy = (inner: unknown, of: unknown): unknown => tidyArguments(inner, of, top, depth + 1);
  if (typeof value === "number") return tidyNumber(value, meant);
  if (Array.isArray(value)) {
    const { prefix, rest } = itemsOf(meant);
    const items = value.map((item: unknown, at) =>
      tidy(item, at < prefix.length ? prefix[at] : rest),
    );
    return meant["uniqueItems"] === true ? distinct(items) : items;
  }
  if (!isRecord(value)) return value;
  const properties = asObject(meant["properties"]);
  const required = requiredOf(meant);
  const isMeant = (key: string): boolean => required.has(key) || !Object.hasOwn(properties, key);
  const kept = Object.entries(value).filter(([key, item]) => item !== null || isMeant(key));
  return Object.fromEntries(
    kept.map(([key, item]) => [key, tidy(item, properties[key] ?? meant["additionalProperties"])]),
  );
}

function tidyNumber(value: number, { type }: JsonSchema): number {
  const limit = Number.MAX_SAFE_INTEGER;
  const isInteger = type === "integer" || (Array.isArray(type) && type.includes("integer"));
  if (isInteger) return Math.trunc(Math.max(-limit, Math.min(limit, value)));
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
}

/** Of several alternatives the only real one beside null, or the first that the value fits once it is tidied. */
function alternativeFor(
  value: unknown,
  schema: JsonSchema,
  root: JsonSchema,
  depth: number,
): JsonSchema {
  const { anyOf, oneOf, ...own } = schema;
  const all = anyOf ?? oneOf;
  if (!Array.isArray(all)) return schema;
  const real = all
    .filter((one: unknown): one is JsonSchema => isRecord(one) && one["type"] !== "null")
    .map((one) => resolved({ allOf: [own, one] }, root));
  if (real.length === 1) return real[0] ?? schema;
  if (typeof value !== "object") return schema;
  const fits = (one: JsonSchema): boolean =>
    misfit(tidyArguments(value, one, root, depth + ALTERNATIVE_DEPTH), one, root) === undefined;
  return real.find(fits) ?? schema;
}
