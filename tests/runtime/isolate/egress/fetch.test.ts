import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Bench, call, codeOf, openBench, tool } from "../setup.ts";

let bench: Bench;
let server: ReturnType<typeof Bun.serve>;

beforeAll(() => {
  bench = openBench(
    { poolSize: 2 },
    { secret: (_, name) => (name === "TOKEN" ? "s3cret" : undefined) },
  );
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/elsewhere")
        return Response.redirect(`http://localhost:${String(server.port)}/`, 302);
      if (pathname === "/around") return Response.redirect("/around", 302);
      if (pathname === "/large") return new Response(Buffer.alloc(1_000_000, "a"));
      if (pathname === "/slow") await Bun.sleep(60_000);
      const body = await request.text();
      const authorization = request.headers.get("authorization");
      return Response.json({ authorization, body: body.length, method: request.method });
    },
  });
});
afterAll(async () => {
  await server.stop(true);
  await bench.close();
});

describe("ctx.fetch()", () => {
  const fetching = async (body: string) =>
    await bench.deploy(
      tool(
        `const at = "http://127.0.0.1:${String(server.port)}"; ${body}`,
        `permissions: { net: ["127.0.0.1:${String(server.port)}"] }, secrets: ["TOKEN"],`,
      ),
      { name: "fetching" },
    );

  test("reaches a declared host and puts a secret in", async () => {
    const deployment = await fetching(
      `const r = await ctx.fetch(at + "/", { method: "POST", headers: { authorization: "Bearer {{TOKEN}}" }, body: "x".repeat(500_000) });
       return { status: r.status, url: r.url.startsWith(at), ...(await r.json()) };`,
    );
    expect((await deployment.run(call())).output).toEqual({
      status: 200,
      url: true,
      authorization: "Bearer s3cret",
      body: 500_000,
      method: "POST",
    });
  });

  test("is the global fetch too, for packages, and for no call of another", async () => {
    const deployment = await fetching(
      `const request = new Request(at + "/", { method: "POST", headers: { authorization: "{{TOKEN}}" }, body: "xy" });
       await Bun.sleep(1);
       const own = await (await fetch(request)).json();
       const other = await fetch("http://localhost:" + new URL(at).port + "/").catch((e) => e.code);
       return { own, other, data: await (await fetch("data:,hi")).text() };`,
    );
    expect((await deployment.run(call())).output).toEqual({
      own: { authorization: "s3cret", body: 2, method: "POST" },
      other: "policy/denied",
      data: "hi",
    });
    const without = await bench.deploy(
      tool(`return await fetch("http://127.0.0.1:${String(server.port)}/").catch((e) => e.code)`),
    );
    expect((await without.run(call())).output).not.toBe("policy/denied");
    expect((await without.run(call())).output).toMatch(
      /EPERM|FailedToOpenSocket|ConnectionRefused/,
    );
  });

  test("puts a secret in for one host that the function never sees", async () => {
    const port = String(server.port);
    const deployment = await bench.deploy(
      tool(
        `const ask = async (name) => { const headers = { authorization: "{{TOKEN}}" };
           return await ctx.fetch("http://" + name + ":${port}/", { headers }).then((r) => r.json(), (e) => e.message); };
         let seen; try { seen = ctx.secret("TOKEN") } catch (error) { seen = error.code }
         return [await ask("127.0.0.1"), await ask("localhost"), seen];`,
        `permissions: { net: ["127.0.0.1:${port}", "localhost:${port}"] }, secrets: ["TOKEN@http://127.0.0.1:${port}"],`,
      ),
      { name: "blind" },
    );
    const [there, elsewhere, seen] = (await deployment.run(call())).output as unknown[];
    expect(there).toMatchObject({ authorization: "s3cret" });
    expect(elsewhere).toContain("not declared in `secrets` for this host");
    expect(seen).toBe("policy/denied");
  });

  test("keeps a secret for a host that speaks https out of what is not encrypted", async () => {
    const place = `127.0.0.1:${String(server.port)}`;
    const deployment = await bench.deploy(
      tool(
        `const headers = { authorization: "{{TOKEN}}" };
         return await ctx.fetch("http://${place}/", { headers }).then((r) => r.json(), (e) => e.message);`,
        `permissions: { net: ["${place}"] }, secrets: ["TOKEN@${place}"],`,
      ),
      { name: "encrypting" },
    );
    expect((await deployment.run(call())).output).toContain(`written "TOKEN@http://${place}"`);
  });

  test("gives each call the budget of its manifest, and says what to raise", async () => {
    const deployment = await bench.deploy(
      tool(
        `for (let i = 0; i < input.times; i++) await (await ctx.fetch("http://127.0.0.1:${String(server.port)}/")).text(); return "done"`,
        `permissions: { net: ["127.0.0.1:${String(server.port)}"] }, limits: { requests: 3 },`,
      ),
      { name: "thrifty" },
    );
    expect((await deployment.run(call({ times: 3 }))).output).toBe("done");
    const { error } = await deployment.run(call({ times: 4 }));
    expect(error).toMatchObject({ code: "function/limit", details: { limit: "requests" } });
    expect((await deployment.run(call({ times: 3 }))).output).toBe("done");
  });

  test("answers more requests at once than connections are open", async () => {
    const deployment = await fetching(
      `const all = await Promise.all(Array.from({ length: 150 }, async () => (await ctx.fetch(at + "/")).json()));
       return all.length`,
    );
    expect((await deployment.run(call())).output).toBe(150);
    const careless = await fetching(
      `for (let i = 0; i < 64; i++) await ctx.fetch(at + "/large");
       await ctx.fetch(at + "/", { signal: AbortSignal.timeout(100) }).catch(() => 0); return "left 64 unread"`,
    );
    expect((await careless.run(call())).output).toBe("left 64 unread");
    expect((await careless.run(call())).output).toBe("left 64 unread");
  });

  test("streams a large answer", async () => {
    const deployment = await fetching(
      `return (await (await ctx.fetch(at + "/large")).text()).length`,
    );
    expect((await deployment.run(call())).output).toBe(1_000_000);
  });

  test.each([
    ["another port", `"http://127.0.0.1:1/"`, { kind: "net", wanted: "127.0.0.1:1" }],
    ["another name of the same place", `"http://localhost:" + port + "/"`, { kind: "net" }],
    ["a redirect to another host", `at + "/elsewhere"`, { kind: "net" }],
    ["another scheme", `"file:///etc/passwd"`, { kind: "net", wanted: undefined }],
    [
      "a header with a secret that is not declared",
      `at + "/", { headers: { a: "{{OTHER}}" } }`,
      { kind: "secret", wanted: "OTHER" },
    ],
  ])("refuses %s, and says what the manifest lacks", async (_, args, lack) => {
    const deployment = await fetching(
      `const port = new URL(at).port; return (await ctx.fetch(${args})).status`,
    );
    expect(codeOf(await deployment.run(call()))).toBe("policy/denied");
    expect(bench.denials.at(-1)).toMatchObject({ fn: "fetching", ...lack });
    await deployment.retire();
  });

  test("gives up on endless redirects", async () => {
    const deployment = await fetching(`return (await ctx.fetch(at + "/around")).status`);
    const { error } = await deployment.run(call());
    expect(error?.message).toContain("more than 20 redirects");
  });

  test("ends when the function no longer wants it", async () => {
    const deployment = await fetching(
      `return await ctx.fetch(at + "/slow", { signal: AbortSignal.timeout(50) }).catch((e) => e.name)`,
    );
    expect((await deployment.run(call())).output).toBe("TimeoutError");
  });

  test("refuses everything when moult runs offline", async () => {
    const offline = openBench({ offline: true });
    const deployment = await offline.deploy(
      tool(
        `return (await ctx.fetch("http://127.0.0.1:${String(server.port)}/")).status`,
        `permissions: { net: ["127.0.0.1:${String(server.port)}"] },`,
      ),
    );
    const { error } = await deployment.run(call());
    expect(error).toMatchObject({ code: "policy/denied" });
    expect(error?.message).toContain("--offline");
    await offline.close();
  });
});
