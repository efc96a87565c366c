/**
 * The runtime's log: JSON lines by pino in a bounded file, and one-liners for people on a terminal.
 * Knows nothing of what is logged, only that no secret may be in it.
 */
import type { Clock, Log } from "../../runtime/ports.ts";
import { LogFile } from "./file.ts";
import { redact, scrub } from "./redact.ts";

/** Least important first. */
const LEVELS = ["debug", "info", "warn", "error"] as const;
/** One of the levels. */
export type LogLevel = (typeof LEVELS)[number];

/** Lines kept until pino is there; the oldest are dropped first. */
const WAITING_MAX = 1_000;
/** A start is over by then. */
const OPEN_DELAY_MS = 1_000;
const COLOURS: Readonly<Record<LogLevel, number>> = { debug: 2, info: 36, warn: 33, error: 31 };

/** Options of a log. */
export interface LogOptions {
  /** File of the JSON lines, e.g. `<home>/logs/moult.log`. Absent = none. */
  readonly file?: string;
  /** Lines below it are not written. @default "info" */
  readonly level?: LogLevel;
  /** Prints one-liners for people, without a newline. Absent = none. */
  readonly print?: (line: string) => void;
  /** Colours in those. @default false */
  readonly colour?: boolean;
  readonly clock: Clock;
}

/** A log that can be closed. */
export interface OpenLog extends Log {
  /**
   * Loads pino and writes what waited for it. That costs 25 ms of CPU and 11 MB, which nobody pays who has nothing to
   * say: it happens by itself a second after the first line, and at once for an error.
   */
  readonly open: () => Promise<void>;
  /** Writes what still waits and closes the file. */
  readonly close: () => Promise<void>;
}

interface Line {
  readonly level: LogLevel;
  readonly at: number;
  readonly facts: Record<string, unknown>;
  readonly text: string;
}

/** A log as `options` say. Throws when its file cannot be opened. */
export function createLog(options: LogOptions): OpenLog {
  const file = options.file === undefined ? undefined : new LogFile(options.file);
  const lowest = LEVELS.indexOf(options.level ?? "info");
  const waiting: Line[] = [];
  let sink: ((line: Line) => void) | undefined;
  let opening: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const open = (): Promise<void> => {
    if (!file) return Promise.resolve();
    return (opening ??= loadPino(file).then((loaded) => {
      for (const line of waiting.splice(0)) loaded(line);
      sink = loaded;
    }));
  };
  const write = (level: LogLevel, facts: object, text: string): void => {
    if (LEVELS.indexOf(level) < lowest) return;
    const line: Line = {
      level,
      at: options.clock.now(),
      facts: redact(facts),
      text: scrub(text),
    };
    options.print?.(pretty(line, options.colour ?? false));
    if (!file) return;
    if (sink) {
      sink(line);
      return;
    }
    waiting.push(line);
    if (waiting.length > WAITING_MAX) waiting.shift();
    timer ??= setTimeout(() => void open(), OPEN_DELAY_MS).unref();
    if (level === "error") void open();
  };
  return {
    debug: (facts, text) => write("debug", facts, text),
    info: (facts, text) => write("info", facts, text),
    warn: (facts, text) => write("warn", facts, text),
    error: (facts, text) => write("error", facts, text),
    open,
    close: async () => {
      clearTimeout(timer);
      if (waiting.length > 0 || opening) await open();
      file?.close();
    },
  };
}

async function loadPino(file: LogFile): Promise<(line: Line) => void> {
  const { pino } = await import("pino");
  const logger = pino(
    {
      level: "debug",
      base: null,
      timestamp: false,
      messageKey: "text",
      formatters: { level: (level) => ({ level }) },
    },
    { write: (line: string) => file.write(line) },
  );
  return ({ level, at, facts, text }) => {
    const fields = Object.entries(facts).map(([name, value]) => [
      TAKEN.test(name) ? `${name}_` : name,
      value,
    ]);
    logger[level]({ at: new Date(at).toISOString(), ...Object.fromEntries(fields) }, text);
  };
}

/** Field names that pino's own would overwrite. */
const TAKEN = /^(?:level|at|text)$/;

function pretty({ level, at, facts, text }: Line, colour: boolean): string {
  const paint = (code: number, words: string): string =>
    colour ? `\u001b[${code}m${words}\u001b[0m` : words;
  const time = new Date(at).toTimeString().slice(0, 8);
  const more = Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${brief(value)}`)
    .join("");
  return `${paint(2, time)} ${paint(COLOURS[level], level.padEnd(5))} ${plain(text)}${paint(2, plain(more))}`;
}

/** A text from outside must not move the cursor or forge a line. */
function plain(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ");
}

function brief(value: unknown): string {
  if (typeof value === "string") return /[\s"=]/.test(value) ? JSON.stringify(value) : value;
  if (typeof value !== "object" || value === null) return String(value);
  if ("message" in value && typeof value.message === "string") return JSON.stringify(value.message);
  return JSON.stringify(value);
}
