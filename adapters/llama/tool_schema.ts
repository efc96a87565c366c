/**
 * JSON Schema → what node-llama-cpp understands of it. Two views of one schema: what any model is shown, and what a small
 * one can write, with values to choose among; what others can write is `gbnf/`'s.
 *
 * The library ignores `required` and knows few keywords. So an optional value may be null here and a null is dropped
 * afterwards (`tidy.ts`); what it does not know becomes looser, and the function's own schema checks it later.
 */
import type { Narrowed } from "./narrow.ts";
import type { Copyable } from "./spans.ts";
import { isRecord } from "../../runtime/record.ts";
import type { JsonSchema } from "../../schemas/function.ts";

/** A schema in the generator's dialect. */
export type Grammar = { readonly [keyword: string]: unknown };

/** Nesting beyond this, and what refers to itself, becomes "anything". */
const DEPTH_MAX = 8;
/** Parts of parts are merged so deep: what refers to itself several times grows fast. */
const MERGED_DEPTH_MAX = 3;
/** The grammar is expanded per item: a longer bound costs more than it says. */
const ITEMS_COUNTED_MAX = 16;
/** Parts of one schema, those that it refers to several times several times: more than any prompt holds. */
const PARTS_MAX = 5_000;
/** Keywords that help a model to choose a value but that no grammar can hold. */
const HINTS = ["description", "format", "pattern", "minimum", "maximum", "default"] as const;
/** Written unescaped into the grammar, and NUL ends it. */
// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff]/u;

const SCALAR: Grammar = { type: ["string", "number", "boolean"] };
const NULL: Grammar = { type: "null" };
const ANY_OBJECT: Grammar = { type: "object", additionalProperties: true };

/** What the model is shown: hints kept, optional values nullable. */
export function shownSchema(schema: JsonSchema): Grammar {
  return new View(schema, true, undefined).object(schema, 0);
}

/**
 * What the model can write. With `copyable`, free strings and numbers are among those; with `narrowed`, the arguments at
 * the top are what it says.
 */
export function grammarSchema(
  schema: JsonSchema,
  copyable?: Copyable,
  narrowed?: (key: string) => Narrowed | undefined,
): Grammar {
  return new View(schema, false, copyable).object(schema, 0, narrowed);
}

/** Whether the tool takes any input at all. */
export function hasParameters(schema: JsonSchema): boolean {
  const properties = resolved(schema, schema)["properties"];
  return !isRecord(properties) || Object.keys(properties).length > 0;
}

class View {
  readonly #root: JsonSchema;
  readonly #shown: boolean;
  readonly #copyable: Copyable | undefined;
  readonly #parts = { left: PARTS_MAX };

  constructor(root: JsonSchema, shown: boolean, copyable: Copyable | undefined) {
    this.#root = root;
    this.#shown = shown;
    this.#copyable = copyable;
  }

  convert(unresolved: unknown, depth: number): Grammar {
    if (!isRecord(unresolved)) return SCALAR;
    if (this.#parts.left-- <= 0 || depth > DEPTH_MAX) return ANY_OBJECT;
    const schema = resolved(unresolved, this.#root, this.#parts);
    const grammar = this.#shape(schema, depth);
    return this.#shown ? { ...grammar, ...hintsOf(schema) } : grammar;
  }

  object(
    unresolved: JsonSchema,
    depth: number,
    narrowed?: (key: string) => Narrowed | undefined,
  ): Grammar {
    const schema = resolved(unresolved, this.#root, this.#parts);
    const properties = schema["properties"];
    const extra = schema["additionalProperties"];
    if (!isRecord(properties))
      return {
        type: "object",
        additionalProperties: isRecord(extra) ? this.convert(extra, depth + 1) : true,
      };
    const required = requiredOf(schema);
    const converted: Record<string, Grammar> = {};
    for (const [key, value] of Object.entries(properties)) {
      if (this.#parts.left <= 0) break;
      if (UNWRITABLE.test(key)) continue;
      const own = narrowed?.(key);
      const grammar = own === undefined ? this.convert(value, depth + 1) : valuesOf(own);
      const given = required.has(key) || own?.certain === true;
      converted[key] = given ? grammar : nullable(grammar);
    }
    return { type: "object", properties: converted };
  }

  #shape(schema: JsonSchema, depth: number): Grammar {
    if ("const" in schema) return enumOf([schema["const"]]);
    const { enum: values, anyOf, oneOf, type } = schema;
    if (Array.isArray(values)) return enumOf(values);
    const alternatives = Array.isArray(anyOf) ? anyOf : oneOf;
    if (Array.isArray(alternatives))
      return unite(alternatives.map((one: unknown) => this.convert(one, depth + 1)));
    if (Array.isArray(type))
      return unite(type.map((one: unknown) => this.#typed(String(one), schema, depth)));
    return this.#typed(typeof type === "string" ? type : guessType(schema), schema, depth);
  }

  #typed(type: string, schema: JsonSchema, depth: number): Grammar {
    switch (type) {
      case "object":
        return this.object(schema, depth);
      case "array":
        return this.#array(schema, depth);
      case "string":
        return enumOrType(this.#copyable?.strings, type);
      case "number":
        return enumOrType(this.#copyable?.numbers, type);
      case "integer":
        // The generator's integers may have exponents, and its own check then refuses them: see `tidy.ts`.
        return enumOrType(this.#copyable?.numbers, this.#shown ? type : "number");
      case "boolean":
      case "null":
        return { type };
      default:
        return SCALAR;
    }
  }

  #array(schema: JsonSchema, depth: number): Grammar {
    const { items, prefixItems, minItems, maxItems } = schema;
    const tuple = Array.isArray(prefixItems) ? prefixItems : items;
    if (Array.isArray(tuple)) {
      const converted = tuple.map((item: unknown) => this.convert(item, depth + 1));
      return {
        type: "array",
        prefixItems: converted,
        minItems: tuple.length,
        maxItems: tuple.length,
      };
    }
    const counted = typeof maxItems === "number" && maxItems <= ITEMS_COUNTED_MAX;
    const atLeast = typeof minItems === "number" ? Math.min(minItems, ITEMS_COUNTED_MAX) : 0;
    return {
      type: "array",
      items: this.convert(items ?? {}, depth + 1),
      ...(atLeast > 0 ? { minItems: atLeast } : {}),
      ...(counted ? { maxItems: Math.max(maxItems, atLeast) } : {}),
    };
  }
}

function valuesOf({ values }: Narrowed): Grammar {
  return values.length === 0 ? NULL : enumOf(values);
}

function enumOrType(values: readonly (string | number)[] | undefined, type: string): Grammar {
  return values === undefined ? { type } : { enum: values };
}

function enumOf(values: readonly unknown[]): Grammar {
  const writable = values.filter((value) => isScalar(value) && !UNWRITABLE.test(String(value)));
  return writable.length === 0 ? SCALAR : { enum: [...new Set(writable)] };
}

/** One grammar for several: types and enums are joined, the rest are alternatives. */
function unite(all: readonly Grammar[]): Grammar {
  const enums = all.filter((one) => "enum" in one).flatMap((one) => one["enum"] as unknown[]);
  const types = all.filter(isBasic).flatMap((one) => one["type"]);
  const rest = all.filter((one) => !("enum" in one) && !isBasic(one));
  const parts: Grammar[] = [...rest];
  if (types.length > 0) {
    const distinct = [...new Set(types)];
    parts.push({ type: distinct.length === 1 ? distinct[0] : distinct });
  }
  if (enums.length > 0) parts.push({ enum: [...new Set(enums)] });
  const [only] = parts;
  if (only === undefined) return SCALAR;
  if (parts.length === 1) return only;
  const nulls = types.length === 1 && types[0] === "null" && enums.length > 0 && rest.length === 0;
  return nulls ? { enum: [...new Set([...enums, null])] } : { oneOf: parts };
}

function nullable(grammar: Grammar): Grammar {
  const { description, ...rest } = grammar;
  const united = unite([rest, NULL]);
  const hints = Object.fromEntries(Object.entries(rest).filter(([key]) => isHint(key)));
  return description === undefined ? { ...united, ...hints } : { ...united, ...hints, description };
}

function isBasic(grammar: Grammar): boolean {
  const type = grammar["type"];
  return Array.isArray(type) || (type !== undefined && type !== "object" && type !== "array");
}

function isHint(key: string): boolean {
  return (HINTS as readonly string[]).includes(key);
}

function hintsOf(schema: JsonSchema): Grammar {
  return Object.fromEntries(
    Object.entries(schema).filter(([key, value]) => isHint(key) && isScalar(value)),
  );
}

function guessType(schema: JsonSchema): string {
  if ("properties" in schema || "additionalProperties" in schema) return "object";
  return "items" in schema || "prefixItems" in schema ? "array" : "any";
}

/** Follows a local `$ref` and merges `allOf`, in a simple way. What can not be resolved becomes an open schema. */
export function resolved(
  schema: JsonSchema,
  root: JsonSchema,
  parts = { left: PARTS_MAX },
  depth = 0,
): JsonSchema {
  let target = schema;
  for (let hops = 0; typeof target["$ref"] === "string"; hops++) {
    const next = lookUp(target["$ref"], root);
    if (next === undefined || hops > DEPTH_MAX) return {};
    target = next;
  }
  const { allOf, ...own } = target;
  if (!Array.isArray(allOf)) return target;
  if (depth > MERGED_DEPTH_MAX || parts.left-- <= 0) return own;
  const merged: Record<string, unknown> = { ...own };
  const required = new Set(requiredOf(own));
  for (const part of allOf.slice(0, ITEMS_COUNTED_MAX).filter(isRecord)) {
    const inner = resolved(part, root, parts, depth + 1);
    const properties = { ...asObject(merged["properties"]), ...asObject(inner["properties"]) };
    Object.assign(merged, inner, Object.keys(properties).length > 0 ? { properties } : {});
    for (const key of requiredOf(inner)) required.add(key);
  }
  return { ...merged, required: [...required] };
}

function lookUp(ref: string, root: JsonSchema): JsonSchema | undefined {
  if (ref === "#") return root;
  if (!ref.startsWith("#/")) return undefined;
  let found: unknown = root;
  for (const key of ref.slice(2).split("/"))
    found = isRecord(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  return isRecord(found) ? found : undefined;
}

/** The arguments as the model itself would have written them: every key in order, null where there was nothing. */
export function fullArguments(value: unknown, schema: JsonSchema): unknown {
  const properties = resolved(schema, schema)["properties"];
  if (!isRecord(properties) || !isRecord(value)) return value;
  const ordered = Object.keys(properties).map((key) => [key, value[key] ?? null]);
  return { ...Object.fromEntries(ordered), ...value };
}

/** Keys that an object must have. */
export function requiredOf(schema: JsonSchema): ReadonlySet<string> {
  const required = schema["required"];
  return new Set(Array.isArray(required) ? required.map(String) : []);
}

function isScalar(value: unknown): boolean {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

/** The value, if it has keys; nothing otherwise. */
export function asObject(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}
