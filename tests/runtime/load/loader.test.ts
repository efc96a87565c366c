import { expect, test } from "bun:test";
import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { answer, call, functionsFolder, tool } from "./functions_folder.ts";
import { until } from "../../waiting.ts";

type Folder = ReturnType<typeof functionsFolder>;

/** What is done to a started folder that holds `hello` (says 1), and what must be true in the end. */
const CHANGES: readonly {
  readonly name: string;
  readonly before?: (folder: Folder) => void;
  readonly change: (folder: Folder) => void | Promise<void>;
  /** Function → what it answers: a value, or the code of an error. */
  readonly answers: Readonly<Record<string, unknown>>;
}[] = [
  {
    name: "a new file is callable",
    change: ({ save }) => save("tools/fresh.ts", tool("2")),
    answers: { hello: 1, fresh: 2 },
  },
  {
    name: "a saved file answers anew",
    change: ({ save }) => save("hello.ts", tool("2")),
    answers: { hello: 2 },
  },
  {
    name: "a deleted file is gone",
    change: ({ path }) => unlinkSync(path("hello.ts")),
    answers: { hello: "function/not-found" },
  },
  {
    name: "a renamed file is one function less and one more",
    change: ({ path }) => renameSync(path("hello.ts"), path("hi.ts")),
    answers: { hello: "function/not-found", hi: 1 },
  },
  {
    name: "a file that moves to a sub-folder stays",
    change: ({ dir, path, save }) => {
      mkdirSync(`${dir}/tools`);
      renameSync(path("hello.ts"), path("tools/hello.ts"));
      save("done.ts", tool("0"));
    },
    answers: { hello: 1, done: 0 },
  },
  {
    name: "a renamed sub-folder changes no name",
    before: ({ save }) => save("tools/deep/nested.ts", tool("3")),
    change: ({ dir, save }) => {
      renameSync(`${dir}/tools`, `${dir}/instruments`);
      save("done.ts", tool("0"));
    },
    answers: { nested: 3, done: 0 },
  },
  {
    name: "a file that is replaced by an atomic rename answers anew",
    change: ({ path }) => {
      writeFileSync(path(".hello.tmp"), tool("4"));
      renameSync(path(".hello.tmp"), path("hello.ts"));
    },
    answers: { hello: 4 },
  },
  {
    name: "a file that is saved over a backup answers anew",
    change: ({ path }) => {
      renameSync(path("hello.ts"), path("hello.ts~"));
      writeFileSync(path("hello.ts"), tool("5"));
      unlinkSync(path("hello.ts~"));
    },
    answers: { hello: 5 },
  },
  {
    name: "a torn write ends with the whole text",
    change: async ({ path }) => {
      writeFileSync(path("hello.ts"), tool("6").slice(0, 60));
      await Bun.sleep(2);
      writeFileSync(path("hello.ts"), tool("6"));
    },
    answers: { hello: 6 },
  },
  {
    name: "a broken file that is mended answers anew",
    change: async ({ path }) => {
      writeFileSync(path("hello.ts"), "export default {{{");
      await Bun.sleep(40);
      writeFileSync(path("hello.ts"), tool("7"));
    },
    answers: { hello: 7 },
  },
  {
    name: "a helper that is edited reloads those that import it",
    before: ({ save }) => {
      save("_lib.ts", "export const value = 1;");
      save("tools/one.ts", tool("value", 'import { value } from "../_lib.ts";'));
      save("tools/two.ts", tool("value + 1", 'import { value } from "../_lib.ts";'));
    },
    change: ({ save }) => save("_lib.ts", "export const value = 10;"),
    answers: { one: 10, two: 11, hello: 1 },
  },
  {
    name: "a helper outside the functions folder reloads those that import it",
    before: ({ save }) => {
      save("../shared.ts", "export const value = 1;");
      save("one.ts", tool("value", 'import { value } from "../shared.ts";'));
    },
    change: ({ save }) => save("../shared.ts", "export const value = 20;"),
    answers: { one: 20 },
  },
  {
    name: "a missing helper that appears mends those that import it",
    before: ({ save }) => save("one.ts", tool("value", 'import { value } from "./_late.ts";')),
    change: ({ save }) => save("_late.ts", "export const value = 30;"),
    answers: { one: 30 },
  },
  {
    name: "a folder that is deleted and made again is watched again",
    change: async ({ dir, save }) => {
      rmSync(dir, { recursive: true });
      await Bun.sleep(30);
      save("hello.ts", tool("8"));
      save("tools/fresh.ts", tool("9"));
    },
    answers: { hello: 8, fresh: 9 },
  },
  {
    name: "a linked file whose target is edited answers anew",
    before: ({ base, path }) => {
      writeFileSync(`${base}/elsewhere.ts`, tool("1"));
      symlinkSync(`${base}/elsewhere.ts`, path("linked.ts"));
    },
    change: ({ base }) => writeFileSync(`${base}/elsewhere.ts`, tool("2")),
    answers: { linked: 2 },
  },
  {
    name: "a type-only import needs no file behind it",
    change: ({ save }) =>
      save("typed.ts", tool("1", 'import type { Nothing } from "./nowhere.ts";')),
    answers: { typed: 1 },
  },
  {
    name: "a text file of the folder can be imported",
    change: ({ save }) => {
      save("_words.txt", "word");
      save("words.ts", tool("words", 'import words from "./_words.txt" with { type: "text" };'));
    },
    answers: { words: "word" },
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
    answers: { done: 0, z: "function/not-found", i: "function/not-found" },
  },
];

test.each(CHANGES)("$name", async ({ before, change, answers }) => {
  await using folder = functionsFolder();
  folder.save("hello.ts", tool("1"));
  before?.(folder);
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  await change(folder);
  for (const [name, expected] of Object.entries(answers))
    await until(async () => Bun.deepEquals(await answer(loader, name), expected));
  await loader.settled();
  for (const [name, expected] of Object.entries(answers))
    expect(await answer(loader, name)).toEqual(expected);
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

test("links in a circle and to nowhere harm nobody", async () => {
  await using folder = functionsFolder();
  folder.save("hello.ts", tool("1"));
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  symlinkSync("loop.ts", folder.path("loop.ts"));
  symlinkSync("nowhere.ts", folder.path("dangling.ts"));
  symlinkSync("..", folder.path("above"));
  await until(() => loader.list().some(({ name }) => name === "loop"));
  expect(loader.get("loop")?.error).toContain("Cannot read loop.ts");
  expect(loader.get("dangling")?.error).toContain("Cannot read dangling.ts");
  folder.save("hello.ts", tool("2"));
  await until(async () => (await answer(loader, "hello")) === 2);
});

test("a save that could not be kept is taken up when the disk takes writes again", async () => {
  await using folder = functionsFolder();
  folder.save("hello.ts", tool("1"));
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  const builds = `${folder.home}/builds`;
  renameSync(builds, `${builds}.away`);
  writeFileSync(builds, "no folder, so nothing can be written into it");
  folder.save("hello.ts", tool("2"));
  await until(() => loader.get("hello")?.error?.includes("make room on the disk") === true);
  expect(await answer(loader, "hello")).toBe(1);
  unlinkSync(builds);
  renameSync(`${builds}.away`, builds);
  await until(async () => (await answer(loader, "hello")) === 2);
  expect(loader.get("hello")?.error).toBeUndefined();
});

test("a user's function wins over a built-in of the same name, which comes back when it is deleted", async () => {
  await using folder = functionsFolder();
  const shipped = `${folder.base}/shipped`;
  mkdirSync(shipped);
  writeFileSync(`${shipped}/clock.ts`, tool("'built-in'"));
  const hash = new Bun.CryptoHasher("sha256").update(tool("'built-in'")).digest("hex");
  folder.save("clock.ts", tool("'mine'"));
  const roots = [shipped, folder.dir];
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
