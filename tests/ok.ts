/**
 * `bun run ok`: everything a change must pass: format, lint, types, dead code, tests. `--fix` formats instead of
 * complaining; `--tools` only installs the tools, which live apart so that users never download them.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

const ROOT = dirname(import.meta.dir);
const TOOLS = join(import.meta.dir, "tools");
const BIN = join(TOOLS, "node_modules/.bin");
const bun = process.execPath;
const fix = process.argv.includes("--fix");

if (!existsSync(BIN)) await step("tools", [bun, "install", "--frozen-lockfile", "--cwd", TOOLS]);
if (!process.argv.includes("--tools")) {
  const began = performance.now();
  await step("format", [bun, "fmt", ...(fix ? [] : ["--check"]), "."]);
  await Promise.all([
    step("lint", [join(BIN, "oxlint"), "--type-aware", "--quiet"]),
    step("types", [bun, "check", "--no-pretty"]),
    step("dead code", [bun, join(BIN, "knip"), "--no-progress"]),
    step("tests", [bun, "--no-install", join(import.meta.dir, "provision.ts")]),
  ]);
  console.log(`ok in ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

/** Runs one step; prints its output and ends the program when it fails. */
async function step(name: string, line: readonly string[]): Promise<void> {
  const child = Bun.spawn([...line], {
    cwd: ROOT,
    env: { ...process.env, PATH: `${BIN}:${process.env["PATH"] ?? ""}` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [code, out, err] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if (code === 0) {
    console.log([`✓ ${name}`, ...(out.match(/^FLAKY: .*$/gm) ?? [])].join("\n"));
    return;
  }
  console.error(`✗ ${name}\n${out}${err}`);
  process.exit(1);
}
