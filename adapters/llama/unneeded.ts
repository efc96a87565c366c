/**
 * Loaded before llama.cpp's library in the Worker. The library imports all that it may ever need to download models, to
 * fetch and build its own sources and to show how far that is; moult does nothing of it, or seldom. These packages, two
 * hundred files, are empty here or come when they are first used, which spares much of what importing the library costs.
 */
import { plugin } from "bun";
import { createRequire } from "node:module";

/** What is imported of each by name. Whoever called one of them would be told that it is not there. */
const UNNEEDED: Readonly<Record<string, readonly string[]>> = {
  ipull: ["downloadFile", "downloadSequence", "DownloadStatus"],
  "simple-git": ["simpleGit"],
  ora: [],
  "stdout-update": [],
  "slice-ansi": [],
  "strip-ansi": [],
  "log-symbols": [],
  "pretty-ms": [],
};

/** What is imported of each: needed to find a GPU, and to say what is wrong. */
const SELDOM: Readonly<Record<string, readonly string[]>> = {
  "async-retry": ["default"],
  bytes: ["default"],
  chalk: ["default"],
  chmodrp: ["chmodr"],
  "cross-spawn": ["default"],
  filenamify: ["default"],
  "fs-extra": ["default"],
  "proper-lockfile": ["default"],
  semver: ["default"],
  which: ["default"],
};

/** By package, what the library calls as it is imported: it reads a file of its own. */
const AT_ONCE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "fs-extra": { readJson: (file: string) => Bun.file(file).json() },
};

const require = createRequire(import.meta.resolve("node-llama-cpp"));

/** Stands for a part of a package, which is loaded when somebody looks at it or calls it. */
function later(name: string, file: string, part: string): unknown {
  const whole = (): Record<string, unknown> => require(file) as Record<string, unknown>;
  // Of packages without a default export the package itself is imported by that name.
  const real = () => whole()[part] ?? whole();
  return new Proxy(() => undefined, {
    get: (_, key) =>
      (typeof key === "string" ? AT_ONCE[name]?.[key] : undefined) ??
      (Reflect.get(real(), key) as unknown),
    apply: (_, self, args) => Reflect.apply(real() as () => unknown, self, args) as unknown,
    construct: (_, args) => Reflect.construct(real() as new () => object, args) as object,
  });
}

plugin({
  name: "unneeded",
  setup(build) {
    for (const [name, parts] of Object.entries(UNNEEDED)) {
      const exports = Object.fromEntries(["default", ...parts].map((part) => [part, undefined]));
      build.module(name, () => ({ loader: "object", exports }));
    }
    for (const [name, parts] of Object.entries(SELDOM)) {
      // Where it is, before the name stands for something else.
      const file = require.resolve(name);
      const exports = Object.fromEntries(parts.map((part) => [part, later(name, file, part)]));
      build.module(name, () => ({ loader: "object", exports }));
    }
  },
});
