/** The OpenAPI document and its page: right, up to date, and from this machine alone. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Manifest } from "../../../schemas/function.ts";
import { type Document, type Json, checkDocument } from "./openapi_check.ts";
import { type TestServer, loaded, serve } from "./server.ts";

let server: TestServer;
beforeAll(() => {
  server = serve();
});
afterAll(() => server.stop());

const read = async (): Promise<Document> =>
  (await (await server.ask("/docs/json")).json()) as Document;

function manifest(): Manifest {
  const { manifest: found } = loaded("x");
  if (!found) throw new TypeError("A loaded function has a manifest");
  return found;
}

describe("the document", () => {
  test("is OpenAPI 3.0.3, and holds none of valibot's insides", async () => {
    const text = await (await server.ask("/docs/json")).text();
    checkDocument(JSON.parse(text) as Document);
    for (const word of ["~standard", "~run", '"kind":"schema"', "$schema", "expects"]) {
      expect(text).not.toContain(word);
    }
  });

  test("describes the routes with their bodies, answers and the key", async () => {
    const { paths, components } = await read();
    expect(paths["/api/sessions/{session}/messages"]?.["post"]).toMatchObject({
      requestBody: {
        content: {
          "application/json": {
            schema: {
              type: "object",
              properties: { text: { type: "string", maxLength: 100_000 } },
              required: ["text"],
              additionalProperties: false,
            },
          },
        },
      },
      responses: {
        200: {
          content: {
            "application/json": { schema: { $ref: "#/components/schemas/Reply" } },
            "text/event-stream": {},
          },
        },
        409: {},
      },
    });
    expect(paths["/ws"]?.["get"]).toMatchObject({ responses: { 101: {}, 429: {} } });
    expect(components.schemas["ClientFrame"]).toMatchObject({
      oneOf: [{ required: ["type", "session", "text"] }, {}, { required: ["type", "topics"] }],
    });
    expect(components.securitySchemes["key"]).toMatchObject({ type: "http", scheme: "bearer" });
    expect(paths["/healthz"]?.["get"]?.["security"]).toEqual([]);
    expect(paths["/api/status"]?.["get"]?.["security"]).toBeUndefined();
  });

  test("lists a function that was just dropped in, with its schema, and forgets it when it goes", async () => {
    expect((await read()).paths["/fn/fresh"]).toBeUndefined();
    server.functions.table.set("fresh", loaded("fresh"));
    const document = await read();
    checkDocument(document);
    expect(document.paths["/fn/fresh"]?.["post"]).toMatchObject({
      description: "Greets from fresh.",
      requestBody: {
        content: {
          "application/json": {
            schema: {
              type: "object",
              properties: {
                name: { type: "string" },
                times: { type: "integer", nullable: true },
              },
              required: ["name"],
              additionalProperties: false,
            },
            examples: { example1: { summary: "greet Ada", value: { name: "Ada" } } },
          },
        },
      },
      responses: {
        200: {
          content: {
            "application/json": { schema: { type: "object", required: ["text"] } },
          },
        },
        504: { description: "`function/limit`" },
      },
    });
    server.functions.table.delete("fresh");
    expect((await read()).paths["/fn/fresh"]).toBeUndefined();
  });

  test("lists only what can be called", async () => {
    const add = (name: string, changes: Parameters<typeof loaded>[1]): void => {
      server.functions.table.set(name, loaded(name, changes));
    };
    const base = manifest();
    add("broken", { state: "failed" });
    add("asking", { state: "pending" });
    add("channel", { kind: "channel", manifest: { ...base, kind: "channel" } });
    add("words", { kind: "skill", manifest: { ...base, kind: "skill", runs: false } });
    add("working", { kind: "skill", manifest: { ...base, kind: "skill" } });
    const names = Object.keys((await read()).paths).filter((path) => path.startsWith("/fn/"));
    expect(names).toEqual(["/fn/hello", "/fn/working"]);
    for (const name of ["broken", "asking", "channel", "words", "working"]) {
      server.functions.table.delete(name);
    }
  });

  test("stays valid with every keyword that 3.0 has not", async () => {
    const node = { type: "object", properties: { next: { $ref: "#/definitions/A B" } } };
    const input = {
      $schema: "http://json-schema.org/draft-07/schema#",
      $id: "x",
      type: "object",
      properties: {
        fixed: { const: 3 },
        maybe: { anyOf: [{ type: "string" }, { type: "null" }] },
        either: { anyOf: [{ type: "string" }, { type: "number" }, { type: "null" }] },
        above: { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 10 },
        pair: { type: "array", items: [{ type: "string" }, { type: "number" }] },
        pair2020: { type: "array", prefixItems: [{ type: "string" }], items: false },
        list: { type: "array" },
        node: { $ref: "#/definitions/A B" },
        both: { type: ["string", "number", "null"] },
        none: { type: "null" },
        map: { type: "object", additionalProperties: { type: "string" }, propertyNames: {} },
        bytes: { type: "string", contentEncoding: "base64", examples: ["eA=="] },
        free: true,
        optional: { type: "object", properties: { a: {} }, required: [] },
        nonsense: { type: "text", required: "a", enum: [], minLength: -1, pattern: 5, title: {} },
        never: false,
        strange: { $ref: "https://evil.example/schema.json" },
        when: { if: { type: "string" }, else: { minLength: 1 }, patternProperties: {} },
      },
      definitions: { "A B": node },
    };
    const output = { type: "object", properties: { self: { $ref: "#" } } };
    server.functions.table.set(
      "odd",
      loaded("odd", { manifest: { ...manifest(), input, output } }),
    );
    const document = await read();
    server.functions.table.delete("odd");
    checkDocument(document);
    const body = document.paths["/fn/odd"]?.["post"]?.["requestBody"] as Json;
    expect(body).toMatchObject({
      content: {
        "application/json": {
          schema: {
            properties: {
              fixed: { enum: [3] },
              maybe: { type: "string", nullable: true },
              either: { anyOf: [{ type: "string" }, { type: "number" }], nullable: true },
              above: { minimum: 0, exclusiveMinimum: true, maximum: 10, exclusiveMaximum: true },
              pair: { items: { anyOf: [{ type: "string" }, { type: "number" }] }, minItems: 2 },
              node: { $ref: "#/components/schemas/odd.input.A_B" },
              both: { anyOf: [{ type: "string" }, { type: "number" }], nullable: true },
              bytes: { type: "string", example: "eA==" },
              strange: {},
              optional: { type: "object", properties: { a: {} } },
              nonsense: {},
            },
          },
        },
      },
    });
    expect(JSON.stringify(document)).not.toContain("evil.example");
  });
});

describe("the page", () => {
  test("loads nothing from another host", async () => {
    const page = await server.ask("/docs");
    expect(page.headers.get("content-type")).toContain("text/html");
    const html = await page.text();
    expect(html).not.toMatch(/https?:\/\//);
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? "");
    expect(files).toEqual(["/docs/ui/swagger-ui.css", "/docs/ui/swagger-ui-bundle.js"]);
    for (const path of files) {
      const file = await server.ask(path);
      expect([path, file.status]).toEqual([path, 200]);
      const text = await file.text();
      const urls = [...text.matchAll(/@import\s*["']?|url\(\s*["']?([^"')]*)/g)]
        .map(([found, url]) => url ?? found)
        .filter((url) => !/^(?:data:|#)/.test(url));
      // Scripts build addresses at run time; the page's policy below is what holds them.
      if (path.endsWith(".css")) expect(urls).toEqual([]);
    }
  });

  test("is under a policy that forbids the browser to ask anybody else", async () => {
    const policy = (await server.ask("/docs")).headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).not.toMatch(/https?:|\*|'unsafe-eval'|script-src[^;]*'unsafe-inline'/);
  });

  test("is where the root leads", async () => {
    const answer = await server.ask("/");
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/docs"]);
  });
});
