/** Redirects, methods and secrets, with real servers: what is sent where, and what is not. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Budget } from "../../../../runtime/isolate/egress/budget.ts";
import { egress, type EgressRequest } from "../../../../runtime/isolate/egress/egress.ts";
import type { EgressRules } from "../../../../runtime/isolate/egress/rules.ts";
import { isMoultError } from "../../../../schemas/error.ts";
import { LIMITS_DEFAULT } from "../../../../schemas/function.ts";

interface Seen {
  readonly host: string | null;
  readonly method: string;
  readonly body: string;
  readonly headers: Headers;
}
let server: ReturnType<typeof Bun.serve>;
let port: string;
let seen: Seen[] = [];

/** `/STATUS?to=ADDRESS` leads there. */
beforeAll(() => {
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      const { method, headers } = request;
      seen.push({ host: headers.get("host"), method, body: await request.text(), headers });
      const location = searchParams.get("to");
      const status = Number(pathname.slice(1));
      if (location === null) return new Response("arrived");
      return new Response(null, { status, headers: { location } });
    },
  });
  port = String(server.port);
});
afterAll(async () => await server.stop(true));

async function send(request: Partial<EgressRequest>, more: Partial<EgressRules> = {}) {
  seen = [];
  const whole = { url: here("/"), method: "GET", headers: [], body: undefined, ...request };
  const rules = {
    allow: [`localhost:${port}`, `127.0.0.1:${port}`, `api.example:${port}`],
    secret: () => "filled",
    offline: false,
    budget: new Budget(LIMITS_DEFAULT),
    resolve: () => Promise.resolve(["127.0.0.1"]),
    ...more,
  };
  return await egress(whole, rules, AbortSignal.timeout(5_000));
}

async function refusal(request: Partial<EgressRequest>, more: Partial<EgressRules> = {}) {
  const error: unknown = await send(request, more).catch((thrown: unknown) => thrown);
  return isMoultError(error) ? `${error.code}: ${error.message}` : `no refusal: ${String(error)}`;
}

const here = (path: string) => `http://127.0.0.1:${port}${path}`;
const there = (path: string) => `http://localhost:${port}${path}`;
const leads = (status: number, to: string) =>
  here(`/${String(status)}?to=${encodeURIComponent(to)}`);

describe("a redirect", () => {
  test.each([
    [301, "POST", "GET", ""],
    [302, "POST", "GET", ""],
    [303, "POST", "GET", ""],
    [303, "PUT", "GET", ""],
    [303, "HEAD", "HEAD", ""],
    [301, "PUT", "PUT", "body"],
    [307, "POST", "POST", "body"],
    [308, "DELETE", "DELETE", "body"],
  ])("with status %i makes of %s a %s", async (status, method, then, body) => {
    const content = method === "HEAD" ? undefined : Buffer.from("body");
    const headers = [["content-type", "text/x"]] as const;
    const response = await send({ url: leads(status, "/end"), method, body: content, headers });
    expect([response.redirected, response.url]).toEqual([true, here("/end")]);
    expect(seen.map((one) => one.method)).toEqual([method, then]);
    expect(seen[1]?.body).toBe(body);
    expect(seen[1]?.headers.has("content-type")).toBe(then !== "GET");
  });

  test.each([300, 304, 305])(
    "is none with status %i, whatever its location says",
    async (status) => {
      const response = await send({ url: leads(status, "/end") });
      expect([response.status, response.redirected, seen.length]).toEqual([status, false, 1]);
    },
  );

  test("is given to who asked for it, and is an error to who wanted none", async () => {
    const url = leads(302, "/end");
    const response = await send({ url, redirect: "manual" });
    expect([response.status, response.headers.get("location")]).toEqual([302, "/end"]);
    expect(seen).toHaveLength(1);
    expect(await refusal({ url, redirect: "error" })).toStartWith(
      "tool/failed: Cannot fetch: 127.0.0.1",
    );
    expect(seen).toHaveLength(1);
    // Even to where the function may not go.
    const away = leads(302, "http://evil.example/");
    expect((await send({ url: away, redirect: "manual" })).status).toBe(302);
    expect(await refusal({ url: away })).toStartWith("policy/denied: Cannot reach evil.example:80");
  });

  const credentials = [
    ["Authorization", "Bearer mine"],
    ["cookie", "a=b"],
    ["x-key", "{{TOKEN}}"],
    ["x-own", "key s3cret"],
    ["accept-language", "en"],
  ] as const;

  test("to another origin carries no credentials on, nor back to the first", async () => {
    const url = leads(302, `http://localhost:${port}/302?to=${encodeURIComponent(here("/end"))}`);
    await send({ url, headers: credentials }, { known: () => ["s3cret", "filled"] });
    const names = ["authorization", "cookie", "x-key", "x-own", "accept-language"];
    expect(seen.map(({ headers }) => names.map((name) => headers.get(name)))).toEqual([
      ["Bearer mine", "a=b", "filled", "key s3cret", "en"],
      [null, null, null, null, "en"],
      [null, null, null, null, "en"],
    ]);
  });

  test("to the same origin carries them on", async () => {
    await send({ url: leads(307, "/end"), headers: credentials });
    expect(seen[1]?.headers.get("authorization")).toBe("Bearer mine");
    expect(seen[1]?.headers.get("x-key")).toBe("filled");
  });

  test("is not followed to another origin with a secret in its body or its address", async () => {
    const known = () => ["s3cret of mine"];
    const post = { method: "POST", body: Buffer.from("key=s3cret of mine") };
    const text = await refusal({ url: leads(307, there("/end")), ...post }, { known });
    expect(text).toContain("Cannot follow to localhost");
    expect(text).toContain("body");
    expect(seen).toHaveLength(1);
    const address = leads(302, there("/end?key=s3cret%20of%20mine"));
    expect(await refusal({ url: address }, { known })).toContain("address has a secret");
    expect(seen).toHaveLength(1);
    await send({ url: leads(307, here("/end")), ...post }, { known });
    expect(seen[1]?.body).toBe("key=s3cret of mine");
  });

  test("brings no user and password of its own to another origin", async () => {
    await send({ url: leads(302, `http://u:p@localhost:${port}/end`) });
    expect(seen[1]?.headers.has("authorization")).toBe(false);
  });
});

describe("a secret", () => {
  const headers = [["x-key", "{{TOKEN}}"]] as const;

  test("is not sent without encryption, but within this machine", async () => {
    const places: string[] = [];
    const secret = (_: string, place: string) => (places.push(place), "filled");
    const url = `http://api.example:${port}/`;
    const text = await refusal({ url, headers }, { secret });
    expect(text).toStartWith("policy/denied: Cannot send {{TOKEN}} to http://api.example");
    expect(text).toContain("use https");
    expect(places).toEqual([]);
    await send({ headers }, { secret });
    await send({ url: there("/"), headers }, { secret });
    await refusal({ url: `https://api.example:${port}/`, headers }, { secret });
    expect(places).toEqual([
      `http://127.0.0.1:${port}`,
      `http://localhost:${port}`,
      `api.example:${port}`,
    ]);
  });

  test("is not sent to a localhost that is another machine", async () => {
    const resolve = () => Promise.resolve(["93.184.216.34"]);
    const text = await refusal({ url: there("/"), headers }, { resolve });
    expect(text).toStartWith("policy/denied: Cannot send a secret to localhost");
  });
});

describe("a method", () => {
  test.each(["CONNECT", "TRACE", "TRACK", "M-SEARCH", "get", "FOO", ""])(
    "%j is refused, with those that are not",
    async (method) => {
      const text = await refusal({ method });
      expect(text).toStartWith(`policy/denied: Cannot fetch with the method "${method}"`);
      expect(text).toContain("GET, HEAD, POST");
      expect(seen).toEqual([]);
    },
  );

  test.each(["GET", "HEAD"])("%s has no body that could be taken for a request", async (method) => {
    const body = Buffer.from("GET /x HTTP/1.1\r\nHost: other.example\r\n\r\n");
    expect(await refusal({ method, body })).toContain(`a ${method} request has no body`);
    const stream = new Blob([body]).stream();
    expect(await refusal({ method, body: { stream, bytes: 3 } })).toContain("has no body");
    expect(seen).toEqual([]);
  });

  test.each(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "REPORT"])(
    "%s is passed on",
    async (method) => {
      await send({ method });
      expect(seen[0]?.method).toBe(method);
    },
  );
});
