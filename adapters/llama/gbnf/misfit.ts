/**
 * Whether a value fits a JSON Schema (draft-07 and 2020-12), and what of it does not. For what no grammar can hold: where
 * one was followed there is seldom anything to find. Knows values only.
 */
import { patternAutomaton } from "./pattern.ts";
import { isRecord } from "../../../runtime/record.ts";
import type { JsonSchema } from "../../../schemas/function.ts";

/** Deeper values are not looked into, and longer ways of references not followed. */
const DEPTH_MAX = 64;
/** Schemas that refer to each other can ask for more than anybody can judge. */
const STEPS_MAX = 100_000;
/** Multiples of fractions are not exact. */
const MULTIPLE_ERROR = 1e-9;
/** A pattern that is no regular language may take long for a text longer than this. */
const ODD_TEXT_MAX = 1_000;

interface Place {
  readonly root: JsonSchema;
  /** For people: `items[2].name`; empty = the value itself. */
  readonly at: string;
  readonly depth: number;
  /** Counted over all of the value. */
  readonly spent: { steps: number };
}

/** What does not fit, the first such thing, for people; `undefined` = all does. */
export function misfit(value: unknown, schema: unknown, root?: JsonSchema): string | undefined {
  const top = root ?? (isRecord(schema) ? schema : {});
  return judge(value, schema, { root: top, at: "", depth: 0, spent: { steps: 0 } });
}

function judge(value: unknown, schema: unknown, place: Place): string | undefined {
  if (schema === false) return `${nameOf(place)} is not asked for`;
  if (!isRecord(schema) || place.depth > DEPTH_MAX) return undefined;
  if (++place.spent.steps > STEPS_MAX) return undefined;
  const deeper = { ...place, depth: place.depth + 1 };
  return (
    ofReference(value, schema, deeper) ??
    ofKind(value, schema, place) ??
    ofParts(value, schema, deeper) ??
    inside(value, schema, deeper)
  );
}

function ofReference(value: unknown, schema: JsonSchema, place: Place): string | undefined {
  const target = schema["$ref"] === undefined ? undefined : pointed(schema["$ref"], place.root);
  return target === undefined ? undefined : judge(value, target, place);
}

/** What a local reference points at; `undefined` = nothing. */
export function pointed(ref: unknown, root: JsonSchema): unknown {
  if (ref === "#") return root;
  if (typeof ref !== "string" || !ref.startsWith("#/")) return undefined;
  let found: unknown = root;
  for (const part of ref.slice(2).split("/")) {
    const key = decoded(part).replaceAll("~1", "/").replaceAll("~0", "~");
    const holder: unknown = found;
    found =
      typeof holder === "object" && holder !== null && Object.hasOwn(holder, key)
        ? (holder as Record<string, unknown>)[key]
        : undefined;
  }
  return found;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function ofKind(value: unknown, schema: JsonSchema, place: Place): string | undefined {
  const { type, enum: values } = schema;
  if ("const" in schema && !Bun.deepEquals(value, schema["const"]))
    return `${nameOf(place)} is not ${JSON.stringify(schema["const"])}`;
  if (Array.isArray(values) && !values.some((one) => Bun.deepEquals(one, value)))
    return `${nameOf(place)} is none of the values that it may have`;
  if (type !== undefined && ![type].flat().some((one) => isOfType(value, one)))
    return `${nameOf(place)} is no ${[type].flat().map(String).join(" or ")}`;
  return undefined;
}

function isOfType(value: unknown, type: unknown): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isRecord(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function ofParts(value: unknown, schema: JsonSchema, place: Place): string | undefined {
  const { allOf, anyOf, oneOf, not } = schema;
  const fits = (part: unknown): boolean => judge(value, part, place) === undefined;
  for (const part of listOf(allOf)) {
    const wrong = judge(value, part, place);
    if (wrong !== undefined) return wrong;
  }
  if (Array.isArray(anyOf) && !anyOf.some(fits)) return `${nameOf(place)} fits no alternative`;
  if (Array.isArray(oneOf) && oneOf.filter(fits).length !== 1)
    return `${nameOf(place)} does not fit one alternative alone`;
  if (not !== undefined && fits(not)) return `${nameOf(place)} is what it must not be`;
  if (schema["if"] === undefined) return undefined;
  return judge(value, fits(schema["if"]) ? schema["then"] : schema["else"], place);
}

function inside(value: unknown, schema: JsonSchema, place: Place): string | undefined {
  if (typeof value === "number") return ofNumber(value, schema, place);
  if (typeof value === "string") return ofText(value, schema, place);
  if (Array.isArray(value)) return ofList(value, schema, place);
  return isRecord(value) ? ofObject(value, schema, place) : undefined;
}

function ofNumber(value: number, schema: JsonSchema, place: Place): string | undefined {
  const { low, high, aboveLow, belowHigh } = boundsOf(schema);
  const isLow = aboveLow ? value <= low : value < low;
  if (isLow || (belowHigh ? value >= high : value > high))
    return `${nameOf(place)} is ${value} and out of bounds`;
  const step = schema["multipleOf"];
  if (typeof step !== "number" || step <= 0) return undefined;
  const times = value / step;
  const isMultiple =
    Math.abs(times - Math.round(times)) <= MULTIPLE_ERROR * Math.max(1, Math.abs(times));
  return isMultiple ? undefined : `${nameOf(place)} is no multiple of ${step}`;
}

/** The bounds of a number, in the words of draft-04 too, where `exclusiveMinimum` is a flag. */
export function boundsOf(schema: JsonSchema) {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const [min, above] = [numberOf(minimum) ?? -Infinity, numberOf(exclusiveMinimum) ?? -Infinity];
  const [max, below] = [numberOf(maximum) ?? Infinity, numberOf(exclusiveMaximum) ?? Infinity];
  return {
    low: Math.max(min, above),
    high: Math.min(max, below),
    aboveLow: exclusiveMinimum === true || above >= min,
    belowHigh: exclusiveMaximum === true || below <= max,
  };
}

function ofText(value: string, schema: JsonSchema, place: Place): string | undefined {
  const { minLength, maxLength, pattern } = schema;
  const length = Array.from(value).length;
  if (length < (numberOf(minLength) ?? 0) || length > (numberOf(maxLength) ?? Infinity))
    return `${nameOf(place)} has ${length} characters`;
  const patterns = [pattern].flat().filter((one): one is string => typeof one === "string");
  const wrong = patterns.find((one) => !matches(value, one));
  return wrong === undefined ? undefined : `${nameOf(place)} does not match ${wrong}`;
}

/** Whether a pattern finds something in a text. One that cannot be read finds it everywhere. */
function matches(text: string, pattern: string): boolean {
  // A regular one takes no longer than the text is long.
  const states = patternAutomaton(pattern);
  if (states === undefined) {
    try {
      return text.length > ODD_TEXT_MAX || RegExp(pattern, "u").test(text);
    } catch {
      return true;
    }
  }
  let at: number | undefined = states.length === 0 ? undefined : 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const edge = states[at ?? -1]?.edges.find(({ on }) =>
      on.some(([low, high]) => low <= code && code <= high),
    );
    at = edge?.to;
  }
  return states[at ?? -1]?.ends === true;
}

function ofList(value: readonly unknown[], schema: JsonSchema, place: Place): string | undefined {
  const { minItems, maxItems, uniqueItems } = schema;
  if (value.length < (numberOf(minItems) ?? 0) || value.length > (numberOf(maxItems) ?? Infinity))
    return `${nameOf(place)} has ${value.length} items`;
  const { prefix, rest } = itemsOf(schema);
  for (const [index, item] of value.entries()) {
    const part = index < prefix.length ? prefix[index] : rest;
    const wrong = judge(item, part, { ...place, at: `${place.at}[${index}]` });
    if (wrong !== undefined) return wrong;
  }
  if (uniqueItems === true && distinct(value).length < value.length)
    return `${nameOf(place)} has the same item twice`;
  return ofContained(value, schema, place);
}

function ofContained(
  value: readonly unknown[],
  { contains, minContains, maxContains }: JsonSchema,
  place: Place,
): string | undefined {
  if (contains === undefined) return undefined;
  const count = value.filter((item) => judge(item, contains, place) === undefined).length;
  const [min, max] = [numberOf(minContains) ?? 1, numberOf(maxContains)];
  return count < min || count > (max ?? Infinity)
    ? `${nameOf(place)} has ${count} items that it must have`
    : undefined;
}

/** Items by their place, and all others, in the words of both drafts. Absent = anything. */
export function itemsOf({ items, prefixItems, additionalItems }: JsonSchema) {
  const prefix = Array.isArray(prefixItems) ? prefixItems : Array.isArray(items) ? items : [];
  const rest: unknown = Array.isArray(items) ? additionalItems : items;
  return { prefix: prefix as readonly unknown[], rest };
}

/** Each value once, in order. */
export function distinct(values: readonly unknown[]): readonly unknown[] {
  const kept: unknown[] = [];
  for (const value of values) if (!kept.some((one) => Bun.deepEquals(one, value))) kept.push(value);
  return kept;
}

function ofObject(value: JsonSchema, schema: JsonSchema, place: Place): string | undefined {
  const keys = Object.keys(value);
  const required = listOf(schema["required"]).map(String);
  const missing = required.find((key) => !Object.hasOwn(value, key));
  if (missing !== undefined) return `${nameOf(inObject(place, missing))} is missing`;
  const { minProperties, maxProperties, propertyNames } = schema;
  if (
    keys.length < (numberOf(minProperties) ?? 0) ||
    keys.length > (numberOf(maxProperties) ?? Infinity)
  )
    return `${nameOf(place)} has ${keys.length} keys`;
  for (const key of keys) {
    const within = inObject(place, key);
    const named = propertyNames === undefined ? undefined : judge(key, propertyNames, within);
    const wrong = named ?? ofKey(value, key, schema, within);
    if (wrong !== undefined) return wrong;
  }
  return ofDependents(value, schema, place);
}

function ofKey(
  value: JsonSchema,
  key: string,
  schema: JsonSchema,
  place: Place,
): string | undefined {
  const { properties, patternProperties, additionalProperties } = schema;
  const own: unknown[] =
    isRecord(properties) && Object.hasOwn(properties, key) ? [properties[key]] : [];
  for (const [pattern, part] of Object.entries(
    isRecord(patternProperties) ? patternProperties : {},
  ))
    if (matches(key, pattern)) own.push(part);
  const parts = own.length === 0 ? [additionalProperties] : own;
  return parts.map((part) => judge(value[key], part, place)).find((wrong) => wrong !== undefined);
}

function ofDependents(value: JsonSchema, schema: JsonSchema, place: Place): string | undefined {
  for (const keyword of ["dependencies", "dependentRequired", "dependentSchemas"]) {
    const held = schema[keyword];
    for (const [key, part] of Object.entries(isRecord(held) ? held : {})) {
      if (!Object.hasOwn(value, key)) continue;
      const wrong = Array.isArray(part)
        ? judge(value, { required: part }, place)
        : judge(value, part, place);
      if (wrong !== undefined) return wrong;
    }
  }
  return undefined;
}

function inObject(place: Place, key: string): Place {
  return { ...place, at: place.at === "" ? key : `${place.at}.${key}` };
}

function nameOf({ at }: Place): string {
  return at === "" ? "The value" : `\`${at}\``;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
