/**
 * The host program as one file, and what the runtime needs to read to run it. A confined process must not be able
 * to read moult's own folder, so the program is bundled once into the daemon's run folder.
 */
import { chmodSync, closeSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { messageOf } from "../../schemas/error.ts";
import { PATH_CLOEXEC } from "./syscalls.ts";

/** Path of the Bun that runs us. */
export function bunPath(): string {
  return process.execPath; // Not resolved: that fails where its folder is closed to us.
}

/** The same as the kernel knows it, wherever it lies and even when an update has replaced it since. */
export const BUN_ITSELF = "/proc/self/exe";
/** File descriptors up to this one are replaced in what is started: its inputs, its outputs, its control channel. */
const REPLACED_FILE_MAX = 3;

/**
 * Opens the Bun that runs us, to be started as `/proc/self/fd/<number>`. A path would not do: for another user id the
 * folders on the way may be closed, as `/root/.bun` is.
 */
export function openBun(): number {
  const tooLow: number[] = [];
  for (;;) {
    const file = openSync(BUN_ITSELF, PATH_CLOEXEC);
    if (file > REPLACED_FILE_MAX) {
      for (const low of tooLow) closeSync(low);
      return file;
    }
    tooLow.push(file);
  }
}

/** Whether other users may run the Bun that runs us, once it is open. */
export function othersMayRunBun(): boolean {
  const READ_AND_EXECUTE = 0o005;
  return (statSync(BUN_ITSELF).mode & READ_AND_EXECUTE) === READ_AND_EXECUTE;
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
  }).catch((error: unknown): never => {
    const reasons = error instanceof AggregateError ? error.errors : [error];
    throw new Error(
      `The host program did not build: ${reasons.slice(0, 3).map(messageOf).join("; ")}`,
    );
  });
  const [output] = built.outputs;
  if (output === undefined) throw new Error("The host program did not build");
  const path = join(folder, "host.js");
  writeFileSync(path, new Uint8Array(await output.arrayBuffer()));
  chmodSync(path, 0o644); // Whatever the umask.
  return path;
}

/** The part of an environment by which a host finds the programs that it may start. */
export function pathOf(programs: readonly string[]): Readonly<Record<string, string>> {
  if (programs.length === 0) return {};
  return { PATH: [...new Set(programs.map((path) => dirname(path)))].join(delimiter) };
}
