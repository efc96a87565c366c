/**
 * Whether a value fits a JSON Schema, for the keywords that the benches use. A judge of its own: what makes the values is
 * not to say itself whether they are right.
 */

/** A schema; unknown keywords are refused, so that none is believed to be checked. */
export interface CheckedSchema {
  readonly type?: "object" | "array" | "string" | "number" | "integer" | "boolean" | "null";
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly CheckedSchema[];
  readonly properties?: Readonly<Record<string, CheckedSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  readonly items?: CheckedSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** What does not fit, the first such thing; `undefined` when all does. */
export function misfit(value: unknown, schema: CheckedSchema, at = "$"): string | undefined {
  return misfitOfKind(value, schema, at) ?? misfitInside(value, schema, at);
}

function misfitOfKind(value: unknown, schema: CheckedSchema, at: string): string | undefined {
  const { anyOf, type } = schema;
  if (anyOf !== undefined && !anyOf.some((one) => misfit(value, one, at) === undefined))
    return `${at}: none of ${anyOf.length} fits`;
  if ("const" in schema && value !== schema.const) return `${at}: not ${String(schema.const)}`;
  if (schema.enum !== undefined && !schema.enum.includes(value)) return `${at}: not in the list`;
  if (type !== undefined && typeOf(value, type) !== type) return `${at}: no ${type}`;
  return undefined;
}

function misfitInside(value: unknown, schema: CheckedSchema, at: string): string | undefined {
  if (typeof value === "string") return misfitOfText(value, schema, at);
  if (typeof value === "number") return misfitOfNumber(value, schema, at);
  if (Array.isArray(value)) return misfitOfList(value, schema, at);
  if (typeof value === "object" && value !== null) return misfitOfObject(value, schema, at);
  return undefined;
}

/** The type of a value; of whole numbers the one that is asked for. */
function typeOf(value: unknown, wanted: string): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (wanted === "integer" && Number.isSafeInteger(value)) return "integer";
  return typeof value;
}

function misfitOfText(text: string, { minLength = 0, maxLength }: CheckedSchema, at: string) {
  // JSON Schema counts code points.
  const { length } = Array.from(text);
  return length < minLength || length > (maxLength ?? Number.POSITIVE_INFINITY)
    ? `${at}: ${length} characters`
    : undefined;
}

function misfitOfNumber(value: number, { minimum, maximum }: CheckedSchema, at: string) {
  const fits = value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity);
  return fits ? undefined : `${at}: ${value} is out of range`;
}

function misfitOfList(list: readonly unknown[], schema: CheckedSchema, at: string) {
  const { items, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema;
  if (list.length < minItems || list.length > maxItems) return `${at}: ${list.length} items`;
  if (items === undefined) return undefined;
  const found = list.map((item, index) => misfit(item, items, `${at}[${index}]`));
  return found.find((one) => one !== undefined);
}

function misfitOfObject(object: object, schema: CheckedSchema, at: string): string | undefined {
  const { properties = {}, required = [], additionalProperties } = schema;
  const missing = required.find((key) => !Object.hasOwn(object, key));
  if (missing !== undefined) return `${at}.${missing}: missing`;
  for (const [key, value] of Object.entries(object)) {
    const of = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (of === undefined) {
      if (additionalProperties === false) return `${at}.${key}: nobody asked for it`;
      continue;
    }
    const wrong = misfit(value, of, `${at}.${key}`);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
