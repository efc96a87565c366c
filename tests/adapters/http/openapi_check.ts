/** Refuses what is not an OpenAPI 3.0.3 document, as far as the API uses it. */
import { expect } from "bun:test";

/** A JSON object. */
export type Json = Record<string, unknown>;

/** The document as the tests read it. */
export interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Json>>;
  readonly components: { readonly schemas: Json; readonly securitySchemes: Json };
}

/** Keywords of a schema in OpenAPI 3.0.3. */
const SCHEMA_KEYWORDS = new Set(
  "title multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems minItems uniqueItems maxProperties minProperties required enum type not allOf oneOf anyOf items properties additionalProperties description format default nullable readOnly writeOnly example deprecated".split(
    " ",
  ),
);
const TYPES = ["string", "number", "integer", "boolean", "array", "object"];

/** Fails the test where `document` breaks the specification. */
export function checkDocument({ openapi, paths, components }: Document): void {
  expect(openapi).toBe("3.0.3");
  const names = new Set(Object.keys(components.schemas));
  for (const [name, schema] of Object.entries(components.schemas)) {
    expect(name).toMatch(/^[A-Za-z0-9._-]+$/);
    checkSchema(schema, names, name);
  }
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  for (const { path, method, operation } of operations) {
    expect(method).toMatch(/^(?:get|put|post|delete)$/);
    checkOperation(path, operation, names);
  }
  const ids = operations.map(({ operation }) => operation["operationId"]);
  expect(new Set(ids).size).toBe(ids.length);
}

function checkOperation(path: string, operation: Json, names: ReadonlySet<string>): void {
  const parameters = (operation["parameters"] ?? []) as Json[];
  const inPath = parameters.filter((one) => one["in"] === "path").map((one) => one["name"]);
  expect(inPath).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  const responses = Object.entries(operation["responses"] as Record<string, Json>);
  expect(responses.length).toBeGreaterThan(0);
  for (const [status, response] of responses) {
    expect(status).toMatch(/^[12345]\d\d$/);
    expect(response["description"]).toBeString();
  }
  const bodies = [operation["requestBody"] as Json | undefined, ...responses.map(([, one]) => one)];
  const contents = bodies.flatMap((body) =>
    Object.values((body?.["content"] ?? {}) as Record<string, Json>),
  );
  for (const { schema } of contents) checkSchema(schema, names, path);
}

function checkSchema(schema: unknown, names: ReadonlySet<string>, at: string): void {
  if (typeof schema !== "object" || schema === null) throw new TypeError(`${at} is no object`);
  if ("$ref" in schema) {
    const name = String(schema.$ref).replace("#/components/schemas/", "");
    if (!names.has(name)) throw new TypeError(`${at} refers to ${name}, which is not there`);
    return;
  }
  for (const [keyword, value] of Object.entries(schema)) {
    if (!SCHEMA_KEYWORDS.has(keyword)) throw new TypeError(`${at} has "${keyword}"`);
    checkValue(keyword, value);
    for (const child of childrenOf(keyword, value)) checkSchema(child, names, `${at}.${keyword}`);
  }
  if ("type" in schema && schema.type === "array") expect(schema).toHaveProperty("items");
}

function checkValue(keyword: string, value: unknown): void {
  if (keyword === "type") expect(TYPES).toContain(String(value));
  if (keyword === "required" || keyword === "enum") expect(value).not.toEqual([]);
  if (keyword.startsWith("exclusive")) expect(value).toBeBoolean();
}

function childrenOf(keyword: string, value: unknown): readonly unknown[] {
  if (keyword === "properties") return Object.values(value as object);
  if (/^(?:allOf|oneOf|anyOf)$/.test(keyword)) return value as unknown[];
  if (keyword === "items" || keyword === "not") return [value];
  return keyword === "additionalProperties" && typeof value === "object" ? [value] : [];
}
