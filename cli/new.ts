/** `moult new tool|skill|channel NAME`: writes a function and its test, both of which pass at once. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { contentHash } from "../runtime/content_hash.ts";
import { readBuiltinLock } from "../runtime/load/builtin_lock.ts";
import { type Found, scanRoot } from "../runtime/load/scan.ts";
import { FUNCTION_NAME } from "../schemas/function.ts";
import { text } from "./client.ts";
import { KINDS, type Template, templateFor, TRANSPORTS } from "./new_templates.ts";
import { aside, json, line, paint } from "./print.ts";
import { UsageError, type Command, type Program } from "./program.ts";

const USAGE = "Write: moult new tool NAME, moult new skill NAME, or moult new channel NAME";

/** `moult new` */
export const command: Command = {
  usage: "tool|skill|channel NAME [--via TRANSPORT] [--functions DIR]",
  options: { functions: { type: "string", short: "f" }, via: { type: "string" } },
  help: `  --via TRANSPORT  of a channel: ${TRANSPORTS.join(", ")} (default: ${TRANSPORTS[0]})
  --functions DIR  your functions (default: ./functions)`,
  async run(program, [kind, name, ...rest], values) {
    if (kind === undefined || name === undefined || rest.length > 0) throw new UsageError(USAGE);
    const template = checked({ kind, name, via: text(values["via"]) });
    const root = resolve(text(values["functions"]) ?? "functions");
    const taken = scanRoot(root).found.find((found) => found.name === name);
    if (taken) throw new UsageError(`${shown(taken.path)} exists already; choose another name`);
    const builtin = builtinNamed(name, program);
    if (builtin) aside(paint("yellow", replaces(builtin), process.stderr));
    const files = write(join(root, `${kind}s`), name, template);
    if (values["json"] === true) json({ files, ...(builtin && { replaces: builtin.name }) });
    else {
      const test = knowsMoult(root) ? (files[1] ?? "") : "";
      const wrote = files.map((file) => `wrote ${file}`);
      for (const words of [...wrote, "", ...nextSteps(name, template, test)]) line(words);
    }
    return 0;
  },
};

function checked(wanted: {
  readonly kind: string;
  readonly name: string;
  readonly via: string | undefined;
}): Template {
  const { kind, name, via } = wanted;
  if (!KINDS.some((known) => known === kind)) throw new UsageError(USAGE);
  if (!FUNCTION_NAME.test(name))
    throw new UsageError(
      `"${name}" is not a name for a function; use a-z, 0-9 and _, at most 48, for example "exchange_rate"`,
    );
  if (via !== undefined && kind !== "channel")
    throw new UsageError(`A ${kind} has no transport; leave out --via`);
  const template = templateFor(kind, via ?? TRANSPORTS[0] ?? "", name);
  if (template === undefined)
    throw new UsageError(
      `There is no transport "${via}"; write --via ${TRANSPORTS.join(", or --via ")}`,
    );
  return template;
}

/** The built-in function of a name: by content, as the loader tells them from others. */
function builtinNamed(name: string, { entry }: Program): Found | undefined {
  const builtins = readBuiltinLock();
  const { found } = scanRoot(join(dirname(entry), "functions"));
  return found.find(
    (one) => one.name === name && builtins.has(contentHash(readFileSync(one.path))),
  );
}

function replaces({ name, file }: Found): string {
  const kind = file.split("/")[0]?.replace(/s$/, "") ?? "function";
  return `warning: ${name} is a built-in ${kind}; yours takes its place from now on`;
}

/** Writes both files and returns their paths from here. Throws when one exists. */
function write(folder: string, name: string, { code, test }: Template): string[] {
  const files = [join(folder, `${name}.ts`), join(folder, `${name}.test.ts`)];
  const taken = files.find((file) => existsSync(file));
  if (taken) throw new UsageError(`${shown(taken)} exists already; choose another name`);
  mkdirSync(folder, { recursive: true });
  // The test first: once the function is there, a daemon tries both.
  for (const [file, content] of [
    [files[1], test],
    [files[0], code],
  ] as const)
    if (file !== undefined) appear(file, content);
  return files.map(shown);
}

/** Writes a file that is there whole or not at all: a daemon may be watching, and an empty file is a broken function. */
function appear(file: string, content: string): void {
  const draft = join(dirname(file), `.${basename(file)}.new`);
  writeFileSync(draft, content);
  renameSync(draft, file);
}

function shown(file: string): string {
  return relative(process.cwd(), file);
}

function nextSteps(name: string, { input, configuration }: Template, test: string): string[] {
  const isTool = input !== undefined;
  // In the clone, and in projects, moult is a script of `bun`.
  const moult = process.env["npm_lifecycle_event"] === "moult" ? "bun moult" : "moult";
  return [
    `While "${moult} dev" runs, each save ${isTool ? "tries its example and its test" : "runs its test"}`,
    ...(configuration === undefined ? [] : [`It needs in moult.yaml:   ${configuration}`]),
    ...(isTool ? [`Call it:   ${moult} call ${name} '${input}'`] : []),
    ...(test === "" ? [] : [`Test it:   bun test ./${test}`]),
  ];
}

/** Whether a test in this folder finds `moult/testing` without `moult dev`. */
function knowsMoult(root: string): boolean {
  try {
    Bun.resolveSync("moult/testing", root);
    return true;
  } catch {
    return false;
  }
}
