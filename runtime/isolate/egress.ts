/**
 * `ctx.fetch` from outside of the function: only the hosts it declared, at every step of the way. Names are resolved
 * here, and what is connected to is the address that was judged, so that no name leads elsewhere a moment later.
 */
import { lookup } from "node:dns/promises";
import { isMoultError, MoultError, messageOf } from "../../schemas/error.ts";
import { shortText } from "../short_text.ts";
import { addressIn, mayLeadTo, placeOf } from "./address.ts";
import type { Budget } from "./budget.ts";

const REDIRECTS_MAX = 5;
/** Addresses of one name that are tried, one after the other. */
const ADDRESSES_MAX = 4;
/** Bytes of one answer. */
const ANSWER_BYTES_MAX = 64 * 1_048_576;
/** Headers that belong to the connection, which is ours. */
const OWN_HEADERS = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
/** Not sent on to another origin. */
const CREDENTIALS = new Set(["authorization", "cookie"]);

/** A request of a function. */
export interface EgressRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | undefined;
}

/** What one function may do. */
export interface EgressRules {
  /** `host:port` pairs. */
  readonly allow: readonly string[];
  /** Values for `{{NAME}}` in headers of requests to `place`; `undefined` = not declared for it, or not set. */
  readonly secret: (name: string, place: string) => string | undefined;
  readonly offline: boolean;
  /** What the call may still send and receive. */
  readonly budget: Budget;
  /** Addresses of a name, the best first. @default what the system says */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
}

/** `lack` is what the manifest would have to name. */
function denied(
  text: string,
  lack?: { readonly kind: string; readonly wanted: string },
): MoultError {
  return new MoultError("policy/denied", text, lack);
}

function parsed(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  if (url !== null) return url;
  const where = base === undefined ? "" : `${base.host} leads to `;
  throw new MoultError(
    "tool/failed",
    `Cannot fetch: ${where}"${shortText(text, 200)}" is no address`,
  );
}

function portOf(url: URL): string {
  return url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
}

/** Spelled as URLs spell it, so that the same place has one name. */
function canonical(hostPort: string): string {
  const port = hostPort.slice(hostPort.lastIndexOf(":") + 1);
  try {
    const { hostname } = new URL(`http://${hostPort}/`);
    return `${hostname}:${port}`;
  } catch {
    return hostPort;
  }
}

/** Whether a `host:port` of a manifest is a place as requests name it. */
export function isPlace(entry: string, place: string): boolean {
  return canonical(entry) === place;
}

/** `host:port`, spelled as `canonical` does. */
function placeIn(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

function checkUrl(url: URL, rules: EgressRules): void {
  const place = placeIn(url);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw denied(`Cannot fetch "${url.protocol}" addresses: only http and https`);
  if (rules.offline) throw denied(`Cannot reach ${place}: moult runs with --offline`);
  if (!rules.allow.some((entry) => isPlace(entry, place)))
    throw denied(
      `Cannot reach ${place}: it is not in permissions.net; add net: ["${place}"] to the function`,
      { kind: "net", wanted: place },
    );
}

/** Whether the owner's environment sends such requests to a proxy. Then that resolves names, and connects. */
function goesByProxy({ protocol }: URL): boolean {
  const name = protocol === "https:" ? "https_proxy" : "http_proxy";
  return Boolean(process.env[name] ?? process.env[name.toUpperCase()]);
}

async function resolveBySystem(name: string): Promise<readonly string[]> {
  const found = await lookup(name, { all: true, order: "ipv4first" });
  return found.map(({ address }) => address);
}

/**
 * The addresses that a request may go to. A name of the internet must not lead into the owner's network, or to this
 * machine: whoever owns it decides where it leads. Throws `policy/denied` and `tool/failed`.
 */
async function addressesOf(url: URL, rules: EgressRules): Promise<readonly string[]> {
  const literal = addressIn(url.hostname);
  if (literal !== undefined) {
    if (placeOf(literal) !== "never") return [literal];
    throw denied(`Cannot reach ${url.host}: this address is nobody's host`);
  }
  const found = await (rules.resolve ?? resolveBySystem)(url.hostname).catch((error: unknown) => {
    if (goesByProxy(url)) return undefined;
    const why = messageOf(error);
    throw new MoultError("tool/failed", `Cannot find ${url.hostname}: ${why}`, undefined, error);
  });
  if (found === undefined) return [url.hostname];
  const addresses = found.map((text) => addressIn(text) ?? "").filter((text) => text !== "");
  const open = addresses.filter((address) => mayReach(url, address, rules));
  if (open.length > 0) return open.slice(0, ADDRESSES_MAX);
  const [first] = addresses;
  if (first === undefined)
    throw new MoultError("tool/failed", `Cannot find ${url.hostname}: it has no address`);
  throw leadsAstray(url, first);
}

function withPort(address: string, url: URL): string {
  return `${address.includes(":") ? `[${address}]` : address}:${portOf(url)}`;
}

function mayReach(url: URL, address: string, { allow }: EgressRules): boolean {
  const place = placeOf(address);
  if (place === "never") return false;
  const named = withPort(address, url);
  return mayLeadTo(url.hostname, place) || allow.some((entry) => isPlace(entry, named));
}

function leadsAstray(url: URL, address: string): MoultError {
  const where = `Cannot reach ${url.host}: its name leads to ${address}`;
  const place = placeOf(address);
  if (place === "never") return denied(`${where}, which is nobody's host`);
  const whose = place === "loopback" ? "this machine" : "an address of a local or reserved network";
  const wanted = withPort(address, url);
  return denied(`${where}, ${whose}; add net: ["${wanted}"] to the function if that is meant`, {
    kind: "net",
    wanted,
  });
}

/** Puts secrets into header values. Returns whether any was put. */
function fillHeaders(
  headers: EgressRequest["headers"],
  secret: (name: string) => string | undefined,
): { readonly headers: Headers; readonly secretNames: ReadonlySet<string> } {
  const filled = new Headers();
  const secretNames = new Set<string>();
  for (const [name, value] of headers) {
    if (OWN_HEADERS.has(name.toLowerCase())) continue;
    const text = value.replaceAll(/\{\{([A-Za-z0-9_]+)\}\}/g, (_, wanted: string) => {
      const found = secret(wanted);
      if (found === undefined)
        throw denied(
          `Cannot use {{${wanted}}}: it is not declared in \`secrets\` for this host, or the owner has not set it`,
          { kind: "secret", wanted },
        );
      secretNames.add(name.toLowerCase());
      return found;
    });
    append(filled, name, text);
  }
  return { headers: filled, secretNames };
}

function append(headers: Headers, name: string, value: string): void {
  try {
    headers.append(name, value);
  } catch (error) {
    // Not the parser's own text: the value may hold a secret.
    const text = `Cannot send the header "${shortText(name, 200)}": it has characters that no header has`;
    throw new MoultError("tool/failed", text, undefined, error);
  }
}

/** Ends a body that is longer than we pass on, or than the call may receive. */
function bounded(body: ReadableStream<Uint8Array>, budget: Budget): ReadableStream<Uint8Array> {
  let bytes = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX)
          throw new MoultError(
            "tool/failed",
            `The answer has more than ${String(ANSWER_BYTES_MAX)} bytes`,
          );
        budget.bytes(chunk.length);
        controller.enqueue(chunk);
      },
    }),
  );
}

/** What one request says. */
interface Outgoing {
  readonly method: string;
  readonly headers: Headers;
  readonly body: Uint8Array | undefined;
  readonly signal: AbortSignal;
}

/**
 * Fetches for a function. Throws `policy/denied` for what it may not, `function/limit` when its budget is used up,
 * `tool/failed` when nobody answers.
 */
export async function egress(
  request: EgressRequest,
  rules: EgressRules,
  signal: AbortSignal,
): Promise<Response> {
  let url = parsed(request.url);
  let { method, body } = request;
  checkUrl(url, rules);
  const first = placeIn(url);
  const { headers, secretNames } = fillHeaders(request.headers, (name) =>
    rules.secret(name, first),
  );
  for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
    const response = await send(url, { method, headers, body, signal }, rules);
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) {
      const answer =
        response.body === null
          ? response
          : new Response(bounded(response.body, rules.budget), response);
      Object.defineProperty(answer, "url", { value: url.href });
      return answer;
    }
    await response.body?.cancel();
    const next = parsed(location, url);
    checkUrl(next, rules);
    if (next.origin !== url.origin)
      for (const name of [...CREDENTIALS, ...secretNames]) headers.delete(name);
    if (response.status === 303 || (method === "POST" && response.status < 303)) {
      method = "GET";
      body = undefined;
      headers.delete("content-type");
    }
    url = next;
  }
  throw new MoultError(
    "tool/failed",
    `Cannot fetch ${request.url}: more than ${String(REDIRECTS_MAX)} redirects`,
  );
}

/** One request, judged anew: nothing is remembered of the one before, whatever connection it goes over. */
async function send(url: URL, outgoing: Outgoing, rules: EgressRules): Promise<Response> {
  const addresses = await addressesOf(url, rules);
  outgoing.signal.throwIfAborted();
  rules.budget.request();
  rules.budget.bytes(sizeOf(url, outgoing));
  let failure: unknown;
  for (const address of addresses) {
    try {
      const response = await fetchFrom(address, url, outgoing);
      rules.budget.bytes([...response.headers].reduce((sum, pair) => sum + sizeOfHeader(pair), 0));
      return response;
    } catch (error) {
      if (isMoultError(error)) throw error;
      failure = error;
      if (outgoing.signal.aborted || !isUnanswered(error)) break;
    }
  }
  const why = messageOf(failure);
  throw new MoultError("tool/failed", `Cannot reach ${url.host}: ${why}`, undefined, failure);
}

function sizeOfHeader([name, value]: readonly [string, string]): number {
  return name.length + value.length + 4;
}

function sizeOf(url: URL, { headers, body }: Outgoing): number {
  const head = [...headers].reduce((sum, pair) => sum + sizeOfHeader(pair), url.href.length);
  return head + (body?.length ?? 0);
}

const UNANSWERED = new Set([
  "ConnectionRefused",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "FailedToOpenSocket",
]);

/** Nobody has seen the request: another address of the same host may be tried. */
function isUnanswered(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return UNANSWERED.has(String(code));
}

/** Connects to an address, and speaks to it as to the host of the URL: its name is what its certificate must have. */
async function fetchFrom(address: string, url: URL, outgoing: Outgoing): Promise<Response> {
  const { body, headers, ...rest } = outgoing;
  const there = new URL(url);
  // A proxy, and the exceptions from it, are told names.
  if (!goesByProxy(url)) there.hostname = address.includes(":") ? `[${address}]` : address;
  const named = new Headers(headers);
  named.set("host", url.host);
  const isName = addressIn(url.hostname) === undefined;
  const init: BunFetchRequestInit = {
    ...rest,
    headers: named,
    redirect: "manual",
    ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
    ...(isName && url.protocol === "https:" && { tls: { serverName: url.hostname } }),
  };
  return await fetch(there, init);
}
