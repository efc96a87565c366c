/** Several schemas that hold at once, as one. What can not be joined stays with one of them: the value is judged later. */
import { isRecord } from "../../../runtime/record.ts";
import type { JsonSchema } from "../../../schemas/function.ts";

type Joined = Record<string, unknown>;

const TYPES = ["null", "boolean", "object", "array", "number", "integer", "string"];
/** Alternatives of two schemas are multiplied up to this. */
const ALTERNATIVES_MAX = 64;

/** Values of this kind are joined by the larger, the smaller one, and so on. */
const JOINS: Readonly<Record<string, (one: unknown, other: unknown) => unknown>> = {
  minimum: larger,
  exclusiveMinimum: larger,
  minLength: larger,
  minItems: larger,
  minProperties: larger,
  maximum: smaller,
  exclusiveMaximum: smaller,
  maxLength: smaller,
  maxItems: smaller,
  maxProperties: smaller,
  type: commonTypes,
  enum: (one, other) => common(listOf(one), listOf(other)),
  required: (one, other) => [...new Set([...listOf(one), ...listOf(other)])],
  pattern: (one, other) => [...new Set([one, other].flat())],
  multipleOf: larger,
  items: mergedParts,
  propertyNames: mergedParts,
  anyOf: products,
  oneOf: products,
};

/** What fits both schemas, which refer to no other. Parts of them that meet are left as `allOf`. */
export function merged(one: JsonSchema, other: JsonSchema): JsonSchema {
  const joined: Joined = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const join = JOINS[key];
    if (!(key in one)) joined[key] = value;
    else if (join !== undefined) joined[key] = join(one[key], value);
    else if (key === "const" && !Bun.deepEquals(one[key], value)) joined["enum"] = [];
    else joined[key] = value;
  }
  const properties = mergedProperties(one, other);
  if (properties !== undefined) joined["properties"] = properties;
  const extra = mergedExtra(one, other);
  if (extra !== undefined) joined["additionalProperties"] = extra;
  return joined;
}

function mergedProperties(one: JsonSchema, other: JsonSchema): JsonSchema | undefined {
  const [first, second] = [one["properties"], other["properties"]];
  if (!isRecord(first) && !isRecord(second)) return undefined;
  const [mine, theirs] = [asRecord(first), asRecord(second)];
  const keys = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])];
  return Object.fromEntries(
    keys.map((key) => {
      // What the one does not name, its word for all others holds for.
      const parts = [
        mine[key] ?? one["additionalProperties"],
        theirs[key] ?? other["additionalProperties"],
      ];
      return [key, parts.reduce(mergedParts, true)];
    }),
  );
}

function mergedExtra(one: JsonSchema, other: JsonSchema): unknown {
  const [mine, theirs] = [one["additionalProperties"], other["additionalProperties"]];
  if (mine === undefined || theirs === undefined) return mine ?? theirs;
  return mergedParts(mine, theirs);
}

/** Two parts that may be `true`, `false` or schemas. */
function mergedParts(one: unknown, other: unknown): unknown {
  if (one === false || other === false) return false;
  if (!isRecord(one)) return other ?? true;
  return isRecord(other) ? { allOf: [one, other] } : one;
}

function products(one: unknown, other: unknown): unknown {
  const [mine, theirs] = [listOf(one), listOf(other)];
  if (mine.length * theirs.length > ALTERNATIVES_MAX) return mine;
  return mine.flatMap((a) => theirs.map((b) => mergedParts(a, b)));
}

function commonTypes(one: unknown, other: unknown): unknown {
  const [mine, theirs] = [[one].flat(), [other].flat()];
  const takes = (types: readonly unknown[], type: string): boolean =>
    types.includes(type) || (type === "integer" && types.includes("number"));
  return TYPES.filter((type) => takes(mine, type) && takes(theirs, type));
}

function common(one: readonly unknown[], other: readonly unknown[]): readonly unknown[] {
  const known = new Set(other.map(textOf));
  return one.filter((value) => known.has(textOf(value)));
}

/** The same for equal values, in whatever order their keys are. */
function textOf(value: unknown): string {
  const sorted = (_: string, part: unknown): unknown =>
    isRecord(part) ? Object.fromEntries(Object.entries(part).toSorted(byKey)) : part;
  return JSON.stringify(value, sorted);
}

function byKey([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

function larger(one: unknown, other: unknown): unknown {
  return Math.max(Number(one), Number(other));
}

function smaller(one: unknown, other: unknown): unknown {
  return Math.min(Number(one), Number(other));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function asRecord(value: unknown): JsonSchema {
  return isRecord(value) ? value : {};
}
