/** What is asked for after a redirect, as `fetch` has it: another method at times, and no secrets for strangers. */
import { MoultError } from "../../../schemas/error.ts";
import { checkDestination, destination } from "./destination.ts";
import { denied, type EgressRules } from "./rules.ts";
import { isStream, type Outgoing } from "./sending.ts";

/** Not every answer from 300 to 399 is one. */
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Not sent on to another origin. */
const CREDENTIALS = new Set(["authorization", "cookie"]);
/** What is shorter is in many a text. */
const SECRET_CHARS_MIN = 4;
/** About a body that is not sent again. */
const OF_BODY = ["content-encoding", "content-language", "content-location", "content-type"];

/** Where an answer sends the asker on to; `undefined`: it does not. */
export function redirectOf({ status, headers }: Response): string | undefined {
  return REDIRECTS.has(status) ? (headers.get("location") ?? undefined) : undefined;
}

/** The next request. Throws `policy/denied` where the function may not go, `tool/failed` where nobody can. */
export function redirected(
  from: Outgoing,
  response: Response,
  rules: EgressRules,
  secretNames: ReadonlySet<string>,
): Outgoing {
  const url = destination(redirectOf(response) ?? "", from.url);
  checkDestination(url, rules);
  const next = turned({ ...from, url }, response.status);
  if (isStream(next.body))
    throw new MoultError(
      "tool/failed",
      `Cannot follow to ${url.host}: a body that was streamed or is long cannot be sent again; use redirect: "manual"`,
    );
  return url.origin === from.url.origin ? next : forStrangers(next, secretNames, rules);
}

/** A form that was sent is followed by a page that is read. */
function turned(next: Outgoing, status: number): Outgoing {
  const isRead = next.method === "GET" || next.method === "HEAD";
  if (!(status === 303 ? !isRead : status < 303 && next.method === "POST")) return next;
  const headers = new Headers(next.headers);
  for (const name of OF_BODY) headers.delete(name);
  return { ...next, method: "GET", body: undefined, headers };
}

function forStrangers(
  next: Outgoing,
  secretNames: ReadonlySet<string>,
  rules: EgressRules,
): Outgoing {
  const known = (rules.known?.() ?? []).filter(({ length }) => length >= SECRET_CHARS_MIN);
  const [headers, url] = [new Headers(next.headers), new URL(next.url)];
  for (const [name, value] of next.headers) {
    const isSecret = secretNames.has(name) || known.some((secret) => value.includes(secret));
    if (isSecret || CREDENTIALS.has(name)) headers.delete(name);
  }
  [url.username, url.password] = ["", ""];
  if (known.some((secret) => isInAddress(secret, url))) throw betrayed(url, "address");
  if (known.some((secret) => isInBody(secret, next))) throw betrayed(url, "body");
  return { ...next, url, headers, isSecret: false };
}

function isInAddress(secret: string, { href }: URL): boolean {
  return href.includes(secret) || href.includes(encodeURIComponent(secret));
}

function isInBody(secret: string, { body }: Outgoing): boolean {
  return (
    body !== undefined &&
    !isStream(body) &&
    Buffer.from(body.buffer, body.byteOffset, body.length).includes(secret)
  );
}

/** Leaving it out would make another request of it. */
function betrayed({ host }: URL, what: "address" | "body"): MoultError {
  const text = `Cannot follow to ${host}: the ${what} has a secret that is not for it; use redirect: "manual"`;
  return denied(text, { kind: "secret" });
}
