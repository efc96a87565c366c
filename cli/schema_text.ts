/** Shows a JSON Schema as people write types: `{ city?: string, days: number }`. Bounds and texts are left out. */
import { isRecord } from "../runtime/record.ts";

type Schema = Readonly<Record<string, unknown>>;

/** Deeper schemas end in `…`. */
const DEPTH_MAX = 6;

/** A schema in the notation of TypeScript; `--json` has all of it. */
export function schemaText(schema: unknown, depth = 0): string {
  if (!isRecord(schema)) return "unknown";
  if (depth > DEPTH_MAX) return "…";
  if ("const" in schema) return JSON.stringify(schema["const"]);
  for (const [key, between] of BETWEEN) {
    const parts = schema[key];
    if (!Array.isArray(parts)) continue;
    const show = (part: unknown): string =>
      key === "enum" ? JSON.stringify(part) : schemaText(part, depth + 1);
    return parts.map(show).join(between);
  }
  const { type } = schema;
  if (Array.isArray(type)) return type.join(" | ");
  if (type === "object") return objectText(schema, depth);
  if (type === "array") return arrayText(schema["items"], depth);
  return typeof type === "string" ? type.replace("integer", "number") : "unknown";
}

const BETWEEN = [
  ["enum", " | "],
  ["anyOf", " | "],
  ["oneOf", " | "],
  ["allOf", " & "],
] as const;

function objectText(schema: Schema, depth: number): string {
  const { properties, required, additionalProperties } = schema;
  const needed = new Set(Array.isArray(required) ? required : []);
  const fields = Object.entries(isRecord(properties) ? properties : {}).map(
    ([name, field]) => `${name}${needed.has(name) ? "" : "?"}: ${fieldText(field, depth)}`,
  );
  if (isRecord(additionalProperties))
    fields.push(`[name]: ${schemaText(additionalProperties, depth + 1)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

function fieldText(field: unknown, depth: number): string {
  const text = schemaText(field, depth + 1);
  const preset = isRecord(field) ? field["default"] : undefined;
  return preset === undefined ? text : `${text} = ${JSON.stringify(preset)}`;
}

function arrayText(items: unknown, depth: number): string {
  const text = schemaText(items, depth + 1);
  return / [|&] /.test(text) ? `(${text})[]` : `${text}[]`;
}
