import { expect, test } from "bun:test";
import { join } from "node:path";

const LLAMA = join(import.meta.dir, "../../../adapters/llama");

/** Runs a program beside the adapter, with the packages put off, as the model's Worker does. */
async function run(program: string): Promise<unknown> {
  const preload = join(LLAMA, "unneeded.ts");
  const child = Bun.spawn([process.execPath, "--no-install", "--preload", preload, "-e", program], {
    cwd: LLAMA,
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, error] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  expect(error).toBe("");
  return JSON.parse(out) as unknown;
}

test("the library finds its binaries by itself with packages that come late", async () => {
  const found = await run(`
    const { getLlama } = await import("node-llama-cpp");
    const llama = await getLlama({ gpu: false, build: "never", progressLogs: false });
    console.log(JSON.stringify({ gpu: llama.gpu, build: llama.buildType }));
    process.exit();
  `);
  expect(found).toEqual({ gpu: false, build: "prebuilt" });
});

test("a package that was put off is the package itself once it is used", async () => {
  const found = await run(`
    const { default: semver } = await import("semver");
    const { default: fs } = await import("fs-extra");
    const { default: which } = await import("which");
    const isThere = await fs.pathExists(process.execPath);
    console.log(JSON.stringify([semver.gt("1.10.0", "1.9.0"), isThere, await which("sh") !== ""]));
  `);
  expect(found).toEqual([true, true, true]);
});
