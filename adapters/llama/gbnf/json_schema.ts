/**
 * JSON Schema → a grammar of the JSON texts that fit it. What no grammar can hold is written more loosely, and is judged
 * afterwards (`misfit.ts`): other multiples, items that must differ, patterns that look around, conditions.
 */
import { all, any, EMPTY, maybe, NEVER, type Node, Rules } from "./grammar.ts";
import { merged } from "./merge.ts";
import { boundsOf, itemsOf, misfit, pointed } from "./misfit.ts";
import { numberNode } from "./numbers.ts";
import { otherKeyNode, textNode } from "./texts.ts";
import { isRecord } from "../../../runtime/record.ts";
import type { JsonSchema } from "../../../schemas/function.ts";

/** How the JSON may be written. */
export interface Style {
  /** Over several lines, with indents. Otherwise in one, with single spaces. */
  readonly lines: boolean;
  /** A key that may be left out may also be null, whatever its schema says. */
  readonly nulls: boolean;
}

/** Ways of references, and of schemas within schemas that are joined, which lead deeper than this are open. */
const DEPTH_MAX = 48;
/** A schema that needs more rules than this is nobody's. */
const RULES_MAX = 30_000;
/** Values of all its lists of them. Each is a way that is followed at once, token by token. */
const VALUES_MAX = 4_000;
/**
 * Milliseconds that its rules may take. A few lines can mean a million schemas (references to references, joined), and
 * while they are read nobody else is answered. A schema that people write takes a hundredth of it.
 */
const WORK_MS_MAX = 2_000;
const JOINED_MAX = 20_000;

const TYPES = ["object", "array", "string", "number", "boolean", "null"] as const;
/** What speaks of one type only. */
const SPEAKS: Readonly<Record<string, readonly string[]>> = {
  object: ["properties", "required", "additionalProperties", "patternProperties", "propertyNames"],
  array: ["items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"],
  string: ["minLength", "maxLength", "pattern", "format"],
  number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
};
/** Do not change what fits. */
const NOTES = new Set(["title", "description", "default", "examples", "$comment", "deprecated"]);

const SPACE: Node = maybe({ text: " " });

/**
 * Rules for the texts that fit; the one of `name` is where they begin. `undefined` = nothing fits.
 *
 * @throws {RangeError} the schema is too large
 */
export function schemaRules(
  schema: unknown,
  name: string,
  style: Style,
): ReadonlyMap<string, string> | undefined {
  const rules = new Rules();
  const root = isRecord(schema) ? schema : {};
  return rules.written(new Writer(root, rules, style).value(schema, 0), name);
}

class Writer {
  readonly #root: JsonSchema;
  readonly #rules: Rules;
  readonly #style: Style;
  /** Rules of what is referred to, some still being made. */
  readonly #references = new Map<string, string>();
  readonly #gap: Node;
  readonly #endsAt = performance.now() + WORK_MS_MAX;
  #values = 0;
  #joined = 0;
  #open: Node | undefined;

  constructor(root: JsonSchema, rules: Rules, style: Style) {
    this.#root = root;
    this.#rules = rules;
    this.#style = style;
    const indent: Node = {
      times: {
        chars: [
          [0x09, 0x09],
          [0x20, 0x20],
        ],
      },
      min: 0,
      max: 24,
    };
    const line = all({ text: "\n" }, indent);
    this.#gap = style.lines ? rules.set(any(EMPTY, { text: " " }, line)) : SPACE;
  }

  value(schema: unknown, depth: number): Node {
    if (schema === false) return NEVER;
    if (!isRecord(schema) || depth > DEPTH_MAX) return this.#anything();
    this.#check();
    const { $ref: ref, ...own } = schema;
    if (
      typeof ref !== "string" ||
      Object.keys(own).some((key) => !NOTES.has(key) && !isHolder(key))
    )
      return this.#rules.set(this.#shape(this.#resolved(schema, depth), depth + 1));
    const known = this.#references.get(ref);
    if (known !== undefined) return { rule: known };
    const name = this.#rules.name();
    this.#references.set(ref, name);
    return this.#rules.set(this.value(pointed(ref, this.#root), depth + 1), name);
  }

  /** With what it refers to and what else has to hold in it. */
  #resolved(schema: JsonSchema, depth: number): JsonSchema {
    const { $ref: ref, allOf, ...own } = schema;
    this.#joined++;
    this.#check();
    if (depth > DEPTH_MAX) return own;
    const target = ref === undefined ? undefined : pointed(ref, this.#root);
    const parts = [target, ...(Array.isArray(allOf) ? (allOf as unknown[]) : [])];
    if (parts.includes(false)) return { enum: [] };
    return parts
      .filter(isRecord)
      .map((part) => this.#resolved(part, depth + 1))
      .reduce(merged, own);
  }

  #shape(schema: JsonSchema, depth: number): Node {
    const { anyOf, oneOf, ...own } = schema;
    const values = valuesOf(schema);
    if (values !== undefined) return this.#listed(values, schema);
    if (Array.isArray(anyOf))
      return this.#alternatives(anyOf, oneOf === undefined ? own : { ...own, oneOf }, depth);
    if (Array.isArray(oneOf)) return this.#alternatives(oneOf, own, depth);
    const types = typesOf(schema);
    if (types === undefined) return this.#anything();
    return any(...types.map((type) => this.#typed(type, schema, depth)));
  }

  /** Those of the values that fit everything else that is said of them. */
  #listed(values: readonly unknown[], schema: JsonSchema): Node {
    const { const: _const, enum: _enum, ...others } = schema;
    this.#values += values.length;
    const fitting = values.filter((one) => {
      this.#check();
      return misfit(one, others, this.#root) === undefined;
    });
    return any(...fitting.map((one) => ({ text: JSON.stringify(one) })));
  }

  /** Throws when it has become too much. */
  #check(): void {
    const isLarge = this.#rules.size > RULES_MAX || this.#values > VALUES_MAX;
    if (isLarge || this.#joined > JOINED_MAX || performance.now() > this.#endsAt)
      throw new RangeError("The schema is too large for a grammar");
  }

  #alternatives(parts: readonly unknown[], own: JsonSchema, depth: number): Node {
    const isPlain = Object.keys(own).every((key) => NOTES.has(key) || isHolder(key));
    return any(
      ...parts.map((part) => {
        if (isPlain || part === false) return this.value(part, depth);
        const joined = isRecord(part) ? merged(own, this.#resolved(part, depth)) : own;
        return this.value(joined, depth);
      }),
    );
  }

  #typed(type: unknown, schema: JsonSchema, depth: number): Node {
    switch (type) {
      case "object":
        return this.#object(schema, depth);
      case "array":
        return this.#array(schema, depth);
      case "string":
        return this.#text(schema);
      case "number":
      case "integer":
        return this.#number(schema, type === "integer");
      case "boolean":
        return any({ text: "true" }, { text: "false" });
      case "null":
        return { text: "null" };
      default:
        return NEVER;
    }
  }

  #number(schema: JsonSchema, integer: boolean): Node {
    const { low, high, aboveLow, belowHigh } = boundsOf(schema);
    const multipleOf = schema["multipleOf"];
    return numberNode(
      {
        integer,
        min: Number.isFinite(low) ? low : undefined,
        max: Number.isFinite(high) ? high : undefined,
        aboveMin: aboveLow,
        belowMax: belowHigh,
        multipleOf: typeof multipleOf === "number" ? multipleOf : undefined,
      },
      this.#rules,
    );
  }

  #text({ minLength, maxLength, pattern, format }: JsonSchema): Node {
    this.#check();
    return textNode(
      {
        minLength: countOf(minLength) ?? 0,
        maxLength: countOf(maxLength),
        patterns: [pattern].flat().filter((one): one is string => typeof one === "string"),
        format: typeof format === "string" ? format : undefined,
      },
      this.#rules,
    );
  }

  #array(schema: JsonSchema, depth: number): Node {
    const { prefix } = itemsOf(schema);
    const [min, max] = [countOf(schema["minItems"]) ?? 0, countOf(schema["maxItems"])];
    const first = prefix.slice(0, max).map((item) => this.value(item, depth + 1));
    if (max === 0) return this.#enclosed("[", EMPTY, "]");
    const item = this.#others(schema, depth);
    const comma = all({ text: "," }, this.#gap);
    const more = this.#rules.set(all(comma, item));
    // One of those that come first needs no comma.
    const others = (before: number): Node =>
      this.#rules.repeated(more, Math.max(min - before, 0), max === undefined ? max : max - before);
    if (first.length > 0) {
      const listed = first.flatMap((one, index) => (index === 0 ? [one] : [comma, one]));
      return this.#enclosed("[", all(...listed, others(first.length)), "]");
    }
    const some = all(item, others(1));
    return this.#enclosed("[", min === 0 ? maybe(some) : some, "]");
  }

  /** An item that has no place of its own. Beyond those that have, only what somebody asked for. */
  #others(schema: JsonSchema, depth: number): Node {
    const { prefix, rest = true } = itemsOf(schema);
    const isAsked =
      itemsOf(schema).rest !== undefined || (countOf(schema["minItems"]) ?? 0) > prefix.length;
    return prefix.length === 0 || isAsked ? this.value(rest, depth + 1) : NEVER;
  }

  #object(schema: JsonSchema, depth: number): Node {
    const required = new Set(listOf(schema["required"]).map(String));
    const properties = isRecord(schema["properties"]) ? schema["properties"] : {};
    const others = this.#pairs(schema, Object.keys(properties), depth);
    const keys = [...new Set([...Object.keys(properties), ...required])];
    const [min, max] = [countOf(schema["minProperties"]) ?? 0, countOf(schema["maxProperties"])];
    if (keys.length === 0) return this.#enclosed("{", this.#map(others, min, max), "}");
    const comma = all({ text: "," }, this.#gap);
    // From the end: what may follow once something was written, and before.
    let after = others === NEVER ? EMPTY : this.#rules.set({ times: all(comma, others), min: 0 });
    let before = min > 0 ? NEVER : EMPTY;
    if (others !== NEVER) before = any(before, all(others, after));
    for (const key of keys.toReversed()) {
      const part = Object.hasOwn(properties, key)
        ? properties[key]
        : schema["additionalProperties"];
      const isRequired = required.has(key);
      const pair = this.#pair(key, part, !isRequired, depth);
      const [followed, began] = [all(comma, pair, after), all(pair, after)];
      before = this.#rules.set(isRequired ? began : any(began, before));
      after = this.#rules.set(isRequired ? followed : any(followed, after));
    }
    return this.#enclosed("{", before, "}");
  }

  #pair(key: string, part: unknown, isOptional: boolean, depth: number): Node {
    const value = this.value(part ?? true, depth + 1);
    const nullable = isOptional && this.#style.nulls && part !== false;
    const written = nullable ? any(value, { text: "null" }) : value;
    return this.#rules.set(all({ text: `${JSON.stringify(key)}:` }, SPACE, written));
  }

  /** A key and a value that no name was given to; never, where such are not asked for. */
  #pairs(schema: JsonSchema, names: readonly string[], depth: number): Node {
    const { additionalProperties: extra, patternProperties, propertyNames } = schema;
    const pair = (key: Node, part: unknown): Node =>
      this.#rules.set(all(key, { text: ":" }, SPACE, this.value(part ?? true, depth + 1)));
    const [pattern, ...patterns] = Object.entries(asObject(patternProperties));
    if (pattern !== undefined) {
      // Of several patterns, which one key may match at once, only the named keys are written.
      if (patterns.length > 0 || names.length > 0) return NEVER;
      return pair(this.#text({ pattern: [pattern[0], ...keyPatterns(propertyNames)] }), pattern[1]);
    }
    const isAsked = extra === undefined ? names.length === 0 : extra !== false;
    if (!isAsked) return NEVER;
    if (isRecord(propertyNames) && names.length === 0)
      return pair(this.value({ ...propertyNames, type: "string" }, depth + 1), extra);
    return pair(otherKeyNode(names, this.#rules), extra);
  }

  #map(pair: Node, min: number, max: number | undefined): Node {
    if (max === 0) return min === 0 ? EMPTY : NEVER;
    const more = this.#rules.set(all({ text: "," }, this.#gap, pair));
    const some = all(
      pair,
      this.#rules.repeated(more, Math.max(min - 1, 0), max === undefined ? undefined : max - 1),
    );
    return min === 0 ? maybe(some) : some;
  }

  #enclosed(open: string, inner: Node, close: string): Node {
    return all({ text: open }, this.#gap, inner, this.#gap, { text: close });
  }

  /** Any JSON value. */
  #anything(): Node {
    if (this.#open !== undefined) return this.#open;
    const name = this.#rules.name();
    this.#open = { rule: name };
    const nodes = TYPES.map((type) => this.#typed(type, {}, DEPTH_MAX));
    return this.#rules.set(any(...nodes), name);
  }
}

/** What is only held for others to refer to. */
function isHolder(key: string): boolean {
  return key === "$defs" || key === "definitions" || key === "$schema" || key === "$id";
}

/** The values that a schema lists; `undefined` = it lists none. */
function valuesOf(schema: JsonSchema): readonly unknown[] | undefined {
  const { enum: listed } = schema;
  if (!("const" in schema)) return Array.isArray(listed) ? listed : undefined;
  const isListed =
    !Array.isArray(listed) || listed.some((one) => Bun.deepEquals(one, schema["const"]));
  return isListed ? [schema["const"]] : [];
}

/** The types that a value may have; `undefined` = any. */
function typesOf(schema: JsonSchema): readonly unknown[] | undefined {
  const { type } = schema;
  if (type !== undefined) return [type].flat();
  const spoken = Object.entries(SPEAKS).filter(([, words]) => words.some((word) => word in schema));
  return spoken.length === 0 ? undefined : spoken.map(([one]) => one);
}

function keyPatterns(propertyNames: unknown): readonly unknown[] {
  return isRecord(propertyNames) ? [propertyNames["pattern"]].flat() : [];
}

function countOf(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 ? Math.floor(value) : undefined;
}

function asObject(value: unknown): JsonSchema {
  return isRecord(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
