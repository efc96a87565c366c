/** `ctx.call` gives nothing on: whoever is called has what was approved for it, and nothing of its caller's. */
import { afterAll, expect, test } from "bun:test";
import type { Loader } from "../../../runtime/load/loader.ts";
import { confinedFolder } from "./confined_folder.ts";
import { answer, call } from "./functions_folder.ts";

const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("reached") });
afterAll(async () => await server.stop(true));
const PLACE = `127.0.0.1:${server.port}`;

const tool = (body: string, fields = ""): string => `import { defineTool, v } from "moult";
const guard = async (act) => { try { return await act() } catch (e) { return e.code + ": " + e.message } };
export default defineTool({ description: "x", input: v.looseObject({}), ${fields} run: async (input, ctx) => { ${body} } });
`;
const may = (fields: object, secrets: readonly string[] = []): string =>
  `permissions: ${JSON.stringify(fields)}, secrets: ${JSON.stringify(secrets)},`;

async function started(files: Readonly<Record<string, string>>, approved: readonly string[]) {
  const folder = confinedFolder(64, { ownRoot: "/nowhere" });
  for (const [name, text] of Object.entries(files)) folder.save(`${name}.ts`, text);
  const loader: Loader = await folder.start();
  for (const name of approved) await loader.approve(name);
  return { loader, folder };
}

const CALL = `return await guard(() => ctx.call("callee", {}))`;
const REACH = `return [await guard(async () => (await ctx.fetch("http://${PLACE}/")).text()), await guard(() => ctx.secret("TOKEN"))]`;

test("a function that waits cannot be had by calling it", async () => {
  const files = {
    caller: tool(CALL, may({ call: ["callee"] })),
    callee: tool(REACH, may({ net: [PLACE] })),
  };
  const { loader, folder } = await started(files, ["caller"]);
  await using _ = folder;
  expect(await answer(loader, "caller")).toMatch(/^function\/pending: .*moult approve callee/);
  await loader.approve("callee");
  expect(await answer(loader, "caller")).toEqual([
    "reached",
    expect.stringContaining("policy/denied"),
  ]);
  await loader.revoke("callee");
  expect(await answer(loader, "caller")).toMatch(/^function\/pending/);
});

test("whoever may not call is not helped by the approval of the other", async () => {
  const files = {
    caller: tool(CALL, may({ call: ["another"] })),
    careless: tool(CALL, `permissions: { optional: { call: ["callee"] } },`),
    callee: tool(REACH, may({ net: [PLACE] })),
  };
  const { loader, folder } = await started(files, ["caller", "callee"]);
  await using _ = folder;
  expect(await answer(loader, "caller")).toMatch(/^policy\/denied: .*permissions\.call/);
  expect(await answer(loader, "careless")).toMatch(/^policy\/denied: .*moult approve careless/);
});

test("the caller's hosts and secrets stay the caller's", async () => {
  const rich = may({ net: [PLACE], call: ["callee"] }, ["TOKEN"]);
  const files = {
    caller: tool(`return [await ctx.call("callee", {}), ctx.secret("TOKEN")]`, rich),
    callee: tool(REACH),
  };
  const { loader, folder } = await started(files, ["caller"]);
  await using _ = folder;
  const [inner, own] = (await answer(loader, "caller")) as [readonly string[], string];
  expect(own).toBe("the TOKEN");
  expect(inner.map((text) => text.slice(0, 13))).toEqual(["policy/denied", "policy/denied"]);
});

test("a circle of calls ends, and a channel is nothing to call", async () => {
  const round = (next: string) =>
    tool(`return await guard(() => ctx.call("${next}", {}))`, may({ call: [next] }));
  const channel = `import { defineChannel } from "moult";
export default defineChannel({ description: "x", via: "http", receive: () => ({ drop: "x" }) });`;
  const files = {
    ping: round("pong"),
    pong: round("ping"),
    self: round("self"),
    caller: round("door"),
    door: channel,
  };
  const { loader, folder } = await started(files, ["ping", "pong", "self", "caller"]);
  await using _ = folder;
  for (const name of ["ping", "self"])
    expect(await answer(loader, name)).toMatch(/already call each other 8 deep/);
  expect(await answer(loader, "caller")).toMatch(/^function\/pending/);
  await loader.approve("door");
  expect(await answer(loader, "caller")).toMatch(/^input\/invalid: .*is a channel/);
});

test("an error with details that nobody expects goes through to the caller, and harms nobody on the way", async () => {
  const throws = (details: string) =>
    tool(`throw Object.assign(new Error("no"), { code: "policy/denied", details: ${details} })`);
  const files = {
    caller: tool(
      `return await guard(() => ctx.call(input.name, {}))`,
      may({ call: ["odd", "deep"] }),
    ),
    odd: throws(`{ kind: 5, wanted: [] }`),
    deep: throws(`{ kind: JSON.parse("[".repeat(4000) + "]".repeat(4000)) }`),
  };
  const { loader, folder } = await started(files, ["caller"]);
  await using _ = folder;
  for (const name of ["odd", "deep"]) {
    const { output } = await loader.run("caller", call({ name }));
    expect(output).toBe("policy/denied: no");
  }
});
