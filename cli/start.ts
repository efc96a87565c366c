/** `moult start`: runs the daemon in the foreground until it is told to end. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { sayChannels } from "./channels.ts";
import { catchFaults } from "./faults.ts";
import { homeOf, text } from "./client.ts";
import { waitingLine } from "./list.ts";
import { aside, json, paint, word } from "./print.ts";
import {
  UsageError,
  type Command,
  type DaemonOptions,
  type Program,
  type RunningDaemon,
  type Values,
} from "./program.ts";
import { endTemporary } from "./stop.ts";

/** Options of `start` and `dev`. */
export const DAEMON_OPTIONS = {
  port: { type: "string", short: "p" },
  host: { type: "string" },
  functions: { type: "string", short: "f" },
  config: { type: "string", short: "c" },
  offline: { type: "boolean" },
} as const;

/** What they mean. */
export const DAEMON_HELP = `  --port 7333        port to listen on; 0 picks a free one
  --host 127.0.0.1   address to listen on
  --functions DIR    your functions (default: ./functions)
  --config FILE      configuration (default: ./moult.yaml, if it exists)
  --offline          no connection to any other machine`;

/** Resolves the options of a daemon. Throws `UsageError` on a bad port or a missing configuration file. */
export function daemonOptions(values: Values): DaemonOptions {
  const port = text(values["port"]);
  if (port !== undefined && !/^\d{1,5}$/.test(port)) {
    throw new UsageError(`--port wants a number from 0 to 65535, not "${port}"`);
  }
  const named = text(values["config"]);
  const config = resolve(named ?? "moult.yaml");
  const host = text(values["host"]);
  const idle = text(values["idle-exit-ms"]);
  return {
    home: homeOf(values),
    functions: resolve(text(values["functions"]) ?? "functions"),
    offline: values["offline"] === true,
    ...(named !== undefined || existsSync(config) ? { config } : {}),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(host === undefined ? {} : { host }),
    ...(idle === undefined ? {} : { idleExitMs: Number(idle) }),
    ...(values["any-port"] === true ? { anyPort: true } : {}),
  };
}

/** Starts the daemon of this process. One that `moult chat` had started meanwhile makes way. */
export async function startHere(
  program: Program,
  values: Values,
  more: Pick<DaemonOptions, "approveOnSight" | "everyRefusal"> = {},
): Promise<RunningDaemon> {
  const options = { ...daemonOptions(values), ...more };
  // The one that `moult chat` starts makes way for nobody: whoever was first has the home.
  if (options.idleExitMs === undefined) await endTemporary(values);
  return await program.startDaemon(options);
}

/** A start that is told to end, and hangs in a build, is not waited for any longer. */
const START_MS_MAX = 15_000;

/** Ends a daemon in order at the first signal, even while it starts; a second signal ends the process at once. */
export function stopOnSignals(starting: Promise<RunningDaemon>): void {
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      const late = setTimeout(() => process.exit(1), START_MS_MAX);
      // A start that fails says so itself.
      void starting
        .then(({ daemon }) => daemon.stop())
        .catch(() => undefined)
        .finally(() => clearTimeout(late));
    });
  }
}

/** Ends the process even if something in it, such as a build that never comes back, does not let it end by itself. */
export function endAtLast(): void {
  const GRACE_MS = 1_000;
  setTimeout(() => process.exit(), GRACE_MS).unref();
}

/** `moult start` */
export const command: Command = {
  usage: "[options]",
  options: {
    ...DAEMON_OPTIONS,
    // For daemons that `moult chat` starts: end when idle, take another port when 7333 is taken.
    "idle-exit-ms": { type: "string" },
    "any-port": { type: "boolean" },
  },
  help: DAEMON_HELP,
  async run(program, _positionals, values) {
    const starting = startHere(program, values);
    stopOnSignals(starting);
    const { daemon, home, warnings } = await starting;
    const exitCode = catchFaults(daemon);
    for (const warning of warnings) aside(paint("yellow", `warning: ${warning}`, process.stderr));
    if (values["json"] === true) json({ url: daemon.url, pid: process.pid, home: home.dir });
    else {
      aside(`moult ${program.version} listens on ${daemon.url}, home ${home.dir}`);
      aside(`${home.freshKey ? "New owner key" : "Owner key"}: ${home.dir}/owner.key`);
      void sayChannels(daemon, aside);
    }
    if (values["json"] !== true) {
      tellModel(daemon);
      tellWaiting(daemon);
    }
    await daemon.stopped;
    endAtLast();
    return exitCode();
  },
};

/** Of so many functions it is said at the start that they wait. */
const WAITING_SHOWN = 20;

/** What does not run before its owner has said so. */
function tellWaiting(daemon: RunningDaemon["daemon"]): void {
  const { functions } = daemon;
  const waiting = functions.list().filter((info) => info.waiting !== undefined);
  for (const info of waiting.slice(0, WAITING_SHOWN))
    if (info.waiting) aside(waitingLine(info.name, info.waiting));
  const more = waiting.length - WAITING_SHOWN;
  if (more > 0) aside(`and ${more} more wait; see moult list`);
  daemon.watch((event) => {
    if (event.type !== "function.pending") return;
    const { name, waiting: news } = functions.get(word(event["name"])) ?? {};
    if (name !== undefined && news !== undefined) aside(waitingLine(name, news));
  });
}

/** A model that has to be downloaded first takes its time; one that simply loads needs no words. */
function tellModel(daemon: RunningDaemon["daemon"]): void {
  let told = false;
  daemon.watch((event) => {
    if (event.type !== "model.state") return;
    const { state, reason } = event;
    told ||= reason !== undefined;
    if (told) aside(`model ${word(state)}${reason === undefined ? "" : `: ${word(reason)}`}`);
  });
}
