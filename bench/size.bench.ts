/** How much a user installs. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bench, type Report, atMost, fact } from "./harness.ts";

/** One claim. */
export const bench: Bench = {
  title: "Install size",
  about:
    "`bun install` in a fresh clone, then `du`. No GPU packages; what they cost is one opt-in command away. OpenClaw 2026.9.6 installs 647 MB.",
  run: measure,
};

async function measure(): Promise<Report> {
  const clone = join(mkdtempSync(join(tmpdir(), "moult-bench-")), "moult");
  try {
    await must(["git", "clone", "--quiet", join(import.meta.dir, ".."), clone], tmpdir());
    await must([process.execPath, "install", "--frozen-lockfile"], clone);
    const modules = await megabytes(join(clone, "node_modules"));
    const source = await megabytes(clone, "--exclude=node_modules", "--exclude=.git");
    return {
      rows: [
        atMost("node_modules without GPU", modules, 130, "MB"),
        fact("the repository itself, the embedded model included", source, "MB"),
      ],
    };
  } finally {
    rmSync(join(clone, ".."), { recursive: true, force: true });
  }
}

async function megabytes(path: string, ...options: readonly string[]): Promise<number> {
  const line = await must(["du", "-sk", ...options, path], "/");
  return (Number.parseInt(line, 10) * 1024) / 1e6;
}

async function must(command: readonly string[], cwd: string): Promise<string> {
  const child = Bun.spawn([...command], { cwd, stdout: "pipe", stderr: "pipe" });
  const [out, problem] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if ((await child.exited) !== 0) throw new Error(`"${command.join(" ")}" failed: ${problem}`);
  return out;
}
