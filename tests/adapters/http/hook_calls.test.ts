/** Functions at paths of their own below /hooks: who may call them, with what, and what they answer. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Hooks } from "../../../runtime/gateway/hooks.ts";
import type { Manifest } from "../../../schemas/function.ts";
import { type Document, checkDocument } from "./openapi_check.ts";
import { KEY, errorOf, loaded, serve } from "./server.ts";

const server = serve();
const INPUT = {
  type: "object",
  properties: {
    name: { type: "string" },
    times: { type: "integer" },
    loud: { type: "boolean" },
    tags: { type: "array", items: { type: "number" } },
  },
  required: ["name"],
};

beforeAll(() => {
  const { functions, agent } = server;
  const add = (name: string, changes: Partial<Manifest>): void => {
    const info = loaded(name);
    if (info.manifest === undefined) throw new TypeError("It has no manifest");
    const manifest = { ...info.manifest, ...changes };
    functions.table.set(name, { ...info, kind: manifest.kind, manifest });
  };
  add("door", {
    input: INPUT,
    triggers: [{ http: "GET /doorbell" }, { http: "POST /house/door" }],
  });
  add("planner", {
    kind: "skill",
    description: "Plan the day.",
    runs: false,
    triggers: [{ http: "POST /plan" }, { http: "GET /plan" }],
  });
  agent.hooks = new Hooks(functions, (channel) => channel === "post");
});
afterAll(() => server.stop());

test.each([
  ["?name=Ada", { name: "Ada" }],
  [
    "?name=Ada&times=3&loud=true&tags=1&tags=2",
    { name: "Ada", times: 3, loud: true, tags: [1, 2] },
  ],
  ["?name=1&times=many&loud=maybe", { name: "1", times: "many", loud: "maybe" }],
  ["?times=&name=a%20b&name=last", { times: "", name: "last" }],
  ["?other=x&__proto__=y", JSON.parse('{"other":"x","__proto__":"y"}')],
  ["", {}],
])("a query %j is the input", async (query, input) => {
  const response = await server.ask(`/hooks/doorbell${query}`);
  expect(response.status).toBe(200);
  expect(response.headers.get("x-function-version")).toBe("0123456789ab");
  expect(await response.json()).toEqual(input);
});

test("a body of JSON goes to the function as it is", async () => {
  const response = await server.post("/hooks/house/door", { name: "Ada", deep: [1] });
  expect(await response.json()).toEqual({ name: "Ada", deep: [1] });
});

test("a form is an input like a query", async () => {
  const response = await server.post("/hooks/house/door", "name=Ada&times=2", {
    "content-type": "application/x-www-form-urlencoded; charset=utf-8",
  });
  expect(await response.json()).toEqual({ name: "Ada", times: 2 });
});

test("a skill without a handler is followed by the model, and its reply is the answer", async () => {
  const asked = await server.post("/hooks/plan", { request: "only the morning" });
  expect(await asked.json()).toBe("ONLY THE MORNING");
  expect(await (await server.ask("/hooks/plan")).json()).toBe("PLAN THE DAY.");
  expect((await server.post("/hooks/plan", "[1]")).status).toBe(400);
});

test("nobody gets in without the key, not even to learn which paths there are", async () => {
  for (const path of ["/hooks/doorbell", "/hooks/house/door", "/hooks/plan"]) {
    expect((await fetch(server.url + path)).status).toBe(401);
  }
  const origin = { origin: "http://elsewhere.example" };
  expect((await server.ask("/hooks/doorbell?name=x", { headers: origin })).status).toBe(403);
});

test("a link on another page calls nothing, not even one of the same host; typed or kept, an address does", async () => {
  const login = await server.post("/api/login", { key: KEY });
  const cookie = login.headers.get("set-cookie")?.split(";")[0] ?? "";
  const go = async (site: string): Promise<number> => {
    const headers = { cookie, "sec-fetch-mode": "navigate", "sec-fetch-site": site };
    return (await fetch(`${server.url}/hooks/doorbell?name=x`, { headers })).status;
  };
  expect(await go("same-site")).toBe(403);
  expect(await go("cross-site")).toBe(403);
  expect(await go("none")).toBe(200);
  expect(await go("same-origin")).toBe(200);
});

test("a form of very many names is read as quickly as any", async () => {
  const names = Array.from({ length: 100_000 }, (_, n) => `k${n}=`);
  const response = await server.post("/hooks/house/door", names.join("&"), {
    "content-type": "application/x-www-form-urlencoded",
  });
  expect(Object.keys((await response.json()) as object)).toHaveLength(100_000);
});

test("a wrong method says which one it takes, an unknown path that nothing is there", async () => {
  const wrong = await server.post("/hooks/doorbell");
  expect(wrong.status).toBe(405);
  expect(wrong.headers.get("allow")).toBe("GET");
  expect((await server.ask("/hooks/house/door")).status).toBe(405);
  expect((await server.ask("/hooks/house/nothing")).status).toBe(404);
});

test("a channel's webhook is left alone", async () => {
  const response = await fetch(`${server.url}/hooks/post`, { method: "POST", body: "x" });
  expect(response.status).toBe(200);
});

test("a body over the limit is refused", async () => {
  const form = await server.post("/hooks/house/door", "a".repeat(1_048_577), {
    "content-type": "application/x-www-form-urlencoded",
  });
  expect(form.status).toBe(413);
  expect((await errorOf(form)).code).toBe("body/too-large");
});

test("the API document shows each path with its own operation", async () => {
  const document = (await (await server.ask("/docs/json")).json()) as Document & {
    readonly paths: Readonly<
      Record<string, Readonly<Record<string, { readonly parameters?: readonly object[] }>>>
    >;
  };
  checkDocument(document);
  expect(document.paths["/hooks/doorbell"]?.["get"]?.parameters).toMatchObject([
    { name: "name", in: "query", required: true },
    { name: "times", in: "query", required: false, schema: { type: "integer" } },
    { name: "loud" },
    { name: "tags" },
  ]);
  expect(Object.keys(document.paths["/hooks/plan"] ?? {}).toSorted()).toEqual(["get", "post"]);
  expect(document.paths["/hooks/house/door"]?.["post"]).toHaveProperty("requestBody");
});
