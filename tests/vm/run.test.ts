import { expect, test } from "bun:test";
import { join } from "node:path";
import { temporary } from "../temporary.ts";

test("the tests of tier A pass nowhere by not being run: without an emulator they say so, and fail", async () => {
  using folder = temporary();
  const child = Bun.spawn([process.execPath, "--no-install", join(import.meta.dir, "run.ts")], {
    env: { PATH: folder.path, MOULT_VM_CACHE: join(folder.path, "cache") },
    stdout: "pipe",
    stderr: "pipe",
  });
  const text = await child.stdout.text();
  expect(await child.exited).toBe(3);
  expect(text).toStartWith("NOT RUN: the tests of tier A: ");
});
