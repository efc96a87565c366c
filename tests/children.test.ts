import { expect, test } from "bun:test";
import { join } from "node:path";
import { isAlive } from "./waiting.ts";
import { temporary } from "./temporary.ts";

test("a process that a test has started ends with its file, also when the test never ends", async () => {
  using folder = temporary();
  const seen = join(folder.path, "pid");
  await Bun.write(
    join(folder.path, "hangs.test.ts"),
    `import { test } from "bun:test";
     import { keep } from ${JSON.stringify(join(import.meta.dir, "children.ts"))};
     test("hangs", async () => {
       const started = keep(Bun.spawn(["sleep", "600"]));
       try {
         await Bun.write(${JSON.stringify(seen)}, String(started.pid));
         await new Promise(() => undefined);
       } finally {
         await started.exited; // Never reached.
       }
     }, 50);`,
  );
  const run = Bun.spawn([process.execPath, "--no-install", "test", folder.path], {
    stdio: ["ignore", "ignore", "ignore"],
  });
  expect(await run.exited).not.toBe(0);
  expect(isAlive(Number(await Bun.file(seen).text()))).toBe(false);
});
