import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import type { Loader } from "../../../runtime/load/loader.ts";
import { answer, functionsFolder, tool } from "./functions_folder.ts";
import { until } from "../../waiting.ts";

type Folder = ReturnType<typeof functionsFolder>;

/** A started loader after `hello` was saved once for each text; it answers 1, 2, … */
async function saved(folder: Folder, versions: number, change = {}): Promise<Loader> {
  folder.save("hello.ts", tool("1"));
  const loader = folder.loader(change);
  await loader.start();
  for (let i = 2; i <= versions; i++) {
    await loader.settled();
    folder.save("hello.ts", tool(String(i)));
    await until(async () => (await answer(loader, "hello")) === i);
  }
  await loader.settled();
  return loader;
}

/** Makes the present version of `hello` crash. */
function crash(loader: Loader, times: number, at = Date.now()): void {
  const version = loader.get("hello")?.version ?? "";
  for (let i = 0; i < times; i++)
    loader.crashed({ name: "hello", version, reason: "exit code 3", at: at + i });
}

test("rollback() puts the version before the present one back until the next save", async () => {
  await using folder = functionsFolder();
  const loader = await saved(folder, 3);
  const { version: third = "" } = loader.get("hello") ?? {};
  const info = await loader.rollback("hello");
  expect(await answer(loader, "hello")).toBe(2);
  expect(folder.events("function.rolled_back")).toMatchObject([
    { name: "hello", from: third, to: info.version, because: "asked" },
  ]);
  await loader.rollback("hello");
  expect(await answer(loader, "hello")).toBe(1);
  await expect(loader.rollback("hello")).rejects.toThrow("No earlier version");
  await expect(loader.rollback("nobody")).rejects.toThrow("No function named");

  folder.save("hello.ts", tool("3"));
  folder.save("marker.ts", tool("0"));
  await until(async () => (await answer(loader, "marker")) === 0);
  await loader.settled();
  expect(await answer(loader, "hello")).toBe(1);

  folder.save("hello.ts", tool("4"));
  await until(async () => (await answer(loader, "hello")) === 4);
});

test("a rollback outlives a restart", async () => {
  await using folder = functionsFolder();
  const first = await saved(folder, 2);
  await first.rollback("hello");
  await first.close();
  const second = folder.loader();
  await second.start();
  await second.settled();
  expect(await answer(second, "hello")).toBe(1);
  folder.save("hello.ts", tool("3"));
  await until(async () => (await answer(second, "hello")) === 3);
});

test("a new version that crashes five times within a minute goes back by itself", async () => {
  await using folder = functionsFolder();
  const loader = await saved(folder, 2);
  const { version } = loader.get("hello") ?? {};
  crash(loader, 4);
  await loader.settled();
  expect(loader.get("hello")?.version).toBe(version);
  crash(loader, 1);
  await until(() => loader.get("hello")?.version !== version);
  expect(await answer(loader, "hello")).toBe(1);
  expect(loader.get("hello")?.error).toContain("crashed 5 times within a minute");
  expect(folder.events("function.crashed")).toHaveLength(5);
  expect(folder.events("function.rolled_back")).toMatchObject([
    { from: version, because: "crashes" },
  ]);

  crash(loader, 5);
  await loader.settled();
  expect(await answer(loader, "hello")).toBe(1);

  folder.save("hello.ts", tool("3"));
  await until(async () => (await answer(loader, "hello")) === 3);
  expect(loader.get("hello")?.error).toBeUndefined();
  crash(loader, 5);
  await until(async () => (await answer(loader, "hello")) === 1);
});

test("crashes that are far apart, or of the only version, change nothing", async () => {
  await using folder = functionsFolder();
  const loader = await saved(folder, 2);
  for (let i = 0; i < 8; i++) crash(loader, 1, Date.now() + i * 20_000);
  await loader.settled();
  expect(await answer(loader, "hello")).toBe(2);
  folder.save("lonely.ts", tool("1"));
  await until(async () => (await answer(loader, "lonely")) === 1);
  const { version = "" } = loader.get("lonely") ?? {};
  for (let i = 0; i < 5; i++)
    loader.crashed({ name: "lonely", version, reason: "SIGSEGV", at: Date.now() });
  await loader.settled();
  expect(await answer(loader, "lonely")).toBe(1);
});

test("a restart lists every function and starts no host before the first call", async () => {
  await using folder = functionsFolder();
  for (let i = 0; i < 20; i++) folder.save(`tool_${i}.ts`, tool(String(i)));
  const first = folder.loader();
  await first.start();
  await first.settled();
  // The builds were made within a tick of the saves; the next look makes sure of them.
  await until(() =>
    readdirSync(`${folder.home}/builds`).every(
      (name) =>
        !readFileSync(`${folder.home}/builds/${name}/index.json`, "utf8").includes("unsure"),
    ),
  );
  await first.close();
  const manifests = first
    .list()
    .map(({ name, version, manifest }) => ({ name, version, manifest }));
  folder.host.started.length = 0;

  const second = folder.loader();
  await second.start();
  expect(second.list().map(({ name, version, manifest }) => ({ name, version, manifest }))).toEqual(
    manifests,
  );
  await second.settled();
  expect(folder.host.started).toEqual([]);
  expect(await answer(second, "tool_7")).toBe(7);
  expect(folder.host.started).toEqual(["tool_7"]);
});

test("a file that changed while nobody looked is built at the next start", async () => {
  await using folder = functionsFolder();
  folder.save("_lib.ts", "export const value = 1;");
  folder.save("one.ts", tool("value", 'import { value } from "./_lib.ts";'));
  const first = await saved(folder, 1);
  await first.close();
  folder.save("_lib.ts", "export const value = 2;");
  folder.save("hello.ts", tool("5"));
  const second = folder.loader();
  await second.start();
  expect(await answer(second, "one")).toBe(2);
  expect(await answer(second, "hello")).toBe(5);
});

test("a file that was broken while nobody looked leaves the version that served last", async () => {
  await using folder = functionsFolder();
  const first = await saved(folder, 2);
  await first.close();
  folder.save("hello.ts", "export default {{{");
  const second = folder.loader();
  await second.start();
  expect(await answer(second, "hello")).toBe(2);
  await second.settled();
  expect(second.get("hello")).toMatchObject({
    state: "ready",
    error: expect.stringContaining("hello.ts:1:"),
  });
  folder.save("hello.ts", tool("3"));
  await until(async () => (await answer(second, "hello")) === 3);
});

test("the last five builds are kept", async () => {
  await using folder = functionsFolder();
  const loader = await saved(folder, 8);
  const builds = readdirSync(`${folder.home}/builds/hello`).filter((file) => file.endsWith(".js"));
  expect(builds).toHaveLength(5);
  expect(builds).toContain(`${loader.get("hello")?.version}.js`);
});

const DAMAGES: readonly (readonly [string, (dir: string) => void])[] = [
  ["an index that is not JSON", (dir) => writeFileSync(`${dir}/index.json`, '{"versions":[')],
  ["an index of another shape", (dir) => writeFileSync(`${dir}/index.json`, '{"versions":7}')],
  ["an index that is missing", (dir) => rmSync(`${dir}/index.json`)],
  [
    "a build that was cut",
    (dir) => {
      for (const file of readdirSync(dir))
        if (file.endsWith(".js")) writeFileSync(`${dir}/${file}`, "export default");
    },
  ],
  ["no builds at all", (dir) => rmSync(dir, { recursive: true })],
];

test.each(DAMAGES)("%s is made good at the next start", async (_name, damage) => {
  await using folder = functionsFolder();
  const first = await saved(folder, 2);
  await first.close();
  damage(`${folder.home}/builds/hello`);
  const second = folder.loader();
  await second.start();
  await second.settled();
  expect(await answer(second, "hello")).toBe(2);
  expect(existsSync(`${folder.home}/builds/hello/index.json`)).toBe(true);
});

test("builds that an index lost can still be rolled back to", async () => {
  await using folder = functionsFolder();
  const first = await saved(folder, 2);
  await first.close();
  rmSync(`${folder.home}/builds/hello/index.json`);
  const second = folder.loader();
  await second.start();
  await second.settled();
  await second.rollback("hello");
  expect(await answer(second, "hello")).toBe(1);
});

test("a home that takes no writes is one clear error, and the old version serves on", async () => {
  await using folder = functionsFolder();
  const loader = await saved(folder, 1);
  // What a full or read-only disk does to a write, for the superuser too: a file where the folder has to be.
  rmSync(`${folder.home}/builds`, { recursive: true });
  writeFileSync(`${folder.home}/builds`, "");
  folder.save("hello.ts", tool("2"));
  await until(() => loader.get("hello")?.error !== undefined);
  expect(loader.get("hello")?.error).toMatch(
    /^Cannot write .*builds\/hello\/.*make room on the disk/,
  );
  expect(await answer(loader, "hello")).toBe(1);
  rmSync(`${folder.home}/builds`);
  mkdirSync(`${folder.home}/builds`);
  folder.save("hello.ts", tool("3"));
  await until(async () => (await answer(loader, "hello")) === 3);
});
