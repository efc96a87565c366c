/** A real server on a free port, with small stand-ins for the registry and the agent behind it. */
import { createMeter } from "../../../adapters/prometheus/meter.ts";
import { type HttpFront, type HttpOptions, startHttp } from "../../../adapters/http/front.ts";
import type { HttpAgent } from "../../../adapters/http/services.ts";
import { httpTransport } from "../../../adapters/http/transport.ts";
import { EventHub } from "../../../runtime/events.ts";
import type { Approvals, Functions } from "../../../runtime/load/functions.ts";
import type { Arrival, FunctionCall, Log } from "../../../runtime/ports.ts";
import { MoultError, toWire } from "../../../schemas/error.ts";
import { type FunctionInfo, LIMITS_DEFAULT } from "../../../schemas/function.ts";
import type { Reply, TurnEvent } from "../../../schemas/turn.ts";

/** The key of every test server. */
export const KEY = "moult_0123456789abcdefghijklmnopqrstuvwxyz";

/** A loaded tool that takes a name. */
export function loaded(name: string, changes: Partial<FunctionInfo> = {}): FunctionInfo {
  return {
    name,
    kind: "tool",
    version: "0123456789ab",
    state: "ready",
    manifest: {
      kind: "tool",
      description: `Greets from ${name}.`,
      input: {
        $schema: "http://json-schema.org/draft-07/schema#",
        type: "object",
        properties: { name: { type: "string" }, times: { type: ["integer", "null"] } },
        required: ["name"],
        additionalProperties: false,
      },
      output: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
      permissions: { net: [], read: [], write: [], exec: [], call: [] },
      secrets: [],
      limits: LIMITS_DEFAULT,
      examples: [{ say: "greet Ada", input: { name: "Ada" } }],
      triggers: [],
      confirm: "never",
      isolate: "process",
      tools: [],
      runs: true,
      renders: false,
    },
    origin: "user",
    file: `tools/${name}.ts`,
    loadedAt: 1,
    reloadMs: 20,
    calls: 0,
    failures: 0,
    ...changes,
  };
}

/** A registry of functions that answer with their input; `call` may answer instead. */
export class FakeFunctions implements Functions, Approvals {
  readonly table = new Map<string, FunctionInfo>([["hello", loaded("hello")]]);
  call: (name: string, call: FunctionCall) => Promise<Response> = async (name, { body }) =>
    new Response(body, {
      headers: {
        "content-type": "application/json",
        "x-function-version": this.table.get(name)?.version ?? "",
      },
    });

  list = (): readonly FunctionInfo[] => [...this.table.values()];
  get = (name: string): FunctionInfo | undefined => this.table.get(name);
  fetch = async (name: string, call: FunctionCall): Promise<Response> => {
    if (this.table.has(name)) return await this.call(name, call);
    const error = new MoultError("function/not-found", `No function is called "${name}"`);
    return Response.json({ error: toWire(error) }, { status: 404 });
  };
  run = (): Promise<never> => Promise.reject(new TypeError("Not a turn"));
  rollback = (name: string): Promise<FunctionInfo> => {
    const info = this.table.get(name);
    if (info) return Promise.resolve({ ...info, version: "older0000000" });
    return Promise.reject(new MoultError("function/not-found", "None"));
  };
  approve = async (name: string, hash?: string): Promise<FunctionInfo> => {
    const { waiting, ...info } = this.table.get(name) ?? loaded(name);
    if (waiting !== undefined && waiting.hash !== hash)
      throw new MoultError("input/invalid", "It has changed since");
    this.table.set(name, { ...info, state: "ready" });
    return { ...info, state: "ready" };
  };
  revoke = async (name: string): Promise<FunctionInfo> => ({ ...loaded(name), state: "pending" });
}

/** An agent that answers every message with its text in capitals, once per turn. */
export class FakeAgent implements HttpAgent {
  readonly #turns = new Map<string, { readonly reply: Reply; readonly text: string }>();
  readonly #keys = new Map<string, string>();
  readonly cancelled: string[] = [];
  /** Turns wait for it. */
  gate: Promise<void> = Promise.resolve();
  /** How often somebody stopped waiting or watching. */
  left = 0;

  webhook: HttpAgent["webhook"] = async (channel, request) => {
    if (channel !== "post") throw new MoultError("channel/unsupported", "There is no such webhook");
    return new Response(`${request.headers.get("x-proof")} ${await request.text()}`);
  };

  route: HttpAgent["route"] = async (protocol, payload) => {
    if (protocol !== "http") throw new MoultError("channel/unsupported", "No");
    return await this.#answer(httpTransport.accept(payload));
  };

  async #answer({ session, text, keys }: Parameters<HttpAgent["begin"]>[0] | Arrival) {
    if (text === "break") throw new Error("secret internals");
    const known = keys.map((key) => this.#keys.get(key)).find((turn) => turn !== undefined);
    if (known !== undefined) {
      if (this.#turns.get(known)?.text === text) return { turn: known, session, duplicate: true };
      throw new MoultError("message/conflict", "This id was used with another text");
    }
    const turn = `t${this.#turns.size + 1}`;
    const usage = {
      promptTokens: 1,
      cachedTokens: 0,
      completionTokens: 2,
      firstTokenMs: 1,
      totalMs: 2,
    };
    const reply: Reply = {
      turn,
      session,
      outcome: "answered",
      reply: text.toUpperCase(),
      toolCalls: [],
      usage,
    };
    this.#turns.set(turn, { reply, text });
    for (const key of keys) this.#keys.set(key, turn);
    return { turn, session, duplicate: false };
  }

  wait: HttpAgent["wait"] = async (turn, signal) => {
    await this.#passGate(signal);
    return this.#find(turn);
  };

  async *follow(turn: string, afterSeq: number, signal?: AbortSignal): AsyncGenerator<TurnEvent> {
    const reply = this.#find(turn);
    const base = { turn, at: 1 };
    const events: TurnEvent[] = [
      { ...base, seq: 1, type: "turn", session: reply.session },
      { ...base, seq: 2, type: "queued", position: 0 },
      { ...base, seq: 3, type: "token", text: "line\nbreak" },
      { ...base, seq: 4, type: "done", reply },
    ];
    for (const event of events) {
      if (event.type === "token") await this.#passGate(signal);
      if (event.seq > afterSeq) yield event;
    }
  }

  cancel: HttpAgent["cancel"] = async (turn) => {
    this.cancelled.push(turn);
    return this.#turns.has(turn) && turn !== "t1";
  };
  trace: HttpAgent["trace"] = async (turn) => ({
    ...this.#find(turn),
    state: "done",
    events: [],
  });
  sessions: HttpAgent["sessions"] = async () =>
    [...new Set([...this.#turns.values()].map(({ reply }) => reply.session))].map((session) => ({
      session,
      turns: 1,
      createdAt: 1,
      lastAt: 2,
    }));
  session: HttpAgent["session"] = async (session) =>
    (await this.sessions()).find((info) => info.session === session);
  history: HttpAgent["history"] = async () => [
    { role: "user", content: "hello", turn: "t1", at: 1 },
  ];
  letters: HttpAgent["letters"] = async () => [
    {
      id: "t1:1",
      turn: "t1",
      session: "pigeon:1",
      protocol: "pigeon",
      channel: "pigeon",
      conversation: "1",
      text: "HELLO",
      part: 1,
      attempt: 5,
      state: "dead",
      error: "The chat is closed",
      at: 1,
    },
  ];
  /** Paths of triggers, set by tests. */
  hooks: HttpAgent["hooks"] = {
    find: () => ({ allowed: [] }),
    list: () => [],
    isWebhook: (channel) => channel === "post",
  };
  begin: HttpAgent["begin"] = (order) => this.#answer(order);
  forget: HttpAgent["forget"] = async (session) =>
    [...this.#turns.values()].some(({ reply }) => reply.session === session);

  #find(turn: string): Reply {
    const found = this.#turns.get(turn);
    if (found) return found.reply;
    throw new MoultError("turn/not-found", "No turn has this id");
  }

  async #passGate(signal?: AbortSignal): Promise<void> {
    let leave = (): void => {};
    const left = new Promise<never>((_, reject) => {
      leave = () => {
        this.left++;
        reject(new DOMException("left", "AbortError"));
      };
      signal?.addEventListener("abort", leave, { once: true });
    });
    left.catch(() => {});
    await Promise.race([this.gate, left]);
    signal?.removeEventListener("abort", leave);
  }
}

/** One line of the test server's log. */
export interface Logged {
  readonly level: string;
  readonly facts: object;
  readonly text: string;
}

/** A running test server with what stands behind it. */
export interface TestServer extends HttpFront {
  readonly functions: FakeFunctions;
  readonly agent: FakeAgent;
  readonly hub: EventHub;
  readonly secrets: Map<string, string>;
  readonly logged: Logged[];
  readonly stopped: () => boolean;
  /** Asks with the key. */
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  /** Posts JSON with the key. */
  readonly post: (
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Response>;
}

/** Starts one on a free port. */
export function serve(changes: Partial<HttpOptions> = {}): TestServer {
  const functions = new FakeFunctions();
  const agent = new FakeAgent();
  const clock = changes.clock ?? { now: Date.now };
  const hub = new EventHub(clock);
  const secrets = new Map<string, string>();
  const logged: Logged[] = [];
  let stopped = false;
  const note = (level: string) => (facts: object, text: string) => {
    logged.push({ level, facts, text });
  };
  const log: Log = {
    debug: note("debug"),
    info: note("info"),
    warn: note("warn"),
    error: note("error"),
  };
  const front = startHttp({
    host: "127.0.0.1",
    port: 0,
    key: KEY,
    metricsPublic: false,
    functions,
    agent,
    models: { list: () => [], find: () => undefined, close: async () => {} },
    hub,
    meter: createMeter(),
    log,
    clock,
    secrets: {
      set: (name, value) => void secrets.set(name, value),
      list: () => [...secrets.keys()],
      remove: (name) => secrets.delete(name),
    },
    version: "0.1.0",
    status: () => ({ version: "0.1.0", pid: process.pid }),
    ready: () => ({ ok: true, reasons: [] }),
    stop: () => void (stopped = true),
    ...changes,
  });
  const ask = (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (!headers.has("authorization")) headers.set("authorization", `Bearer ${KEY}`);
    return fetch(front.url + path, { redirect: "manual", ...init, headers });
  };
  return {
    url: front.url,
    port: front.port,
    waitingRequests: () => front.waitingRequests(),
    stop: () => front.stop(),
    functions,
    agent,
    hub,
    secrets,
    logged,
    stopped: () => stopped,
    ask,
    post: (path, body = {}, headers = {}) =>
      ask(path, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...headers,
        },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
  };
}

/** The error of an answer. */
export async function errorOf(
  response: Response,
): Promise<{ readonly code: string; readonly message: string; readonly details?: object }> {
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  return error;
}
