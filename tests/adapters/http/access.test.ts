/** Who gets in: the key, the cookie, names, origins, and where the server may listen. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { isMoultError } from "../../../schemas/error.ts";
import { KEY, type TestServer, errorOf, serve } from "./server.ts";

let server: TestServer;
beforeAll(() => {
  server = serve({ names: ["moult.example.org"] });
});
afterAll(() => server.stop());

/** Routes that the document may not forget. */
const FIXED = [
  "GET /",
  "GET /metrics",
  "GET /docs",
  "GET /docs/json",
  "GET /docs/ui/swagger-ui.css",
  "POST /fn/hello",
  "POST /fn/unknown",
  "GET /api/functions",
  "GET /api/functions/hello",
  "POST /api/functions/hello/rollback",
  "POST /api/functions/hello/approve",
  "POST /api/functions/hello/revoke",
  "GET /api/functions/hello/logs",
  "POST /api/sessions/me/messages",
  "GET /api/sessions",
  "GET /api/sessions/me",
  "GET /api/sessions/me/messages",
  "DELETE /api/sessions/me",
  "GET /api/letters",
  "POST /api/login/ticket",
  "GET /api/turns/t1",
  "POST /api/turns/t1/cancel",
  "GET /api/events",
  "GET /ws",
  "GET /examples/chat.html",
  "GET /api/status",
  "POST /api/stop",
  "GET /api/secrets",
  "PUT /api/secrets/NAME",
  "DELETE /api/secrets/NAME",
  "GET /api/nothing",
  "PATCH /nothing",
];
const OPEN = new Set(["GET /healthz", "GET /readyz", "POST /api/login"]);

describe("every route", () => {
  test("answers 401 without a key, whether it exists or not", async () => {
    const document = (await (await server.ask("/docs/json")).json()) as {
      paths: Record<string, Record<string, unknown>>;
    };
    const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map(
        (method) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, "x")}`,
      ),
    );
    expect(listed.length).toBeGreaterThan(20);
    for (const route of [...listed, ...FIXED].filter((name) => !OPEN.has(name))) {
      const [method = "", path = ""] = route.split(" ");
      const answer = await fetch(server.url + path, { method, redirect: "manual" });
      expect([route, answer.status, (await errorOf(answer)).code]).toEqual([
        route,
        401,
        path.startsWith("/v1/") ? "invalid_api_key" : "auth/missing",
      ]);
    }
  });

  test("refuses a foreign origin even with the key", async () => {
    for (const route of FIXED) {
      const [method = "", path = ""] = route.split(" ");
      const answer = await server.ask(path, {
        method,
        headers: { origin: "https://evil.example" },
      });
      expect([route, answer.status]).toEqual([route, 403]);
      await answer.body?.cancel();
    }
  });
});

describe("the key", () => {
  test.each([
    [`Bearer ${KEY}`, 200],
    [`bearer   ${KEY} `, 200],
    [`Bearer ${KEY}x`, 401],
    [`Bearer ${KEY.slice(0, -1)}`, 401],
    [`Bearer ${KEY.slice(0, -1)}y`, 401],
    [`Basic ${btoa(`owner:${KEY}`)}`, 401],
    [KEY, 401],
    ["Bearer ", 401],
    ["Bearer undefined", 401],
  ])("%p gives %p", async (authorization, status) => {
    const answer = await fetch(`${server.url}/api/status`, { headers: { authorization } });
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer.headers.get("www-authenticate")).toContain("Bearer");
  });

  test("is not taken from the query", async () => {
    expect((await fetch(`${server.url}/api/status?key=${KEY}`)).status).toBe(401);
  });

  test("gives no more to whoever claims a role or grants", async () => {
    const headers = { "x-role": "owner", "x-moult-principal": "owner", "x-scopes": "*" };
    expect((await fetch(`${server.url}/api/status`, { headers })).status).toBe(401);
  });
});

describe("names", () => {
  test.each([
    "localhost",
    "localhost:7333",
    "127.0.0.1",
    "127.0.0.1:1",
    "[::1]:7333",
    "192.168.1.9:7333",
    "pi",
    "pi:7333",
    "nas",
    "PI",
    "moult.example.org",
    "Moult.Example.org.:443",
  ])("lets %p in", async (host) => {
    for (const path of ["/api/functions/hello", "/docs", "/api/sessions"]) {
      expect((await server.ask(path, { headers: { host } })).status).toBe(200);
    }
    expect((await server.post("/fn/hello", {}, { host })).status).toBe(200);
  });

  test.each([
    "evil.example",
    "evil.example:7333",
    "127.0.0.1.evil.example",
    "moult.example.org.evil",
    "a b",
  ])("refuses %p and says what to configure", async (host) => {
    for (const path of ["/api/status", "/readyz", "/docs"]) {
      const answer = await server.ask(path, { headers: { host } });
      expect(answer.status).toBe(403);
      const { code, message } = await errorOf(answer);
      expect(code).toBe("policy/denied");
      expect(message).toContain("server.names in moult.yaml");
    }
    expect((await server.post("/fn/hello", {}, { host })).status).toBe(403);
  });
});

describe("origins", () => {
  const from = (origin: string, host: string) =>
    server.post("/fn/hello", {}, { origin, host }).then(({ status }) => status);

  test("of the server's own pages are good", async () => {
    expect(await from("http://pi:7333", "pi:7333")).toBe(200);
    expect(await from(server.url, new URL(server.url).host)).toBe(200);
  });

  test.each(["null", "http://evil.example", "http://pi:3000", "https://pi:7333", "http://pi"])(
    "%p is foreign",
    async (origin) => {
      expect(await from(origin, "pi:7333")).toBe(403);
    },
  );

  test.each([
    ["cross-site", "no-cors", 403],
    ["same-site", "no-cors", 403],
    ["same-site", "cors", 403],
    ["cross-site", "navigate", 200],
    ["same-origin", "cors", 200],
    ["none", "navigate", 200],
  ])("%s with mode %s gives %p", async (site, mode, status) => {
    const headers = { "sec-fetch-site": site, "sec-fetch-mode": mode };
    expect((await server.ask("/api/status", { headers })).status).toBe(status);
  });

  test("of other pages cannot log in", async () => {
    const answer = await fetch(`${server.url}/api/login`, {
      method: "POST",
      headers: { origin: "http://evil.example" },
      body: JSON.stringify({ key: KEY }),
    });
    expect(answer.status).toBe(403);
    expect(answer.headers.get("set-cookie")).toBeNull();
  });
});

describe("login", () => {
  const login = (url: string, key: string) =>
    fetch(`${url}/api/login`, { method: "POST", body: JSON.stringify({ key }) });

  test("sets a cookie that is not the key and opens the routes", async () => {
    const answer = await login(server.url, KEY);
    expect(answer.status).toBe(200);
    const set = answer.headers.get("set-cookie") ?? "";
    expect(set).toContain("HttpOnly");
    expect(set).toContain("SameSite=Strict");
    expect(set).not.toContain(KEY);
    expect(set).not.toContain(Buffer.from(KEY).toString("base64url"));
    const cookie = `other=1; ${set.split(";")[0]}; more=2`;
    const status = (value: string) =>
      fetch(`${server.url}/api/status`, { headers: { cookie: value } }).then((got) => got.status);
    expect(await status(cookie)).toBe(200);
    expect(await status(cookie.replace(/=(\w)/g, "=0$1"))).toBe(401);
    expect(await status(`moult_${server.port}=zzzzzzzzz.`)).toBe(401);
    expect(await status(`moult_${server.port}=`)).toBe(401);
  });

  test("refuses a wrong key", async () => {
    const answer = await login(server.url, "moult_wrong");
    expect(answer.status).toBe(401);
    expect(answer.headers.get("set-cookie")).toBeNull();
  });

  test("ends after thirty days, and by logging out", async () => {
    let now = 1_000;
    const other = serve({ clock: { now: () => now } });
    const set = (await login(other.url, KEY)).headers.get("set-cookie") ?? "";
    const headers = { cookie: set.split(";")[0] ?? "" };
    expect((await fetch(`${other.url}/api/status`, { headers })).status).toBe(200);
    const out = await fetch(`${other.url}/api/logout`, { method: "POST", headers });
    expect(out.headers.get("set-cookie")).toContain("Max-Age=0");
    now += 31 * 86_400_000;
    expect((await fetch(`${other.url}/api/status`, { headers })).status).toBe(401);
    await other.stop();
  });

  test("shows its form to a browser without a key, and only to a browser", async () => {
    const page = await fetch(`${server.url}/docs`, { headers: { accept: "text/html,*/*" } });
    expect(page.status).toBe(401);
    expect(await page.text()).toContain("/api/login");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const curl = await fetch(`${server.url}/docs`, { headers: { accept: "*/*" } });
    expect((await errorOf(curl)).code).toBe("auth/missing");
  });
});

describe("a login ticket", () => {
  const make = async (from: TestServer) => {
    const answer = await from.ask("/api/login/ticket", { method: "POST" });
    return (await answer.json()) as { readonly path: string; readonly expiresInMs: number };
  };
  const visit = (url: string, headers: Record<string, string> = {}) =>
    fetch(url, { headers: { accept: "text/html", ...headers }, redirect: "manual" });

  test("logs one browser in, once, and leads it to the first page", async () => {
    const { path, expiresInMs } = await make(server);
    expect(expiresInMs).toBe(60_000);
    expect(path).not.toContain(KEY);
    const first = await visit(server.url + path);
    expect(first.status).toBe(200);
    expect(await first.text()).toContain('location.replace("/")');
    expect(first.headers.get("referrer-policy")).toBe("no-referrer");
    const cookie = first.headers.get("set-cookie")?.split(";")[0] ?? "";
    expect((await fetch(`${server.url}/api/status`, { headers: { cookie } })).status).toBe(200);

    const second = await visit(server.url + path);
    expect(second.status).toBe(401);
    expect(second.headers.get("set-cookie")).toBeNull();
    expect(await second.text()).toContain("<form>");
    // The form reloads this very address once the key was right.
    expect((await visit(server.url + path, { cookie })).status).toBe(200);
    const program = await fetch(server.url + path);
    expect((await errorOf(program)).message).toContain('"moult open"');
  });

  test("ends after a minute, and when there are too many", async () => {
    let now = 1_000;
    const other = serve({ clock: { now: () => now } });
    const [first, ...more] = await Promise.all(Array.from({ length: 17 }, () => make(other)));
    const status = async (ticket: { readonly path: string } | undefined) =>
      (await visit(`${other.url}${ticket?.path}`)).status;
    expect(await status(first)).toBe(401);
    expect(await status(more[0])).toBe(200);
    now += 60_000;
    expect(await status(more[1])).toBe(401);
    expect(await status({ path: "/api/login?ticket=" })).toBe(401);
    expect(await status({ path: "/api/login" })).toBe(401);
    await other.stop();
  });

  test("is made for nobody without a key, nor for a page of another site", async () => {
    const ask = (headers: Record<string, string>) =>
      server.ask("/api/login/ticket", { method: "POST", headers });
    expect((await ask({ origin: "https://evil.example" })).status).toBe(403);
    expect((await ask({ "sec-fetch-site": "cross-site" })).status).toBe(403);
    const stranger = await fetch(`${server.url}/api/login/ticket`, { method: "POST" });
    expect(stranger.status).toBe(401);
  });
});

describe("metrics", () => {
  test("need the key, unless they are public", async () => {
    expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
    expect((await server.ask("/metrics")).status).toBe(200);
    const open = serve({ metricsPublic: true });
    expect((await fetch(`${open.url}/metrics`)).status).toBe(200);
    expect((await fetch(`${open.url}/api/status`)).status).toBe(401);
    await open.stop();
  });
});

describe("listening", () => {
  test.each(["0.0.0.0", "::", "192.168.1.9", "pi"])("refuses %p without TLS", (host) => {
    let thrown: unknown;
    try {
      serve({ host });
    } catch (error) {
      thrown = error;
    }
    if (!isMoultError(thrown)) throw new TypeError("It must refuse");
    expect(thrown.code).toBe("policy/denied");
    expect(thrown.message).toContain("--host 127.0.0.1");
  });

  test.each(["127.0.0.1", "localhost", "::1", "[::1]"])("takes %p", async (host) => {
    const one = serve({ host });
    expect((await one.ask("/api/status")).status).toBe(200);
    await one.stop();
  });

  test("on an occupied port fails with the port and what to do", () => {
    let thrown: unknown;
    try {
      serve({ port: server.port });
    } catch (error) {
      thrown = error;
    }
    if (!isMoultError(thrown)) throw new TypeError("It must fail");
    expect(thrown.message).toContain(String(server.port));
    expect(thrown.message).toContain("--port 0");
  });

  test("takes another port than an occupied one where it may", async () => {
    const other = serve({ port: server.port, anyPort: true });
    expect(other.port).not.toBe(server.port);
    expect((await other.ask("/api/status")).status).toBe(200);
    await other.stop();
  });
});
