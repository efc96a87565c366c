/**
 * Whether a value fits a JSON Schema, for the keywords that the benches use. A judge of its own: what makes the values is
 * not to say itself whether they are right.
 */

type SchemaType = "object" | "array" | "string" | "number" | "integer" | "boolean" | "null";

/** A schema; unknown keywords are refused, so that none is believed to be checked. */
export interface CheckedSchema {
  readonly type?: SchemaType | readonly SchemaType[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly CheckedSchema[];
  readonly oneOf?: readonly CheckedSchema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, CheckedSchema>>;
  readonly properties?: Readonly<Record<string, CheckedSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false | CheckedSchema;
  readonly prefixItems?: readonly CheckedSchema[];
  readonly items?: false | CheckedSchema;
  readonly uniqueItems?: boolean;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** What does not fit, the first such thing; `undefined` when all does. */
export function misfit(value: unknown, schema: CheckedSchema): string | undefined {
  return new Judge(schema.$defs ?? {}).judge(value, schema, "$");
}

class Judge {
  readonly #named: Readonly<Record<string, CheckedSchema>>;

  constructor(named: Readonly<Record<string, CheckedSchema>>) {
    this.#named = named;
  }

  judge(value: unknown, schema: CheckedSchema, at: string): string | undefined {
    const named =
      schema.$ref === undefined ? undefined : this.#named[schema.$ref.slice("#/$defs/".length)];
    if (schema.$ref !== undefined && named === undefined) return `${at}: no such schema`;
    const wrong = named === undefined ? undefined : this.judge(value, named, at);
    return wrong ?? this.#kind(value, schema, at) ?? this.#inside(value, schema, at);
  }

  #kind(value: unknown, schema: CheckedSchema, at: string): string | undefined {
    const { anyOf, oneOf, type } = schema;
    const fits = (one: CheckedSchema): boolean => this.judge(value, one, at) === undefined;
    if (anyOf !== undefined && !anyOf.some(fits)) return `${at}: none of ${anyOf.length} fits`;
    if (oneOf !== undefined && oneOf.filter(fits).length !== 1)
      return `${at}: not one of ${oneOf.length} fits`;
    if ("const" in schema && value !== schema.const) return `${at}: not ${String(schema.const)}`;
    if (schema.enum !== undefined && !schema.enum.includes(value)) return `${at}: not in the list`;
    const types = [type ?? []].flat();
    if (types.length > 0 && !types.some((one) => typeOf(value, one) === one))
      return `${at}: no ${types.join(" or ")}`;
    return undefined;
  }

  #inside(value: unknown, schema: CheckedSchema, at: string): string | undefined {
    if (typeof value === "string") return misfitOfText(value, schema, at);
    if (typeof value === "number") return misfitOfNumber(value, schema, at);
    if (Array.isArray(value)) return this.#list(value, schema, at);
    if (typeof value === "object" && value !== null) return this.#object(value, schema, at);
    return undefined;
  }

  #list(list: readonly unknown[], schema: CheckedSchema, at: string): string | undefined {
    const { items, prefixItems = [], minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema;
    if (list.length < minItems || list.length > maxItems) return `${at}: ${list.length} items`;
    const texts = list.map((item) => JSON.stringify(item));
    if (schema.uniqueItems === true && new Set(texts).size < texts.length)
      return `${at}: the same item twice`;
    const found = list.map((item, index) => {
      const of = prefixItems[index] ?? items;
      if (of === false) return `${at}[${index}]: nobody asked for it`;
      return of === undefined ? undefined : this.judge(item, of, `${at}[${index}]`);
    });
    return found.find((one) => one !== undefined);
  }

  #object(object: object, schema: CheckedSchema, at: string): string | undefined {
    const { properties = {}, additionalProperties } = schema;
    const wrongKeys = misfitOfKeys(object, schema, at);
    if (wrongKeys !== undefined) return wrongKeys;
    for (const [key, value] of Object.entries(object)) {
      const of = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
      if (of === false) return `${at}.${key}: nobody asked for it`;
      const wrong = of === undefined ? undefined : this.judge(value, of, `${at}.${key}`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }
}

function misfitOfKeys(object: object, schema: CheckedSchema, at: string): string | undefined {
  const { required = [], minProperties = 0, maxProperties = Number.POSITIVE_INFINITY } = schema;
  const missing = required.find((key) => !Object.hasOwn(object, key));
  if (missing !== undefined) return `${at}.${missing}: missing`;
  const { length } = Object.keys(object);
  return length < minProperties || length > maxProperties ? `${at}: ${length} keys` : undefined;
}

/** The type of a value; of whole numbers the one that is asked for. */
function typeOf(value: unknown, wanted: string): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (wanted === "integer" && Number.isSafeInteger(value)) return "integer";
  return typeof value;
}

function misfitOfText(text: string, schema: CheckedSchema, at: string): string | undefined {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern } = schema;
  // JSON Schema counts code points.
  const { length } = Array.from(text);
  if (length < minLength || length > maxLength) return `${at}: ${length} characters`;
  const fits = pattern === undefined || RegExp(pattern, "u").test(text);
  return fits ? undefined : `${at}: ${JSON.stringify(text)} does not match`;
}

function misfitOfNumber(value: number, schema: CheckedSchema, at: string): string | undefined {
  const { minimum = -Infinity, maximum = Infinity, multipleOf } = schema;
  const { exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity } = schema;
  const fits =
    value >= minimum && value <= maximum && value > exclusiveMinimum && value < exclusiveMaximum;
  if (!fits) return `${at}: ${value} is out of range`;
  return multipleOf === undefined || Number.isInteger(value / multipleOf)
    ? undefined
    : `${at}: ${value} is no multiple`;
}
