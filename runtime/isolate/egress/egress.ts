/** `ctx.fetch` from outside of the function: only the hosts it declared, at every step of the way. */
import { MoultError } from "../../../schemas/error.ts";
import { shortText } from "../../short_text.ts";
import { checkDestination, destination } from "./destination.ts";
import { fillHeaders } from "./filling.ts";
import { redirected, redirectOf } from "./redirect.ts";
import { denied, type EgressRules } from "./rules.ts";
import { type Body, counted, type Outgoing, send } from "./sending.ts";

/** As many as browsers follow. */
const REDIRECTS_MAX = 20;
/** Statuses of HTTP; some servers invent others. */
const [STATUS_MIN, STATUS_MAX] = [200, 599];

/** Methods of HTTP and of WebDAV. `CONNECT` and `TRACE` are about the way there, which is ours. */
const METHODS = new Set(
  (
    "GET HEAD POST PUT PATCH DELETE OPTIONS QUERY PROPFIND PROPPATCH MKCOL MKCALENDAR COPY MOVE " +
    "LOCK UNLOCK REPORT SEARCH"
  ).split(" "),
);

/** A request of a function. */
export interface EgressRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Body | undefined;
  /** What becomes of an answer that leads elsewhere. @default "follow" */
  readonly redirect?: "follow" | "manual" | "error" | undefined;
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
  const url = destination(request.url);
  checkDestination(url, rules);
  checkMethod(request);
  const { headers, secretNames } = fillHeaders(request.headers, url, rules);
  const { method, body, redirect = "follow" } = request;
  let next: Outgoing = { url, method, headers, body, isSecret: secretNames.size > 0 };
  for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
    const response = await send(next, rules, signal);
    const to = redirectOf(response);
    if (to === undefined || redirect === "manual") return answer(response, next, hop, rules);
    await response.body?.cancel();
    if (redirect === "error") throw notFollowed(next.url, to);
    next = redirected(next, response, rules, secretNames);
  }
  throw new MoultError(
    "tool/failed",
    `Cannot fetch ${request.url}: more than ${String(REDIRECTS_MAX)} redirects`,
  );
}

function checkMethod({ method, body }: EgressRequest): void {
  if (!METHODS.has(method)) {
    const known = [...METHODS].join(", ");
    throw denied(`Cannot fetch with the method "${shortText(method, 40)}": use one of ${known}`);
  }
  // Many a server takes it for the next request, of whoever uses the connection then.
  if (body !== undefined && (method === "GET" || method === "HEAD"))
    throw new MoultError("tool/failed", `Cannot fetch: a ${method} request has no body`);
}

function notFollowed({ host }: URL, to: string): MoultError {
  const text = `Cannot fetch: ${host} leads to "${shortText(to, 200)}", and redirect is "error"`;
  return new MoultError("tool/failed", text);
}

function answer(response: Response, { url }: Outgoing, hop: number, rules: EgressRules): Response {
  const { body, status } = response;
  if (status < STATUS_MIN || status > STATUS_MAX) {
    void body?.cancel();
    throw new MoultError(
      "tool/failed",
      `Cannot fetch: ${url.host} answered with status ${String(status)}, which is none`,
    );
  }
  const given = body === null ? response : new Response(counted(body, rules.budget), response);
  Object.defineProperties(given, { url: { value: url.href }, redirected: { value: hop > 0 } });
  return given;
}
