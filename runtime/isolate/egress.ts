/** `ctx.fetch` from outside of the function: only the hosts it declared, at every step of the way. */
import { MoultError, messageOf } from "../../schemas/error.ts";

const REDIRECTS_MAX = 5;
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
  /** Values for `{{NAME}}` in headers; `undefined` = not declared or not set. */
  readonly secret: (name: string) => string | undefined;
  readonly offline: boolean;
}

/** `lack` is what the manifest would have to name. */
function denied(
  text: string,
  lack?: { readonly kind: string; readonly wanted: string },
): MoultError {
  return new MoultError("policy/denied", text, lack);
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

function checkUrl(url: URL, rules: EgressRules): void {
  const place = `${url.hostname}:${portOf(url)}`;
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw denied(`Cannot fetch "${url.protocol}" addresses: only http and https`);
  if (rules.offline) throw denied(`Cannot reach ${place}: moult runs with --offline`);
  if (!rules.allow.some((entry) => canonical(entry) === place))
    throw denied(
      `Cannot reach ${place}: it is not in permissions.net; add net: ["${place}"] to the function`,
      { kind: "net", wanted: place },
    );
}

/** Puts secrets into header values. Returns whether any was put. */
function fillHeaders(
  headers: EgressRequest["headers"],
  secret: EgressRules["secret"],
): { readonly headers: Headers; readonly secretNames: ReadonlySet<string> } {
  const filled = new Headers();
  const secretNames = new Set<string>();
  for (const [name, value] of headers) {
    if (OWN_HEADERS.has(name.toLowerCase())) continue;
    const text = value.replaceAll(/\{\{([A-Za-z0-9_]+)\}\}/g, (_, wanted: string) => {
      const found = secret(wanted);
      if (found === undefined)
        throw denied(
          `Cannot use {{${wanted}}}: it is not declared in \`secrets\`, or the owner has not set it`,
          { kind: "secret", wanted },
        );
      secretNames.add(name.toLowerCase());
      return found;
    });
    filled.append(name, text);
  }
  return { headers: filled, secretNames };
}

/** Ends a body that is longer than we pass on. */
function bounded(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  let bytes = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX)
          controller.error(
            new MoultError(
              "tool/failed",
              `The answer has more than ${String(ANSWER_BYTES_MAX)} bytes`,
            ),
          );
        else controller.enqueue(chunk);
      },
    }),
  );
}

/** Fetches for a function. Throws `policy/denied` for what it may not, `tool/failed` when nobody answers. */
export async function egress(
  request: EgressRequest,
  rules: EgressRules,
  signal: AbortSignal,
): Promise<Response> {
  let url = new URL(request.url);
  let { method, body } = request;
  checkUrl(url, rules);
  const { headers, secretNames } = fillHeaders(request.headers, rules.secret);
  for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
    const response = await fetchOnce(url, { method, headers, body, signal });
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) {
      const answer =
        response.body === null ? response : new Response(bounded(response.body), response);
      Object.defineProperty(answer, "url", { value: url.href });
      return answer;
    }
    await response.body?.cancel();
    const next = new URL(location, url);
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

async function fetchOnce(
  url: URL,
  init: {
    method: string;
    headers: Headers;
    body: Uint8Array | undefined;
    signal: AbortSignal;
  },
): Promise<Response> {
  const { body, ...rest } = init;
  try {
    return await fetch(url, {
      ...rest,
      redirect: "manual",
      ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
    });
  } catch (error) {
    const why = messageOf(error);
    throw new MoultError("tool/failed", `Cannot reach ${url.host}: ${why}`, undefined, error);
  }
}
