/**
 * Where a request may go: only to hosts that were declared, at addresses that are what they seem to be. Names are
 * resolved here, and what is judged is what is connected to, so that no name leads elsewhere a moment later.
 */
import { lookup } from "node:dns/promises";
import { MoultError, messageOf } from "../../../schemas/error.ts";
import { shortText } from "../../short_text.ts";
import { addressIn, mayLeadTo, placeOf } from "./address.ts";
import { denied, type EgressRules } from "./rules.ts";

/** Addresses of one name that are tried, one after the other. */
const ADDRESSES_MAX = 4;

/** Reads where a request leads. Throws `tool/failed`. @param base what led there */
export function destination(text: string, base?: URL): URL {
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
export function placeIn(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

/** Whether a URL names the machine that moult runs on. */
export function isThisMachine({ hostname }: URL): boolean {
  const literal = addressIn(hostname);
  return literal === undefined ? mayLeadTo(hostname, "loopback") : placeOf(literal) === "loopback";
}

/** Throws `policy/denied` for what a function may not name. */
export function checkDestination(url: URL, rules: EgressRules): void {
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
export function goesByProxy(url: URL): boolean {
  if (isThisMachine(url)) return false;
  const name = url.protocol === "https:" ? "https_proxy" : "http_proxy";
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
export async function addressesOf(url: URL, rules: EgressRules): Promise<readonly string[]> {
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
