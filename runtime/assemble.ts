/** Joins the runtime's own rooms with the ports it was given into one daemon. */
import { join, resolve } from "node:path";
import { realPath } from "./below.ts";
import { Daemon, type DaemonParts, type Listener } from "./daemon.ts";
import { EventHub } from "./events.ts";
import { createAgent } from "./gateway/gateway.ts";
import type { Agent } from "./gateway/agent.ts";
import type { OpenHome } from "./home.ts";
import type { Bundle, Deployment } from "./isolate/deployment.ts";
import { Hosts } from "./isolate/hosts.ts";
import type { HostServices } from "./isolate/services.ts";
import { BuildProcess } from "./load/build_process.ts";
import type { Functions } from "./load/functions.ts";
import { createLoader, type Loader } from "./load/loader.ts";
import type { ModelOptions } from "./model/client.ts";
import type { Device } from "./model/device.ts";
import { ModelPool } from "./model/pool.ts";
import type { PoolSource } from "./model/pooled.ts";
import { type PrepareModel, startPrepared } from "./model/prepared.ts";
import type {
  CallResult,
  Clock,
  FunctionCall,
  Log,
  Meter,
  Model,
  Models,
  ParseYaml,
  Sandbox,
  Store,
  Transport,
} from "./ports.ts";
import { Grants, type Reapprove } from "./policy/grants.ts";
import { Keepers } from "./policy/keepers.ts";
import { Secrets } from "./policy/secrets.ts";
import { cannotAsk, inputOf, isAsked } from "./turn/question.ts";
import { MoultError, toWire } from "../schemas/error.ts";
import type { RuntimeEvent } from "../schemas/turn.ts";

/** What the adapters give. */
export interface Ports {
  readonly clock: Clock;
  readonly log: DaemonParts["log"];
  readonly meter: Meter;
  /** The machine. Absent: nobody looks how hot it is. */
  readonly device?: Device;
  readonly store: Store;
  readonly sandbox: Sandbox;
  readonly transports: Readonly<Record<string, Transport>>;
  readonly parseYaml: ParseYaml;
  /** Opens the server on what it is given. */
  readonly listen: (services: ServerServices) => Listener;
}

/** What a server answers with. */
export interface ServerServices {
  readonly version: string;
  readonly key: string;
  readonly clock: Clock;
  readonly log: DaemonParts["log"];
  readonly meter: Meter;
  readonly hub: EventHub;
  readonly functions: Loader;
  readonly agent: Agent;
  readonly models: Models;
  readonly secrets: Secrets;
  readonly onRequest: () => void;
  readonly status: () => Promise<object>;
  readonly ready: () => { readonly ok: boolean; readonly reasons: readonly string[] };
  readonly stop: () => Promise<void>;
}

/** What the owner chose. */
export interface Choices {
  readonly version: string;
  readonly home: OpenHome;
  readonly model: Omit<ModelOptions, "log" | "meter" | "clock" | "onState" | "onGoverned">;
  /** Brings the model's file before it loads. Absent: it is there. */
  readonly prepareModel?: PrepareModel;
  /** Models that may be asked beside it, as they are now. @default none */
  readonly otherModels?: () => readonly PoolSource[];
  /** Folders of functions; a name in a later one wins. */
  readonly roots: readonly string[];
  /** Relative paths in manifests lie below it: the folder moult was started in. */
  readonly root: string;
  /** The configuration's file, which no function may change. @default none */
  readonly config?: string | undefined;
  readonly offline: boolean;
  /** When a changed function is approved again. @default "widening" */
  readonly reapprove?: Reapprove;
  /** Functions of the last root are approved on sight, as `moult dev` does. @default false */
  readonly approveOnSight?: boolean;
  readonly idleExitMs?: number;
  /** The weakest tier of sandbox for functions that did not come with moult. @default "E" */
  readonly sandboxMinimum?: string;
}

/** Makes a daemon. The model begins to load as soon as there is a moment; everything else waits for `start()`. */
export function createDaemon(ports: Ports, choices: Choices): Daemon {
  const { clock, log, meter, store, sandbox, transports, parseYaml, listen } = ports;
  const { home, version, root, roots, offline, idleExitMs, sandboxMinimum = "E" } = choices;
  const hub = new EventHub(clock);
  hub.subscribe((event) => keepTrouble(event, log));
  const base = { clock, log, meter, hub };
  const secrets = new Secrets(home.dir);
  const model = residentOf(hub, ports, choices);
  const models = poolOf(model, ports, choices);
  const keepers = new Keepers(home.dir, store);
  const grants = new Grants(home.dir, clock, choices.reapprove);
  const told = { hub, log, meter, store, model, secrets, keepers };
  const services = hostServices(told, () => loader);
  const guarded = choices.config === undefined ? roots : [...roots, choices.config];
  const hosts = new Hosts({
    sandbox,
    services,
    root,
    home: home.dir,
    guarded: guarded.map((path) => resolve(path)),
    written: () => grants.written(),
    offline,
    sandboxMinimum,
  });
  meter.collect(() => meter.gauge("moult_sandbox_tier", 1, { tier: sandbox.tier().tier }));
  const loader = createLoader({
    ...base,
    roots,
    home: home.dir,
    deploy: deployWith(hosts, Object.keys(transports)),
    openWorkbench: (folders) =>
      new BuildProcess({ sandbox, roots: folders, home: realPath(home.dir) }),
    parseYaml,
    grants,
    keepers,
    ...(choices.approveOnSight === true && { ownRoot: roots.at(-1) }),
  });
  const agent = createAgent({
    ...base,
    store,
    model,
    functions: loader,
    attachments: join(home.dir, "attachments"),
  });
  for (const [protocol, transport] of Object.entries(transports)) {
    agent.register(protocol, transport);
  }
  const served = { ...base, version, key: home.key, functions: loader, secrets, agent, models };
  return new Daemon({
    ...base,
    version,
    home,
    store,
    model,
    models,
    sandbox,
    hosts,
    loader,
    agent,
    ...(idleExitMs === undefined ? {} : { idleExitMs }),
    listen: (daemon) => listen(servedBy(daemon, served)),
  });
}

/** The model that answers everybody. */
function residentOf(hub: EventHub, { log, meter, device }: Ports, choices: Choices): Model {
  const onState: ModelOptions["onState"] = ({ state, reason, name }) =>
    hub.publish("model.state", { state, reason, name });
  const onGoverned: ModelOptions["onGoverned"] = ({ limits, because }) =>
    hub.publish("model.governed", { limits, because });
  const around = { log, meter, onState, onGoverned, ...(device && { device }) };
  return startPrepared({ ...choices.model, ...around }, choices.prepareModel);
}

/** The model that answers, and those that are loaded when somebody asks them. */
function poolOf(resident: Model, ports: Ports, { otherModels }: Choices): ModelPool {
  const { clock, log, meter, device } = ports;
  const created = Math.floor(clock.now() / 1_000);
  const parts = { resident, created, log, meter, device };
  return new ModelPool({ ...parts, ...(otherModels && { sources: otherModels }) });
}

/** A daemon as its server sees it. */
function servedBy(
  daemon: Daemon,
  parts: Omit<ServerServices, "onRequest" | "status" | "ready" | "stop">,
): ServerServices {
  const { agent } = parts;
  return {
    ...parts,
    agent: {
      ...agent,
      // A message that comes during the start waits for the functions, and for older messages to go first.
      route: async (protocol, payload) => {
        await daemon.loaded;
        return await agent.route(protocol, payload);
      },
    },
    onRequest: () => daemon.used(),
    status: () => daemon.status(),
    ready: () => daemon.ready(),
    stop: () => daemon.stop(),
  };
}

/** What came with moult may name a transport that nobody has set up. */
function deployWith(hosts: Hosts, known: readonly string[]) {
  return async (bundle: Bundle): Promise<Deployment> =>
    bundle.origin === "builtin"
      ? await hosts.deploy(bundle)
      : await reachable(await hosts.deploy(bundle), known);
}

/**
 * A channel whose transport is not there would wait for ever, and nobody would know. Those that come with moult may
 * wait: their transports need a configuration first.
 */
async function reachable(deployment: Deployment, known: readonly string[]): Promise<Deployment> {
  const { via } = deployment.manifest;
  if (via === undefined || known.includes(via)) return deployment;
  await deployment.retire();
  throw new MoultError(
    "function/invalid",
    `Cannot load: there is no transport "${via}"; write via: ${known.map((name) => `"${name}"`).join(" or via: ")}`,
  );
}

/** Events that the log keeps too: what an owner looks for the morning after. */
const TROUBLE: { readonly [type in RuntimeEvent["type"]]?: string } = {
  "function.failed": "A function file does not load",
  "function.crashed": "A function's process ended",
  "function.pending": "A function asks for more than was approved; see moult approve",
  "function.rolled_back": "An earlier version of a function serves again",
};

function keepTrouble({ id: _id, at: _at, type, ...facts }: RuntimeEvent, log: Log): void {
  const isModelLost = type === "model.state" && facts["state"] === "failed";
  const text = isModelLost ? "The model cannot be used" : TROUBLE[type];
  if (text !== undefined) log.warn(facts, text);
}

/** A call that one function makes of another. */
async function callBetween(
  functions: Functions,
  name: string,
  call: FunctionCall,
): Promise<CallResult> {
  const { principal, signal, body } = call;
  const asking = { principal, ...(signal !== undefined && { signal }) };
  if (!(await isAsked(functions, { name, arguments: inputOf(body) }, asking)))
    return await functions.run(name, call);
  return { version: "", ms: 0, error: toWire(cannotAsk(name)), writes: [] };
}

/** The daemon as function hosts see it. */
function hostServices(
  parts: {
    readonly hub: EventHub;
    readonly log: Log;
    readonly meter: Meter;
    readonly store: Store;
    readonly model: Model;
    readonly secrets: Secrets;
    readonly keepers: Keepers;
  },
  loader: () => Loader,
): HostServices {
  const { hub, log, meter, store, model, secrets, keepers } = parts;
  return {
    kv: store,
    keepers,
    model,
    secret: (_fn, name) => secrets.get(name),
    call: async (_from, name, call) => await callBetween(loader(), name, call),
    crashed: (crash) => loader().crashed(crash),
    log: (name, level, facts, text) => {
      hub.publish("function.log", { name, level, facts, text });
    },
    fault: (name, text) => log.error({ function: name }, text),
    denied: (name, kind, text, wanted) => {
      meter.count("moult_sandbox_denials_total", { function: name, kind });
      hub.publish("function.denied", { name, kind, text, ...(wanted !== undefined && { wanted }) });
    },
  };
}
