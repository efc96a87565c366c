import { expect, test } from "bun:test";
import { mkdirSync, symlinkSync, truncateSync } from "node:fs";
import { dirname, join } from "node:path";
import { answer, functionsFolder, tool } from "./functions_folder.ts";

type Folder = ReturnType<typeof functionsFolder>;

/** Something that the bundler, or we, would read without end, at a place below the functions folder. */
type Odd = (folder: Folder, file: string) => void;

const pipe: Odd = ({ dir }, file) => {
  mkdirSync(dirname(join(dir, file)), { recursive: true });
  Bun.spawnSync(["mkfifo", join(dir, file)]);
};
const device: Odd = ({ dir }, file) => {
  mkdirSync(dirname(join(dir, file)), { recursive: true });
  symlinkSync("/dev/zero", join(dir, file));
};
const huge: Odd = (folder, file) => {
  folder.save(file, "");
  truncateSync(join(folder.dir, file), 6 * 2 ** 30);
};
const linkedPipe: Odd = (folder, file) => {
  pipe(folder, ".pipe");
  symlinkSync(join(folder.dir, ".pipe"), join(folder.dir, file));
};

const HELPER = tool("x", 'import { x } from "./_odd.ts";');
const PACKAGE = tool("x", 'import x from "odd";');

const ODD: readonly (readonly [string, Odd, string, string])[] = [
  ["a helper that is a link to a pipe", linkedPipe, "_odd.ts", HELPER],
  ["a helper that is a device", device, "_odd.ts", HELPER],
  ["a helper of many GiB", huge, "_odd.ts", HELPER],
  ["data of many GiB", huge, "_odd.json", tool("x", 'import x from "./_odd.json";')],
  ["a package.json that is a pipe", pipe, "package.json", tool("1")],
  ["a package.json that is a device", device, "package.json", tool("1")],
  ["a tsconfig.json that is a pipe", pipe, "tsconfig.json", tool("1")],
  ["a tsconfig.json of many GiB", huge, "tsconfig.json", tool("1")],
  [
    "a package.json on the way to a helper that is a device",
    device,
    "lib/package.json",
    tool("x", 'import { x } from "./lib/_x.ts";'),
  ],
  [
    "a package of its own whose package.json is a device",
    device,
    "node_modules/odd/package.json",
    PACKAGE,
  ],
];

test.each(ODD)("%s holds nobody up", async (_name, lay, file, text) => {
  await using folder = functionsFolder();
  lay(folder, file);
  folder.save("a.ts", text);
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  expect(loader.get("a")).toMatchObject({
    state: "failed",
    error: expect.stringMatching(/is not a regular file|bytes, and \d+ is the most/),
  });
  // The build is over: the file may be mended.
  expect(await answer(loader, "a")).toBe("function/invalid");
});

test("a net of files that pass each other on holds nobody up, a plain list of them is fine", async () => {
  await using folder = functionsFolder();
  const pass = (...files: number[]) =>
    files.map((n) => `export/**/* from "./_${String(n)}.ts";`).join("");
  for (let n = 0; n < 40; n++)
    folder.save(
      `_${String(n)}.ts`,
      `${pass((n * 7 + 1) % 40, (n * 13 + 5) % 40)} export const a${String(n)} = 1;`,
    );
  folder.save("net.ts", tool("Object.keys(all).length", 'import * as all from "./_0.ts";'));
  for (let n = 100; n < 120; n++)
    folder.save(`_${String(n)}.ts`, `export const b${String(n)} = 1;`);
  folder.save("_list.ts", pass(...Array.from({ length: 20 }, (_, i) => 100 + i)));
  folder.save("list.ts", tool("Object.keys(all).length", 'import * as all from "./_list.ts";'));
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  expect(loader.get("net")?.error).toContain("name what is exported");
  expect(await answer(loader, "list")).toBe(20);
  await loader.close();
});
