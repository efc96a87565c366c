/** What a version gets that is not approved, or not all of it: the host is told from outside. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { approvedOf, NOTHING } from "../../../runtime/policy/asks.ts";
import { type Bench, call, openBench, tool } from "./setup.ts";

let bench: Bench;
beforeAll(() => {
  bench = openBench();
  mkdirSync(join(bench.root, "files"));
  writeFileSync(join(bench.root, "files/a.txt"), "hello");
});
afterAll(async () => await bench.close());

test("a file that is not approved is read for what it declares, and never runs with it", async () => {
  const source = tool(`return 1`, `permissions: { write: ["out"] },`);
  const loaded = `await Bun.write("out/loaded.txt", "x").catch(() => 0);\n`;
  const deployment = await bench.hosts.deploy(
    bench.bundle(loaded + source, { permitted: () => undefined }),
  );
  expect(deployment.manifest.permissions.write).toEqual(["out"]);
  expect(existsSync(join(bench.root, "out"))).toBe(false);
  const { error } = await deployment.run(call());
  expect(error).toMatchObject({ code: "function/pending" });
  expect(error?.message).toContain("moult approve example");
  expect(existsSync(join(bench.root, "out"))).toBe(false);
  await deployment.retire();
});

test("what nobody could be given is said before anybody is asked to approve it", async () => {
  const source = tool(`return 1`, `permissions: { optional: { read: ["home"] } },`);
  await bench.hosts.deploy(bench.bundle(source, { permitted: () => undefined })).then(
    () => expect.unreachable(),
    (error: unknown) => expect(error).toMatchObject({ code: "function/invalid" }),
  );
});

test("without what is optional it runs, is refused just that, and is told the command", async () => {
  const source = tool(
    `const guard = async (act) => { try { return await act() } catch (e) { return e.message ?? e.code } };
     await Bun.write("notes/x.txt", "written");
     return [
       await guard(() => Bun.file("files/a.txt").text()),
       await guard(() => ctx.fetch("http://127.0.0.1:1/")),
       await guard(() => ctx.call("other", {})),
     ]`,
    `permissions: { write: ["notes"], optional: { read: ["files"], net: ["127.0.0.1:1"], call: ["other"] } },`,
  );
  const asked = await bench.hosts.deploy(
    bench.bundle(source, { permitted: ({ permissions }) => approvedOf(permissions, NOTHING) }),
  );
  const { output } = await asked.run(call());
  const [file, net, other] = output as readonly string[];
  expect(file).not.toBe("hello");
  expect(net).toContain('run "moult approve example"');
  expect(other).toContain('run "moult approve example"');
  expect(readFileSync(join(bench.root, "notes/x.txt"), "utf8")).toBe("written");
  expect(bench.denials).toContainEqual(
    expect.objectContaining({ kind: "net", wanted: "127.0.0.1:1" }),
  );
  await asked.retire();
});
