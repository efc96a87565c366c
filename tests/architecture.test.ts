/** Keeps the import arrows of the architecture pointing one way, and the folders honest. */
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { Glob } from "bun";

const ROOT = join(import.meta.dir, "..");
const BUILT_IN = ["node:", "bun"];

/** What each layer may import besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  schemas: ["valibot"],
  runtime: ["schemas", "valibot", "@valibot/to-json-schema", ...BUILT_IN],
  adapters: ["schemas", "runtime", "valibot", ...BUILT_IN],
  cli: ["schemas", "runtime", ...BUILT_IN],
  functions: ["moult"],
};

/** The packages that belong to one adapter, and to no other file. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "adapters/http": ["elysia", "@elysiajs/swagger", "@valibot/to-json-schema"],
  // Its lock is the library's own.
  "adapters/llama": ["node-llama-cpp", "lifecycle-utils"],
  "adapters/log": ["pino"],
  "adapters/sqlite": ["drizzle-orm"],
  "adapters/telegram": ["grammy"],
  "adapters/yaml": ["yaml"],
  "schemas/tables.ts": ["drizzle-orm"],
};

/** Static and dynamic imports, `import type` and re-exports included. */
const IMPORT = /(?:^(?:import|export)\b(?:[^"';]*?\bfrom)?\s*|\bimport\()["']([^"']+)["']/gm;

/** Imports of a file as written, without those in comments and templates. */
function importsOf(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$|`[^`]*`/gm, "");
  return [...code.matchAll(IMPORT)].map((match) => match[1] ?? "");
}

/** The layer (for adapters: the adapter's folder) or package that an import leads to. */
function destination(file: string, specifier: string): string {
  if (!specifier.startsWith(".")) return specifier;
  const path = normalize(join(dirname(file), specifier)).split("/");
  return path[0] === "adapters" ? path.slice(0, 2).join("/") : (path[0] ?? "");
}

function mayImport(file: string, to: string): boolean {
  const [layer = "", folder = ""] = file.split("/");
  const own = layer === "adapters" ? `${layer}/${folder}` : layer;
  const packages = Object.entries(PACKAGES).flatMap(([place, names]) =>
    file.startsWith(place) ? names : [],
  );
  return [own, ...(MAY_IMPORT[layer] ?? []), ...packages].some(
    (name) =>
      to === name ||
      to.startsWith(`${name}/`) ||
      to.startsWith(`${name}:`) ||
      (name.endsWith(":") && to.startsWith(name)),
  );
}

for (const layer of Object.keys(MAY_IMPORT)) {
  test(`${layer}/ imports only what the architecture allows`, async () => {
    const strays: string[] = [];
    for await (const file of new Glob(`${layer}/**/*.ts`).scan(ROOT)) {
      if (file.endsWith(".test.ts")) continue;
      for (const specifier of importsOf(await Bun.file(join(ROOT, file)).text())) {
        const to = destination(file, specifier);
        if (!mayImport(file, to)) strays.push(`${file} -> ${specifier}`);
      }
    }
    expect(strays).toEqual([]);
  });
}

test("the arrow check sees type imports, re-exports and dynamic imports", () => {
  const source = `import type { A } from "../adapters/x.ts";
export * from "left";
const lazy = () => import("right");
// import "comment";
import {
  b,
} from "many_lines";`;
  expect(importsOf(source)).toEqual(["../adapters/x.ts", "left", "right", "many_lines"]);
  expect(mayImport("runtime/a.ts", "adapters/llama")).toBeFalse();
  expect(mayImport("adapters/http/a.ts", "adapters/sqlite")).toBeFalse();
  expect(mayImport("adapters/http/a.ts", "pino")).toBeFalse();
});

test("no folder is named after nothing", () => {
  for (const folder of ["utils", "core", "common", "lib", "helpers"]) {
    for (const parent of ["", "runtime", "adapters", "schemas", "cli"]) {
      expect(existsSync(join(ROOT, parent, folder))).toBeFalse();
    }
  }
});

test("every source file says in its first lines what it is", async () => {
  const silent: string[] = [];
  for await (const file of new Glob("{runtime,adapters,schemas,cli}/**/*.ts").scan(ROOT)) {
    const text = await Bun.file(join(ROOT, file)).text();
    if (!/^(?:#!.*\n)?\/\*\*/.test(text)) silent.push(file);
  }
  expect(silent).toEqual([]);
});

test("main.ts stays a joint and no source file passes 400 lines", async () => {
  const long: string[] = [];
  for await (const file of new Glob("**/*.ts").scan(ROOT)) {
    if (/^(?:node_modules|tests|bench|\.)|\/node_modules\//.test(file)) continue;
    const lines = (await Bun.file(join(ROOT, file)).text()).split("\n").length;
    if (lines > (file === "main.ts" ? 120 : 400)) long.push(`${file}: ${lines}`);
  }
  expect(long).toEqual([]);
});
