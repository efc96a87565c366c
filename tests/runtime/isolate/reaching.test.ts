/** What a function is told that tries another way out than `fetch`, and what its owner is told. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { type Bench, call, openBench } from "./setup.ts";

let bench: Bench;
beforeAll(() => {
  bench = openBench({ poolSize: 2 });
});
afterAll(async () => await bench.close());

/** Runs code of a file that may reach `known.example`, with what it imports. */
async function run(imports: string, code: string) {
  bench.denials.splice(0);
  const source = `import { defineTool, v } from "moult";
${imports}
const settled = (begin) => new Promise((yes, no) => begin(yes, no));
export default defineTool({ description: "x", input: v.object({}), permissions: { net: ["known.example:443"] },
  async run() { ${code} } });`;
  const bundle = bench.bundle("");
  writeFileSync(bundle.path, source);
  const deployment = await bench.hosts.deploy({ ...bundle, name: "reaching" });
  const { error, output } = await deployment.run(call());
  const told = bench.denials.map(({ kind, text, wanted }) => ({ kind, text, wanted }));
  return { error, output, told };
}

const SOCKETS = `a function has no sockets of its own`;
const ADD = (place: string) => `add permissions: { net: ["${place}"] } and use fetch`;

describe.skipIf(process.platform !== "linux")("a function without sockets", () => {
  test.each([
    [
      "node:http",
      `import http from "node:http";`,
      `http.get("http://a.example/", yes)`,
      "a.example:80",
    ],
    [
      "node:https",
      `import { request } from "https";`,
      `request("https://a.example/x", yes)`,
      "a.example:443",
    ],
    ["node:net", `import { connect } from "node:net";`, `connect(25, "a.example")`, "a.example:25"],
    [
      "node:net by address",
      `import net from "net";`,
      `new net.Socket().connect(25, "127.0.0.1")`,
      "127.0.0.1:25",
    ],
    [
      "node:tls",
      `import tls from "node:tls";`,
      `tls.connect({ port: 443, host: "::1" })`,
      "[::1]:443",
    ],
  ])("is told by %s what to write", async (_, imports, open, place) => {
    const { error, told } = await run(
      imports,
      `return await settled((yes, no) => ${open}.on("error", no).end?.())`,
    );
    expect(error).toMatchObject({ code: "tool/failed" });
    expect(error?.message).toContain(`(Cannot connect to ${place}: ${SOCKETS}; ${ADD(place)}`);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ kind: "net", wanted: place });
    expect(told[0]?.text).toContain(`adapter: "fetch"`);
  });

  test("is told to use fetch for a host that it names already", async () => {
    const { error } = await run(
      `import http from "node:https";`,
      `return await settled((yes, no) => http.get("https://known.example/", yes).on("error", no))`,
    );
    expect(error?.message).toContain(`known.example:443: ${SOCKETS}; use fetch`);
    expect(error?.message).not.toContain("add permissions");
  });

  test("is told what fetch of Bun's own would have reached", async () => {
    const { error, told } = await run(
      "",
      `await Bun.connect({ hostname: "a.example", port: 7, socket: { data() {} } })`,
    );
    expect(error?.message).toContain(ADD("a.example:7"));
    expect(told.map(({ wanted }) => wanted)).toEqual(["a.example:7"]);
  });

  test.each([
    [`import { lookup } from "node:dns/promises";`, `await lookup("a.example")`],
    [
      `import dns from "node:dns";`,
      `await settled((yes, no) => dns.lookup("a.example", (error) => error ? no(error) : yes(1)))`,
    ],
  ])("is told who looks names up: %s", async (imports, code) => {
    const { error, told } = await run(imports, `return ${code}`);
    expect(error?.message).toContain("Cannot look up a.example: a function has no name server");
    expect(told.map(({ wanted }) => wanted)).toEqual(["a.example:443"]);
  });

  test("is told that there is no WebSocket and no listening, and no line that would not help", async () => {
    const socket = await run(
      "",
      `return await settled((yes, no) => { const s = new WebSocket("wss://a.example/x"); s.onopen = yes; s.onclose = () => no(new Error("closed")); return s instanceof WebSocket })`,
    );
    expect(socket.error?.message).toContain("Cannot open a WebSocket to wss://a.example/x");
    expect(socket.told.map(({ wanted }) => wanted)).toEqual([undefined]);
    const server = await run("", `Bun.serve({ port: 0, fetch: () => new Response() })`);
    expect(server.error?.message).toContain(
      "(Cannot listen: a function has no network of its own; write a channel",
    );
    expect(server.told).toHaveLength(1);
  });

  test("keeps its own handlers: an error that nobody takes is still thrown, one that is taken is not", async () => {
    const { output } = await run(
      `import net from "node:net";`,
      `const socket = net.connect(25, "127.0.0.1");
       const own = socket.listenerCount("error");
       socket.on("error", () => 0);
       await new Promise((done) => socket.on("close", done));
       return own`,
    );
    expect(output).toBe(0);
  });

  test("has the fetch of packages that bring one", async () => {
    const ask = async (imports: string) =>
      await run(imports, `return await fetch("https://b.example/").catch((error) => error.code)`);
    expect((await ask(`import { fetch } from "undici";`)).output).toBe("policy/denied");
    expect((await ask(`import fetch from "node-fetch";`)).output).toBe("policy/denied");
  });
});
