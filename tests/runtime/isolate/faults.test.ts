import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Deployment } from "../../../runtime/isolate/deployment.ts";
import { type Bench, call, codeOf, openBench, read, tool } from "./setup.ts";

let bench: Bench;
let healthy: Deployment;
beforeAll(async () => {
  bench = openBench({ poolSize: 2 });
  healthy = await bench.deploy(tool(`return "well"`), { name: "healthy" });
});
afterAll(async () => await bench.close());

const write = (text: string) =>
  `const fs = await import("node:fs"); fs.writeSync(3, ${text}); await new Promise((done) => setTimeout(done, 5_000));`;

/** Sends control frames, each as a whole, and waits. */
const frames = (list: string) =>
  `const fs = await import("node:fs"); const bytes = Buffer.from([${list}].map((frame) => JSON.stringify(frame) + "\\n").join(""));
  for (let from = 0; from < bytes.length;) try { from += fs.writeSync(3, bytes, from); } catch {}
  await Bun.sleep(500);`;

/** Without a pause, so that the host's own frames can not end the line. */
const NEVER_ENDS = `const fs = await import("node:fs"); for (;;) try { fs.writeSync(3, "x".repeat(50_000)); } catch {}`;

const FLOODS = `const fs = await import("node:fs"); const line = '{"type":"pong"}\\n'.repeat(1_000); for (;;) try { fs.writeSync(3, line); } catch {}`;

describe("a function that misbehaves", () => {
  test.each([
    ["loops", "for (;;);", "function/limit", "CPU"],
    [
      "eats memory",
      "const a = []; for (;;) a.push(new Array(1e5).fill(1.5));",
      "function/limit",
      "memory",
    ],
    [
      "eats memory while others run",
      "const a = []; for (;;) { a.push(Buffer.alloc(4e6, 1)); await Bun.sleep(1); }",
      "function/limit",
      "MiB > 96",
    ],
    ["exits", "process.exit(3);", "function/crashed", "exit code 3"],
    ["aborts", "process.abort();", "function/crashed", "SIGABRT"],
    ["kills itself", "process.kill(process.pid, 'SIGKILL');", "function/crashed", "SIGKILL"],
    [
      "reads a wild pointer",
      `const { read } = await import("bun:ffi"); read.u8(1);`,
      "function/crashed",
      "SIG",
    ],
    [
      "throws later",
      "setTimeout(() => { throw new Error('late') }, 5); await Bun.sleep(5_000);",
      "function/crashed",
      "exit code 1",
    ],
    ["hangs", "await new Promise(() => {});", "function/limit", "time"],
    ["blocks", "Bun.sleepSync(60_000);", "function/limit", "time"],
    ["speaks nonsense to the daemon", write(`"nonsense\\n"`), "function/crashed", "not JSON"],
    [
      "breaks the protocol",
      write(`'{"type":"ask","id":1,"op":"kv.get"}\\n'`),
      "function/crashed",
      "protocol",
    ],
    ["claims to be somebody else", write(`'{"type":"up"}\\n'`), "function/crashed", "out of turn"],
    ["never ends its line", NEVER_ENDS, "function/crashed", "too long"],
    [
      "fills the daemon's memory with log lines",
      frames(`{ type: "log", level: "info", facts: { a: "x".repeat(900_000) }, text: "" }`),
      "function/crashed",
      "protocol",
    ],
    [
      "fills the daemon's memory with bodies of nothing",
      frames(`...Array.from({ length: 5_000 }, (_, id) => ({ type: "chunk", id, data: "" }))`),
      "function/crashed",
      "more than a request may hold",
    ],
    ["floods the daemon", FLOODS, "function/", ""],
  ])("%s: its caller learns why, and others answer meanwhile", async (title, body, code, text) => {
    const timeMs = ["hangs", "blocks"].includes(title) ? 300 : 20_000;
    const limits = `limits: { timeMs: ${String(timeMs)}, memoryMiB: 96, cpuMs: 300 },`;
    const bad = await bench.deploy(tool(body, limits), { name: "bad" });
    const answered = bad.fetch(call());
    for (let i = 0; i < 5; i++) expect((await healthy.run(call())).output).toBe("well");
    const { status, body: answer } = await read(await answered);
    const { error } = answer as { error: { code: string; message: string } };
    expect(error.code).toStartWith(code);
    expect(error.message).toContain(text);
    expect(status).toBe(error.code === "function/limit" ? 504 : 502);
    await bad.retire();
  });
});

describe("a function that computes for long", () => {
  test("is left alone within its limits, although it answers no ping", async () => {
    const body =
      "const until = performance.now() + 700; while (performance.now() < until); return 1";
    const busy = await bench.deploy(tool(body, "limits: { cpuMs: 20_000 },"));
    expect((await busy.run(call())).output).toBe(1);
    await busy.retire();
  });
});

describe("after a crash", () => {
  test("the next call starts a host at once; after another, callers are told when to come back", async () => {
    const fragile = await bench.deploy(tool(`if (input.die) process.exit(7); return "alive"`), {
      name: "fragile",
    });
    expect(codeOf(await fragile.run(call({ die: true })))).toBe("function/crashed");
    expect((await fragile.run(call())).output).toBe("alive");
    expect(codeOf(await fragile.run(call({ die: true })))).toBe("function/crashed");
    const { error } = await fragile.run(call());
    expect(error).toMatchObject({ code: "function/crashed", details: { reason: "exit code 7" } });
    const retryAfterMs = Number(error?.details?.["retryAfterMs"]);
    expect(retryAfterMs).toBeGreaterThan(0);
    await Bun.sleep(retryAfterMs + 20);
    expect((await fragile.run(call())).output).toBe("alive");
    const reported = bench.crashes.filter(({ name }) => name === "fragile");
    expect(reported).toHaveLength(2);
    expect(reported[0]).toMatchObject({ version: fragile.version, reason: "exit code 7" });
  });

  test("all calls in flight are answered with the reason", async () => {
    const bad = await bench.deploy(
      tool("if (input.die) { await Bun.sleep(50); process.exit(9); } await new Promise(() => {})"),
    );
    const results = await Promise.all([
      bad.run(call({ n: 1 })),
      bad.run(call({ n: 2 })),
      bad.run(call({ die: true })),
    ]);
    for (const { error } of results)
      expect(error).toMatchObject({ code: "function/crashed", details: { reason: "exit code 9" } });
  });

  test("what the call had set is not kept", async () => {
    const bad = await bench.deploy(
      tool(`await ctx.kv.set("a", 1); if (input.die) process.exit(1); throw new Error("no")`),
      { name: "keeper" },
    );
    await bad.fetch(call());
    await bad.fetch(call({ die: true }));
    expect([...bench.kv.keys()].filter((key) => key.startsWith("keeper/"))).toEqual([]);
  });
});
