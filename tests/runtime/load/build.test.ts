import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { buildFunction } from "../../../runtime/load/build.ts";
import { answer, call, functionsFolder, tool } from "./functions_folder.ts";
import { until } from "../../waiting.ts";

/** Files that can not be loaded, and what is said of them. */
const BROKEN: readonly (readonly [string, Record<string, string>, string, RegExp])[] = [
  [
    "a syntax error",
    { "a.ts": "const x = 1;\nexport default {\n  y: = 2,\n};" },
    "a",
    /^a\.ts:3:6: Unexpected =\n {2}3 \| {3}y: = 2,\n {11}\^/,
  ],
  [
    "an unknown package",
    { "a.ts": tool("x", 'import x from "left-pad-of-nobody";') },
    "a",
    /^a\.ts:2:\d+: Cannot find package "left-pad-of-nobody"; add it .* bun add/,
  ],
  [
    "a missing file",
    { "tools/a.ts": tool("x", 'import x from "./nowhere.ts";') },
    "a",
    /^tools\/a\.ts:2:\d+: Could not resolve: ".\/nowhere\.ts"/,
  ],
  [
    "a mistake in a helper",
    { "_lib.ts": "export const = 3;", "a.ts": tool("x", 'import x from "./_lib.ts";') },
    "a",
    /^_lib\.ts:1:14: /,
  ],
  [
    "no default export",
    { "a.ts": "export const a = 1;" },
    "a",
    /has no default export; write export default/,
  ],
  ["an empty file", { "a.ts": "" }, "a", /a\.ts is empty/],
  [
    "a default export that is no definition",
    { "a.ts": "export default 1;" },
    "a",
    /does not export a definition/,
  ],
  ["work on import that throws", { "a.ts": `throw new Error("ouch");\n${tool("1")}` }, "a", /ouch/],
  [
    "a native addon",
    { "x.node": "", "a.ts": tool("x", 'import x from "./x.node";') },
    "a",
    /^a\.ts:2:\d+: Cannot import ".\/x\.node": native addons/,
  ],
  [
    "an asset",
    { "x.wasm": "", "a.ts": tool("x", 'import x from "./x.wasm";') },
    "a",
    /Cannot import x\.wasm: a function is made of code/,
  ],
  [
    "the module for tests",
    { "a.ts": tool("x", 'import x from "moult/testing";') },
    "a",
    /import from "moult"/,
  ],
  [
    "a URL",
    { "a.ts": tool("x", 'import x from "https://example.org/x.ts";') },
    "a",
    /URLs are not loaded/,
  ],
  [
    "a file outside the project",
    { "a.ts": tool("x", 'import x from "/etc/hostname" with { type: "text" };') },
    "a",
    /^a\.ts:2:\d+: Cannot import "\/etc\/hostname": it lies outside the project/,
  ],
  [
    "a dot file",
    { "../.env": "KEY=1", "a.ts": tool("x", 'import x from "../.env" with { type: "text" };') },
    "a",
    /outside the project/,
  ],
  [
    "text beside the functions folder",
    {
      "../letter.txt": "dear",
      "a.ts": tool("x", 'import x from "../letter.txt" with { type: "text" };'),
    },
    "a",
    /made of code/,
  ],
  ["a bad name", { "My-Tool.ts": tool("1") }, "My-Tool", /rename it to my_tool\.ts/],
  [
    "the second of two files with one name",
    { "a/same.ts": tool("1"), "b/same.ts": tool("2") },
    "same",
    /a\/same\.ts is used and b\/same\.ts is not/,
  ],
];

test.each(BROKEN)(
  "%s is reported where it lies, and called in vain",
  async (_name, files, name, error) => {
    await using folder = functionsFolder();
    for (const [file, text] of Object.entries(files)) folder.save(file, text);
    const loader = folder.loader();
    await loader.start();
    await loader.settled();
    const failed = loader.list().filter((info) => info.name === name && info.state === "failed");
    expect(failed.map((info) => info.error)).toEqual([expect.stringMatching(error)]);
    expect(folder.events("function.failed").map((event) => event["name"])).toEqual([name]);
    if (name === "same") expect(await answer(loader, name)).toBe(1);
    else expect(await answer(loader, name)).toBe("function/invalid");
  },
);

test("a file that cannot be read is reported", async () => {
  await using folder = functionsFolder();
  symlinkSync("/nowhere/at/all.ts", folder.path("dangling.ts"));
  folder.save("locked.ts", tool("1"));
  chmodSync(folder.path("locked.ts"), 0);
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  expect(loader.get("dangling")).toMatchObject({
    state: "failed",
    error: expect.stringMatching(/^Cannot read dangling\.ts: ENOENT/),
  });
  // The superuser reads everything.
  const readable = process.getuid?.() === 0;
  expect(loader.get("locked")?.state).toBe(readable ? "ready" : "failed");
});

test("a broken file leaves the good version in place and says why", async () => {
  await using folder = functionsFolder();
  folder.save("hello.ts", tool("1"));
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  const { version } = loader.get("hello") ?? {};
  folder.save("hello.ts", "export default (((");
  await until(() => loader.get("hello")?.error !== undefined);
  expect(loader.get("hello")).toMatchObject({ state: "ready", version });
  expect(await answer(loader, "hello")).toBe(1);
  folder.save("hello.ts", tool("1"));
  await until(() => loader.get("hello")?.error === undefined);
  expect(loader.get("hello")).toMatchObject({ state: "ready", version });
});

test("a function's code does not run while it is built", async () => {
  await using folder = functionsFolder();
  const proof = folder.path("ran.txt");
  const evil = `import { writeFileSync } from "node:fs"; export function evil() { writeFileSync(${JSON.stringify(proof)}, ""); return 1; }`;
  folder.save("_evil.ts", evil);
  folder.save(
    "one.ts",
    tool("evil()", 'import { evil } from "./_evil.ts" with { type: "macro" };'),
  );
  folder.save("two.ts", tool("evil()", 'import { evil } from "macro:./_evil.ts";'));
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  expect(loader.get("one")?.error).toContain("Macros are disabled");
  expect(loader.get("two")?.error).toContain("Macros are disabled");
  expect(await Bun.file(proof).exists()).toBe(false);
});

test("packages of the project are bundled, and a package that is added later mends the function", async () => {
  await using folder = functionsFolder();
  folder.save("../package.json", '{"name":"home"}');
  folder.save("a.ts", tool("pad()", 'import { pad } from "pad";'));
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  expect(loader.get("a")?.state).toBe("failed");
  folder.save("../node_modules/pad/package.json", '{"name":"pad","main":"index.js"}');
  folder.save("../node_modules/pad/index.js", 'exports.pad = () => "padded";');
  folder.save("../package.json", '{"name":"home","dependencies":{"pad":"*"}}');
  await until(async () => (await answer(loader, "a")) === "padded");

  await loader.settled();
  folder.save("../node_modules/pad/other.js", 'exports.pad = () => "newer";');
  folder.save("../node_modules/pad/package.json", '{"name":"pad","main":"other.js"}');
  await until(async () => (await answer(loader, "a")) === "newer");
});

test("the version is the first 12 hex digits of the bundle's hash, on every answer", async () => {
  await using folder = functionsFolder();
  folder.save("hello.ts", tool("1"));
  const loader = folder.loader();
  await loader.start();
  const response = await loader.fetch("hello", call());
  const version = response.headers.get("x-function-version");
  const bundle = await Bun.file(`${folder.home}/builds/hello/${version}.js`).text();
  expect(version).toBe(new Bun.CryptoHasher("sha256").update(bundle).digest("hex").slice(0, 12));
  expect(loader.get("hello")?.version).toBe(version ?? "");
  expect(bundle).not.toContain(folder.base);
});

test("the bundle is the same wherever it is built, and its stack traces name the source", async () => {
  await using folder = functionsFolder();
  const source = tool("[fail()]", 'import { fail } from "../_lib.ts";');
  folder.save("tools/a.ts", source);
  folder.save("_lib.ts", '\n\nexport function fail(): never {\n  throw new Error("ouch");\n}\n');
  const found = {
    name: "a",
    path: folder.path("tools/a.ts"),
    file: "tools/a.ts",
    root: folder.dir,
  };
  const { text, version, inputs } = await buildFunction(found, source);
  expect(inputs).toEqual([found.path, folder.path("_lib.ts")]);

  // In another working folder, where neither a bunfig nor a flag keeps packages from being installed.
  const foreign = join(folder.base, "foreign");
  mkdirSync(foreign);
  const script = `
    const { buildFunction } = await import(${JSON.stringify(join(import.meta.dir, "../../../runtime/load/build.ts"))});
    const { text } = await buildFunction(${JSON.stringify(found)}, ${JSON.stringify(source)});
    process.stdout.write(text);`;
  const child = Bun.spawn([process.execPath, "-e", script], { cwd: foreign, stderr: "inherit" });
  expect(await new Response(child.stdout).text()).toBe(text);

  const bundle = join(folder.base, `${version}.js`);
  await Bun.write(bundle, text);
  const { default: definition } = (await import(bundle)) as { default: { run: () => void } };
  expect(() => definition.run()).toThrow("ouch");
  const stack = Bun.inspect(catching(() => definition.run()));
  expect(stack).toMatch(/_lib\.ts:4:\d+/);
  expect(stack).toMatch(/tools\/a\.ts:\d+:\d+/);
});

test("no package is fetched for an unknown import", async () => {
  await using folder = functionsFolder();
  let requests = 0;
  const registry = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch() {
      requests++;
      return new Response("{}", { status: 404 });
    },
  });
  const source = tool("x", 'import x from "left-pad-of-nobody";');
  folder.save("a.ts", source);
  const found = { name: "a", path: folder.path("a.ts"), file: "a.ts", root: folder.dir };
  const script = `
    const { buildFunction } = await import(${JSON.stringify(join(import.meta.dir, "../../../runtime/load/build.ts"))});
    await buildFunction(${JSON.stringify(found)}, ${JSON.stringify(source)}).catch((e) => process.stdout.write(e.message));`;
  const child = Bun.spawn([process.execPath, "-e", script], {
    cwd: folder.base,
    env: {
      ...process.env,
      BUN_CONFIG_REGISTRY: registry.url.href,
      BUN_INSTALL_CACHE_DIR: join(folder.base, "cache"),
    },
    stderr: "inherit",
  });
  const said = await new Response(child.stdout).text();
  await registry.stop(true);
  expect(said).toContain('Cannot find package "left-pad-of-nobody"');
  expect(requests).toBe(0);
});

function catching(work: () => void): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
