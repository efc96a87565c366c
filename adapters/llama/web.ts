/**
 * Asks web servers for files: follows redirects by hand, so that a token stays with the hub and checksums that the
 * hub tells on the way are not lost. Knows no model and writes nothing.
 */
import { readFileSync } from "node:fs";
import { BlockList, isIP } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { boundedText } from "../../runtime/bounded_text.ts";
import { MoultError, messageOf } from "../../schemas/error.ts";

/** How the web is reached. */
export interface WebOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Origin that may be told the token in `HF_TOKEN` (or where the hub's own program keeps it). */
  readonly hub: string;
  /** Plain http to other machines: only where a checksum tells whether the file was changed on the way. */
  readonly plainHttp: boolean;
  readonly signal: AbortSignal;
}

/** An answer, and what the servers on the way said of the file. Its body is to be read or cancelled. */
export interface WebAnswer {
  readonly response: Response;
  readonly sha256?: string;
  /** Two answers with the same one are of the same file. Absent: the server does not say. */
  readonly identity?: string;
}

const REDIRECTS_MAX = 8;
const REDIRECT = new Set([301, 302, 303, 307, 308]);
const WANTS_NAME = new Set([401, 403]);
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
const SHA256 = /^[0-9a-f]{64}$/i;

/** Addresses of this machine and of networks that are not the world's. */
const NEAR = new BlockList();
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const) {
  NEAR.addSubnet(net, bits);
  NEAR.addSubnet(`::ffff:${net}`, 96 + bits, "ipv6");
}
for (const [net, bits] of [
  ["::", 127],
  ["fc00::", 7],
  ["fe80::", 10],
] as const)
  NEAR.addSubnet(net, bits, "ipv6");

/**
 * One GET. The hub's token is used only where the hub wants one, and never sent to another host.
 * @throws {MoultError} `policy/denied` when the way is not safe
 */
export async function get(
  url: URL,
  headers: Readonly<Record<string, string>>,
  web: WebOptions,
): Promise<WebAnswer> {
  const open = await follow(url, headers, web, undefined);
  if (!WANTS_NAME.has(open.response.status) || url.origin !== new URL(web.hub).origin) return open;
  const token = isPrivate(url) ? readToken(web.env) : undefined;
  if (token === undefined) return open;
  await open.response.body?.cancel();
  return await follow(url, headers, web, token);
}

/**
 * Reads a short text answer.
 * @throws {MoultError} `model/unavailable` when it is longer than `bytesMax`
 */
export async function readShort(response: Response, bytesMax: number): Promise<string> {
  const text = "The server answers with more than an answer has";
  return await boundedText(
    response.body,
    bytesMax,
    () => new MoultError("model/unavailable", text),
  );
}

/** In a person's words, where Bun speaks to whoever wrote the program. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody listens there",
  ConnectionRefused: "nobody listens there",
  ECONNRESET: "the connection broke",
  ETIMEDOUT: "nobody answers",
  ENOTFOUND: "its name is not known; is the network up?",
  EAI_AGAIN: "its name cannot be looked up; is the network up?",
};

/** Why a connection failed, or anything else. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return REASONS[code] ?? messageOf(error);
}

async function follow(
  from: URL,
  headers: Readonly<Record<string, string>>,
  web: WebOptions,
  token: string | undefined,
): Promise<WebAnswer> {
  let url = from;
  let linked: string | undefined;
  for (let hops = 0; hops <= REDIRECTS_MAX; hops++) {
    if (!mayLead(from, url) || !(isPrivate(url) || web.plainHttp)) throw unsafe(url);
    const atHub = url.origin === new URL(web.hub).origin;
    const response = await fetch(url, {
      headers: {
        // Bytes are counted: they must come as they lie on the server.
        "accept-encoding": "identity",
        ...headers,
        ...(token !== undefined && atHub ? { authorization: `Bearer ${token}` } : {}),
      },
      redirect: "manual",
      decompress: false,
      signal: web.signal,
    });
    // The hub says of which content its link is; the storage it leads to has names of its own for it.
    if (atHub) linked ??= sha256In(response.headers.get("x-linked-etag"));
    const location = REDIRECT.has(response.status) ? response.headers.get("location") : null;
    if (location === null) return answerOf(response, linked);
    await response.body?.cancel();
    url = new URL(location, url);
  }
  throw new MoultError("model/unavailable", `${from.host} redirects in a circle`);
}

function answerOf(response: Response, linked: string | undefined): WebAnswer {
  const { headers } = response;
  const sha256 = linked ?? digestIn(headers.get("repr-digest"));
  const identity = sha256 ?? headers.get("etag") ?? headers.get("last-modified");
  return {
    response,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(identity === null ? {} : { identity }),
  };
}

function sha256In(etag: string | null): string | undefined {
  const text = etag?.replaceAll(/^W\/|"/g, "");
  return text !== undefined && SHA256.test(text) ? text.toLowerCase() : undefined;
}

/** `Repr-Digest: sha-256=:base64:` */
function digestIn(header: string | null): string | undefined {
  const base64 = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]+):/.exec(header ?? "")?.[1];
  return base64 === undefined ? undefined : sha256In(Buffer.from(base64, "base64").toString("hex"));
}

/** Whether nobody on the way can read or change what is said. */
function isPrivate(url: URL): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.test(url.hostname));
}

/** A server elsewhere must not send us to files or services of this machine, or of its network. */
export function mayLead(from: URL, to: URL): boolean {
  if (to.protocol !== "https:" && to.protocol !== "http:") return false;
  if (LOOPBACK.test(to.hostname) && !LOOPBACK.test(from.hostname)) return false;
  return isNear(from) || !isNear(to);
}

/** Names that no public server has. Others may lead anywhere all the same; of those https proves whose they are. */
const NEAR_NAME = /^[^.]+$|\.(?:localhost|local|lan|internal|home\.arpa)$/;

function isNear({ hostname }: URL): boolean {
  const bare = hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
  const kind = isIP(bare);
  if (kind === 0) return NEAR_NAME.test(bare);
  return NEAR.check(bare, kind === 4 ? "ipv4" : "ipv6");
}

function unsafe(url: URL): MoultError {
  if (url.protocol !== "http:" || isNear(url))
    return new MoultError(
      "policy/denied",
      `The server sends us to ${url.protocol}//${url.host}, which is no place for a model`,
    );
  return new MoultError(
    "policy/denied",
    `Plain http from ${url.host} can be changed on the way; use https, or give the file's checksum with --sha256`,
  );
}

function readToken(env: WebOptions["env"]): string | undefined {
  const named = env["HF_TOKEN"]?.trim();
  if (named !== undefined && named !== "") return named;
  const cache = env["XDG_CACHE_HOME"] ?? join(env["HOME"] ?? homedir(), ".cache");
  const file = env["HF_TOKEN_PATH"] ?? join(env["HF_HOME"] ?? join(cache, "huggingface"), "token");
  try {
    return readFileSync(file, "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}
