import { describe, expect, test } from "bun:test";
import { defineTool, MoultError, v } from "../../runtime/define.ts";
import { callContext, callTool } from "../../runtime/testing.ts";

const counter = defineTool({
  description: "Counts.",
  input: v.object({ by: v.optional(v.number(), 1) }),
  output: v.object({ count: v.number() }),
  secrets: ["TOKEN"],
  async run({ by }, { kv, log, secret }) {
    const before = Number((await kv.get("count")) ?? 0);
    await kv.set("count", before + by);
    log.info({ token: secret("TOKEN") }, "counted");
    return { count: Number(await kv.get("count")) };
  },
});

describe("callTool()", () => {
  test("runs a definition with checked input and values in memory", async () => {
    const ctx = callContext({ kv: { count: 4 }, secrets: { TOKEN: "abc" } });
    expect(await callTool(counter, { by: 2 }, ctx)).toEqual({ count: 6 });
    expect(await callTool(counter, {}, ctx)).toEqual({ count: 7 });
    expect(await ctx.kv.list()).toEqual([{ key: "count", value: 7 }]);
    expect(ctx.logged[0]).toEqual({ level: "info", facts: { token: "abc" }, text: "counted" });
  });

  test("refuses input that does not match, and says where without repeating the value", async () => {
    const call = callTool(counter, { by: "s3cret" as unknown as number });
    await expect(call).rejects.toMatchObject({ code: "input/invalid" });
    await expect(call).rejects.toThrow("by: expected number, got a string");
  });

  test("refuses output that the definition does not declare", async () => {
    const broken = defineTool({
      description: "Lies.",
      input: v.object({}),
      output: v.object({ n: v.number() }),
      run: () => ({ n: "1" as unknown as number }),
    });
    await expect(callTool(broken, {})).rejects.toMatchObject({ code: "output/invalid" });
  });

  test("keeps the code of a foreseen failure and turns any other into tool/failed", async () => {
    const failing = (error: Error) =>
      defineTool({
        description: "Fails.",
        input: v.object({}),
        run() {
          throw error;
        },
      });
    const foreseen = new MoultError("policy/denied", "no");
    await expect(callTool(failing(foreseen), {})).rejects.toBe(foreseen);
    await expect(callTool(failing(new Error("odd")), {})).rejects.toMatchObject({
      code: "tool/failed",
      message: "odd",
    });
  });
});

describe("callContext()", () => {
  test("reaches nothing that the test did not give it", async () => {
    const ctx = callContext();
    expect(ctx.secret("ANY")).toBe("test-ANY");
    await expect(ctx.fetch("http://127.0.0.1/")).rejects.toMatchObject({ code: "policy/denied" });
    await expect(ctx.call("other", {})).rejects.toMatchObject({ code: "policy/denied" });
    await expect(ctx.model.generate({ prompt: "hi" })).rejects.toMatchObject({
      code: "model/unavailable",
    });
  });

  test("answers for the model as the test says", async () => {
    const ctx = callContext({ reply: (prompt) => prompt.toUpperCase() });
    expect(await ctx.model.generate({ prompt: "hi" })).toBe("HI");
    const pieces: string[] = [];
    for await (const piece of ctx.model.stream({ prompt: "ho" })) pieces.push(piece);
    expect(pieces).toEqual(["HO"]);
  });
});
