/** Turns the JSON Schema of a function into the dialect of OpenAPI 3.0. Knows no route and no function. */
import { isRecord } from "../../runtime/record.ts";
import type { JsonSchema } from "../../schemas/function.ts";

const isText = (value: unknown): boolean => typeof value === "string";
const isFlag = (value: unknown): boolean => typeof value === "boolean";
const isNumber = (value: unknown): boolean => Number.isFinite(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
/** 3.0 takes no empty lists here. */
const isList = (value: unknown): boolean => Array.isArray(value) && value.length > 0;
const isNames = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every(isText);

/** Keywords that mean the same in both, and what they may hold; all others are translated or left out. */
const SAME: Readonly<Record<string, (value: unknown) => boolean>> = {
  title: isText,
  description: isText,
  default: () => true,
  enum: isList,
  format: isText,
  pattern: isText,
  minLength: isCount,
  maxLength: isCount,
  minimum: isNumber,
  maximum: isNumber,
  multipleOf: (value) => isNumber(value) && Number(value) > 0,
  minItems: isCount,
  maxItems: isCount,
  uniqueItems: isFlag,
  minProperties: isCount,
  maxProperties: isCount,
  required: isNames,
  readOnly: isFlag,
  writeOnly: isFlag,
  deprecated: isFlag,
  nullable: isFlag,
};
const TYPES = new Set<unknown>(["string", "number", "integer", "boolean", "array", "object"]);
/** Deeper schemas become "anything": nobody reads them, and a hostile one must not cost a stack. */
const DEPTH_MAX = 32;

/** A translated schema, and the named parts that it refers to. */
export interface Translated {
  readonly schema: JsonSchema;
  /** For `components.schemas`. */
  readonly parts: Readonly<Record<string, JsonSchema>>;
}

/** Translates `schema`; parts that it names get `prefix` before their name, so that no two functions share one. */
export function toOpenApi(schema: JsonSchema, prefix: string): Translated {
  const parts: Record<string, JsonSchema> = {};
  const names = new Map<string, string>();
  for (const holder of ["definitions", "$defs"]) {
    for (const name of Object.keys(asObject(schema[holder]) ?? {})) {
      names.set(`#/${holder}/${name}`, `${prefix}.${name.replaceAll(/[^A-Za-z0-9._-]/g, "_")}`);
    }
  }
  names.set("#", prefix);
  const translator = new Translator(names);
  for (const [pointer, name] of names) {
    const [, holder, part] = pointer.split("/", 3);
    const found = holder === undefined ? schema : asObject(schema[holder])?.[part ?? ""];
    if (pointer !== "#") parts[name] = translator.translate(found, 0);
  }
  const root = translator.translate(schema, 0);
  if (!translator.refersToRoot) return { schema: root, parts };
  parts[prefix] = root;
  return { schema: { $ref: `#/components/schemas/${prefix}` }, parts };
}

class Translator {
  readonly #names: ReadonlyMap<string, string>;
  refersToRoot = false;

  constructor(names: ReadonlyMap<string, string>) {
    this.#names = names;
  }

  translate(given: unknown, depth: number): JsonSchema {
    if (given === false) return { not: {} };
    const schema = asObject(given);
    if (!schema || depth > DEPTH_MAX) return {};
    if (typeof schema["$ref"] === "string") return this.#reference(schema["$ref"]);
    const out: Record<string, unknown> = {};
    for (const [keyword, value] of Object.entries(schema)) {
      if (SAME[keyword]?.(value) === true) out[keyword] = value;
    }
    this.#typeOf(schema, out);
    this.#bounds(schema, out);
    this.#children(schema, out, depth + 1);
    if ("const" in schema) out["enum"] = [schema["const"]];
    if (Array.isArray(schema["examples"])) out["example"] = schema["examples"][0];
    return out;
  }

  #reference(pointer: string): JsonSchema {
    const name = this.#names.get(pointer);
    if (pointer === "#") this.refersToRoot = true;
    return name === undefined ? {} : { $ref: `#/components/schemas/${name}` };
  }

  /** 3.0 has no `null` type and no lists of types. */
  #typeOf(schema: JsonSchema, out: Record<string, unknown>): void {
    const types = [schema["type"]].flat();
    const others = types.filter((type) => TYPES.has(type));
    const hasNull = types.includes("null");
    if (hasNull) out["nullable"] = true;
    if (others.length === 1) out["type"] = others[0];
    else if (others.length > 1) out["anyOf"] = others.map((type) => ({ type }));
    else if (hasNull) out["enum"] = [null];
  }

  /** 3.0 has the exclusive bounds of draft 4: flags beside the inclusive ones. */
  #bounds(schema: JsonSchema, out: Record<string, unknown>): void {
    for (const [exclusive, inclusive] of [
      ["exclusiveMinimum", "minimum"],
      ["exclusiveMaximum", "maximum"],
    ] as const) {
      const bound = schema[exclusive];
      if (typeof bound === "number") out[inclusive] = bound;
      if (typeof bound === "number" || bound === true) out[exclusive] = true;
    }
  }

  #children(schema: JsonSchema, out: Record<string, unknown>, depth: number): void {
    const all = (list: readonly unknown[]): JsonSchema[] =>
      list.map((item) => this.translate(item, depth));
    const properties = asObject(schema["properties"]);
    if (properties) {
      out["properties"] = Object.fromEntries(
        Object.entries(properties).map(([name, item]) => [name, this.translate(item, depth)]),
      );
    }
    const rest = schema["additionalProperties"];
    if (rest !== undefined) {
      out["additionalProperties"] = typeof rest === "boolean" ? rest : this.translate(rest, depth);
    }
    if (schema["not"] !== undefined) out["not"] = this.translate(schema["not"], depth);
    this.#items(schema, out, all);
    for (const keyword of ["allOf", "anyOf", "oneOf"] as const) {
      const choices = schema[keyword];
      if (!Array.isArray(choices)) continue;
      const real = choices.filter((choice) => asObject(choice)?.["type"] !== "null");
      if (real.length < choices.length) out["nullable"] = true;
      const [only, ...more] = all(real);
      if (only && more.length === 0 && !("$ref" in only)) Object.assign(out, only, nullable(out));
      else if (only) out[keyword] = [only, ...more];
    }
  }

  /** 3.0 has no tuples: a list of items becomes "one of these", with the tuple's length. */
  #items(
    schema: JsonSchema,
    out: Record<string, unknown>,
    all: (list: readonly unknown[]) => JsonSchema[],
  ): void {
    const items = schema["items"];
    const tuple = Array.isArray(items) ? items : schema["prefixItems"];
    if (Array.isArray(tuple)) {
      out["items"] = { anyOf: all(tuple) };
      out["minItems"] ??= tuple.length;
      if (schema["additionalItems"] === false || items === false) out["maxItems"] ??= tuple.length;
    } else if (items !== undefined) {
      out["items"] = all([items])[0];
    } else if (out["type"] === "array") {
      out["items"] = {};
    }
  }
}

function nullable(out: Record<string, unknown>): object {
  return out["nullable"] === true ? { nullable: true } : {};
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return isRecord(value) ? value : undefined;
}
