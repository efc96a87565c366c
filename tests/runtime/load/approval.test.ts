import { expect, test } from "bun:test";
import { Grants } from "../../../runtime/policy/grants.ts";
import type { Loader } from "../../../runtime/load/loader.ts";
import { until } from "../../waiting.ts";
import { answer, functionsFolder } from "./functions_folder.ts";

/** As under `moult start`: nothing is approved because of where it lies. */
const folderUnderStart = () => functionsFolder({ ownRoot: "/nowhere" });

const asks = (says: string, fields = ""): string => `import { defineTool, v } from "moult";
export default defineTool({
  description: "Says something.",
  input: v.object({}),
  ${fields}
  run: () => ${says},
});
`;
const NET = `permissions: { net: ["a.example:443"] },`;
const WIDER = `permissions: { net: ["a.example:443", "b.example:443"] },`;

const hashOf = (loader: Loader, name: string): string => loader.get(name)?.waiting?.hash ?? "";

test("what asks for something is pending until it is approved, and says the command", async () => {
  await using folder = folderUnderStart();
  folder.save("plain.ts", asks("1"));
  folder.save("net.ts", asks("2", NET));
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  expect(await answer(loader, "plain")).toBe(1);
  expect(loader.get("net")).toMatchObject({
    state: "pending",
    kind: "tool",
    waiting: { wants: ["may reach a.example:443"], runs: false },
  });
  expect(loader.get("net")?.manifest).toBeUndefined();
  const { error } = await loader.run("net", {
    body: "{}",
    principal: { id: "owner", role: "owner" },
  });
  expect(error).toMatchObject({ code: "function/pending" });
  expect(error?.message).toContain("moult approve net");
  expect(folder.events("function.pending")).toMatchObject([{ name: "net", runs: false }]);
  const info = await loader.approve("net", hashOf(loader, "net"));
  expect(info).toMatchObject({ state: "ready", grant: { by: "owner" } });
  expect(info.waiting).toBeUndefined();
  expect(await answer(loader, "net")).toBe(2);
  expect(folder.events("function.approved")).toMatchObject([
    { name: "net", by: "owner", granted: ["may reach a.example:443"] },
  ]);
});

test("an approval of something else than what was shown is refused", async () => {
  await using folder = folderUnderStart();
  folder.save("net.ts", asks("1", NET));
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  const shown = hashOf(loader, "net");
  folder.save("net.ts", asks("1", WIDER));
  await until(() => loader.get("net")?.waiting?.wants.length === 2);
  await loader.approve("net", shown).then(
    () => expect.unreachable(),
    (error: unknown) => expect(error).toMatchObject({ code: "input/invalid" }),
  );
  expect(loader.get("net")?.state).toBe("pending");
});

test("a change that widens waits while the approved version serves, over a restart too", async () => {
  await using folder = folderUnderStart();
  folder.save("net.ts", asks("1", NET));
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  await loader.approve("net");
  folder.save("net.ts", asks("2", NET));
  await until(async () => (await answer(loader, "net")) === 2);
  for (let n = 3; n < 10; n++) {
    folder.save("net.ts", asks(String(n), WIDER));
    await until(() => loader.get("net")?.waiting?.version !== undefined);
    await loader.settled();
  }
  expect(await answer(loader, "net")).toBe(2);
  expect(loader.get("net")).toMatchObject({
    state: "ready",
    waiting: { wants: ["may reach b.example:443"], keeps: ["may reach a.example:443"] },
  });
  await loader.close();
  const again = folder.loader();
  await again.start();
  await again.settled();
  expect(await answer(again, "net")).toBe(2);
  expect(again.get("net")?.waiting?.wants).toEqual(["may reach b.example:443"]);
  await again.approve("net", hashOf(again, "net"));
  expect(await answer(again, "net")).toBe(9);
});

test("a widening that is taken back waits for nobody", async () => {
  await using folder = folderUnderStart();
  folder.save("net.ts", asks("1"));
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  folder.save("net.ts", asks("1", NET));
  await until(() => loader.get("net")?.waiting !== undefined);
  expect(await answer(loader, "net")).toBe(1);
  folder.save("net.ts", asks("1"));
  await until(() => loader.get("net")?.waiting === undefined);
  expect(loader.get("net")).toMatchObject({ state: "ready" });
});

test("with reapprove any, other code waits too", async () => {
  await using folder = folderUnderStart();
  const any = () => new Grants(folder.home, { now: Date.now }, "any");
  folder.save("net.ts", asks("1", NET));
  const loader = folder.loader({ grants: any() });
  await loader.start();
  await loader.settled();
  await loader.approve("net");
  folder.save("net.ts", asks("2", NET));
  await until(() => loader.get("net")?.waiting !== undefined);
  expect(loader.get("net")?.waiting).toMatchObject({ wants: [], runs: false });
  expect(await answer(loader, "net")).toBe(1);
  await loader.approve("net");
  expect(await answer(loader, "net")).toBe(2);
  // What was approved once may be gone back to.
  await loader.rollback("net");
  expect(await answer(loader, "net")).toBe(1);
});

test("a rollback does not lead to a version that was never approved", async () => {
  await using folder = folderUnderStart();
  folder.save("net.ts", asks("1", WIDER));
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  folder.save("net.ts", asks("2", NET));
  await until(() => loader.get("net")?.waiting?.wants.length === 1);
  await loader.approve("net");
  expect(await answer(loader, "net")).toBe(2);
  await loader.rollback("net").then(
    () => expect.unreachable(),
    (error: unknown) => expect(error).toMatchObject({ code: "function/invalid" }),
  );
  expect(await answer(loader, "net")).toBe(2);
});

test("an approval outlives the file, and ends when it is taken back", async () => {
  await using folder = folderUnderStart();
  const { rmSync } = await import("node:fs");
  folder.save("net.ts", asks("1", NET));
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  await loader.approve("net");
  rmSync(folder.path("net.ts"));
  await until(() => loader.get("net") === undefined);
  folder.save("net.ts", asks("1", NET));
  await until(() => loader.get("net")?.state === "ready");
  expect(await loader.revoke("net")).toMatchObject({ state: "pending" });
  expect(await answer(loader, "net")).toBe("function/pending");
  await loader.close();
  const again = folder.loader();
  await again.start();
  await again.settled();
  expect(again.get("net")?.state).toBe("pending");
});

test("dev approves its own folder on sight, and start accepts the same", async () => {
  await using folder = functionsFolder();
  folder.save("net.ts", asks("1", NET));
  const dev = folder.loader();
  await dev.start();
  await dev.settled();
  expect(await answer(dev, "net")).toBe(1);
  expect(dev.get("net")).toMatchObject({ state: "ready", grant: { by: "dev" } });
  expect(folder.events("function.approved")).toHaveLength(1);
  await dev.close();
  const grants = new Grants(folder.home, { now: Date.now }, "any");
  const start = folder.loader({ ownRoot: "/nowhere", grants });
  await start.start();
  await start.settled();
  expect(await answer(start, "net")).toBe(1);
  expect(folder.events("function.approved")).toHaveLength(1);
});
