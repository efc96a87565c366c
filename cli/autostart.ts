/** Starts a daemon in the background for a command that needs one, and waits until it answers. */
import { mkdirSync, openSync, closeSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runningDaemon, unusableHome } from "../runtime/home.ts";
import { MoultError } from "../schemas/error.ts";
import { findDaemon, homeOf, text, type Client } from "./client.ts";
import { progress } from "./print.ts";
import type { Program, Values } from "./program.ts";

/** Such a daemon ends after so long without a request. */
const IDLE_EXIT_MS = 600_000;
const START_MS_MAX = 30_000;

/** The running daemon, or a new one that ends by itself. */
export async function findOrStartDaemon(program: Program, values: Values): Promise<Client> {
  const found = findDaemon(values);
  if (found) return found;
  const home = homeOf(values);
  const logFile = join(home, "logs", "start.log");
  const output = openLog(home, logFile);
  const child = Bun.spawn(
    [process.execPath, "--no-install", program.entry, ...startLine(home, values)],
    {
      stdio: ["ignore", output, output],
      env: { ...process.env, BUN_OPTIONS: "--no-install" },
      detached: true,
    },
  );
  closeSync(output);
  child.unref();
  const client = await firstAnswer(child, home, values);
  if (client) return client;
  const said = readFileSync(logFile, "utf8").trim().split("\n").slice(-5).join("\n");
  // Nothing: it could not be written down, on a full disk for example.
  const why = said === "" ? 'Run "moult start" to see why' : `It said:\n${said}`;
  throw new MoultError("model/unavailable", `The daemon did not start. ${why}`);
}

/** The daemon once it answers; `undefined` when it ended, or took too long. */
async function firstAnswer(
  child: Bun.Subprocess,
  home: string,
  values: Values,
): Promise<Client | undefined> {
  const done = progress(() => "starting moult");
  try {
    for (const end = Date.now() + START_MS_MAX; Date.now() < end; await Bun.sleep(10)) {
      const client = runningDaemon(home) && findDaemon(values);
      if (client) return client;
      if (child.exitCode !== null) break;
    }
    return undefined;
  } finally {
    done();
  }
}

function openLog(home: string, file: string): number {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    return openSync(file, "w", 0o600);
  } catch (error) {
    throw unusableHome(home, error);
  }
}

function startLine(home: string, values: Values): string[] {
  const line = ["start", "--home", home, "--idle-exit-ms", String(IDLE_EXIT_MS), "--any-port"];
  for (const option of ["functions", "config", "port", "host"]) {
    const value = text(values[option]);
    if (value !== undefined) line.push(`--${option}`, value);
  }
  if (values["offline"] === true) line.push("--offline");
  return line;
}
