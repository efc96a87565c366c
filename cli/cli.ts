/** Reads a command line, runs its command, and turns every failure into one sentence and an exit code. */
import { parseArgs } from "node:util";
import { ConfigError } from "../schemas/config.ts";
import { nearest } from "../runtime/spelling.ts";
import { isMoultError, messageOf, toWire } from "../schemas/error.ts";
import { aside, printPlainly, wrapped } from "./print.ts";
import { UsageError, type Command, type Listed, type Program, type Values } from "./program.ts";

/** Each command in a file of its own, loaded only when it is used. */
const COMMANDS: Readonly<Record<string, Listed>> = {
  chat: { summary: "talk to your agent", load: () => import("./chat.ts") },
  dev: { summary: "run the daemon and see every reload", load: () => import("./dev.ts") },
  start: { summary: "run the daemon", load: () => import("./start.ts") },
  stop: { summary: "end the daemon", load: () => import("./stop.ts") },
  open: { summary: "show the daemon in a browser, logged in", load: () => import("./open.ts") },
  new: { summary: "write a new tool, skill or channel", load: () => import("./new.ts") },
  init: { summary: "make a project of your own", load: () => import("./init.ts") },
  list: { summary: "list the functions", load: () => import("./list.ts") },
  describe: { summary: "show one function", load: () => import("./describe.ts") },
  call: { summary: "call a tool with JSON", load: () => import("./call.ts") },
  logs: { summary: "show what a function wrote", load: () => import("./logs.ts") },
  rollback: { summary: "put the previous version back", load: () => import("./rollback.ts") },
  approve: { summary: "let a function touch what it asks for", load: () => import("./approve.ts") },
  model: { summary: "list, pull, use or inspect models", load: () => import("./model.ts") },
  sessions: {
    summary: "show what was said, and what arrived",
    load: () => import("./sessions.ts"),
  },
  secret: { summary: "set, list or remove secrets", load: () => import("./secret.ts") },
  doctor: { summary: "say what works here and what does not", load: () => import("./doctor.ts") },
  eval: { summary: "measure how well a model calls tools", load: () => import("./eval.ts") },
  bench: { summary: "run the benchmarks", load: () => import("./bench.ts") },
  completion: { summary: "complete commands and names in a shell", load: loadCompletion },
};

/** Options that every command takes. */
const COMMON = {
  help: { type: "boolean", short: "h" },
  json: { type: "boolean" },
  home: { type: "string" },
  url: { type: "string" },
  key: { type: "string" },
} as const;

const COMMON_HELP = `  --home DIR    where moult keeps its data
                (default: $MOULT_HOME, the nearest .moult upward, ./.moult)
  --url, --key  another daemon than the home's ($MOULT_URL, $MOULT_KEY)
  --json        print JSON
  --help        this text`;

async function loadCompletion(): Promise<{ readonly command: Command }> {
  const { completionOf } = await import("./completion.ts");
  return { command: completionOf({ table: COMMANDS, options: COMMON, help: COMMON_HELP }) };
}

/** Runs one command line and returns the exit code: 0 done, 1 failed, 2 wrong usage, 78 configuration. */
export async function runCommandLine(program: Program, argv: readonly string[]): Promise<number> {
  const [name = "help", ...rest] = argv;
  if (["help", "--help", "-h"].includes(name)) return overview();
  if (["version", "--version", "-v"].includes(name)) {
    process.stdout.write(`${program.version}\n`);
    return 0;
  }
  const json = rest.includes("--json");
  if (json) printPlainly();
  outliveReaders(name, json);
  try {
    const listed = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!listed) throw new UsageError(`There is no command "${name}"${suggestion(name)}`);
    const { command } = await listed.load();
    const { positionals, values } = parse(command, rest);
    if (values["help"] === true) return commandHelp(name, listed.summary, command);
    return await command.run(program, positionals, values);
  } catch (error) {
    return complain(error, json, name);
  }
}

function parse(
  command: Command,
  args: readonly string[],
): { readonly positionals: readonly string[]; readonly values: Values } {
  try {
    const options = { ...COMMON, ...command.options };
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    return { positionals: parsed.positionals, values: parsed.values };
  } catch (error) {
    throw new UsageError((error as Error).message.split(". ")[0] ?? "Wrong options");
  }
}

function suggestion(name: string): string {
  const close = nearest(name, Object.keys(COMMANDS));
  return close ? `; did you mean "${close}"?` : "";
}

function overview(): number {
  const lines = Object.entries(COMMANDS).map(
    ([name, { summary }]) => `  ${name.padEnd(11)} ${summary}`,
  );
  process.stdout.write(
    `moult: drop a TypeScript file into functions/ and your agent can do it\n\nUsage: moult <command> [options]\n\n${lines.join("\n")}\n\nOptions of every command:\n${COMMON_HELP}\n\nExit codes: 0 done, 1 failed, 2 wrong usage, 78 configuration\n`,
  );
  return 0;
}

function commandHelp(name: string, summary: string, command: Command): number {
  const own = command.help ? `${command.help}\n` : "";
  process.stdout.write(
    `moult ${name}: ${summary}\n\nUsage: moult ${name}${command.usage ? ` ${command.usage}` : ""}\n\n${own}${COMMON_HELP}\n`,
  );
  return 0;
}

/**
 * Whoever reads our output may leave: a command has nothing more to say then, a daemon goes on with its work, and a
 * full disk behind standard output is no reason for it to end either.
 */
function outliveReaders(name: string, json: boolean): void {
  const isDaemon = name === "start" || name === "dev";
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error) => {
      if (!isDaemon) process.exit(complain(error, json, name));
    });
}

/** Prints one failure for people (or as a JSON document), and says how the process should end. */
function complain(error: unknown, json: boolean, name: string): number {
  if (isBrokenPipe(error)) return 0;
  const message = sentenceOf(error);
  if (json) {
    const document = isMoultError(error) ? toWire(error) : { code: codeOf(error), message };
    process.stdout.write(`${JSON.stringify({ error: document })}\n`);
  } else {
    const stack = isForeseen(error) || !(error instanceof Error) ? "" : `${error.stack ?? ""}\n`;
    const say = (text: string): void => aside(wrapped(asTyped(text), 0, 0, process.stderr));
    say(`moult: ${message}`);
    process.stderr.write(stack);
    const help = Object.hasOwn(COMMANDS, name) ? `moult ${name} --help` : "moult --help";
    if (error instanceof UsageError) say(`See "${help}"`);
  }
  return exitCodeOf(error);
}

/** The same with commands as they are typed here: in the clone, and in projects, moult is a script of `bun`. */
function asTyped(text: string): string {
  if (!["moult", "dev", "start"].includes(process.env["npm_lifecycle_event"] ?? "")) return text;
  const commands = new RegExp(
    `(?<!bun )\\bmoult (?=(?:--help|${Object.keys(COMMANDS).join("|")})\\b)`,
    "g",
  );
  return text.replaceAll(commands, "bun moult ");
}

function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return 2;
  return error instanceof ConfigError ? 78 : 1;
}

function isForeseen(error: unknown): boolean {
  return [isMoultError, isOfFiles].some((is) => is(error)) || exitCodeOf(error) !== 1;
}

function sentenceOf(error: unknown): string {
  const because = messageOf(error);
  return isOfFiles(error) ? `${because}; ${FILES_REMEDY}` : because;
}

const FILES_REMEDY = "make room, or make it writable, or work in another folder";

/** The system refused a file: that its folder is read-only or the disk full is nobody's bug. */
function isOfFiles(error: unknown): boolean {
  return error instanceof Error && "syscall" in error && "path" in error && "code" in error;
}

/** Whoever read our output has heard enough: `moult list | head`. */
function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EPIPE";
}

function codeOf(error: unknown): string {
  if (error instanceof UsageError) return "usage";
  return error instanceof ConfigError ? "configuration" : "internal";
}
