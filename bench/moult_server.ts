/** moult as a chat server: its real daemon with a model of one's own, spoken to over `/v1`. */
import { type Daemon, type Place, makePlace, spawnDaemon } from "./daemon.ts";
import type { ChatServer } from "./chat_server.ts";
import { until } from "./harness.ts";

/** A large model is read and its weights are laid out anew before it is ready. */
const LOAD_MS_MAX = 300_000;

/** What both servers of a comparison are given. */
export interface ServerOptions {
  /** Path of the GGUF. */
  readonly model: string;
  /** Conversations at once. */
  readonly slots: number;
  /** Tokens of one conversation. */
  readonly contextTokens: number;
  readonly threads: number;
}

/** moult, running. */
export interface MoultServer extends ChatServer {
  readonly daemon: Daemon;
  readonly place: Place;
}

/** Further keys of `model:` in the configuration. */
export type ModelKeys = Readonly<Record<string, unknown>>;

/** Starts the daemon in new folders and waits until its model is loaded. `stop()` removes the folders. */
export async function startMoult(
  options: ServerOptions,
  more: ModelKeys = {},
): Promise<MoultServer> {
  const place = makePlace();
  try {
    return await startMoultIn(place, options, more);
  } catch (error) {
    place.remove();
    throw error;
  }
}

/** The same in folders that another daemon has left: a restart. */
export async function startMoultIn(
  place: Place,
  options: ServerOptions,
  more: ModelKeys = {},
): Promise<MoultServer> {
  const { model, slots, contextTokens, threads } = options;
  const keys = { path: model, slots, contextTokens, threads, ...more };
  // JSON is YAML. The functions that come with moult are none of what is measured.
  const config = JSON.stringify({ model: keys, functions: { builtins: false } });
  const daemon = spawnDaemon(place, { config: place.write("moult.yaml", config) });
  const stop = async () => {
    await daemon.stop();
    place.remove();
  };
  try {
    await daemon.healthy();
    await until("the model to load", () => loaded(daemon), { everyMs: 50, limitMs: LOAD_MS_MAX });
  } catch (error) {
    console.error(daemon.output());
    await daemon.stop();
    throw error;
  }
  return {
    name: "moult",
    url: `http://127.0.0.1:${daemon.port}`,
    pid: daemon.pid,
    headers: { authorization: `Bearer ${daemon.key()}` },
    daemon,
    place,
    stop,
  };
}

/** What the daemon says of its model. */
export interface ModelState {
  readonly state: string;
  readonly reason?: string;
  /** Of the process that holds it. */
  readonly pid: number;
  readonly restarts: number;
}

/** What the daemon says of its model. */
export async function modelState(daemon: Daemon): Promise<ModelState> {
  const response = await daemon.ask("/api/status");
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return ((await response.json()) as { model: ModelState }).model;
}

/** The value of a metric, summed over its labels that `pick` takes; 0 when there is none. */
export async function metric(
  daemon: Daemon,
  name: string,
  pick: (labels: string) => boolean = () => true,
): Promise<number> {
  const text = await (await daemon.ask("/metrics")).text();
  let sum = 0;
  for (const line of text.split("\n")) {
    const [, found, labels = "", value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (found === name && pick(labels)) sum += Number(value);
  }
  return sum;
}

async function loaded(daemon: Daemon): Promise<true | undefined> {
  const { state, reason } = await modelState(daemon);
  if (state === "failed") throw new Error(`The model does not load: ${reason}`);
  return state === "ready" ? true : undefined;
}
