/**
 * The one HTTP server. It checks every request, answers health, metrics and function calls by itself, and hands the
 * rest to Elysia. Knows nothing of what the routes do.
 */
import type { Server } from "bun";
import { MoultError } from "../../schemas/error.ts";
import type { Labels } from "../../runtime/ports.ts";
import { within } from "../../runtime/within.ts";
import type { Principal } from "../../schemas/message.ts";
import { Refusal, adviseRetry, called, failure, json, missing, unread } from "./answer.ts";
import { failureAt } from "./failure.ts";
import type { Api } from "./api.ts";
import { Guard, authorize, isLoopback } from "./auth.ts";
import { checkLength, limited, tooLarge } from "./body.ts";
import { daemonOperations } from "./daemon_api.ts";
import { hookOperations } from "./hooks.ts";
import { functionOperations } from "./functions_api.ts";
import { answerHook, isPlainCall } from "./hook_call.ts";
import { exampleOperations } from "./examples.ts";
import { type Match, type Operation, RouteTable, grantOf } from "./operation.ts";
import { docsOperations, loginPage } from "./page.ts";
import type { Services } from "./services.ts";
import { sessionOperations } from "./sessions_api.ts";
import { v1Operations } from "./v1/routes.ts";
import { SUBPROTOCOL, WS_PATH, WebSockets, socketOperations } from "./ws.ts";
import type { WsConnection } from "./ws_connection.ts";

/** Bytes of the body of a function call. */
export const CALL_BYTES_MAX = 10 * 1_048_576;
/** Bodies up to this size are read before the call: cheaper than a stream, and the host may be tried again. */
const CALL_BYTES_READ = 65_536;
/** The most that Bun takes. A silent model may need minutes, so answers in progress have no limit at all. */
const IDLE_SECONDS = 255;
/** A start should not pay for Elysia: it is loaded when the first health check is likely to be over. */
const API_DELAY_MS = 250;
/** Requests in flight may end within this time after `stop()`. */
const STOP_MS_MAX = 5_000;
const CALL_ROUTE = "/fn/{tool}";
const HOOKS = "/hooks";
const HOOK_ROUTE = "/hooks/{path}";
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]);

/** Options of the server. */
export interface HttpOptions extends Services {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Takes a free port when `port` is in use. @default false */
  readonly anyPort?: boolean;
  /** The owner key. */
  readonly key: string;
  /** Names by which clients may call this machine, besides its own and single-label ones. */
  readonly names?: readonly string[];
  /** Certificate and private key as PEM texts. Absent: plain HTTP, and only on loopback. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** `/metrics` needs no key. */
  readonly metricsPublic: boolean;
  /** Told of every request that was let in; health and metrics are not counted. */
  readonly onRequest?: () => void;
}

/** The running server. */
export interface HttpFront {
  /** Where this machine reaches it, e.g. `http://127.0.0.1:7333`. */
  readonly url: string;
  readonly port: number;
  /** Requests that have no answer yet, and open WebSockets. */
  readonly waitingRequests: () => number;
  /** Takes no new connections, ends event streams and idle WebSockets, gives requests and turns in flight 5 s. */
  readonly stop: () => Promise<void>;
}

/**
 * Opens the server.
 *
 * @throws {MoultError} `policy/denied` for an address beyond loopback without TLS; `input/invalid` for an address or
 * a port that cannot be had, with what to do
 */
export function startHttp(options: HttpOptions): HttpFront {
  const { host, port, key, tls } = options;
  if (!isLoopback(host) && (!tls || key === "")) {
    throw new MoultError(
      "policy/denied",
      `Listening on ${host} lets other machines in, which needs TLS and a key; keep --host 127.0.0.1, or put a reverse proxy with TLS before it`,
    );
  }
  const front = new Front(options);
  try {
    front.listen(port);
  } catch (error) {
    if (options.anyPort !== true || !isInUse(error)) throw explainBind(error, host, port);
    front.listen(0);
  }
  return front;
}

class Front implements HttpFront {
  readonly #options: HttpOptions;
  readonly #guard: Guard;
  readonly #routes: RouteTable;
  readonly #stopping = new AbortController();
  readonly #labels = new Map<string, Labels>();
  readonly #sockets: WebSockets;
  #server: Server<WsConnection> | undefined;
  #api: Promise<Api> | undefined;
  #apiTimer: ReturnType<typeof setTimeout> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: HttpOptions) {
    this.#options = options;
    const { key, host, names = [], clock, tls } = options;
    const scheme = tls ? "https" : "http";
    this.#guard = new Guard({ key, names: [host, ...names], scheme, clock });
    this.#routes = new RouteTable([
      ...functionOperations(options),
      ...sessionOperations(options),
      ...v1Operations(options),
      ...daemonOperations(options, this.#guard, options.metricsPublic),
      ...hookOperations(options),
      ...socketOperations(),
      ...docsOperations(),
      ...exampleOperations(),
    ]);
    const onFrame = (): void => options.onRequest?.();
    this.#sockets = new WebSockets({ ...options, onFrame });
  }

  listen(port: number): void {
    const { host, tls, log } = this.#options;
    const server = Bun.serve({
      hostname: host.replace(/^\[(.*)\]$/, "$1"),
      port,
      idleTimeout: IDLE_SECONDS,
      // Our own limits answer with a document; Bun's would close the connection without a word.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      ...(tls ? { tls: { ...tls, minVersion: TLS_1_3 } } : {}),
      fetch: (request, bun) => this.#answer(request, bun),
      websocket: this.#sockets.handler,
      error: (error) => failure(error, log, "unmatched"),
    });
    this.#server = server;
    this.#guard.bind(this.port);
    this.#apiTimer = setTimeout(() => void this.#loadApi().catch(() => {}), API_DELAY_MS);
    this.#apiTimer.unref();
  }

  get port(): number {
    return this.#server?.port ?? 0;
  }

  get url(): string {
    const { host, tls } = this.#options;
    const bare = host.replace(/^\[(.*)\]$/, "$1");
    // Everywhere is not an address to call; the machine itself is reached by loopback.
    const name = bare === "0.0.0.0" ? "127.0.0.1" : bare === "::" ? "::1" : bare;
    return `${tls ? "https" : "http"}://${name.includes(":") ? `[${name}]` : name}:${this.port}`;
  }

  waitingRequests(): number {
    return (this.#server?.pendingRequests ?? 0) + this.#sockets.count;
  }

  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#apiTimer);
    this.#stopping.abort();
    this.#sockets.stop();
    await within(Promise.resolve(this.#server?.stop()), STOP_MS_MAX);
    await this.#server?.stop(true);
  }

  /** `undefined`: the request has become a WebSocket. */
  async #answer(request: Request, server: Server<WsConnection>): Promise<Response | undefined> {
    const { meter } = this.#options;
    const began = performance.now();
    const method = METHODS.has(request.method) ? request.method : "OTHER";
    const path = pathOf(request.url);
    let route = "unmatched";
    let response: Response | undefined;
    try {
      if (path.startsWith("/fn/") && method === "POST") {
        route = CALL_ROUTE;
        this.#check(request.headers);
        response = await this.#call(request, server, path.slice(4));
      } else if (this.#isHook(method, path)) {
        route = HOOK_ROUTE;
        this.#check(request.headers);
        response = await this.#hook(request, server, path.slice(HOOKS.length));
      } else {
        const found = this.#routes.find(method === "HEAD" ? "GET" : method, path);
        if ("operation" in found) route = found.operation.path;
        response = await this.#serve(request, server, found);
      }
    } catch (error) {
      response = this.#refuse(error, request, route);
    }
    const labels = this.#labelsOf(method, route, response?.status ?? SWITCHING_PROTOCOLS);
    meter.count("http_requests_total", labels);
    meter.observe("http_request_duration_seconds", (performance.now() - began) / 1_000, labels);
    return response;
  }

  /** The same object for the same values, which the meter finds sooner. */
  #labelsOf(method: string, route: string, status: number): Labels {
    const key = `${method} ${route} ${status}`;
    let labels = this.#labels.get(key);
    if (labels === undefined) {
      labels = { method, route, status: String(status) };
      // Methods, routes and statuses are few, and all ours.
      this.#labels.set(key, labels);
    }
    return labels;
  }

  /** Names the server's own pages and names only. Throws `policy/denied`. */
  #check(headers: Headers): void {
    const host = headers.get("host");
    this.#guard.checkHost(host);
    this.#guard.checkOrigin(headers.get("origin"), host);
  }

  async #call(request: Request, server: Server<WsConnection>, name: string): Promise<Response> {
    const { headers, signal } = request;
    const principal = this.#guard.identify(headers);
    authorize(principal, `invoke:function/${name}`);
    this.#options.onRequest?.();
    const length = checkLength(headers, CALL_BYTES_MAX);
    let cut = false;
    let body: string | ReadableStream | null = null;
    if (length === undefined && request.body) {
      body = limited(request.body, CALL_BYTES_MAX, () => (cut = true));
    } else if (length !== undefined && length > CALL_BYTES_READ) {
      body = request.body;
    } else if (length !== undefined && length > 0) {
      body = await request.text();
    }
    server.timeout(request, 0);
    const response = await this.#options.functions.fetch(name, { body, principal, signal });
    if (cut) throw tooLarge(CALL_BYTES_MAX);
    return signal.aborted ? unread() : await called(response);
  }

  /** Whether a path is for a function, if for anything: a channel's webhook is a route like others. */
  #isHook(method: string, path: string): boolean {
    if (!path.startsWith(`${HOOKS}/`)) return false;
    return method !== "POST" || !this.#options.agent.hooks.isWebhook(path.slice(HOOKS.length + 1));
  }

  async #hook(request: Request, server: Server<WsConnection>, path: string): Promise<Response> {
    const { headers, method } = request;
    // A GET here does something: a page of another port must not send the owner's browser to it.
    this.#guard.checkSite(headers, false);
    const principal = this.#guard.identify(headers);
    const found = this.#options.agent.hooks.find(method, path);
    if (!("function" in found)) throw unmatched(found.allowed);
    const name = found.function;
    const info = this.#options.functions.get(name);
    if (isPlainCall(request, info)) return await this.#call(request, server, name);
    authorize(principal, `invoke:function/${name}`);
    this.#options.onRequest?.();
    server.timeout(request, 0);
    return await answerHook(this.#options, { request, name, info, principal });
  }

  async #serve(
    request: Request,
    server: Server<WsConnection>,
    found: ReturnType<RouteTable["find"]>,
  ): Promise<Response | undefined> {
    const operation = "operation" in found ? found.operation : undefined;
    if (operation?.path === "/healthz") return new Response("ok\n", { headers: NO_STORE });
    this.#check(request.headers);
    this.#guard.checkSite(request.headers, true);
    if (operation?.path === "/readyz") return this.#ready();
    const match = this.#admit(request, found);
    if (match.operation.path === "/metrics") return this.#metrics();
    if (request.method === "HEAD") throw unmatched(["GET"]);
    this.#options.onRequest?.();
    if (match.operation.path === WS_PATH) {
      this.#sockets.upgrade(request, server, match.principal);
      return undefined;
    }
    server.timeout(request, 0);
    const api = await this.#loadApi();
    const { params, principal } = match;
    const stopping = this.#stopping.signal;
    return await api({ request, params, principal, signal: request.signal, stopping });
  }

  /** Who asks, and for what; or why not. */
  #admit(
    { headers }: Request,
    found: ReturnType<RouteTable["find"]>,
  ): Match & { readonly principal: Principal } {
    const operation = "operation" in found ? found.operation : undefined;
    // A stranger does not learn which paths there are.
    const open = operation !== undefined && operation.grant === undefined;
    const principal = open ? NOBODY : this.#identify(headers, operation);
    if (!("operation" in found)) throw unmatched(found.allowed);
    const grant = grantOf(found);
    if (grant !== undefined) authorize(principal, grant);
    return { ...found, principal };
  }

  #identify(headers: Headers, operation: Operation | undefined): Principal {
    if (operation?.path !== WS_PATH) return this.#guard.identify(headers);
    return this.#guard.identifySocket(headers, SUBPROTOCOL);
  }

  #ready(): Response {
    const { ok, reasons } = this.#options.ready();
    return adviseRetry(json({ ok, reasons }, ok ? 200 : 503));
  }

  #metrics(): Response {
    const type = "text/plain; version=0.0.4; charset=utf-8";
    return new Response(this.#options.meter.expose(), {
      headers: { ...NO_STORE, "content-type": type },
    });
  }

  #refuse(error: unknown, request: Request, route: string): Response {
    if (request.signal.aborted) return unread();
    const unknown = error instanceof MoultError && error.code === "auth/missing";
    const wantsPage = request.method === "GET" && !request.headers.has("authorization");
    if (unknown && wantsPage && request.headers.get("accept")?.includes("text/html")) {
      return loginPage();
    }
    return failureAt(pathOf(request.url), error, this.#options.log, route);
  }

  #loadApi(): Promise<Api> {
    return (this.#api ??= import("./api.ts").then(({ createApi }) =>
      createApi(this.#options, this.#routes.operations, this.#guard.cookieName),
    ));
  }
}

const SWITCHING_PROTOCOLS = 101;
const NO_STORE = { "cache-control": "no-store" };
/** OpenSSL's number for it; Bun takes no name here. */
const TLS_1_3 = 772;
/** Asks where no key is needed, and holds no grant. */
const NOBODY = { id: "nobody", role: "viewer" } as const;

/**
 * The path of a URL, without its query. `new URL()` would cost more than the rest of a call's checks.
 * A request without a Host header has no more than a path.
 */
function pathOf(url: string): string {
  const start = url.startsWith("/") ? 0 : url.indexOf("/", 8);
  if (start < 0) return "/";
  const end = url.indexOf("?", start);
  return end < 0 ? url.slice(start) : url.slice(start, end);
}

function unmatched(allowed: readonly string[]): Refusal {
  if (allowed.length === 0)
    return missing("There is nothing at this path; /docs lists what there is");
  const allow = [...new Set(allowed)].join(", ");
  return new Refusal(405, "input/invalid", `This path takes ${allow}; see /docs`, {
    headers: { allow },
  });
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}

function explainBind(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const texts: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} on ${host} is in use, perhaps by another moult; choose another with --port, or --port 0 for a free one`,
    EACCES: `Port ${port} needs rights that this user does not have; choose one above 1023 with --port`,
    EADDRNOTAVAIL: `${host} is not an address of this machine; choose another with --host`,
    ENOTFOUND: `${host} is not an address of this machine; choose another with --host`,
  };
  const text = typeof code === "string" ? texts[code] : undefined;
  return text === undefined ? error : new MoultError("input/invalid", text, { host, port }, error);
}
