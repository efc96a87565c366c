#!/usr/bin/env -S bun --no-install
/** The one file that joins runtime and adapters, and the entry of the command line. */
import { dirname, join } from "node:path";
import { runCommandLine } from "./cli/cli.ts";
import type { DaemonOptions, Program, RunningDaemon } from "./cli/program.ts";
import { version } from "./package.json" with { type: "json" };
import { openHome } from "./runtime/home.ts";
import { CONFIG_DEFAULT, type Config } from "./schemas/config.ts";

const ROOT = import.meta.dir;
const clock = { now: Date.now };

async function readConfig(file: string | undefined) {
  if (file === undefined) return { config: CONFIG_DEFAULT, warnings: [] };
  return (await import("./adapters/yaml/config.ts")).loadConfig(file, process.env);
}
const configOf = async (options: DaemonOptions) => (await readConfig(options.config)).config;

/** Where models are looked for: relative paths begin at the configuration's folder. */
const placesOf = ({ config, home }: DaemonOptions) => {
  const base = config === undefined ? process.cwd() : dirname(config);
  const embedded = join(ROOT, "models/moult-mini.gguf");
  return { home, base, embedded, adapters: join(ROOT, "adapters") };
};

/** How the model that answers is loaded, and those that are loaded when somebody asks them. */
async function modelsOf(config: Config, options: DaemonOptions) {
  const { modelsToLoad } = await import("./adapters/llama/prepare.ts");
  return modelsToLoad(config, placesOf(options), options.offline);
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
    const { Sensors } = await import("./adapters/linux/sensors.ts");
    const { createLog } = await import("./adapters/log/log.ts");
    const { createMeter } = await import("./adapters/prometheus/meter.ts");
    await import("./adapters/sqlite/unneeded.ts");
    const { openStore } = await import("./adapters/sqlite/store.ts");
    const { openTelegram } = await import("./adapters/telegram/open.ts");
    const { host, port, names } = config.server;
    const log = createLog({ file: join(home.dir, "logs/moult.log"), ...config.log, clock });
    const { telegram } = config.channels;
    const off = options.offline && telegram ? ["channels.telegram: --offline keeps it off"] : [];
    const channels = await openTelegram(options.offline ? undefined : telegram, { log, clock });
    const daemon = createDaemon(
      {
        clock,
        meter: createMeter(),
        device: new Sensors(config.model.governor),
        store: openStore(join(home.dir, "moult.sqlite"), clock),
        sandbox: openSandbox({ everyRefusal: options.everyRefusal ?? false, home: home.dir }),
        parseYaml: async (text) => (await import("./adapters/yaml/frontmatter.ts")).parseYaml(text),
        log,
        transports: { http: httpTransport, terminal: terminalTransport, ...channels },
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
        ...options,
        version,
        home,
        ...(await modelsOf(config, options)),
        roots: [...(config.functions.builtins ? [join(ROOT, "functions")] : []), options.functions],
        root: process.cwd(),
        sandboxMinimum: config.sandbox.minimum,
        ...config.policy,
      },
    );
    await daemon.start();
    return { daemon, home, warnings: [...warnings, ...off] };
  } catch (error) {
    home.release();
    throw error;
  }
}

/** A model without a daemon around it. */
async function startModelAlone(options: DaemonOptions, path: string | undefined) {
  const config = await configOf(options);
  const { startAlone } = await import("./runtime/model/alone.ts");
  const all = { ...config, model: { ...config.model, ...(path ? { path, pull: undefined } : {}) } };
  const { model, prepareModel } = await modelsOf(all, options);
  return startAlone(model, prepareModel);
}

const program: Program = {
  version,
  entry: join(ROOT, "main.ts"),
  startDaemon,
  startModel: startModelAlone,
  trySandbox: async () => (await import("./adapters/linux/try_sandbox.ts")).trySandbox(),
  models: async (options) => {
    const { createModels } = await import("./adapters/llama/models.ts");
    const { model, models: others } = await configOf(options);
    return createModels({ ...model, others }, placesOf(options), options.offline);
  },
  providers: async (options) => {
    const { checkProviders } = await import("./adapters/openai/check.ts");
    return await checkProviders(await configOf(options), options.offline);
  },
};

// Everything that this process starts inherits it: nothing installs itself.
process.env["BUN_OPTIONS"] = "--no-install";
process.exitCode = await runCommandLine(program, process.argv.slice(2));
