#!/usr/bin/env -S bun --no-install
/** The one file that joins runtime and adapters, and the entry of the command line. */
import { dirname, join, resolve } from "node:path";
import { runCommandLine } from "./cli/cli.ts";
import type { DaemonOptions, Program, RunningDaemon } from "./cli/program.ts";
import manifest from "./package.json" with { type: "json" };
import { openHome } from "./runtime/home.ts";
import { isScripted, SCRIPTED_PREFIX } from "./runtime/model/engine.ts";
import { CONFIG_DEFAULT, type Config } from "./schemas/config.ts";

const ROOT = import.meta.dir;
const EMBEDDED = join(ROOT, "models/moult-mini.gguf");
const { version } = manifest;
const clock = { now: Date.now };

async function readConfig(file: string | undefined) {
  if (file === undefined) return { config: CONFIG_DEFAULT, warnings: [] };
  const { loadConfig } = await import("./adapters/yaml/config.ts");
  return loadConfig(file, process.env);
}

/** How to load the model that the configuration names, relative to its folder; the embedded one when it names none. */
function modelOptions({ model }: Config, configFile: string | undefined) {
  const { path: named, gpu, ...rest } = model;
  const base = configFile === undefined ? process.cwd() : dirname(configFile);
  const scripted = named !== undefined && isScripted(named);
  const file = resolve(base, scripted ? named.slice(SCRIPTED_PREFIX.length) : (named ?? EMBEDDED));
  return {
    ...rest,
    path: scripted ? SCRIPTED_PREFIX + file : file,
    embedded: file === EMBEDDED,
    gpu: gpu === true ? ("auto" as const) : gpu,
    hostEntry: join(ROOT, "adapters", scripted ? "scripted" : "llama", "host.ts"),
  };
}

/** Joins everything. Adapters are imported here, so that commands that need no daemon start at once. */
async function startDaemon(options: DaemonOptions): Promise<RunningDaemon> {
  const { config, warnings } = await readConfig(options.config);
  const home = openHome(options.home);
  try {
    const { createDaemon } = await import("./runtime/assemble.ts");
    const { startHttp } = await import("./adapters/http/front.ts");
    const { httpTransport, terminalTransport } = await import("./adapters/http/transport.ts");
    const { openSandbox } = await import("./adapters/linux/open_sandbox.ts");
    const { createLog } = await import("./adapters/log/log.ts");
    const { createMeter } = await import("./adapters/prometheus/meter.ts");
    const { openStore } = await import("./adapters/sqlite/store.ts");
    const { host, port, names } = config.server;
    const daemon = createDaemon(
      {
        clock,
        log: createLog({ file: join(home.dir, "logs/moult.log"), ...config.log, clock }),
        meter: createMeter(),
        store: openStore(join(home.dir, "moult.sqlite"), clock),
        sandbox: openSandbox(),
        parseYaml: async (text) => (await import("./adapters/yaml/frontmatter.ts")).parseYaml(text),
        transports: { http: httpTransport, terminal: terminalTransport },
        listen: (services) =>
          startHttp({
            ...services,
            names,
            host: options.host ?? host,
            port: options.port ?? port,
            anyPort: options.anyPort ?? false,
            metricsPublic: config.metrics.public,
          }),
      },
      {
        version,
        home,
        model: modelOptions(config, options.config),
        roots: [...(config.functions.builtins ? [join(ROOT, "functions")] : []), options.functions],
        root: process.cwd(),
        offline: options.offline,
        ...(options.idleExitMs === undefined ? {} : { idleExitMs: options.idleExitMs }),
      },
    );
    await daemon.start();
    return { daemon, home, warnings };
  } catch (error) {
    home.release();
    throw error;
  }
}

const program: Program = {
  version,
  entry: join(ROOT, "main.ts"),
  startDaemon,
  sandboxTier: async () => {
    const { openSandbox } = await import("./adapters/linux/open_sandbox.ts");
    const sandbox = openSandbox();
    const tier = sandbox.tier();
    await sandbox.close();
    return tier;
  },
  checkModel: async ({ config: file }) => {
    const { path } = modelOptions((await readConfig(file)).config, file);
    if (!isScripted(path)) (await import("./adapters/llama/gguf.ts")).checkGguf(path);
    return path;
  },
};

// Everything that this process starts inherits it: nothing installs itself.
process.env["BUN_OPTIONS"] = "--no-install";
process.exitCode = await runCommandLine(program, process.argv.slice(2));
