/** `moult doctor`: what works on this machine, and what to do about the rest. */
import { statfsSync } from "node:fs";
import { findDaemon, homeOf } from "./client.ts";
import { json, line, paint, wrapped } from "./print.ts";
import type { Check, Command, DaemonOptions, Program, Values } from "./program.ts";
import { DAEMON_HELP, DAEMON_OPTIONS, daemonOptions } from "./start.ts";
import type { ModelEntry, SandboxTrial } from "../runtime/ports.ts";
import { ConfigError } from "../schemas/config.ts";
import { messageOf } from "../schemas/error.ts";
import type { ModelStatus } from "../schemas/model.ts";
import type { ProviderHealth } from "../schemas/provider.ts";

const BUN_MIN = "1.4.5";
/** Below this a database and a few builds may not fit. */
const FREE_MIB_MIN = 200;
const MARK = {
  ok: ["green", "ok  "],
  warning: ["yellow", "warn"],
  failed: ["red", "FAIL"],
} as const;

/** From this one on, every layer that can be expected is there. */
const WELL_CONFINED = "B";

/** What tiers are worth, in a few words; docs/security.md has the table. */
const WORTH: Readonly<Record<string, string>> = {
  A: "files, programs and network, each held by two layers of the kernel",
  B: "files, programs and network, the network by two layers of the kernel",
  C: "files, programs and network, each held by one layer of the kernel",
  D: "programs and network; a function can read what its user can",
  E: "nothing confines functions here",
};

/** The column where findings begin. */
const FOUND_AT = 15;

/** `moult doctor` */
export const command: Command = {
  usage: "[options]",
  options: DAEMON_OPTIONS,
  help: DAEMON_HELP,
  async run(program, _positionals, values) {
    const options = daemonOptions(values);
    const trial = await program.trySandbox();
    const checks = [
      bunVersion(),
      await modelFile(program, options),
      ...(await providers(program, options)),
      sandbox(trial),
      ...(trial.broken === undefined ? [reports(trial)] : []),
      disk(options.home),
      await daemon(values),
    ];
    if (values["json"] === true) json(checks);
    else for (const check of checks) show(check);
    return checks.some(({ state }) => state === "failed") ? 1 : 0;
  },
};

function bunVersion(): Check {
  const found = `Bun ${Bun.version} on ${process.platform} ${process.arch}`;
  if (Bun.semver.satisfies(Bun.version, `>=${BUN_MIN}`)) return { name: "bun", state: "ok", found };
  return { name: "bun", state: "failed", found, remedy: `npm i -g bun@${BUN_MIN}` };
}

async function modelFile(program: Program, options: DaemonOptions): Promise<Check> {
  try {
    return { name: "model", state: "ok", found: (await program.models(options)).check() };
  } catch (error) {
    const found = messageOf(error);
    // Nothing is wrong with a model of which nothing was read yet.
    if (error instanceof ConfigError)
      return { name: "config", state: "failed", found, remedy: "no daemon starts before that" };
    const remedy =
      "choose another with moult model use, or set model.path in moult.yaml to a GGUF file";
    return { name: "model", state: "failed", found, remedy };
  }
}

/** A wrong configuration is told of by the model already. */
async function providers(program: Program, options: DaemonOptions): Promise<readonly Check[]> {
  const all = await program.providers(options).catch(() => []);
  return all.map(provider);
}

function provider({ name, url, state, found }: ProviderHealth): Check {
  const check = { name: "provider", found: `${name} at ${url}` };
  if (state === "ok") return { ...check, state };
  return { ...check, state: state === "refused" ? "warning" : "failed", remedy: found };
}

function sandbox({ tier, has, lacks, broken }: SandboxTrial): Check {
  if (broken !== undefined)
    return {
      name: "sandbox",
      state: "failed",
      found: `no function runs here: ${broken.why}`,
      remedy: broken.remedy,
    };
  const state = tier === "E" ? "failed" : tier > WELL_CONFINED ? "warning" : "ok";
  return {
    name: "sandbox",
    state,
    found: `tier ${tier}: ${WORTH[tier] ?? ""}`,
    parts: { has: has.filter(isNoReport), lacks: lacks.filter(isNoReport) },
  };
}

const REPORTS = "reports: ";
const isNoReport = (text: string): boolean => !text.startsWith(REPORTS);

/** Whether the owner is told what functions are refused. Where not, they are refused all the same. */
function reports({ has, lacks }: SandboxTrial): Check {
  const of = (texts: readonly string[]) =>
    texts.filter((text) => !isNoReport(text)).map((text) => text.slice(REPORTS.length));
  const missing = of(lacks);
  return {
    name: "reports",
    state: missing.length === 0 ? "ok" : "warning",
    found: of(has)[0] ?? "what the kernel refuses is not told",
    ...(missing.length > 0 && { remedy: missing.join("; ") }),
  };
}

function disk(home: string): Check {
  try {
    const { bavail, bsize } = statfsSync(home);
    const freeMiB = Math.floor((bavail * bsize) / 1_048_576);
    const found = `${home}, ${freeMiB} MiB free`;
    if (freeMiB >= FREE_MIB_MIN) return { name: "home", state: "ok", found };
    return {
      name: "home",
      state: "warning",
      found,
      remedy: "free some space, or choose another --home",
    };
  } catch {
    return { name: "home", state: "ok", found: `${home} will be made at the first start` };
  }
}

async function daemon(values: Values): Promise<Check> {
  try {
    return await askDaemon(values);
  } catch (error) {
    const found = messageOf(error);
    return { name: "daemon", state: "failed", found };
  }
}

async function askDaemon(values: Values): Promise<Check> {
  const client = findDaemon(values);
  if (!client) return { name: "daemon", state: "ok", found: `none runs for ${homeOf(values)}` };
  const {
    ready,
    channels = [],
    model,
    models = [],
  } = await client.json<{
    readonly ready: { readonly ok: boolean; readonly reasons: readonly string[] };
    readonly model?: Pick<ModelStatus, "governed">;
    readonly models?: readonly ModelEntry[];
    readonly channels?: readonly { readonly channel: string; readonly as?: string }[];
  }>("GET", "/api/status");
  const connected = channels.flatMap(({ channel, as }) => (as ? [`, ${channel}: ${as}`] : []));
  const slow =
    model?.governed === undefined ? "" : `, slowed down: ${model.governed.because.join(", ")}`;
  if (ready.ok)
    return {
      name: "daemon",
      state: "ok",
      found: `runs at ${client.url}${connected.join("")}${inMemory(models)}${slow}`,
    };
  return {
    name: "daemon",
    state: "warning",
    found: `at ${client.url}: ${ready.reasons.join("; ")}`,
  };
}

/** Models beside the one that answers. */
function inMemory([, ...others]: readonly ModelEntry[]): string {
  const loaded = others.filter((entry) => entry.loaded).map(({ id }) => id);
  return loaded.length === 0 ? "" : `, also in memory: ${loaded.join(", ")}`;
}

function show({ name, state, found, remedy, parts }: Check): void {
  const [colour, mark] = MARK[state];
  line(`${paint(colour, mark)}  ${name.padEnd(8)} ${wrapped(found, FOUND_AT)}`);
  const more = (sign: string, text: string) =>
    line(`${" ".repeat(FOUND_AT)}${sign} ${wrapped(text, FOUND_AT + 2)}`);
  if (remedy) more("→", remedy);
  for (const text of parts?.has ?? []) more(paint("green", "+"), text);
  for (const text of parts?.lacks ?? []) more(paint("yellow", "-"), text);
}
