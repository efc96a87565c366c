/** What a function file may be made of: its functions folder, code of its project, packages. Everything else stays out. */
import { existsSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, extname, join, relative, resolve, sep } from "node:path";
import { MoultError } from "../../schemas/error.ts";
import { located, shortPath, textOf } from "./frame.ts";
import { oddConfig, whyNotPlain } from "./plain_file.ts";
import type { Found } from "./scan.ts";

/** Endings of files with code. */
export const CODE: ReadonlySet<string> = new Set([
  ".ts",
  ".mts",
  ".cts",
  ".tsx",
  ".js",
  ".mjs",
  ".cjs",
  ".jsx",
]);
/** Endings of files that code may be made of too. */
export const DATA: ReadonlySet<string> = new Set([
  ".json",
  ".jsonc",
  ".txt",
  ".md",
  ".yaml",
  ".yml",
  ".toml",
  ".csv",
  ".sql",
]);

/** Neither a path nor a URL, nor what is not for functions. */
const NAMES = /^(?![./~]|file:|https?:|moult\/)/;

/**
 * `export * from` in files that are not packages. Bun's bundler follows every path through them, so that a net of some
 * thirty such files takes it minutes, in which nothing else is built.
 */
const STARS_MAX = 24;
const STAR = /\bexport(?:\s|\/\*[\s\S]*?\*\/|\/\/[^\n]*\n)*\*/g;

/** What the bundler tells about a build; its own types lag behind. */
export interface Metafile {
  readonly inputs: Readonly<
    Record<
      string,
      { readonly imports: readonly { readonly path: string; readonly external?: boolean }[] }
    >
  >;
  readonly outputs: Readonly<
    Record<string, { readonly exports?: readonly string[]; readonly entryPoint?: string }>
  >;
}

/** The bounds of one build. */
export class Fence {
  readonly #found: Found;
  readonly #project: string;
  #refusal: MoultError | undefined;
  #stars = 0;

  constructor(found: Found) {
    this.#found = found;
    this.#project = projectOf(found.root);
  }

  /** Why an import was stopped, if one was. */
  refusal(): MoultError | undefined {
    return this.#refusal;
  }

  /** A `function/invalid` of this function. */
  refuse(text: string): MoultError {
    return new MoultError("function/invalid", text, { file: this.#found.file });
  }

  /** Stops an import before the file behind it is read: it may be a device, or a secret. */
  plugin(): Bun.BunPlugin {
    return {
      name: "moult fence",
      setup: (build) => {
        build.onResolve({ filter: /./ }, ({ path, importer }) => {
          if (importer === "" || isBuiltin(path)) return undefined;
          const because = NAMES.test(path)
            ? this.#becausePackage(path, importer)
            : this.#because(path, importer);
          if (because === undefined) return undefined;
          this.#refusal ??= this.#locate(importer, path, because);
          throw this.#refusal;
        });
        build.onLoad({ filter: /./ }, ({ path }) => {
          const why = whyNotPlain(path) ?? this.#whyTooMany(path);
          if (why === undefined) return undefined;
          this.#refusal ??= this.refuse(
            `Cannot import ${shortPath(path, this.#found.root)}: it ${why}`,
          );
          throw this.#refusal;
        });
      },
    };
  }

  #whyTooMany(path: string): string | undefined {
    if (path.includes("/node_modules/") || !CODE.has(extname(path))) return undefined;
    this.#stars += textOf(path).match(STAR)?.length ?? 0;
    if (this.#stars <= STARS_MAX) return undefined;
    return `is one \`export * from\` too many for the bundler, which takes ${String(STARS_MAX)} in all; name what is exported`;
  }

  #because(path: string, importer: string): string | undefined {
    if (path.startsWith("moult/")) return `"${path}" is not for functions; import from "moult"`;
    if (/^(?:file|https?):/.test(path)) return `Cannot import "${path}": URLs are not loaded`;
    if (extname(path) === ".node")
      return `Cannot import "${path}": native addons do not run in a function's process`;
    const target = resolve(dirname(importer), path);
    if (!this.#allows(target)) return `Cannot import "${path}": it lies outside the project`;
    return this.#odd(target);
  }

  /** Of a package that lies in the functions folder; the project's own ones its owner has installed. */
  #becausePackage(path: string, importer: string): string | undefined {
    const { root } = this.#found;
    for (let dir = dirname(importer); dir.startsWith(root); dir = dirname(dir)) {
      const odd = this.#odd(join(dir, "node_modules", path));
      if (odd !== undefined) return odd;
    }
    return undefined;
  }

  /** What the bundler would come across on its way into a folder, and could not read to its end. */
  #odd(folder: string): string | undefined {
    const { root } = this.#found;
    const odd = oddConfig(folder, root);
    return odd && `${shortPath(odd.path, root)} ${odd.why}; remove it`;
  }

  /** To be asked before a build: the way to the function's own folder. Throws `function/invalid`. */
  enter(): void {
    const odd = this.#odd(dirname(this.#found.path));
    if (odd !== undefined) throw this.refuse(`Cannot build ${this.#found.file}: ${odd}`);
  }

  /**
   * Looks again at what the bundler really read: links, path mappings and packages lead elsewhere.
   * Throws `function/invalid`.
   */
  check(metafile: Metafile, inputs: readonly string[]): void {
    for (const path of inputs) if (path !== this.#found.path) this.#checkInput(path);
    for (const { imports } of Object.values(metafile.inputs))
      for (const { path, external } of imports)
        if (external === true && path !== "moult" && !isBuiltin(path))
          throw this.refuse(
            `Cannot import "${path}" into ${this.#found.file}: it cannot be bundled`,
          );
  }

  #checkInput(path: string): void {
    const shown = shortPath(path, this.#found.root);
    if (!this.#allows(path))
      throw this.refuse(`Cannot import ${shown}: it lies outside the project`);
    const data = this.#inside(this.#found.root, path) || path.includes("/node_modules/");
    if (CODE.has(extname(path)) || (data && DATA.has(extname(path)))) return;
    throw this.refuse(
      `Cannot import ${shown}: a function is made of code, and of text and JSON files in its functions folder`,
    );
  }

  #allows(path: string): boolean {
    if (path.includes("/node_modules/")) return true;
    return this.#inside(this.#found.root, path) || this.#inside(this.#project, path);
  }

  /** Dot folders hold what is nobody's business: keys, histories, moult's own home. */
  #inside(folder: string, path: string): boolean {
    if (!path.startsWith(folder + sep)) return false;
    return !relative(folder, path)
      .split(sep)
      .some((part) => part.startsWith("."));
  }

  #locate(importer: string, specifier: string, because: string): MoultError {
    const file = shortPath(importer, this.#found.root);
    const lines = textOf(importer).split("\n");
    const line = lines.findIndex(
      (text) => text.includes(`"${specifier}"`) || text.includes(`'${specifier}'`),
    );
    const lineText = lines[line];
    if (lineText === undefined) return this.refuse(`${file}: ${because}`);
    const column = lineText.indexOf(specifier);
    return located({ file, line: line + 1, column, lineText }, because);
  }
}

/** The folder whose code a function may import: of its workspace, else of its package, else the one above it. */
export function projectOf(root: string): string {
  let nearest: string | undefined;
  for (let dir = root; ; dir = dirname(dir)) {
    const manifest = join(dir, "package.json");
    if (existsSync(manifest) && whyNotPlain(manifest) === undefined) {
      nearest ??= dir;
      if (textOf(manifest).includes('"workspaces"')) return dir;
    }
    if (dir === dirname(dir)) return nearest ?? dirname(root);
  }
}
