import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Bench, call, openBench, tool } from "./setup.ts";
import { until } from "../../waiting.ts";

let bench: Bench;
beforeAll(() => {
  bench = openBench({ poolSize: 2 });
});
afterAll(async () => await bench.close());

/** A tool that makes chunks of 100 kB when asked for them, and says how many it made and whether it was cancelled. */
const SOURCE = `
let made = 0, cancelled = 0;
export default defineTool({ description: "Streams.", input: v.looseObject({}), limits: { timeMs: 1_000 },
  run: ({ report }) => report ? { made, cancelled } : new ReadableStream({
    pull(c) { made++; c.enqueue(new Uint8Array(100_000)); if (made === 1_000) c.close(); },
    cancel() { cancelled++; },
  }, { highWaterMark: 0 }) });`;

async function report(deployment: Awaited<ReturnType<Bench["deploy"]>>) {
  return (await deployment.run(call({ report: true }))).output as {
    made: number;
    cancelled: number;
  };
}

describe("a function that answers with a stream", () => {
  test("sends its bytes to the caller, and its text to a turn", async () => {
    const deployment = await bench.deploy(
      tool(
        `return new ReadableStream({ async start(c) { for (const t of ["a", "b", "c"]) { c.enqueue(t); await Bun.sleep(5); } c.close(); } })`,
      ),
    );
    const response = await deployment.fetch(call());
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    expect(await response.text()).toBe("abc");
    expect((await deployment.run(call())).output).toBe("abc");
  });

  test("is not asked for more than its caller takes, and learns when the caller leaves", async () => {
    const deployment = await bench.deploy(SOURCE);
    const response = await deployment.fetch(call());
    const reader = response.body!.getReader();
    await reader.read();
    await Bun.sleep(200);
    expect((await report(deployment)).made).toBeLessThan(100);
    await reader.cancel();
    await until(async () => (await report(deployment)).cancelled > 0);
  });

  test("with a caller that is too slow: the stream ends with the reason, the host stays", async () => {
    const deployment = await bench.deploy(SOURCE);
    const response = await deployment.fetch(call());
    const reader = response.body!.getReader();
    const drain = async () => {
      for (;;) {
        await reader.read();
        await Bun.sleep(100);
      }
    };
    await expect(drain()).rejects.toMatchObject({ code: "function/limit" });
    expect((await report(deployment)).made).toBeGreaterThan(0);
    expect(bench.crashes).toEqual([]);
  });

  test("that breaks off breaks off for the caller too", async () => {
    const deployment = await bench.deploy(
      tool(
        `if (input.end) process.exit(5); return new ReadableStream({ pull(c) { c.enqueue("x"); return new Promise(() => {}); } })`,
      ),
    );
    const response = await deployment.fetch(call());
    // Only now: a host that ends before it began to answer is an error response instead.
    void deployment.run(call({ end: true }));
    await expect(response.text()).rejects.toThrow();
  });

  test("keeps the values it set before the stream began", async () => {
    const deployment = await bench.deploy(
      tool(
        `await ctx.kv.set("a", 1); return new ReadableStream({ async pull(c) { await Bun.sleep(20); c.enqueue(await ctx.kv.set("b", 2).catch((e) => e.message)); c.close(); } })`,
      ),
      { name: "keeper" },
    );
    const response = await deployment.fetch(call());
    expect(bench.kv.get("keeper/a")).toBe(1);
    expect(await response.text()).toContain("the call has returned already");
    expect(bench.kv.has("keeper/b")).toBe(false);
  });

  test.each([
    ["an error", `c.error(new Error("no more"))`, "tool/failed", "no more"],
    ["something that is no bytes", `c.enqueue({})`, "output/invalid", "texts or bytes"],
  ])("%s in it ends the stream with the reason, and the host stays", async (_, act, code, text) => {
    const deployment = await bench.deploy(
      tool(
        `if (input.ping) return process.pid; let n = 0; return new ReadableStream({ async pull(c) { if (n++ === 0) c.enqueue("x"); else { await Bun.sleep(5); ${act} } } })`,
      ),
    );
    const { output: pid } = await deployment.run(call({ ping: true }));
    const { error } = await deployment.run(call());
    expect(error?.code).toBe(code as "internal");
    expect(error?.message).toContain(text);
    const response = await deployment.fetch(call());
    await expect(response.text()).rejects.toThrow(text);
    expect((await deployment.run(call({ ping: true }))).output).toBe(pid);
  });
});

describe("a caller that leaves", () => {
  test("aborts ctx.signal", async () => {
    const deployment = await bench.deploy(
      `let aborted = 0;
       export default defineTool({ description: "Waits.", input: v.looseObject({}), async run({ report }, { signal }) {
         if (report) return aborted;
         await new Promise((done) => signal.addEventListener("abort", done)); aborted++; } });`,
    );
    const leaving = new AbortController();
    const running = deployment.run(call({}, { signal: leaving.signal }));
    await Bun.sleep(50);
    leaving.abort();
    expect((await running).error?.message).toContain("was cancelled");
    await until(async () => (await deployment.run(call({ report: true }))).output === 1);
  });
});
