/** What the commands need of the program around them: `main.ts` provides it, so that no command imports an adapter. */
import type { ParseArgsOptionsConfig } from "node:util";
import type { Daemon } from "../runtime/daemon.ts";
import type { OpenHome } from "../runtime/home.ts";
import type { Model, SandboxTrial } from "../runtime/ports.ts";
import type { Models } from "../schemas/model_file.ts";
import type { ProviderHealth } from "../schemas/provider.ts";

/** Options of `start` and `dev`, resolved: paths are absolute. */
export interface DaemonOptions {
  readonly home: string;
  /** The user's functions; may not exist yet. */
  readonly functions: string;
  /** Configuration file; `undefined` = none. */
  readonly config?: string;
  readonly host?: string;
  readonly port?: number;
  /** Refuses every connection to another machine. */
  readonly offline: boolean;
  /** Functions of the owner's own folder run without being asked about. @default false */
  readonly approveOnSight?: boolean;
  /** Reports what any layer of the sandbox refuses, which slows the machine a little. @default the network's only */
  readonly everyRefusal?: boolean;
  /** Takes a free port when the wanted one is taken. @default false */
  readonly anyPort?: boolean;
  /** Ends the daemon after so many milliseconds without a request. @default never */
  readonly idleExitMs?: number;
}

/** A daemon of this process. */
export interface RunningDaemon {
  readonly daemon: Daemon;
  readonly home: OpenHome;
  /** What the owner should know about the configuration. */
  readonly warnings: readonly string[];
}

/** One line of `moult doctor`. */
export interface Check {
  readonly name: string;
  readonly state: "ok" | "warning" | "failed";
  readonly found: string;
  /** What to do about it. */
  readonly remedy?: string;
  /** What it consists of: what is there, and what is not, each with its own remedy. */
  readonly parts?: { readonly has: readonly string[]; readonly lacks: readonly string[] };
}

/** The program that the commands belong to. */
export interface Program {
  readonly version: string;
  /** Absolute path of `main.ts`. */
  readonly entry: string;
  readonly startDaemon: (options: DaemonOptions) => Promise<RunningDaemon>;
  /** Runs one function: how functions are confined on this machine, and why none runs, if so. */
  readonly trySandbox: () => Promise<SandboxTrial>;
  /** The configured model, or the file at this absolute path, for this process alone. It loads while requests wait. */
  readonly startModel: (options: DaemonOptions, path: string | undefined) => Promise<Model>;
  /** The models of the home. */
  readonly models: (options: DaemonOptions) => Promise<Models>;
  /** How the configured providers are. Asks them. */
  readonly providers: (options: DaemonOptions) => Promise<readonly ProviderHealth[]>;
}

/** Values of the options of a command line. */
export type Values = Readonly<Record<string, string | boolean | undefined>>;

/** One command. */
export interface Command {
  /** Names of the arguments, as shown after the command. */
  readonly usage: string;
  readonly options?: ParseArgsOptionsConfig;
  /** What the options mean, one line each. */
  readonly help?: string;
  /** Does it; returns the exit code. */
  readonly run: (
    program: Program,
    positionals: readonly string[],
    values: Values,
  ) => Promise<number>;
}

/** A command in the table of commands: loaded only when it is used. */
export interface Listed {
  /** What it does, as a line of `moult --help`. */
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}

/** A wrong command line. The process ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
