/** moult as a dependency of another project: its version, or a tarball of the very files that run. Knows no project. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { BUILTIN_LOCK } from "../runtime/load/builtin_lock.ts";

/** What moult's own `package.json` says, as far as projects need it. */
export interface MoultManifest {
  readonly version: string;
  readonly files: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly overrides: Readonly<Record<string, unknown>>;
}

/** Files that every package carries, listed or not. */
const ALWAYS = ["package.json", "README.md", "LICENSE"];
const FUNCTIONS = "functions/";

/** Reads the `package.json` of the moult whose `main.ts` is `entry`. */
export function readManifest(entry: string): MoultManifest {
  return JSON.parse(readFileSync(join(dirname(entry), "package.json"), "utf8")) as MoultManifest;
}

/**
 * The version, where moult itself was installed by its version, so that a registry has it; `undefined` in a clone, and
 * where it came as a file.
 */
export function registryVersion(entry: string, { version }: MoultManifest): string | undefined {
  const modules = dirname(dirname(entry));
  const owner = join(dirname(modules), "package.json");
  if (basename(modules) !== "node_modules" || !existsSync(owner)) return undefined;
  const { dependencies } = JSON.parse(readFileSync(owner, "utf8")) as {
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  const asked = dependencies?.["moult"];
  // Paths, addresses and tags are no ranges, though `semver.satisfies` takes them for some.
  return asked !== undefined && /^[\^~]?\d[\w.+-]*$/.test(asked) ? version : undefined;
}

/**
 * Packs the moult whose `main.ts` is `entry` into `file`, as its package would be published, but without scripts that
 * run at an installation. Functions that somebody dropped into its folder stay behind: they are theirs.
 */
export async function packMoult(entry: string, file: string): Promise<void> {
  const root = dirname(entry);
  const shipped = builtinFiles();
  const contents: Record<string, Uint8Array> = {};
  for (const path of packedFiles(root, readManifest(entry).files)) {
    if (path.startsWith(FUNCTIONS) && !shipped.has(path.slice(FUNCTIONS.length))) continue;
    contents[`package/${path}`] = readFileSync(join(root, path));
  }
  mkdirSync(dirname(file), { recursive: true });
  contents["package/package.json"] = new TextEncoder().encode(quietManifest(root));
  await Bun.Archive.write(file, contents, { compress: "gzip" });
}

/** A dependency's script runs before other packages are all there, if at all; the project around it prunes them itself. */
function quietManifest(root: string): string {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as MoultManifest;
  const { postinstall: _postinstall, prepare: _prepare, ...scripts } = manifest.scripts;
  return `${JSON.stringify({ ...manifest, scripts }, undefined, 2)}\n`;
}

/** Paths of `files` in a `package.json`, folders opened, in a stable order: the same files make the same tarball. */
function packedFiles(root: string, listed: readonly string[]): readonly string[] {
  const paths = new Set<string>();
  for (const pattern of [...ALWAYS, ...listed]) {
    for (const glob of [pattern, `${pattern}/**/*`])
      for (const path of new Bun.Glob(glob).scanSync({ cwd: root, dot: pattern.startsWith(".") }))
        paths.add(path);
  }
  return [...paths].toSorted();
}

/** The shipped functions' paths below `functions/`, and the two files that tell them from others. */
function builtinFiles(): ReadonlySet<string> {
  const lines = readFileSync(BUILTIN_LOCK, "utf8").split("\n");
  return new Set(["builtin.lock", "builtin.manifests", ...lines.map((line) => line.slice(66))]);
}
