/**
 * Runs once after `bun install`: removes what this machine can never use.
 *
 * The engine's packages are mislabelled upstream (the ARM build installs on x64 too), and the engine carries
 * a 30 MB bundle of its C++ sources for rebuilding, which moult never does (`build: "never"`).
 */
import { rmSync } from "node:fs";
import { join } from "node:path";

const MODULES = join(import.meta.dir, "../node_modules");
const useless = ["node-llama-cpp/llama/gitRelease.bundle"];
if (process.platform !== "linux" || process.arch !== "arm64") {
  useless.push("@node-llama-cpp/linux-arm64");
}
for (const path of useless) rmSync(join(MODULES, path), { recursive: true, force: true });
