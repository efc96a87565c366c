/** Builds in a process of their own: hostile files cost that process, and no more. */
import { expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { openSandbox } from "../../../adapters/linux/open_sandbox.ts";
import { BuildProcess } from "../../../runtime/load/build_process.ts";
import type { Sandbox } from "../../../runtime/ports.ts";
import { answer, functionsFolder, tool } from "./functions_folder.ts";
import { until } from "../../waiting.ts";

/** A folder whose files are built as the daemon builds them. */
function folderWithProcess(limits: { readonly msMax?: number; readonly memoryMiB?: number } = {}) {
  const sandbox: Sandbox = openSandbox();
  const processes: number[] = [];
  const counting: Sandbox = {
    tier: () => sandbox.tier(),
    close: () => sandbox.close(),
    start: async (options) => {
      const confined = await sandbox.start(options);
      processes.push(confined.pid);
      return confined;
    },
  };
  const folder = functionsFolder({
    openWorkbench: (roots) =>
      new BuildProcess({ sandbox: counting, roots, home: folder.home, ...limits }),
  });
  return {
    ...folder,
    processes,
    hasLandlock: sandbox.tier().tier <= "C",
    async [Symbol.asyncDispose]() {
      await folder[Symbol.asyncDispose]();
      await sandbox.close();
    },
  };
}

/** Forty files that pass each other's exports on: the bundler follows every path through them. */
function net(save: (file: string, text: string) => void): void {
  const numbers = Array.from({ length: 40 }, (_, n) => n);
  save("node_modules/stars/package.json", '{"name":"stars","main":"f0.js"}');
  for (const n of numbers) {
    const stars = numbers.slice(n + 1).map((other) => `export * from "./f${String(other)}.js";`);
    save(
      `node_modules/stars/f${String(n)}.js`,
      `${stars.join("\n")}\nexport const v${String(n)} = 1;`,
    );
  }
}

test("a file that never ends to be built is refused, and the others load meanwhile", async () => {
  await using folder = folderWithProcess({ msMax: 1_500 });
  net(folder.save);
  folder.save("a_net.ts", tool("Object.keys(x)", 'import * as x from "stars";'));
  for (let n = 0; n < 2; n++) folder.save(`fine_${String(n)}.ts`, tool(String(n)));
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  expect(loader.get("a_net")?.error).toMatch(/^Cannot build a_net\.ts: .*took longer than/);
  for (let n = 0; n < 2; n++) expect(await answer(loader, `fine_${String(n)}`)).toBe(n);
  folder.save("a_net.ts", tool('"mended"'));
  await until(async () => (await answer(loader, "a_net")) === "mended");
}, 120_000);

test("a file that grows while it is built costs the process of the builds", async () => {
  await using folder = folderWithProcess({ memoryMiB: 128 });
  const doubled = Array.from(
    { length: 40 },
    (_, n) => `, a${String(n + 1)} = a${String(n)} + a${String(n)}`,
  );
  const text = `enum E { a0 = "${"x".repeat(64)}"${doubled.join("")} }`;
  folder.save("a_bomb.ts", tool("E.a40", text));
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  expect(loader.get("a_bomb")?.error).toMatch(/^Cannot build a_bomb\.ts: .*memory/);
  folder.save("fine.ts", tool("1"));
  await until(async () => (await answer(loader, "fine")) === 1);
  expect(folder.processes.length).toBeGreaterThan(1);
}, 120_000);

test("a build reads what functions are made of, and the kernel refuses it the rest", async () => {
  await using folder = folderWithProcess();
  folder.save("../secret/keys.ts", 'export const key = "secret";');
  folder.save("../project/package.json", '{"name":"project","dependencies":{"pad":"*"}}');
  folder.save("../project/node_modules/pad/package.json", '{"name":"pad","main":"index.js"}');
  folder.save("../project/node_modules/pad/index.js", 'exports.pad = () => "padded";');
  folder.save("../project/shared/text.ts", 'export const text = "shared";');
  folder.save("../project/.env", "KEY=1");
  folder.save(
    "../project/functions/good.ts",
    tool("pad() + text", 'import { pad } from "pad"; import { text } from "../shared/text.ts";'),
  );
  folder.save("../project/node_modules/thief/package.json", '{"name":"thief","main":"keys.ts"}');
  symlinkSync(`${folder.base}/secret/keys.ts`, `${folder.base}/project/node_modules/thief/keys.ts`);
  folder.save("../project/functions/thief.ts", tool("key", 'import { key } from "thief";'));
  folder.save("../project/node_modules/env/package.json", '{"name":"env","main":"index.js"}');
  symlinkSync(`${folder.base}/project/.env`, `${folder.base}/project/node_modules/env/index.js`);
  folder.save("../project/functions/env.ts", tool("key", 'import { key } from "env";'));
  const loader = folder.loader({
    roots: [`${folder.base}/project/functions`],
    ownRoot: `${folder.base}/project/functions`,
  });
  await loader.start();
  await loader.settled();
  expect(await answer(loader, "good")).toBe("paddedshared");
  // Without Landlock it is refused once it has been read.
  const why = folder.hasLandlock ? "EACCES" : "outside the project";
  expect(loader.get("thief")?.error).toContain(why);
  expect(loader.get("env")?.error).toContain(why);
});

test("what comes to lie beside the functions later is found", async () => {
  await using folder = folderWithProcess();
  folder.save("../package.json", '{"name":"home"}');
  folder.save("a.ts", tool("text", 'import { text } from "../later/text.ts";'));
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  expect(loader.get("a")?.state).toBe("failed");
  folder.save("../later/text.ts", 'export const text = "later";');
  folder.save("a.ts", tool("text + 1", 'import { text } from "../later/text.ts";'));
  await until(async () => (await answer(loader, "a")) === "later1");
});
