/**
 * Runs once after `bun install`: removes what this machine can never use.
 *
 * The engine's packages are mislabelled upstream (the ARM build installs on x64 too), and the engine carries
 * a 30 MB bundle of its C++ sources for rebuilding, which moult never does (`build: "never"`). Of the API page's
 * package one script and one style sheet are served; the rest are other forms of the same.
 */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const ROOT = dirname(import.meta.dir);
/** Of a clone its own; of an installed moult the one it lies in, beside its dependencies. */
const MODULES =
  basename(dirname(ROOT)) === "node_modules" ? dirname(ROOT) : join(ROOT, "node_modules");
const useless = ["node-llama-cpp/llama/gitRelease.bundle"];
if (process.platform !== "linux" || process.arch !== "arm64") {
  useless.push("@node-llama-cpp/linux-arm64");
}
const PAGE = "swagger-ui-dist";
const PAGE_KEPT =
  /^(?:swagger-ui-bundle\.js|swagger-ui\.css|package\.json|README\.md|LICENSE|NOTICE)$/;
if (existsSync(join(MODULES, PAGE))) {
  const files = readdirSync(join(MODULES, PAGE)).filter((name) => !PAGE_KEPT.test(name));
  useless.push(...files.map((name) => join(PAGE, name)));
}
for (const path of useless) rmSync(join(MODULES, path), { recursive: true, force: true });
