import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PlainSandbox } from "../../../adapters/linux/plain.ts";
import { LinuxSandbox } from "../../../adapters/linux/sandbox.ts";
import { loadEvaluator, sandboxContract, startBlank } from "../../contract/sandbox.ts";

const isLinux = process.platform === "linux";

if (isLinux) sandboxContract("LinuxSandbox", () => new LinuxSandbox());
sandboxContract("PlainSandbox", () => new PlainSandbox());

test("PlainSandbox says that it confines nothing", () => {
  const sandbox = new PlainSandbox();
  expect(sandbox.tier().tier).toBe("E");
  expect(sandbox.tier().lacks.join()).toContain("nothing confines");
  return sandbox.close();
});

describe.skipIf(!isLinux)("LinuxSandbox", () => {
  let folder: string;
  let sandbox: LinuxSandbox;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "moult-files-"));
    for (const name of ["in", "out", "secret"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "in/a.txt"), "hello");
    writeFileSync(join(folder, "secret/key"), "key");
    sandbox = new LinuxSandbox();
  });
  afterAll(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });

  test("gives a wider policy exactly the folders it names", async () => {
    const host = await sandbox.start({
      files: { read: [join(folder, "in")], write: [join(folder, "out")], exec: [] },
      memoryMiB: 256,
      onOutput: () => undefined,
    });
    const call = await loadEvaluator(host);
    const at = (path: string) => JSON.stringify(join(folder, path));
    expect(await call(`return await Bun.file(${at("in/a.txt")}).text()`)).toBe("hello");
    await call(`await Bun.write(${at("out/b.txt")}, "written")`);
    expect(readFileSync(join(folder, "out/b.txt"), "utf8")).toBe("written");
    await expect(call(`await Bun.write(${at("in/b.txt")}, "x")`)).rejects.toThrow("EACCES");
    await expect(call(`return await Bun.file(${at("secret/key")}).text()`)).rejects.toThrow(
      "EACCES",
    );
    await expect(call(`return await Bun.file("/etc/passwd").text()`)).rejects.toThrow("EACCES");
    host.kill("done");
    await host.exited;
  });

  test("refuses a policy that would reach other functions, and programs that are not there", async () => {
    const start = async (files: object) =>
      await sandbox.start({
        files: { read: [], write: [], exec: [], ...files },
        memoryMiB: 256,
        onOutput: () => undefined,
      });
    await expect(start({ read: ["/"] })).rejects.toMatchObject({ code: "function/invalid" });
    await expect(start({ exec: ["/usr/bin/ffnothing"] })).rejects.toMatchObject({
      code: "function/invalid",
    });
  });

  test("starts nothing when the policy can not be enforced", async () => {
    const start = sandbox.start({
      files: { read: [join(folder, "gone")], write: [], exec: [] },
      memoryMiB: 256,
      onOutput: () => undefined,
    });
    await expect(start).rejects.toThrow("Cannot start a function process: openat: ENOENT");
  });

  test("passes on what a function prints, line by line", async () => {
    const lines: string[] = [];
    const host = await startBlank(sandbox, lines);
    const call = await loadEvaluator(host);
    await call(`console.log("one\\ntwo"); console.error("three"); process.exit(0)`).catch(() => 0);
    await host.exited;
    expect(lines.toSorted()).toEqual(["one", "three", "two"]);
  });

  test("bounds what a function can put into its work folder", async () => {
    const host = await startBlank(sandbox);
    const call = await loadEvaluator(host);
    const fill = `await Bun.write("a", Buffer.alloc(40 * 2 ** 20))`;
    await expect(call(fill)).rejects.toThrow(/EFBIG|ENOSPC/);
    await call(
      `const fs = await import("node:fs"); fs.mkdirSync("closed/deep", { recursive: true }); fs.rmSync("a", { force: true })`,
    );
    host.kill("done");
    await host.exited;
  });
});
