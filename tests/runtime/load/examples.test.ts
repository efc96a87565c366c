/** Examples in real hosts: which run, what counts as passed, and that nothing of them stays. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Rehearsal, rehearse } from "../../../runtime/load/examples.ts";
import type { Functions } from "../../../runtime/load/functions.ts";
import type { FunctionInfo, Manifest } from "../../../schemas/function.ts";
import { type Bench, openBench, tool } from "../isolate/setup.ts";

let bench: Bench;
beforeAll(() => {
  bench = openBench();
});
afterAll(() => bench.close());

/** Deploys a tool and tries its examples. */
async function trying(source: string, signal = new AbortController().signal) {
  const deployment = await bench.deploy(source);
  const { manifest, version } = deployment;
  const info = { name: "example", version, manifest } as FunctionInfo;
  const functions: Pick<Functions, "get" | "run"> = {
    get: () => info,
    run: (_name, call, handler) => deployment.run(call, handler),
  };
  const rehearsal = await rehearse(functions, "example", signal);
  await deployment.retire();
  return rehearsal;
}

const DOUBLE = `v.pipe(v.object({ n: v.number() }), v.check(({ n }) => n < 100, "too large"))`;
const doubling = (examples: string, fields = "", body = "return { twice: input.n * 2 };") =>
  `export default defineTool({ description: "Doubles.", input: ${DOUBLE}, output: v.object({ twice: v.number() }), ${fields}
     examples: [${examples}], async run(input, ctx) { ${body} } });`;
const passes = (rehearsal: Rehearsal | undefined) => rehearsal?.tried.map(({ passed }) => passed);

describe("rehearse()", () => {
  test("passes an example whose output is the one it names, or any that fits when it names none", async () => {
    const rehearsal = await trying(
      doubling(
        `{ say: "a", input: { n: 2 }, output: { twice: 4 } }, { say: "b", input: { n: 3 } }`,
      ),
    );
    expect(rehearsal?.withheld).toEqual([]);
    expect(passes(rehearsal)).toEqual([true, true]);
  });

  test("shows input, what was expected and what came when they differ", async () => {
    const rehearsal = await trying(doubling(`{ say: "a", input: { n: 2 }, output: { twice: 5 } }`));
    expect(rehearsal?.tried).toEqual([
      { say: "a", input: { n: 2 }, passed: false, expected: { twice: 5 }, got: { twice: 4 } },
    ]);
  });

  test.each([
    ["an input that does not fit", `{ say: "a", input: { n: 100 } }`, "", "input/invalid"],
    ["an output that does not fit", `{ say: "a", input: { n: 1 } }`, "return 1;", "output/invalid"],
    ["a failure", `{ say: "a", input: { n: 1 } }`, "throw new Error('no');", "tool/failed"],
  ])("fails at %s", async (_, example, body, code) => {
    const rehearsal = await trying(doubling(example, "", body || undefined));
    expect(rehearsal?.tried).toEqual([
      {
        say: "a",
        input: expect.anything(),
        passed: false,
        error: expect.objectContaining({ code }),
      },
    ]);
  });

  test("keeps nothing of what an example sets", async () => {
    const body = `await ctx.kv.set("n", input.n); return { twice: (await ctx.kv.get("n")) * 2 };`;
    const rehearsal = await trying(
      doubling(`{ say: "a", input: { n: 2 }, output: { twice: 4 } }`, "", body),
    );
    expect(passes(rehearsal)).toEqual([true]);
    expect(bench.kv.size).toBe(0);
    expect(bench.commits).toEqual([]);
  });

  test.each([
    ["net", `permissions: { net: ["a.example:443"] },`],
    ["write", `permissions: { write: ["out"] },`],
    ["call", `permissions: { call: ["other"] },`],
    ["secrets", `secrets: ["TOKEN"],`],
    ["confirm", `confirm: "always",`],
    ["confirm", `confirm: () => false,`],
  ])(
    "does not run a function that may act outside by %s; checks its inputs",
    async (word, fields) => {
      const examples = `{ say: "a", input: { n: 1 }, output: { twice: 3 } }, { say: "b", input: { n: 200 } }`;
      const rehearsal = await trying(
        doubling(examples, fields, `ctx.log.info({}, "I ran"); return { twice: 0 };`),
      );
      expect(rehearsal?.withheld).toEqual([word]);
      expect(passes(rehearsal)).toEqual([true, false]);
      expect(rehearsal?.tried[1]?.error?.message).toContain("too large");
      expect(bench.logs.some(({ text }) => text === "I ran")).toBe(false);
    },
  );

  test("runs a function that may only read", async () => {
    const rehearsal = await trying(
      doubling(`{ say: "a", input: { n: 1 } }`, `permissions: { read: ["files"] },`),
    );
    expect(rehearsal?.withheld).toEqual([]);
    expect(passes(rehearsal)).toEqual([true]);
  });

  test("has nothing to say of a function without examples, or when nobody waits any more", async () => {
    expect(await trying(tool("return 1;"))).toBeUndefined();
    const source = doubling(`{ say: "a", input: { n: 1 } }`);
    expect(await trying(source, AbortSignal.abort())).toBeUndefined();
  });

  test("has nothing to say when another version took over meanwhile", async () => {
    const versions = ["1", "2"];
    const manifest = { kind: "tool", examples: [{ say: "a", input: {} }] } as unknown as Manifest;
    const rest = { permissions: { net: [], write: [], exec: [], call: [] }, secrets: [] };
    const functions: Pick<Functions, "get" | "run"> = {
      get: () =>
        ({
          version: versions.shift(),
          manifest: { ...manifest, ...rest, confirm: "never" },
        }) as unknown as FunctionInfo,
      run: () => Promise.resolve({ version: "2", ms: 0, output: 1, writes: [] }),
    };
    const signal = new AbortController().signal;
    expect(await rehearse(functions, "example", signal)).toBeUndefined();
  });
});
