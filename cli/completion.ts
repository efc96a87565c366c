/** `moult completion SHELL`: what a shell asks when Tab is pressed, and the lines that make it ask. */
import type { SessionInfo } from "../runtime/ports.ts";
import type { FunctionInfo } from "../schemas/function.ts";
import { findDaemon } from "./client.ts";
import { completionScript, isShell, SHELLS } from "./completion_scripts.ts";
import { json, line } from "./print.ts";
import { UsageError, type Command, type Listed, type Values } from "./program.ts";

/** Nobody waits longer for a Tab. */
const DAEMON_MS_MAX = 1_000;
const DESCRIPTION_CHARS_MAX = 80;
/** Tells the scripts that a path may stand here. */
const FILES = ":files";

/** What may stand in a place, with what it means. */
type Candidates = readonly (readonly [value: string, meaning: string])[];

/** The commands of a program and the options that each of them takes, for completion. */
export interface Commands {
  readonly table: Readonly<Record<string, Listed>>;
  readonly options: NonNullable<Command["options"]>;
  /** What these mean, one line each. */
  readonly help: string;
}

/** `moult completion`, for the commands of `cli.ts`. */
export function completionOf(commands: Commands): Command {
  return {
    usage: SHELLS.join("|"),
    options: { words: { type: "boolean" } },
    help: `  bash          in ~/.bashrc:  source <(moult completion bash)
  zsh           in ~/.zshrc:   source <(moult completion zsh)
  fish          in ~/.config/fish/config.fish:  moult completion fish | source
  It completes the word moult. In a repository or a project, add: alias moult='bun moult'`,
    async run(program, positionals, values) {
      if (values["words"] === true) {
        for (const text of await complete(commands, positionals, values)) line(text);
        return 0;
      }
      const [shell, ...rest] = positionals;
      if (shell === undefined || !isShell(shell) || rest.length > 0) {
        throw new UsageError(`Name your shell: moult completion ${SHELLS.join(", ")}`);
      }
      const script = completionScript(shell, [process.execPath, "--no-install", program.entry]);
      if (values["json"] === true) json({ shell, script });
      else process.stdout.write(script);
      return 0;
    },
  };
}

/** The lines for the shell: `value`, a tab and the meaning; those that begin like the last word. Never rejects. */
async function complete(
  commands: Commands,
  words: readonly string[],
  values: Values,
): Promise<readonly string[]> {
  const typed = words.at(-1) ?? "";
  const found = await candidates(commands, words, values).catch(() => []);
  return found
    .filter(([value]) => value === FILES || value.startsWith(typed))
    .map(([value, meaning]) => `${value}\t${flat(meaning)}`.trimEnd());
}

const flat = (text: string): string =>
  text.replaceAll(/\s+/g, " ").slice(0, DESCRIPTION_CHARS_MAX).trim();

async function candidates(
  { table, options: common, help: commonHelp }: Commands,
  words: readonly string[],
  values: Values,
): Promise<Candidates> {
  const [name = "", ...given] = words;
  if (given.length === 0) return Object.entries(table).map(([key, { summary }]) => [key, summary]);
  const listed = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!listed) return [];
  const { command } = await listed.load();
  const meanings = optionMeanings(`${command.help ?? ""}\n${commonHelp}`);
  const options = { ...common, ...command.options };
  const takesValue = (word: string | undefined): string | undefined =>
    Object.keys(options).find(
      (key) =>
        options[key]?.type === "string" &&
        (word === `--${key}` || word === `-${options[key].short}`),
    );
  const typed = given.at(-1) ?? "";
  const before = given.slice(0, -1);
  const awaited = takesValue(before.at(-1));
  if (awaited !== undefined) return meanings.get(awaited)?.path === true ? [[FILES, ""]] : [];
  if (typed.startsWith("-")) {
    return [...meanings].flatMap(([key, { meaning }]) =>
      Object.hasOwn(options, key) ? [[`--${key}`, meaning] as const] : [],
    );
  }
  const places = before.filter(
    (word, index) => !word.startsWith("-") && takesValue(before[index - 1]) === undefined,
  );
  return await argumentsAt(command.usage, places, values);
}

/** What a help text says of each option, and whether its value is a path. Options that it hides stay hidden. */
function optionMeanings(
  help: string,
): ReadonlyMap<string, { readonly meaning: string; readonly path: boolean }> {
  const lines = [
    ...help.matchAll(/^ +--([a-z][a-z-]*)(?:, --([a-z-]+))?(?: (\S+))? {2,}(\S.*)$/gm),
  ];
  return new Map(
    lines.flatMap(([, key = "", other, value, meaning = ""]) => {
      const entry = { meaning, path: value === "DIR" || value === "FILE" };
      return [key, ...(other === undefined ? [] : [other])].map((one) => [one, entry] as const);
    }),
  );
}

/** Reads a usage such as `[SESSION | rm SESSION]`: what may stand after the arguments that are there. */
async function argumentsAt(
  usage: string,
  places: readonly string[],
  values: Values,
): Promise<Candidates> {
  const found: Candidates[] = [];
  for (const way of usage.split("|")) {
    const parts = way
      .replaceAll(/[[\]()]/g, " ")
      .trim()
      .split(/\s+/);
    if (!places.every((word, index) => parts[index] === word || !isWord(parts[index]))) continue;
    const part = parts[places.length] ?? "";
    if (isWord(part)) found.push([[part, ""]]);
    else if (/^(?:FILES?|DIR|PATH)\b/.test(part)) found.push([[FILES, ""]]);
    else found.push(await fromDaemon(part, values));
  }
  return found.flat();
}

const isWord = (part: string | undefined): boolean => /^[a-z][a-z-]*$/.test(part ?? "");

/** Names that a running daemon knows; none runs: none. */
async function fromDaemon(kind: string, values: Values): Promise<Candidates> {
  const client = ["FUNCTION", "FN", "SESSION"].includes(kind) ? findDaemon(values) : undefined;
  if (!client) return [];
  const signal = AbortSignal.timeout(DAEMON_MS_MAX);
  if (kind === "SESSION") {
    const path = "/api/sessions";
    const sessions = await client.json<readonly SessionInfo[]>("GET", path, undefined, signal);
    return sessions.map(({ session, turns }) => [session, `${turns} turns`]);
  }
  const path = "/api/functions";
  const functions = await client.json<readonly FunctionInfo[]>("GET", path, undefined, signal);
  return functions.map(({ name, kind: sort, manifest }) => [name, manifest?.description ?? sort]);
}
