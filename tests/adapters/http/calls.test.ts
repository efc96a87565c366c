/** `POST /fn/{tool}`: what reaches the function, what comes back, and whose pace it has. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { FunctionCall } from "../../../runtime/ports.ts";
import { OWNER } from "../../../schemas/message.ts";
import { type TestServer, errorOf, loaded, serve } from "./server.ts";

let server: TestServer;
beforeAll(() => {
  server = serve();
});
afterAll(() => server.stop());

/** Calls that reached the function. */
function record(answer = (): Response => new Response("{}")): FunctionCall[] {
  const calls: FunctionCall[] = [];
  server.functions.call = async (_name, call) => {
    calls.push(call);
    return answer();
  };
  return calls;
}

describe("a call", () => {
  test("hands the body over as it came, and answers with the version", async () => {
    const calls = record(() =>
      Response.json({ ok: true }, { headers: { "x-function-version": "abcdefabcdef" } }),
    );
    const odd = '{"name" : "Ada\\u0000", "name":1}';
    const answer = await server.post("/fn/hello?ignored=1", odd);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-function-version")).toBe("abcdefabcdef");
    expect(await answer.json()).toEqual({ ok: true });
    expect(await new Response(calls[0]?.body).text()).toBe(odd);
    expect(calls[0]?.principal).toEqual(OWNER);
  });

  test("without a body has none", async () => {
    const calls = record();
    await server.ask("/fn/hello", { method: "POST" });
    expect(calls[0]?.body).toBeNull();
  });

  test("keeps the status that the function's process answered", async () => {
    const error = { code: "function/limit", message: "Stopped at limits.timeMs" };
    record(() => Response.json({ error }, { status: 504 }));
    const answer = await server.post("/fn/hello");
    expect([answer.status, (await errorOf(answer)).code]).toEqual([504, "function/limit"]);
    expect(answer.headers.get("retry-after")).toBeNull();
  });

  test("that comes while the function is busy says when to come again", async () => {
    const error = { code: "function/busy", message: "16 calls run already" };
    record(() => Response.json({ error }, { status: 429 }));
    const answer = await server.post("/fn/hello");
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("cannot set the browser's cookies or have its output sniffed", async () => {
    record(() => new Response("<script>", { headers: { "set-cookie": "moult_1=x" } }));
    const answer = await server.post("/fn/hello");
    expect(answer.headers.get("set-cookie")).toBeNull();
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("streams a large body in, whole", async () => {
    server.functions.call = async (_name, { body }) => {
      expect(body).toBeInstanceOf(ReadableStream);
      return Response.json({ bytes: (await new Response(body).bytes()).length });
    };
    const answer = await server.ask("/fn/hello", {
      method: "POST",
      body: new Uint8Array(3_000_000),
    });
    expect(await answer.json()).toEqual({ bytes: 3_000_000 });
  });

  test("aborts when the caller leaves", async () => {
    const aborted = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    server.functions.call = async (_name, { signal }) => {
      signal?.addEventListener("abort", () => aborted.resolve());
      begun.resolve();
      await aborted.promise;
      return new Response("late");
    };
    const leave = new AbortController();
    const asked = server.ask("/fn/hello", { method: "POST", body: "{}", signal: leave.signal });
    asked.catch(() => {});
    await begun.promise;
    leave.abort();
    await aborted.promise;
    // No failure of the function's: the metrics say that the client left.
    const left = 'http_requests_total{method="POST",route="/fn/{tool}",status="499"} 1';
    while (!(await (await server.ask("/metrics")).text()).includes(left)) await Bun.sleep(5);
  });

  test("produces no more than its reader takes", async () => {
    let produced = 0;
    const chunk = new Uint8Array(65_536);
    const chunksMax = 3_200;
    record(
      () =>
        new Response(
          new ReadableStream({
            async pull(controller) {
              await Bun.sleep(0);
              produced++;
              if (produced > chunksMax) controller.close();
              else controller.enqueue(chunk);
            },
          }),
        ),
    );
    const stalled = await server.post("/fn/hello");
    let before = -1;
    while (before !== produced) {
      before = produced;
      await Bun.sleep(150);
    }
    expect(produced).toBeLessThan(chunksMax / 2);
    await stalled.body?.cancel();
  });
});

describe("the registry", () => {
  test("lists, shows and rolls back", async () => {
    server.functions.table.set("extra", loaded("extra"));
    const list = (await (await server.ask("/api/functions")).json()) as { name: string }[];
    expect(list.map(({ name }) => name)).toEqual(["hello", "extra"]);
    expect(await (await server.ask("/api/functions/extra")).json()).toMatchObject({
      name: "extra",
      state: "ready",
      manifest: { kind: "tool" },
    });
    const back = await server.post("/api/functions/extra/rollback");
    expect(await back.json()).toMatchObject({ name: "extra", version: "older0000000" });
    server.functions.table.delete("extra");
    expect((await server.ask("/api/functions/extra")).status).toBe(404);
    expect((await server.post("/fn/extra")).status).toBe(404);
  });

  test("approves exactly what was shown, and takes it back", async () => {
    const hash = "a".repeat(64);
    const { manifest: _none, ...rest } = loaded("wider");
    const lists = { wants: ["may reach a.example:443"], drops: [], keeps: [] };
    const waiting = { version: "0123456789ab", hash, description: "x", ...lists, runs: false };
    server.functions.table.set("wider", { ...rest, state: "pending", waiting });
    const shown = await server.ask("/api/functions/wider");
    expect(await shown.json()).toMatchObject({ state: "pending", waiting: { hash } });
    const path = "/api/functions/wider/approve";
    const stale = await server.post(path, JSON.stringify({ hash: "b".repeat(64) }));
    expect(stale.status).toBe(400);
    const approved = await server.post(path, JSON.stringify({ hash }));
    expect(await approved.json()).toMatchObject({ name: "wider", state: "ready" });
    const back = await server.post("/api/functions/wider/revoke");
    expect(await back.json()).toMatchObject({ state: "pending" });
    server.functions.table.delete("wider");
  });

  test("shows what a function wrote, and only that", async () => {
    server.hub.publish("function.log", { name: "hello", level: "info", text: "one", facts: {} });
    server.hub.publish("function.log", { name: "other", level: "info", text: "two", facts: {} });
    const lines = (await (await server.ask("/api/functions/hello/logs")).json()) as object[];
    expect(lines).toEqual([{ level: "info", text: "one", facts: {}, at: expect.any(Number) }]);
  });
});
