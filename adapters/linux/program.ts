/**
 * The host program as one file, and what the runtime needs to read to run it. A confined process must not be able
 * to read moult's own folder, so the program is bundled once into the daemon's run folder.
 */
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The Bun that runs us. */
export function bunPath(): string {
  return realpathSync(process.execPath);
}

/** Files that the dynamic linker maps for Bun: read from our own map, so that every distribution works. */
export function libraryPaths(): readonly string[] {
  const mapped = readFileSync("/proc/self/maps", "utf8")
    .split("\n")
    .map((line) => line.slice(line.indexOf("/")))
    .filter((path) => path.startsWith("/") && /\.so(\.[\d.]+)?$/.test(path))
    .filter((path) => !path.includes("/node_modules/"));
  return [...new Set(mapped)];
}

/** Bundles the host program into a folder. Returns its path; throws when it does not build. */
export async function buildHostProgram(folder: string): Promise<string> {
  const built = await Bun.build({
    entrypoints: [Bun.fileURLToPath(new URL("host_main.ts", import.meta.url))],
    target: "bun",
    minify: true,
  });
  const [output] = built.outputs;
  if (output === undefined) throw new Error("The host program did not build");
  const path = join(folder, "host.js");
  writeFileSync(path, new Uint8Array(await output.arrayBuffer()), { mode: 0o644 });
  return path;
}
