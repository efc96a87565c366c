/** Health, events, metrics, secrets, and the end of the server. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { type TestServer, serve } from "./server.ts";

let server: TestServer;
beforeAll(() => {
  server = serve();
});
afterAll(() => server.stop());

/** Reads a stream until its text holds `word`. */
async function readUntil(answer: Response, word: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes(word)) break;
  }
  return text;
}

/** Sends bytes, and reads until the server closes. */
function raw(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(request));
    socket.on("data", (data) => (text += String(data)));
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });
}

describe("health", () => {
  test("is told to everybody, even to a client that sends no name", async () => {
    expect(await (await fetch(`${server.url}/healthz`)).text()).toBe("ok\n");
    expect(await raw(server.port, "GET /healthz HTTP/1.0\r\n\r\n")).toContain("200 OK");
    expect(await raw(server.port, "GET /api/status HTTP/1.0\r\n\r\n")).toContain("400 Bad Request");
  });

  test("answers HEAD", async () => {
    expect((await fetch(`${server.url}/healthz`, { method: "HEAD" })).status).toBe(200);
    expect((await fetch(`${server.url}/readyz`, { method: "HEAD" })).status).toBe(200);
    expect((await server.ask("/api/status", { method: "HEAD" })).status).toBe(405);
  });

  test("is 503 with reasons while something is missing", async () => {
    const reasons = ["The model is loading"];
    const loading = serve({ ready: () => ({ ok: false, reasons }) });
    const answer = await fetch(`${loading.url}/readyz`);
    expect([answer.status, await answer.json()]).toEqual([503, { ok: false, reasons }]);
    await loading.stop();
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  });
});

describe("use", () => {
  test("is what was let in, without health, metrics and strangers", async () => {
    let used = 0;
    const own = serve({ onRequest: () => used++ });
    await fetch(`${own.url}/healthz`);
    await fetch(`${own.url}/readyz`);
    await fetch(`${own.url}/api/status`);
    await own.ask("/metrics");
    await own.ask("/api/nothing");
    expect(used).toBe(0);
    await own.ask("/api/status");
    await own.post("/fn/hello");
    expect(used).toBe(2);
    await own.stop();
  });
});

describe("events", () => {
  test("come as they happen", async () => {
    const answer = await server.ask("/api/events");
    expect(answer.headers.get("content-type")).toContain("text/event-stream");
    const event = server.hub.publish("function.loaded", { name: "hello", reloadMs: 20 });
    const text = await readUntil(answer, "reloadMs");
    expect(text).toContain(
      `id: ${event.id}\nevent: function.loaded\ndata: ${JSON.stringify(event)}\n\n`,
    );
  });

  test("missed since the last one seen come first", async () => {
    const seen = server.hub.publish("model.state", { state: "loading" });
    server.hub.publish("model.state", { state: "ready" });
    const answer = await server.ask("/api/events", {
      headers: { "last-event-id": String(seen.id) },
    });
    server.hub.publish("model.state", { state: "stopped" });
    const text = await readUntil(answer, "stopped");
    const states = [...text.matchAll(/"state":"(\w+)"/g)].map(([, state]) => state);
    expect(states).toEqual(["ready", "stopped"]);
  });
});

describe("metrics", () => {
  test("count requests by route, never by path", async () => {
    const own = serve();
    await own.post("/fn/hello");
    await own.post("/fn/hello");
    await own.post("/fn/nope");
    await own.ask("/api/functions/hello");
    await own.ask("/api/some/secret/path");
    const text = await (await own.ask("/metrics")).text();
    expect(text).toContain('http_requests_total{method="POST",route="/fn/{tool}",status="200"} 2');
    expect(text).toContain('http_requests_total{method="POST",route="/fn/{tool}",status="404"} 1');
    expect(text).toContain(
      'http_requests_total{method="GET",route="/api/functions/{name}",status="200"} 1',
    );
    expect(text).toContain('http_requests_total{method="GET",route="unmatched",status="404"} 1');
    expect(text).toContain(
      'http_request_duration_seconds_count{method="POST",route="/fn/{tool}"} 3',
    );
    expect(text).not.toContain("secret");
    await own.stop();
  });
});

describe("secrets", () => {
  test("go in by name and never come out", async () => {
    const set = await server.ask("/api/secrets/RATES_TOKEN", {
      method: "PUT",
      body: JSON.stringify({ value: "s3cret-value" }),
    });
    expect(await set.text()).not.toContain("s3cret-value");
    expect(server.secrets.get("RATES_TOKEN")).toBe("s3cret-value");
    expect(await (await server.ask("/api/secrets")).json()).toEqual(["RATES_TOKEN"]);
    const remove = async () =>
      await (await server.ask("/api/secrets/RATES_TOKEN", { method: "DELETE" })).json();
    expect(await remove()).toEqual({ removed: true });
    expect(await remove()).toEqual({ removed: false });
  });
});

describe("the end", () => {
  test("is answered before it begins", async () => {
    const own = serve();
    const answer = await own.post("/api/stop");
    expect([answer.status, await answer.json()]).toEqual([202, { stopping: true }]);
    while (!own.stopped()) await Bun.sleep(5);
    await own.stop();
  });

  test("waits for requests in flight, ends event streams, and frees the port", async () => {
    const own = serve();
    const begun = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    own.functions.call = async () => {
      begun.resolve();
      await finish.promise;
      return new Response("whole");
    };
    const events = await own.ask("/api/events");
    const slow = own.post("/fn/hello");
    await begun.promise;
    expect(own.waitingRequests()).toBeGreaterThan(0);
    const stopped = own.stop();
    await events.text();
    finish.resolve();
    expect(await (await slow).text()).toBe("whole");
    await stopped;
    const next = serve({ port: own.port });
    expect(next.port).toBe(own.port);
    await next.stop();
  });
});
