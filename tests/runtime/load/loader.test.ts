import { expect, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { answer, call, functionsFolder, tool, until } from "./functions_folder.ts";

type Folder = ReturnType<typeof functionsFolder>;

/** What is done to a started folder that holds `hello` (says 1), and what must be true in the end. */
const CHANGES: readonly {
  readonly name: string;
  readonly before?: (folder: Folder) => void;
  readonly change: (folder: Folder) => void | Promise<void>;
  /** Function → what it answers: a value, or the code of an error. */
  readonly then: Readonly<Record<string, unknown>>;
}[] = [
  {
    name: "a new file is callable",
    change: ({ save }) => save("tools/fresh.ts", tool("2")),
    then: { hello: 1, fresh: 2 },
  },
  {
    name: "a saved file answers anew",
    change: ({ save }) => save("hello.ts", tool("2")),
    then: { hello: 2 },
  },
  {
    name: "a deleted file is gone",
    change: ({ path }) => unlinkSync(path("hello.ts")),
    then: { hello: "function/not-found" },
  },
  {
    name: "a renamed file is one function less and one more",
    change: ({ path }) => renameSync(path("hello.ts"), path("hi.ts")),
    then: { hello: "function/not-found", hi: 1 },
  },
  {
    name: "a file that moves to a sub-folder stays",
    change: ({ dir, path, save }) => {
      mkdirSync(`${dir}/tools`);
      renameSync(path("hello.ts"), path("tools/hello.ts"));
      save("done.ts", tool("0"));
    },
    then: { hello: 1, done: 0 },
  },
  {
    name: "a renamed sub-folder changes no name",
    before: ({ save }) => save("tools/deep/nested.ts", tool("3")),
    change: ({ dir, save }) => {
      renameSync(`${dir}/tools`, `${dir}/instruments`);
      save("done.ts", tool("0"));
    },
    then: { nested: 3, done: 0 },
  },
  {
    name: "a file that is replaced by an atomic rename answers anew",
    change: ({ path }) => {
      writeFileSync(path(".hello.tmp"), tool("4"));
      renameSync(path(".hello.tmp"), path("hello.ts"));
    },
    then: { hello: 4 },
  },
  {
    name: "a file that is saved over a backup answers anew",
    change: ({ path }) => {
      renameSync(path("hello.ts"), path("hello.ts~"));
      writeFileSync(path("hello.ts"), tool("5"));
      unlinkSync(path("hello.ts~"));
    },
    then: { hello: 5 },
  },
  {
    name: "a torn write ends with the whole text",
    change: async ({ path }) => {
      writeFileSync(path("hello.ts"), tool("6").slice(0, 60));
      await Bun.sleep(2);
      writeFileSync(path("hello.ts"), tool("6"));
    },
    then: { hello: 6 },
  },
  {
    name: "a broken file that is mended answers anew",
    change: async ({ path }) => {
      writeFileSync(path("hello.ts"), "export default {{{");
      await Bun.sleep(40);
      writeFileSync(path("hello.ts"), tool("7"));
    },
    then: { hello: 7 },
  },
  {
    name: "a helper that is edited reloads those that import it",
    before: ({ save }) => {
      save("_lib.ts", "export const value = 1;");
      save("tools/one.ts", tool("value", 'import { value } from "../_lib.ts";'));
      save("tools/two.ts", tool("value + 1", 'import { value } from "../_lib.ts";'));
    },
    change: ({ save }) => save("_lib.ts", "export const value = 10;"),
    then: { one: 10, two: 11, hello: 1 },
  },
  {
    name: "a helper outside the functions folder reloads those that import it",
    before: ({ save }) => {
      save("../shared.ts", "export const value = 1;");
      save("one.ts", tool("value", 'import { value } from "../shared.ts";'));
    },
    change: ({ save }) => save("../shared.ts", "export const value = 20;"),
    then: { one: 20 },
  },
  {
    name: "a missing helper that appears mends those that import it",
    before: ({ save }) => save("one.ts", tool("value", 'import { value } from "./_late.ts";')),
    change: ({ save }) => save("_late.ts", "export const value = 30;"),
    then: { one: 30 },
  },
  {
    name: "a folder that is deleted and made again is watched again",
    change: async ({ dir, save }) => {
      rmSync(dir, { recursive: true });
      await Bun.sleep(30);
      save("hello.ts", tool("8"));
      save("tools/fresh.ts", tool("9"));
    },
    then: { hello: 8, fresh: 9 },
  },
  {
    name: "a type-only import needs no file behind it",
    change: ({ save }) =>
      save("typed.ts", tool("1", 'import type { Nothing } from "./nowhere.ts";')),
    then: { typed: 1 },
  },
  {
    name: "a text file of the folder can be imported",
    change: ({ save }) => {
      save("_words.txt", "word");
      save("words.ts", tool("words", 'import words from "./_words.txt" with { type: "text" };'));
    },
    then: { words: "word" },
  },
  {
    name: "names that begin with _ or a dot, tests, evals and declarations are no functions",
    change: ({ save }) => {
      for (const file of [
        "_x.ts",
        ".y.ts",
        "z.test.ts",
        "z.eval.ts",
        "z.d.ts",
        "z.md",
        "node_modules/m/i.ts",
      ])
        save(file, tool("0"));
      save("done.ts", tool("0"));
    },
    then: { done: 0, z: "function/not-found", i: "function/not-found" },
  },
];

test.each(CHANGES)("$name", async ({ before, change, then }) => {
  await using folder = functionsFolder();
  folder.save("hello.ts", tool("1"));
  before?.(folder);
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  await change(folder);
  for (const [name, expected] of Object.entries(then))
    await until(async () => Bun.deepEquals(await answer(loader, name), expected));
  await loader.settled();
  for (const [name, expected] of Object.entries(then))
    expect(await answer(loader, name)).toEqual(expected);
});

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

test("identical content is not loaded again", async () => {
  await using folder = functionsFolder();
  folder.save("hello.ts", tool("1"));
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  folder.save("hello.ts", tool("1"));
  folder.save("marker.ts", tool("0"));
  await until(() => loader.get("marker")?.state === "ready");
  await loader.settled();
  expect(folder.host.started.filter((name) => name === "hello")).toHaveLength(1);
});

test("a hundred files that appear at once are all loaded", async () => {
  await using folder = functionsFolder();
  const loader = folder.loader();
  await loader.start();
  for (let i = 0; i < 100; i++) folder.save(`group_${i % 7}/tool_${i}.ts`, tool(String(i)));
  await until(() => loader.list().filter(({ state }) => state === "ready").length === 100);
  expect(await answer(loader, "tool_99")).toBe(99);
});

test("a functions folder that does not exist yet is watched for", async () => {
  await using folder = functionsFolder();
  rmSync(folder.dir, { recursive: true });
  const loader = folder.loader();
  await loader.start();
  expect(loader.list()).toEqual([]);
  folder.save("hello.ts", tool("1"));
  await until(async () => (await answer(loader, "hello")) === 1);
});

test("a user's function wins over a built-in of the same name, which comes back when it is deleted", async () => {
  await using folder = functionsFolder();
  const shipped = `${folder.base}/shipped`;
  mkdirSync(shipped);
  writeFileSync(`${shipped}/clock.ts`, tool("'built-in'"));
  const hash = new Bun.CryptoHasher("sha256").update(tool("'built-in'")).digest("hex");
  folder.save("clock.ts", tool("'mine'"));
  const roots = [
    { dir: shipped, builtin: true },
    { dir: folder.dir, builtin: false },
  ];
  const loader = folder.loader({ roots, builtins: new Set([hash]) });
  await loader.start();
  await loader.settled();
  expect(await answer(loader, "clock")).toBe("mine");
  expect(loader.get("clock")?.origin).toBe("user");
  unlinkSync(folder.path("clock.ts"));
  await until(async () => (await answer(loader, "clock")) === "built-in");
  expect(loader.get("clock")?.origin).toBe("builtin");
  writeFileSync(`${shipped}/clock.ts`, tool("'changed'"));
  await until(async () => (await answer(loader, "clock")) === "changed");
  expect(loader.get("clock")?.origin).toBe("user");
});

test("calls are counted, and a circle of calls ends", async () => {
  await using folder = functionsFolder();
  folder.save("hello.ts", tool("1"));
  folder.save("angry.ts", tool('(() => { throw new Error("no"); })()'));
  const loader = folder.loader();
  await loader.start();
  await answer(loader, "hello");
  await answer(loader, "angry");
  expect(loader.get("hello")).toMatchObject({ calls: 1, failures: 0 });
  expect(loader.get("angry")).toMatchObject({ calls: 1, failures: 1 });
  const deep = await loader.run("hello", { ...call(), depth: 9 });
  expect(deep.error?.code).toBe("tool/failed");
  expect(folder.counts.get("moult_function_calls_total{function=hello,status=200}")).toBe(1);
  expect(folder.counts.get("moult_function_calls_total{function=angry,status=500}")).toBe(1);
  expect(folder.counts.get("moult_function_up{function=hello}")).toBe(1);
  expect((await loader.fetch("nobody", call())).status).toBe(404);
});

test("sixty saves under calls fail none of them and take no caller back", async () => {
  await using folder = functionsFolder();
  folder.save("hello.ts", tool("0"));
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  let saving = true;
  const caller = async () => {
    let last = 0;
    for (let count = 0; ; count++) {
      const stop = !saving;
      const output = await answer(loader, "hello");
      if (typeof output !== "number") return `failed: ${String(output)}`;
      if (output < last) return `went back from ${last} to ${output}`;
      last = output;
      if (stop && last === 60) return "fine";
      await Bun.sleep(count % 3);
    }
  };
  const callers = Array.from({ length: 4 }, caller);
  for (let i = 1; i <= 60; i++) {
    if (i % 3 === 0) {
      writeFileSync(folder.path(".next"), tool(String(i)));
      renameSync(folder.path(".next"), folder.path("hello.ts"));
    } else {
      if (i % 3 === 1) {
        folder.save("hello.ts", tool(String(i)).slice(0, 60));
        await Bun.sleep(2);
      }
      folder.save("hello.ts", tool(String(i)));
    }
    await Bun.sleep(i % 5 === 0 ? 40 : 8);
  }
  saving = false;
  expect(await Promise.all(callers)).toEqual(["fine", "fine", "fine", "fine"]);
});
