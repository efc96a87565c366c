/** What the commands need of the program around them: `main.ts` provides it, so that no command imports an adapter. */
import type { ParseArgsOptionsConfig } from "node:util";
import type { RuntimeEvent, TurnEvent } from "../schemas/turn.ts";

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
  /** Takes a free port when the wanted one is taken. @default false */
  readonly anyPort?: boolean;
  /** Ends the daemon after so many milliseconds without a request. @default never */
  readonly idleExitMs?: number;
  /** Lines for people on standard error, instead of JSON in the log only. */
  readonly verbose: boolean;
}

/** A daemon of this process. */
export interface RunningDaemon {
  readonly url: string;
  readonly home: string;
  readonly freshKey: boolean;
  readonly warnings: readonly string[];
  /** Calls back at each runtime event. Returns the way to stop. */
  readonly watch: (listener: (event: RuntimeEvent) => void) => () => void;
  /** Sends a line typed at a terminal, and follows its turn. */
  readonly say: (session: string, text: string, signal: AbortSignal) => AsyncIterable<TurnEvent>;
  /** Ends it in order; the promise resolves when all processes are gone. */
  readonly stop: () => Promise<void>;
  readonly stopped: Promise<void>;
}

/** One line of `moult doctor`. */
export interface Check {
  readonly name: string;
  readonly state: "ok" | "warning" | "failed";
  readonly found: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/** The program that the commands belong to. */
export interface Program {
  readonly version: string;
  /** Absolute path of `main.ts`. */
  readonly entry: string;
  readonly startDaemon: (options: DaemonOptions) => Promise<RunningDaemon>;
  /** What works on this machine. */
  readonly diagnose: (options: DaemonOptions) => Promise<readonly Check[]>;
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

/** A wrong command line. The process ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
