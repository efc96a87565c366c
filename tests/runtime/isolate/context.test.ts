import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { GenerateEvent, GenerateRequest } from "../../../schemas/model.ts";
import type { FunctionCall, Model } from "../../../runtime/ports.ts";
import { type Bench, call, codeOf, openBench, read, tool } from "./setup.ts";
import { until } from "../../waiting.ts";

let bench: Bench;
const secrets = new Map([["TOKEN", "s3cret"]]);
const calls: { from: string; name: string; call: FunctionCall }[] = [];
const generated: { request: GenerateRequest; signal: AbortSignal | undefined }[] = [];

async function* generate(
  request: GenerateRequest,
  signal?: AbortSignal,
): AsyncGenerator<GenerateEvent> {
  generated.push({ request, signal });
  for (const text of ["one ", "two ", "three"]) yield { type: "token", text };
  if (request.messages.at(-1)?.content === "endless")
    for (;;) {
      await Bun.sleep(1);
      if (signal?.aborted === true) return;
      yield { type: "token", text: "." };
    }
}

beforeAll(() => {
  bench = openBench(
    { poolSize: 2 },
    {
      secret: (fn, name) => (fn === "stranger" ? "wrong" : secrets.get(name)),
      model: { generate } as unknown as Model,
      call: (from, name, made) => {
        calls.push({ from, name, call: made });
        if (name === "bug") return Promise.reject(new TypeError("moult_secret is not a function"));
        const failing = (code: "tool/failed" | "policy/denied", message: string) =>
          Promise.resolve({ version: "v", ms: 1, error: { code, message }, writes: [] });
        if (name === "broken") return failing("tool/failed", "it broke");
        if (name === "refused") return failing("policy/denied", "it may not");
        return Promise.resolve({
          version: "v",
          ms: 1,
          output: { got: JSON.parse(made.body as string) as unknown },
          writes: [{ key: "seen", value: true }],
        });
      },
    },
  );
});
afterAll(async () => {
  await bench.close();
});

describe("ctx.kv", () => {
  const run = async (body: string, name: string) => await bench.deploy(tool(body), { name });

  test("a call sees what it sets; others see it when the call has returned", async () => {
    const counter = await run(
      `const n = ((await ctx.kv.get("n")) ?? 0) + 1; await ctx.kv.set("n", n);
       await ctx.kv.set("gone", 1); await ctx.kv.delete("gone");
       return [await ctx.kv.get("n"), await ctx.kv.get("gone") ?? null, await ctx.kv.list({ prefix: "n" })];`,
      "counter",
    );
    expect(await read(await counter.fetch(call()))).toEqual({
      status: 200,
      body: [1, null, [{ key: "n", value: 1 }]],
    });
    expect(bench.kv.get("counter/n")).toBe(1);
    await counter.fetch(call());
    expect(bench.kv.get("counter/n")).toBe(2);
  });

  test("a call of a turn hands its writes over, uncommitted", async () => {
    const setter = await run(
      `await ctx.kv.set("a", { b: 1 }); await ctx.kv.delete("c");`,
      "setter",
    );
    const { writes } = await setter.run(call());
    expect(writes).toEqual([{ key: "a", value: { b: 1 } }, { key: "c" }]);
    expect(bench.kv.has("setter/a")).toBe(false);
  });

  test("many large values arrive whole", async () => {
    const setter = await run(
      `for (let i = 0; i < 20; i++) await ctx.kv.set("k" + i, "x".repeat(200_000));`,
      "large",
    );
    const { writes } = await setter.run(call());
    expect(writes).toHaveLength(20);
  });

  test("a call that fails has set nothing, and costs no commit", async () => {
    const failing = await run(`await ctx.kv.set("a", 1); throw new Error("no")`, "failing");
    await failing.fetch(call());
    const idle = await run(`return await ctx.kv.get("a")`, "idle");
    await idle.fetch(call());
    expect(bench.commits.filter(({ fn }) => fn === "failing" || fn === "idle")).toEqual([]);
  });

  test.each([
    ["an empty key", `await ctx.kv.set("", 1)`],
    ["a long key", `await ctx.kv.set("k".repeat(513), 1)`],
    ["a value that is not JSON", `await ctx.kv.set("k", () => 1)`],
    ["a value that is too large", `await ctx.kv.set("k", "x".repeat(300_000))`],
    ["too many values", `for (let i = 0; i < 1_001; i++) await ctx.kv.set("k" + i, 1)`],
  ])("%s is refused", async (_, body) => {
    const deployment = await run(body, "refused");
    expect(codeOf(await deployment.run(call()))).toBe("tool/failed");
    await deployment.retire();
  });
});

describe("a thousand reads at once", () => {
  test("are answered, with everything else in between", async () => {
    let between = 0;
    let reads = 0;
    const own = openBench(
      {},
      {
        kv: {
          kvGet: () => {
            if (++reads === 1) setImmediate(() => (between = reads));
            return Promise.resolve(7);
          },
          kvList: () => Promise.resolve([]),
          kvCommit: () => Promise.resolve(),
          kvRoom: () => Promise.resolve(),
        },
      },
    );
    const deployment = await own.deploy(
      tool(
        `const all = await Promise.all(Array.from({ length: 1_000 }, (_, i) => ctx.kv.get("k" + i))); return all.every((one) => one === 7)`,
      ),
    );
    expect((await deployment.run(call())).output).toBe(true);
    expect(reads).toBe(1_000);
    expect(between).toBeLessThan(10);
    await own.close();
  });
});

describe("ctx.secret()", () => {
  test("gives declared secrets, the newest value, and no others", async () => {
    const reader = await bench.deploy(
      tool(
        `const get = (n) => { try { return ctx.secret(n) } catch (e) { return e.code } }; return [get("TOKEN"), get("OTHER"), get("UNSET")]`,
        `secrets: ["TOKEN", "UNSET"],`,
      ),
      { name: "reader" },
    );
    expect((await reader.run(call())).output).toEqual(["s3cret", "policy/denied", "policy/denied"]);
    secrets.set("TOKEN", "newer");
    expect((await reader.run(call())).output).toEqual(["newer", "policy/denied", "policy/denied"]);
    secrets.set("TOKEN", "s3cret");
    expect(bench.denials.some(({ fn, kind }) => fn === "reader" && kind === "secret")).toBe(true);
  });
});

describe("ctx.call()", () => {
  const calling = async (body: string) =>
    await bench.deploy(
      tool(body, `permissions: { call: ["other", "broken", "bug", "refused"] },`),
      {
        name: "calling",
      },
    );

  test("calls a declared function for the same principal, one level deeper", async () => {
    const deployment = await calling(`return await ctx.call("other", { a: 1 })`);
    const { output } = await deployment.run(call({}, { session: "s", turn: "t", depth: 2 }));
    expect(output).toEqual({ got: { a: 1 } });
    expect(calls.at(-1)).toMatchObject({
      from: "calling",
      name: "other",
      call: { principal: { id: "owner" }, session: "s", turn: "t", depth: 3 },
    });
    expect(bench.kv.get("other/seen")).toBe(true);
  });

  test("refuses others, and hands on why a call failed", async () => {
    const deployment = await calling(`return await ctx.call(input.name, {})`);
    expect(codeOf(await deployment.run(call({ name: "stranger" })))).toBe("policy/denied");
    const lack = { fn: "calling", kind: "call", wanted: "stranger" };
    expect(bench.denials.at(-1)).toMatchObject(lack);
    // What the other one was refused is its own affair, and reported there.
    expect(codeOf(await deployment.run(call({ name: "refused" })))).toBe("policy/denied");
    expect(bench.denials.at(-1)).toMatchObject(lack);
    const { error } = await deployment.run(call({ name: "broken" }));
    expect(error).toMatchObject({ code: "tool/failed", message: "it broke" });
  });

  test("a bug of ours goes to moult's log; the caller learns no more than that", async () => {
    const deployment = await calling(`return await ctx.call("bug", {})`);
    const { error } = await deployment.run(call());
    expect(error).toMatchObject({ code: "internal" });
    expect(error?.message).not.toContain("moult_secret");
    expect(bench.faults).toMatchObject([{ fn: "calling" }]);
    expect(bench.faults[0]?.text).toContain("moult_secret is not a function");
  });
});

describe("ctx.model", () => {
  test("generates whole answers and pieces, in the lane of the call", async () => {
    const deployment = await bench.deploy(
      tool(
        `const pieces = []; for await (const p of ctx.model.stream({ prompt: "a" })) pieces.push(p);
         return [await ctx.model.generate({ prompt: "b", system: "c", tokensMax: 5 }), pieces]`,
      ),
    );
    const { output } = await deployment.run(call({}, { turn: "t" }));
    expect(output).toEqual(["one two three", ["one ", "two ", "three"]]);
    expect(generated.at(-1)?.request).toEqual({
      lane: "interactive",
      messages: [
        { role: "system", content: "c" },
        { role: "user", content: "b" },
      ],
      tokensMax: 5,
    });
  });

  test("stops when the function leaves the loop, and when the call ends", async () => {
    const leaving = await bench.deploy(
      tool(`for await (const p of ctx.model.stream({ prompt: "endless" })) return p`),
    );
    expect((await leaving.run(call())).output).toBe("one ");
    const { signal } = generated.at(-1)!;
    await until(() => signal?.aborted === true);

    const returning = await bench.deploy(
      tool(
        `ctx.model.generate({ prompt: "endless" }).catch(() => {}); await Bun.sleep(20); return 1`,
      ),
    );
    expect((await returning.run(call())).output).toBe(1);
    const second = generated.at(-1)!;
    await until(() => second.signal?.aborted === true);
  });

  test("says so when there is none", async () => {
    const without = openBench();
    const deployment = await without.deploy(
      tool(`return await ctx.model.generate({ prompt: "a" })`),
    );
    expect(codeOf(await deployment.run(call()))).toBe("model/unavailable");
    await without.close();
  });
});

describe("ctx.log and the rest", () => {
  test("what is no facts at all is written down all the same, and ends nothing", async () => {
    const deployment = await bench.deploy(
      tool(
        `ctx.log.info("only words"); ctx.log.warn([1, 2], 3); ctx.log.error(undefined); return 1`,
      ),
      { name: "careless" },
    );
    for (let n = 0; n < 2; n++) expect((await deployment.run(call())).output).toBe(1);
    const lines = () => bench.logs.filter(({ fn }) => fn === "careless");
    await until(() => lines().length >= 6);
    expect(lines().map(({ facts }) => facts)).toEqual(
      [0, 1].flatMap(() => [{ facts: "only words" }, { facts: [1, 2] }, { facts: "not JSON" }]),
    );
  });

  test("lines reach the function's log, and floods are bounded", async () => {
    const deployment = await bench.deploy(
      tool(
        `ctx.log.warn({ a: 1 }, "hello"); for (let i = 0; i < 500; i++) ctx.log.info({}, "flood"); ctx.log.info({ big: 1n }); console.log("printed"); return 1`,
      ),
      { name: "logger" },
    );
    await deployment.run(call());
    const lines = () => bench.logs.filter(({ fn }) => fn === "logger");
    await until(() => lines().some(({ text }) => text === "printed"));
    // What is printed comes another way, and may come sooner.
    const hello = { fn: "logger", level: "warn", facts: { a: 1 }, text: "hello" } as const;
    expect(lines()).toContainEqual(hello);
    expect(lines().length).toBeLessThan(300);
  });

  test("floods of refusals are bounded and counted", async () => {
    const deployment = await bench.deploy(
      tool(
        `for (let i = 0; i < 500; i++) try { ctx.secret("NONE") } catch {} await Bun.sleep(1_000); try { ctx.secret("NONE") } catch {} return 1`,
      ),
      { name: "refused" },
    );
    const isDropped = ({ fn, text }: { fn: string; text: string }) =>
      fn === "refused" && text.includes("more refusals were dropped");
    // It is told with the next second's first one; whoever is kept waiting may see them all in one second.
    let floods = 0;
    await until(async () => {
      await deployment.run(call());
      floods++;
      return bench.logs.some(isDropped);
    });
    expect(bench.denials.filter(({ fn }) => fn === "refused").length).toBeLessThan(300 * floods);
  });

  test("a call knows its session and principal, whatever letters they have", async () => {
    const deployment = await bench.deploy(
      tool(`return { session: ctx.session, principal: ctx.principal, now: typeof ctx.now() }`),
    );
    const principal = { id: "Zoë 🦞", role: "viewer" } as const;
    expect((await deployment.run(call({}, { session: "s:1", principal }))).output).toEqual({
      session: "s:1",
      principal,
      now: "number",
    });
    const { output } = await deployment.run(call());
    expect(output).toEqual({ principal: { id: "owner", role: "owner" }, now: "number" });
  });
});
