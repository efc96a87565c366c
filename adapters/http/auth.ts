/**
 * Who may ask: Host and Origin checks, the owner key, and the session cookie of a browser.
 * Knows no route; the table of routes names the grant that each one needs.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import { hostname } from "node:os";
import type { Clock } from "../../runtime/ports.ts";
import { MoultError } from "../../schemas/error.ts";
import { OWNER, type Principal } from "../../schemas/message.ts";
import { Tickets } from "./tickets.ts";

/** How long a browser stays logged in: 30 days. */
const LOGIN_MS_MAX = 30 * 86_400_000;
/** Host headers remembered as good; there are as many as ways to spell our names and ports. */
const HOSTS_KEPT = 64;

/** Options of a guard. */
export interface GuardOptions {
  /** The owner key, `moult_…`. */
  readonly key: string;
  /** The host that is bound, and further names that clients may use. */
  readonly names: readonly string[];
  /** The scheme that clients see. */
  readonly scheme: "http" | "https";
  readonly clock: Clock;
}

/** Lets requests in, or says why not. */
export class Guard {
  readonly #names: ReadonlySet<string>;
  readonly #scheme: string;
  readonly #clock: Clock;
  readonly #key: Buffer;
  readonly #bearer: Buffer;
  /** Signs cookies. Derived, so that a cookie says nothing about the key. */
  readonly #cookieKey: Buffer;
  readonly #goodHosts = new Set<string>();
  readonly #tickets: Tickets;
  /** Browsers send a cookie to every port of a host, so each daemon has its own name. */
  cookieName = "moult_0";

  constructor({ key, names, scheme, clock }: GuardOptions) {
    const own = hostname().toLowerCase();
    this.#names = new Set([...names.map(bareName), "localhost", own, `${own}.local`]);
    this.#scheme = scheme;
    this.#clock = clock;
    this.#tickets = new Tickets(clock);
    this.#key = digest(key);
    this.#bearer = Buffer.from(`Bearer ${key}`);
    this.#cookieKey = createHmac("sha256", key).update("moult browser session").digest();
  }

  /** Tells the guard which port is bound. */
  bind(port: number): void {
    this.cookieName = `moult_${port}`;
  }

  /**
   * Refuses names that are not ours, so that a web page cannot reach us by pointing its own domain here.
   * An address cannot be re-pointed, and a name without dots cannot be a public domain. Throws `policy/denied`, or `input/invalid` without a name.
   */
  checkHost(host: string | null): void {
    if (host === null) throw new MoultError("input/invalid", "The Host header is missing");
    if (this.#goodHosts.has(host)) return;
    const name = bareName(host);
    const good =
      this.#names.has(name) || isIP(name) !== 0 || /^[a-z0-9](?:[a-z0-9_-]*)$/.test(name);
    if (!good) {
      throw new MoultError(
        "policy/denied",
        `The name "${printable(name)}" is not one of this server; add it to server.names in moult.yaml, or use http://localhost`,
      );
    }
    if (this.#goodHosts.size < HOSTS_KEPT) this.#goodHosts.add(host);
  }

  /** Refuses requests that a page of another origin makes. Throws `policy/denied`. */
  checkOrigin(origin: string | null, host: string | null): void {
    if (origin === null) return;
    if (host !== null && origin.toLowerCase() === `${this.#scheme}://${host.toLowerCase()}`) return;
    throw new MoultError(
      "policy/denied",
      `A page of "${printable(origin)}" may not use this server; only its own pages may`,
    );
  }

  /**
   * Refuses what a page of another site or port has its browser fetch without an Origin, as for an image: it would
   * carry the cookie. Following a link is no such thing, where looking changes nothing. Throws `policy/denied`.
   *
   * @param links Links of other pages may lead here
   */
  checkSite(headers: Headers, links: boolean): void {
    const site = headers.get("sec-fetch-site");
    if (site === null || site === "same-origin" || site === "none") return;
    if (links && headers.get("sec-fetch-mode") === "navigate") return;
    throw new MoultError("policy/denied", "Pages of other servers may not load anything from here");
  }

  /** The principal behind a request. Throws `auth/missing`. */
  identify(headers: Headers): Principal {
    const given = headers.get("authorization");
    if (given !== null) {
      if (this.#holdsKey(given)) return OWNER;
      throw wrongKey();
    }
    const cookie = headers.get("cookie");
    if (cookie !== null && this.#holdsLogin(cookie)) return OWNER;
    throw new MoultError(
      "auth/missing",
      'A key is needed: send "Authorization: Bearer <key>" with the key in owner.key of the home folder',
    );
  }

  /**
   * The principal behind a WebSocket. A browser cannot set its headers, so the key may come as a second sub-protocol
   * beside `name`. Throws `auth/missing`, or `input/invalid` for sub-protocols that we do not speak.
   */
  identifySocket(headers: Headers, name: string): Principal {
    const offered = headers.get("sec-websocket-protocol")?.split(",", 4) ?? [];
    const [protocol, key, ...others] = offered.map((part) => part.trim());
    if ((protocol ?? name) !== name || others.length > 0) {
      throw new MoultError(
        "input/invalid",
        `The sub-protocols may be "${name}" and, after it, the key; or leave them out`,
      );
    }
    if (key === undefined) return this.identify(headers);
    if (timingSafeEqual(digest(key), this.#key)) return OWNER;
    throw wrongKey();
  }

  /** The `Set-Cookie` of a browser that showed the key. Throws `auth/missing`. */
  login(key: string): string {
    if (!timingSafeEqual(digest(key), this.#key)) throw wrongKey();
    return this.#loginCookie();
  }

  /** A ticket that logs a browser in without the key: once, and within `TICKET_MS_MAX`. */
  ticket(): string {
    return this.#tickets.issue();
  }

  /** The `Set-Cookie` of a browser that brought a ticket; none when it is logged in already. Throws `auth/missing`. */
  redeem(ticket: string, headers: Headers): string | undefined {
    if (this.#tickets.redeem(ticket)) return this.#loginCookie();
    if (this.#holdsLogin(headers.get("cookie") ?? "")) return undefined;
    throw new MoultError(
      "auth/missing",
      'This address worked once, for a minute; "moult open" makes a new one',
    );
  }

  #loginCookie(): string {
    const until = (this.#clock.now() + LOGIN_MS_MAX).toString(36);
    return this.#cookie(`${until}.${this.#sign(until)}`, LOGIN_MS_MAX / 1_000);
  }

  /** The `Set-Cookie` that ends a login. */
  logout(): string {
    return this.#cookie("", 0);
  }

  #cookie(value: string, seconds: number): string {
    const secure = this.#scheme === "https" ? "; Secure" : "";
    return `${this.cookieName}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
  }

  #holdsKey(header: string): boolean {
    const given = Buffer.from(header);
    if (given.length === this.#bearer.length && timingSafeEqual(given, this.#bearer)) return true;
    // The scheme's case and the blanks after it are free.
    const key = /^bearer +(\S+) *$/i.exec(header)?.[1];
    return key !== undefined && timingSafeEqual(digest(key), this.#key);
  }

  #holdsLogin(header: string): boolean {
    const start = `${this.cookieName}=`;
    const pair = header.split(/; */, 64).find((text) => text.startsWith(start));
    const [until = "", signature = ""] = pair?.slice(start.length).split(".") ?? [];
    if (!(Number.parseInt(until, 36) > this.#clock.now())) return false;
    const given = Buffer.from(signature);
    const right = Buffer.from(this.#sign(until));
    return given.length === right.length && timingSafeEqual(given, right);
  }

  #sign(until: string): string {
    return createHmac("sha256", this.#cookieKey).update(until).digest("base64url");
  }
}

/** Refuses a principal that lacks the grant. There is only the owner, who holds every grant. Throws `policy/denied`. */
export function authorize(principal: Principal, grant: string): void {
  if (principal.role === "owner") return;
  throw new MoultError("policy/denied", `"${principal.id}" lacks the grant ${grant}`);
}

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  const name = bareName(host);
  return name === "localhost" || name === "::1" || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/** `Pi.local.:7333` → `pi.local`, `[::1]:80` → `::1`. */
function bareName(host: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(host)?.[1];
  const name = bracketed ?? (isIP(host) === 6 ? host : host.replace(/:\d*$/, ""));
  return name.toLowerCase().replace(/\.$/, "");
}

function wrongKey(): MoultError {
  return new MoultError(
    "auth/missing",
    "This key is not valid here; see owner.key in the home folder",
  );
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function printable(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]/g, "?").slice(0, 100);
}
