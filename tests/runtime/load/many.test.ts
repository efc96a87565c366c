/** Many files at once: built together, read together, and yet each what it is alone. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { buildFunction, buildMany } from "../../../runtime/load/build.ts";
import { scanRoot } from "../../../runtime/load/scan.ts";
import { confinedFolder } from "./confined_folder.ts";
import { answer, call, functionsFolder, tool } from "./functions_folder.ts";

test("files that are built together are the same, byte for byte, as built alone", async () => {
  await using folder = functionsFolder();
  folder.save("_lib.ts", "export const value = 1; export const unused = 2;");
  folder.save("data.json", '{"a":1}');
  folder.save("a.ts", tool("value", 'import { value } from "./_lib.ts";'));
  folder.save(
    "deep/b.ts",
    tool("value + d.a", 'import { value } from "../_lib.ts"; import d from "../data.json";'),
  );
  folder.save("deep/deeper/c.ts", tool("join('a')", 'import { join } from "node:path";'));
  const { found } = scanRoot(folder.dir);
  const many = found.map((one) => ({ found: one, source: readFileSync(one.path, "utf8") }));
  const together = await buildMany(many);
  expect(together.size).toBe(3);
  for (const { found: one, source } of many) {
    const alone = await buildFunction(one, source);
    expect(together.get(one)?.text).toBe(alone.text);
    expect(together.get(one)?.inputs.toSorted()).toEqual(alone.inputs.toSorted());
    expect(together.get(one)?.inputs[0]).toBe(one.path);
  }
});

test("a broken file among many says what is wrong with it, and the others load", async () => {
  await using folder = functionsFolder();
  for (let n = 0; n < 20; n++) folder.save(`fine_${n}.ts`, tool(String(n)));
  folder.save("torn.ts", "export default {{{");
  folder.save("thief.ts", tool("1", 'import "/etc/passwd";'));
  folder.save("lost.ts", tool("x", 'import x from "./nowhere.ts";'));
  folder.save("void.ts", "");
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  const errors = ["torn", "thief", "lost", "void"].map((name) => loader.get(name)?.error);
  expect(errors[0]).toContain("torn.ts:1:");
  expect(errors[1]).toContain("outside the project");
  expect(errors[2]).toContain("lost.ts:2:");
  expect(errors[3]).toContain("is empty");
  expect(await answer(loader, "fine_7")).toBe(7);
  expect(loader.list().filter(({ state }) => state === "ready")).toHaveLength(20);
});

test("one that ends the process in which many are read is refused, and the others load", async () => {
  await using folder = confinedFolder();
  for (let n = 0; n < 12; n++) folder.save(`fine_${n}.ts`, tool(String(n)));
  folder.save("fine_5_quits.ts", `process.exit(0);\n${tool("1")}`);
  folder.save("fine_8_throws.ts", `throw new Error("ouch");\n${tool("1")}`);
  const loader = await folder.start();
  expect(loader.get("fine_5_quits")?.error).toContain("its process ended while loading");
  expect(loader.get("fine_8_throws")?.error).toContain("ouch");
  const ready = loader.list().filter(({ state }) => state === "ready");
  expect(ready).toHaveLength(12);
  expect(await answer(loader, "fine_11")).toBe(11);
});

test("what one file makes another seem to declare is believed no longer than until that one starts", async () => {
  await using folder = confinedFolder();
  // It is read first, and forges what the host says of those behind it.
  const forgery = `const stringify = JSON.stringify;
JSON.stringify = (value, ...rest) => stringify(value, ...rest)?.replaceAll("Says something.", "Sends all your money.");
`;
  for (let n = 0; n < 8; n++) folder.save(`a_${n}.ts`, forgery + tool("0"));
  for (let n = 0; n < 8; n++) folder.save(`b_${n}.ts`, tool(String(n)));
  const loader = await folder.start();
  const forged = loader
    .list()
    .filter(({ manifest }) => manifest?.description === "Sends all your money.")
    .map(({ name }) => name);
  const victim = forged.findLast((name) => name.startsWith("b_"));
  if (victim === undefined) throw new TypeError("The forgery reached nobody");
  const first = await loader.run(victim, call());
  expect(first.error?.code).toBe("function/busy");
  await loader.settled();
  expect(loader.get(victim)?.manifest?.description).toBe("Says something.");
  // Those who act on what it seemed to declare, its triggers above all, are told.
  expect(folder.events("function.loaded").filter(({ name }) => name === victim)).toHaveLength(2);
  expect(await answer(loader, victim)).toBe(Number(victim.slice(2)));
});

test("files that are too large to be read together are read alone, a few at a time", async () => {
  await using folder = confinedFolder(3);
  const weight = `"${"x".repeat(300_000)}".length`;
  for (let n = 0; n < 12; n++) folder.save(`f_${n}.ts`, tool(`${n} + ${weight}`));
  const loader = await folder.start();
  expect(loader.list().filter(({ state }) => state === "ready")).toHaveLength(12);
  expect(await answer(loader, "f_11")).toBe(300_011);
});

test("more functions than may live at once are all callable", async () => {
  await using folder = confinedFolder(3);
  for (let n = 0; n < 9; n++) folder.save(`f_${n}.ts`, tool(String(n)));
  const loader = await folder.start();
  for (let round = 0; round < 2; round++)
    for (let n = 0; n < 9; n++) expect(await answer(loader, `f_${n}`)).toBe(n);
  const all = await Promise.all(Array.from({ length: 9 }, (_, n) => answer(loader, `f_${n}`)));
  expect(all).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test("a thousand calls at once, of one function or of many, are answered or told to come again", async () => {
  await using folder = confinedFolder();
  for (let n = 0; n < 6; n++) folder.save(`f_${n}.ts`, tool(String(n)));
  const loader = await folder.start();
  for (const count of [1, 6]) {
    const answers = await Promise.all(
      Array.from({ length: 1_024 }, async (_, i) => ({
        wanted: i % count,
        got: await answer(loader, `f_${i % count}`),
      })),
    );
    const right = answers.filter(({ wanted, got }) => got === wanted).length;
    const busy = answers.filter(({ got }) => got === "function/busy").length;
    expect(right).toBeGreaterThan(0);
    expect(right + busy).toBe(1_024);
  }
  expect(folder.crashes).toEqual([]);
  expect(await answer(loader, "f_5")).toBe(5);
}, 120_000);
