/** A model and functions that do what a test says, and an agent on a real database in a folder of its own. */
import { join } from "node:path";
import * as v from "valibot";
import { openStore } from "../../../adapters/sqlite/store.ts";
import { EventHub } from "../../../runtime/events.ts";
import type { Agent } from "../../../runtime/gateway/agent.ts";
import { type AgentParts, createAgent } from "../../../runtime/gateway/gateway.ts";
import type { Handler } from "../../../runtime/isolate/deployment.ts";
import type { Functions } from "../../../runtime/load/functions.ts";
import type {
  Arrival,
  CallResult,
  FunctionCall,
  KvWrite,
  Log,
  Meter,
  Model,
  Store,
  Transport,
} from "../../../runtime/ports.ts";
import type { WireError } from "../../../schemas/error.ts";
import { temporary } from "../../temporary.ts";
import { type FunctionInfo, Manifest } from "../../../schemas/function.ts";
import { OWNER } from "../../../schemas/message.ts";
import type {
  Finish,
  GenerateEvent,
  GenerateRequest,
  ModelStatus,
} from "../../../schemas/model.ts";

/** What the model says to one request. */
export interface Said {
  readonly text?: string;
  readonly calls?: readonly { readonly name: string; readonly arguments: unknown }[];
  readonly finish?: "stop" | "length";
  /** What the model thinks before it says anything. */
  readonly thought?: string;
  /** Pieces the text comes in. @default words */
  readonly pieces?: readonly string[];
  /** Thrown after the pieces. */
  readonly fails?: Error;
}

/** Decides what is said; may throw, may wait. */
export type Script = (
  request: GenerateRequest,
  signal: AbortSignal | undefined,
) => Said | Promise<Said>;

/** A model that plays a script and keeps what it was asked. */
export class FakeModel implements Model {
  readonly requests: GenerateRequest[] = [];
  readonly #script: Script;
  readonly #status: Partial<ModelStatus>;
  #calls = 0;

  constructor(script: Script, status: Partial<ModelStatus> = {}) {
    this.#script = script;
    this.#status = status;
  }

  readonly generate: Model["generate"] = (request, signal) => this.#play(request, signal);
  readonly watch: Model["watch"] = () => () => undefined;
  readonly close: Model["close"] = () => Promise.resolve();
  readonly status: Model["status"] = () => ({
    state: "ready",
    name: "fake",
    contextTokens: 8_192,
    slots: 4,
    threads: 1,
    embedded: false,
    loadMs: 0,
    queued: { interactive: 0, api: 0, cron: 0, background: 0 },
    running: 0,
    restarts: 0,
    pid: 0,
    ...this.#status,
  });

  async *#play(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<GenerateEvent> {
    this.requests.push(structuredClone(request));
    const { fails, thought, ...said } = await this.#script(request, signal);
    const { text = "", calls = [], finish = "stop" } = said;
    if (thought !== undefined) yield { type: "thought", text: thought };
    for (const piece of said.pieces ?? wordsOf(text)) yield { type: "token", text: piece };
    if (fails !== undefined) throw fails;
    for (const call of calls) {
      yield { type: "tool_call", call: { id: `call_${++this.#calls}`, ...call } };
    }
    const ended = calls.length > 0 ? "tool_calls" : finish;
    yield doneWith(signal?.aborted === true ? "cancelled" : ended);
  }
}

function wordsOf(text: string): readonly string[] {
  return text.match(/\S+\s*/g) ?? [];
}

function doneWith(finish: Finish): GenerateEvent {
  const usage = {
    promptTokens: 10,
    cachedTokens: 4,
    completionTokens: 2,
    queueMs: 0,
    prefillMs: 0,
    decodeMs: 0,
    firstTokenMs: 1,
  };
  return { type: "done", finish, promptHash: "00", usage };
}

/** A script that is read line by line; the last line is repeated. */
export function lines(...said: readonly Said[]): Script {
  let at = 0;
  return () => said[Math.min(at++, said.length - 1)] ?? {};
}

/** The last message of a request, as text. */
export function lastContent(request: GenerateRequest): string {
  return request.messages.at(-1)?.content ?? "";
}

/** What a fake function does with an input. */
export type Does = (
  input: unknown,
  call: FunctionCall,
  handler: Handler | undefined,
) => Promise<FakeResult> | FakeResult;

/** What came of it. */
export interface FakeResult {
  readonly output?: unknown;
  readonly error?: WireError;
  readonly writes?: readonly KvWrite[];
}

/** Functions without processes. */
export class FakeFunctions implements Functions {
  readonly #entries = new Map<string, { info: FunctionInfo; does: Does }>();

  /** Adds a function. `manifest` needs only what differs from an empty tool. */
  add(
    name: string,
    manifest: Readonly<Record<string, unknown>> = {},
    does: Does = () => ({ output: {} }),
    origin: FunctionInfo["origin"] = "user",
  ): this {
    const parsed = v.parse(Manifest, { kind: "tool", description: `Does ${name}.`, ...manifest });
    const info: FunctionInfo = {
      name,
      kind: parsed.kind,
      version: "0123456789ab",
      state: "ready",
      manifest: parsed,
      origin,
      file: `tools/${name}.ts`,
      loadedAt: 0,
      reloadMs: 0,
      calls: 0,
      failures: 0,
    };
    this.#entries.set(name, { info, does });
    return this;
  }

  readonly list: Functions["list"] = () => [...this.#entries.values()].map(({ info }) => info);
  readonly get: Functions["get"] = (name) => this.#entries.get(name)?.info;
  readonly fetch: Functions["fetch"] = () => Promise.reject(new TypeError("Not part of a turn"));
  readonly rollback: Functions["rollback"] = () =>
    Promise.reject(new TypeError("Not part of a turn"));
  readonly run: Functions["run"] = async (name, call, handler): Promise<CallResult> => {
    const entry = this.#entries.get(name);
    if (entry === undefined || typeof call.body !== "string") throw new TypeError(`No ${name}`);
    const { writes = [], ...ending } = await entry.does(JSON.parse(call.body), call, handler);
    return { version: entry.info.version, ms: 1, writes, ...ending };
  };
}

const ignore = (): void => undefined;

/** A log that keeps nothing. */
export const quiet: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** A meter that keeps counts by name and labels. */
export class FakeMeter implements Meter {
  readonly counts = new Map<string, number>();
  readonly count: Meter["count"] = (name, labels = {}, by = 1) => {
    const key = `${name}${JSON.stringify(labels)}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + by);
  };
  readonly gauge = ignore;
  readonly observe = ignore;
  readonly collect = ignore;
  readonly expose = (): string => "";
}

/** A payload as the fake transports read it. */
export interface Payload {
  readonly session: string;
  readonly text: string;
  readonly keys?: readonly string[];
}

/** A transport whose client fetches the reply. */
export const fetched: Transport = {
  channel: "rest",
  accept: (payload): Arrival => {
    const { session, text, keys = [] } = payload as Payload;
    return { update: { session, text }, session, text, sender: "owner", principal: OWNER, keys };
  },
};

/** An agent with its parts. */
export interface Bench {
  readonly agent: Agent;
  readonly store: Store;
  readonly model: FakeModel;
  readonly meter: FakeMeter;
  readonly hub: EventHub;
  /** Sends a text and waits for the reply. */
  readonly say: (text: string, session?: string) => ReturnType<Agent["wait"]>;
  /** Sends a text; the turn's id. */
  readonly send: (text: string, session?: string, keys?: readonly string[]) => Promise<string>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** Opens an agent. Without a `store`, on a database in a folder of its own. */
export async function openAgent(
  script: Script,
  functions: Functions = new FakeFunctions(),
  options: Partial<Omit<AgentParts, "model" | "functions">> & {
    readonly status?: Partial<ModelStatus>;
    readonly transports?: Readonly<Record<string, Transport>>;
    /** `false`: the test starts it. @default true */
    readonly isStarted?: boolean;
  } = {},
): Promise<Bench> {
  const { status, transports = {}, isStarted = true, ...parts } = options;
  const folder = temporary();
  const store = parts.store ?? openStore(join(folder.path, "moult.sqlite"));
  const clock = { now: Date.now };
  const model = new FakeModel(script, status);
  const meter = new FakeMeter();
  const hub = new EventHub(clock);
  const agent = createAgent({
    model,
    functions,
    clock,
    log: quiet,
    meter,
    hub,
    attachments: join(folder.path, "attachments"),
    ...parts,
    store,
  });
  for (const [protocol, transport] of Object.entries({ http: fetched, ...transports })) {
    agent.register(protocol, transport);
  }
  if (isStarted) await agent.start();
  const send: Bench["send"] = async (text, session = "s", keys = []) => {
    const routed = await agent.route("http", { session, text, keys });
    if ("dropped" in routed) throw new TypeError("It was dropped");
    return routed.turn;
  };
  return {
    agent,
    store,
    model,
    meter,
    hub,
    send,
    say: async (text, session) => await agent.wait(await send(text, session)),
    [Symbol.asyncDispose]: async () => {
      await agent.close();
      store.close();
      folder[Symbol.dispose]();
    },
  };
}
