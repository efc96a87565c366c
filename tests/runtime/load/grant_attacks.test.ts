/** Ways around an approval: something else comes in the place of what was approved. */
import { expect, test } from "bun:test";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { contentHash } from "../../../runtime/content_hash.ts";
import type { Loader } from "../../../runtime/load/loader.ts";
import { Grants } from "../../../runtime/policy/grants.ts";
import { isMoultError } from "../../../schemas/error.ts";
import { until } from "../../waiting.ts";
import { answer, functionsFolder } from "./functions_folder.ts";

/** As under `moult start`. */
const underStart = (change: Parameters<typeof functionsFolder>[0] = {}) =>
  functionsFolder({ ownRoot: "/nowhere", ...change });

const asks = (
  says: string,
  hosts: string,
  imports = "",
): string => `import { defineTool, v } from "moult";
${imports}
export default defineTool({
  description: "Says something.",
  input: v.object({}),
  permissions: { net: ${hosts} },
  run: () => ${says},
});
`;
const NARROW = `["a.example:443"]`;
const WIDE = `["a.example:443", "evil.example:443"]`;

async function started(loader: Loader): Promise<Loader> {
  await loader.start();
  await loader.settled();
  return loader;
}

const waitsForEvil = async (loader: Loader, name: string) =>
  await until(() => loader.get(name)?.waiting?.wants.includes("may reach evil.example:443"));

test("a file that is linked to is what it says, whenever that changes", async () => {
  await using folder = underStart();
  const real = join(folder.base, "elsewhere.ts");
  writeFileSync(real, asks("1", NARROW));
  symlinkSync(real, folder.path("net.ts"));
  const loader = await started(folder.loader());
  await loader.approve("net");
  writeFileSync(real, asks("2", WIDE));
  await waitsForEvil(loader, "net");
  expect(await answer(loader, "net")).toBe(1);
  // The link leads to another file, which is as old as can be.
  const other = join(folder.base, "other.ts");
  writeFileSync(other, asks("3", `["evil.example:443"]`));
  symlinkSync(other, folder.path("_new"));
  renameSync(folder.path("_new"), folder.path("net.ts"));
  await until(
    () =>
      loader.get("net")?.waiting?.wants.length === 1 &&
      loader.get("net")?.waiting?.drops.length === 1,
  );
  expect(await answer(loader, "net")).toBe(1);
});

test("a helper or a package that widens what a file asks for makes it wait", async () => {
  await using folder = underStart();
  folder.save("_hosts.ts", `export const hosts = ${NARROW};`);
  folder.save("../package.json", "{}");
  const pack = (hosts: string) => {
    folder.save("../node_modules/hosts/index.js", `export const hosts = ${hosts};`);
    folder.save(
      "../node_modules/hosts/package.json",
      JSON.stringify({ name: "hosts", version: String(hosts.length), main: "index.js" }),
    );
  };
  pack(NARROW);
  folder.save("by_file.ts", asks("1", "hosts", `import { hosts } from "./_hosts.ts";`));
  folder.save("by_package.ts", asks("1", "hosts", `import { hosts } from "hosts";`));
  const loader = await started(folder.loader());
  for (const name of ["by_file", "by_package"]) await loader.approve(name);
  folder.save("_hosts.ts", `export const hosts = ${WIDE};`);
  pack(WIDE);
  for (const name of ["by_file", "by_package"]) {
    await waitsForEvil(loader, name);
    expect(await answer(loader, name)).toBe(1);
  }
});

test("an approval is of what was shown, however quickly the file is replaced", async () => {
  await using folder = underStart();
  for (let round = 0; round < 5; round++) {
    const name = `net_${round}`;
    folder.save(`${name}.ts`, asks("1", NARROW));
    const loader = await started(folder.loader());
    const shown = loader.get(name)?.waiting?.hash;
    folder.save(`${name}.ts`, asks("2", WIDE));
    await Bun.sleep(round * 10);
    await loader.approve(name, shown).catch((error: unknown) => {
      if (!isMoultError(error) || error.code !== "input/invalid") throw error;
    });
    await waitsForEvil(loader, name);
    expect(await answer(loader, name)).not.toBe(2);
    expect(new Grants(folder.home, { now: Date.now }).get(name)?.hash).not.toBe(
      loader.get(name)?.waiting?.hash,
    );
    await loader.close();
  }
});

test("another lock file than when it was shown is another thing to approve", async () => {
  await using folder = underStart();
  folder.save("../package.json", "{}");
  folder.save("../bun.lock", "1");
  folder.save("../node_modules/one/package.json", `{"name":"one","version":"1.0.0","main":"i.js"}`);
  folder.save("../node_modules/one/i.js", "export const one = 1;");
  folder.save("net.ts", asks("one", NARROW, `import { one } from "one";`));
  const loader = await started(folder.loader());
  const shown = loader.get("net")?.waiting?.hash;
  folder.save("../bun.lock", "2");
  const refused: unknown = await loader.approve("net", shown).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "input/invalid" });
  expect(loader.get("net")?.state).toBe("pending");
  // Who looks again sees what it is now.
  const again = loader.get("net")?.waiting?.hash;
  expect(again).not.toBe(shown);
  await loader.approve("net", again);
  expect(await answer(loader, "net")).toBe(1);
});

test("an approval is of a name: under another one the same file waits", async () => {
  await using folder = underStart();
  folder.save("first.ts", asks("1", NARROW));
  const loader = await started(folder.loader());
  await loader.approve("first");
  renameSync(folder.path("first.ts"), folder.path("second.ts"));
  await until(() => loader.get("second")?.state === "pending" && loader.get("first") === undefined);
  expect(await answer(loader, "second")).toBe("function/pending");
  // Capitals make no other name of it.
  folder.save("First.ts", asks("2", NARROW));
  await until(() =>
    loader.list().some(({ file, state }) => file === "First.ts" && state === "failed"),
  );
  expect(await answer(loader, "first")).toBe("function/not-found");
});

test("a file in another folder does not inherit what was approved under its name", async () => {
  await using folder = underStart();
  folder.save("tools/net.ts", asks("1", NARROW));
  const loader = await started(folder.loader());
  await loader.approve("net");
  // Of two files with one name the first one counts.
  folder.save("a/net.ts", asks("2", NARROW));
  await until(() => loader.get("net")?.waiting !== undefined);
  expect(loader.get("net")?.waiting).toMatchObject({
    runs: false,
    wants: ["is another file than the approved functions/tools/net.ts"],
  });
  expect(await answer(loader, "net")).toBe(1);
  await loader.approve("net");
  expect(await answer(loader, "net")).toBe(2);
  // In its place it may change, as long as it asks for no more.
  folder.save("a/net.ts", asks("3", NARROW));
  await until(async () => (await answer(loader, "net")) === 3);
});

test("a file that was moved is another one, and as long as it waits the approved version serves", async () => {
  await using folder = underStart();
  folder.save("net.ts", asks("1", NARROW));
  const loader = await started(folder.loader());
  await loader.approve("net");
  mkdirSync(folder.path("tools"));
  renameSync(folder.path("net.ts"), folder.path("tools/net.ts"));
  await until(() => loader.get("net")?.waiting !== undefined);
  expect(await answer(loader, "net")).toBe(1);
  renameSync(folder.path("tools/net.ts"), folder.path("net.ts"));
  await until(() => loader.get("net")?.waiting === undefined);
  expect(await answer(loader, "net")).toBe(1);
});

test("a built-in ships approved, and lends that to nobody who takes its name", async () => {
  const shipped = asks("1", WIDE);
  const base = underStart();
  await using folder = base;
  const builtin = join(folder.base, "builtin");
  mkdirSync(builtin);
  writeFileSync(join(builtin, "net.ts"), shipped);
  const options = { roots: [builtin, folder.dir], builtins: new Set([contentHash(shipped)]) };
  const loader = await started(folder.loader(options));
  expect(loader.get("net")).toMatchObject({ state: "ready", origin: "builtin" });
  const own = asks("2", WIDE);
  folder.save("net.ts", own);
  await until(() => loader.get("net")?.waiting !== undefined);
  expect(loader.get("net")?.waiting?.wants).toHaveLength(2);
  // What was approved goes on meanwhile, and says what it is.
  expect(loader.get("net")).toMatchObject({ state: "ready", origin: "builtin" });
  expect(await answer(loader, "net")).toBe(1);
  await loader.close();
  // At a fresh start, too, and with the same text and something beside it.
  const again = await started(folder.loader(options));
  expect(again.get("net")?.waiting?.wants).toHaveLength(2);
  expect(await answer(again, "net")).toBe(1);
  folder.save(
    "net.ts",
    shipped.replace(
      `import { defineTool, v } from "moult";`,
      `import { defineTool, v } from "moult";\nimport "./_more.ts";`,
    ),
  );
  folder.save("_more.ts", "export const more = 1;");
  await until(
    () =>
      again.get("net")?.waiting?.description === "Says something." &&
      again.get("net")?.error === undefined,
  );
  await again.settled();
  expect(again.get("net")?.waiting?.wants).toHaveLength(2);
  rmSync(folder.path("net.ts"));
  await until(() => again.get("net")?.waiting === undefined);
  expect(again.get("net")).toMatchObject({ state: "ready", origin: "builtin" });
});

test("the text of a built-in is one only as long as nothing else is built into it", async () => {
  await using folder = underStart();
  const shipped = asks("v.evil ?? 1", WIDE);
  folder.save(
    "../tsconfig.json",
    `{ "compilerOptions": { "baseUrl": ".", "paths": { "moult": ["./functions/_evil.ts"] } } }`,
  );
  folder.save("tsconfig.json", `{ "compilerOptions": { "paths": { "moult": ["./_evil.ts"] } } }`);
  folder.save(
    "../package.json",
    `{ "imports": { "moult": "./functions/_evil.ts" }, "browser": { "moult": "./functions/_evil.ts" } }`,
  );
  folder.save(
    "_evil.ts",
    `export const v = { evil: 666, object: () => ({}) }; export const defineTool = (x) => x;`,
  );
  folder.save("net.ts", shipped);
  const loader = await started(folder.loader({ builtins: new Set([contentHash(shipped)]) }));
  const { state, origin } = loader.get("net") ?? {};
  if (state === "ready") {
    expect(origin).toBe("builtin");
    expect(await answer(loader, "net")).toBe(1);
  } else expect(origin).toBe("user");
});

test("with a version that waits and a file that is broken, the approved one serves after a restart", async () => {
  await using folder = underStart();
  folder.save("net.ts", asks("1", NARROW));
  const loader = await started(folder.loader());
  await loader.approve("net");
  folder.save("net.ts", asks("2", WIDE));
  await waitsForEvil(loader, "net");
  folder.save("net.ts", "export default {{{");
  await until(() => loader.get("net")?.error !== undefined);
  expect(await answer(loader, "net")).toBe(1);
  await loader.close();
  const again = await started(folder.loader());
  expect(again.get("net")?.error).toContain("net.ts:1:");
  expect(await answer(again, "net")).toBe(1);
});

test("a rollback gives nothing that was never approved, not even after a restart", async () => {
  await using folder = underStart();
  folder.save("net.ts", asks("1", WIDE));
  const loader = await started(folder.loader());
  folder.save("net.ts", asks("2", NARROW));
  await until(() => loader.get("net")?.waiting?.wants.length === 1);
  await loader.approve("net");
  folder.save("net.ts", asks("3", NARROW));
  await until(async () => (await answer(loader, "net")) === 3);
  await loader.rollback("net");
  expect(await answer(loader, "net")).toBe(2);
  await loader.close();
  const again = await started(folder.loader());
  expect(await answer(again, "net")).toBe(2);
  const refused: unknown = await again.rollback("net").catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "function/invalid" });
  expect(await answer(again, "net")).toBe(2);
});

test("what a function may write into the functions folder is approved by nobody but the owner", async () => {
  // As in `moult dev`.
  await using folder = functionsFolder();
  const victim = asks("1", NARROW);
  folder.save("victim.ts", victim);
  const loader = await started(folder.loader());
  const writes = `permissions: { write: [${JSON.stringify(folder.dir)}] }`;
  folder.save("writer.ts", asks("1", "[]").replace("permissions: { net: [] }", writes));
  await until(() => loader.get("writer")?.state === "ready");
  // From here on files may be the writer's: one of its own, and one that has what another one was approved for.
  folder.save("planted.ts", asks("666", WIDE));
  folder.save("victim.ts", asks("666", NARROW));
  await until(() => loader.get("planted")?.state === "pending");
  await until(() => loader.get("victim")?.waiting !== undefined);
  expect(await answer(loader, "planted")).toBe("function/pending");
  expect(await answer(loader, "victim")).toBe(1);
  await loader.close();
  // Neither a restart nor its file's end makes them the owner's.
  rmSync(folder.path("writer.ts"));
  for (const change of [{}, { ownRoot: "/nowhere" }]) {
    const again = await started(folder.loader(change));
    expect(await answer(again, "planted")).toBe("function/pending");
    expect(await answer(again, "victim")).toBe(1);
    await again.close();
  }
});

test("nothing is made of a file that a function may write, wherever that lies", async () => {
  await using folder = functionsFolder();
  folder.save("../package.json", "{}");
  folder.save("../src/one.ts", "export const one = 1;");
  folder.save("uses.ts", asks("one", "[]", `import { one } from "../src/one.ts";`));
  const loader = await started(folder.loader());
  expect(await answer(loader, "uses")).toBe(1);
  const src = JSON.stringify(join(folder.base, "src"));
  const writes = `permissions: { write: [${src}] }`;
  folder.save("writer.ts", asks("1", "[]").replace("permissions: { net: [] }", writes));
  await until(() => loader.get("writer")?.state === "ready");
  // By the writer, for all anybody knows.
  folder.save("../src/one.ts", "export const one = 666;");
  await until(() => loader.get("uses")?.error?.includes("a function may write there"));
  expect(await answer(loader, "uses")).toBe(1);
});

test("a folder of another project that shares the home inherits nothing from this one", async () => {
  await using folder = underStart();
  folder.save("tools/net.ts", asks("1", NARROW));
  const loader = await started(folder.loader());
  await loader.approve("net");
  await loader.close();
  folder.save("../stranger/functions/tools/net.ts", asks("666", NARROW));
  const stranger = join(folder.base, "stranger/functions");
  const other = await started(folder.loader({ roots: [stranger] }));
  expect(other.get("net")?.waiting?.wants).toEqual([
    "is another file than the approved functions/tools/net.ts",
  ]);
  expect(await answer(other, "net")).not.toBe(666);
  await other.close();
  // Here everything is as it was.
  const back = await started(folder.loader());
  expect(back.get("net")?.waiting).toBeUndefined();
  expect(await answer(back, "net")).toBe(1);
});
