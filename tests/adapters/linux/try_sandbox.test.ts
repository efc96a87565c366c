import { describe, expect, test } from "bun:test";
import { chmodSync, copyFileSync, linkSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PlainSandbox } from "../../../adapters/linux/plain.ts";
import { trySandbox } from "../../../adapters/linux/try_sandbox.ts";
import type { Sandbox, SandboxTrial } from "../../../runtime/ports.ts";
import { MoultError } from "../../../schemas/error.ts";

const ROOT = join(import.meta.dir, "../../..");
const isRoot = process.getuid?.() === 0;

test("trySandbox() runs a function and says how it is confined", async () => {
  const { tier, has, broken } = await trySandbox();
  expect(broken).toBeUndefined();
  expect(tier).toMatch(/^[A-E]$/);
  expect(has.length).toBeGreaterThan(0);
});

test("trySandbox() says why none runs and what to do, and closes what it opened", async () => {
  let closed = 0;
  class Broken extends PlainSandbox {
    override start = () => Promise.reject(new MoultError("internal", "EACCES: posix_spawn"));
    override async close() {
      closed++;
      await super.close();
    }
  }
  const { broken } = await trySandbox(() => new Broken());
  expect(broken?.why).toBe("EACCES: posix_spawn");
  expect(broken?.remedy).toContain("chmod o+rx");
  expect(closed).toBe(1);
  const folders = (): Sandbox => {
    throw new Error("Cannot make a folder for function processes");
  };
  expect((await trySandbox(folders)).broken?.remedy).toContain("make room");
});

/** Tries in a process of its own, after a line of shell. */
async function tryAfter(line: string, bun = process.execPath): Promise<SandboxTrial> {
  const entry = JSON.stringify(join(ROOT, "adapters/linux/try_sandbox.ts"));
  const script = `console.log(JSON.stringify(await (await import(${entry})).trySandbox()))`;
  const command = ["/bin/sh", "-c", `${line}; exec "$0" --no-install -e "$1"`, bun, script];
  const child = Bun.spawn(command, { stdout: "pipe" });
  return JSON.parse(await child.stdout.text()) as SandboxTrial;
}

test("functions run where the limits of the user are stricter than theirs", async () => {
  const { broken } = await tryAfter("ulimit -n 256; ulimit -f 20000");
  expect(broken).toBeUndefined();
}, 120_000);

/** A Bun of the same kind in a folder of ours alone. */
function bunIn(folder: string): string {
  const bun = join(folder, "bun");
  try {
    linkSync(process.execPath, bun);
  } catch {
    copyFileSync(process.execPath, bun);
    chmodSync(bun, 0o755);
  }
  return bun;
}

describe.skipIf(process.platform !== "linux" || !isRoot)("as root", () => {
  test("functions run, each under its own user id, though only root may enter Bun's folder and the umask closes all", async () => {
    const folder = mkdtempSync(join(tmpdir(), "moult-closed-"));
    chmodSync(folder, 0o700);
    try {
      const trial = await tryAfter("umask 077", bunIn(folder));
      expect(trial.broken).toBeUndefined();
      expect(trial.has.join()).toContain("a user id per function");
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 120_000);
});
