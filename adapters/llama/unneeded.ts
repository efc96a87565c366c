/**
 * Loaded before llama.cpp's library in the Worker. The library imports all that it may ever need to download models, to
 * fetch its own sources and to show how far that is; moult does neither through it. These packages, a hundred files, are
 * empty here, which spares a quarter of what importing the library costs.
 */
import { plugin } from "bun";

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

plugin({
  name: "unneeded",
  setup(build) {
    for (const [name, parts] of Object.entries(UNNEEDED)) {
      const exports = Object.fromEntries(["default", ...parts].map((part) => [part, undefined]));
      build.module(name, () => ({ loader: "object", exports }));
    }
  },
});
