import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { WorkerSandbox } from "../../../runtime/isolate/worker_sandbox.ts";
import { sandboxContract } from "../../contract/sandbox.ts";
import { type Bench, call, openBench, tool } from "./setup.ts";

sandboxContract("WorkerSandbox", () => new WorkerSandbox());

describe('isolate: "worker"', () => {
  let bench: Bench;
  beforeAll(() => {
    bench = openBench();
  });
  afterAll(async () => await bench.close());

  const SOURCE = tool(
    `await ctx.kv.set("a", 1); return [process.pid, await ctx.kv.get("a"), Object.keys(process.env)]`,
    `isolate: "worker",`,
  );

  test("runs a built-in in a thread of the daemon, with the same context", async () => {
    const deployment = await bench.deploy(SOURCE, { origin: "builtin", name: "threaded" });
    const response = await deployment.fetch(call());
    expect(await response.json()).toEqual([process.pid, 1, []]);
    expect(bench.kv.get("threaded/a")).toBe(1);
    await deployment.retire();
  });

  test("is not honoured for a file of the user's", async () => {
    const deployment = await bench.deploy(SOURCE, { origin: "user" });
    const { output } = await deployment.run(call());
    expect((output as unknown[])[0]).not.toBe(process.pid);
  });

  test("a thread that never yields is ended, and the next call gets another", async () => {
    const deployment = await bench.deploy(
      tool("if (input.loop) for (;;); return 1", `isolate: "worker", limits: { timeMs: 300 },`),
      { origin: "builtin" },
    );
    const { error } = await deployment.run(call({ loop: true }));
    expect(error).toMatchObject({ code: "function/limit", details: { limit: "timeMs" } });
    expect((await deployment.run(call())).output).toBe(1);
  });
});
