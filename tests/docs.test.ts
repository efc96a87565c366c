/** Every TypeScript block in the documentation compiles and loads. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Glob } from "bun";

const ROOT = join(import.meta.dir, "..");
const OUT = join(ROOT, ".doctest");

/** `ts` blocks are whole files, those that import "bun:test" are test files; `ts ignore` blocks are shown only. */
const BLOCK = /^```ts\n([\s\S]*?)^```/gm;

const files: string[] = [];

beforeAll(async () => {
  await rm(OUT, { recursive: true, force: true });
  await mkdir(OUT);
  const pages = ["README.md", "CONTRIBUTING.md"];
  for await (const page of new Glob("docs/**/*.md").scan(ROOT)) pages.push(page);
  for (const page of pages) {
    const text = await Bun.file(join(ROOT, page)).text();
    for (const [index, match] of [...text.matchAll(BLOCK)].entries()) {
      const code = match[1] ?? "";
      const ending = code.includes('from "bun:test"') ? ".test.ts" : ".ts";
      const file = join(OUT, `${page.replaceAll(/[/.]/g, "_")}_${index}${ending}`);
      await Bun.write(file, code);
      files.push(file);
    }
  }
});

afterAll(() => rm(OUT, { recursive: true, force: true }));

test("documentation examples load", async () => {
  expect(files).not.toBeEmpty();
  for (const file of files) {
    if (!file.endsWith(".test.ts")) expect(await import(file)).toBeDefined();
  }
});

test("documentation examples that are tests pass", () => {
  const tests = files.filter((file) => file.endsWith(".test.ts"));
  const ran = Bun.spawnSync([process.execPath, "--no-install", "test", ...tests], { cwd: ROOT });
  expect(ran.stderr.toString()).toMatch(/\n 0 fail\n/);
  expect(ran.exitCode).toBe(0);
});

test("documentation examples compile", () => {
  const checked = Bun.spawnSync(
    [process.execPath, "check", "--no-pretty", "--no-script", "-p", "tsconfig.docs.json"],
    { cwd: ROOT },
  );
  expect(checked.stdout.toString() + checked.stderr.toString()).toContain("No type errors");
});

test("links between pages lead somewhere", async () => {
  const broken: string[] = [];
  for (const pattern of ["*.md", "docs/**/*.md", "models/recipe/*.md"]) {
    for await (const page of new Glob(pattern).scan(ROOT)) {
      const text = await Bun.file(join(ROOT, page)).text();
      const links = text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g);
      const missing = [...links].filter(
        ([, link = ""]) => !existsSync(join(ROOT, page, "..", link)),
      );
      broken.push(...missing.map(([, link]) => `${page} -> ${link}`));
    }
  }
  expect(broken).toEqual([]);
});
