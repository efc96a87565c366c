/** Every TypeScript block in the documentation compiles and loads. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Glob } from "bun";

const ROOT = join(import.meta.dir, "..");
const OUT = join(ROOT, ".doctest");

/** `ts` blocks are whole files; `ts ignore` blocks are shown only. */
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
      const file = join(OUT, `${page.replaceAll(/[/.]/g, "_")}_${index}.ts`);
      await Bun.write(file, match[1] ?? "");
      files.push(file);
    }
  }
});

afterAll(() => rm(OUT, { recursive: true, force: true }));

test("documentation examples load", async () => {
  expect(files).not.toBeEmpty();
  for (const file of files) {
    if (!file.includes("_test_")) expect(await import(file)).toBeDefined();
  }
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
      for (const [, link = ""] of text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)) {
        if (
          !(await Bun.file(join(ROOT, page, "..", link)).exists()) &&
          !(await isFolder(join(ROOT, page, "..", link)))
        )
          broken.push(`${page} -> ${link}`);
      }
    }
  }
  expect(broken).toEqual([]);
});

async function isFolder(path: string): Promise<boolean> {
  const { statSync } = await import("node:fs");
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
