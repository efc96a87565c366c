/** What code that knows nothing of moult expects of `fetch`, inside of a function. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { until } from "../../../waiting.ts";
import { type Bench, call, openBench, tool } from "../setup.ts";

let bench: Bench;
let server: ReturnType<typeof Bun.serve>;
let raw: Server;
let rawPort = 0;
/** What the raw server answers next, and keeps open. */
let rawAnswer = "";
let rawClosed = 0;

const ENCODERS = { gzip: gzipSync, br: brotliCompressSync, zstd: zstdCompressSync };
const MIB = 1_048_576;

/** Endless, or as long as there are pieces left. */
function streamOf(piece: string | Buffer, left: number, pauseMs: number): ReadableStream {
  return new ReadableStream({
    async pull(controller) {
      if (left-- <= 0) controller.close();
      else controller.enqueue(piece);
      if (pauseMs > 0) await Bun.sleep(pauseMs);
    },
  });
}

const COOKIES: [string, string][] = [
  ["set-cookie", "a=1; Path=/"],
  ["set-cookie", "b=2"],
];
const EVENTS = { headers: { "content-type": "text/event-stream" } };

const PAGES: Readonly<Record<string, (request: Request) => Response | Promise<Response>>> = {
  "/cookies": () => new Response("x", { headers: COOKIES }),
  "/again": () => new Response(null, { status: 307, headers: { location: "/" } }),
  "/204": () => new Response(null, { status: 204 }),
  "/304": () => new Response(null, { status: 304, headers: { etag: "x" } }),
  "/sized": () => new Response("x".repeat(1_234)),
  "/big": () => new Response(streamOf(Buffer.alloc(MIB, "a"), 12, 0)),
  "/events": () => new Response(streamOf("data: tick\n\n", Infinity, 20), EVENTS),
  "/form": async (request) => {
    const form = await request.formData();
    const file = form.get("file");
    const name = file instanceof File ? `${file.name} ${await file.text()}` : "none";
    return Response.json({ a: form.getAll("a"), name });
  },
  "/length": async (request) => {
    let length = 0;
    for await (const piece of request.body ?? []) length += piece.length;
    return Response.json({ length, said: request.headers.get("content-length") });
  },
};

async function serve(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const page = PAGES[pathname];
  if (page !== undefined) return await page(request);
  const encode = ENCODERS[pathname.slice(1) as keyof typeof ENCODERS] as
    typeof gzipSync | undefined;
  if (encode !== undefined) {
    const headers = { "content-encoding": pathname.slice(1) };
    return new Response(encode(Buffer.from("hello ".repeat(50))), { headers });
  }
  const { method, headers } = request;
  const [type, authorization] = [headers.get("content-type"), headers.get("authorization")];
  return Response.json({ method, type, authorization, body: await request.text() });
}

beforeAll(async () => {
  bench = openBench({ poolSize: 2 });
  server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: serve });
  raw = createServer((socket) => {
    socket.on("error", () => undefined).on("close", () => rawClosed++);
    socket.on("data", () => socket.write(rawAnswer));
  });
  await new Promise<void>((done) => raw.listen(0, "127.0.0.1", done));
  rawPort = (raw.address() as { port: number }).port;
});
afterAll(async () => {
  raw.close();
  await server.stop(true);
  await bench.close();
});

/** Runs code with `at`, an address, and `raw`, another. */
async function run(code: string, limits = "timeMs: 10_000") {
  const [at, other] = [String(server.port), String(rawPort)].map((port) => `127.0.0.1:${port}`);
  const deployment = await bench.deploy(
    tool(
      `const at = "http://${at ?? ""}", raw = "http://${other ?? ""}"; ${code}`,
      `permissions: { net: ["${at ?? ""}", "${other ?? ""}"] }, limits: { ${limits} },`,
    ),
    { name: "stranger" },
  );
  const { output, error } = await deployment.run(call());
  await deployment.retire();
  return error === undefined ? output : `${error.code}: ${error.message}`;
}

describe("fetch in a function sends", () => {
  test.each([
    ["text", `{ method: "POST", body: "x" }`, { type: "text/plain;charset=UTF-8", body: "x" }],
    [
      "query parameters",
      `{ method: "post", body: new URLSearchParams({ a: "1 2" }) }`,
      { method: "POST", type: "application/x-www-form-urlencoded;charset=UTF-8", body: "a=1+2" },
    ],
    [
      "a blob",
      `{ method: "PUT", body: new Blob(["x"], { type: "a/b" }) }`,
      { type: "a/b", body: "x" },
    ],
    ["bytes", `{ method: "POST", body: new Uint8Array([65, 66]) }`, { type: null, body: "AB" }],
    [
      "a stream",
      `{ method: "POST", duplex: "half", body: new ReadableStream({ async start(c) { for (const one of "abc") { c.enqueue(Buffer.from(one)); await Bun.sleep(1); } c.close(); } }) }`,
      { body: "abc" },
    ],
    [
      "what keeps alive",
      `{ keepalive: true, cache: "no-store", credentials: "include", mode: "cors", priority: "high" }`,
      { method: "GET" },
    ],
  ])("%s", async (_, init, seen) => {
    expect(await run(`return await (await fetch(at + "/", ${init})).json()`)).toMatchObject(seen);
  });

  test("forms with files", async () => {
    const form = `const form = new FormData(); form.append("a", "1"); form.append("a", "2"); form.append("file", new File(["text"], "n.txt"));`;
    expect(
      await run(
        `${form} return await (await fetch(at + "/form", { method: "POST", body: form })).json()`,
      ),
    ).toEqual({ a: ["1", "2"], name: "n.txt text" });
  });

  test("a Request, also one that is changed on the way, once", async () => {
    expect(
      await run(`
        const first = new Request(at + "/", { method: "POST", body: "x", headers: { "content-type": "a/b" } });
        const copy = first.clone();
        const answers = [await (await fetch(first)).json(), await (await fetch(copy, { method: "PUT" })).json()];
        return [...answers.map((one) => [one.method, one.body, one.type]), first.bodyUsed,
          await fetch(first).then(() => "again", (error) => error.name)]`),
    ).toEqual([["POST", "x", "a/b"], ["PUT", "x", "a/b"], true, "TypeError"]);
  });

  test("user and password of an address as their header", async () => {
    const seen = await run(`return await (await fetch(at.replace("//", "//u:p@") + "/")).json()`);
    expect(seen).toMatchObject({ authorization: `Basic ${btoa("u:p")}` });
  });

  test("as much as its budget has room for, as it comes or with its length", async () => {
    const stream = `let left = 12; const body = new ReadableStream({ pull(c) { left-- > 0 ? c.enqueue(new Uint8Array(1_048_576)) : c.close() } });`;
    const send = `return await (await fetch(at + "/length", { method: "POST", body })).json()`;
    const much = "egressMiB: 16";
    expect(await run(stream + send, much)).toEqual({ length: 12 * MIB, said: null });
    const text = await run(stream + send, "egressMiB: 8");
    expect(text).toStartWith("function/limit: Cannot go on fetching");
    const known = `const body = new Uint8Array(2 * 1_048_576 + 1);`;
    const length = 2 * MIB + 1;
    expect(await run(known + send)).toEqual({ length, said: String(length) });
  });

  test("no more once its own stream breaks off, and says why", async () => {
    const broken = `const body = new ReadableStream({ async pull(c) { await Bun.sleep(5); if (this.n) c.error(new RangeError("mine")); else c.enqueue(new Uint8Array(9)); this.n = 1 } });`;
    expect(
      await run(
        `${broken} return await fetch(at + "/length", { method: "POST", body }).catch((e) => [e.name, e.message])`,
      ),
    ).toEqual(["RangeError", "mine"]);
  });

  test("a body once more after a redirect, unless it was streamed", async () => {
    const ask = (body: string) =>
      `const r = await fetch(at + "/again", { method: "POST", body: ${body} }); return (await r.json()).body`;
    expect(await run(ask(`"x"`))).toBe("x");
    expect(await run(ask(`new Blob(["x"]).stream()`))).toContain("cannot be sent again");
  });
});

describe("fetch in a function is answered", () => {
  test.each(Object.keys(ENCODERS))("with %s, decoded", async (encoding) => {
    const code = `const r = await fetch(at + "/${encoding}"); return [(await r.text()).length, r.headers.get("content-encoding")]`;
    expect(await run(code)).toEqual([300, null]);
  });

  test("with every cookie", async () => {
    const code = `const { headers } = await fetch(at + "/cookies"); return headers.getSetCookie()`;
    expect(await run(code)).toEqual(["a=1; Path=/", "b=2"]);
  });

  test("with nothing where there is nothing, and the length that there would be", async () => {
    const code = `const out = []; for (const [path, method] of [["/204"], ["/304"], ["/sized", "HEAD"], ["/sized"]]) {
        const r = await fetch(at + path, { method }); out.push([r.status, r.headers.get("content-length"), (await r.text()).length]); } return out`;
    expect(await run(code)).toEqual([
      [204, null, 0],
      [304, null, 0],
      [200, "1234", 0],
      [200, "1234", 1_234],
    ]);
  });

  test("in pieces, until it has enough", async () => {
    const code = `const r = await fetch(at + "/events"); const seen = []; for await (const piece of r.body) { seen.push(Buffer.from(piece).toString()); if (seen.length > 2) break } return seen[0].slice(0, 10)`;
    expect(await run(code)).toBe("data: tick");
  });

  test("with as much as its budget has room for", async () => {
    const code = `let n = 0; for await (const piece of (await fetch(at + "/big")).body) n += piece.length; return n`;
    expect(await run(code, "egressMiB: 16")).toBe(12 * MIB);
    expect(await run(code, "egressMiB: 8")).toStartWith("function/limit: Cannot go on fetching");
  });

  test("with a status that is none by an error", async () => {
    for (const status of [600, 999]) {
      rawAnswer = `HTTP/1.1 ${String(status)} Odd\r\nContent-Length: 0\r\n\r\n`;
      expect(await run(`return (await fetch(raw)).status`)).toStartWith(
        "tool/failed: Cannot fetch: ",
      );
    }
    expect(bench.faults).toEqual([]);
  });
});

describe("fetch in a function ends", () => {
  test("with the reason that was given, before and after the answer has begun", async () => {
    const code = `
      const reason = (make, path = "/events", read = false) => { const c = new AbortController(); return make(c, fetch(at + path, { signal: c.signal }).then((r) => read ? r.text() : r)).then(() => "no", (e) => e?.name ?? e) };
      return [
        await reason((c, p) => (c.abort(), p)),
        await reason((c, p) => (c.abort("own"), p)),
        await reason((c, p) => (setTimeout(() => c.abort(), 50), p), "/events", true),
        await fetch(at + "/events", { signal: AbortSignal.timeout(50) }).then((r) => r.text()).catch((e) => e.name),
        await fetch(new Request(at + "/events", { signal: AbortSignal.timeout(50) })).then((r) => r.text()).catch((e) => e.name),
      ]`;
    expect(await run(code)).toEqual([
      "AbortError",
      "own",
      "AbortError",
      "TimeoutError",
      "TimeoutError",
    ]);
  });

  test("with the call, however slowly somebody answers", async () => {
    const before = rawClosed;
    rawAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx";
    const text = await run(`return await (await fetch(raw)).text()`, "timeMs: 300");
    expect(text).toContain("function/limit");
    await until(() => rawClosed > before);
  });
});
