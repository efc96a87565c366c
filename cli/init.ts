/** `moult init [DIR]`: makes a project of one's own that has moult as a dependency, and one tool with its test. */
import { existsSync, statSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { MoultError } from "../schemas/error.ts";
import { projectFiles } from "./init_files.ts";
import { aside, json, line, paint } from "./print.ts";
import { UsageError, type Command } from "./program.ts";
import { packMoult, readManifest, registryVersion } from "./vendor.ts";

/** `moult init` */
export const command: Command = {
  usage: "[DIR]",
  help: "  DIR           a new folder for the project (default: this one)",
  async run(program, [named, ...rest], values) {
    if (rest.length > 0) throw new UsageError("Name one folder: moult init my-agent");
    const dir = resolve(named ?? ".");
    refuseTaken(dir);
    const manifest = readManifest(program.entry);
    const registry = registryVersion(program.entry, manifest);
    const vendored = registry === undefined ? `vendor/moult-${manifest.version}.tgz` : undefined;
    const files = projectFiles({
      name: basename(dir),
      dependency: registry ?? `file:${vendored}`,
      vendored,
      bun: Bun.version,
      manifest,
    });
    const done = await settle(dir, async () => {
      mkdirSync(dir, { recursive: true });
      // Its own, so that a home further up is not taken for it.
      mkdirSync(join(dir, ".moult"), { recursive: true, mode: 0o700 });
      if (vendored !== undefined && !existsSync(join(dir, vendored)))
        await packMoult(program.entry, join(dir, vendored));
      return { ...writeMissing(dir, files), vendored };
    });
    if (values["json"] === true) json({ dir, ...done });
    else report(dir, done);
    return 0;
  },
};

interface Done {
  /** Paths below the project. */
  readonly files: readonly string[];
  /** Those that were there before, and were left as they are. */
  readonly kept: readonly string[];
  readonly vendored: string | undefined;
}

function refuseTaken(dir: string): void {
  if (existsSync(dir) && !statSync(dir).isDirectory()) {
    throw new UsageError(`${dir} is a file; name a folder: moult init my-agent`);
  }
  if (existsSync(join(dir, "package.json"))) {
    throw new UsageError(
      `${join(relative(process.cwd(), dir), "package.json")} exists already, and nothing is overwritten; make the project in a folder of its own: moult init my-agent`,
    );
  }
}

/** Runs what writes; a disk that does not take it is a failure with a sentence. */
async function settle<T>(dir: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof Error && "errno" in error)) throw error;
    throw new MoultError(
      "input/invalid",
      `Cannot make a project in ${dir}: ${error.message}; name a folder that you can write to`,
      undefined,
      error,
    );
  }
}

/** Writes the files that are not there. */
function writeMissing(
  dir: string,
  contents: Readonly<Record<string, string>>,
): Pick<Done, "files" | "kept"> {
  const files: string[] = [];
  const kept: string[] = [];
  for (const [path, content] of Object.entries(contents)) {
    const file = join(dir, path);
    mkdirSync(dirname(file), { recursive: true });
    try {
      writeFileSync(file, content, { flag: "wx" });
      files.push(path);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      kept.push(path);
    }
  }
  return { files, kept };
}

function report(dir: string, { files, kept, vendored }: Done): void {
  const here = relative(process.cwd(), dir);
  if (vendored) line(`wrote ${join(here, vendored)}  (moult itself)`);
  for (const file of files) line(`wrote ${join(here, file)}`);
  for (const file of kept) aside(paint("yellow", `kept  ${join(here, file)}`, process.stderr));
  const change =
    here === "" ? "" : `cd ${/^[\w./-]+$/.test(here) ? here : JSON.stringify(here)} && `;
  line(`\nNow:  ${change}bun install && bun moult chat "roll the dice"`);
}
