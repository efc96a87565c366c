/**
 * Turns a function file into one self-contained module: the gate that a file passes before any process sees it.
 * It reads files and runs nothing of them; no package is installed, and nothing outside the project gets in.
 */
import { basename, join, resolve, sep } from "node:path";
import { MoultError } from "../../schemas/error.ts";
import type { Manifest } from "../../schemas/function.ts";
import { contentHash } from "../content_hash.ts";
import { Fence, type Metafile } from "./fence.ts";
import { located, shortPath } from "./frame.ts";
import { forgetPackage, packageName } from "./resolver_cache.ts";
import type { Found } from "./scan.ts";

/** A source above this is data in the wrong place. */
export const SOURCE_BYTES_MAX = 2 * 1024 * 1024;

/** What a host has to parse before it can answer. */
export const BUNDLE_BYTES_MAX = 32 * 1024 * 1024;

/** A function file, bundled. */
export interface Built {
  /** The module's text. It imports `moult` and built-in modules, nothing else. */
  readonly text: string;
  /** First 12 hex digits of the text's SHA-256. */
  readonly version: string;
  /** Absolute paths of the files it was made of, itself first; of a package, its package.json. */
  readonly inputs: readonly string[];
  /** What it declares, where that is known without running anything. */
  readonly manifest?: Manifest;
}

/** Options that `Bun.build` takes and its types do not have yet. */
interface Extra {
  readonly files: Readonly<Record<string, string>>;
  readonly macros: false;
  readonly metafile: true;
}

/**
 * Bundles a function whose source has just been read.
 * Throws `function/invalid` with file:line:column and the line where it fails.
 */
export async function buildFunction(found: Found, source: string): Promise<Built> {
  const fence = new Fence(found);
  if (source.trim() === "") throw fence.refuse(`${found.file} is empty`);
  fence.enter();
  let result = await bundle(found, source, fence);
  const missing = missingPackage(result.logs);
  if (missing !== undefined) {
    forgetPackage(found.root, packageName(missing));
    result = await bundle(found, source, fence);
  }
  if (!result.success) throw fence.refusal() ?? invalid(found, result.logs);
  const metafile = (result as { readonly metafile?: Metafile }).metafile;
  if (metafile === undefined) throw new TypeError("The bundler gave nothing");
  return await finish(found, result.outputs, metafile, fence);
}

/**
 * Bundles many functions of one folder at once, which costs a tenth for each. Never rejects: a function that is
 * missing in what it returns has to be built alone, to be told what is wrong with it.
 */
export async function buildMany(
  many: readonly { readonly found: Found; readonly source: string }[],
): Promise<ReadonlyMap<Found, Built>> {
  const built = new Map<Found, Built>();
  const [first] = many;
  if (first === undefined) return built;
  const sources = Object.fromEntries(many.map(({ found, source }) => [found.path, source]));
  const fence = new Fence(first.found);
  try {
    for (const { found } of many) new Fence(found).enter();
    const result = await Bun.build(buildOptions(sources, fence));
    // Beside its functions it would have written assets, and whose they are nobody knows.
    const isWhole = result.success && result.outputs.length === many.length;
    if (!isWhole || fence.refusal() !== undefined) return built;
    for (const { found } of many.filter(({ source }) => source.trim() !== "")) {
      const one = await pieceOf(result, found).catch(() => undefined);
      if (one !== undefined) built.set(found, one);
    }
  } catch {
    // What broke it is found by building alone.
  }
  return built;
}

/** One function out of many that were bundled at once. */
async function pieceOf(result: Bun.BuildOutput, found: Found): Promise<Built | undefined> {
  const metafile = (result as { readonly metafile?: Metafile }).metafile;
  const entry = Object.entries(metafile?.outputs ?? {}).find(
    ([, { entryPoint }]) => entryPoint !== undefined && resolve(entryPoint) === found.path,
  );
  const artifact = result.outputs.find(({ path }) => path === entry?.[0]);
  if (metafile === undefined || entry === undefined || artifact === undefined) return undefined;
  const [path, output] = entry;
  const part = {
    inputs: behind(output.entryPoint ?? "", metafile.inputs),
    outputs: { [path]: output },
  };
  return await finish(found, [artifact], part, new Fence(found));
}

/** The inputs that one entry leads to. */
function behind(entry: string, all: Metafile["inputs"]): Metafile["inputs"] {
  const inputs: Record<string, Metafile["inputs"][string]> = {};
  const waiting = [entry];
  for (const input of waiting) {
    const known = all[input];
    if (known === undefined || Object.hasOwn(inputs, input)) continue;
    inputs[input] = known;
    for (const { path, external } of known.imports) if (external !== true) waiting.push(path);
  }
  return inputs;
}

/** Checks what the bundler made of a function, and makes it the same wherever it was built. */
async function finish(
  found: Found,
  outputs: readonly Bun.BuildArtifact[],
  metafile: Metafile,
  fence: Fence,
): Promise<Built> {
  const [entry, asset] = outputs;
  if (entry === undefined) throw new TypeError("The bundler gave nothing");
  const inputs = Object.keys(metafile.inputs).map((path) => resolve(path));
  fence.check(metafile, inputs);
  if (asset !== undefined)
    throw fence.refuse(
      `${found.file} imports a file that cannot be bundled: ${basename(asset.path)}`,
    );
  if (!Object.values(metafile.outputs).some((one) => one.exports?.includes("default")))
    throw fence.refuse(
      `${found.file} has no default export; write export default defineTool({ … })`,
    );
  const text = portable(await entry.text(), found.root, metafile);
  if (text.length > BUNDLE_BYTES_MAX)
    throw fence.refuse(
      `${found.file} is larger than ${BUNDLE_BYTES_MAX >> 20} MiB with its imports`,
    );
  return {
    text,
    version: contentHash(text).slice(0, 12),
    inputs: [...new Set([found.path, ...inputs.map((path) => tracked(path, found.root))])],
  };
}

function bundle(found: Found, source: string, fence: Fence): Promise<Bun.BuildOutput> {
  return Bun.build(buildOptions({ [found.path]: source }, fence));
}

/** @param sources Texts of the entries by path. */
function buildOptions(
  sources: Readonly<Record<string, string>>,
  fence: Fence,
): Parameters<typeof Bun.build>[0] & Extra {
  return {
    entrypoints: Object.keys(sources),
    // The very texts that were hashed: what is on the disk may be newer by now.
    files: sources,
    naming: "[name].[ext]",
    target: "bun",
    external: ["moult"],
    sourcemap: "inline",
    // A macro is code that runs inside the bundler, here: with the daemon's rights.
    macros: false,
    metafile: true,
    throw: false,
    plugins: [fence.plugin()],
  };
}

type BuildLogs = Bun.BuildOutput["logs"];

/** The package that the first unresolved import asks for. */
function missingPackage(logs: BuildLogs): string | undefined {
  return logs
    .map(({ message }) => /^Could not resolve: "([^"./][^"]*)"/.exec(message)?.[1])
    .find((specifier) => specifier !== undefined);
}

/** The first thing that the bundler had against the file. */
function invalid(found: Found, logs: BuildLogs): MoultError {
  const log = logs.find(({ level }) => level === "error") ?? logs[0];
  if (log === undefined) return new MoultError("function/invalid", `Cannot build ${found.file}`);
  const position = log.position;
  const missing = missingPackage([log]);
  const because =
    missing === undefined
      ? log.message
      : `Cannot find package "${missing}"; add it to your project with: bun add ${packageName(missing)}`;
  if (position === null || position.line < 1)
    return new MoultError("function/invalid", `${found.file}: ${because}`, { file: found.file });
  const file = shortPath(position.file, found.root);
  return located({ ...position, file }, because);
}

/** Packages change as a whole: their package.json stands for all of their files. */
function tracked(path: string, root: string): string {
  if (path.startsWith(root + sep)) return path;
  const match = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path);
  return match === null ? path : join(match[0], "package.json");
}

/**
 * The same text wherever the daemon was started: the bundler writes paths relative to the working folder, into
 * comments and the source map.
 */
function portable(text: string, root: string, metafile: Metafile): string {
  const short = (path: string): string => shortPath(resolve(path), root);
  const lines = text.split("\n").filter((line) => !line.startsWith("//# debugId="));
  const mark = "//# sourceMappingURL=data:application/json;base64,";
  return lines
    .map((line) => {
      if (line.startsWith(mark)) {
        const map: unknown = JSON.parse(Buffer.from(line.slice(mark.length), "base64").toString());
        const { sources, ...rest } = map as {
          readonly sources: readonly string[];
          debugId?: string;
        };
        delete rest.debugId;
        const portableMap = JSON.stringify({ ...rest, sources: sources.map(short) });
        return mark + Buffer.from(portableMap).toString("base64");
      }
      const path = /^\/\/ (\S.*)$/.exec(line)?.[1];
      return path !== undefined && Object.hasOwn(metafile.inputs, path)
        ? `// ${short(path)}`
        : line;
    })
    .join("\n");
}
