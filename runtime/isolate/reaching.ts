/**
 * Says by name what a function tried to reach on another way than `fetch`: the kernel, which refuses it, knows
 * addresses at best. It stops nothing and decides nothing; whoever goes around it is refused all the same. Runs inside a host.
 */
import type { Definition } from "../define.ts";
import { isRecord } from "../record.ts";

type Tell = (refusal: { readonly text: string; readonly wanted?: string }) => void;
type Anything = (...all: unknown[]) => unknown;

/** Packages whose sockets are Node's, or whose `fetch` is Bun's own. */
const WITH_SOCKETS = /["'`](?:node:)?(?:net|tls|https?|http2|dns(?:\/promises)?)["'`]/;
const WITH_FETCH = /["'`](undici|node-fetch)["'`]/g;

/** The ways out of a host that end at the kernel. */
export class Reaching {
  readonly #tell: Tell;
  #places: readonly string[] = [];
  /** Hosts that sockets look up by themselves. */
  readonly #connecting = new Set<string>();

  constructor(tell: Tell) {
    this.#tell = tell;
    this.#watchBun();
    this.#watchWebSocket();
  }

  /** What `fetch` may reach. */
  declare({ permissions }: Definition): void {
    this.#places = [...(permissions?.net ?? []), ...(permissions?.optional?.net ?? [])];
  }

  /** Watches those of Node's modules that a bundle names. They take a while to load, so only those. */
  watch(bundle: string): void {
    if (WITH_SOCKETS.test(bundle)) this.#watchNode();
    for (const [, name = ""] of bundle.matchAll(WITH_FETCH)) routeFetch(name);
  }

  /** Bun's own `fetch` failed, outside of a call or in a function that names no hosts. */
  fetchFailed(url: string, error: unknown): void {
    const place = URL.canParse(url) ? placeOf(new URL(url)) : undefined;
    if (place === undefined || !(error instanceof Error && "code" in error)) return;
    const text = this.#places.includes(place)
      ? `Cannot reach ${place} here: call fetch while a call runs, in \`run\``
      : `Cannot reach ${place}: it is not in permissions.net; add net: [${JSON.stringify(place)}] to the function`;
    this.#tell({ text, wanted: place });
  }

  #told(place: string): void {
    const isOpen = this.#places.includes(place);
    const line = isOpen ? "" : `add permissions: { net: [${JSON.stringify(place)}] } and `;
    const how = `${line}use fetch (in axios: adapter: "fetch")`;
    const text = `Cannot connect to ${place}: a function has no sockets of its own; ${how}`;
    this.#tell({ text, wanted: place });
  }

  #toldName(name: string): void {
    if (this.#connecting.has(name)) return;
    const known = this.#places.some((place) => place.startsWith(`${name}:`));
    const line = known ? "use that" : `add permissions: { net: ["${name}:443"] } and use that`;
    const text = `Cannot look up ${name}: a function has no name server; fetch looks names up by itself: ${line}`;
    this.#tell({ text, ...(!known && { wanted: `${name}:443` }) });
  }

  #watchNode(): void {
    // Not before they are needed: Bun takes a while to load them.
    const { errorMonitor } = require("node:events") as { errorMonitor: symbol };
    const net = require("node:net") as { Socket: { prototype: { connect: Anything } } };
    const watched = net.Socket.prototype;
    const connect = watched.connect;
    const began = (options: unknown) => this.#began(options);
    watched.connect = function (this: NodeJS.EventEmitter, ...all: unknown[]) {
      const end = began(Array.isArray(all[0]) ? (all[0] as unknown[])[0] : optionsIn(all));
      this.once(errorMonitor, () => end(true)).once("connect", () => end(false));
      return connect.apply(this, all);
    };
    const dns = require("node:dns") as Record<string, Anything> & { promises: Methods };
    for (const name of Object.keys(dns).filter((key) => LOOKUPS.test(key)))
      this.#watchLookup(dns, name);
    for (const name of Object.keys(dns.promises).filter((key) => LOOKUPS.test(key)))
      watchPromise(dns.promises, name, ([host]) => this.#toldName(String(host)));
  }

  #watchLookup(dns: Methods, name: string): void {
    const lookup = dns[name];
    if (lookup === undefined) return;
    dns[name] = (...all) => {
      const done = all.at(-1);
      if (typeof done !== "function") return lookup(...all);
      return lookup(...all.slice(0, -1), (error: unknown, ...rest: unknown[]) => {
        if (error !== null && error !== undefined) this.#toldName(String(all[0]));
        (done as Anything)(error, ...rest);
      });
    };
  }

  /** A socket begins to connect. Returns the way to say how that ended. */
  #began(options: unknown): (failed: boolean) => void {
    const { port, host = "localhost", path } = isRecord(options) ? options : {};
    const name = String(host);
    if (typeof path === "string" && port === undefined) return () => undefined;
    this.#connecting.add(name);
    return (failed) => {
      // What it has looked up for this has been told by now.
      setImmediate(() => this.#connecting.delete(name));
      if (failed) this.#told(`${name.includes(":") ? `[${name}]` : name}:${String(port)}`);
    };
  }

  #watchBun(): void {
    const bun = Bun as unknown as Methods;
    watchPromise(bun, "connect", ([options]) => {
      if (!isRecord(options) || typeof options["port"] !== "number") return;
      this.#told(`${String(options["hostname"])}:${String(options["port"])}`);
    });
    for (const name of ["serve", "listen"]) {
      const listen = bun[name];
      bun[name] = (...all) => {
        try {
          return listen?.(...all);
        } catch (error) {
          this.#tell({ text: NO_LISTENING });
          throw error;
        }
      };
    }
  }

  #watchWebSocket(): void {
    const failed = (url: unknown) =>
      this.#tell({
        text: `Cannot open a WebSocket to ${String(url)}: a function has none; ask with fetch, again and again or for server-sent events`,
      });
    globalThis.WebSocket = new Proxy(globalThis.WebSocket, {
      construct(target, all: unknown[], as) {
        const socket = Reflect.construct(target, all, as) as WebSocket;
        socket.addEventListener("error", () => failed(all[0]), { once: true });
        return socket;
      },
    });
  }
}

type Methods = Record<string, Anything>;

const LOOKUPS = /^(lookup|resolve.*|reverse)$/;
const NO_LISTENING =
  "Cannot listen: a function has no network of its own; write a channel or a trigger, and moult listens for it";

function watchPromise(methods: Methods, name: string, failed: (all: unknown[]) => void): void {
  const own = methods[name];
  if (own === undefined) return;
  methods[name] = async (...all) => {
    try {
      return await own.apply(methods, all);
    } catch (error) {
      failed(all);
      throw error;
    }
  };
}

/** `connect(port, host)`, `connect(path)` and `connect(options)`. */
function optionsIn([first, second]: readonly unknown[]): unknown {
  if (isRecord(first)) return first;
  if (Number.isNaN(Number(first))) return { path: first };
  return { port: first, ...(typeof second === "string" && { host: second }) };
}

function placeOf({ protocol, hostname, port }: URL): string | undefined {
  if (protocol !== "http:" && protocol !== "https:") return undefined;
  return `${hostname}:${port === "" ? (protocol === "https:" ? "443" : "80") : port}`;
}

/** Bun has these packages built in, with its own `fetch`; what they are asked for is the global one. */
function routeFetch(name: string): void {
  const found = require(name) as { fetch?: unknown; default?: unknown };
  const routed = async (input: string | URL | Request, init?: RequestInit) =>
    await globalThis.fetch(input, init);
  found.fetch = routed;
  if (name === "node-fetch") found.default = routed;
}
