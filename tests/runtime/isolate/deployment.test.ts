import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Deployment } from "../../../runtime/isolate/deployment.ts";
import { LIMITS_DEFAULT } from "../../../schemas/function.ts";
import { type Bench, call, codeOf, openBench, read, tool } from "./setup.ts";
import { until } from "../../waiting.ts";

let bench: Bench;
beforeAll(() => {
  bench = openBench({ poolSize: 2 });
});
afterAll(async () => await bench.close());

describe("a deployed tool", () => {
  const SOURCE = `export default defineTool({
    description: "Adds.",
    input: v.object({ a: v.number(), b: v.optional(v.number(), 1), secret: v.optional(v.pipe(v.string(), v.minLength(99))) }),
    output: v.object({ sum: v.number() }),
    limits: { concurrency: 2 },
    run: ({ a, b }) => ({ sum: a < 0 ? "no" : a + b }),
  });`;
  let add: Deployment;
  beforeAll(async () => {
    add = await bench.deploy(SOURCE, { name: "add" });
  });

  test("reports what it declares, with defaults and JSON Schemas", () => {
    expect(add.manifest).toMatchObject({
      kind: "tool",
      description: "Adds.",
      confirm: "never",
      limits: { ...LIMITS_DEFAULT, concurrency: 2 },
      input: { type: "object", required: ["a"] },
      output: { type: "object", properties: { sum: { type: "number" } } },
    });
  });

  test("answers as JSON under its version", async () => {
    const response = await add.fetch(call({ a: 2 }));
    expect(response.headers.get("x-function-version")).toBe(add.version);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await read(response)).toEqual({ status: 200, body: { sum: 3 } });
  });

  test("answers a turn with the output and no writes", async () => {
    expect(await add.run(call({ a: 2, b: 3 }))).toMatchObject({
      version: add.version,
      output: { sum: 5 },
      writes: [],
    });
  });

  test.each([
    ["not JSON", "{", "the body is not JSON"],
    ["a wrong type", `{"a":"s3cret"}`, "a: expected number, got a string"],
    ["a missing field", `{}`, "a: missing"],
    ["no body at all", null, "a: missing"],
    ["a value that breaks a rule", `{"a":1,"secret":"s3cret"}`, "secret: expected >=99"],
  ])("refuses %s, and does not repeat it", async (_, body, text) => {
    const { status, body: answer } = await read(await add.fetch({ ...call(), body }));
    const { error } = answer as { error: { code: string; message: string } };
    expect([status, error.code]).toEqual([400, "input/invalid"]);
    expect(error.message).toContain(text);
    expect(JSON.stringify(answer)).not.toContain("s3cret");
  });

  test("does not pass on what breaks its own schema", async () => {
    const { status, body } = await read(await add.fetch(call({ a: -1 })));
    expect(status).toBe(500);
    expect(body).toMatchObject({ error: { code: "output/invalid" } });
  });

  test("has no handler of another kind", async () => {
    expect(codeOf(await add.run(call(), "receive"))).toBe("input/invalid");
  });
});

describe("what a function throws or returns", () => {
  test.each([
    [
      "a foreseen failure",
      `throw new MoultError("policy/denied", "not you")`,
      "policy/denied",
      "not you",
    ],
    ["any other error", `throw new TypeError("odd")`, "tool/failed", "odd"],
    ["a text", `throw "oops"`, "tool/failed", "oops"],
    ["the network itself", `await fetch("http://a.test/")`, "tool/failed", `net: ["a.test:80"]`],
    [
      "a failure with a very long text",
      `throw new MoultError("tool/failed", "y".repeat(5_000_000), { more: "z".repeat(5_000_000) })`,
      "tool/failed",
      "yyy",
    ],
    ["a BigInt", `return 1n`, "output/invalid", "not JSON"],
    ["a function", `return () => 1`, "output/invalid", "not JSON"],
    ["a circle", `const a = {}; a.a = a; return a`, "output/invalid", "not JSON"],
    [
      "an answer too deep to be kept",
      `const { stringify } = JSON; JSON.stringify = (value) => value === 7 ? "[".repeat(2e5) + "]".repeat(2e5) : stringify(value); return 7`,
      "output/invalid",
      "broken JSON",
    ],
    ["a Response", `return new Response("x")`, "output/invalid", "not a Response"],
  ])("%s becomes a typed error", async (_, body, code, text) => {
    const deployment = await bench.deploy(tool(body));
    const { error } = await deployment.run(call());
    expect(error?.code).toBe(code as "internal");
    expect(error?.message).toContain(text);
    await deployment.retire();
  });

  test("nothing at all becomes null", async () => {
    const deployment = await bench.deploy(tool(""));
    expect(await read(await deployment.fetch(call()))).toEqual({ status: 200, body: null });
  });
});

describe("skills and channels", () => {
  test("a skill with `run` answers a request", async () => {
    const skill = await bench.deploy(
      `export default defineSkill({ description: "Shouts.", instructions: "Shout.", run: (text) => text.toUpperCase() });`,
    );
    expect(skill.manifest).toMatchObject({ kind: "skill", runs: true, instructions: "Shout." });
    expect((await skill.run(call("hi"))).output).toBe("HI");
    expect((await skill.run(call({ request: "ho" }))).output).toBe("HO");
    expect(codeOf(await skill.run(call({ text: "ho" })))).toBe("input/invalid");
  });

  test("a skill without `run` says so", async () => {
    const skill = await bench.deploy(
      `export default defineSkill({ description: "Waits.", instructions: "Wait." });`,
    );
    expect(skill.manifest.runs).toBe(false);
    expect(codeOf(await skill.run(call("hi")))).toBe("input/invalid");
  });

  test("a channel receives updates and renders replies", async () => {
    const channel = await bench.deploy(`export default defineChannel({
      description: "Terminal.", via: "terminal",
      receive: ({ session, text, user }) => text === "" ? { drop: "empty" } : text === "bad" ? { text } : { conversation: session, sender: user, text },
      render: (reply) => "> " + reply,
    });`);
    expect(channel.manifest).toMatchObject({ kind: "channel", via: "terminal", renders: true });
    const update = { session: "s", user: "u", text: "hi" };
    expect((await channel.run(call(update), "receive")).output).toEqual({
      conversation: "s",
      sender: "u",
      text: "hi",
    });
    expect((await channel.run(call({ ...update, text: "" }), "receive")).output).toEqual({
      drop: "empty",
    });
    expect(codeOf(await channel.run(call({ ...update, text: "bad" }), "receive"))).toBe(
      "output/invalid",
    );
    expect((await channel.run(call("yes"), "render")).output).toBe("> yes");
  });
});

describe("a file that can not be used", () => {
  test.each([
    ["no default export", "export const a = 1;", "has no definition"],
    ["a misspelt word", "export default defineTool({ input: v.numbr() });", ".js:2:"],
    ["a foreign default export", "export default 5;", "has no definition"],
    [
      "a definition without `run`",
      `export default { kind: "tool", input: v.object({}) };`,
      "needs `run`",
    ],
    [
      "an input that is no object",
      `export default defineTool({ description: "x", input: v.string(), run() {} });`,
      "must describe an object",
    ],
    [
      "an empty description",
      `export default defineTool({ description: "", input: v.object({}), run() {} });`,
      "description",
    ],
    ["an error at its top", `throw new Error("at the top");`, "at the top"],
    ["an import that was not bundled", `import "left-pad";`, "left-pad"],
    ["an exit at its top", `process.exit(4);`, "exit code 4"],
    ["a wide network", tool("", `permissions: { net: ["*"] },`), "host:port"],
    [
      "a secret in the open",
      tool("", `secrets: ["TOKEN@http://192.168.1.5:8123"],`),
      "only this machine is sent secrets over http",
    ],
    ["a secret for a page", tool("", `secrets: ["TOKEN@http://127.0.0.1:80/a"],`), "host:port"],
    ["an unknown permission", tool("", `permissions: { nets: [] },`), "nets"],
    ["a program nowhere", tool("", `permissions: { exec: ["/bin/ffnothing"] },`), "install it"],
    ["the whole folder", tool("", `permissions: { read: ["."] },`), "whole folder"],
    ["a folder outside", tool("", `permissions: { write: ["../x"] },`), "leaves the folder"],
    ["moult's home", tool("", `permissions: { read: ["home"] },`), "moult's home"],
    ["everything", tool("", `permissions: { read: ["/"] },`), "moult's home"],
    [
      "a definition that differs at each load",
      `export default defineTool({ description: String(process.pid), input: v.object({}), permissions: { write: ["out"] }, run() {} });`,
      "something else at each load",
    ],
  ])("%s is refused with what to do", async (_, source, text) => {
    const deployed = bench.deploy(source, { name: "broken" });
    await expect(deployed).rejects.toMatchObject({ code: "function/invalid" });
    await expect(deployed).rejects.toThrow(text);
  });
});

describe("the life of a version", () => {
  test("with a known manifest, no host starts before the first call", async () => {
    const bundle = bench.bundle(tool("return process.pid"));
    const first = await bench.hosts.deploy(bundle);
    const { manifest } = first;
    await first.retire();
    const second = await bench.hosts.deploy({ ...bundle, manifest });
    expect((await second.run(call())).output).toBeNumber();
    await second.retire();
  });

  test("more calls than it takes at once wait for a place", async () => {
    const quick = await bench.deploy(
      tool(
        "await new Promise((done) => setTimeout(done, 5)); return 1",
        "limits: { concurrency: 2 },",
      ),
    );
    const results = await Promise.all(
      Array.from({ length: 20 }, async () => await quick.run(call())),
    );
    expect(results.map((result) => result.output)).toEqual(Array(20).fill(1));
  });

  test("more calls than end soon are refused, and later ones are not", async () => {
    const slow = await bench.deploy(
      tool(
        "await new Promise((done) => setTimeout(done, 800)); return 1",
        "limits: { concurrency: 2 },",
      ),
    );
    const results = await Promise.all([1, 2, 3].map(async () => await slow.run(call())));
    expect(results.map(codeOf).filter((code) => code !== undefined)).toEqual(["function/busy"]);
    expect((await slow.run(call())).output).toBe(1);
  });

  test("a version that was replaced finishes its calls and takes no new ones", async () => {
    const slow = await bench.deploy(
      tool("await new Promise((done) => setTimeout(done, 150)); return process.pid"),
    );
    const running = slow.run(call());
    await Bun.sleep(20);
    const retired = slow.retire();
    expect(codeOf(await slow.run(call()))).toBe("function/not-found");
    const { output } = await running;
    expect(output).toBeNumber();
    await retired;
    expect(() => process.kill(Number(output), 0)).toThrow("ESRCH");
  });

  test("a host without calls ends, and the next call starts another", async () => {
    const other = openBench({ idleMs: 1 });
    const deployment = await other.deploy(tool("return process.pid"));
    const { output: first } = await deployment.run(call());
    const isAlive = () => {
      try {
        return process.kill(Number(first), 0);
      } catch {
        return false;
      }
    };
    await until(() => !isAlive());
    expect((await deployment.run(call())).output).not.toBe(first);
    expect(other.crashes).toEqual([]);
    await other.close();
  });
});
