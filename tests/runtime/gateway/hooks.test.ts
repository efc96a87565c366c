/** Which function a path below /hooks leads to, while functions come, go and change. */
import { expect, test } from "bun:test";
import { Hooks } from "../../../runtime/gateway/hooks.ts";
import type { Transport } from "../../../runtime/ports.ts";
import { FakeFunctions, fetched, lines, openAgent } from "../turn/fakes.ts";

const door = { triggers: [{ http: "GET /doorbell" }, { http: "POST /house/door" }] };

/** A table over functions that a test adds, with a channel that has a webhook. */
function table() {
  const functions = new FakeFunctions().add("door", door);
  const hooks = new Hooks(functions, (channel) => channel === "telegram");
  return {
    hooks,
    add: (name: string, ...http: readonly string[]) => {
      functions.add(name, { triggers: http.map((one) => ({ http: one })) });
      hooks.changed();
    },
  };
}

test("a method and a path lead to a function; other methods are known, other paths are not", () => {
  const { hooks } = table();
  expect(hooks.find("GET", "/doorbell")).toMatchObject({ function: "door" });
  expect(hooks.find("POST", "/house/door")).toMatchObject({ function: "door" });
  expect(hooks.find("POST", "/doorbell")).toEqual({ allowed: ["GET"] });
  expect(hooks.find("HEAD", "/doorbell")).toEqual({ allowed: ["GET"] });
  for (const path of [
    "/house",
    "/house/door/",
    "/house/door/x",
    "/",
    "",
    "/DOORBELL",
    "/__proto__",
  ])
    expect(hooks.find("GET", path)).toEqual({ allowed: [] });
});

test("a path that is dropped or taken away is gone at once", () => {
  const { hooks, add } = table();
  add("door", "GET /bell");
  expect(hooks.find("GET", "/doorbell")).toEqual({ allowed: [] });
  expect(hooks.find("GET", "/bell")).toMatchObject({ function: "door" });
});

test("whoever has a path keeps it, and who wants it too is told", () => {
  const { hooks, add } = table();
  expect(hooks.list()).toHaveLength(2);
  add("bell", "GET /doorbell");
  expect(hooks.find("GET", "/doorbell")).toMatchObject({ function: "door" });
  expect(hooks.fault("door", "GET /doorbell")).toBeUndefined();
  expect(hooks.fault("bell", "GET /doorbell")).toBe(
    '"GET /doorbell" belongs to "door" and does not lead here; choose another path',
  );
  add("door", "POST /elsewhere");
  expect(hooks.find("GET", "/doorbell")).toMatchObject({ function: "bell" });
  add("door", "GET /doorbell");
  expect(hooks.find("GET", "/doorbell")).toMatchObject({ function: "bell" });
});

test("the webhook of a channel goes before a function", () => {
  const { hooks, add } = table();
  add("spy", "POST /telegram", "GET /telegram");
  expect(hooks.find("POST", "/telegram")).toEqual({ allowed: ["GET"] });
  expect(hooks.fault("spy", "POST /telegram")).toContain("a channel's webhook");
  expect(hooks.fault("spy", "GET /telegram")).toBeUndefined();
});

test("an agent tells a function whose path is taken, and follows reloads", async () => {
  const functions = new FakeFunctions().add("door", door).add("second", door);
  const post: Transport = {
    ...fetched,
    channel: "post",
    webhook: () => Promise.resolve(new Response("ok")),
  };
  const transports = { post };
  await using bench = await openAgent(lines({}), functions, { transports });
  const told = () => bench.hub.since(0).filter(({ type }) => type === "function.log");
  while (told().length < 2) await Bun.sleep(1);
  expect(told()).toMatchObject([{ name: "second" }, { name: "second" }]);
  functions.add("second", { triggers: [{ http: "GET /second" }, { http: "POST /post" }] });
  bench.hub.publish("function.loaded", { name: "second" });
  expect(bench.agent.hooks.find("GET", "/second")).toMatchObject({ function: "second" });
  expect(bench.agent.hooks.find("POST", "/post")).toEqual({ allowed: [] });
});
